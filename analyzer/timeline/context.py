"""Reads windows again: what no pattern asked for but a reader of an incident wants to see.

The marks of the first pass say which stretches of which logs overlap a window; only those are read again. Every warning and error
of a window becomes an event, up to a budget that is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from analyzer.bundle import Bundle
from analyzer.model import Event
from analyzer.parsers.logs import LogFormat
from analyzer.parsers.reading import Read, blocks, codec_after, log_format
from analyzer.parsers.scan import Mark, Region, decode, outer_start, regions
from analyzer.timeline.clock import Clocks
from analyzer.timeline.timeline import Window, merge

BUDGET = 2_000  # events kept per bundle
_LOUD = frozenset(("ERROR", "WARNING", "CRITICAL"))


@dataclass
class Context:
    """Warnings and errors inside the windows, and how many did not fit the budget."""

    events: list[Event]
    omitted: int = 0


def read_windows(bundle: Bundle, reads: Sequence[Read], windows: Sequence[Window], clocks: Clocks) -> Context:
    """All records of level WARNING or higher inside one of the windows."""
    found = Context([])
    spans = merge([window.widened(timedelta(0), timedelta(minutes=1)) for window in windows])
    for read in reads:
        if read.scan is None or not _overlapping(read.scan.marks, spans, clocks):
            continue
        form = log_format(read.row)
        for event in _loud(bundle, read, form, spans, clocks):
            if len(found.events) < BUDGET:
                found.events.append(event)
            else:
                found.omitted += 1
    return found


def _overlapping(marks: Sequence[Mark], spans: Sequence[Window], clocks: Clocks) -> bool:
    return any(_touches(mark, spans, clocks) for mark in marks)


def _touches(mark: Mark, spans: Sequence[Window], clocks: Clocks) -> bool:
    if mark.first is None or mark.last is None:
        return False
    ends = [moment for stamp in (mark.first, mark.last) if (moment := clocks.utc(stamp)[0]) is not None]
    return bool(ends) and any(Window(min(ends), max(ends)).overlaps(span) for span in spans)


def _loud(bundle: Bundle, read: Read, form: LogFormat, spans: Sequence[Window], clocks: Clocks) -> Iterator[Event]:
    assert read.scan is not None  # the caller looked
    wanted = {mark.offset: mark for mark in read.scan.marks if _touches(mark, spans, clocks)}
    last = max(wanted)
    for region in regions(blocks(bundle, read), form):
        if region.offset in wanted:
            for event in _records(region, read, form):
                placed = clocks.place(event)
                if placed.level in _LOUD and any(placed.time in span for span in spans):
                    yield placed
        if region.offset >= last:
            return


def _records(region: Region, read: Read, form: LogFormat) -> Iterator[Event]:
    """Every record of a region."""
    starts = [region.begin] if form.start.match(region.data, region.begin, region.end) else []
    at = region.begin
    while found := form.next_start.search(region.data, at, region.end):
        at = found.start() + 1
        if not form.blocks or outer_start(region.data, at, form) == at:
            starts.append(at)
    line, counted = region.line, region.begin
    for start, end in zip(starts, [*starts[1:], region.end], strict=True):
        line += region.data.count(b"\n", counted, start)
        counted = start
        yield form.event(read.row.kind, read.member.path, decode(region.data[start:end], codec_after(read)), line)
