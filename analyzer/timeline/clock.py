"""Which offset a local clock had: what turns stamps into UTC.

A Linux VM in Azure runs on UTC unless somebody changed it, so without evidence UTC is assumed and marked so. Evidence, strongest
first: a zone name in the bundle (`/etc/timezone`, `timedatectl`); one record stamped by two clocks (a journal line that wraps an
agent line in UTC); a local record between two UTC records of the same log, which can only fit at one offset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analyzer.model import Basis, Clock, Event, Stamp

_QUARTER = timedelta(minutes=15)
_WIDEST = timedelta(hours=14)
_NEIGHBOURS = timedelta(seconds=90)  # records this close in one file were written together


@dataclass(frozen=True, slots=True)
class LocalClock:
    """The local clock of the VM: a zone or a fixed offset from UTC, how it is known, and by what."""

    zone: tzinfo
    basis: Basis
    source: str

    def to_utc(self, value: datetime) -> datetime:
        return value.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def name(self) -> str:
        return getattr(self.zone, "key", None) or str(self.zone)


ASSUMED = LocalClock(UTC, Basis.ASSUMED, "")


def from_zone_name(name: str, source: str) -> LocalClock | None:
    """The clock of an IANA zone name, or None if the name is unknown."""
    try:
        return LocalClock(ZoneInfo(name), Basis.DECLARED, source)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def from_pairs(pairs: Iterable[tuple[datetime, datetime]], source: str) -> LocalClock | None:
    """The offset that most pairs of (local, UTC) of the same moment agree on; None if there are none or they do not agree."""
    offsets = Counter(offset for local, utc in pairs if (offset := _offset(local, utc)) is not None)
    if not offsets:
        return None
    (offset, votes), total = offsets.most_common(1)[0], sum(offsets.values())
    return LocalClock(_fixed(offset), Basis.INFERRED, source) if votes * 3 >= total * 2 else None


def _offset(local: datetime, utc: datetime) -> timedelta | None:
    """local - UTC, rounded to a quarter of an hour; None if it is no offset that a zone has."""
    difference = local - utc
    rounded = _QUARTER * round(difference / _QUARTER)
    return rounded if abs(rounded) <= _WIDEST and abs(difference - rounded) <= _NEIGHBOURS else None


def _fixed(offset: timedelta) -> tzinfo:
    from datetime import timezone

    return timezone(offset) if offset else UTC


def neighbours(stamps: Sequence[Stamp | None]) -> list[tuple[datetime, datetime]]:
    """Pairs of (local, UTC) from stamps in file order: neighbours whose difference is a zone's offset to within seconds."""
    pairs = []
    for before, after in pairwise(stamps):
        if before is None or after is None or not (before.has_year and after.has_year) or before.clock is after.clock:
            continue
        local, utc = (before, after) if before.clock is Clock.LOCAL else (after, before)
        pairs.append((local.value, utc.value))
    return pairs


class Clocks:
    """Turns stamps into UTC: one local clock for the VM, and a year for stamps without one."""

    def __init__(self, local: LocalClock = ASSUMED, latest: datetime | None = None) -> None:
        self.local = local
        self.latest = latest

    def place(self, event: Event) -> Event:
        """The event with its UTC time, if it has a stamp."""
        if event.stamp is None:
            return event
        time, basis = self.utc(event.stamp)
        return replace(event, time=time, basis=basis)

    def utc(self, stamp: Stamp) -> tuple[datetime | None, Basis]:
        value, basis = stamp.value, Basis.DECLARED
        if stamp.clock is Clock.LOCAL:
            basis = self.local.basis
        if not stamp.has_year:
            if self.latest is None:
                return None, Basis.NONE
            return self._with_year(stamp), Basis.INFERRED if basis is Basis.DECLARED else basis
        try:
            return (self.local.to_utc(value) if stamp.clock is Clock.LOCAL else value.replace(tzinfo=UTC)), basis
        except OverflowError:
            return None, Basis.NONE

    def _with_year(self, stamp: Stamp) -> datetime | None:
        """The latest such day that is not after the newest dated record of the bundle (one day of slack)."""
        assert self.latest is not None  # the caller asked
        for year in (self.latest.year + 1, self.latest.year, *range(self.latest.year - 1, self.latest.year - 8, -1)):
            try:
                value = stamp.value.replace(year=year)
            except ValueError:  # Feb 29 of a common year: try an earlier year
                continue
            moment = self.local.to_utc(value) if stamp.clock is Clock.LOCAL else value.replace(tzinfo=UTC)
            if moment <= self.latest + timedelta(days=1):
                return moment
        return None
