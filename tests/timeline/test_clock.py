"""Local time to UTC: what counts as evidence for an offset, years that are not written, hours that come twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analyzer.model import Basis, Clock, Stamp
from analyzer.timeline.clock import ASSUMED, Clocks, LocalClock, enclosed, from_offsets, from_zone_name, offsets

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOON = datetime(2026, 3, 10, 12)


def utc(minutes: float = 0) -> Stamp:
    return Stamp(NOON + minutes * MINUTE)


def local(minutes: float, offset: timedelta) -> Stamp:
    return Stamp(NOON + minutes * MINUTE + offset, Clock.LOCAL)


def zone(name: str) -> LocalClock:
    found = from_zone_name(name, "etc/timezone")
    assert found is not None
    return found


@pytest.mark.parametrize("offset", [timedelta(0), 9 * HOUR, -5 * HOUR, 5.75 * HOUR, -3.5 * HOUR])
def test_a_local_line_between_two_utc_lines_tells_the_offset(offset: timedelta) -> None:
    assert enclosed([utc(0), local(1, offset), utc(2)]) == [offset]


def test_neighbours_hours_apart_tell_nothing() -> None:
    """They fit at many offsets; that their distance is near a quarter of an hour is chance."""
    assert enclosed([utc(0), local(180, timedelta(0)), utc(360)]) == []
    assert enclosed([utc(0), local(180, timedelta(0))]) == []
    assert enclosed([local(180, timedelta(0)), utc(0)]) == []


def test_an_offset_that_no_zone_has_is_none() -> None:
    assert offsets(NOON + 20 * HOUR, NOON, NOON) == []
    assert offsets(NOON + 7 * MINUTE, NOON, NOON) == []


def test_most_observations_must_agree() -> None:
    found = from_offsets([HOUR, HOUR, HOUR, timedelta(0)], "x.log")
    assert found is not None and found.basis is Basis.INFERRED and found.to_utc(NOON) == (NOON - HOUR).replace(tzinfo=UTC)
    assert from_offsets([HOUR, timedelta(0)], "x.log") is None
    assert from_offsets([], "x.log") is None


def test_without_evidence_utc_is_assumed_and_says_so() -> None:
    assert Clocks(ASSUMED).utc(local(0, timedelta(0))) == (NOON.replace(tzinfo=UTC), Basis.ASSUMED)


@pytest.mark.parametrize(("day", "hour"), [(datetime(2026, 1, 15, 12), 11), (datetime(2026, 7, 15, 12), 10)])
def test_a_zone_knows_summer_time(day: datetime, hour: int) -> None:
    moment, basis = Clocks(zone("Europe/Berlin")).utc(Stamp(day, Clock.LOCAL))
    assert moment is not None and (moment.hour, basis) == (hour, Basis.DECLARED)


@pytest.mark.parametrize("text", ["2025-10-26 02:30", "2026-03-29 02:30"])
def test_an_hour_that_comes_twice_or_never_is_a_guess(text: str) -> None:
    clocks = Clocks(zone("Europe/Berlin"))
    assert clocks.utc(Stamp(datetime.fromisoformat(text), Clock.LOCAL))[1] is Basis.ASSUMED
    assert clocks.utc(Stamp(datetime.fromisoformat(text)))[1] is Basis.DECLARED


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "America", "\x00", "x" * 5000])
def test_an_unknown_zone_is_none(name: str) -> None:
    assert from_zone_name(name, "etc/timezone") is None


def yearless(month: int, day: int) -> Stamp:
    return Stamp(datetime(1904, month, day, 1), Clock.UTC, has_year=False)


@pytest.mark.parametrize(
    ("latest", "written", "year"),
    [
        (datetime(2026, 1, 2, tzinfo=UTC), (12, 31), 2025),  # around new year
        (datetime(2026, 1, 2, tzinfo=UTC), (1, 2), 2026),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), (1, 1), 2026),  # the dated log stopped at midnight
        (datetime(2026, 3, 10, tzinfo=UTC), (3, 13), 2026),  # the agent died, syslog goes on
        (datetime(2026, 3, 10, tzinfo=UTC), (5, 1), 2025),
        (datetime(2026, 3, 10, tzinfo=UTC), (2, 29), 2024),
    ],
)
def test_a_stamp_without_a_year_is_the_latest_that_is_not_later(latest: datetime, written: tuple[int, int], year: int) -> None:
    moment, basis = Clocks(ASSUMED, latest).utc(yearless(*written))
    assert moment is not None and (moment.year, basis) == (year, Basis.INFERRED)


def test_a_stamp_without_a_year_where_nothing_has_one_has_no_time() -> None:
    assert Clocks(ASSUMED, None).utc(yearless(3, 1)) == (None, Basis.NONE)


@pytest.mark.parametrize("latest", [datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_the_ends_of_the_calendar_break_nothing(latest: datetime) -> None:
    for written in ((12, 31), (2, 29), (1, 1)):
        Clocks(zone("Asia/Tokyo"), latest).utc(yearless(*written))


@pytest.mark.parametrize("year", [1, 1904, 1970, 9999])
def test_a_year_that_cannot_be_is_no_time(year: int) -> None:
    for clock in (Clock.UTC, Clock.LOCAL):
        assert Clocks(zone("Asia/Tokyo")).utc(Stamp(datetime(year, 1, 1), clock)) == (None, Basis.NONE)
