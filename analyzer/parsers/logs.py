"""What a log format is, and one record of it.

A module per log kind defines a `LogFormat`; `records` and `scan` read any log by it. The header expressions come from the
format's grammar (`grammar.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, cached_property

from analyzer.model import NO_FIELDS, Clock, Event, Stamp, Value
from analyzer.parsers import _formats, stamps

RAW_LIMIT = 64 << 10  # characters of one record that are kept; a longer one is read in pieces (records.py)


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


@cache
def line_of(expression: str) -> re.Pattern[str]:
    """The expression of a line shape, compiled when the first line gets as far as to ask for it: most logs know one or two shapes."""
    return re.compile(expression, re.ASCII)


def clock_of_shape(shape: str, value: datetime) -> Clock:
    """The usual rule: the shape called `utc` is UTC, every other is the machine's local time."""
    return Clock.UTC if shape.startswith("utc") else Clock.LOCAL


@dataclass(frozen=True)
class LogFormat:
    """How one kind of log is read.

    `read(shape, columns, text)` turns the columns of a record's first line and its whole text (continuation lines included)
    into a `Reading`; shape "" is a record without a header. `silence` is the longest time that a healthy writer stays quiet,
    for kinds that write regularly. `blocks`: lines of the form `[stdout]` open output of a child whose lines may look like
    records. `unwrap`: literals whose records must be read even if no pattern asks, because their text is packed. `stamp_of`
    reads the text of a stamp. `linewise`: the file has no stamps (a pasted excerpt), so no line continues another.
    """

    grammar: str
    read: Read
    clock: Callable[[str, datetime], Clock] = clock_of_shape
    silence: timedelta | None = None
    blocks: bool = False
    unwrap: tuple[str, ...] = ()
    stamp_of: Callable[[str], Stamp | None] = stamps.read
    linewise: bool = False

    def of_file(self, head: bytes) -> LogFormat:
        """The format as it applies to a file that begins with `head`: line by line if nothing there has a stamp."""
        head = head.lstrip(b"\0")  # a crash leaves NULs
        if not head:
            return self
        if any(found.lastgroup for found in self.next_start.finditer(b"\n" + head)):
            return self
        return replace(self, linewise=True, blocks=False)

    @property
    def stamped(self) -> bool:
        """Whether records have stamps."""
        return not self.linewise

    @cached_property
    def shapes(self) -> tuple[tuple[str, str], ...]:
        """The line shapes in the order they are tried: name and expression, to be compiled by `line_of`."""
        return tuple(_formats.SHAPES[self.grammar].items())

    @cached_property
    def start(self) -> re.Pattern[bytes]:
        """Matches at the first byte of a line that begins a record; its group is the shape and holds the stamp."""
        return re.compile(rb"[^\r\n]" if self.linewise else _formats.STARTS[self.grammar].encode("utf-8"))

    @cached_property
    def next_start(self) -> re.Pattern[bytes]:
        """Finds the newline before the next record."""
        return re.compile(b"\n(?:" + self.start.pattern + b")")

    def stamp(self, found: re.Match[bytes]) -> Stamp | None:
        """The stamp of a line that `start` or `next_start` matched."""
        shape = found.lastgroup
        if shape is None:
            return None
        return self._clocked(shape, self.stamp_of(found[shape].decode("utf-8", "replace")))

    def event(self, kind: str, artifact: str, raw: str, line: int, header: str = "") -> Event:
        """The event that the record `raw` is; `line` is its first line, 1-based. `header`: the first line of the record of which
        `raw` is a later piece."""
        first, newline, rest = raw.partition("\n")
        first = first.removesuffix("\r")
        for shape, expression in self.shapes:
            match = line_of(expression).match(header or first)
            if match is not None:
                columns = {name: value for name, value in match.groupdict().items() if value is not None}
                stamp = next((value for name, value in columns.items() if name.endswith("_STAMP")), "")
                text = columns.pop("TEXT", "") + newline + rest
                reading = self.read(shape, columns, (raw if header else text).rstrip("\r\n"))
                stamped = reading.stamp or self._clocked(shape, self.stamp_of(stamp))
                break
        else:
            reading = self.read("", {}, raw.rstrip("\r\n"))
            stamped = reading.stamp
        until = line + raw.rstrip("\n").count("\n")
        return Event(
            kind, artifact, reading.text, line=line, until_line=until if until > line else None, stamp=stamped,
            component=reading.component, level=reading.level, code=reading.code, fields=reading.fields, raw=raw.rstrip("\r\n"),
        )  # fmt: skip

    def _clocked(self, shape: str, stamp: Stamp | None) -> Stamp | None:
        if stamp is None or stamp.clock is Clock.UTC:
            return stamp
        clock = self.clock(shape, stamp.value)
        return stamp if clock is stamp.clock else Stamp(stamp.value, clock, stamp.has_year)
