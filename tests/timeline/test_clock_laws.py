"""Laws of the clock, on stamps and zones that Hypothesis makes up: summer time, missing years, the ends of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.model import Basis, Clock, Stamp
from analyzer.parsers import stamps
from analyzer.timeline.clock import ASSUMED, Clocks, LocalClock, enclosed, from_offsets, from_zone_name, offsets

quick = settings(max_examples=200, deadline=None, derandomize=True, database=None)
ZONES = (
    "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
    "Pacific/Kiritimati", "UTC",
)  # fmt: skip
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30))
any_time = st.datetimes()


def _clock(name: str) -> LocalClock:
    found = from_zone_name(name, "a test")
    assert found is not None
    return found


@quick
@given(any_time, st.sampled_from(Clock), st.booleans(), zones, st.none() | any_time)
@example(datetime.max, Clock.LOCAL, True, "America/New_York", None)
@example(datetime.min, Clock.LOCAL, True, "Asia/Kolkata", datetime.min)
@example(datetime(2100, 12, 31, 23), Clock.LOCAL, False, "America/New_York", datetime.max)
def test_no_stamp_raises_and_every_moment_is_utc(value: datetime, clock: Clock, has_year: bool, zone: str, latest: datetime | None) -> None:
    clocks = Clocks(_clock(zone), None if latest is None else latest.replace(tzinfo=UTC))
    moment, basis = clocks.utc(Stamp(value, clock, has_year))
    assert (moment is None) == (basis is Basis.NONE)
    assert moment is None or moment.utcoffset() == timedelta(0)


@quick
@given(moments, zones)
def test_local_time_and_back(value: datetime, zone: str) -> None:
    """What a clock of the zone shows leads back to the moment, but for hours that come twice: those are marked as a guess."""
    local = value.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    moment, basis = Clocks(_clock(zone)).utc(Stamp(local, Clock.LOCAL))
    assert moment is not None
    if basis is Basis.ASSUMED:
        assert abs(moment.replace(tzinfo=None) - value) <= timedelta(hours=1)
    else:
        assert basis is Basis.DECLARED and moment.replace(tzinfo=None) == value


@pytest.mark.parametrize("year", [1997, 2006, 2007, 2026])
@pytest.mark.parametrize(
    ("zone", "hours"), [("Europe/Berlin", 2), ("America/New_York", 2), ("Australia/Lord_Howe", 1), ("Asia/Kolkata", 0)]
)
def test_the_edges_of_summer_time_are_a_guess_and_nothing_else_is(zone: str, hours: int, year: int) -> None:
    """The hour that is skipped and the one that comes twice; on Lord Howe Island they are half as long."""
    clock, guessed, value = _clock(zone), timedelta(0), datetime(year, 1, 1)
    while value.year == year:
        guessed += timedelta(minutes=30) * clock.repeats(value)
        value += timedelta(minutes=30)
    assert guessed == timedelta(hours=hours)


@quick
@given(moments, st.integers(-200, 30))
def test_a_year_that_is_not_written_is_the_latest_that_fits(latest: datetime, before: int) -> None:
    """A record without its year, from some months before the newest dated one to a month after it, gets its own year back."""
    written = latest.replace(microsecond=0) + timedelta(days=before)
    yearless = stamps.read(f"{written:%b} {written.day:2} {written:%H:%M:%S}", Clock.UTC)
    assert yearless is not None and not yearless.has_year
    moment, basis = Clocks(ASSUMED, latest.replace(tzinfo=UTC)).utc(yearless)
    if written.year in range(1990, 2101):
        assert moment is not None and moment.replace(tzinfo=None) == written and basis is Basis.INFERRED


@quick
@given(moments, st.integers(-56, 56), st.lists(st.integers(1, 600), min_size=1, max_size=6))
def test_enclosed_lines_tell_the_offset_that_they_were_written_at(start: datetime, quarters: int, gaps: list[int]) -> None:
    offset, found, at = timedelta(minutes=15 * quarters), [], start
    for gap in gaps:
        found.append(Stamp(at, Clock.UTC))
        found.append(Stamp(at + timedelta(seconds=gap / 2) + offset, Clock.LOCAL))
        at += timedelta(seconds=gap)
    found.append(Stamp(at, Clock.UTC))
    told = enclosed(found)
    assert set(told) <= {offset}
    clock = from_offsets(told, "a test")
    assert clock is None or clock.to_utc(start + offset).replace(tzinfo=None) == start


@quick
@given(any_time, any_time, any_time)
def test_offsets_of_anything_are_at_most_one(local: datetime, first: datetime, last: datetime) -> None:
    assert len(offsets(local, *sorted((first, last)))) <= 1


@quick
@given(moments, st.integers(-14 * 4, 14 * 4))
def test_a_written_zone_is_folded_into_utc(value: datetime, quarters: int) -> None:
    zone = timezone(timedelta(minutes=15 * quarters))
    local = value.replace(microsecond=0, tzinfo=UTC).astimezone(zone)
    assert stamps.read(local.isoformat(), Clock.LOCAL) == Stamp(value.replace(microsecond=0), Clock.UTC)


@quick
@given(
    st.text(max_size=40)
    | st.from_regex(r"[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}[T ][0-9:., ]{0,20}([+-][0-9]{2}:?[0-9]{2}|Z|[AP]M)?", fullmatch=True)
)
def test_no_text_raises(text: str) -> None:
    for clock in Clock:
        stamp = stamps.read(text, clock)
        assert stamp is None or stamp.value.tzinfo is None
    stamps.utc(text)
