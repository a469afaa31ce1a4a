"""`ps`: whether the agent runs.

Any set of columns of procps and busybox: the header says which there are, the last one is the command. `ps -e` prints the program's
short name only (`python3` for an agent that systemd started), so a list of names proves that the agent runs, never that it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model import Event, Value
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-ps"

_SHAPES = (  # rows of a list whose header `grep` has eaten: -ef, aux
    re.compile(r"\s*\S+\s+(?P<pid>\d+)\s+\d+\s+\d+\s+\S+\s+\S+\s+[\d:-]+\s(?P<command>.+)"),
    re.compile(r"\s*\S+\s+(?P<pid>\d+)\s+[\d.]+\s+[\d.]+\s+\d+\s+\d+\s+\S+\s+\S+\s+\S+\s+[\d:]+\s(?P<command>.+)"),
)
_DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}")  # the column lstart is five words
_DAEMON = re.compile(r"(?:\S*python[\d.]*\s+(?:-\S+\s+)*)?(?:\S*/)?waagent(?:\s+(?:-daemon|-start|--daemon))?\s*")
_HANDLER = re.compile(
    r"(?:\S*python[\d.]*\s+(?:-\S+\s+)*)?\S*(?:waagent|WALinuxAgent\S*)\s.*-run-exthandlers\b.*|\S*python.*\s-run-exthandlers\b.*"
)
_GREP = re.compile(r"(?:\S*/)?[ef]?grep\s.*(?:waagent|WALinux)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Process:
    line: int
    raw: str
    pid: int
    command: str

    @property
    def role(self) -> str:
        """`exthandlers` for the process that runs extensions, `daemon` for the one that starts it, '' for any other."""
        if "<defunct>" in self.command:
            return ""
        return "exthandlers" if _HANDLER.fullmatch(self.command) else "daemon" if _DAEMON.fullmatch(self.command) else ""


def parse(document: Document) -> Iterator[Event]:
    """A state event for the list, field `agent_running` (absent where the list cannot tell), and one per process of the agent with
    `pid`, `command`, `role`."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    processes: list[_Process] = []
    header, last = 0, ""
    for number, line in section.lines:
        if _is_header(line.split()):
            header, last = number, line
        elif (process := _process(number, line, last)) is not None:
            processes.append(process)
    if not processes:
        return
    agents = [process for process in processes if process.role]
    fields: dict[str, Value] = {"processes": len(processes)}
    if (running := _running(section, processes, bool(agents), bool(header))) is not None:
        fields["agent_running"] = running
    first = header or processes[0].line
    raw = last if header else processes[0].raw
    text = f"{len(processes)} processes" + (", one of the agent" if agents else "")
    last_line = processes[-1].line
    until = last_line if last_line > first else None
    yield Event(KIND, section.path, text, line=first, until_line=until, fields=fields, raw=raw, state=True)
    for process in agents:
        fields = {"pid": process.pid, "command": process.command, "role": process.role}
        yield Event(
            KIND, section.path, process.raw.strip(), line=process.line, component="waagent", fields=fields, raw=process.raw, state=True
        )


def _is_header(words: list[str]) -> bool:
    return "PID" in words and words[-1] in ("CMD", "COMMAND")


def _running(section: Section, processes: list[_Process], found: bool, header: bool) -> bool | None:
    """Whether the agent runs; None if the list does not show every process by its full command."""
    if found:
        return True
    if any(_GREP.match(process.command) for process in processes) or re.search(r"\|.*waagent", section.command):
        return False
    if not header or all(process.pid != 1 for process in processes):
        return None
    by_command = any(process.command.startswith(("/", "[")) for process in processes)  # kernel threads have brackets, if not by name
    return False if by_command or not any("python" in process.command for process in processes) else None


def _process(number: int, line: str, header: str) -> _Process | None:
    if not header:
        match = next((match for shape in _SHAPES if (match := shape.fullmatch(line))), None)
        return _Process(number, line, int(match["pid"]), match["command"].strip()) if match else None
    columns = header.split()
    words = _DATE.sub(lambda date: date[0].replace(" ", "_"), line).split(None, len(columns) - 1)
    place = columns.index("PID")
    if len(words) < len(columns) or not words[place].isdecimal():
        return None
    return _Process(number, line, int(words[place]), words[-1].strip().lstrip("|\\_ "))
