"""`waagent --version`: the installed agent and the one that runs.

Format: version() in azurelinuxagent/agent.py (Azure/WALinuxAgent); the 2.0 script prints its own version only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-waagent-version"

_LINES = (
    re.compile(r"(?:WALinuxAgent|Azure Linux Agent)[-/ ](?P<daemon>\d+(?:\.\d+)+)(?: running on (?P<distro>.+))?"),
    re.compile(r"Python: (?P<python>\d+(?:\.\d+)+)"),
    re.compile(r"Goal state agent: (?P<goal_state>\d+(?:\.\d+)+)"),
)


def parse(document: Document) -> Iterator[Event]:
    """One state event per output: fields `daemon` (installed), `goal_state` (running), `python`, `distro`, as far as printed."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    found: list[tuple[int, str]] = []
    fields: dict[str, Value] = {}
    for number, line in section.lines:
        match = next((match for expression in _LINES if (match := expression.fullmatch(line.strip()))), None)
        if match is None:
            continue
        values = {name: value.strip() for name, value in match.groupdict().items() if value}
        if fields.keys() & values.keys():
            yield _event(section, found, fields)
            found, fields = [], {}
        found.append((number, line))
        fields |= values
    if found:
        yield _event(section, found, fields)


def _event(section: Section, found: list[tuple[int, str]], fields: dict[str, Value]) -> Event:
    """The lines of one output, as one event."""
    first, last = found[0][0], found[-1][0]
    raw = "\n".join(line for _, line in found)
    until = last if last > first else None
    return Event(KIND, section.path, raw.strip(), line=first, until_line=until, fields=dict(fields), raw=raw, state=True)
