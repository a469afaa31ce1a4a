"""Reads windows again: what no pattern asked for but a reader of an incident wants to see.

The marks of the first pass say which stretches of which logs overlap a window; only those are read again. Every warning and error
of a window becomes an event, and every record of the agent and the backup extension near it, up to a budget that is printed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from analyzer.bundle import Bundle
from analyzer.model import Clock, Event, Stamp
from analyzer.parsers import evtx, patience
from analyzer.parsers.logs import LogFormat
from analyzer.parsers.outputs import holder
from analyzer.parsers.reading import Read, blocks, codec_after
from analyzer.parsers.records import Region, next_record, regions
from analyzer.parsers.repeats import text_of
from analyzer.parsers.scan import Mark, decode
from analyzer.parsers.stamps import ANY_YEAR
from analyzer.timeline.clock import YEARS, Clocks
from analyzer.timeline.timeline import Window, merge

BUDGET = 2_000  # warnings and errors kept per bundle; as many other records again
NEAR = timedelta(minutes=15)
_HELD_BEFORE = timedelta(hours=26)  # the last good backup, where they are made daily
_HELD_BEHIND = timedelta(hours=1)
_HELD = 12  # regions, each of a megabyte, that are held for reading them again
_FIRST, _LAST = datetime(YEARS.start - 1, 1, 1, tzinfo=UTC), datetime(YEARS.stop + 1, 1, 1, tzinfo=UTC)  # no stamp lies beyond
_LEVELS = 10_000  # texts whose level is remembered, per log
_STEP = 64 << 10  # bytes that are read record by record rather than halved again
_MARGIN = timedelta(hours=2)  # more than any change of a zone's offset, and than a log's disorder
FOLLOWED = frozenset(("waagent-log", "command-execution-log", "vmsnapshot-log", "vmsnapshot-shell-log"))
_LOUD = frozenset(("ERROR", "WARNING", "CRITICAL"))


@dataclass
class Context:
    """Warnings and errors inside the windows, the other records of followed kinds near them, and how many of each did not fit."""

    events: list[Event] = field(default_factory=list)
    near: list[Event] = field(default_factory=list)
    omitted: int = 0
    near_omitted: int = 0

    def is_full(self, level: str) -> bool:
        """Whether there is no room left for a record of this level."""
        return len(self.events if level in _LOUD else self.near) >= BUDGET

    def count(self, level: str) -> None:
        """Counts a record that there is no room for."""
        if level in _LOUD:
            self.omitted += 1
        else:
            self.near_omitted += 1


class Nearby:
    """Says which stretches of logs will be read again, as far as it is known while they are read for the first time: so many of them are
    held in memory. A guess that is wrong costs time only."""

    def __init__(self, windows: Sequence[Window], clocks: Clocks) -> None:
        self._spans = merge([window.widened(_HELD_BEFORE, _HELD_BEHIND) for window in windows])
        self._clocks = clocks
        self._room = _HELD
        self._lock = threading.Lock()

    def __call__(self, mark: Mark) -> bool:
        if not _touches(mark, self._spans, self._clocks):
            return False
        with self._lock:
            self._room -= 1
            return self._room >= 0


def read_windows(bundle: Bundle, reads: Sequence[Read], windows: Sequence[Window], clocks: Clocks) -> Context:
    """All records of level WARNING or higher inside one of the windows, and all of the followed kinds up to 15 minutes around it."""
    found = Context()
    inner = merge([window.widened(after=timedelta(minutes=1)) for window in windows])
    outer = merge([window.widened(NEAR, NEAR) for window in windows])
    for read in reads:
        if read.span is not None:
            for event in _events_of(bundle, read, inner, clocks):
                _keep(found, event)
        spans = outer if read.row.kind in FOLLOWED else inner
        if read.scan is None or not _overlapping(read.scan.marks, spans, clocks):
            continue
        _read_again(bundle, read, found, spans, inner, clocks)
    return found


def _read_again(bundle: Bundle, read: Read, found: Context, spans: Sequence[Window], inner: Sequence[Window], clocks: Clocks) -> None:
    """Adds what one log holds in the spans: warnings and errors of the `inner` ones, and of a followed kind all other records."""
    assert read.scan is not None  # the caller looked
    followed = read.row.kind in FOLLOWED
    wanted = {mark.offset: mark for mark in read.scan.marks if _touches(mark, spans, clocks)}
    cheap, reader = _Spans(spans, clocks), _Reader(read)
    for region in _again(bundle, read, wanted.keys()):
        inside = _lies_in(wanted[region.offset], inner, clocks)
        for start, end in reader.records(region) if inside else _stretches(region, read.scan.form, cheap):
            level = reader.level(region, start, end)
            if not followed and level not in _LOUD:
                continue
            if inside and found.is_full(level):  # of a million records most are only counted
                found.count(level)
                continue
            event = clocks.place(reader.event(region, start, end))
            if event.level in _LOUD and any(event.time in span for span in inner):
                _keep(found, event)
            elif followed and any(event.time in span for span in spans):
                _keep_near(found, event)
    read.scan.near.clear()


def _lies_in(mark: Mark, spans: Sequence[Window], clocks: Clocks) -> bool:
    """Whether a stretch begins and ends in the same span."""
    ends = [clocks.utc(stamp)[0] for stamp in (mark.first, mark.last) if stamp is not None]
    return len(ends) == 2 and any(all(end is not None and end in span for end in ends) for span in spans)


class _Reader:
    """Reads records of one log, and their level without reading all that they say."""

    def __init__(self, read: Read) -> None:
        assert read.scan is not None  # only logs come here
        self._read, self._form, self._codec = read, read.scan.form, codec_after(read)
        self._levels: dict[bytes, str] = {}

    def event(self, region: Region, start: int, end: int) -> Event:
        raw = decode(region.data[start:end], self._codec)
        return self._form.event(self._read.row.kind, self._read.member.path, raw, region.line_of(start))

    def level(self, region: Region, start: int, end: int) -> str:
        """The level of a record: of two that differ in their stamps alone it is the same."""
        raw = region.data[start:end]
        text = text_of(raw, self._form)
        level = self._levels.get(text)
        if level is None:
            level = self._form.event("", "", decode(raw, self._codec), 1).level
            if text and len(self._levels) < _LEVELS:
                self._levels[text] = level
        return level

    def records(self, region: Region) -> Iterator[tuple[int, int]]:
        """Begin and end of all records that have a stamp."""
        starts = [found.start() + 1 for found in self._form.next_start.finditer(region.data, 0, region.end) if found.lastgroup]
        if not region.header and self._form.start.match(region.data, 0, region.end):
            starts.insert(0, 0)
        if region.outputs:
            starts = [at for at in starts if (around := holder(region.outputs, at)) is None or around[0] == at]
        return pairwise([*starts, region.end])


def _events_of(bundle: Bundle, read: Read, spans: Sequence[Window], clocks: Clocks) -> Iterator[Event]:
    """Warnings and errors of an event log inside the spans."""
    naive = [(span.start.replace(tzinfo=None), span.end.replace(tzinfo=None)) for span in spans]
    content = patience.in_time(bundle.stream(read.member), bundle.budget, bundle.note(read.member.path))
    for event in evtx.read_evtx(content, read.member.path, evtx.Wanted(spans=tuple(naive))).events:
        yield clocks.place(event)


def _keep(found: Context, event: Event) -> None:
    if len(found.events) < BUDGET:
        found.events.append(event)
    else:
        found.omitted += 1


def _keep_near(found: Context, event: Event) -> None:
    if len(found.near) < BUDGET:
        found.near.append(event)
    else:
        found.near_omitted += 1


def _overlapping(marks: Sequence[Mark], spans: Sequence[Window], clocks: Clocks) -> bool:
    return any(_touches(mark, spans, clocks) for mark in marks)


def _touches(mark: Mark, spans: Sequence[Window], clocks: Clocks) -> bool:
    if mark.first is None or mark.last is None:
        return False
    ends = [moment for stamp in (mark.first, mark.last) if (moment := clocks.utc(stamp)[0]) is not None]
    return bool(ends) and any(Window(min(ends), max(ends)).overlaps(span) for span in spans)


def _again(bundle: Bundle, read: Read, wanted: Set[int]) -> Iterator[Region]:
    """The regions at these offsets, as they were held or read once more."""
    assert read.scan is not None  # the caller looked
    if wanted <= read.scan.near.keys():
        yield from (region for offset, region in sorted(read.scan.near.items()) if offset in wanted)
        return
    last = max(wanted)
    for region in regions(blocks(bundle, read), read.scan.form):
        if region.offset in wanted:
            yield region
        if region.offset >= last:
            return


def _stretches(region: Region, form: LogFormat, spans: _Spans) -> Iterator[tuple[int, int]]:
    """Begin and end of the records inside a span, in the region's buffer."""
    at = _begin(region, form, spans)
    first = form.start.match(region.data, at, region.end)
    open_at = at if first is not None and spans.hold(form.stamp(first)) else None
    while (found := next_record(region, form, at, region.end)) is not None:
        at, stamp = found
        if open_at is not None:
            yield open_at, at
        open_at = at if spans.hold(stamp) else None
        if open_at is None and spans.precede(stamp):
            return
    if open_at is not None:
        yield open_at, region.end


