"""Where the records of a log begin and end.

Blocks of bytes of any size go in; regions of whole records come out, cut at the same rules wherever the blocks were cut. Three
things stand between a line that looks like a record and a record:

- A line without a header continues the record before it.
- The agent logs what a command printed as part of its own record, behind lines `[stdout]` and `[stderr]`; lines in there may have
  headers of their own (an extension that writes the agent's old format) and are no records of the agent.
- A record longer than `PIECE` is read in pieces, so that no hit in it is lost and memory stays bounded. A later piece has no
  header; it is read with the header of its record.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.model import Stamp
from analyzer.parsers.logs import RAW_LIMIT, LogFormat
from analyzer.parsers.outputs import REACH, Span, holder, line_start, outputs_in

PIECE = RAW_LIMIT  # bytes of a record that are read at once
_MARGIN = REACH + (8 << 10)  # bytes that must stand behind a cut, so that the lines before it are judged as in the whole log
_GRID = 1 << 20  # bytes of a region
_HEADER = 4 << 10  # bytes of a first line that are kept for later pieces


class Region:
    """The first `end` bytes of `data` are whole records, or whole pieces of one; what stands behind them belongs to the next region.

    `offset` is where `data` begins in the log, in bytes. `header` is the first line of the record that goes on at byte 0, b"" if a record
    begins there. `outputs` are the records with output of a command: their begin and end in `data`.
    """

    __slots__ = ("_lines", "_places", "data", "end", "header", "offset", "outputs")

    def __init__(self, data: bytes, end: int, offset: int, line: int, header: bytes = b"", outputs: Sequence[Span] = ()) -> None:
        self.data, self.end, self.offset, self.header, self.outputs = data, end, offset, header, outputs
        self._places, self._lines = [0], [line]  # where a line number was asked for, and the answer: no byte is counted twice

    @property
    def line(self) -> int:
        """The line in the log that byte 0 stands in, 1-based."""
        return self._lines[0]

    @property
    def next_line(self) -> int:
        """The line in the log that byte `end` stands in."""
        return self.line_of(self.end)

    def line_of(self, at: int) -> int:
        """The line in the log that byte `at` stands in, 1-based: counted from the nearest smaller place that was asked for before."""
        place = len(self._places) if at >= self._places[-1] else bisect_right(self._places, at)
        known, line = self._places[place - 1], self._lines[place - 1]
        if at > known:
            line += self.data.count(b"\n", known, at)
            self._places.insert(place, at)
            self._lines.insert(place, line)
        return line


@dataclass(frozen=True, slots=True)
class Record:
    """Begin and end of a record or piece in the data of its region; `header` as in `Region`."""

    start: int
    end: int
    header: bytes = b""


def regions(blocks: Iterable[bytes], form: LogFormat) -> Iterator[Region]:
    """Cuts a stream of blocks at record starts (or piece ends), so that no record is split. Memory: some blocks.

    A region ends at the last record start before each multiple of `_GRID`, so the regions do not depend on the blocks.
    """
    log = _Log(blocks)
    grid, line, header = _GRID, 1, b""
    while log.reaches(grid + _MARGIN):
        data = log.peek(grid + _MARGIN)
        outputs = outputs_in(data, form)
        end, whole = _cut(data, grid - log.offset, outputs, form)
        if end:
            region = Region(data, end, log.offset, line, header, _until(end, outputs))
            yield region
            header = b"" if whole else header or _first_line(data, 0)
            line = region.next_line
            log.skip(end)
        grid += _GRID
    data = log.peek()
    if data:
        yield Region(data, len(data), log.offset, line, header, outputs_in(data, form))


def _until(end: int, outputs: list[Span]) -> list[Span]:
    return [(begin, min(until, end)) for begin, until in outputs if begin < end]


class _Log:
    """The blocks of a log, of which the first `offset` bytes are done with. Bytes are copied once, into what `peek` gives."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._held: deque[memoryview] = deque()
        self._end = 0
        self.offset = 0

    def reaches(self, until: int) -> bool:
        """Whether the log has bytes up to `until`; reads as many blocks as that takes."""
        while self._end < until:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._held.append(memoryview(block))
            self._end += len(block)
        return True

    def peek(self, until: int | None = None) -> bytes:
        """What is held up to byte `until` of the log, or all of it."""
        left = (self._end if until is None else until) - self.offset
        parts = []
        for part in self._held:
            parts.append(part[:left])
            left -= len(part)
            if left <= 0:
                break
        return b"".join(parts)

    def skip(self, count: int) -> None:
        self.offset += count
        while self._held and count >= len(self._held[0]):
            count -= len(self._held.popleft())
        if count:
            self._held[0] = self._held[0][count:]


