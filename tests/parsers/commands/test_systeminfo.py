"""Which Windows runs, and since when; a date that could be two days is no boot time."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.parsers.members import read

ENGLISH = """
Host Name:                 VM1
OS Name:                   Microsoft Windows Server 2019 Datacenter
OS Version:                10.0.17763 N/A Build 17763
OS Manufacturer:           Microsoft Corporation
System Boot Time:          {boot}
System Type:               x64-based PC
BIOS Version:              American Megatrends Inc. 090008 , 12/7/2018
Windows Directory:         C:\\Windows
Time Zone:                 (UTC) Coordinated Universal Time
"""


def test_system_is_named_with_version_build_and_width() -> None:
    member = read("a.txt", ENGLISH.format(boot="3/4/2024, 8:30:12 AM"))
    event = member.events[-1]
    assert event.fields == {
        "os": "Microsoft Windows Server 2019 Datacenter",
        "version": "10.0.17763",
        "build": 17763,
        "boot_time": "2024-03-04T08:30:12",
        "bits": 64,
    }
    assert (event.line, event.until_line, event.raw) == (3, 4, "\n".join(ENGLISH.split("\n")[2:4]))
    assert [other.fields["zone"] for other in member.events if other.kind == "timezone"] == ["Etc/UTC"]


@pytest.mark.parametrize(
    ("boot", "time"),
    [
        ("3/4/2024, 8:30:12 PM", datetime(2024, 3, 4, 20, 30, 12)),
        ("15/04/2024, 08:30:12", datetime(2024, 4, 15, 8, 30, 12)),
        ("04/03/2024, 08:30:12", None),
        ("2024-03-04, 08:30:12", datetime(2024, 3, 4, 8, 30, 12)),
    ],
)
def test_boot_time_is_certain_or_absent(boot: str, time: datetime | None) -> None:
    event = next(
        event for event in read("systeminfo.txt", ENGLISH.format(boot=boot)).events if "boot_time" in event.fields and event.line == 6
    )
    assert (event.stamp.value if event.stamp else None) == time


@pytest.mark.parametrize(
    "text",
    [
        "Hostname:                                      VM1\nBetriebssystemname:                            Microsoft Windows Server 2019 Datacenter\nBetriebssystemversion:                         10.0.17763 Nicht zutreffend Build 17763\nSystemstartzeit:                               04.03.2024, 08:30:12\nSystemtyp:                                     x64-based PC\n",
        "主机名:           VM1\nOS 名称:          Microsoft Windows Server 2019 Datacenter\nOS 版本:          10.0.17763 暂缺 Build 17763\n系统启动时间:     2024/3/4, 8:30:12\n系统类型:         x64-based PC\n时区:             (UTC+08:00) 北京\n",
    ],
)
def test_translated_output_says_the_same(text: str) -> None:
    member = read("systeminfo.txt", text)
    assert member.events[-1].fields == {
        "os": "Microsoft Windows Server 2019 Datacenter",
        "version": "10.0.17763",
        "build": 17763,
        "boot_time": "2024-03-04T08:30:12",
        "bits": 64,
    }
    assert all(event.kind != "timezone" for event in member.events)


@pytest.mark.parametrize(
    "text",
    [
        "BuildNumber=17763\nCaption=Microsoft Windows Server 2019 Datacenter\nLastBootUpTime=20240304083012.500000+060\nOSArchitecture=64-bit\nVersion=10.0.17763\n",
        "Caption        : Microsoft Windows Server 2019 Datacenter\nVersion        : 10.0.17763\nBuildNumber    : 17763\nOSArchitecture : 64-Bit\nLastBootUpTime : 20240304073012.500000+000\n",
    ],
)
def test_win32_operatingsystem_says_the_same_and_its_time_has_a_zone(text: str) -> None:
    event = read("win32_operatingsystem.txt", text).events[-1]
    assert (event.fields["version"], event.fields["build"], event.fields["bits"]) == ("10.0.17763", 17763, 64)
    assert event.fields["boot_time"] == "2024-03-04T07:30:12.500000Z"


def test_banner_of_the_shell_names_the_version() -> None:
    assert read("systeminfo.txt", "Microsoft Windows [Version 10.0.17763.5329]\n").only.fields["build"] == 17763
