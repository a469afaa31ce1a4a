"""One record, whoever read it: the same names and values for named data, string arrays and provider-specific elements.

Input is a tree: a scalar, a list, or a tuple of (name, tree), as the Rust reader's JSON has it; `fallback` gives the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analyzer.model import Clock, Event, Stamp, Value
from analyzer.parsers.values import number, text

Tree = Any

BINARY_LIMIT = 256  # characters of hex that are kept
_TEXT_LIMIT = 1024  # characters of a binary value's text that are kept
_LEVELS = {0: "INFO", 1: "ERROR", 2: "ERROR", 3: "WARNING", 4: "INFO", 5: "VERBOSE"}
_MARKS = str.maketrans("", "", "\u200e\u200f\u202a\u202c\x00")  # direction marks of localized dates
_HEX = re.compile(r"[0-9A-F]*")
_SPACE = re.compile(r"\s+")
_PRINTABLE = re.compile(rb"[\x20-\x7e\r\n\t]{3,}")
_DECODER = json.JSONDecoder(object_pairs_hook=tuple, strict=False)  # pairs, because names of data may repeat
_SANE = (datetime(1990, 1, 1), datetime(2100, 1, 1))
_EVENT = frozenset({"component", "level", "code", "text", "artifact"})  # attributes of events, which conditions name like fields
_OWN = _EVENT | {"channel", "provider", "event_id", "computer", "written", "pid", "activity", "user", "message"}
_OWN |= {"binary", "binary_text", "distrust", "recovered"}


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says, in one form. `time` is naive UTC; `data` are its inserts in their order, with unique names."""

    provider: str
    event_id: int
    level: int
    channel: str
    computer: str
    time: datetime | None
    pid: int | None
    activity: str
    user: str
    data: Mapping[str, Value]
    binary: str
    message: str


def read_json(data: str) -> Record | None:
    """The record of the Rust reader's JSON text, or None if that says nothing."""
    try:
        return record_of(_DECODER.decode(data))
    except (ValueError, RecursionError):
        return None


def quoted(data: str) -> str:
    """A JSON string's value; what stands between the quotes if it is no JSON (damaged records leave control characters and half pairs)."""
    try:
        return text(_DECODER.decode(data))
    except ValueError:
        return data.strip('"')


def record_of(tree: Tree) -> Record | None:
    """The record that a tree is, or None if it names no provider or event id."""
    event = _pairs(_get(tree, "Event"))
    system = _get(event, "System")
    event_id = number(_scalar(_get(system, "EventID")))
    provider = text(_attribute(_get(system, "Provider"), "Name")) or text(_attribute(_get(system, "Provider"), "EventSourceName"))
    if event_id is None or not provider:
        return None
    data, binary = _data(event)
    activity = text(_attribute(_get(system, "Correlation"), "ActivityID"))
    return Record(
        provider,
        event_id,
        number(_scalar(_get(system, "Level"))) or 0,
        text(_scalar(_get(system, "Channel"))),
        text(_scalar(_get(system, "Computer"))),
        moment(text(_attribute(_get(system, "TimeCreated"), "SystemTime"))),
        number(_attribute(_get(system, "Execution"), "ProcessID")),
        activity.strip("{}").upper(),
        text(_attribute(_get(system, "Security"), "UserID")),
        data,
        binary,
        _clean(text(_scalar(_get(_get(event, "RenderingInfo"), "Message")))),
    )


def event_of(record: Record, artifact: str, record_id: int, written: str, marks: Mapping[str, Value]) -> Event:
    """The event of kind `evtx`. `written`: the time in the record's header, ISO UTC; `marks` are added to its fields."""
    line = line_of(record)
    time = record.time if sane(record.time) else moment(written)
    fields: dict[str, Value] = {"channel": record.channel, "provider": record.provider, "event_id": record.event_id}
    fields |= {"computer": record.computer, "written": written}
    more = {
        "pid": record.pid,
        "activity": record.activity,
        "user": record.user,
        "message": record.message,
        "binary": record.binary[:BINARY_LIMIT],
    }
    fields.update((name, value) for name, value in more.items() if value not in (None, ""))
    if clear := _clear_text(record.binary):
        fields["binary_text"] = clear
    fields.update((f"data.{name}" if name in _OWN else name, value) for name, value in record.data.items())
    if (stepped := _step(record)) is not None:
        fields["step_seconds"] = stepped
    fields.update(marks)
    return Event(
        "evtx", artifact, line, record=record_id, stamp=Stamp(time, Clock.UTC) if time is not None and sane(time) else None,
        component=record.provider, level=_LEVELS.get(record.level, ""), code=str(record.event_id), fields=fields, raw=line,
    )  # fmt: skip


