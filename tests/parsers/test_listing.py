"""Rows of `ls -l`: what existed, and when it changed if that can be told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analyzer.parsers.listing import Row, read

COLLECTED = datetime(2024, 3, 1, 10, 15, 3, tzinfo=UTC)


def row(line: str, folder: str = "/var/lib/waagent", collected: datetime | None = COLLECTED) -> Row:
    found = read(line, folder, collected)
    assert found is not None
    return found


def test_file_is_told_with_size_mode_and_owner() -> None:
    assert row("-rw-r--r--  1 root root     0 Feb 29 08:15 disable_agent") == Row(
        "var/lib/waagent/disable_agent", "-rw-r--r--", "root", 0, None, "2024-02-29T08:15:00", ""
    )


@pytest.mark.parametrize(
    ("date", "local"),
    [
        ("Mar  1 10:14", "2024-03-01T10:14:00"),
        ("Mar  1 23:59", "2024-03-01T23:59:00"),  # the machine may be ahead of UTC
        ("Dec 31 23:59", "2023-12-31T23:59:00"),
        ("Sep  5 00:00", "2023-09-05T00:00:00"),
        ("Feb 29 01:00", "2024-02-29T01:00:00"),
        ("Apr 20 10:00", ""),  # within the last half year it was not
        ("Jun 13  2016", "2016-06-13"),
        ("Feb 30 10:00", ""),
        ("2024-02-29 08:15", "2024-02-29T08:15:00"),
    ],
)
def test_year_is_that_of_the_half_year_before_the_collection(date: str, local: str) -> None:
    found = row(f"-rw-r----- 1 101 4 2039263 {date} auth.log")
    assert (found.modified, found.modified_local) == (None, local)


def test_without_a_collection_date_a_row_without_year_has_no_date() -> None:
    assert row("-rw-r--r-- 1 root root 1 Mar  1 10:14 a", collected=None).modified_local == ""


def test_only_a_stated_offset_gives_utc() -> None:
    found = row("-rwxr-xr-x 1 root root 9 2024-03-01 10:15:03.123456789 +0100 handle.sh")
    assert (found.modified, found.modified_local) == ("2024-03-01T09:15:03.123456+00:00", "")


@pytest.mark.parametrize("date", [" 1 mars  10:15", "Mär  1 10:15", "3月  1 10:15"])
def test_months_of_other_languages_leave_the_date_open(date: str) -> None:
    found = row(f"-rw-r--r-- 1 root root 4030 {date} waagent.conf")
    assert (found.path, found.modified_local) == ("var/lib/waagent/waagent.conf", "")


@pytest.mark.parametrize(
    ("line", "path", "target"),
    [
        ("drwxr-xr-x  5 root root 4096 Mar  1 10:15 Microsoft.A-1.0/", "var/lib/waagent/Microsoft.A-1.0", ""),
        ("drwxr-xr-x  5 root root 4096 Mar  1 10:15 ./", "var/lib/waagent", ""),
        ("drwxr-xr-x  5 root root 4096 Mar  1 10:15 .", "var/lib/waagent", ""),
        ("-rwxr-xr-x  1 root root 4096 Mar  1 10:15 run.sh*", "var/lib/waagent/run.sh", ""),
        ("-rw-r--r--  1 root root 4096 Mar  1 10:15 odd*", "var/lib/waagent/odd*", ""),
        ("srwxr-xr-x  1 root root    0 Mar  1 10:15 sock=", "var/lib/waagent/sock", ""),
        ("lrwxrwxrwx. 1 root root    9 Mar  1 10:15 python3 -> python3.6*", "var/lib/waagent/python3", "python3.6"),
        ("lrwxrwxrwx  1 root root    9 Mar  1 10:15 root -> /", "var/lib/waagent/root", "/"),
        ("-rw-r--r--  1 root root   12 Mar  1 10:15 a name  with blanks", "var/lib/waagent/a name  with blanks", ""),
        ("-rw-r--r--  1 root root   12 Mar  1 10:15 /sysroot/etc/waagent.conf", "etc/waagent.conf", ""),
    ],
)
def test_name_has_neither_indicator_nor_target(line: str, path: str, target: str) -> None:
    found = row(line)
    assert (found.path, found.target) == (path, target)


def test_parent_and_what_is_no_row_are_nothing() -> None:
    for line in ("drwxr-xr-x 5 root root 4096 Mar  1 10:15 ../", "total 111784", "", "ls: cannot access '/x': No such file or directory"):
        assert read(line, "/var/log", COLLECTED) is None


def test_row_that_ls_could_not_fill_still_says_that_the_name_exists() -> None:
    found = row("-????????? ? ? ? ?            ? lost+found")
    assert (found.path, found.size, found.modified_local) == ("var/lib/waagent/lost+found", None, "")
