# ruff: noqa: W291 - lines of artifacts stand as they are written
"""results.txt dates the collection, lists folders and names what is missing."""

from __future__ import annotations

from datetime import datetime

from analyzer.model import Clock, Stamp
from tests.parsers.members import Member, read

WAAGENT = """2024-03-01T10:15:03Z INFO Starting log collection at 2024-03-01T10:15:03Z
2024-03-01T10:15:03Z INFO Using log collection mode full
2024-03-01T10:15:03Z INFO Using /var/lib/waagent as $LIB_DIR
2024-03-01T10:15:03Z INFO ### Probing Directories ###
2024-03-01T10:15:03Z INFO Output of command [ls -alF /var/log]:
total 8860
drwxrwxr-x 11 root syslog    4096 Mar  1 00:00 ./
drwxr-xr-x 13 root root      4096 Jun 12  2023 ../
-rw-r-----  1 syslog adm  2039263 Mar  1 10:14 syslog
-rw-r--r--  1 root root   1204200 Mar  1 10:15 waagent.log

2024-03-01T10:15:03Z INFO Output of command [ls -alF /var/lib/waagent]:
total 120
-rw-r--r--  1 root root         0 Feb 28 17:02 disable_agent
drwxr-xr-x  6 root root      4096 Feb 27 09:00 Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0/

2024-03-01T10:15:03Z ERROR Command: [ls -alF /etc/udev/rules.d], return code: [2], stdout: [] stderr: [ls: cannot access '/etc/udev/rules.d': No such file or directory
]
2024-03-01T10:15:03Z INFO ### Gathering Log Files ###
2024-03-01T10:15:03Z INFO /var/log/waagent.log
2024-03-01T10:15:03Z INFO /var/log/waagent.log.1.gz
2024-03-01T10:15:03Z INFO /var/log/syslog
2024-03-01T10:15:03Z INFO /var/log/syslog.1
2024-03-01T10:15:03Z INFO 
2024-03-01T10:15:03Z INFO ### Preparing list of files to add to archive ###
2024-03-01T10:15:03Z INFO Adding file /var/log/waagent.log, size 1204200 b
2024-03-01T10:15:03Z WARNING Discarding large binary file /var/log/waagent.log.1.gz
2024-03-01T10:15:03Z INFO Adding truncated file /var/lib/waagent/logcollector/truncated/_var_log_syslog, size 31457280 b
2024-03-01T10:15:04Z WARNING File /var/log/gone.log does not exist, skipping collection for this file
2024-03-01T10:15:04Z WARNING Failed to add file /var/log/auth.log to the archive: [Errno 13] Permission denied: '/var/log/auth.log'
2024-03-01T10:15:04Z INFO Uncompressed archive size is 32661480 b
2024-03-01T10:15:05Z INFO Finishing log collection at 2024-03-01T10:15:05Z
2024-03-01T10:15:05Z INFO Elapsed time: 2105 ms
"""

INSPECT = """Execution start time: 03:39:34.\r
\r
========== Request Info ==========\r
Storage Acct: md-hash.z34.blob.storage.azure.net\r
Manifest requested: diagnostic\r
Guestfish version: 1.43.5.\r
========== End Request Info ==========\r
\r
Filesystem Status:\r
/dev/sda1: ext4 [uuid=9f1c]\r
Mounting /dev/sda1 on / SUCCEEDED.\r
Mounting /dev/sdb1 on /data FAILED.\r
\r
03:39:50  Executing Operation [1/213]: ll,/var/lib/waagent\r
03:39:51  Listing contents of /var/lib/waagent:\r
total 111784\r
drwxrwxr-x 11   0 104     4096 Nov 21 15:53 .\r
drwxr-xr-x 13   0   0     4096 Jun 13  2016 ..\r
-rw-r--r--  1   0   0        0 Jul  1  2016 disable_agent\r
lrwxrwxrwx  1   0   0       17 Jul  1  2016 current -> WALinuxAgent-2.9.1.1\r
03:39:51  Executing Operation [2/213]: ll,/etc/udev/rules.d\r
Directory /etc/udev/rules.d is not valid.\r
03:39:51  Executing Operation [3/213]: copy,/var/log/kern*\r
Copying /var/log/kern* FAILED as no files were located.\r
03:39:51  Executing Operation [4/213]: copy,/var/log/waagent.log\r
03:39:52  Copying Step [4.1] File: /var/log/waagent.log SUCCEEDED.  [Operation duration: 0 seconds]\r
03:39:52  Copying Step [4.2] File: /var/log/waagent.log.1 FAILED.  [Operation duration: 0 seconds]\r
Execution end time: 03:41:02  [Execution duration: 88 seconds]\r
\r
CredentialScanner: Statistics - No. Scanned Files: 12, Scanned Directory Size: 9, Operation duration: 3 seconds, No. Files Containing Secrets: 2, No. Files Removed: 1, Redacted File List: [device_0/etc/a.conf], Removed File List: [device_0/var/log/big.log]\r
"""


