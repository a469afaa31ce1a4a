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

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.model import Clock, Stamp
from analyzer.parsers.logs import RAW_LIMIT, LogFormat

PIECE = RAW_LIMIT  # bytes of a record that are read at once
_REACH = 32 << 10  # bytes behind a `[stdout]` line in which its output ends: 3,200 characters, each up to 10 bytes once escaped
_MARGIN = _REACH + (8 << 10)  # bytes that must stand behind a cut, so that the lines before it are judged as in the whole log
_GRID = 1 << 20  # bytes of a region
_HEADER = 4 << 10  # bytes of a first line that are kept for later pieces
_OUTPUT = 3_200 + 256  # characters of a command's output that the agent keeps, and the tags around it (TELEMETRY_MESSAGE_MAX_LEN)
_TAG = b"\n[std"
_OUT, _ERR = b"[stdout]", b"[stderr]"

Span = tuple[int, int]


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
            outputs = _outputs(cell, form)
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
        yield _region(data, line, offset, header, _outputs(data, form))


def _region(data: bytes, line: int, offset: int, header: bytes, outputs: list[Span]) -> Region:
    inside = tuple((begin, min(end, len(data))) for begin, end in outputs if begin < len(data))
    return Region(data, 0, len(data), line, offset, data.count(b"\n"), header, inside)


def _cut(data: bytes, safe: int, outputs: list[Span], form: LogFormat) -> tuple[int, bool]:
    """The last record start up to `safe`, else the last piece end; 0 if there is neither. The flag says that a record begins there."""
    newline = safe
    while (newline := data.rfind(b"\n", 0, newline)) >= 0:
        start = newline + 1
        around = _around(outputs, start)
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


def line_start(data: bytes, at: int) -> int:
    """Where the line begins that byte `at` stands in."""
    return data.rfind(b"\n", 0, at) + 1


def _around(outputs: list[Span] | tuple[Span, ...], at: int) -> Span | None:
    """The record with output that byte `at` stands in."""
    found = bisect_right(outputs, at, key=_begin) - 1
    return outputs[found] if found >= 0 and at < outputs[found][1] else None


def _begin(span: Span) -> int:
    return span[0]


class Cursor:
    """Walks over the records of a region, forward only."""

    def __init__(self, region: Region, form: LogFormat) -> None:
        self._region, self._form = region, form
        self._floor, self._header = region.begin, region.header

    def around(self, at: int) -> Record:
        """The record or piece that byte `at` stands in; `at` must not lie before the end of the last one."""
        region, data = self._region, self._region.data
        output = _around(region.outputs, at)
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
        around = _around(region.outputs, at)
        if around is not None and around[0] < at:
            at = around[1] - 1
        elif (stamp := form.stamp(found)) is not None:
            return at, stamp
    return None


def previous_record(region: Region, form: LogFormat, at: int, end: int) -> tuple[int, Stamp] | None:
    """The last stamped record that begins behind byte `at` and before `end`."""
    while (end := region.data.rfind(b"\n", at, end)) >= 0:
        start = end + 1
        around = _around(region.outputs, start)
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


def _outputs(data: bytes, form: LogFormat) -> list[Span]:
    """The records that hold output of a command, in order: from the agent's header to the next record of the agent."""
    found: list[Span] = []
    if not form.blocks:
        return found
    at = 0
    while (tag := _next_tag(data, at)) >= 0:
        floor = found[-1][1] if found else 0
        begin = tag
        while begin > floor and not form.start.match(data, begin):
            begin = line_start(data, begin - 1)
        begin = max(begin, floor)
        end = _output_end(data, begin, tag, form)
        found.append((begin, end))
        at = end
    return found


def _next_tag(data: bytes, at: int) -> int:
    """Offset of the next line `[stdout]` or `[stderr]` at or behind `at`, -1 if there is none."""
    if at == 0 and _is_tag(data, 0):
        return 0
    at = max(at - 1, 0)
    while (newline := data.find(_TAG, at)) >= 0:
        if _is_tag(data, newline + 1):
            return newline + 1
        at = newline + 1
    return -1


def _is_tag(data: bytes, at: int) -> bool:
    return data[at : at + 8] in (_OUT, _ERR) and data[at + 8 : at + 9] in (b"\n", b"\r", b"")


def _output_end(data: bytes, begin: int, tag: int, form: LogFormat) -> int:
    """Where the next record of the agent begins behind the output that `tag` opens.

    Up to the `[stderr]` of a `[stdout]` everything is output, unless a line is younger than the record that holds it: a command
    has ended before its output is logged. Behind `[stderr]` only the stamps tell, and how much the agent keeps of an output.
    """
    match = form.start.match(data, begin)
    holder = form.stamp(match) if match is not None else None
    errors = _matching_errors(data, tag)
    limit = tag + _length(data, tag)
    at = tag
    while following := form.next_start.search(data, at):
        at = following.start() + 1
        if at < errors:
            inside = not _younger(form.stamp(following), holder)
        else:
            inside = at < limit and _looks_printed(form, following, holder)
        if not inside:
            return at
    return len(data)


def _matching_errors(data: bytes, tag: int) -> int:
    """Offset of the `[stderr]` that belongs to the `[stdout]` at `tag` (output may hold such tags itself); `tag` if there is none."""
    depth, at, end = 1, tag, tag + _REACH
    if data[tag : tag + 8] != _OUT:
        return tag
    while 0 <= (at := _next_tag(data, at + 8)) < end:
        depth += 1 if data[at : at + 8] == _OUT else -1
        if depth == 0:
            return at
    return tag


def _length(data: bytes, tag: int) -> int:
    """How many bytes an output can have: the agent writes a character beyond ASCII as an escape of up to ten."""
    text = data[tag : tag + _REACH]
    if b"\\" not in text:
        return _OUTPUT
    return min(_OUTPUT + 3 * text.count(b"\\x") + 5 * text.count(b"\\u") + 9 * text.count(b"\\U"), _REACH)


def _younger(stamp: Stamp | None, holder: Stamp | None) -> bool:
    return stamp is not None and holder is not None and stamp.clock is holder.clock and stamp.value > holder.value


def _looks_printed(form: LogFormat, line: re.Match[bytes], holder: Stamp | None) -> bool:
    """Whether the stamped line `line` behind `[stderr]` was printed by the command.

    The agent's own next line has a later stamp. In a log in UTC a line in local time is the command's, unless it names the old
    daemon, which goes on writing local time beside a newer agent.
    """
    stamp = form.stamp(line)
    if stamp is None or holder is None:
        return False
    if stamp.clock is holder.clock:
        return stamp.value <= holder.value
    return holder.clock is Clock.UTC and b" Daemon" not in line[0]
