"""syslog, journalctl, dmesg and the serial console."""

from __future__ import annotations

import pytest

from analyzer.model import Stamp
from tests.parsers.loglines import events, local, only, utc


@pytest.mark.parametrize(
    ("line", "stamp", "component", "level", "text"),
    [
        ("Nov 23 04:00:00 vm1 systemd[1]: Starting Azure Linux Agent...", local(1904, 11, 23, 4, year=False), "systemd", "", "Starting Azure Linux Agent..."),
        ("Nov  3 04:00:00.123456 vm1 systemd[1]: x", local(1904, 11, 3, 4, 0, 0, 123456, year=False), "systemd", "", "x"),
        ("Feb 29 04:00:00 vm1 systemd[1]: x", local(1904, 2, 29, 4, year=False), "systemd", "", "x"),
        ("Nov 23 04:00:00 vm1 kernel: [   12.345678] Out of memory: Killed process 1454 (python3)", local(1904, 11, 23, 4, year=False), "kernel", "", "Out of memory: Killed process 1454 (python3)"),
        ("Nov 23 04:00:00 vm1 last message repeated 3 times", local(1904, 11, 23, 4, year=False), "", "", "last message repeated 3 times"),
        ("2024-01-01T10:00:00.123456+02:00 vm1 systemd[1]: waagent.service: Main process exited, code=killed, status=9/KILL", utc(2024, 1, 1, 8, 0, 0, 123456), "systemd", "", "waagent.service: Main process exited, code=killed, status=9/KILL"),
        ("2024-01-01T10:00:00+0000 vm1 (waagent)[811]: Failed at step EXEC", utc(2024, 1, 1, 10), "(waagent)", "", "Failed at step EXEC"),
        ("Mon 2024-01-01 10:00:00 UTC vm1 systemd[1]: Reached target Shutdown.", utc(2024, 1, 1, 10), "systemd", "", "Reached target Shutdown."),
        ("[   12.345678] EXT4-fs (sda1): mounted filesystem", None, "kernel", "", "EXT4-fs (sda1): mounted filesystem"),
        ("[    0.000000][    T0] Linux version 6.8.0-1015-azure", None, "kernel", "", "Linux version 6.8.0-1015-azure"),
        ("[Mon Nov 23 04:00:00 2026] EXT4-fs error (device sdc1): ext4_find_entry:1455", local(2026, 11, 23, 4), "kernel", "", "EXT4-fs error (device sdc1): ext4_find_entry:1455"),
        ("2026-11-23T04:00:00,123456+00:00 Linux version 5.15", utc(2026, 11, 23, 4, 0, 0, 123456), "kernel", "", "Linux version 5.15"),
        ("kern  :err   : [   12.345678] blk_update_request: I/O error, dev sdc, sector 0", None, "kernel", "ERROR", "blk_update_request: I/O error, dev sdc, sector 0"),
        ("<4>[   12.345678] hv_netvsc: x", None, "kernel", "WARNING", "hv_netvsc: x"),
        ("<27>Nov 23 04:00:00 vm1 sshd[1]: x", local(1904, 11, 23, 4, year=False), "sshd", "ERROR", "x"),
        ("[   25.345678] cloud-init[811]: Cloud-init v. 23.1 running", None, "cloud-init", "", "Cloud-init v. 23.1 running"),
        ("-- Boot 5f0c2a1e9b6d4c7f8e3a1d2b3c4e5f60 --", None, "", "", "-- Boot 5f0c2a1e9b6d4c7f8e3a1d2b3c4e5f60 --"),
        ("Nov 23 04:00:00 vm1 NetworkManager[812]: <warn>  [1700000000.1234] device (eth0): link lost", local(1904, 11, 23, 4, year=False), "NetworkManager", "WARNING", "<warn>  [1700000000.1234] device (eth0): link lost"),
        ("Nov 23 04:00:00 vm1 app: 0 errors found, ERROR count 0", local(1904, 11, 23, 4, year=False), "app", "", "0 errors found, ERROR count 0"),
    ],
)  # fmt: skip
def test_line_of_every_writer_is_read(line: str, stamp: Stamp | None, component: str, level: str, text: str) -> None:
    event = only("syslog", line)
    assert (event.stamp, event.component, event.level, event.text, event.raw) == (stamp, component, level, text, line)


