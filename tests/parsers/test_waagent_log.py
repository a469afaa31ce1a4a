"""waagent.log in all its generations. Lines are excerpts of public issue threads and of the agent's own sources."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta

import pytest

from analyzer.model import Clock
from analyzer.parsers import command_execution_log, waagent_log
from tests.parsers.loglines import events, local, only, utc

SNAPSHOT = "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"


@pytest.mark.parametrize(
    ("line", "stamp", "level", "component", "text"),
    [
        ("2017/04/05 15:19:20 Azure Linux Agent Version: WALinuxAgent-2.0.18", local(2017, 4, 5, 15, 19, 20), "", "", "Azure Linux Agent Version: WALinuxAgent-2.0.18"),
        ("2017/04/05 15:19:20 ERROR:Exception: No JSON object could be decoded", local(2017, 4, 5, 15, 19, 20), "ERROR", "", "Exception: No JSON object could be decoded"),
        ("2017/05/24 00:38:40.277623 INFO Wire server endpoint:168.63.129.16", local(2017, 5, 24, 0, 38, 40, 277623), "INFO", "", "Wire server endpoint:168.63.129.16"),
        (f"2018/03/05 14:31:57.742721 INFO [{SNAPSHOT}-1.0.9120.0] Target handler state: enabled", local(2018, 3, 5, 14, 31, 57, 742721), "INFO", SNAPSHOT, "Target handler state: enabled"),
        ("2019/04/12 06:17:29.440945 INFO Daemon Python: 3.6.7", local(2019, 4, 12, 6, 17, 29, 440945), "INFO", "Daemon", "Python: 3.6.7"),
        ("2020/01/19 09:13:16.774102 ERROR ExtHandler [ProtocolError] [Wireserver Exception] [HttpError]", local(2020, 1, 19, 9, 13, 16, 774102), "ERROR", "ExtHandler", "[ProtocolError] [Wireserver Exception] [HttpError]"),
        ("2022-10-27T05:53:48.286191Z INFO Daemon Installed Agent WALinuxAgent-2.2.46 is the most current agent", utc(2022, 10, 27, 5, 53, 48, 286191), "INFO", "Daemon", "Installed Agent WALinuxAgent-2.2.46 is the most current agent"),
        ("2023-04-07T04:09:17.716303Z INFO ExtHandler ExtHandler Wire server endpoint:168.63.129.16", utc(2023, 4, 7, 4, 9, 17, 716303), "INFO", "ExtHandler", "Wire server endpoint:168.63.129.16"),
        ("2023-04-07T04:09:17.729656Z INFO ExtHandler Fetched a new incarnation for the WireServer goal state [incarnation 2]", utc(2023, 4, 7, 4, 9, 17, 729656), "INFO", "ExtHandler", "Fetched a new incarnation for the WireServer goal state [incarnation 2]"),
        ("2023-04-07T04:09:17.746544Z INFO ExtHandler", utc(2023, 4, 7, 4, 9, 17, 746544), "INFO", "ExtHandler", ""),
        (f"2024-05-30T13:15:45.331589Z INFO ExtHandler [{SNAPSHOT}-1.0.9218.0] Enable extension: [main/handle.sh enable]", utc(2024, 5, 30, 13, 15, 45, 331589), "INFO", SNAPSHOT, "Enable extension: [main/handle.sh enable]"),
        ("Mar 23 10:18:56 vm-cli python3[1454]: 2026-03-23T10:18:56.099257Z WARNING EnvHandler ExtHandler Dhcp client is not running.", utc(2026, 3, 23, 10, 18, 56, 99257), "WARNING", "EnvHandler", "Dhcp client is not running."),
        ("q2017/08/02 15:09:57.750303 WARNING Agent failed", local(2017, 8, 2, 15, 9, 57, 750303), "WARNING", "", "Agent failed"),
        (">>>>>2023-06-26T23:33:02.235781Z WARNING ExtHandler ExtHandler The noexec flag is set on /var.", utc(2023, 6, 26, 23, 33, 2, 235781), "WARNING", "ExtHandler", "The noexec flag is set on /var."),
    ],
)  # fmt: skip
def test_line_of_every_generation_is_read(line: str, stamp: object, level: str, component: str, text: str) -> None:
    event = only("waagent_log", line)
    assert (event.stamp, event.level, event.component, event.text, event.raw) == (stamp, level, component, text, line)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("2017/05/01 00:00:00.000001 WARNING Daemon ended with exception -- Sleep 15 seconds and restart daemon", "Daemon ended with exception -- Sleep 15 seconds and restart daemon"),
        ("2019/05/01 00:00:00.000001 WARNING Daemon Daemon ended with exception -- Sleep 15 seconds and restart daemon", "Daemon ended with exception -- Sleep 15 seconds and restart daemon"),
        ("2020-01-01T00:00:00.000001Z WARNING Daemon Daemon ended with exception -- Sleep 15 seconds and restart daemon", "Daemon ended with exception -- Sleep 15 seconds and restart daemon"),
        ("2021-03-01T00:00:00.000001Z WARNING Daemon Daemon Daemon ended with exception -- Sleep 15 seconds and restart daemon", "Daemon ended with exception -- Sleep 15 seconds and restart daemon"),
        ("2019/05/01 00:00:00.000001 INFO Daemon Daemon is already running: 811", "Daemon is already running: 811"),
        ("2019/05/01 00:00:00.000001 INFO ExtHandler Firewall rules:", "Firewall rules:"),
        ("2022-03-01T00:00:00.000001Z INFO ExtHandler ExtHandler Firewall rules already set. No change needed.", "Firewall rules already set. No change needed."),
        ("2022-03-01T00:00:00.000001Z WARNING ExtHandler ExtHandler MonitorHandler thread died, restarting", "MonitorHandler thread died, restarting"),
    ],
)  # fmt: skip
def test_columns_eat_no_word_of_the_message(line: str, text: str) -> None:
    assert only("waagent_log", line).text == text


def test_handler_version_and_sequence_are_fields() -> None:
    event = only(
        "waagent_log",
        f'2024-05-30T13:15:45.332037Z INFO ExtHandler [{SNAPSHOT}-1.0.9218.0] Executing command: x with environment variables: {{"ConfigSequenceNumber": "25"}}',
    )
    assert event.fields == {"handler": SNAPSHOT, "version": "1.0.9218.0", "sequence": 25}


def test_event_line_names_handler_and_operation() -> None:
    event = only(
        "waagent_log",
        f"2018/01/30 15:07:32.716273 ERROR Event: name={SNAPSHOT}, op=Install, message=[ExtensionError] Non-zero exit code: 127, main/handle.sh install, duration=0",
    )
    assert event.fields == {"handler": SNAPSHOT, "op": "Install"}
    assert event.component == SNAPSHOT


def test_event_line_cut_before_its_message_still_names_the_operation() -> None:
    event = only("waagent_log", f"2024-05-30T13:15:47.339279Z ERROR ExtHandler ExtHandler Event: name={SNAPSHOT}, op=Enable")
    assert event.fields == {"handler": SNAPSHOT, "op": "Enable"}


def packed(message: str) -> str:
    return base64.b64encode(zlib.compress(message.encode())).decode()


def test_packed_message_is_read_in_clear_and_keeps_its_line() -> None:
    clear = "Agent WALinuxAgent-2.2.46 launched with command 'python3 -u /usr/sbin/waagent -run-exthandlers' failed with return code: 1\nsecond line"
    line = f"2021-01-01T00:00:00.000001Z ERROR ExtHandler Event: name=WALinuxAgent, op=Enable, message={packed(clear)}, duration=0"
    event = only("waagent_log", line)
    assert "failed with return code: 1 second line, duration=0" in event.text
    assert "\n" not in event.text
    assert event.raw == line


@pytest.mark.parametrize("message", ["eJ", "eJxLTEoGAAJNASc=", "eJ////////////////", "<>", packed("x" * 10_000_000)])
def test_packed_message_that_does_not_unpack_costs_nothing(message: str) -> None:
    event = only(
        "waagent_log", f"2021-01-01T00:00:00.000001Z ERROR ExtHandler Event: name=WALinuxAgent, op=Enable, message={message}, duration=0"
    )
    assert event.fields["op"] == "Enable"
    assert len(event.text) < 70_000


def test_traceback_belongs_to_the_record_before_it() -> None:
    first, second = events(
        "waagent_log",
        "2017/08/02 15:09:57.752121 WARNING Traceback (most recent call last):\n"
        '  File "/usr/lib/python3/dist-packages/azurelinuxagent/ga/update.py", line 280, in run\n'
        "    test_agent = self.get_test_agent()\n"
        "2017/08/02 15:09:57.752122 INFO next\n",
    )
    assert (first.line, first.until_line, second.line) == (1, 3, 4)
    assert first.text.endswith("self.get_test_agent()")


def test_first_line_cut_in_its_stamp_keeps_its_level() -> None:
    first, _ = events(
        "waagent_log",
        "41456 ERROR Event: name=WALinuxAgent, op=ExtensionProcessing, message=x, duration=0\n2018/01/12 18:02:23.157512 WARNING y\n",
    )
    assert (first.level, first.component, first.stamp) == ("ERROR", "WALinuxAgent", None)


def test_pasted_lines_without_stamps_are_records_with_their_levels() -> None:
    found = events(
        "waagent_log",
        "ERROR:Exception: WriteToFolder:Too many file under /var/lib/waagent/events exit\nERROR:\nWARNING Daemon Agent WALinuxAgent-2.2.45 launched with command\n",
    )
    assert [(event.level, event.component, event.text) for event in found] == [
        ("ERROR", "", "Exception: WriteToFolder:Too many file under /var/lib/waagent/events exit"),
        ("ERROR", "", ""),
        ("WARNING", "Daemon", "Agent WALinuxAgent-2.2.45 launched with command"),
    ]


def test_one_file_holds_the_clocks_of_two_agents() -> None:
    found = events(
        "waagent_log",
        "2021/04/08 21:29:33.434981 INFO Daemon Determined Agent\n2021-04-08T21:29:34.125335Z INFO ExtHandler ExtHandler The agent\n",
    )
    assert [event.stamp.clock for event in found if event.stamp] == [Clock.LOCAL, Clock.UTC]


def test_other_programs_lines_are_no_records_of_the_agent() -> None:
    found = events(
        "waagent_log",
        "2017/06/17 22:20:18.227809 INFO a\n2017-06-17 22:20:18,229 DEBG 'walinuxagent' stdout output:\n2017/06/17 22:20:18.227894 INFO b\n",
    )
    assert [event.line for event in found] == [1, 3]


def test_nuls_of_a_crash_before_a_record_do_not_hide_it() -> None:
    (event,) = events("waagent_log", b"\0" * 40_000 + b"2023-04-07T04:09:17.716303Z INFO ExtHandler ExtHandler back again\n")
    assert event.text == "back again"


def test_record_behind_more_nuls_than_are_read_at_once_keeps_its_stamp() -> None:
    *_, event = events("waagent_log", b"\0" * 70_000 + b"2023-04-07T04:09:17.716303Z INFO ExtHandler ExtHandler back again\n")
    assert (event.stamp, event.line) == (utc(2023, 4, 7, 4, 9, 17, 716303), 1)
    assert event.text.endswith("back again")


def test_silence_is_evidence_for_the_agents_log_only() -> None:
    assert waagent_log.FORMAT.silence == timedelta(minutes=35)
    assert command_execution_log.FORMAT.silence is None
    assert command_execution_log.FORMAT.blocks
