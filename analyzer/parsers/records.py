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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.model import Stamp
from analyzer.parsers.logs import RAW_LIMIT, LogFormat
from analyzer.parsers.outputs import REACH, Span, holder, line_start, outputs_in

PIECE = RAW_LIMIT  # bytes of a record that are read at once
_MARGIN = REACH + (8 << 10)  # bytes that must stand behind a cut, so that the lines before it are judged as in the whole log
_GRID = 1 << 20  # bytes of a region
_HEADER = 4 << 10  # bytes of a first line that are kept for later pieces


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes `begin` to `end` of `data` are whole records, or whole pieces of one. `lines` counts the line ends between them.

    `header` is the first line of the record that goes on at `begin`, b"" if a record begins there. `outputs` are the records with
    output of a command: their begin and end in `data`.
    """

    data: bytes
    begin: int
    end: int
    line: int  # 1-based line of `begin`
    offset: int  # byte offset of `begin` in the log
    lines: int
    header: bytes = b""
    outputs: tuple[Span, ...] = ()


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
    held, size, offset = [], 0, 0  # `offset`: of what is held, in the log
    grid, line, header = _GRID, 1, b""
    for block in blocks:
        held.append(block)
        size += len(block)
        if offset + size < grid + _MARGIN:
            continue
        data, at = b"".join(held), 0
        while grid + _MARGIN <= offset + len(data):
            cell = data[at : grid + _MARGIN - offset]
            outputs = outputs_in(cell, form)
            end, whole = _cut(cell, grid - offset - at, outputs, form)
            if end:
                region = _region(cell[:end], line, offset + at, header, outputs)
                yield region
                header = b"" if whole else header or _first_line(cell, 0)
                line, at = line + region.lines, at + end
            grid += _GRID
        held, size, offset = [data[at:]], len(data) - at, offset + at
    data = b"".join(held)
    if data:
        yield _region(data, line, offset, header, outputs_in(data, form))


def _region(data: bytes, line: int, offset: int, header: bytes, outputs: list[Span]) -> Region:
    inside = tuple((begin, min(end, len(data))) for begin, end in outputs if begin < len(data))
    return Region(data, 0, len(data), line, offset, data.count(b"\n"), header, inside)


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
        self._floor, self._header = region.begin, region.header

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
    match = None if region.header else form.start.match(region.data, region.begin, region.end)
    if match is not None and (stamp := form.stamp(match)) is not None:
        return region.begin, stamp
    return next_record(region, form, region.begin, region.end)
