"""Points in time as artifacts write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from analyzer.model import Clock, Stamp

_ZONE = r"(Z|UTC|GMT|[+-]\d\d:?\d\d)"
_ISO = re.compile(
    r"(?:[A-Z][a-z]{2} )?(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9})|:(\d{9}))?(?:\s?"
    + _ZONE
    + ")?",
    re.ASCII,
)  # a weekday stands before it in output of systemd; VMBackup's handle_host_daemon.sh puts ':' before nanoseconds
_MONTHS = {name: i for i, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)}
_YEARLESS = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?", re.ASCII)
_GLOG = re.compile(r"[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,6})", re.ASCII)
_DATE_COMMAND = re.compile(
    r"(?:[A-Z][a-z]{2},? +)?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?: ([AP])M)? ([A-Z]{1,5}|[+-]\d\d(?::?\d\d)?)? ?(\d{4})",
    re.ASCII,
)
_RFC_2822 = re.compile(r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?: " + _ZONE + ")?", re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d),? (\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?([AP])M)?", re.ASCII)
_EPOCH = re.compile(r"(\d{9,10})\.(\d{3,9})(?!\d)", re.ASCII)
_MICROSOFT = re.compile(r"\\?/Date\((-?\d{1,18})(?:[+-]\d{4})?\)\\?/")
ANY_YEAR = "1904"  # a leap year: Feb 29 of a stamp without a year stays readable
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
        month, day, hour, minute, second, half, zone, year = match.groups()
        if zone and zone not in ("UTC", "GMT"):
            zone = zone + "00" * (len(zone) == 3) if zone[0] in "+-" else None
        return _zoned(_build(year, _MONTHS.get(month, 0), day, _hour(hour, half), minute, second, "", clock), zone)
    if match := _YEARLESS.match(text):
        month, day, hour, minute, second, fraction = match.groups()
        return _build(ANY_YEAR, _MONTHS.get(month, 0), day, hour, minute, second, fraction, clock)
    if match := _RFC_2822.match(text):
        day, month, year, hour, minute, second, zone = match.groups()
        return _zoned(_build(year, _MONTHS.get(month, 0), day, hour, minute, second, "", clock), zone)
    if match := _AMERICAN.match(text):
        month, day, year, hour, minute, second, fraction, half = match.groups()
        if int(month) > 12:
            month, day = day, month
        return _build(year if len(year) == 4 else f"20{year}", month, day, _hour(hour, half), minute, second, fraction, clock)
    if match := _GLOG.match(text):
        month, day, hour, minute, second, fraction = match.groups()
        return _build(ANY_YEAR, month, day, hour, minute, second, fraction, clock)
    if match := _EPOCH.match(text):
        moment = from_milliseconds(int(match[1]) * 1000 + int(match[2][:3]))
        return of(moment)
    return None


def _hour(hour: str, half: str | None) -> int:
    """The hour of the day of a clock that counts to 12 twice."""
    return int(hour) if half is None else int(hour) % 12 + (12 if half == "P" else 0)


def _iso(match: re.Match[str], clock: Clock) -> Stamp | None:
    year, month, day, hour, minute, second, fraction, nanoseconds, zone = match.groups()
    if zone == "Z":  # most logs of today: no detour
        return _build(year, month, day, hour, minute, second, fraction or nanoseconds, Clock.UTC)
    return _zoned(_build(year, month, day, hour, minute, second, fraction or nanoseconds, clock), zone)


def _zoned(stamp: Stamp | None, zone: str | None) -> Stamp | None:
    """The stamp with its written zone folded into UTC."""
    if stamp is None or zone is None:
        return stamp
    if zone in ("Z", "UTC", "GMT"):
        return Stamp(stamp.value, Clock.UTC)
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * sign
    try:
        return Stamp(stamp.value - offset, Clock.UTC)
    except OverflowError:
        return None


def _build(
    year: str, month: str | int, day: str, hour: str | int, minute: str, second: str, fraction: str | None, clock: Clock
) -> Stamp | None:
    try:
        value = datetime(int(year), int(month), int(day), int(hour), int(minute), min(int(second), 59), _microseconds(fraction))
    except ValueError:  # names no real date
        return None
    return Stamp(value, clock, year is not ANY_YEAR)


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


def aware(moment: datetime) -> datetime:
    """A naive UTC value as an instant."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
