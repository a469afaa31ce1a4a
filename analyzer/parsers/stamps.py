"""Points in time as artifacts write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from analyzer.model import Clock, Stamp

_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII
)
_MONTHS = {name: i for i, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)}
_YEARLESS = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?", re.ASCII)
_DATE_COMMAND = re.compile(
    r"(?:[A-Z][a-z]{2},? +)?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?: [AP]M)? ([A-Z]{2,5}|[+-]\d\d\d?\d?)? ?(\d{4})", re.ASCII
)
_MICROSOFT = re.compile(r"\\?/Date\((-?\d+)(?:[+-]\d{4})?\)\\?/")
_TICKS_PER_SECOND = 10_000_000
_DOTNET_EPOCH = datetime(1, 1, 1, tzinfo=UTC)


def read(text: str, clock: Clock = Clock.LOCAL) -> Stamp | None:
    """The stamp at the start of `text`, or None if there is none or it names no real date.

    A written zone (`Z`, `UTC`, `+02:00`) is folded into UTC; without one the stamp belongs to `clock`. A syslog stamp has no
    year: it gets 1904 (a leap year, so that Feb 29 stays readable) and `has_year` False.
    """
    if match := _ISO.match(text):
        return _iso(match, clock)
    if match := _DATE_COMMAND.match(text):
        month, day, hour, minute, second, zone, year = match.groups()
        where = Clock.UTC if zone in ("UTC", "GMT") else clock
        return _build(int(year), _MONTHS.get(month, 0), int(day), int(hour), int(minute), int(second), 0, where)
    if match := _YEARLESS.match(text):
        month, day, hour, minute, second, fraction = match.groups()
        return _build(
            1904, _MONTHS.get(month, 0), int(day), int(hour), int(minute), int(second), _microseconds(fraction), clock, has_year=False
        )
    return None


def _iso(match: re.Match[str], clock: Clock) -> Stamp | None:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    stamp = _build(
        int(year), int(month), int(day), int(hour), int(minute), int(second), _microseconds(fraction), Clock.UTC if zone else clock
    )
    if stamp is None or zone in (None, "Z", "UTC"):
        return stamp
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * sign
    try:
        return Stamp(stamp.value - offset, Clock.UTC)
    except OverflowError:
        return None


def _build(
    year: int, month: int, day: int, hour: int, minute: int, second: int, micro: int, clock: Clock, *, has_year: bool = True
) -> Stamp | None:
    try:
        return Stamp(datetime(year, month, day, hour, minute, min(second, 59), micro), clock, has_year)
    except ValueError:
        return None


def _microseconds(fraction: str | None) -> int:
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


def utc(text: str | None) -> datetime | None:
    """An instant of a JSON document in UTC: ISO with any fraction and zone, or `/Date(ms)/`. Without a zone UTC is meant."""
    if not text:
        return None
    if match := _MICROSOFT.match(text):
        return from_milliseconds(int(match[1]))
    stamp = read(text.strip(), Clock.UTC)
    return stamp.value.replace(tzinfo=UTC) if stamp and stamp.has_year else None


def from_milliseconds(value: int) -> datetime | None:
    """Milliseconds since 1970-01-01 UTC."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
    except OverflowError:
        return None


def from_ticks(value: int) -> datetime | None:
    """.NET ticks: 100 ns since 0001-01-01 UTC, as `commandStartTimeUTCTicks` and `createdOnTicks` hold them."""
    try:
        return _DOTNET_EPOCH + timedelta(microseconds=value // (_TICKS_PER_SECOND // 1_000_000))
    except OverflowError:
        return None


def of(moment: datetime | None) -> Stamp | None:
    """An instant that a document states, as the stamp of its event."""
    return None if moment is None else Stamp(moment.astimezone(UTC).replace(tzinfo=None), Clock.UTC)
