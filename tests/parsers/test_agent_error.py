"""error.json tells whether the daemon refuses an agent version."""

from __future__ import annotations

from datetime import datetime

from analyzer.model import Clock, Stamp
from tests.parsers.members import read

PATH = "var/lib/waagent/WALinuxAgent-2.9.1.1/error.json"


def test_third_failure_makes_a_version_refused() -> None:
    data = '{"last_failure": 1709287200.25, "failure_count": 3, "was_fatal": false, "reason": "Agent WALinuxAgent-2.9.1.1 failed with exit code 1"}'
    event = read(PATH, data).only
    assert (event.kind, event.code, event.level, event.text) == (
        "agent-error",
        "2.9.1.1",
        "ERROR",
        "Agent WALinuxAgent-2.9.1.1 failed with exit code 1",
    )
    assert event.stamp == Stamp(datetime(2024, 3, 1, 10, 0, 0, 250000), Clock.UTC)
    assert event.fields == {
        "version": "2.9.1.1", "failure_count": 3, "was_fatal": False, "refused": True,
        "reason": "Agent WALinuxAgent-2.9.1.1 failed with exit code 1",
    }  # fmt: skip
    assert event.raw in data


def test_fatal_failure_refuses_at_once_and_older_files_give_no_reason() -> None:
    event = read(PATH, '{"last_failure": 0.0, "was_fatal": true, "failure_count": 1}').only
    assert (event.level, event.fields["refused"], event.stamp, event.text) == ("ERROR", True, None, "1 failures, fatal")


def test_cleared_record_is_no_error() -> None:
    event = read(PATH, '{"last_failure": 0.0, "was_fatal": false, "failure_count": 0, "reason": ""}').only
    assert (event.level, event.fields["refused"]) == ("INFO", False)


def test_error_file_of_another_program_is_reported_not_read() -> None:
    member = read("var/lib/other/error.json", '{"error": "x"}')
    assert not member.events and member.problems


def test_absurd_times_are_no_time() -> None:
    for value in ("1e300", "-1", "true", '"soon"', "99999999999999"):
        assert read(PATH, f'{{"last_failure": {value}, "was_fatal": false, "failure_count": 1}}').only.stamp is None
