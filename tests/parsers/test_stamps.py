"""Stamps of all writers, and dates in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Clock, Stamp
from analyzer.parsers import date_words, stamps
from tests.parsers.loglines import local, utc


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2024-05-30T13:15:45.331589Z INFO", utc(2024, 5, 30, 13, 15, 45, 331589)),
        ("2024/05/30 13:15:45", local(2024, 5, 30, 13, 15, 45)),
        ("2017/05/24 00:3:52.313748", local(2017, 5, 24, 0, 3, 52, 313748)),
        ("2024-03-01 10:00:00:123456789] x", local(2024, 3, 1, 10, 0, 0, 123456)),
        ("2024-03-01T10:00:00.1234567Z", utc(2024, 3, 1, 10, 0, 0, 123456)),
        ("2024-03-01 00:30:00 +05:30", utc(2024, 2, 29, 19, 0)),
        ("Mon 2024-01-01 10:00:00 UTC", utc(2024, 1, 1, 10)),
        ("2016-12-31 23:59:60", local(2016, 12, 31, 23, 59, 59)),
        ("Mon Nov 18 12:05:10 AM UTC 2019", utc(2019, 11, 18, 0, 5, 10)),
        ("Mon Nov 18 12:05:10 PM CET 2019", local(2019, 11, 18, 12, 5, 10)),
        ("Mon, 01 Jan 2024 00:00:00 +0100", utc(2023, 12, 31, 23)),
        ("11/23/2026 04:00:00 PM", local(2026, 11, 23, 16)),
        ("23/11/2026 04:00:00", local(2026, 11, 23, 4)),
        ("1700000000.123", utc(2023, 11, 14, 22, 13, 20, 123000)),
        ("Feb 29 04:00:00", local(1904, 2, 29, 4, year=False)),
        ("2024-13-01 10:00:00", None),
        ("2023-02-29 10:00:00", None),
        ("99/99/2026 04:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        ("no stamp", None),
    ],
)
def test_stamp_is_read_or_refused(text: str, stamp: Stamp | None) -> None:
    assert stamps.read(text) == stamp


def test_zone_that_is_not_written_is_what_the_caller_knows() -> None:
    assert stamps.read("2024-03-01 10:00:00", Clock.UTC) == utc(2024, 3, 1, 10)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))
def test_iso_stamp_survives_the_way_there_and_back(moment: datetime) -> None:
    assert stamps.read(moment.isoformat() + "Z") == Stamp(moment, Clock.UTC)


@given(st.text(max_size=60))
def test_no_text_is_fatal(text: str) -> None:
    stamps.read(text)
    date_words.read(text)


def test_milliseconds_and_ticks_beyond_the_calendar_are_no_time() -> None:
    assert stamps.from_milliseconds(10**18) is None
    assert stamps.from_ticks(10**20) is None
    assert stamps.from_ticks(638_446_320_000_000_000) == datetime(2024, 2, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("lun. 18 nov. 2019 00:05:10 UTC", utc(2019, 11, 18, 0, 5, 10)),
        ("mar. 05 mars 2019 00:05:10 UTC", utc(2019, 3, 5, 0, 5, 10)),
        ("Mo 18. Nov 00:05:10 UTC 2019", utc(2019, 11, 18, 0, 5, 10)),
        ("Sa 2. Mär 00:05:10 UTC 2019", utc(2019, 3, 2, 0, 5, 10)),
        ("2019. 11. 18. (월) 00:05:10 UTC", utc(2019, 11, 18, 0, 5, 10)),
        ("2019年 11月 18日 月曜日 00:05:10 JST", local(2019, 11, 18, 0, 5, 10)),
        ("pon, 18 lis 2019, 00:05:10 UTC", utc(2019, 11, 18, 0, 5, 10)),
        ("Paz Kas 17 00:05:10 UTC 2019", utc(2019, 11, 17, 0, 5, 10)),
        ("2019年11月18日 下午 01:05:10", local(2019, 11, 18, 13, 5, 10)),
        ("18.11.2019 00:05:10 UTC", utc(2019, 11, 18, 0, 5, 10)),
        ("30 feb 2019 00:05:10", None),
        ("18/11/19 xx 00:05:10 2019", None),
        ("nov 2019 00:05:10", None),
    ],
)
def test_date_in_words_is_read_where_it_names_one_day(text: str, stamp: Stamp | None) -> None:
    assert date_words.read(text) == stamp
