"""Which distribution runs."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

UBUNTU = """PRETTY_NAME="Ubuntu 22.04.4 LTS"
NAME="Ubuntu"
VERSION_ID="22.04"
VERSION="22.04.4 LTS (Jammy Jellyfish)"
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
"""


def test_os_release_names_the_distribution() -> None:
    member = read("etc/os-release", UBUNTU)
    event = member.only
    assert (event.text, event.line, event.raw, event.state) == ("Ubuntu 22.04.4 LTS", 1, 'PRETTY_NAME="Ubuntu 22.04.4 LTS"', True)
    assert event.fields == {"id": "ubuntu", "version": "22.04", "pretty": "Ubuntu 22.04.4 LTS", "like": "debian", "bits": None}


def test_lsb_release_names_it_too() -> None:
    event = read(
        "etc/lsb-release", 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\nDISTRIB_CODENAME=bionic\nDISTRIB_DESCRIPTION="Ubuntu 18.04.6 LTS"\n'
    ).only
    assert (event.fields["id"], event.fields["version"], event.text, event.line) == ("ubuntu", "18.04", "Ubuntu 18.04.6 LTS", 4)


@pytest.mark.parametrize(
    ("path", "text", "identity", "version"),
    [
        ("etc/redhat-release", "Red Hat Enterprise Linux Server release 7.9 (Maipo)", "rhel", "7.9"),
        ("etc/redhat-release", "Red Hat Enterprise Linux release 8.6 (Ootpa)", "rhel", "8.6"),
        ("etc/centos-release", "CentOS Linux release 8.5.2111", "centos", "8.5.2111"),
        ("etc/redhat-release", "CentOS release 6.9 (Final)", "centos", "6.9"),
        ("etc/oracle-release", "Oracle Linux Server release 8.6", "ol", "8.6"),
        ("etc/rocky-release", "Rocky Linux release 9.3 (Blue Onyx)", "rocky", "9.3"),
        ("etc/mariner-release", "CBL-Mariner 2.0.20240123\nMARINER_BUILD_NUMBER=abc", "mariner", "2.0.20240123"),
        ("etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4", "sles", "11.4"),
        ("etc/debian_version", "10.13", "debian", "10.13"),
        ("etc/debian_version", "bookworm/sid", "debian", "bookworm/sid"),
    ],
)
def test_one_liners_name_it_too(path: str, text: str, identity: str, version: str) -> None:
    member = read(path, text + "\n")
    assert (member.kind, member.only.fields["id"], member.only.fields["version"]) == ("os-release", identity, version)
    assert member.only.line == 1 and not member.problems


def test_width_of_the_machine_is_told_where_it_stands() -> None:
    assert read("etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\n").only.fields["bits"] == 64
    assert read("etc/SuSE-release", "openSUSE 13.2 (i586)\nVERSION = 13.2\n").only.fields["bits"] == 32


def test_lsb_release_of_red_hat_says_nothing_and_that_is_no_damage() -> None:
    member = read("etc/lsb-release", "LSB_VERSION=base-4.0-amd64:base-4.0-noarch:core-4.0-amd64\n")
    assert (member.events, member.problems) == ([], [])


def test_file_that_names_nothing_is_reported() -> None:
    assert read("etc/os-release", "nothing of the kind\n").problems[0].lost == "the operating system's name and version"
