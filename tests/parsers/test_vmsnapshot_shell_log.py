"""shell.log of the backup extension: the output of `date` in any locale."""

from __future__ import annotations

import pytest

from analyzer.model import Stamp
from tests.parsers.loglines import events, local, only, utc


@pytest.mark.parametrize(
    ("line", "stamp", "text"),
    [
        ("Mon Nov 18 00:05:10 UTC 2019- python version unknown", utc(2019, 11, 18, 0, 5, 10), "python version unknown"),
        ("Mon Nov 18 12:05:10 AM UTC 2024- 3 returned from handle.py", utc(2024, 11, 18, 0, 5, 10), "3 returned from handle.py"),
        ("Mon Nov 18 12:05:10 PM UTC 2024- 3 returned from handle.py", utc(2024, 11, 18, 12, 5, 10), "3 returned from handle.py"),
        ("Wed Mar  4 10:00:00 CET 2020- python3 path exists", local(2020, 3, 4, 10), "python3 path exists"),
        ("Mon Nov 18 00:05:10 -03 2019- The command is install", utc(2019, 11, 18, 3, 5, 10), "The command is install"),
        ("Mon 18 Nov 2019 12:05:10 AM UTC- 0 returned from handle.py", utc(2019, 11, 18, 0, 5, 10), "0 returned from handle.py"),
        ("mar. 19 nov. 2019 00:05:10 UTC- 0 returned from handle.py", utc(2019, 11, 19, 0, 5, 10), "0 returned from handle.py"),
        ("2019年 11月 18日 星期一 00:05:10 UTC- 0 returned from handle.py", utc(2019, 11, 18, 0, 5, 10), "0 returned from handle.py"),
        ("Пн ноя 18 00:05:10 UTC 2019- 0 returned from handle.py", utc(2019, 11, 18, 0, 5, 10), "0 returned from handle.py"),
        ("[2024-03-01 10:00:00:123456789] python3 path exists", utc(2024, 3, 1, 10, 0, 0, 123456), "python3 path exists"),
    ],
)
def test_line_of_every_locale_has_its_stamp(line: str, stamp: Stamp, text: str) -> None:
    event = only("vmsnapshot_shell_log", line)
    assert (event.stamp, event.text, event.raw) == (stamp, text, line)


def test_date_that_names_no_day_keeps_its_line() -> None:
    event = only("vmsnapshot_shell_log", "dydd Llun 18 Tach 00:05:10 UTC 2019- 3 returned from handle.py")
    assert (event.stamp, event.text) == (None, "3 returned from handle.py")


def test_what_python_printed_belongs_to_the_line_before() -> None:
    text = "Mon Nov 18 00:05:10 UTC 2019- python3 path exists\nTraceback (most recent call last):\n  File x\nMon Nov 18 00:05:11 UTC 2019- 1 returned\n"
    assert [(event.line, event.until_line) for event in events("vmsnapshot_shell_log", text)] == [(1, 3), (4, None)]
