"""Errors in one line or sentence: `Error Code: X. Error Message: Y` of PowerShell, `(Code: X)` of Azure Resource Manager, the repr of
Python and what else has the code and message of an object in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.copied_text import CopiedText, joined
from analyzer.parsers.job.event import Job, copied

_ONE_LINE = re.compile(
    r"(?:error ?code|错误代码|错误码)\s*[:：]\s*(?P<code>[A-Za-z][\w-]{3,119}|\d{5,9})[\s.,;。，；]{1,5}"
    r"(?:error ?message|错误消息|错误信息)\s*[:：]\s*(?P<message>.+)$",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[(（]Code: ?(?P<code>[A-Za-z]\w{3,119})[,)）]")
_QUOTED = re.compile(
    r"""(?P<q>['"])code(?P=q)\s*:\s*(?P<r>['"])(?P<code>[\w.-]{4,120})(?P=r)\s*(?:,\s*(?P=q)message(?P=q)\s*:\s*(?P<s>['"])(?P<message>(?:\\.|(?!(?P=s)).){0,4000})(?P=s))?""",
    re.DOTALL,
)
_RESTORES = re.compile(r"^\s*Restore-Az\w+\s*:|\bRestore Azure Backup Item Operation failed", re.IGNORECASE)


def read(text: CopiedText) -> Iterator[Event]:
    """`portal-error` and `portal-text`, one block per error; a cmdlet's failed restore is a `job` of its own, since it is no backup."""
    yield from _quoted(text)
    for lines in list(text.paragraphs()):
        yield from _in_brackets(text, lines)
    for lines in list(text.paragraphs()):
        yield from _one_line(text, lines)


def _one_line(text: CopiedText, lines: list[tuple[int, str]]) -> Iterator[Event]:
    """Both labels in one line; the message goes on to the end of the paragraph or to the next such line."""
    begins = [i for i, (_, line) in enumerate(lines) if _ONE_LINE.search(line)]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=False):
        first, last = lines[begin][0], lines[end - 1][0]
        match = _ONE_LINE.search(joined(line for _, line in lines[begin:end]))
        if match is None:
            continue
        where, code, said = text.place(first, last), match["code"], match["message"].strip()
        part = "number" if code.isdecimal() else "code"
        if any(_RESTORES.search(line) for _, line in lines[: begin + 1]):
            yield events_of.job(where, Job(operation="Restore", status="Failed"))
            key = events_of.job_key(where, "")
            yield events_of.error(where, key, part, code)
            yield events_of.error(where, key, "message", said)
        else:
            block = text.next_block()
            yield copied(where, part, code, block)
            yield copied(where, "message", said, block)
        text.take(range(first if begin else lines[0][0], last + 1))


def _in_brackets(text: CopiedText, lines: list[tuple[int, str]]) -> Iterator[Event]:
    """The codes in brackets of a paragraph, which stand behind what they name: the first is the outermost."""
    found = [(number, match["code"]) for number, line in lines for match in _IN_BRACKETS.finditer(line)]
    if not found:
        return
    block = text.next_block()
    for number, code in found:
        yield copied(text.place(number), "code", code, block)
    yield copied(text.place(lines[0][0], lines[-1][0]), "message", joined(line for _, line in lines), block)
    text.take(number for number, _ in lines)


def _quoted(text: CopiedText) -> Iterator[Event]:
    """Codes and messages of objects, the outermost first: they are one error."""
    whole = "\n".join(text.left.values())
    numbers = list(text.left)
    found = list(_QUOTED.finditer(whole))
    if not found:
        return
    block = text.next_block()
    for match in found:
        first = numbers[whole.count("\n", 0, match.start())]
        last = numbers[whole.count("\n", 0, match.end())]
        yield copied(text.place(first, last), "number" if match["code"].isdecimal() else "code", match["code"], block)
        if match["message"]:
            said = match["message"].replace("\\'", "'").replace('\\"', '"')
            yield copied(text.place(first, last), "message", said, block)
    for match in found:
        text.take(numbers[whole.count("\n", 0, match.start()) : whole.count("\n", 0, match.end()) + 1])
