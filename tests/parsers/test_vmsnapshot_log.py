# ruff: noqa: W291 - lines of artifacts stand as they are written
"""extension.log of the backup extension: six line shapes, two clocks."""

from __future__ import annotations

import pytest

from tests.parsers.loglines import events, local, only, utc

NAME = "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"
P = f"[{NAME}-1.0]"
FREEZE = f"""2026-11-23 03:04:48.317177 {P}Guest Agent Version is :WALinuxAgent-2.0.18
Distro Info:Default
================== Logs during Freeze Start ==============
2026/11/23 03:04:46.937537  Info  ****** 1. Starting Freeze Binary  
2026/11/23 03:04:47.944947  Info  2026-11-23 12:04:46 Failed to FIFREEZE: /data with error message: Device or resource busy 
2026/11/23 03:04:47.944993  Error  freeze failed for some mount 
2026/11/23 03:04:47.945043  Info  T:S freeze result freeze failed for some mount
, timedout :False 
2026/11/23 03:04:47.945063  Warning  T:S Enable failed with error: freeze failed for some mount
 StatusCode.FailedRetryableFsFreezeFailed, 
================== Logs during Freeze End ==============

2026-11-23 03:04:48.317251 {P}Returning HttpUtil
"""


@pytest.mark.parametrize(
    ("line", "stamp", "level", "text"),
    [
        (f"2026-11-23 03:04:40.029244 {P}Enable,success,4,Transitioning state in extension,False", utc(2026, 11, 23, 3, 4, 40, 29244), "", "Enable,success,4,Transitioning state in extension,False"),
        (f"2026-11-23 03:04:40 {P}starting enable", utc(2026, 11, 23, 3, 4, 40), "", "starting enable"),
        (f"2021-02-26 09:41:45.000001 {P}starting enable", local(2021, 2, 26, 9, 41, 45, 1), "", "starting enable"),
        (f"2026/11/23 12:01:48 ERROR:{P}SMIME decryption also failed with return code: 4", local(2026, 11, 23, 12, 1, 48), "ERROR", "SMIME decryption also failed with return code: 4"),
        (f"2019/03/01 17:58:35 {P}Failed to construct ConfigurationProvider", local(2019, 3, 1, 17, 58, 35), "", "Failed to construct ConfigurationProvider"),
        ("2019/03/01 17:58:35     Config = waagent.ConfigurationProvider()", local(2019, 3, 1, 17, 58, 35), "", "    Config = waagent.ConfigurationProvider()"),
        (f"2016/12/10 01:11:00 {P}2016-12-10 01:11:00.532512  Info  Failed to FIFREEZE: /data/dblog", local(2016, 12, 10, 1, 11), "INFO", "Failed to FIFREEZE: /data/dblog"),
        ("2016/12/10 01:11:00 ", local(2016, 12, 10, 1, 11), "", ""),
        ("2016/12/10 01:11:00", local(2016, 12, 10, 1, 11), "", ""),
        ("2019-11-23 21:11:18.333008  Info  T:S freeze, timeout value 60 ", local(2019, 11, 23, 21, 11, 18, 333008), "INFO", "T:S freeze, timeout value 60"),
        ("2024/02/26 09:41:45.748281  Warning  x ", utc(2024, 2, 26, 9, 41, 45, 748281), "WARNING", "x"),
    ],
)  # fmt: skip
def test_every_line_shape_has_its_clock_and_level(line: str, stamp: object, level: str, text: str) -> None:
    event = only("vmsnapshot_log", line)
    assert (event.stamp, event.level, event.text) == (stamp, level, text)


def test_lines_of_the_freeze_are_placed_by_their_own_stamps() -> None:
    found = events("vmsnapshot_log", FREEZE)
    assert [event.line for event in found] == [1, 4, 5, 6, 7, 9, 13]
    flush, first, *_ = found
    assert flush.text.endswith("================== Logs during Freeze Start ==============")
    assert first.stamp == utc(2026, 11, 23, 3, 4, 46, 937537)
    assert first.text == "****** 1. Starting Freeze Binary"


def test_message_with_line_ends_inside_the_freeze_stays_whole() -> None:
    result, failed = events("vmsnapshot_log", FREEZE)[4:6]
    assert result.text == "T:S freeze result freeze failed for some mount\n, timedout :False"
    assert (failed.level, failed.until_line) == ("WARNING", 11)
    assert "StatusCode.FailedRetryableFsFreezeFailed," in failed.text


def test_line_of_the_freeze_binary_keeps_its_local_stamp() -> None:
    event = events("vmsnapshot_log", FREEZE)[2]
    assert event.fields == {"binary": "2026-11-23 12:04:46"}
    assert event.stamp == utc(2026, 11, 23, 3, 4, 47, 944947)
    assert event.text == "Failed to FIFREEZE: /data with error message: Device or resource busy"


def test_binary_line_that_was_logged_again_keeps_both_stamps() -> None:
    event = only("vmsnapshot_log", f"2026-11-23 03:03:56.885333 {P}2026-11-23 03:03:54 Freezing: /data")
    assert (event.text, event.fields["binary"]) == ("Freezing: /data", "2026-11-23 03:03:54")


def test_component_is_the_handler() -> None:
    assert only("vmsnapshot_log", f"2026-11-23 03:04:40.030565 [{NAME}-0.0]try_parse_context").component == NAME


def test_output_of_mount_and_json_belong_to_their_record() -> None:
    text = f"2026-11-23 03:04:42.945237 {P}getting the mount info using mount_path /dev/sda1 on / type ext4 (rw,errors=remount-ro)\n/dev/sda15 on /boot/efi type vfat (rw,relatime)\n\n2026-11-23 03:04:42.945350 {P}next\n"
    assert [(event.line, event.until_line) for event in events("vmsnapshot_log", text)] == [(1, 2), (4, None)]


def test_pasted_lines_without_a_header_are_read_one_by_one() -> None:
    found = events(
        "vmsnapshot_log",
        f"    2017-11-02 11:22:56 Thawing: /boot\n    2017-11-02 11:22:56 Failed to FITHAW: /boot\n{P}Permisisons  of the file /etc/azure/x.json are 600\n",
    )
    assert [(event.text, event.component) for event in found] == [
        ("Thawing: /boot", "VMSnapshotLinux"),
        ("Failed to FITHAW: /boot", "VMSnapshotLinux"),
        ("Permisisons  of the file /etc/azure/x.json are 600", NAME),
    ]
    assert found[0].stamp == local(2017, 11, 2, 11, 22, 56)