def test_host_and_pid_are_fields() -> None:
    assert only("syslog", "Nov 23 04:00:00 vm1 systemd[1]: x").fields == {"host": "vm1", "pid": 1}


def test_line_of_the_agent_in_a_journal_has_the_agents_level_and_clock() -> None:
    event = only(
        "syslog",
        "Mar 23 11:18:56 vm-cli python3[1454]: 2026-03-23T10:18:56.099257Z WARNING EnvHandler ExtHandler Dhcp client is not running.",
    )
    assert (event.component, event.level, event.text) == ("waagent", "WARNING", "Dhcp client is not running.")
    assert event.stamp == utc(2026, 3, 23, 10, 18, 56, 99257)


def test_other_line_of_the_same_program_stays_the_programs() -> None:
    event = only("syslog", "Mar 23 10:18:56 vm-cli python3[1454]: 2: eth0    inet6 fe80::22:48ff:fe37:9a31/64 scope link")
    assert (event.component, event.level) == ("python3", "")


@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        ("2026-03-23T10:18:56.136903Z INFO Daemon Daemon Azure Linux Agent Version:2.2.46", utc(2026, 3, 23, 10, 18, 56, 136903)),
        ("2019/04/12 06:17:29.427583 INFO Daemon Azure Linux Agent Version:2.2.46", local(2019, 4, 12, 6, 17, 29, 427583)),
    ],
)
def test_line_of_the_agent_on_the_console_is_the_agents(line: str, stamp: Stamp) -> None:
    event = only("syslog", line)
    assert (event.component, event.level, event.text, event.stamp) == ("waagent", "INFO", "Azure Linux Agent Version:2.2.46", stamp)


def test_console_lines_without_stamps_are_records_of_their_own() -> None:
    text = "[    1.000000] Linux version 5.15\r\n[\x1b[0;1;31mFAILED\x1b[0m] Failed to start Azure Linux Agent.\r\nSee 'systemctl status walinuxagent.service' for details.\r\n\r\nUbuntu 22.04.3 LTS vm1 ttyS0\r\n\r\nvm1 login: "
    found = events("syslog", text)
    assert [event.line for event in found] == [1, 2, 3, 5, 7]
    assert (found[1].level, found[1].text) == ("ERROR", "[FAILED] Failed to start Azure Linux Agent.")
    assert found[1].raw.startswith("[\x1b[0;1;31mFAILED")


def test_console_lines_of_the_freeze_are_the_backup_extensions() -> None:
    found = events("syslog", "2019-11-23 21:12:22.536345  Info  inside while with sig_handle 0 \n2024-11-23 21:12:24.539222  Error  x \n")
    assert [(event.component, event.level, event.text) for event in found] == [
        ("VMSnapshotLinux", "INFO", "inside while with sig_handle 0"),
        ("VMSnapshotLinux", "ERROR", "x"),
    ]
    assert [event.stamp for event in found] == [local(2019, 11, 23, 21, 12, 22, 536345), utc(2024, 11, 23, 21, 12, 24, 539222)]


def test_indented_line_continues_the_one_before() -> None:
    found = events("syslog", "Nov 23 04:00:00 vm1 app[1]: first\n                         second\nNov 23 04:00:01 vm1 app[1]: third\n")
    assert [(event.line, event.text.count("\n")) for event in found] == [(1, 1), (3, 0)]


def test_cloud_init_line_on_the_console_is_utc() -> None:
    event = only("syslog", "2024-01-01 10:00:00,123 - util.py[WARNING]: Failed running /var/lib/cloud/instance/scripts/runcmd [1]")
    assert (event.level, event.stamp) == ("WARNING", utc(2024, 1, 1, 10, 0, 0, 123000))
