"""Where the value of a JSON Pointer stands in the text of its document, so that a report can show the lines around it."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # public in CPython, missing in the stubs

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False)


def place_of(text: str, pointer: str) -> tuple[int, int] | None:
    """Begin and end (characters) of the value at `pointer`; of a member of an object its name is part of it. None if it is not there.

    Names are compared without case: tools disagree about it (analyzer/parsers/document.py, `folded`). Values beside the way are
    skipped by the standard reader, so the cost is that of reading the document once.
    """
    names = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    try:
        begin = shown = _skip(text, 0)
        for name in names:
            found = _member(text, begin, name) if text[begin : begin + 1] == "{" else _item(text, begin, name)
            if found is None:
                return None
            shown, begin = found
        return shown, _DECODER.raw_decode(text, begin)[1]
    except (ValueError, IndexError, RecursionError):  # not JSON, or not to its end: there is no place to show
        return None


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _member(text: str, at: int, wanted: str) -> tuple[int, int] | None:
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, end = scanstring(text, at + 1, False)
        value = _skip(text, _skip(text, end) + 1)
        if name.lower() == wanted.lower():
            return at, value
        at = _skip(text, _DECODER.raw_decode(text, value)[1])
        if text[at] != ",":
            return None
        at = _skip(text, at + 1)
    return None


def _item(text: str, at: int, wanted: str) -> tuple[int, int] | None:
    if text[at] != "[" or not wanted.isdigit():
        return None
    at = _skip(text, at + 1)
    for _ in range(int(wanted)):
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        if text[at] != ",":
            return None
        at = _skip(text, at + 1)
    return at, at
