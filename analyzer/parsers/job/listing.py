"""Jobs and their errors as Format-List and Format-Table of PowerShell show them, and `$job.ErrorDetails` at a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from analyzer.model import Event
from analyzer.parsers.job import powershell
from analyzer.parsers.job.copied_text import CopiedText, joined
from analyzer.parsers.job.event import Place, copied
from analyzer.parsers.platform.thing import Thing

_MEMBER = re.compile(r"^(?P<indent>\s*)(?P<name>[A-Za-z]\w{2,40})\s*: ?(?P<value>.*)$")
_NEEDED = frozenset(("jobid", "operation", "status"))
_PROMPT = re.compile(r"^\s*(?:PS [^>\n]*>|PS>)\s*(?P<command>.*)$")
_HEADER = re.compile(r"^\s*ErrorCode\s+ErrorMessage(?:\s+Recommendations)?\s*$")
_SHORTENED = re.compile(r"(?:\.\.\.|…)[}\]]?$")


def read(text: CopiedText) -> Iterator[Event]:
    """`job` and `job-error` events of a list of members; `portal-error` and `portal-text` of a table of errors."""
    yield from _lists(text)
    yield from _error_tables(text)


def _lists(text: CopiedText) -> Iterator[Event]:
    for paragraph in list(text.paragraphs()):
        members: dict[str, Any] = {}
        places: dict[str, int] = {}
        name, indent = "", 0
        for number, line in paragraph:
            match = _MEMBER.match(line)
            if match and (not name or len(match["indent"]) <= indent + 1):
                name, indent = match["name"].lower(), len(match["indent"])
                members[name], places[name] = match["value"].strip(), number
            elif name:
                members[name] = joined([members[name], line])
        if not set(members) >= _NEEDED:
            continue
        first, last = paragraph[0][0], paragraph[-1][0]
        thing = Thing(text.document.path, "", {key: _value(value) for key, value in members.items()}, _cut(text, first))
        for event in powershell.events(thing):
            key = (event.pointer or "").split("/")[1].lower() if event.pointer else ""
            yield _at_line(event, places.get(key, first))
        text.take(range(first, last + 1))


def _cut(text: CopiedText, line: int) -> Any:
    def problem(what: str, lost: str) -> None:
        text.document.problem(what.replace("was cut by ConvertTo-Json; convert again with -Depth 10", f"is not shown (line {line})"), lost)

    return problem


def _value(written: str) -> Any:
    """A member's value; `{a, b}` is how Format-List shows a list."""
    if written.startswith("{") and written.endswith("}"):
        inside = written[1:-1].strip()
        return [inside] if inside else []
    return written


def _at_line(event: Event, line: int) -> Event:
    fields = {**event.fields}
    if "#" in str(fields.get("job")):
        fields["job"] = f"{event.artifact}#{line}"
    return replace(event, line=line, pointer=None, fields=fields)


def _error_tables(text: CopiedText) -> Iterator[Event]:
    """`$job.ErrorDetails`: number, message and the beginning of the recommendations; the whole text of a later `.Recommendations`."""
    for number in list(text.left):
        if number not in text.left or not _HEADER.match(text.left[number]):
            continue
        rule = text.left.get(number + 1, "")
        starts = [match.start() for match in re.finditer(r"-+", rule)]
        if len(starts) < 2 or rule.strip(" -"):
            continue
        for row in range(number + 2, number + 200):
            line = text.left.get(row, "")
            if not line.strip() or _PROMPT.match(line):
                break
            yield from _error_row(text, row, line, starts)
        text.take(range(number, row))
    yield from _recommendations(text)


def _error_row(text: CopiedText, row: int, line: str, starts: list[int]) -> Iterator[Event]:
    cells = [line[begin:end].strip() for begin, end in zip([0, *starts[1:]], [*starts[1:], len(line)], strict=True)]
    block, where = text.next_block(), text.place(row)
    if cells[0]:
        part = "number" if cells[0].isdecimal() else "code"
        yield copied(where, part, cells[0], block, number=cells[0])
    if cells[1]:
        yield copied(where, "message", cells[1], block)
    if len(cells) > 2 and cells[2].strip("{}"):
        if _SHORTENED.search(cells[2]):
            text.document.problem(f"the console cut the recommendations (line {row})", "the rest of them, unless it stands elsewhere")
        yield copied(where, "recommendation", cells[2].strip("{}"), block)


def _recommendations(text: CopiedText) -> Iterator[Event]:
    for number, line in list(text.left.items()):
        prompt = _PROMPT.match(line)
        if prompt is None or not prompt["command"].rstrip().endswith(".Recommendations"):
            continue
        for row in range(number + 1, number + 50):
            following = text.left.get(row, "")
            if not following.strip() or _PROMPT.match(following):
                break
            place = Place(text.document.path, line=row, raw=following)
            yield copied(place, "recommendation", following.strip(), max(text.block, 0))
            text.take([row])