def _begin(region: Region, form: LogFormat, spans: _Spans) -> int:
    """A record start before which nothing lies in a span, found by bisection: a log's disorder is far below the spans' margin."""
    low, high = 0, region.end
    while high - low > _STEP:
        middle = next_record(region, form, (low + high) // 2, high)
        if middle is None or not spans.follow(middle[1]):
            high = (low + high) // 2
        else:
            low = middle[0]
    return low


class _Spans:
    """Says cheaply whether a stamp lies in one of some spans: stamps far from all of them, as nearly all are, need no clock."""

    def __init__(self, spans: Sequence[Window], clocks: Clocks) -> None:
        self._spans, self._clocks = spans, clocks
        zones = {Clock.UTC: UTC, Clock.LOCAL: clocks.local.zone}
        self._near = {
            (clock, has_year): [_naive(span, zone, has_year) for span in spans]
            for clock, zone in zones.items()
            for has_year in (True, False)
        }
        # what lies before the first or behind the second has all spans well after or before it
        self._far = {
            key: (min(first for first, _ in near) - _MARGIN, max(last for _, last in near) + _MARGIN) for key, near in self._near.items()
        }

    def follow(self, stamp: Stamp) -> bool:
        """Whether all spans come well after the stamp."""
        return stamp.value < self._far[stamp.clock, stamp.has_year][0]

    def precede(self, stamp: Stamp) -> bool:
        """Whether all spans came well before the stamp."""
        return self._far[stamp.clock, stamp.has_year][1] < stamp.value

    def hold(self, stamp: Stamp | None) -> bool:
        if stamp is None:
            return False
        for first, last in self._near[stamp.clock, stamp.has_year]:
            if first <= stamp.value <= last:
                moment = self._clocks.utc(stamp)[0]
                return moment is not None and any(moment in span for span in self._spans)
        return False


def _naive(span: Window, zone: tzinfo, has_year: bool) -> tuple[datetime, datetime]:
    """The span as a clock of that zone shows it, with a margin for changes of its offset; without a year as `stamps` reads it."""
    margin = _MARGIN if isinstance(zone, ZoneInfo) else timedelta(0)
    start, end = (min(max(moment, _FIRST), _LAST) for moment in (span.start, span.end))
    first, last = (moment.astimezone(zone).replace(tzinfo=None) for moment in (start - margin, end + margin))
    if has_year:
        return first, last
    if first.year != last.year:
        return datetime.min + _MARGIN, datetime.max - _MARGIN
    return first.replace(year=int(ANY_YEAR)), last.replace(year=int(ANY_YEAR))
