"""`tasklist`, Get-Process, Win32_Process: which programs run, and whether the agent is among them.

A list proves that the agent does not run only if it is a whole one: it then has the process `System` (number 4), and nobody asked for
a choice of processes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import properties, saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-tasklist"

_RULE = re.compile(r"={5,}(?: =+)+\s*")
_ROW = re.compile(r"(?P<image>\S.*?)\s+(?P<pid>\d{1,10})(?:\s.*)?")
_AGENTS = ("waappagent", "windowsazureguestagent")
_AGENT = re.compile(rf"(?i)(?:{'|'.join(_AGENTS)})(?:\.e?x?e?)?")  # a column of 25 characters cuts the longer name
_KNOWN = ("imagename", "processname", "pid", "processid", "caption", "id")
_CHOICE = re.compile(r"(?i)/fi\b|findstr|\bfind\b|select-string|where|-name\b|waappagent|windowsazureguest")
_MOST = 5_000
_SYSTEM = 4


def parse(document: Document) -> Iterator[Event]:
    """A state event for the list, field `agent_running` (absent where the list cannot tell) and `processes`; and one per process with
    `image` and `pid`."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    processes = list(_processes(section))[:_MOST]
    agents = [image for _, _, image, _ in processes if _AGENT.fullmatch(image)]
    whole = any(pid == _SYSTEM for _, _, _, pid in processes) and not _CHOICE.search(section.command)
    asked = any(agent in section.command.lower() for agent in _AGENTS)
    if not processes:
        first = next(((number, line) for number, line in section.lines if line.strip()), None)
        if asked and first is not None:
            yield _list(section, 0, False, first[0], None, first[1])
        return
    running = True if agents else False if whole or asked else None
    number, raw = processes[0][0], processes[0][1]
    last = processes[-1][0]
    yield _list(section, len(processes), running, number, last if last > number else None, raw)
    for number, raw, image, pid in processes:
        yield Event(KIND, section.path, raw.strip(), line=number, component=image, fields={"image": image, "pid": pid}, raw=raw, state=True)


def _list(section: Section, count: int, running: bool | None, line: int, until: int | None, raw: str) -> Event:
    fields: dict[str, Value] = {"processes": count}
    if running is not None:
        fields["agent_running"] = running
    text = f"{count} processes" + (", the agent among them" if running else ", not the agent" if running is False else "")
    return Event(KIND, section.path, text, line=line, until_line=until, fields=fields, raw=raw, state=True)


def _processes(section: Section) -> Iterator[tuple[int, str, str, int]]:
    """Line, row, image and number of each process."""
    table = False
    for number, line in section.lines:
        if _RULE.fullmatch(line):
            table = True
        elif table and not line[:1].isspace() and (match := _ROW.fullmatch(line.rstrip())):
            yield number, line, match["image"].strip(), int(match["pid"])
    if table:
        return
    unruled = [line for _, line in section.lines if line.strip()]
    if unruled and all(re.fullmatch(r"\S.{0,60}?\s+\d{1,10} \S+\s+\d+\s+[\d.,\u00a0\s]+ ?\S{1,2}", line) for line in unruled[:5]):
        for number, line in section.lines:  # rows that a filter took from a table, or /nh
            if match := _ROW.fullmatch(line.rstrip()):
                yield number, line, match["image"].strip(), int(match["pid"])
        return
    for number, line in section.lines:  # /fo csv has translated names, in a fixed order
        if match := re.match(r'"([^"]+)","(\d{1,10})"', line.lstrip("\ufeff")):
            table = True
            yield number, line, match[1], int(match[2])
    if table:
        return
    for item in properties.items(section, _KNOWN):
        image, pid = item.get("imagename", "processname", "name", "caption"), item.get("pid", "processid", "id")
        if image and re.fullmatch(r"\d{1,10}", pid):
            yield item.line, item.raw, image, int(pid)
