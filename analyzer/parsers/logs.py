"""What a log format is, and one record of it.

A module per log kind defines a `LogFormat`; `scan` and `window` read any log by it. The header expressions come from the
format's grammar (`grammar.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from analyzer.model import NO_FIELDS, Clock, Event, Stamp, Value
from analyzer.parsers import _formats, stamps

RAW_LIMIT = 64 << 10  # characters of one record that are kept; a longer one is cut, not lost: its lines stay citable


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record's header and text say, before the record is placed in an artifact."""

    text: str
    component: str = ""
    level: str = ""
    code: str = ""
    fields: Mapping[str, Value] = field(default_factory=lambda: NO_FIELDS)
    stamp: Stamp | None = None


Read = Callable[[str, Mapping[str, str], str], Reading]


def clock_of_shape(shape: str, value: datetime) -> Clock:
    """The usual rule: the shape called `utc` is UTC, every other is the machine's local time."""
    return Clock.UTC if shape.startswith("utc") else Clock.LOCAL


@dataclass(frozen=True)
class LogFormat:
    """How one kind of log is read.

    `read(shape, columns, text)` turns the columns of a record's first line and its whole text (continuation lines included)
    into a `Reading`; shape "" is a record without a header. `silence` is the longest time that a healthy writer stays quiet,
    for kinds that write regularly. `blocks`: lines of the form `[stdout]` open output of a child whose lines may look like
    records. `unwrap`: literals whose records must be read even if no pattern asks, because their text is packed.
    """

    grammar: str
    read: Read
    clock: Callable[[str, datetime], Clock] = clock_of_shape
    silence: timedelta | None = None
    blocks: bool = False
    unwrap: tuple[str, ...] = ()

    @cached_property
    def shapes(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((name, re.compile(expression)) for name, expression in _formats.SHAPES[self.grammar].items())

    @cached_property
    def start(self) -> re.Pattern[bytes]:
        """Matches at the first byte of a line that begins a record; its group is the shape and holds the stamp."""
        return re.compile(_formats.STARTS[self.grammar].encode("utf-8"))

    @cached_property
    def next_start(self) -> re.Pattern[bytes]:
        """Finds the newline before the next record."""
        return re.compile(b"\n(?:" + _formats.STARTS[self.grammar].encode("utf-8") + b")")

    def stamp(self, found: re.Match[bytes]) -> Stamp | None:
        """The stamp of a line that `start` or `next_start` matched."""
        shape = found.lastgroup
        if shape is None:
            return None
        return self._clocked(shape, stamps.read(found[shape].decode("ascii", "replace")))

    def event(self, kind: str, artifact: str, raw: str, line: int) -> Event:
        """The event that the record `raw` is; `line` is its first line, 1-based."""
        first, newline, rest = raw.partition("\n")
        first = first.removesuffix("\r")
        for shape, expression in self.shapes:
            match = expression.match(first)
            if match is not None:
                columns = {name: value for name, value in match.groupdict().items() if value is not None}
                stamp = next((value for name, value in columns.items() if name.endswith("_STAMP")), "")
                text = columns.pop("TEXT", "") + newline + rest
                reading = self.read(shape, columns, text.rstrip("\r\n"))
                stamped = reading.stamp or self._clocked(shape, stamps.read(stamp))
                break
        else:
            reading, stamped = self.read("", {}, raw.rstrip("\r\n")), None
        until = line + raw.rstrip("\n").count("\n")
        return Event(
            kind, artifact, reading.text, line=line, until_line=until if until > line else None, stamp=stamped or reading.stamp,
            component=reading.component, level=reading.level, code=reading.code, fields=reading.fields, raw=raw.rstrip("\r\n"),
        )  # fmt: skip

    def _clocked(self, shape: str, stamp: Stamp | None) -> Stamp | None:
        if stamp is None or stamp.clock is Clock.UTC:
            return stamp
        return Stamp(stamp.value, self.clock(shape, stamp.value), stamp.has_year)
