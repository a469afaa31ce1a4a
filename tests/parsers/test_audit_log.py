"""audit.log: what was refused, and what was only reported."""

from __future__ import annotations

import pytest

from tests.parsers.loglines import events, local, only, utc


def test_denial_of_selinux_names_program_and_object() -> None:
    event = only(
        "audit_log",
        'type=AVC msg=audit(1700000000.123:45): avc:  denied  { read } for  pid=1454 comm="python3" path="/var/lib/waagent/x" dev="sda1" ino=12 scontext=a tcontext=b tclass=file permissive=0',
    )
    assert (event.component, event.stamp) == ("AVC", utc(2023, 11, 14, 22, 13, 20, 123000))
    assert event.fields == {"comm": "python3", "path": "/var/lib/waagent/x", "denied": True, "permissive": False}
    assert event.text.startswith("avc:  denied")


@pytest.mark.parametrize(
    ("text", "denied", "permissive"),
    [
        ('avc:  denied  { read } for  comm="x" permissive=1', False, True),
        ('avc:  granted  { read } for  comm="x"', False, False),
        ('apparmor="DENIED" operation="open" profile="x" name="/etc/azure" comm="x"', True, False),
        ('apparmor="ALLOWED" operation="open" profile="x" name="/etc/azure" comm="x"', False, True),
        ("resp=2 fan_type=1 fan_info=3137 subj_trust=3 obj_trust=5", True, False),
        ("resp=1 fan_type=0 fan_info=3F subj_trust=2 obj_trust=2", False, False),
    ],
)
def test_only_a_real_refusal_is_denied(text: str, denied: bool, permissive: bool) -> None:
    fields = only("audit_log", f"type=AVC msg=audit(1700000000.123:45): {text}").fields
    assert (fields["denied"], fields["permissive"]) == (denied, permissive)


def test_record_that_judges_nothing_has_no_verdict() -> None:
    fields = only("audit_log", 'type=SYSCALL msg=audit(1700000000.123:45): arch=c000003e syscall=257 success=no comm="python3"').fields
    assert fields == {"comm": "python3"}


def test_names_in_hexadecimal_are_read() -> None:
    name = b"/mnt/my dir/x".hex().upper()
    event = only("audit_log", f"type=PATH msg=audit(1700000000.123:45): item=0 name={name} inode=1")
    assert event.fields["path"] == "/mnt/my dir/x"


def test_output_of_ausearch_is_read() -> None:
    text = '----\ntime->Mon Nov 23 04:00:00 2026\nnode=vm1 type=AVC msg=audit(1700000000.123:45): avc:  denied  { open } for comm="x"\ntype=USER_CMD msg=audit(11/23/2026 04:00:00.123:45) : pid=811 cmd=waagent\n'
    found = [event for event in events("audit_log", text) if event.component]
    assert [(event.component, event.line) for event in found] == [("AVC", 3), ("USER_CMD", 4)]
    assert found[1].stamp == local(2026, 11, 23, 4, 0, 0, 123000)
