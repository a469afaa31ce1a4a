"""Which words are a level, and where."""

from __future__ import annotations

import pytest

from analyzer.parsers import levels


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("ERROR failed", "ERROR"),
        ("Error: failed", "ERROR"),
        ("[Warning] slow", "WARNING"),
        ("<warn>  slow", "WARNING"),
        ("module.py [12] CRITICAL failed", "ERROR"),
        ("root - INFO - fine", "INFO"),
        ("a=1 level=debug msg=x", "VERBOSE"),
        ('{"msg":"x","severity":"Fatal"}', "ERROR"),
        ("|ERROR| failed", "ERROR"),
        ("no error at all", ""),
        ("errorMsg: None", ""),
        ("is size computation failed : False", ""),
        ("Information about the disk", ""),
        ("sublevel=error", ""),
        ("", ""),
    ],
)
def test_level_is_what_the_line_states(line: str, level: str) -> None:
    assert levels.of_line(line) == level


def test_every_severity_of_syslog_has_a_level() -> None:
    assert [levels.SEVERITIES[number] for number in (0, 3, 4, 6, 7)] == ["ERROR", "ERROR", "WARNING", "INFO", "VERBOSE"]
