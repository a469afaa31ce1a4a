"""Which offset a local clock had: what turns stamps into UTC.

A Linux VM in Azure runs on UTC unless somebody changed it, so without evidence UTC is assumed and marked so. Evidence, strongest
first: a zone name in the bundle (`/etc/timezone`, `timedatectl`); one record stamped by two clocks (a journal line that wraps an
agent line in UTC); a local record between two UTC records of the same log, which can only fit at one offset.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analyzer.model import Basis, Clock, Event, Stamp

_QUARTER = timedelta(minutes=15)
_WIDEST = timedelta(hours=14)
_SLACK = timedelta(seconds=90)  # two writers of one file may be that much out of order
_AHEAD = timedelta(days=31)  # records without a year may be that much newer than the newest with one
_TOO_FAR = _AHEAD + timedelta(days=1)  # the same on any local clock, which is less than a day from UTC
YEARS = range(1990, 2101)  # a stamp of another year is damage


@dataclass(frozen=True, slots=True)
class LocalClock:
    """The local clock of the VM: a zone or a fixed offset from UTC, how it is known, and by what."""

    zone: tzinfo
    basis: Basis
    source: str

    def to_utc(self, value: datetime) -> datetime:
        return value.replace(tzinfo=self.zone).astimezone(UTC)

    def repeats(self, value: datetime) -> bool:
        """Whether the zone shows this time twice or skips it, when summer time ends or begins: its UTC time is a guess."""
        if isinstance(self.zone, timezone):  # an offset that never changes
            return False
        return value.replace(tzinfo=self.zone).utcoffset() != value.replace(tzinfo=self.zone, fold=1).utcoffset()

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


def from_offsets(found: Iterable[timedelta], source: str) -> LocalClock | None:
    """The offset that most observations agree on; None if there are none or they do not agree."""
    counted = Counter(found)
    if not counted:
        return None
    (offset, votes), total = counted.most_common(1)[0], sum(counted.values())
    return LocalClock(timezone(offset) if offset else UTC, Basis.INFERRED, source) if votes * 3 >= total * 2 else None


def offsets(local: datetime, first: datetime, last: datetime) -> list[timedelta]:
    """The offset, in quarters of an hour, at which a local stamp lies between two UTC ones; none if several do or none does."""
    low = math.ceil((local - last - _SLACK) / _QUARTER)
    high = math.floor((local - first + _SLACK) / _QUARTER)
    return [_QUARTER * low] if low == high and abs(_QUARTER * low) <= _WIDEST else []


def enclosed(stamps: Sequence[Stamp | None]) -> list[timedelta]:
    """What local stamps tell that stand between two UTC ones in file order: the offset at which they fit there, if only one does."""
    found: list[timedelta] = []
    before: datetime | None = None
    between: list[datetime] = []
    for stamp in stamps:
        if stamp is None or not stamp.has_year:
            continue
        if stamp.clock is Clock.LOCAL:
            between.append(stamp.value)
            continue
        if before is not None and before <= stamp.value:
            found += [offset for local in between for offset in offsets(local, before, stamp.value)]
        before, between = stamp.value, []
    return found


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
        return event.at(time, basis)

    def utc(self, stamp: Stamp) -> tuple[datetime | None, Basis]:
        """The moment of a stamp and how sure it is; no moment for a year that no machine of this cloud has seen."""
        if not stamp.has_year:
            return self._with_year(stamp)
        if stamp.value.year not in YEARS:
            return None, Basis.NONE
        return self._moment(stamp.value, stamp.clock)

    def _moment(self, value: datetime, clock: Clock) -> tuple[datetime, Basis]:
        if clock is Clock.UTC:
            return value.replace(tzinfo=UTC), Basis.DECLARED
        return self.local.to_utc(value), Basis.ASSUMED if self.local.repeats(value) else self.local.basis

    def _with_year(self, stamp: Stamp) -> tuple[datetime | None, Basis]:
        """The latest such day that is not after the newest dated record of the bundle. A month of slack: where the agent died, the
        system's log without years may be all that goes on."""
        if self.latest is None:
            return None, Basis.NONE
        latest = self.latest.replace(tzinfo=None)
        for year in range(self.latest.year + 1, self.latest.year - 8, -1):
            if year not in YEARS:
                continue
            try:
                value = stamp.value.replace(year=year)
            except ValueError:  # Feb 29 of a common year: try an earlier year
                continue
            if value - latest > _TOO_FAR:  # on any clock
                continue
            moment, basis = self._moment(value, stamp.clock)
            if moment - self.latest <= _AHEAD:
                return moment, Basis.INFERRED if basis is Basis.DECLARED else basis
        return None, Basis.NONE
