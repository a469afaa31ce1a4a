"""Log lines that a person pasted below an error: they stay what they are, records of their log."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers import vmsnapshot_log, waagent_log
from analyzer.parsers.job.copied_text import CopiedText
from analyzer.parsers.logs import LogFormat

_STAMP = r"\d{4}[-/]\d\d[-/]\d\d[ T][\d:.]+Z?"
_LOGS: tuple[tuple[str, LogFormat, re.Pattern[str]], ...] = (
    (
        "vmsnapshot-log",
        vmsnapshot_log.FORMAT,
        re.compile(rf"{_STAMP} (?:ERROR:)?\[Microsoft\.Azure\.\w+(?:\.\w+)*\.VMSnapshotLinux\S*-\d\.\d\]"),
    ),
    ("waagent-log", waagent_log.FORMAT, re.compile(rf"{_STAMP} (?:VERBOSE|INFO|WARNING|ERROR) (?:Daemon|ExtHandler|Agent|\[)")),
)
_STAMPED = re.compile(_STAMP)


def read(text: CopiedText) -> Iterator[Event]:
    """One event per record, of the log's kind; lines below one that have no stamp or begin blank belong to it."""
    numbers = list(text.left)
    at = 0
    while at < len(numbers):
        number = numbers[at]
        known = next(((kind, form) for kind, form, line in _LOGS if line.match(text.left[number])), None)
        end = at + 1
        if known is not None:
            while end < len(numbers) and numbers[end] == numbers[end - 1] + 1 and _continues(text.left[numbers[end]]):
                end += 1
            record = [text.left[line] for line in numbers[at:end]]
            yield known[1].event(known[0], text.document.path, "\n".join(record), number)
            text.take(numbers[at:end])
        at = end


def _continues(line: str) -> bool:
    """A further line of a record: of a traceback, indented behind its stamp or without one."""
    match = _STAMPED.match(line)
    return line[match.end() :].startswith("  ") if match is not None else line.startswith((" ", "\t")) and bool(line.strip())
