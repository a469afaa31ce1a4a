"""`python --version`: which interpreter answers, or that none does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-python-version"

_VERSION = re.compile(r"Python (?P<version>\d+\.\d+(?:\.\d+)?\S*)")
_MISSING = re.compile(r"\S.{0,60}?(?P<command>python[\d.]*)['’\"]?: .{0,40}(?:not found|No such file or directory)")


def parse(document: Document) -> Iterator[Event]:
    """One state event per interpreter: fields `version` (None if the shell found no such command) and `command`, as far as shown."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    command = saved.bare(section.command).split(" ")[0]
    for number, line in section.lines:
        if match := _VERSION.match(line.strip()):
            fields: dict[str, Value] = {"version": match["version"], "command": command}
            yield Event(KIND, section.path, line.strip(), line=number, fields=fields, raw=line, state=True)
        elif match := _MISSING.match(line.strip()):
            fields = {"version": None, "command": match["command"]}
            yield Event(KIND, section.path, line.strip(), line=number, level="ERROR", fields=fields, raw=line, state=True)
