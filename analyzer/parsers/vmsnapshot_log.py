"""The backup extension's own log, `extension.log` of VMSnapshotLinux (Azure/azure-linux-extensions, VMBackup/main).

Two clocks stand in one file: lines of Python 3 and of the freeze block are UTC since the builds of September 2021, lines of
Python 2 and of `hutil.error()` are local time. Lines of the freeze binary carry a local stamp of their own inside the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from analyzer.model import Clock, Value
from analyzer.parsers import stamps
from analyzer.parsers.logs import LogFormat, Reading

_UTC_SINCE = datetime(2021, 9, 1)  # commit 38faf63e: datetime.now() became datetime.utcnow()
_INNER_BLOCK = re.compile(r"\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d\.\d+  (Info|Warning|Error)  ")
_PASTED = re.compile(r"[ \t]*(?P<handler>\[[^\]\s]+-\d[\w.]*\])?")
_BINARY = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?=\S)")
_LEVELS = {"Info": "INFO", "Warning": "WARNING", "Error": "ERROR"}


def clock(shape: str, value: datetime) -> Clock:
    return Clock.UTC if shape in ("utc", "block") and value >= _UTC_SINCE else Clock.LOCAL


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """Component is the handler; field `binary` holds the local stamp of a line that the freeze binary printed."""
    fields: dict[str, Value] = {}
    handler, stamp = columns.get("HANDLER", ""), None
    level = _LEVELS.get(columns.get("BLOCK_LEVEL", "").strip(), "ERROR" if columns.get("TAG") else "")
    if not shape and (pasted := _PASTED.match(text)):  # people post lines without their stamps
        handler, text = pasted["handler"] or "", text[pasted.end() :]
    if inner := _INNER_BLOCK.match(text):
        level, text = _LEVELS[inner[1]], text[inner.end() :]
    if binary := _BINARY.match(text):
        fields["binary"], text = binary[1], text[binary.end() :]
        stamp = None if shape else stamps.read(binary[1])
    component = handler.strip("[]").rsplit("-", 1)[0]
    return Reading(text.rstrip(), component or "VMSnapshotLinux", level, fields=fields, stamp=stamp)


FORMAT = LogFormat("vmsnapshot_log", read, clock)
