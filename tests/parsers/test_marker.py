"""A marker file says what it says by existing."""

from __future__ import annotations

from tests.parsers.members import read


def test_empty_marker_is_a_state() -> None:
    member = read("var/lib/waagent/disable_agent", b"")
    assert (member.kind, member.only.text, member.only.fields, member.only.state) == (
        "disable-agent",
        "disable_agent",
        {"present": True},
        True,
    )
    assert not member.problems


def test_content_of_a_marker_does_not_matter() -> None:
    assert read("device_0/var/lib/waagent/disable_agent", b"\0password=1").only.raw == "disable_agent"
