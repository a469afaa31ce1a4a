"""Services: `sc query`, `sc queryex`, `sc qc`, `Get-Service`, Win32_Service (`wmic service`, `Get-CimInstance`), `net start`.

sc.exe translates its labels in some languages, never its values: `4  RUNNING`, `2   AUTO_START` decide what a line means. `net start`
prints display names only; the names of the services that matter here are known by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.model import Event, Value
from analyzer.parsers.commands import properties, saved
from analyzer.parsers.commands.properties import Item
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-sc"

_HEADING = re.compile(r"(?P<label>[^\s:：][^:：\n]{0,40}?) ?[:：] ?(?P<value>[^\n]*)")
_PROPERTY = re.compile(r"[ \t]+(?P<label>[^\s:：][^:：\n]{0,40}?)[ \t]*[:：][ \t]?(?P<value>[^\n]*)")
_STATE = re.compile(r"\s*([1-7])\s+(STOPPED|START_PENDING|STOP_PENDING|RUNNING|CONTINUE_PENDING|PAUSE_PENDING|PAUSED)\b")
_START = re.compile(r"\s*([0-4])\s+(BOOT_START|SYSTEM_START|AUTO_START|DEMAND_START|DISABLED)\b(\s+\(DELAYED\))?")
_EXIT = re.compile(r"\s*(\d{1,10})\s+\(0x[0-9a-fA-F]+\)")
_ACCOUNT = re.compile(r"(?i)\s*(?:LocalSystem|NT[ -]?\w{4,10}\\\S.*|\.\\\S+|[\w.-]+\\[\w.$-]+|[\w.-]+@[\w.-]+)\s*")
_MISSING = re.compile(r"\[SC\] [^\n]*? 1060\b")
_NAMED = re.compile(r"""(?i)\bsc(?:\.exe)? +(?:\\\\\S+ +)?(?:query|queryex|qc)\s+"?([^"\s]+)""")
_STATES = {
    "1": "stopped",
    "2": "start pending",
    "3": "stop pending",
    "4": "running",
    "5": "continue pending",
    "6": "pause pending",
    "7": "paused",
}
_TYPES = {"0": "boot", "1": "system", "2": "auto", "3": "manual", "4": "disabled"}
_TYPE_WORDS = {
    "automatic": "auto",
    "auto": "auto",
    "automaticdelayedstart": "auto",
    "manual": "manual",
    "disabled": "disabled",
    "boot": "boot",
    "system": "system",
}
_STATE_WORDS = {re.sub(r"\s", "", state): state for state in _STATES.values()} | {
    "startpending": "start pending",
    "stoppending": "stop pending",
}
_DISPLAYED = {
    "volume shadow copy": "VSS", "microsoft software shadow copy provider": "swprv", "com+ system application": "COMSysApp",
    "com+ event system": "EventSystem", "distributed transaction coordinator": "MSDTC", "dhcp client": "Dhcp", "rdagent": "RdAgent",
    "windows azure guest agent": "WindowsAzureGuestAgent", "windowsazureguestagent": "WindowsAzureGuestAgent",
    "windows azure telemetry service": "WindowsAzureTelemetryService", "remote procedure call (rpc)": "RpcSs",
    "cryptographic services": "CryptSvc",
}  # fmt: skip
_KNOWN = ("status", "state", "startmode", "starttype", "startname", "displayname", "servicename")
_STARTED = re.compile(
    r"(?i)(?:These Windows services are started|Folgende Windows-Dienste sind gestartet|已经启动以下 ?Windows ?服务"
    r"|Les services Windows suivants ont|Se han iniciado estos servicios|次の Windows サービスが開始)[^\n]*"
)


@dataclass
class _Block:
    """A service of sc.exe: the lines since its name."""

    begin: int
    last: int
    raw: list[str]
    service: str
    fields: dict[str, Value] = field(default_factory=dict)


def parse(document: Document) -> Iterator[Event]:
    """One state event per service: fields `service`, `display`, `state` (running, stopped, …; missing if sc finds no such service),
    `start_type` (auto, manual, disabled, boot, system), `account`, `exit_code`; what the output does not tell is None."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    found = False
    for event in _blocks(section):
        found = True
        yield event
    if not found:
        for item in properties.items(section, _KNOWN):
            yield from _object(section, item)
        yield from _started(section)


