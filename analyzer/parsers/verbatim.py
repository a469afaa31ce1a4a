"""Finds what a document says as it is written there, for the excerpt of an event.

A parsed value has lost its spelling. These functions look it up again in the text: the key and scalar of a JSON member at any
level of escaping (JSON in a string of JSON), an element or start tag of XML. What cannot be found is given as `key: value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]  # offsets in the text

_BARE = re.compile(r"[^\s,}\]\"\\]+")
_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*"


def members(text: str, key: str, *, escaped: bool = False, start: int = 0) -> Iterator[Span]:
    """Where `"key": scalar` stands in `text`, in order. `escaped` wants those inside a string of JSON, else those outside."""
    expression = re.compile(rf'(?P<slashes>\\{{0,31}})"{re.escape(key)}(?P=slashes)"\s*:\s*')
    for match in expression.finditer(text, start):
        if bool(match["slashes"]) is escaped:
            yield match.start(), _end_of_scalar(text, match.end(), len(match["slashes"]))


def member(text: str, key: str, value: object, *, escaped: bool = False) -> str:
    """The first `"key": scalar` of `text`, as it is written there; of the other level if this one has none."""
    found = next(members(text, key, escaped=escaped), None) or next(members(text, key, escaped=not escaped), None)
    return text[found[0] : found[1]] if found else f"{key}: {value}"


def member_of(text: str, key: str, value: str) -> str:
    """`"key": "value"` with this very value, as it is written in `text`."""
    for begin, end in members(text, key):
        if text[begin:end].rstrip('"').endswith(value):
            return text[begin:end]
    return f"{key}: {value}"


def _end_of_scalar(text: str, at: int, slashes: int) -> int:
    """The end of the string or bare word at `at`; `at` itself before an object or list. `slashes` escape each quote of this level."""
    opening = "\\" * slashes + '"'
    if not text.startswith(opening, at):
        word = _BARE.match(text, at)
        return word.end() if word and text[at] not in "{[" else at
    position = text.find('"', at + len(opening))
    while position >= 0:
        first = position
        while text[first - 1] == "\\":
            first -= 1
        if (position - first) % (2 * (slashes + 1)) == slashes:  # a quote inside the string carries twice as many and one more
            return position + 1
        position = text.find('"', position + 1)
    return len(text)


def element(text: str, name: str, value: object) -> str:
    """The first element `name` of an XML text that holds nothing but text, with its tags, as it is written there."""
    found = re.search(rf"<(?P<tag>(?:[\w.-]+:)?{re.escape(name)})\b{_ATTRIBUTES}>[^<]*</(?P=tag)\s*>", text)
    return found[0] if found else f"{name}: {value}"


def start_tags(text: str, name: str) -> list[str]:
    """All start tags `name` of an XML text in order, as they are written there."""
    return [found[0] for found in re.finditer(rf"<(?:[\w.-]+:)?{re.escape(name)}(?=[\s/>]){_ATTRIBUTES}>", text)]
