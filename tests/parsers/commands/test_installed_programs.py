"""An installed program is the same event from every tool that lists it."""

from __future__ import annotations

import pytest

from tests.parsers.members import read


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("installed_programs.txt", "\nDisplayName                 DisplayVersion Publisher\n-----------                 -------------- ---------\nNpcap OEM                   1.70           Nmap Project\n"),
        ("a.txt", "\nDisplayName                 DisplayVersion Publisher\n-----------                 -------------- ---------\nNpcap OEM                   1.70           Nmap Project\n"),
        ("a.txt", "C:\\>wmic product get name,vendor,version\r\r\nName       Vendor        Version  \r\r\nNpcap OEM  Nmap Project  1.70     \r\r\n"),
        ("installed-software.csv", '"DisplayName","DisplayVersion","Publisher"\n"Npcap OEM","1.70","Nmap Project"\n'),
        ("installed-software.csv", "Name;Version;Vendor\nNpcap OEM;1.70;Nmap Project\n"),
        ("InstalledApps.txt", "DisplayName    : Npcap OEM\nDisplayVersion : 1.70\nPublisher      : Nmap Project\n"),
        ("InstalledApps.txt", "Name=Npcap OEM\nVendor=Nmap Project\nVersion=1.70\n"),
    ],
)  # fmt: skip
def test_program_is_read_from_every_form(path: str, text: str) -> None:
    event = read(path, text).only
    assert (event.kind, event.component) == ("cmd-installed-programs", "Npcap OEM")
    assert event.fields == {"program": "Npcap OEM", "version": "1.70", "publisher": "Nmap Project"}
    assert event.raw in text


def test_program_without_version_is_a_program() -> None:
    text = "DisplayName    : Npcap\nDisplayVersion : \nPublisher      : \n\nDisplayName    : Other\nDisplayVersion : 2\nPublisher      : \n"
    assert [(event.component, event.fields["version"]) for event in read("installed_programs.txt", text).events] == [
        ("Npcap", None),
        ("Other", "2"),
    ]
