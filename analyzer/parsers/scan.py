"""One pass over a log: count everything, parse only what somebody asked for.

The log is streamed in regions of whole records. RE2 finds the anchors of all patterns at once; the record around a hit is read by
its format and checked against every pattern, and the scan goes on behind it. Each region leaves a `Mark` (where it begins and the
stamps at its ends), which is all that is needed to find gaps and to read a window again later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from analyzer.model import Event, Stamp
from analyzer.parsers.logs import RAW_LIMIT, LogFormat
from analyzer.parsers.pattern import Hit, KindPatterns
from analyzer.parsers.records import Cursor, Record, Region, regions
from analyzer.parsers.silence import Silence, ends, line_at, quiet, quoted, silences

_KEEP = 10_000  # hits kept per pattern and artifact: the first half and the last half; the rest is counted
_KEEP_ANYHOW = 20  # hits kept of a pattern whose log holds more than there is room for
_ROOM = 64 << 20  # bytes that the hits of one log may take
_OBJECTS = 1 << 10  # bytes that a hit takes beside its text
_SILENCES = 20_000  # silences kept per artifact: two clocks that alternate line by line would give one per line
_HEAD = 64 << 10  # bytes that show whether a log has stamps


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of whole records: bytes and lines (0-based offset, 1-based line) and the stamps at its ends."""

    offset: int
    end: int
    line: int
    first: Stamp | None
    last: Stamp | None


@dataclass
class LogScan:
    """What one pass found. `lines` counts exactly; `omitted` says how many hits of a pattern (and silences) were counted but not kept.

    `form` is the format as it applies to this file: with it the same records are found again.
    """

    form: LogFormat
    hits: list[Hit] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    lines: int = 0
    omitted: dict[str, int] = field(default_factory=dict)
    tail: bytes = b""  # the last line
    held: int = 0  # bytes that the hits take, about

    def stamps(self) -> list[Stamp]:
        return [stamp for mark in self.marks for stamp in (mark.first, mark.last) if stamp is not None]


def scan(
    blocks: Iterable[bytes], kind: str, artifact: str, form: LogFormat, patterns: KindPatterns, encoding: str = "utf-8", room: int = _ROOM
) -> LogScan:
    """Reads the log once. `blocks` hold decompressed bytes in an ASCII-compatible encoding; its hits may take `room` bytes of memory."""
    head, blocks = _head(blocks)
    form = form.of_file(head)
    result = LogScan(form)
    kept = _Kept(result.omitted, min(room, _ROOM))
    before: tuple[int, Stamp, bytes] | None = None
    ended = True
    for region in regions(blocks, form):
        for event in _wanted(region, kind, artifact, form, patterns.anchors, encoding):
            for hit in patterns.of_record(event):
                kept.add(hit)
        stamped = ends(region, form)
        first, last = (stamped[0][1], stamped[1][1]) if stamped else (None, None)
        result.marks.append(Mark(region.offset, region.offset + region.end, region.line, first, last))
        if stamped and form.silence:
            if before and not quiet(before[1], stamped[0][1], form.silence):
                at, stamp = stamped[0]
                _keep(result, [Silence(before[0], region.line_of(at), before[1], stamp, quoted(before[2], line_at(region, at)))])
            _keep(result, silences(region, form, *stamped, form.silence))
            before = (region.line_of(stamped[1][0]), stamped[1][1], line_at(region, stamped[1][0]))
        result.lines = region.next_line - 1
        ended = region.data[region.end - 1 : region.end] == b"\n"
        result.tail = line_at(region, _last_line(region))
    result.lines += not ended
    result.hits, result.held = kept.all(), kept.held
    return result


def _head(blocks: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """The first bytes of a stream, and the whole stream."""
    rest, taken, size = iter(blocks), [], 0
    for block in rest:
        taken.append(block)
        size += len(block)
        if size >= _HEAD:
            break
    return b"".join(taken)[:_HEAD], chain(taken, rest)


def _last_line(region: Region) -> int:
    """Where the last line begins that is not empty."""
    data, end = region.data, region.end
    while data[end - 1 : end] == b"\n":
        end -= len(data[max(0, end - 64) : end]) - len(data[max(0, end - 64) : end].rstrip(b"\n"))
    return data.rfind(b"\n", 0, end) + 1


def _keep(result: LogScan, found: Iterable[Silence]) -> None:
    for silence in found:
        if len(result.silences) < _SILENCES:
            result.silences.append(silence)
        else:
            result.omitted["silence"] = result.omitted.get("silence", 0) + 1


class _Kept:
    """At most `_KEEP` hits of each pattern: the first and the last ones; fewer once all of them take more than `room` bytes."""

    def __init__(self, omitted: dict[str, int], room: int) -> None:
        self._hits: dict[str, list[Hit]] = {}
        self._omitted = omitted
        self._room = room
        self.held = 0

    def add(self, hit: Hit) -> None:
        hits = self._hits.setdefault(hit.pattern, [])
        hits.append(hit)
        self.held += _size(hit)
        if len(hits) > _KEEP or (self.held > self._room and len(hits) > _KEEP_ANYHOW):
            self.held -= _size(hits.pop(len(hits) // 2))
            self._omitted[hit.pattern] = self._omitted.get(hit.pattern, 0) + 1

    def all(self) -> list[Hit]:
        return [hit for hits in self._hits.values() for hit in hits]


def _size(hit: Hit) -> int:
    """What a hit takes in memory, about. Hits of one record share its text; they count as if each had its own."""
    return _OBJECTS + len(hit.event.raw) + len(hit.event.text)


def _wanted(region: Region, kind: str, artifact: str, form: LogFormat, anchors: Any, encoding: str) -> Iterator[Event]:
    """The records of the region that hold an anchor."""
    if anchors is None:
        return
    cursor, at = Cursor(region, form), 0
    while found := anchors.search(region.data, at, region.end):
        record = cursor.around(found.start())
        yield _event(region, record, kind, artifact, form, encoding)
        at = record.end


def records(region: Region, kind: str, artifact: str, form: LogFormat, encoding: str = "utf-8") -> Iterator[Event]:
    """Every record of a region, for those who read a window again. `form` is that of the scan."""
    for record in Cursor(region, form):
        yield _event(region, record, kind, artifact, form, encoding)


def _event(region: Region, record: Record, kind: str, artifact: str, form: LogFormat, encoding: str) -> Event:
    raw = decode(region.data[record.start : record.end], encoding)
    return form.event(kind, artifact, raw, region.line_of(record.start), decode(record.header, encoding) if record.header else "")


def decode(raw: bytes, encoding: str) -> str:
    return raw[: RAW_LIMIT * 4].decode(encoding, "replace")[:RAW_LIMIT]