def of(member: Member, kind: str) -> list[tuple[object, ...]]:
    return [(event.fields["path"], event.fields.get("reason"), event.line) for event in member.events if event.kind == kind]


def test_last_record_dates_the_collection() -> None:
    member = read("results.txt", WAAGENT)
    event = next(event for event in member.events if event.kind == "collected")
    assert event.stamp == Stamp(datetime(2024, 3, 1, 10, 15, 5), Clock.UTC)
    assert (event.text, event.line) == ("2024-03-01T10:15:05Z INFO Elapsed time: 2105 ms", 33)
    assert event.fields == {"mode": "full", "partial": False, "collector": "waagent", "began": "2024-03-01T10:15:03+00:00"}
    assert member.kind == "results" and not member.problems


def test_listed_files_existed_whether_collected_or_not() -> None:
    member = read("results.txt", WAAGENT)
    listed = {event.fields["path"]: event for event in member.events if event.kind == "file-listed"}
    assert set(listed) == {
        "var/log", "var/log/syslog", "var/log/waagent.log", "var/lib/waagent/disable_agent",
        "var/lib/waagent/Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0",
    }  # fmt: skip
    marker = listed["var/lib/waagent/disable_agent"]
    assert marker.state and marker.line == 14 and marker.raw == "-rw-r--r--  1 root root         0 Feb 28 17:02 disable_agent"
    assert marker.fields == {
        "path": "var/lib/waagent/disable_agent", "size": 0, "mode": "-rw-r--r--", "owner": "root", "modified_local": "2024-02-28T17:02:00",
    }  # fmt: skip


def test_local_dates_of_a_listing_are_not_taken_for_utc() -> None:
    assert not any("modified" in event.fields for event in read("results.txt", WAAGENT).events)


def test_what_waagent_could_not_collect_is_named_with_its_reason() -> None:
    assert of(read("results.txt", WAAGENT), "copy-failed") == [
        ("etc/udev/rules.d", "command failed", 17),
        ("var/log/waagent.log.1.gz", "too large", 27),
        ("var/log/gone.log", "gone", 29),
        ("var/log/auth.log", "not added", 30),
    ]


def test_full_archive_names_the_files_that_found_no_room() -> None:
    full = WAAGENT.replace("INFO Uncompressed", "WARNING Archive too big, done with adding files.\n2024-03-01T10:15:04Z INFO Uncompressed")
    failed = [(path, reason) for path, reason, _ in of(read("results.txt", full), "copy-failed")]
    assert ("var/log/syslog.1", "archive full") in failed
    assert not {("var/log/syslog", "archive full"), ("var/log/waagent.log", "archive full")} & set(failed)


def test_listing_inside_a_failed_command_is_still_a_listing() -> None:
    text = (
        "2024-03-01T10:15:03Z ERROR Command: [ls -alF /var/log], return code: [1], stdout: [total 4\n"
        "-rw-r--r-- 1 root root 5 Mar  1 10:14 syslog\n] stderr: [ls: cannot access '/var/log/x': No such file or directory\n]\n"
        "2024-03-01T10:15:04Z INFO Elapsed time: 5 ms\n"
    )
    member = read("results.txt", text)
    assert [path for path, *_ in of(member, "file-listed")] == ["var/log/syslog"]
    assert not member.problems


def test_inspect_iaas_disk_dates_nothing() -> None:
    event = next(event for event in read("results.txt", INSPECT).events if event.kind == "collected")
    assert (event.stamp, event.text) == (None, "Execution start time: 03:39:34.")
    assert event.fields == {"mode": "diagnostic", "partial": False, "collector": "inspect-iaas-disk"}


def test_inspect_iaas_disk_lists_and_fails_in_its_own_words() -> None:
    member = read("results.txt", INSPECT)
    listed = {event.fields["path"]: event for event in member.events if event.kind == "file-listed"}
    assert set(listed) == {"var/lib/waagent", "var/lib/waagent/disable_agent", "var/lib/waagent/current"}
    assert listed["var/lib/waagent/disable_agent"].fields["modified_local"] == "2016-07-01"
    assert "modified_local" not in listed["var/lib/waagent"].fields  # a row without year, and nothing dates the collection
    assert listed["var/lib/waagent/current"].fields["target"] == "WALinuxAgent-2.9.1.1"
    assert of(member, "copy-failed") == [
        ("data", "not mounted", 12),
        ("etc/udev/rules.d", "no such folder", 22),
        ("var/log/kern*", "no such file", 24),
        ("var/log/waagent.log.1", "copy failed", 27),
        ("var/log/big.log", "removed: it held a secret", 30),
    ]
    assert not member.problems


