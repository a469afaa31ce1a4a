"""One pass over a log: count everything, parse only what somebody asked for.

The log is streamed in blocks cut at record starts. RE2 finds the anchors of all patterns at once; the record around a hit is
read by its format and checked against every pattern, and the scan goes on behind it. Each block leaves a `Mark` (where it
begins and the stamps at its ends), which is all that is needed to find gaps and to read a window again later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from analyzer.model import Event, Stamp
from analyzer.parsers.logs import RAW_LIMIT, LogFormat
from analyzer.parsers.pattern import Hit, KindPatterns

_CONTEXT = 32 << 10  # bytes before a record that are looked at to see whether it stands in a child's output
_HOLD = 256 << 10  # bytes held back at most while a record is unfinished; a longer one is cut
_KEEP = 10_000  # hits kept per pattern and artifact: the first half and the last half; the rest is counted
_BLOCK_TAG = re.compile(rb"^\[std(?:out|err)\]\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of whole records: bytes and lines (0-based offset, 1-based line) and the stamps at its ends."""

    offset: int
    end: int
    line: int
    first: Stamp | None
    last: Stamp | None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was written between two neighbouring records: their lines and stamps."""

    line: int
    until_line: int
    first: Stamp
    last: Stamp


@dataclass
class LogScan:
    """What one pass found. `lines` counts exactly; `omitted` says how many hits of a pattern were counted but not kept."""

    hits: list[Hit] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    lines: int = 0
    omitted: dict[str, int] = field(default_factory=dict)

    def stamps(self) -> list[Stamp]:
        return [stamp for mark in self.marks for stamp in (mark.first, mark.last) if stamp is not None]


@dataclass(frozen=True, slots=True)
class Region:
    """A buffer of which `begin` to `end` is whole records that are new; before `begin` stands context."""

    data: bytes
    begin: int
    end: int
    line: int  # 1-based line of `begin`
    offset: int  # byte offset of `begin` in the log


def regions(blocks: Iterable[bytes], form: LogFormat) -> Iterator[Region]:
    """Cuts a stream of blocks at record starts, so that no record is split; keeps some context before each cut."""
    data, begin, line, offset = b"", 0, 1, 0
    for block in blocks:
        data += block
        end = _last_start(data, begin, form)
        if end > begin:
            yield Region(data, begin, end, line, offset)
            line += data.count(b"\n", begin, end)
            offset += end - begin
            keep = max(0, end - _CONTEXT)
            data, begin = data[keep:], end - keep
    if begin < len(data):
        yield Region(data, begin, len(data), line, offset)


def _last_start(data: bytes, begin: int, form: LogFormat) -> int:
    """Offset of the last record start behind `begin`; of the last line if a record grows beyond all bounds; else `begin`."""
    newline = len(data)
    while (newline := data.rfind(b"\n", begin, newline)) >= 0:
        if form.start.match(data, newline + 1):
            return outer_start(data, newline + 1, form) if form.blocks else newline + 1
        if len(data) - newline > _HOLD:
            return data.rfind(b"\n", begin) + 1
    return begin


def scan(blocks: Iterable[bytes], kind: str, artifact: str, form: LogFormat, patterns: KindPatterns, encoding: str = "utf-8") -> LogScan:
    """Reads the log once. `blocks` hold decompressed bytes in an ASCII-compatible encoding."""
    result = LogScan()
    kept = _Kept(result.omitted)
    before: tuple[int, Stamp] | None = None
    ended = True
    for region in regions(blocks, form):
        for event in _wanted(region, kind, artifact, form, patterns.anchors, encoding):
            for hit in patterns.of_record(event):
                kept.add(hit)
        first, last = _ends(region, form)
        length = region.end - region.begin
        ends = (first.stamp if first else None, last.stamp if last else None)
        result.marks.append(Mark(region.offset, region.offset + length, region.line, *ends))
        if form.silence and first and last:
            if before and not _quiet(before[1], first.stamp, form.silence):
                result.silences.append(Silence(before[0], _line(region, first.at), before[1], first.stamp))
            result.silences += _silences(region, form, first, last, form.silence)
            before = (_line(region, last.at), last.stamp)
        result.lines = region.line - 1 + region.data.count(b"\n", region.begin, region.end)
        ended = region.data[region.end - 1 : region.end] == b"\n"
    result.lines += not ended
    result.hits = kept.all()
    return result


class _Kept:
    """At most `_KEEP` hits of each pattern: the first and the last ones."""

    def __init__(self, omitted: dict[str, int]) -> None:
        self._hits: dict[str, list[Hit]] = {}
        self._omitted = omitted

    def add(self, hit: Hit) -> None:
        hits = self._hits.setdefault(hit.pattern, [])
        hits.append(hit)
        if len(hits) > _KEEP:
            del hits[_KEEP // 2]
            self._omitted[hit.pattern] = self._omitted.get(hit.pattern, 0) + 1

    def all(self) -> list[Hit]:
        return [hit for hits in self._hits.values() for hit in hits]


def _wanted(region: Region, kind: str, artifact: str, form: LogFormat, anchors: Any, encoding: str) -> Iterator[Event]:
    """The records of the region that hold an anchor."""
    if anchors is None:
        return
    at, counted, line = region.begin, region.begin, region.line
    while found := anchors.search(region.data, at, region.end):
        start, end = record_around(region, found.start(), form)
        line += region.data.count(b"\n", counted, start)
        counted = max(counted, start)
        yield form.event(kind, artifact, decode(region.data[start:end], encoding), line)
        at = end


def decode(raw: bytes, encoding: str) -> str:
    return raw[: RAW_LIMIT * 4].decode(encoding, "replace")[:RAW_LIMIT]


def record_around(region: Region, at: int, form: LogFormat) -> tuple[int, int]:
    """Begin and end of the record that byte `at` stands in; a line inside a child's output belongs to the outer record."""
    start = _line_start(region.data, at)
    while start > region.begin and not form.start.match(region.data, start):
        start = _line_start(region.data, start - 1)
    if form.blocks:
        start = max(outer_start(region.data, start, form), region.begin)
    end = start
    while True:
        following = form.next_start.search(region.data, max(end, at) if end == start else end, region.end)
        if following is None:
            return start, region.end
        end = following.start() + 1
        if not form.blocks or outer_start(region.data, end, form) != start:
            return start, end