def _step(record: Record) -> float | None:
    """By how many seconds a change of the system time (Kernel-General 1) set the clock, forward or back."""
    if record.event_id != 1 or record.provider.lower() != "microsoft-windows-kernel-general":
        return None
    new, old = (moment(text(record.data.get(name))) for name in ("NewTime", "OldTime"))
    return abs((new - old).total_seconds()) if new is not None and old is not None else None


def line_of(record: Record) -> str:
    """Provider, id and inserts on one line: `Service Control Manager 7036: param1=RdAgent; param2=stopped`."""
    inserts = "; ".join(f"{name}={_SPACE.sub(' ', text(value))}" for name, value in record.data.items() if value not in (None, ""))
    head = f"{record.provider} {record.event_id}"
    return f"{head}: {inserts}" if inserts else head


def moment(value: str) -> datetime | None:
    """A time as the readers write it (`2017-07-12T17:16:28.2141616Z`, also with ` UTC` behind it) as naive UTC; None if it is none."""
    try:
        time = datetime.fromisoformat(value.removesuffix(" UTC"))
    except ValueError:
        return None
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def sane(time: datetime | None) -> bool:
    """Whether a time can be a record's: re-exported logs have 1601 in headers, damaged ones anything."""
    return time is not None and _SANE[0] <= time < _SANE[1]


def _pairs(tree: Tree) -> tuple[tuple[str, Tree], ...]:
    return tree if isinstance(tree, tuple) else ()


def _get(tree: Tree, name: str) -> Tree:
    return next((value for key, value in _pairs(tree) if key == name), None)


def _attribute(tree: Tree, name: str) -> Tree:
    return _get(_get(tree, "#attributes"), name)


def _scalar(tree: Tree) -> Tree:
    value = _get(tree, "#text") if isinstance(tree, tuple) else tree
    return value[0] if isinstance(value, list) and value else value


def _data(event: tuple[tuple[str, Tree], ...]) -> tuple[Mapping[str, Value], str]:
    """The inserts by name, and the binary value in hex. Inserts without a name are `param1`, `param2`, …"""
    found: dict[str, Value] = {}
    binary = ""
    for section, content in event:
        if section in ("#attributes", "System", "RenderingInfo"):
            continue
        place = 0
        for name, value in _of_event_data(content) if section == "EventData" else _of_user_data(content):
            if not name:
                place += 1
                _add(found, f"param{place}", value)
            elif name == "Binary" and section == "EventData":
                binary = text(value)
            else:
                _add(found, name, value)
    return found, binary


def _add(found: dict[str, Value], name: str, value: Tree) -> None:
    """Keeps a value under its name; a name that repeats is numbered as the Rust reader does it: `a`, `a_1`."""
    unique, count = name, 0
    while unique in found:
        count += 1
        unique = f"{name}_{count}"
    found[unique] = _cleaned(value)


def _of_event_data(content: Tree) -> Iterator[tuple[str, Tree]]:
    """(name, value) of each Data; the name is '' if it has none."""
    for name, value in _pairs(content):
        if name == "Data" and isinstance(value, tuple):
            items = _get(value, "#text")
            for item in items if isinstance(items, list) else [items]:
                yield "", item
        elif name != "#attributes":
            for item in value if isinstance(value, list) else [value]:
                yield name, _scalar(item)


def _of_user_data(content: Tree) -> Iterator[tuple[str, Tree]]:
    """The leaves below the provider's own element, by name; those deeper down by `outer.inner`."""
    for name, inner in _pairs(content):
        if isinstance(inner, tuple):
            yield from _leaves(inner, "")
        elif not name.startswith("#"):
            yield name, inner


def _leaves(tree: Tree, prefix: str) -> Iterator[tuple[str, Tree]]:
    for name, value in _pairs(tree):
        if name == "#attributes":
            continue
        path = prefix if name == "#text" else f"{prefix}.{name}" if prefix else name
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, tuple):
                yield from _leaves(item, path)
            elif path:
                yield path, item


def _cleaned(value: Tree) -> Value:
    if isinstance(value, bool | int | float):
        return value
    clean = _clean(text(value))
    return clean[:BINARY_LIMIT] if len(clean) > BINARY_LIMIT and _HEX.fullmatch(clean) else clean


def _clean(value: str) -> str:
    return value.translate(_MARKS).strip()


def _clear_text(binary: str) -> str:
    """What a binary value says if it is text: VSS writes ASCII, the Service Control Manager the service's name in UTF-16."""
    try:
        data = bytes.fromhex(binary)
    except ValueError:
        return ""
    if _PRINTABLE.fullmatch(data.rstrip(b"\0")):
        return data.rstrip(b"\0").decode("ascii").strip()[:_TEXT_LIMIT]
    wide = data.decode("utf-16-le", "replace").rstrip("\0") if len(data) % 2 == 0 else ""
    return wide[:_TEXT_LIMIT] if len(wide) > 2 and wide.isprintable() and "\ufffd" not in wide else ""