def _blocks(section: Section) -> Iterator[Event]:
    block: _Block | None = None
    asked = _NAMED.search(section.command)
    for number, line in section.lines:
        if _MISSING.match(line) and asked:
            yield _event(section, {"service": asked[1], "state": "missing"}, number, None, line)
        elif (match := _PROPERTY.fullmatch(line.rstrip())) and block is not None:
            block.raw.append(line)
            block.last = number
            _read(block, match["label"].strip(), match["value"])
        elif block is not None and len(block.raw) > 1 and line[:1].isspace() and line.strip():
            block.raw.append(line)  # more of a state or of dependencies
            block.last = number
        elif (match := _HEADING.fullmatch(line.rstrip())) and not line.startswith("["):
            if block is not None and len(block.raw) > 1 and "_" in block.raw[0] and set(block.fields) <= {"display"}:
                block = None
            if block is not None and set(block.fields) <= {"display"} and len(block.raw) == 1:
                block.fields["display"] = match["value"].strip()
                block.raw.append(line)
                block.last = number
            else:
                if block is not None:
                    yield from _closed(section, block)
                block = _Block(number, number, [line], match["value"].strip()) if match["value"].strip() else None
    if block is not None:
        yield from _closed(section, block)


def _read(block: _Block, label: str, value: str) -> None:
    """One property; what it means is told by its value, or by its label where that is not translated."""
    fields, name = block.fields, label.upper()
    if match := _STATE.match(value):
        fields["state"] = _STATES[match[1]]
    elif match := _START.match(value):
        fields["start_type"] = _TYPES[match[1]]
    elif (match := _EXIT.match(value)) and "exit_code" not in fields:
        fields["exit_code"] = int(match[1])
    elif name == "DISPLAY_NAME":
        fields["display"] = value.strip()
    elif name == "SERVICE_START_NAME" or (("start_type" in fields) and "PATH" not in name and _ACCOUNT.fullmatch(value)):
        fields["account"] = value.strip()


def _closed(section: Section, block: _Block) -> Iterator[Event]:
    if "state" in block.fields or "start_type" in block.fields:
        until = block.last if block.last > block.begin else None
        yield _event(section, {"service": block.service, **block.fields}, block.begin, until, "\n".join(block.raw))


def _object(section: Section, item: Item) -> Iterator[Event]:
    display = item.get("displayname")
    service = item.get("name", "servicename")
    if not service or service.endswith("..."):  # Format-Table cuts what its column cannot hold
        service = _DISPLAYED.get(display.lower(), service or display)
    state, started = (
        _word(item.get("state", "status"), _STATE_WORDS, _STATES),
        _word(item.get("starttype", "startmode"), _TYPE_WORDS, _TYPES),
    )
    if not service or not (state or started):
        return
    code = item.get("exitcode")
    fields: dict[str, Value] = {"service": service, "display": display or None, "state": state, "start_type": started}
    fields |= {"account": item.get("startname", "username") or None, "exit_code": int(code) if re.fullmatch(r"\d{1,10}", code) else None}
    yield _event(section, fields, item.line, item.until if item.until > item.line else None, item.raw)


def _word(text: str, words: dict[str, str], numbers: dict[str, str]) -> str | None:
    """A state or start type that is written as a word or as its number; a word cut by a column (`Runn...`) is no word."""
    return numbers.get(text) or words.get(re.sub(r"[\s_()]", "", text).lower())


def _started(section: Section) -> Iterator[Event]:
    """`net start`: the display names of what runs, indented under a heading."""
    listed = "net" in section.command.lower().split(" ")[0]
    for number, line in section.lines:
        if _STARTED.fullmatch(line.strip()):
            listed = True
        elif listed and (match := re.fullmatch(r" {2,4}(\S.{0,200})", line.rstrip())):
            display = match[1]
            service = _DISPLAYED.get(display.lower(), display)
            yield _event(section, {"service": service, "display": display, "state": "running"}, number, None, line)


def _event(section: Section, given: dict[str, Value], line: int, until: int | None, raw: str) -> Event:
    fields: dict[str, Value] = {name: given.get(name) for name in ("service", "display", "state", "start_type", "account", "exit_code")}
    said = ", ".join(str(fields[name]) for name in ("state", "start_type", "account") if fields[name])
    level = "ERROR" if fields["state"] == "missing" else ""
    return Event(
        KIND, section.path, f"{fields['service']}: {said}", line=line, until_line=until, component=str(fields["service"]), level=level,
        fields=fields, raw=raw, state=True,
    )  # fmt: skip
