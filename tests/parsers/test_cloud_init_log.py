"""cloud-init.log and cloud-init-output.log."""

from __future__ import annotations

from tests.parsers.loglines import events, local, only, utc


def test_line_has_module_level_and_utc() -> None:
    event = only("cloud_init_log", "2024-01-01 00:00:00,123 - util.py[WARNING]: Failed running /var/lib/cloud/instance/scripts/runcmd [1]")
    assert (event.stamp, event.component, event.level) == (utc(2024, 1, 1, 0, 0, 0, 123000), "util.py", "WARNING")
    assert event.text == "Failed running /var/lib/cloud/instance/scripts/runcmd [1]"


def test_banner_of_a_stage_has_its_date() -> None:
    line = "Cloud-init v. 23.1.2-0ubuntu0~22.04.1 running 'modules:final' at Mon, 01 Jan 2024 00:00:00 +0000. Up 12.34 seconds."
    event = only("cloud_init_log", line)
    assert (event.stamp, event.text) == (utc(2024, 1, 1), line)


def test_old_lines_through_syslog_are_local() -> None:
    event = only("cloud_init_log", "Jan  1 00:00:00 vm1 [CLOUDINIT] util.py[DEBUG]: Cloud-init v. 0.7.5 running 'init'")
    assert (event.stamp, event.component, event.level) == (local(1904, 1, 1, year=False), "util.py", "VERBOSE")


def test_output_of_commands_belongs_to_the_line_before() -> None:
    text = (
        "2024-01-01 00:00:00,123 - cc_scripts_user.py[WARNING]: Failed\n"
        "Traceback (most recent call last):\n"
        "cloudinit.util.ProcessExecutionError: Unexpected error\n"
        "2024-01-01 00:00:01,123 - util.py[DEBUG]: next\n"
    )
    assert [(event.line, event.until_line) for event in events("cloud_init_log", text)] == [(1, 3), (4, None)]


def test_output_log_without_any_stamp_is_read_line_by_line() -> None:
    assert [event.line for event in events("cloud_init_log", "Get:1 http://azure.archive.ubuntu.com\nReading package lists...\n")] == [1, 2]
