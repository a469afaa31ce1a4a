"""Which agent is installed, and which one runs."""

from __future__ import annotations

from tests.parsers.members import read


def test_installed_and_running_version_are_told_apart() -> None:
    text = "WALinuxAgent-2.2.46 running on ubuntu 18.04\nPython: 3.6.9\nGoal state agent: 2.9.1.1\n"
    event = read("waagent--version.txt", text).only
    assert event.fields == {"daemon": "2.2.46", "distro": "ubuntu 18.04", "python": "3.6.9", "goal_state": "2.9.1.1"}
    assert (event.line, event.until_line, event.raw) == (1, 3, text.rstrip("\n"))


def test_old_agent_prints_only_its_own_version() -> None:
    assert read("waagent-version.txt", "WALinuxAgent-2.0.18\n").only.fields == {"daemon": "2.0.18"}


def test_two_outputs_are_two_events() -> None:
    text = "$ waagent --version\nWALinuxAgent-2.2.46 running on ubuntu 18.04\nGoal state agent: 2.2.46\n" * 2
    assert [event.line for event in read("notes.txt", text).events] == [2, 5]
