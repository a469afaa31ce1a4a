"""State of a unit, and since when."""

from __future__ import annotations

import pytest

from tests.parsers.loglines import local, utc
from tests.parsers.members import read

HEAD = "● walinuxagent.service - Azure Linux Agent\n     Loaded: loaded (/lib/systemd/system/walinuxagent.service; enabled; vendor preset: enabled)\n    Drop-In: /usr/lib/systemd/system/walinuxagent.service.d\n"


@pytest.mark.parametrize(
    ("active", "fields", "level"),
    [
        ("     Active: active (running) since Mon 2024-01-01 10:00:00 UTC; 1 day ago", {"active": "active", "sub": "running", "result": None, "since": "2024-01-01T10:00:00Z"}, ""),
        ("     Active: failed (Result: exit-code) since Mon 2024-01-01 10:00:00 CET; 1min ago", {"active": "failed", "sub": "", "result": "exit-code", "since": "2024-01-01T10:00:00"}, "ERROR"),
        ("     Active: activating (auto-restart) (Result: signal) since Mon 2024-01-01 10:00:00 UTC; 3s ago", {"active": "activating", "sub": "auto-restart", "result": "signal"}, ""),
        ("     Active: inactive (dead)", {"active": "inactive", "sub": "dead", "since": None}, ""),
    ],
)  # fmt: skip
def test_active_line_tells_the_state(active: str, fields: dict[str, object], level: str) -> None:
    event = read(
        "systemctl_status_walinuxagent",
        f"{HEAD}{active}\n   Main PID: 811 (python3)\nJan 01 10:00:00 vm1 systemd[1]: Started Azure Linux Agent.\n",
    ).only
    assert {name: event.fields[name] for name in fields} == fields
    assert {name: event.fields[name] for name in ("unit", "loaded", "enabled")} == {
        "unit": "walinuxagent.service",
        "loaded": "loaded",
        "enabled": "enabled",
    }
    assert (event.line, event.level, event.component, event.raw) == (4, level, "walinuxagent.service", active)


def test_state_holds_since_its_stamp() -> None:
    text = f"{HEAD}   Active: active (running) since Mon 2024-01-01 10:00:00 UTC; 1 day ago\n\n* x.service\n   Loaded: loaded (/x; disabled)\n   Active: inactive (dead) since Mon 2024-01-01 10:00:00 CET; 1 day ago\n"
    first, second = read("systemctl_status", text).events
    assert (first.stamp, second.stamp) == (utc(2024, 1, 1, 10), local(2024, 1, 1, 10))
    assert second.fields["enabled"] == "disabled"


def test_masked_and_missing_units_are_told_apart() -> None:
    text = "● waagent.service\n   Loaded: masked (Reason: Unit waagent.service is masked.)\n   Active: inactive (dead)\nUnit walinuxagent.service could not be found.\n"
    masked, missing = read("systemctl_status", text).events
    assert (masked.fields["loaded"], masked.fields["enabled"]) == ("masked", "masked")
    assert (missing.fields["unit"], missing.fields["loaded"], missing.level) == ("walinuxagent.service", "not-found", "ERROR")


def test_one_word_answers_belong_to_the_unit_that_was_asked_for() -> None:
    text = "[root@vm ~]# systemctl is-enabled walinuxagent\ndisabled\n[root@vm ~]# systemctl is-active waagent.service\ninactive\n[root@vm ~]# systemctl status x\n● x.service\n   Loaded: loaded (/x; enabled)\n   Active: active (running)\n"
    assert [event.fields for event in read("systemctl_status", text).events][:2] == [
        {"unit": "walinuxagent.service", "enabled": "disabled"},
        {"unit": "waagent.service", "active": "inactive"},
    ]
