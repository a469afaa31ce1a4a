"""Which Python answers, or that none does."""

from __future__ import annotations

from tests.parsers.members import read


def test_version_is_read() -> None:
    assert read("python3_--version", "Python 3.13.0rc1\n").only.fields["version"] == "3.13.0rc1"


def test_command_that_is_missing_has_no_version() -> None:
    text = "$ python3 --version\nPython 3.6.8\n$ python --version\n-bash: python: command not found\n"
    first, second = read("python3_--version", text).events
    assert first.fields == {"version": "3.6.8", "command": "python3"}
    assert (second.fields, second.level) == ({"version": None, "command": "python"}, "ERROR")


def test_command_that_sh_does_not_find_has_no_version() -> None:
    assert read("python_--version", "sh: 1: python2.7: not found\n").only.fields == {"version": None, "command": "python2.7"}
