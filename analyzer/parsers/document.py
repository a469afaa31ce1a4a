"""A member that is read whole: what a document parser gets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from analyzer.model import Event, Problem
from analyzer.parsers.broken_json import until_break

_BEGINS = re.compile(
    r"^(?:[^\n{\[]{0,400}\|)?[ \t]*(?=[\[{])", re.MULTILINE
)  # where a value may begin: on a line of its own, or in a cell of a table


@dataclass
class Document:
    """A decoded member. `text` keeps the artifact's line structure; a parser reports what it cannot use through `problem`."""

    path: str
    kind: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    cut: bool = False  # the JSON breaks off, so that its last value may be the beginning of one

    def problem(self, what: str, lost: str) -> None:
        self.problems.append(Problem(self.path, what, lost))

    def lines(self) -> Iterator[tuple[int, str]]:
        """1-based number and text of each line, without its line end."""
        for number, line in enumerate(self.text.split("\n"), 1):
            yield number, line.removesuffix("\r")

    def json(self, lost: str = "the whole document") -> Any:
        """The document as JSON, or None (with a problem) if it is none. A BOM, NULs around it and trailing bytes are tolerated.

        `lost` is what a damaged document loses, where the parser can read on without it.
        """
        text = self.text.strip("\ufeff\x00 \t\r\n")
        if not text:
            self.problem("the file is empty", "the whole document")
            return None
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            return self._damaged(text, error.lineno, error.colno, lost)
        if value is None:
            self.problem("the JSON document is null", lost)
        return value

    def json_values(self) -> Any:
        """The document as JSON, however a person saved it: lines of a console before it are passed over, several values one behind
        the other are a list, and of one that breaks off what stands before the break is read (with a problem)."""
        text = self.text.replace("\x00", "").strip("\ufeff \t\r\n")
        begin = _BEGINS.search(text)
        if begin is None:
            self.problem("the file is empty" if not text else "no JSON in it", "the whole document")
            return None
        values, at = [], begin.end()
        decoder = json.JSONDecoder(strict=False)
        while at < len(text):
            try:
                value, end = _value(decoder, text, at)
            except (ValueError, RecursionError) as error:
                values += self._mended(text, at, error)
                break
            values.append(value)
            following = _BEGINS.search(text, end)
            if following is None or text[end : following.end()].strip(" \t\r\n,;"):
                if text[end:].strip(" \t\r\n,;"):
                    self.problem(f"text behind the JSON value ({_place(text, end)})", "what stands there")
                break
            at = following.end()
        return None if not values else values[0] if len(values) == 1 else values

    def _mended(self, text: str, at: int, error: Exception) -> list[Any]:
        place = _place(text, error.pos if isinstance(error, json.JSONDecodeError) else at)
        value = None if isinstance(error, RecursionError) else until_break(text[at:])
        self.problem(f"not valid JSON ({place})", "what follows there" if value is not None else "the whole document")
        self.cut = value is not None
        return [] if value is None else [value]

    def _damaged(self, text: str, line: int, column: int, lost: str) -> Any:
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(text)
        except (ValueError, RecursionError):  # a number of thousands of digits is a plain ValueError
            self.problem(f"not valid JSON (line {line}, column {column})", lost)
            return None
        if text[end:].strip("\x00 \t\r\n"):
            self.problem(f"text behind the end of the JSON value (character {end + 1})", "what stands there")
        return value


def _value(decoder: json.JSONDecoder, text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins at `at`, and where it ends; the fast reader where nothing follows it."""
    if at == 0:
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(text), len(text)
    return decoder.raw_decode(text, at)


def _place(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


class DocumentParser(Protocol):
    """A module that reads documents of one kind."""

    def parse(self, document: Document) -> Iterable[Event]: ...


def at(pointer: str, *keys: object) -> str:
    """A JSON Pointer below `pointer` (RFC 6901)."""
    return pointer + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def folded(value: Any) -> Any:
    """A JSON value with the keys of its objects in lower case: tools disagree about the case of the same property."""
    if isinstance(value, dict):
        return {str(key).lower(): folded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [folded(item) for item in value]
    return value
