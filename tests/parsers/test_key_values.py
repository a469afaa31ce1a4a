"""Small files of assignments."""

from __future__ import annotations

from analyzer.parsers.key_values import unquoted
from tests.parsers.members import read


def test_mode_of_selinux_is_a_key_value() -> None:
    data = "\n# This file controls the state of SELinux on the system.\n# SELINUX= can take one of these three values:\nSELINUX=enforcing\nSELINUXTYPE=targeted\n"
    member = read("etc/selinux/config", data)
    assert [(event.kind, event.code, event.fields["value"], event.line) for event in member.events] == [
        ("key-value", "SELINUX", "enforcing", 4), ("key-value", "SELINUXTYPE", "targeted", 5),
    ]  # fmt: skip
    assert member.kind == "selinux-config" and not member.problems


def test_commented_out_value_is_not_evidence() -> None:
    assert read("etc/selinux/config", "#SELINUX=disabled\n").events == []


def test_quotes_are_the_shells() -> None:
    assert unquoted('"a \\"b\\" \\$c"') == 'a "b" $c'
    assert unquoted("'x y'") == "x y"
    assert unquoted('"') == '"'


def test_line_that_assigns_nothing_is_reported() -> None:
    assert read("etc/selinux/config", "SELINUX enforcing\n").problems[0].problem == "line 1 is no assignment"
