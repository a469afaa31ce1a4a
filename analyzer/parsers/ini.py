"""Sections and options of a file for Python's ConfigParser (grammars/ini.lark)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzer.parsers import lines
from analyzer.parsers.document import Document

_REFUSED = "the reader of this file refuses it as a whole"


@dataclass(frozen=True, slots=True)
class Option:
    """One option: where it stands, its value with continuation lines joined by newlines, and its first line as written."""

    line: int
    section: str
    key: str
    value: str
    raw: str
    effective: bool = True  # no later line of its section sets the key; ConfigParser ignores its case


def options(document: Document) -> list[Option]:
    """The options in order. What is none is a problem: ConfigParser refuses the file then."""
    found = list(_read(document))
    last = {(option.section, option.key.lower()): option.line for option in found}
    return [replace(option, effective=last[option.section, option.key.lower()] == option.line) for option in found]


def _read(document: Document) -> Iterator[Option]:
    section, current = "", None
    for number, line in document.lines():
        line = line.strip("\x00").rstrip()
        shape, columns = lines.read("ini", line)
        if shape == "continuation" and current is None:
            shape, columns = lines.read("ini", line.lstrip())  # nothing to continue: an indented option
        if shape == "continuation" and current is not None:
            current = replace(current, value=f"{current.value}\n{columns['TEXT']}")
            continue
        if not line or shape == "comment":
            continue
        if current is not None:
            yield current
        current = None
        if shape == "section":
            section = columns["SECTION"].strip()
        elif shape == "option" and section:
            current = Option(number, section, columns["KEY"], columns["TEXT"].strip(), line)
        elif shape == "option":
            document.problem(f"line {number} sets an option before any [section]", _REFUSED)
        else:
            document.problem(f"line {number} is neither an option nor a [section]", _REFUSED)
    if current is not None:
        yield current
