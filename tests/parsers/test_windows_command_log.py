"""Logs of plugins: formats that nobody documents, known by their stamps."""

from __future__ import annotations

import pytest

from analyzer.model import Stamp
from analyzer.parsers import iaasbcdr_log, windows_command_log
from tests.parsers.loglines import events, local, only, utc

LOG = "windows_command_log"


@pytest.mark.parametrize(
    ("line", "stamp", "component", "level", "text"),
    [
        ("[00000004] 2024-04-17T07:19:26.812Z [INFO]  Executing enable.cmd", utc(2024, 4, 17, 7, 19, 26, 812000), "00000004", "INFO", "Executing enable.cmd"),
        ("[00000014] [08/13/2018 10:24:35.06] [HEART] beat", utc(2018, 8, 13, 10, 24, 35, 60000), "00000014", "INFO", "beat"),
        ("[2184+00000001] [03/28/2017 17:46:12.41] [WARN]  Enable failed", local(2017, 3, 28, 17, 46, 12, 410000), "", "WARNING", "[WARN]  Enable failed"),
        ("DiagnosticsPluginLauncher.exe Error: 0 : [6/29/2020 1:33:20 PM] Failed to start", local(2020, 6, 29, 13, 33, 20), "DiagnosticsPluginLauncher.exe", "ERROR", "Failed to start"),
        ("DiagnosticsPluginLauncher.exe Information: 0 : [6/3/2015 12:02:36 AM] Checking VM Type", local(2015, 6, 3, 0, 2, 36), "DiagnosticsPluginLauncher.exe", "INFO", "Checking VM Type"),
        ("2024-02-29T10:00:00.1234567Z [Error] Snapshot failed", utc(2024, 2, 29, 10, 0, 0, 123456), "", "ERROR", "[Error] Snapshot failed"),
        ("2024-02-29 10:00:00.123 ERROR Snapshot failed", local(2024, 2, 29, 10, 0, 0, 123000), "", "ERROR", "ERROR Snapshot failed"),
        ("[2017-08-23T11:35:30+02:00] ERROR: Expected process to exit", utc(2017, 8, 23, 9, 35, 30), "", "ERROR", "ERROR: Expected process to exit"),
        ("[INFO] [2024-02-29 10:00:00] ready", local(2024, 2, 29, 10), "", "INFO", "ready"),
        ("[8/23/2017 11:35:25] Installed gem", local(2017, 8, 23, 11, 35, 25), "", "", "Installed gem"),
        ("[MSIXTN-HANDLER-0.9.0-beta]2017/07/06 02:38:17 FATAL: completed with error", local(2017, 7, 6, 2, 38, 17), "", "ERROR", "FATAL: completed with error"),
        ("29.02.2024 is no stamp that is known", None, "", "", "29.02.2024 is no stamp that is known"),
    ],
)  # fmt: skip
def test_stamp_and_level_of_every_style_are_found(line: str, stamp: Stamp | None, component: str, level: str, text: str) -> None:
    event = only(LOG, line + "\r\n")
    assert (event.stamp, event.component, event.level, event.text, event.raw) == (stamp, component, level, text, line)


def test_output_of_a_command_belongs_to_the_line_before_it() -> None:
    text = (
        "[00000004] 2024-04-17T07:19:26.812Z [INFO]  Executing C:\\Packages\\Plugins\\A.B\\1.0\\enable.cmd\r\n"
        "\r\nC:\\Packages\\Plugins\\A.B\\1.0>set path=C:\\Windows\r\nruby : warning\r\n"
        "[00000004] 2024-04-17T07:19:29.812Z [INFO]  Command enable.cmd of A.B has exited with Exit code: -2\r\n"
    )
    first, second = events(LOG, text)
    assert (first.line, first.until_line, second.line) == (1, 4, 5)
    assert second.fields == {"exit_code": -2}


def test_log_without_stamps_is_read_line_by_line() -> None:
    assert [event.text for event in events(LOG, "Install started\r\nInstall ended\r\n")] == ["Install started", "Install ended"]


def test_silence_of_a_plugin_log_says_nothing() -> None:
    assert windows_command_log.FORMAT.silence is None and iaasbcdr_log.FORMAT.silence is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29 10:00:00.123 Info 1204 TakeSnapshot: started\r\n2024-02-29 10:01:00.123 Error 1204 VSS: 0x80042306\r\n   at Provider.Commit()\r\n",
        "[2/29/2024 10:00:00 AM] started\r\n[2/29/2024 10:01:00 AM] [Error] VSS: 0x80042306\r\n   at Provider.Commit()\r\n",
        "2024-02-29T10:00:00.1234567Z started\r\n2024-02-29T10:01:00.1234567Z ERROR VSS: 0x80042306\r\n   at Provider.Commit()\r\n",
    ],
)
def test_log_of_the_backup_extension_is_read_whatever_its_stamps(text: str) -> None:
    first, second = events("iaasbcdr_log", text)
    assert first.stamp is not None and second.stamp is not None
    assert (first.stamp.value.minute, second.stamp.value.minute) == (0, 1)
    assert (second.level, second.until_line) == ("ERROR", 3)
    assert "0x80042306" in second.text and "Provider.Commit" in second.text
