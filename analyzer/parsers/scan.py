"""One pass over a log: count everything, parse only what somebody asked for.

The log is streamed in regions of whole records. RE2 finds the anchors of all patterns at once; the record around a hit is read by
its format and checked against every pattern, and the scan goes on behind it. Each region leaves a `Mark` (where it begins and the
stamps at its ends), which is all that is needed to find gaps and to read a window again later.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter

from analyzer.model import Event, Stamp
from analyzer.parsers.hits import Kept, LateEvent, LateHit
from analyzer.parsers.logs import RAW_LIMIT, LogFormat
from analyzer.parsers.pattern import Hit, KindPatterns
from analyzer.parsers.records import Cursor, Record, Region, regions
from analyzer.parsers.repeats import Known, Repeat, Repeats, Rest
from analyzer.parsers.silence import Silence, ends, line_at, quiet, quoted, silences

_ROOM = 64 << 20  # bytes that the hits of one log may take
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
    near: dict[int, Region] = field(default_factory=dict)  # regions that will be read again, by offset

    def stamps(self) -> list[Stamp]:
        return [stamp for mark in self.marks for stamp in (mark.first, mark.last) if stamp is not None]


Near = Callable[[Mark], bool]


def scan(
    blocks: Iterable[bytes],
    kind: str,
    artifact: str,
    form: LogFormat,
    patterns: KindPatterns,
    encoding: str = "utf-8",
    *,
    room: int = _ROOM,
    near: Near | None = None,
) -> LogScan:
    """Reads the log once.

    `blocks` hold decompressed bytes in an ASCII-compatible encoding; its hits may take `room` bytes of memory. Regions that `near` asks for
    are held.
    """
    head, blocks = _head(blocks)
    form = form.of_file(head)
    result = LogScan(form)
    kept = Kept(room)
    finder = _Finder(kind, artifact, form, patterns, encoding, kept)
    before: tuple[int, Stamp, bytes] | None = None
    ended = True
    for region in regions(blocks, form):
        finder.find(region)
        stamped = ends(region, form)
        first, last = (stamped[0][1], stamped[1][1]) if stamped else (None, None)
        mark = Mark(region.offset, region.offset + region.end, region.line, first, last)
        result.marks.append(mark)
        if near is not None and near(mark):
            result.near[mark.offset] = region
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
    result.omitted |= kept.omitted
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


class _Finder:
    """Finds the hits of one log, region by region."""

    def __init__(self, kind: str, artifact: str, form: LogFormat, patterns: KindPatterns, encoding: str, kept: Kept) -> None:
        self._kind, self._artifact, self._form, self._encoding = kind, artifact, form, encoding
        self._patterns, self._kept, self._repeats = patterns, kept, Repeats(form)

    def find(self, region: Region) -> None:
        """Adds the hits of the region's records to those that are kept."""
        anchors = self._patterns.anchors
        if anchors is None:
            return
        floods = self._repeats.floods(region)
        rest, again = Rest(region.data, region.end, floods), deque(self._worth_keeping(floods))
        cursor, at = Cursor(region, self._form), 0
        while found := anchors.search(rest.data, at, rest.end):
            record = cursor.around(rest.whole(found.start()))
            while again and again[0].start < record.start:
                self._repeat(region, again.popleft())
            self._read(region, record)
            at = rest.rest(record.end)
        for repeat in again:
            self._repeat(region, repeat)

    def _worth_keeping(self, floods: list[Repeat]) -> list[Repeat]:
        """Without those that are as good as counted: others of their text stand before and behind them."""
        kept: list[Repeat] = []
        by_text: dict[int, list[Repeat]] = {}
        for repeat in floods:
            by_text.setdefault(id(repeat.known), []).append(repeat)
        for some in by_text.values():
            known = some[0].known
            few = min((self._kept.surplus(hit.pattern, len(some)) for hit in known.hits), default=len(some))
            for hit in known.hits:
                self._kept.omit(hit.pattern, few)
            kept += some[few:]
        return sorted(kept, key=attrgetter("start")) if len(by_text) > 1 else kept

    def _read(self, region: Region, record: Record) -> None:
        raw = region.data[record.start : record.end]
        known = None if record.header else self._repeats.look_up(raw)
        if known is not None:
            self._add(known, raw, region.line_of(record.start))
            return
        event = _event(region, record, self._kind, self._artifact, self._form, self._encoding)
        hits = list(self._patterns.of_record(event))
        for hit in hits:
            self._kept.add(hit)
        if not record.header:
            self._repeats.learn(raw, hits)

    def _repeat(self, region: Region, repeat: Repeat) -> None:
        self._add(repeat.known, region.data[repeat.start : repeat.end], region.line_of(repeat.start))

    def _add(self, known: Known, raw: bytes, line: int) -> None:
        late = LateEvent(self._event, raw, line)
        for hit in known.hits:
            self._kept.add(LateHit(late, hit))

    def _event(self, raw: bytes, line: int) -> Event:
        return self._form.event(self._kind, self._artifact, decode(raw, self._encoding), line)


def records(region: Region, kind: str, artifact: str, form: LogFormat, encoding: str = "utf-8") -> Iterator[Event]:
    """Every record of a region, for those who read a window again. `form` is that of the scan."""
    for record in Cursor(region, form):
        yield _event(region, record, kind, artifact, form, encoding)


def _event(region: Region, record: Record, kind: str, artifact: str, form: LogFormat, encoding: str) -> Event:
    raw = decode(region.data[record.start : record.end], encoding)
    return form.event(kind, artifact, raw, region.line_of(record.start), decode(record.header, encoding) if record.header else "")


def decode(raw: bytes, encoding: str) -> str:
    return raw[: RAW_LIMIT * 4].decode(encoding, "replace")[:RAW_LIMIT]
