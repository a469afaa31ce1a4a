"""Leases of DHCP clients: whether Azure's DHCP option 245 came with the address, and what it says.

Option 245 holds the address of the WireServer (`a8:3f:81:10` is 168.63.129.16). The agent looks for it in these files
(Azure/WALinuxAgent common/osutil/default.py get_endpoint_from_leases_path, ubuntu.py, openbsd.py). Formats: dhclient.leases(5), in UTC;
`/run/systemd/netif/leases/<ifindex>` and NetworkManager's `internal-*.lease` as assignments; wicked's XML. NetworkManager's own client
and wicked need not store options, so with them the absence of option 245 tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers import lines, stamps, values, verbatim
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import file_name
from analyzer.parsers.xml_document import first, local_name, named, path_of, root, text_of

_OPTION_245 = ("unknown-245", "option-245", "245")
_FOREVER = 0xFFFFFFFF  # seconds: the lease does not end
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-"
_INTERFACE = (
    re.compile(rf"(?:dhclient6?[.-]|internal-)(?:{_UUID})?(?P<name>[a-z][\w.-]*)\.leases?", re.ASCII),
    re.compile(r"dhclient\.leases\.(?P<name>\w+)", re.ASCII),
    re.compile(r"lease-(?P<name>[\w.-]+)-dhcp-ipv4\.xml", re.ASCII),
)
_OCTAL = re.compile(r"\\([0-3][0-7]{2})|\\(.)|(.)", re.DOTALL)


@dataclass(frozen=True)
class _Lease:
    """What a lease states: option 245 as written (None: not there), whether its absence would mean something, and its place."""

    interface: str
    option_245: str | None
    server: str
    expire: datetime | None
    text: str
    complete: bool = True
    line: int | None = None
    pointer: str | None = None
    raw: str = ""
    never: bool | None = None


@dataclass
class _Block:
    """A dhclient lease while it is read."""

    line: int
    rows: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


def parse(document: Document) -> Iterator[Event]:
    """One event per lease in order; fields `interface`, `option_245` (None if this client does not store it), `endpoint` (dotted), `expire`
    (ISO, UTC), `never_expires`, `server`, `newest` (the last one of its interface)."""
    text = document.text.lstrip("\ufeff\x00 \t\r\n")
    found = list(_wicked(document)) if text.startswith("<") else list(_blocks(document)) or list(_assignments(document))
    if not found:
        document.problem("no lease in this file", "what DHCP told this machine")
    newest = {lease.interface: lease for lease in found}
    for lease in found:
        endpoint = address(lease.option_245) if lease.option_245 is not None else ""
        if lease.option_245 is not None and not endpoint:
            document.problem(f"option 245 is no address (line {lease.line or 1})", "the address of the WireServer")
        fields: dict[str, Value] = {
            "interface": lease.interface,
            "option_245": True if lease.option_245 is not None else False if lease.complete else None,
            "endpoint": endpoint,
            "expire": lease.expire.isoformat() if lease.expire else None,
            "never_expires": lease.never,
            "server": lease.server,
            "newest": newest[lease.interface] is lease,
        }
        yield Event(
            document.kind, document.path, lease.text, line=lease.line, pointer=lease.pointer, fields=fields, raw=lease.raw or lease.text
        )


def address(option: str) -> str:
    """The address in option 245: `a8:3f:81:10`, `a83f8110`, dotted, or a quoted string of its four bytes; '' if it is none."""
    option = option.strip()
    if re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}", option, re.ASCII):
        octets = [int(part) for part in option.split(".")]
    elif re.fullmatch(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){3}", option):
        octets = [int(part, 16) for part in option.split(":")]
    elif re.fullmatch(r"[0-9a-fA-F]{8}", option):
        octets = list(bytes.fromhex(option))
    elif len(option) >= 2 and option[0] == option[-1] == '"':
        octets = [int(octal, 8) if octal else ord(escaped or plain) for octal, escaped, plain in _OCTAL.findall(option[1:-1])]
    else:
        return ""
    return ".".join(map(str, octets)) if len(octets) == 4 and max(octets) < 256 else ""


def _interface_of(path: str) -> str:
    name = file_name(path).removesuffix(".gz")
    return next((match["name"] for expression in _INTERFACE if (match := expression.fullmatch(name))), "")


def _blocks(document: Document) -> Iterator[_Lease]:
    """The leases of a dhclient file."""
    block: _Block | None = None
    for number, line in document.lines():
        shape, columns = lines.read("dhcp_lease", line.strip("\x00").rstrip())
        if shape == "opening":
            if block is not None:
                document.problem(f"the lease at line {block.line} is cut", "what it would say behind the cut")
                yield _of_block(document, block)
            block = _Block(number)
        if block is None:
            continue
        block.rows.append(line)
        if shape in ("option", "statement"):
            block.said[columns.get("NAME_OF_OPTION") or columns["KEY"]] = columns["VALUE"].strip()
        elif shape == "closing":
            yield _of_block(document, block)
            block = None
    if block is not None:
        document.problem(f"the lease at line {block.line} is cut", "what it would say behind the cut")
        yield replace(_of_block(document, block), complete=False)


def _of_block(document: Document, block: _Block) -> _Lease:
    said, text = block.said, "\n".join(block.rows)
    expire, never = _expiry(said.get("expire", ""))
    if "expire" in said and expire is None and not never:
        document.problem(f"the lease at line {block.line} ends at no readable time", "whether it has expired")
    option = next((said[name] for name in _OPTION_245 if name in said), None)
    interface = said.get("interface", "").strip('"') or _interface_of(document.path)
    return _Lease(interface, option, said.get("dhcp-server-identifier", ""), expire, text, line=block.line, never=never)


def _expiry(value: str) -> tuple[datetime | None, bool | None]:
    """`4 2015/06/16 16:58:54` (weekday, UTC), `epoch 1434473934`, or `never`."""
    words = value.split()
    if not words:
        return None, None
    if words[-1] == "never":
        return None, True
    if words[0] == "epoch":
        seconds = values.number(words[1]) if len(words) > 1 else None
        return (stamps.from_milliseconds(seconds * 1000) if seconds is not None else None), False
    return stamps.utc(" ".join(words[1:] if words[0].isdigit() and len(words[0]) == 1 else words)), False


def _assignments(document: Document) -> Iterator[_Lease]:
    """The lease of systemd-networkd or of NetworkManager's own client: one a file."""
    said: dict[str, str] = {}
    rows: list[tuple[int, str]] = []
    for number, line in document.lines():
        shape, columns = lines.read("dhcp_lease", line.strip("\x00").rstrip())
        if shape == "variable":
            said[columns["NAME"]] = columns["TEXT"]
        if rows or shape == "variable":
            rows.append((number, line))
    if "ADDRESS" not in said:
        return
    complete = any(name.startswith(("OPTION_", "SERVER_ADDRESS", "LIFETIME", "ROUTER", "NETMASK")) for name in said)
    never = values.number(said["LIFETIME"]) == _FOREVER if "LIFETIME" in said else None
    text = "\n".join(row for _, row in rows).rstrip()
    yield _Lease(
        _interface_of(document.path), said.get("OPTION_245"), said.get("SERVER_ADDRESS", ""), None, text, complete=complete,
        line=rows[0][0], never=never,
    )  # fmt: skip


