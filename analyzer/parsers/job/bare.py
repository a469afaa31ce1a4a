"""Errors without any label: a documented message, a code in a sentence, or `CODE : message`.

Guest logs mention codes too, so this reads short texts only, and of them no lines of a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.known_errors import messages_in, names_in
from analyzer.model import Event
from analyzer.parsers.job.copied_text import CopiedText, joined
from analyzer.parsers.job.event import copied

LONGEST = 64 << 10  # characters of a text that somebody copied
_LOG_LINE = re.compile(r"\W{0,3}(?:\d{4}[-/]\d\d[-/]\d\d[ T]|\d\d?/\d\d?/\d{4} \d|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d|type=\w)")
_HEADED = re.compile(r"^\W{0,4}(?P<code>[A-Za-z][\w-]{5,119})\W{0,3}(?:\s:|:|\s-)\s+(?P<message>\S.*)$", re.DOTALL)
_WRAPPED = 3  # lines over which a console wraps a message


def read(text: CopiedText) -> Iterator[Event]:
    """Per error a `portal-error` for its code, if it is named, and a `portal-text` for its message."""
    if len(text.document.text) > LONGEST:
        return
    blocks: dict[tuple[str, ...], int] = {}  # what is said again is the same error
    for lines in list(text.paragraphs()):
        at = 0
        while at < len(lines):
            taken = next((size for size in range(1, _WRAPPED + 1) if at + size <= len(lines) and _tells(lines[at : at + size])), 0)
            if taken and not _LOG_LINE.match(lines[at][1]):
                yield from _events(text, lines[at : at + taken], blocks)
            at += max(taken, 1)


def _tells(lines: list[tuple[int, str]]) -> bool:
    said = joined(line for _, line in lines)
    return bool(names_in(said) or messages_in(said))


def _events(text: CopiedText, lines: list[tuple[int, str]], blocks: dict[tuple[str, ...], int]) -> Iterator[Event]:
    said = joined(line for _, line in lines)
    where, named = text.place(lines[0][0], lines[-1][0]), names_in(said)
    meant = tuple(name.code for name in named) or tuple(messages_in(said))
    block = blocks[meant] if meant in blocks else blocks.setdefault(meant, text.next_block())
    for name in named:
        yield copied(where, "code", name.as_written, block)
    headed = _HEADED.match(said)
    yield copied(where, "message", headed["message"] if headed and named else said, block)
    text.take(number for number, _ in lines)
