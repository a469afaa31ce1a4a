"""Windows zone names lead to zones that Python knows."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from analyzer.parsers import windows_zones


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("UTC", "Etc/UTC"),
        ("w. europe standard time", "Europe/Berlin"),
        ("China Standard Time\0garbage", "Asia/Shanghai"),
        ("Pacific Standard Time_dstoff", ""),
        ("Mitteleuropäische Zeit", ""),
        ("", ""),
    ],
)
def test_name_leads_to_its_zone(name: str, zone: str) -> None:
    assert windows_zones.iana(name) == zone


def test_every_zone_of_the_table_exists() -> None:
    for zone in windows_zones._names().values():
        ZoneInfo(zone)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("480 Pacific Standard Time", ("America/Los_Angeles", -480)),
        ("-60 Romance Standard Time", ("Europe/Paris", 60)),
        ("0 UTC", ("Etc/UTC", 0)),
        ("-60 Mitteleuropäische Zeit", ("", 60)),
        ("9999 UTC", None),
        ("UTC", None),
    ],
)
def test_bias_of_the_event_log_is_turned_to_minutes_east(text: str, found: tuple[str, int] | None) -> None:
    assert windows_zones.bias(text) == found