def _wicked(document: Document) -> Iterator[_Lease]:
    """The leases of wicked's XML; it stores option 245 in some versions only."""
    top = root(document)
    if top is None:
        return
    for lease in [top] if local_name(top) == "lease" else named(top, "lease"):
        option = _wicked_option(lease)
        seconds, acquired = values.number(text_of(first(lease, "lease-time"))), values.number(text_of(first(lease, "acquired")))
        never = seconds == _FOREVER if seconds is not None else None
        expire = (
            datetime.fromtimestamp(acquired + seconds, UTC) if acquired and seconds and not never and acquired + seconds < 1 << 36 else None
        )
        server = text_of(first(lease, "server-id"))
        name = _interface_of(document.path)
        text = f"lease of {name or 'an interface'} from {server or 'an unnamed server'}: {text_of(first(lease, 'state')) or 'no state'}"
        raw = verbatim.element(document.text, "server-id", server) if server else verbatim.element(document.text, "state", "")
        yield _Lease(name, option, server, expire, text, complete=False, pointer=path_of(lease), raw=raw, never=never)


def _wicked_option(lease: Any) -> str | None:
    for element in lease.iter():
        if local_name(element) in _OPTION_245:
            return text_of(element) or text_of(first(element, "data"))
        if local_name(element) == "code" and text_of(element) == "245" and element.getparent() is not None:
            return text_of(first(element.getparent(), "data"))
    return None
