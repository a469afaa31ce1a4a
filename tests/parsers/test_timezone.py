"""The machine's time zone, where a file or command names one beyond doubt."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.parsers.members import read

TIMEDATECTL = """               Local time: Fri 2024-03-01 11:00:00 CET
           Universal time: Fri 2024-03-01 10:00:00 UTC
                 RTC time: Fri 2024-03-01 10:00:00
                Time zone: Europe/Berlin (CET, +0100)
System clock synchronized: yes
              NTP service: active
          RTC in local TZ: no
"""


@pytest.mark.parametrize("zone", ["Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "UTC"])
def test_etc_timezone_names_a_zone(zone: str) -> None:
    event = read("etc/timezone", f"{zone}\n").only
    assert (event.kind, event.fields["zone"], event.line, event.state) == ("timezone", zone, 1, True)


def test_timedatectl_names_zone_and_offset_on_one_of_its_lines() -> None:
    member = read("sos_commands/systemd/timedatectl", TIMEDATECTL)
    assert member.only.fields == {"zone": "Europe/Berlin", "abbreviation": "CET", "offset": 60}
    assert (member.only.line, member.problems) == (4, [])


def test_older_and_machine_readable_spellings() -> None:
    assert read("timedatectl.txt", "        Timezone: Asia/Tokyo (JST, +0900)\n").only.fields["zone"] == "Asia/Tokyo"
    assert read("timedatectl.txt", "Timezone=Asia/Tokyo\nLocalRTC=no\nNTP=yes\n").only.fields["zone"] == "Asia/Tokyo"


def test_machine_without_a_named_zone_still_tells_its_offset() -> None:
    assert read("timedatectl.txt", "  Time zone: n/a (UTC, +0000)\n").only.fields["zone"] == "Etc/UTC"


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("Fri Mar  1 10:00:00 UTC 2024", "Etc/UTC"),
        ("Fri 01 Mar 2024 10:00:00 AM UTC", "Etc/UTC"),
        ("Fri Mar  1 14:00:00 +04 2024", "Etc/GMT-4"),
        ("Fri Mar  1 07:00:00 -03 2024", "Etc/GMT+3"),
        ("Fri Mar  1 15:45:00 +0545 2024", ""),
        ("Fri Mar  1 05:00:00 EST 2024", ""),
        ("Fri Mar  1 10:00:00 GMT 2024", ""),
    ],
)
def test_date_names_a_zone_only_where_its_abbreviation_is_unambiguous(line: str, zone: str) -> None:
    event = read("sos_commands/date/date", line + "\n").only
    assert event.fields["zone"] == zone
    if zone:
        ZoneInfo(zone)


def test_fixed_zone_lies_on_the_right_side_of_utc() -> None:
    from datetime import datetime, timedelta

    zone = str(read("sos_commands/date/date", "Fri Mar  1 14:00:00 +04 2024\n").only.fields["zone"])
    assert datetime(2024, 3, 1, tzinfo=ZoneInfo(zone)).utcoffset() == timedelta(hours=4)


def test_file_without_a_zone_is_reported() -> None:
    assert read("etc/timezone", "# no zone here\n").problems[0].problem == "no line names a time zone"
