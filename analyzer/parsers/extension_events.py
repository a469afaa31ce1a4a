"""`events/*.json`: what an extension hands to the agent as telemetry; the agent deletes what it has sent.

An array (or one object) of {Version, Timestamp, TaskName, EventLevel, Message, EventPid, EventTid, OperationId}, with keys in any
case (Azure/WALinuxAgent ga/collect_telemetry_events.py). The backup extension packs the lines of its log above a severity into
`Message` (Azure/azure-linux-extensions VMBackup/main/Utils/EventLoggerUtil.py); `OperationId` is the task id then. Times are UTC.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from analyzer.model import Clock, Event, Stamp, Value
from analyzer.parsers import _formats, stamps, values
from analyzer.parsers.document import Document, at
from analyzer.parsers.handlers import owner

_LINE, _PART = (re.compile(_formats.SHAPES["extension_events"][shape]) for shape in ("line", "part"))
_MARK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z \[(\d{1,4})/\d{1,4}\] ")  # pieces follow each other without a newline
_VERSION = re.compile(r"(?P<name>.+)-(?P<version>\d+(?:\.\d+)+)")
_LEVELS = {"information": "INFO", "informational": "INFO", "warn": "WARNING", "err": "ERROR", "critical": "ERROR"}
_NO_TASK = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class _Said:
    """One line of a message, continuation lines included; time and level as its header writes them."""

    text: str
    time: str = ""
    level: str = ""


def parse(document: Document) -> Iterator[Event]:
    """One event per line of each `Message`, continuation lines joined to the line before; fields `task`, `version`, `operation`."""
    value = document.json()
    if value is None:
        return
    in_list = isinstance(value, list)
    for i, item in enumerate(value if in_list else [value]):
        entry = values.lowered(item)
        pointer = at("", i) if in_list else ""
        if not values.text(entry.get("message")):
            if "message" not in entry or isinstance(entry["message"], list | dict):
                document.problem(f"no Message at {pointer or 'the top'}", "that event")
            continue
        key = next(key for key in item if str(key).lower() == "message")
        yield from _events(document, entry, at(pointer, key))


def _events(document: Document, entry: dict[str, Any], pointer: str) -> Iterator[Event]:
    handler = owner(document.path)
    named = _VERSION.fullmatch(values.text(entry.get("version")))
    task = values.text(entry.get("operationid")).lower()
    fields: dict[str, Value] = {
        "task": "" if task == _NO_TASK else task,
        "version": named["version"] if named else handler.version,
        "operation": values.text(entry.get("taskname")),
    }
    component = named["name"] if named else handler.name
    for line in _lines(values.text(entry["message"])):
        level = _level(line.level or values.text(entry.get("eventlevel")))
        stamp = stamps.read(line.time, Clock.UTC) or stamps.read(values.text(entry.get("timestamp")), Clock.UTC)
        yield Event(
            document.kind, document.path, line.text, pointer=pointer, stamp=_utc(stamp), component=component, level=level, fields=fields,
            raw=_written(document.text, line),
        )  # fmt: skip


def _utc(stamp: Stamp | None) -> Stamp | None:
    return stamp if stamp is not None and stamp.has_year else None


def _lines(message: str) -> Iterator[_Said]:
    """The lines of a message, the pieces of long ones put together again. A message may begin with a later piece of a line whose
    beginning stands in the event before."""
    said: _Said | None = None
    for line in _MARK.sub(_joint, message).split("\n"):
        match = _LINE.fullmatch(line)
        piece = None if match else _PART.fullmatch(line)
        if match or piece or said is None:
            if said is not None:
                yield said
            found = (match or piece)["TEXT"] if match or piece else line  # type: ignore[index]  # one of them matched
            time = match["TIME"] if match else piece["TIME"] if piece else ""
            said = _Said((found or "").strip(), time, match["LEVEL"] if match else "") if match or piece or line.strip() else None
        elif line.strip():
            said = replace(said, text=f"{said.text}\n{line.rstrip()}")
    if said is not None:
        yield said


def _joint(mark: re.Match[str]) -> str:
    """What stays of the mark before a piece: nothing, or a line break before the first piece of a line."""
    if mark.start() == 0 and mark[1] != "1":
        return mark[0]
    return "" if mark[1] != "1" or mark.string[mark.start() - 1 : mark.start()] in ("", "\n") else "\n"


def _level(word: str) -> str:
    word = word.strip("[]:").lower()
    return _LEVELS.get(word, word.upper())


def _written(document: str, said: _Said) -> str:
    """The line as the JSON text spells it (it may escape what is not ASCII, or not); of a line in pieces its beginning."""
    header = f"{said.time}\t{said.level}\t" if said.level else ""
    first = said.text.split("\n", 1)[0]
    for line in (header + said.text, header + first[:200], header + first[:20], first[:200]):
        for ascii_only in (True, False):
            escaped = json.dumps(line, ensure_ascii=ascii_only)[1:-1]
            if escaped in document:
                return escaped
    return said.text
