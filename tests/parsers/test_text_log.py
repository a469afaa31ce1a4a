"""Logs of any extension."""

from __future__ import annotations

import pytest

from analyzer.model import Stamp
from tests.parsers.loglines import events, local, only, utc


@pytest.mark.parametrize(
    ("line", "stamp", "level", "text"),
    [
        ("time=2024-03-01T10:00:00Z version=v2.1.10 operation=enable seq=0 event=start", utc(2024, 3, 1, 10), "", "time=2024-03-01T10:00:00Z version=v2.1.10 operation=enable seq=0 event=start"),
        ('time="2024-03-01T10:00:00.5+01:00" level=error msg="failed"', utc(2024, 3, 1, 9, 0, 0, 500000), "ERROR", 'time="2024-03-01T10:00:00.5+01:00" level=error msg="failed"'),
        ('{"level":"warn","ts":"2024-03-01T10:00:00Z","msg":"slow"}', utc(2024, 3, 1, 10), "WARNING", '{"level":"warn","ts":"2024-03-01T10:00:00Z","msg":"slow"}'),
        ("2024-03-01T10:00:00.1234567Z: [ERROR] mdsd failed", utc(2024, 3, 1, 10, 0, 0, 123456), "ERROR", "[ERROR] mdsd failed"),
        ("2024-03-01 10:00:00,123 - root - ERROR - failed", local(2024, 3, 1, 10, 0, 0, 123000), "ERROR", "root - ERROR - failed"),
        ("[INFO] 2024-03-01 10:00:00 started", local(2024, 3, 1, 10), "INFO", "started"),
        ("[2024-03-01 10:00:00] started", local(2024, 3, 1, 10), "", "started"),
        ("11/23/2026 04:00:00 PM started", local(2026, 11, 23, 16), "", "started"),
        ("Mon Nov 18 00:05:10 UTC 2019 started", utc(2019, 11, 18, 0, 5, 10), "", "started"),
        ("Nov 23 04:00:00 started", local(1904, 11, 23, 4, year=False), "", "started"),
        ("W1123 04:00:00.5   12345 main.go:12] slow", local(1904, 11, 23, 4, 0, 0, 500000, year=False), "WARNING", "12345 main.go:12] slow"),
    ],
)  # fmt: skip
def test_stamp_and_level_of_every_style_are_found(line: str, stamp: Stamp, level: str, text: str) -> None:
    event = only("text_log", line)
    assert (event.stamp, event.level, event.text, event.component) == (stamp, level, text, "")


def test_handler_in_brackets_is_the_component() -> None:
    event = only("text_log", "2024/03/01 10:00:00 [Microsoft.Azure.Extensions.CustomScript-2.1.10] cwd is /var/lib/waagent")
    assert (event.component, event.fields, event.text) == (
        "Microsoft.Azure.Extensions.CustomScript",
        {"version": "2.1.10"},
        "cwd is /var/lib/waagent",
    )


def test_line_without_a_stamp_continues_only_where_there_are_stamps() -> None:
    assert [event.line for event in events("text_log", "2024-03-01 10:00:00 a\nTraceback:\n2024-03-01 10:00:01 b\n")] == [1, 3]
    assert [event.line for event in events("text_log", "first\nsecond\n  third\n")] == [1, 2, 3]


def test_word_in_a_message_is_no_level() -> None:
    assert only("text_log", "2024-03-01 10:00:00 finished with 0 errors and no warning").level == ""