def _cut(data: bytes, safe: int, outputs: list[Span], form: LogFormat) -> tuple[int, bool]:
    """The last record start up to `safe`, else the last piece end; 0 if there is neither. The flag says that a record begins there."""
    newline = safe
    while (newline := data.rfind(b"\n", 0, newline)) >= 0:
        start = newline + 1
        around = holder(outputs, start)
        if around is not None and around[0] < start:
            if around[0]:
                return around[0], True
            break
        if form.start.match(data, start):
            return start, True
    at = 0
    while at + PIECE <= safe:
        at = _piece_end(data, at)
    return at, False


def _piece_end(data: bytes, at: int) -> int:
    newline = data.rfind(b"\n", at, at + PIECE)
    return newline + 1 if newline >= at else at + PIECE


def _first_line(data: bytes, start: int) -> bytes:
    """The first line of a record, without the NULs that a crash left before it."""
    while data[start : start + 1] == b"\0":
        start += len(data[start : start + _HEADER]) - len(data[start : start + _HEADER].lstrip(b"\0"))
    end = data.find(b"\n", start, start + _HEADER)
    return data[start : end if end >= 0 else start + _HEADER]


class Cursor:
    """Walks over the records of a region, forward only."""

    def __init__(self, region: Region, form: LogFormat) -> None:
        self._region, self._form = region, form
        self._floor, self._header = 0, region.header

    def around(self, at: int) -> Record:
        """The record or piece that byte `at` stands in; `at` must not lie before the end of the last one."""
        region, data = self._region, self._region.data
        output = holder(region.outputs, at)
        if output is not None:
            start, end = max(output[0], self._floor), output[1]
        else:
            start = line_start(data, at)
            while start > self._floor and not self._form.start.match(data, start):
                start = line_start(data, start - 1)
            start = max(start, self._floor)
            following = self._form.next_start.search(data, at, region.end)
            end = region.end if following is None else following.start() + 1
        header = self._header if start == self._floor else b""
        whole = end
        while end - start > PIECE:
            end = _piece_end(data, start)
            if at < end:
                break
            header = header or _first_line(data, start)
            start, end = end, whole
        self._floor = end
        self._header = b"" if end == whole else header or _first_line(data, start)
        return Record(start, end, header)

    def __iter__(self) -> Iterator[Record]:
        while self._floor < self._region.end:
            yield self.around(self._floor)


def next_record(region: Region, form: LogFormat, at: int, end: int) -> tuple[int, Stamp] | None:
    """The first stamped record that begins behind byte `at` and before `end`: its offset and stamp."""
    while found := form.next_start.search(region.data, at, end):
        at = found.start() + 1
        around = holder(region.outputs, at)
        if around is not None and around[0] < at:
            at = around[1] - 1
        elif (stamp := form.stamp(found)) is not None:
            return at, stamp
    return None


def previous_record(region: Region, form: LogFormat, at: int, end: int) -> tuple[int, Stamp] | None:
    """The last stamped record that begins behind byte `at` and before `end`."""
    while (end := region.data.rfind(b"\n", at, end)) >= 0:
        start = end + 1
        around = holder(region.outputs, start)
        if around is not None and around[0] < start:
            start, end = around[0], around[0] - 1
        if start <= at:
            return None
        match = form.start.match(region.data, start, region.end)
        if match is not None and (stamp := form.stamp(match)) is not None:
            return start, stamp
    return None


def first_record(region: Region, form: LogFormat) -> tuple[int, Stamp] | None:
    """The first stamped record of the region."""
    match = None if region.header else form.start.match(region.data, 0, region.end)
    if match is not None and (stamp := form.stamp(match)) is not None:
        return 0, stamp
    return next_record(region, form, 0, region.end)