def _line_start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def outer_start(data: bytes, start: int, form: LogFormat) -> int:
    """Where the record begins whose child's output holds the record at `start`; `start` itself if it stands alone.

    The agent logs a command's output after the command has ended, so lines of the output that carry a stamp are not younger
    than the record they stand in. A line with a later stamp, or of the agent's own newer shape, ends the output.
    """
    inner = form.start.match(data, start)
    if inner is None:
        return start
    tag = None
    for tag in _BLOCK_TAG.finditer(data, max(0, start - _CONTEXT), start):  # noqa: B007 because the last one is wanted
        pass
    if tag is None:
        return start
    outer = _line_start(data, tag.start())
    while outer > 0 and not (match := form.start.match(data, outer)):
        outer = _line_start(data, outer - 1)
    match = form.start.match(data, outer)
    if match is None or outer == start:
        return start
    return outer if _inside(form, match, inner, data, outer, start) else start


def _inside(form: LogFormat, outer: re.Match[bytes], inner: re.Match[bytes], data: bytes, begin: int, end: int) -> bool:
    holder, stamp = form.stamp(outer), form.stamp(inner)
    if holder is None or stamp is None:
        return False
    if inner.lastgroup != outer.lastgroup:
        return outer.lastgroup == "utc" and not _left(form, data, begin, end, outer)
    return stamp.value <= holder.value


def _left(form: LogFormat, data: bytes, begin: int, end: int, outer: re.Match[bytes]) -> bool:
    """Whether a record of the outer shape stands between `begin` and `end`, which ended the output."""
    at = begin
    while following := form.next_start.search(data, at, end):
        if following.lastgroup == outer.lastgroup:
            return True
        at = following.start() + 1
    return False


@dataclass(frozen=True, slots=True)
class _Start:
    """A record start inside a region: byte offset in its buffer, and its stamp."""

    at: int
    stamp: Stamp


def _ends(region: Region, form: LogFormat) -> tuple[_Start | None, _Start | None]:
    """The first and the last stamped record of a region."""
    first = _start_after(region, form, region.begin - 1, region.end)
    if first is None:
        return None, None
    at = region.end
    while (at := region.data.rfind(b"\n", first.at, at)) >= 0:
        match = form.start.match(region.data, at + 1, region.end)
        if match is not None and (stamp := form.stamp(match)) is not None:
            return first, _Start(at + 1, stamp)
    return first, first


def _start_after(region: Region, form: LogFormat, at: int, end: int) -> _Start | None:
    """The first stamped record that starts behind byte `at` and before `end`."""
    if at < region.begin:
        match = form.start.match(region.data, region.begin, end)
        if match is not None and (stamp := form.stamp(match)) is not None:
            return _Start(region.begin, stamp)
    at = max(at, region.begin)
    while match := form.next_start.search(region.data, at, end):
        at = match.start() + 1
        if (stamp := form.stamp(match)) is not None:
            return _Start(at, stamp)
    return None


def _silences(region: Region, form: LogFormat, first: _Start, last: _Start, limit: timedelta) -> Iterator[Silence]:
    """Gaps between `first` and `last`, found by bisection.

    A stretch whose ends lie closer than `limit` cannot hide a gap, so a busy log costs nothing. Neighbours of different clocks
    are reported whatever they show: only the timeline knows how the clocks relate.
    """
    if first.at >= last.at or _quiet(first.stamp, last.stamp, limit):
        return
    middle = _start_after(region, form, (first.at + last.at) // 2, last.at)
    if middle is None:
        middle = _start_after(region, form, first.at, last.at)
    if middle is None or middle.at <= first.at:
        yield Silence(_line(region, first.at), _line(region, last.at), first.stamp, last.stamp)
        return
    yield from _silences(region, form, first, middle, limit)
    yield from _silences(region, form, middle, last, limit)


def _quiet(first: Stamp, last: Stamp, limit: timedelta) -> bool:
    return first.clock is last.clock and timedelta(0) <= last.value - first.value <= limit


def _line(region: Region, at: int) -> int:
    return region.line + region.data.count(b"\n", region.begin, at)
