"""What can still be read of a JSON document that breaks off: a log that was cut, an answer that was copied in part."""

from __future__ import annotations

import re
from typing import Any

import orjson

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\\x00-\x1f]|\\.)*")|(?P<mark>[{}\[\],:])|(?P<plain>(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-]))'
)
_BLANK = re.compile(r"\s*")
_CLOSES = {"{": "}", "[": "]"}


def until_break(text: str) -> Any:
    """The value that `text` begins, with everything that is complete before the break; None if there is nothing.

    A string that the break cuts is kept as far as it goes on its line: a code is often known by its beginning.
    """
    stack: list[str] = []
    at, safe, last = 0, 0, ""
    while True:
        at = _blank_end(text, at)
        token = _TOKEN.match(text, at)
        if token is None:
            break
        found = token["mark"] or "value"
        if found == "value" and _is_key(stack, last):
            found = "key"
        if not _fits(found, last, stack):
            break
        if found in _CLOSES:
            stack.append(found)
        elif found in _CLOSES.values():
            stack.pop()
        at, last = token.end(), found
        if found not in ("key", ":", ","):
            safe = at
        if not stack:
            break
    closers = "".join(_CLOSES[one] for one in reversed(stack))  # what is open at the end was open at `safe`: keys and marks open nothing
    cut = _cut_string(text[at:]) if stack and _fits("value", last, stack) and not _is_key(stack, last) else None
    return _loads(text[:at] + cut + closers) if cut is not None else _loads(text[:safe] + closers)


def _blank_end(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank is not None else at


def _is_key(stack: list[str], last: str) -> bool:
    return bool(stack) and stack[-1] == "{" and last in ("{", ",")


def _fits(found: str, last: str, stack: list[str]) -> bool:
    """Whether a token may stand behind the one before it."""
    inside = stack[-1] if stack else ""
    ended = last in ("value", "}", "]")
    if found == ":":
        return last == "key"
    if found == ",":
        return ended and bool(stack)
    if found in ("}", "]"):
        return bool(stack) and _CLOSES[inside] == found and (ended or last == inside)
    if found == "key":
        return True
    return last in ("", ":", "[") or (last == "," and inside == "[")


def _cut_string(rest: str) -> str | None:
    """The string that `rest` begins and does not end, closed at the end of its line."""
    match = re.match(r'"(?P<begun>(?:[^"\\\x00-\x1f]|\\.)*)', rest)
    return f'"{match["begun"]}"' if match is not None else None


def _loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
