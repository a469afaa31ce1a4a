"""Where a log is silent: stretches between two records that are longer than a healthy writer stays quiet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from analyzer.model import Stamp
from analyzer.parsers.logs import LogFormat
from analyzer.parsers.records import Region, first_record, next_record, previous_record

_QUOTED = 900  # bytes of a line that a quote keeps
_At = tuple[int, Stamp]  # where a record begins in the data of its region, and its stamp


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was written between two neighbouring records: their lines and stamps, and their first lines as they stand there."""

    line: int
    until_line: int
    first: Stamp
    last: Stamp
    quote: bytes = b""


def ends(region: Region, form: LogFormat) -> tuple[_At, _At] | None:
    """The first and the last stamped record of a region; None if it has none."""
    first = first_record(region, form) if form.stamped else None
    if first is None:
        return None
    return first, previous_record(region, form, first[0], region.end) or first


def quiet(first: Stamp, last: Stamp, limit: timedelta) -> bool:
    """Whether two stamps of one clock lie in order and no further apart than `limit`."""
    return first.clock is last.clock and timedelta(0) <= last.value - first.value <= limit


def silences(region: Region, form: LogFormat, first: _At, last: _At, limit: timedelta) -> Iterator[Silence]:
    """The neighbouring records between `first` and `last` that are not `quiet`, in order, found by bisection.

    A stretch whose ends lie closer than `limit` cannot hide a gap, so a busy log costs nothing. Neighbours of different clocks
    are reported whatever they show: only the timeline knows how the clocks relate.
    """
    stretches = [(first, last)]
    while stretches:
        first, last = stretches.pop()
        if first[0] >= last[0] or quiet(first[1], last[1], limit):
            continue
        middle = _between(region, form, first[0], last[0])
        if middle is None:
            text = quoted(line_at(region, first[0]), line_at(region, last[0]))
            yield Silence(region.line_of(first[0]), region.line_of(last[0]), first[1], last[1], text)
        else:
            stretches += [(middle, last), (first, middle)]


def _between(region: Region, form: LogFormat, first: int, last: int) -> _At | None:
    """A stamped record between the two, as near to the middle as one is."""
    middle = (first + last) // 2
    return next_record(region, form, middle, last) or previous_record(region, form, first, middle + 1)


def line_at(region: Region, at: int) -> bytes:
    """The line that begins at byte `at`, as it stands there, cut to what a quote shows of it."""
    end = region.data.find(b"\n", at, region.end)
    return region.data[at : min(end if end >= 0 else region.end, at + _QUOTED)].removesuffix(b"\r")


def quoted(first: bytes, last: bytes) -> bytes:
    """Two lines that enclose a silence."""
    return first + b"\n" + last
