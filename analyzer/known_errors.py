"""What the documents call errors: the names of codes and the texts of messages, and where a text holds one of them.

Both the table of artifacts (is this heap of lines an error that somebody copied?) and the diagnosis (which error is it?) ask this, so it
stands below all rooms. The words themselves are data: analyzer/catalogue/causes.yaml and symptoms.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from analyzer import resources

_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(wide): half for wide, half in zip("\u3000。、【】", " .,[]")
}
_NOT_SAID = re.compile(r"[\s\u200b\ufeff\"'“”‘’«»「」『』*`]+")  # blanks (a console wraps anywhere), quotes and markdown

_FIRST_LINES = 3
_LOG_LINE = re.compile(
    r"\W{0,3}(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[/.]\d\d?[/.]\d{4}|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d|\d\d:\d\d:\d\d|<\w|[{}#;]|type=\w|\[\d)"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A code by one of its names. A `general` one (`BadRequest`) counts only where it stands as a code, not in a sentence."""

    code: str
    general: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A documented code in a text: canonical spelling, how it is written there, and at which character it begins."""

    code: str
    as_written: str
    at: int


def plain(text: str) -> str:
    """The text with half-width punctuation, character by character: places in it are places in the text."""
    return text.translate(_FULL_WIDTH)


def normal(text: str) -> str:
    """A message for comparison: half-width punctuation, lower case, without blanks, quotes and emphasis."""
    return _NOT_SAID.sub("", plain(text)).lower()


@cache
def names() -> Mapping[str, Name]:
    """Every code and alias, in lower case."""
    return {
        name.lower(): Name(entry["code"], bool(entry.get("general")))
        for entry in _entries()
        for name in (entry["code"], *entry.get("aliases", ()))
    }


@cache
def messages() -> tuple[tuple[str, str], ...]:
    """Every documented message in its normal form with the code it belongs to, the longest first; '' is the code of a message that is
    documented without one."""
    data = _data("symptoms.yaml")
    found: dict[str, str] = {}
    for entry in _entries():
        texts = [*(data["texts"].get(entry["code"]) or {}).get("messages", ()), *entry.get("messages", ())]
        for text in [*texts, *(text for variant in entry.get("variants", ()) for text in variant["messages"])]:
            found.setdefault(normal(text), entry["code"])
    for sentence in data["sentences"]:
        for text in sentence["messages"]:
            found.setdefault(normal(text), "")
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def names_in(text: str) -> list[Found]:
    """The codes that a text names, in its order."""
    found = []
    half = plain(text)
    for match in _all_names().finditer(half):
        name = names()[match[0].lower()]
        if not name.general or _as_code(half, match.start(), match.end()):
            found.append(Found(name.code, match[0], match.start()))
    return found


def messages_in(text: str) -> list[str]:
    """The codes whose documented messages stand in a text, in its order; '' for a message that has none."""
    said = normal(text)
    taken: list[tuple[int, int, str]] = []
    for message, code in messages():
        at = said.find(message)
        if at >= 0 and not any(begin < at + len(message) and at < end for begin, end, _ in taken):
            taken.append((at, at + len(message), code))
    return list(dict.fromkeys(code for _, _, code in sorted(taken)))


def begins(head: str) -> bool:
    """Whether the first lines of a text that is no log and no document are a documented error, by name or by message."""
    lines = [line for line in head.splitlines()[:40] if line.strip()][:_FIRST_LINES]
    if not lines or _LOG_LINE.match(lines[0]):
        return False
    first = "\n".join(line[:2000] for line in lines)
    return bool(names_in(first) or messages_in(first))


_CODE_LABEL = re.compile(
    r"(?:\berror ?code|(?<!status )(?<!exit )\bcode|代码|错误码)[\"'*`]{0,3}\s*[:=|]\s*[\"'*`(\[]{0,3}$", re.IGNORECASE
)
_LINE_BEGIN = re.compile(r"(?:^|\n)[\s\W]{0,6}(?:ERROR: ?)?[(\[\"'*`]{0,3}$")
_FOLLOWS = re.compile(r"[\"'*`)\]]{0,3}(?:\s{0,3}:(?!\w)|\s+-\s|\)\s|[\"'*`.]{0,3}\s*(?:\n|$))")


def _as_code(text: str, begin: int, end: int) -> bool:
    """Whether a word stands as a code: behind its label, or at the beginning of a line as `CODE : message`, `(CODE) message` or alone."""
    before = text[max(0, begin - 40) : begin]
    if _CODE_LABEL.search(before):
        return True
    return _LINE_BEGIN.search(before if begin > 40 else "\n" + before) is not None and _FOLLOWS.match(text, end) is not None


@cache
def _all_names() -> re.Pattern[str]:
    known = sorted(names(), key=len, reverse=True)
    return re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(map(re.escape, known)) + r")(?![A-Za-z0-9])", re.IGNORECASE)


def _entries() -> Iterator[Mapping[str, Any]]:
    yield from _data("causes.yaml")["symptoms"]
    yield from _data("symptoms.yaml")["siblings"]


@cache
def _data(name: str) -> Any:
    return resources.read_yaml(resources.catalogue(name))