def test_partial_inspection_says_so() -> None:
    text = INSPECT + "##### WARNING: Partial results were collected as the operation was taking too long to complete.\r\n"
    assert next(event for event in read("results.txt", text).events if event.kind == "collected").fields["partial"] is True


def test_listing_of_a_pattern_names_each_folder() -> None:
    text = (
        "Execution start time: 03:39:34.\n03:39:51  Listing contents of /var/log/azure/*:\n/sysroot/var/log/azure/A:\ntotal 4\n"
        "-rw-r--r-- 1 0 0 5 Jul  1  2016 a.log\n\n/sysroot/var/log/azure/B:\ntotal 0\n-rw-r--r-- 1 0 0 5 Jul  1  2016 b.log\n"
    )
    assert [path for path, *_ in of(read("results.txt", text), "file-listed")] == ["var/log/azure/A/a.log", "var/log/azure/B/b.log"]


def test_row_that_cannot_be_read_is_reported_once() -> None:
    text = WAAGENT.replace("total 120\n", "total 120\n??? broken\nalso broken\n")
    assert [problem.problem for problem in read("results.txt", text).problems] == [
        "line 14 and 1 more of a folder's listing is no row of it"
    ]


def test_excerpts_are_verbatim() -> None:
    for text in (WAAGENT, INSPECT):
        member = read("results.txt", text)
        assert all(event.raw in member.text for event in member.events)


def test_other_text_is_reported() -> None:
    assert read("results.txt", "42 tests passed\n").problems[0].lost == "when and what was collected"


WINDOWS = """Execution start time: 15:52:40.\r
Manifest requested: normal\r
Mounting /dev/sda2 on / SUCCEEDED.\r
15:52:59  Executing Operation [40/120]: ll,/WindowsAzure\r
15:52:59  Listing contents of /WindowsAzure:\r
\r
total 28\r
drwxrwxrwx 1 0 0 4096 Feb 28 10:00 .\r
drwxrwxrwx 1 0 0 8192 Feb 27 09:00 ..\r
drwxrwxrwx 1 0 0    0 Jul  1  2023 Config\r
drwxrwxrwx 1 0 0 8192 Jan 17  2024 GuestAgent_2.7.41491.1102_2024-01-17_101112\r
drwxrwxrwx 2 0 0 4096 Jul  1  2023 Logs\r
-rwxrwxrwx 1 0 0   98 Jul  1  2023 Secure Agent.txt\r
lrwxrwxrwx 1 0 0   19 Jul  1  2023 Linked -> unsupported reparse point\r
15:53:00  Executing Operation [41/120]: ll,/Packages/Plugins\r
15:53:00  Listing contents of /Packages/Plugins:\r
total 4\r
drwxrwxrwx 1 0 0 4096 Jul  1  2023 Microsoft.Azure.RecoveryServices.VMSnapshot\r
15:53:00  Executing Operation [42/120]: copy,/WindowsAzure/Logs/Plugins/*/*/CommandExecution.log\r
Copying /WindowsAzure/Logs/Plugins/*/*/CommandExecution.log FAILED as no files were located.\r
15:53:01  Executing Operation [43/120]: copy,/Windows/System32/winevt/Logs/Windows Azure.evtx\r
Copying /Windows/System32/winevt/Logs/Windows Azure.evtx FAILED as no files were located.\r
Execution end time: 15:54:02  [Execution duration: 82 seconds]\r
"""


def test_folders_of_a_windows_disk_are_listed() -> None:
    member = read("results.txt", WINDOWS)
    listed = [event.fields["path"] for event in member.events if event.kind == "file-listed"]
    assert listed == [
        "WindowsAzure", "WindowsAzure/Config", "WindowsAzure/GuestAgent_2.7.41491.1102_2024-01-17_101112", "WindowsAzure/Logs",
        "WindowsAzure/Secure Agent.txt", "WindowsAzure/Linked", "Packages/Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot",
    ]  # fmt: skip
    assert not member.problems


def test_windows_files_that_were_not_found_are_named() -> None:
    assert of(read("results.txt", WINDOWS), "copy-failed") == [
        ("WindowsAzure/Logs/Plugins/*/*/CommandExecution.log", "no such file", 20),
        ("Windows/System32/winevt/Logs/Windows Azure.evtx", "no such file", 22),
    ]
