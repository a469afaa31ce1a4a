"""Whether DHCP brought Azure's option 245, in the files of every client."""

from __future__ import annotations

import pytest

from analyzer.parsers.dhcp_lease import address
from tests.parsers.members import read


def block(expire: str = "4 2024/03/02 10:00:00", option: str = "  option unknown-245 a8:3f:81:10;\n", interface: str = "eth0") -> str:
    end = "" if ";" in expire else ";"
    return (
        f'lease {{\n  interface "{interface}";\n  fixed-address 10.0.1.4;\n  server-name "RDE41D2D9BB18C";\n  option subnet-mask 255.255.255.0;\n'
        f"  option dhcp-server-identifier 168.63.129.16;\n{option}  option domain-name \"x.internal.cloudapp.net\";\n"
        f"  renew 4 2024/03/01 22:00:00;\n  expire {expire}{end}\n}}\n"
    )  # fmt: skip


def test_lease_of_dhclient_tells_endpoint_end_and_server() -> None:
    member = read("var/lib/dhcp/dhclient.eth0.leases", block())
    event = member.only
    assert (event.kind, event.line, event.stamp, event.state) == ("dhcp-lease", 1, None, False)
    assert event.fields == {
        "interface": "eth0", "option_245": True, "endpoint": "168.63.129.16", "expire": "2024-03-02T10:00:00+00:00", "never_expires": False,
        "server": "168.63.129.16", "newest": True,
    }  # fmt: skip
    assert event.raw in member.text and event.raw.startswith("lease {") and event.raw.endswith("}")


def test_lease_without_option_245_says_so() -> None:
    event = read("var/lib/dhclient/dhclient-eth0.leases", block(option="")).only
    assert (event.fields["option_245"], event.fields["endpoint"]) == (False, "")


def test_wrong_endpoint_is_told_as_it_is() -> None:
    assert read("dhclient.leases", block(option="  option unknown-245 0a:0:0:1;\n")).only.fields["endpoint"] == "10.0.0.1"


def test_last_lease_of_each_interface_is_the_newest() -> None:
    member = read("var/lib/dhcp/dhclient.leases", block() + block(interface="eth1") + block(option=""))
    assert [(event.fields["interface"], event.fields["newest"], event.line) for event in member.events] == [
        ("eth0", False, 1),
        ("eth1", True, 12),
        ("eth0", True, 23),
    ]


@pytest.mark.parametrize(
    ("expire", "ends", "never"),
    [
        ("4 2024/03/02 10:00:00", "2024-03-02T10:00:00+00:00", False),
        ("4 2024/03/02 10:00:00 UTC", "2024-03-02T10:00:00+00:00", False),
        ("epoch 1709373600; # Sat Mar  2 10:00:00 2024", "2024-03-02T10:00:00+00:00", False),
        ("never", None, True),
        ("0 never", None, True),
        ("0 2152/07/23 23:27:10", "2152-07-23T23:27:10+00:00", False),
    ],
)
def test_end_of_a_lease_in_every_spelling(expire: str, ends: str | None, never: bool) -> None:
    member = read("dhclient.eth0.leases", block(expire))
    assert (member.only.fields["expire"], member.only.fields["never_expires"], member.problems) == (ends, never, [])


def test_unreadable_end_is_reported() -> None:
    member = read("dhclient.eth0.leases", block("4 soon"))
    assert member.only.fields["expire"] is None and member.problems[0].lost == "whether it has expired"


def test_cut_lease_does_not_prove_that_the_option_is_missing() -> None:
    member = read("dhclient.eth0.leases", block()[:150])
    assert member.only.fields["option_245"] is None and member.problems[0].problem == "the lease at line 1 is cut"


def test_openbsd_names_the_option_in_its_own_way() -> None:
    event = read("var/db/dhclient.leases.hvn0", "lease {\n  option option-245 a8:3f:81:10;\n  expire 5 2024/03/02 10:00:00 UTC;\n}\n").only
    assert (event.fields["interface"], event.fields["endpoint"]) == ("hvn0", "168.63.129.16")


def test_lease_of_networkd() -> None:
    data = "# This is private data. Do not parse.\nADDRESS=10.0.0.4\nNETMASK=255.255.255.0\nROUTER=10.0.0.1\nSERVER_ADDRESS=168.63.129.16\nLIFETIME=4294967295\nOPTION_245=a83f8110\n"
    member = read("run/systemd/netif/leases/2", data)
    event = member.only
    assert (event.fields["option_245"], event.fields["endpoint"], event.fields["server"]) == (True, "168.63.129.16", "168.63.129.16")
    assert (event.fields["never_expires"], event.line) == (True, 2)
    assert event.raw in member.text and "OPTION_245" in event.raw
    assert read("run/systemd/netif/leases/2", data.replace("OPTION_245=a83f8110\n", "")).only.fields["option_245"] is False


def test_client_that_stores_no_options_leaves_the_question_open() -> None:
    path = "var/lib/NetworkManager/internal-5fb06bd0-0bb0-7ffb-45f1-d6edd65f3e03-eth0.lease"
    event = read(path, "# This is private data. Do not parse.\nADDRESS=10.0.0.4\n").only
    assert (event.fields["interface"], event.fields["option_245"]) == ("eth0", None)


def test_lease_of_wicked() -> None:
    data = """<lease>
  <family>ipv4</family><type>dhcp</type><state>granted</state><acquired>1709287200</acquired>
  <ipv4:dhcp><server-id>168.63.129.16</server-id><address>10.0.0.4</address><lease-time>86400</lease-time></ipv4:dhcp>
</lease>
"""
    member = read("var/lib/wicked/lease-eth0-dhcp-ipv4.xml", data)
    event = member.only
    assert (event.fields["interface"], event.fields["server"], event.fields["expire"]) == (
        "eth0",
        "168.63.129.16",
        "2024-03-02T10:00:00+00:00",
    )
    assert event.fields["option_245"] is None and event.raw in member.text and not member.problems
    with_option = data.replace("</ipv4:dhcp>", "<unknown-245>a8:3f:81:10</unknown-245></ipv4:dhcp>")
    assert read("lease-eth0-dhcp-ipv4.xml", with_option).only.fields["endpoint"] == "168.63.129.16"


@pytest.mark.parametrize(
    ("written", "dotted"),
    [
        ("a8:3f:81:10", "168.63.129.16"), ("a83f8110", "168.63.129.16"), ("168.63.129.16", "168.63.129.16"), ('"\\250?\\201\\020"', "168.63.129.16"),
        ("a8:3f:81", ""), ("300.1.1.1", ""), ('"abc"', ""), ("", ""), ("zz:zz:zz:zz", ""),
    ],
)  # fmt: skip
def test_address_in_every_spelling(written: str, dotted: str) -> None:
    assert address(written) == dotted


def test_file_without_a_lease_is_reported() -> None:
    assert read("var/lib/dhcp/dhclient.eth0.leases", 'default-duid "x";\n').problems[0].problem == "no lease in this file"
