"""`ip addr`, `ip route`, `ifconfig` and `route`: addresses and routes.

Formats: ip-address(8), ip-route(8) (also with -o and -d), ifconfig(8) of net-tools, route(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from analyzer.model import Event, Value
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-ip"

_LINK = re.compile(r"\d+: (?P<interface>[^\s:@]+)(?:@[^\s:]+)?: <[^>]*>(?:.*?\bstate (?P<state>\w+))?.*")
_ADDRESS = re.compile(r"(?:\d+: (?P<interface>\S+))?\s+inet6? (?P<address>[\da-fA-F.:]+(?:/\d+)?)(?P<rest>(?:\s.*)?)")
_IFCONFIG = re.compile(r"(?P<interface>[a-zA-Z][\w.:-]*?):?\s+(?:flags=\d+<(?P<flags>[^>]*)>|Link encap:).*")
_IFCONFIG_ADDRESS = re.compile(r"\s+inet6? (?:addr: ?)?(?P<address>[\da-fA-F.:]+(?:/\d+)?)(?:\s.*)?(?:netmask|Mask:|prefixlen|Scope:).*")
_ROUTE = re.compile(
    r"(?:(?P<type>unicast|local|broadcast|multicast|blackhole|unreachable|prohibit|throw|anycast) )?"
    r"(?P<destination>default|\d{1,3}(?:\.\d{1,3}){3}(?:/\d+)?|[\da-fA-F]*:[\da-fA-F:.]*(?:/\d+)?)"
    r"(?P<rest>(?: (?:via|dev|proto|scope|src|metric|table|onlink|nhid)\b.*)?)"
)  # what follows may be missing only behind a type: `blackhole 168.63.129.16`
_DEFAULT = ("default", "0.0.0.0")  # noqa: S104 because this is how route(8) writes the default route
_TABLE_ROW = re.compile(
    r"(?P<destination>\S+)\s+(?P<gateway>\S+)\s+(?P<mask>\d{1,3}(?:\.\d{1,3}){3})\s+(?P<flags>!?[UGHRDMAC!]+)\s+.*?(?P<interface>\S+)"
)


def parse(document: Document) -> Iterator[Event]:
    """One state event per interface, address and route: fields `interface`, `address`, `default_route`, `dynamic` (given by DHCP),
    and where the row says it `state`, `destination`, `gateway`, `route_type`."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    interface = ""
    for number, line in section.lines:
        row = line.rstrip()
        if match := _LINK.fullmatch(row) or _IFCONFIG.fullmatch(row):
            interface = match["interface"]
            flags = match.groupdict().get("flags") or ""
            state = match.groupdict().get("state") or ("UP" if "UP" in flags.split(",") else None)
            yield _event(section, number, line, interface, state=state)
        elif match := _ADDRESS.fullmatch(row) or _IFCONFIG_ADDRESS.fullmatch(row):
            values = match.groupdict()
            name = values.get("interface") or interface
            yield _event(section, number, line, name, address=values["address"], dynamic=" dynamic" in (values.get("rest") or ""))
        elif (match := _ROUTE.fullmatch(row)) and (match["rest"] or match["type"]):
            yield _route(section, number, line, match)
        elif match := _TABLE_ROW.fullmatch(row):
            default = match["destination"] in _DEFAULT and match["mask"] in _DEFAULT
            gateway = match["gateway"] if "G" in match["flags"] else None
            destination = "default" if default else match["destination"]
            yield _event(section, number, line, match["interface"], default_route=default, destination=destination, gateway=gateway)


def _route(section: Section, number: int, line: str, match: re.Match[str]) -> Event:
    words = match["rest"].split()
    after = dict(pairwise(words))
    return _event(
        section, number, line, after.get("dev", ""), default_route=match["destination"] == "default", dynamic=after.get("proto") == "dhcp",
        destination=match["destination"], gateway=after.get("via"), route_type=match["type"],
    )  # fmt: skip


def _event(
    section: Section, number: int, line: str, interface: str, *, default_route: bool = False, dynamic: bool = False, **more: str | None
) -> Event:
    fields: dict[str, Value] = {"interface": interface, "address": None, "default_route": default_route, "dynamic": dynamic}
    fields |= {name: value for name, value in more.items() if value is not None}
    return Event(KIND, section.path, line.strip(), line=number, component=interface, fields=fields, raw=line, state=True)
