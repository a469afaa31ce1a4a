"""Addresses and routes."""

from __future__ import annotations

import pytest

from tests.parsers.members import read


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ("2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000", {"interface": "eth0", "address": None, "state": "UP"}),
        ("2: eth0    inet 10.0.0.4/24 brd 10.0.0.255 scope global dynamic eth0\\       valid_lft forever", {"interface": "eth0", "address": "10.0.0.4/24", "dynamic": True}),
        ("default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.4 metric 100", {"interface": "eth0", "default_route": True, "dynamic": True, "gateway": "10.0.0.1"}),
        ("168.63.129.16 via 10.0.0.1 dev eth0 proto static", {"destination": "168.63.129.16", "default_route": False, "dynamic": False}),
        ("blackhole 168.63.129.16", {"destination": "168.63.129.16", "route_type": "blackhole"}),
        ("0.0.0.0         10.0.0.1        0.0.0.0         UG    100    0        0 eth0", {"interface": "eth0", "default_route": True, "gateway": "10.0.0.1"}),
        ("eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500", {"interface": "eth0", "state": "UP"}),
        ("eth0      Link encap:Ethernet  HWaddr 00:0d:3a:00:00:01", {"interface": "eth0"}),
    ],
)  # fmt: skip
def test_row_of_every_listing_is_read(row: str, fields: dict[str, object]) -> None:
    event = read("ip_route.txt", row + "\n").only
    assert {name: event.fields.get(name) for name in fields} == fields
    assert event.raw == row


def test_address_belongs_to_the_interface_above_it() -> None:
    text = "2: eth0: <UP> mtu 1500 state UP\n    inet 10.0.0.4/24 brd 10.0.0.255 scope global eth0\n       valid_lft forever preferred_lft forever\neth1: flags=4163<UP>  mtu 1500\n        inet 10.0.0.5  netmask 255.255.255.0  broadcast 10.0.0.255\n"
    found = [(event.fields["interface"], event.fields["address"]) for event in read("ip_addr.txt", text).events if event.fields["address"]]
    assert found == [("eth0", "10.0.0.4/24"), ("eth1", "10.0.0.5")]
