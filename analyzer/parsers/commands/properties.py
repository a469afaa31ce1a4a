"""Properties of objects, in the forms in which Windows prints them.

PowerShell's Format-List (`Name : value`) and Format-Table (a rule of dashes under the header), `wmic … /format:list` (`Name=value`),
wmic's own table (columns by the words of its header), `tasklist /fo list`, and comma- or tab-separated files. One object becomes one
`Item`, whichever form it had. Property names are English in every language of Windows.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass, field

from analyzer.parsers.commands.saved import Section

_PAIR = re.compile(r"(?P<name>[A-Za-z_][\w ()#.-]{0,60}?)[ \t]*(?P<sign>[:=])(?P<value>.*)")
_RULE = re.compile(r"[ \t]*-{2,}(?:[ \t]+-+)*[ \t]*|-{10,}")
_WORDS = re.compile(r"\S+(?: \S+)*")
_MOST = 20_000  # objects of one output
_LONGEST = 2_000  # characters of the lines of one object


@dataclass
class Item:
    """One object: its properties by lower-case name without blanks, 1-based lines, and these lines as they stand there."""

    line: int
    until: int
    raw: str
    values: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str) -> str:
        """The first of these properties that is not empty."""
        return next((value for name in names if (value := self.values.get(name, "").strip())), "")


def items(section: Section, known: Collection[str]) -> Iterator[Item]:
    """The objects of an output. `known` are the properties (lower case, no blanks) of which at least one must be there: what has
    none of them is another text."""
    wanted = set(known)
    rows = [(number, line.rstrip("\r\x00 \t").lstrip("\ufeff")) for number, line in section.lines]
    for count, item in enumerate(_found(rows, wanted)):
        if count >= _MOST:
            return
        if wanted & item.values.keys():
            yield item


def _found(rows: list[tuple[int, str]], wanted: set[str]) -> Iterator[Item]:
    at = 0
    while at < len(rows):
        line = rows[at][1]
        below = rows[at + 1][1] if at + 1 < len(rows) else ""
        if not line.strip():
            at += 1
        elif _RULE.fullmatch(below) and wanted & set(_names(_WORDS.findall(line))):
            at = yield from _table(rows, at, _spans(line, below), at + 2)
        elif (separator := _separator(line)) and wanted & set(_names(_cells(line, separator))):
            at = yield from _separated(rows, at, separator)
        elif len(_WORDS.findall(line)) > 1 and len(wanted & set(_names(re.split(r"\s{2,}", line.strip())))) > 1:
            at = yield from _table(rows, at, [match.span() for match in re.finditer(r"\S+(?: \S+)*", line)], at + 1)
        elif _PAIR.match(line):
            at = yield from _list(rows, at)
        else:
            at += 1


def _names(words: list[str]) -> list[str]:
    return [re.sub(r"[\s_\"]", "", word).lower() for word in words] + [part.lower() for word in words for part in word.split()]


def _separator(line: str) -> str:
    return next((sign for sign in ("\t", ",", ";") if line.count(sign) >= 1 and not re.match(r"\s*[A-Za-z ]+[:=]", line)), "")


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a line that is no row; the caller sees one cell
        return [line]


def _separated(rows: list[tuple[int, str]], at: int, separator: str) -> Generator[Item, None, int]:
    """Rows under a header of names; ends at a line without the separator."""
    header = [re.sub(r"[\s_]", "", name).lower() for name in _cells(rows[at][1], separator)]
    at += 1
    while at < len(rows):
        number, line = rows[at]
        if line.strip() and separator not in line:
            break
        if line.strip():
            cells = _cells(line, separator)
            yield Item(number, number, line, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
        at += 1
    return at


def _spans(header: str, rule: str) -> list[tuple[int, int]]:
    """Where the columns of a table begin and end: under each name a rule as long as the name; winget draws one long rule."""
    rules = [match.span() for match in re.finditer(r"-+", rule)]
    return rules if len(rules) > 1 or len(header.split()) == 1 else [match.span() for match in _WORDS.finditer(_wide(header))]


def _table(rows: list[tuple[int, str]], top: int, spans: list[tuple[int, int]], at: int) -> Generator[Item, None, int]:
    """Rows of columns; ends at an empty line or at the end."""
    header = _wide(rows[top][1])
    names = [re.sub(r"[\s_\0]", "", _cell(header, spans, index)).lower() for index in range(len(spans))]
    while at < len(rows) and rows[at][1].strip():
        number, line = rows[at]
        wide = _wide(line)
        yield Item(number, number, line, {name: _cell(wide, spans, index).replace("\0", "") for index, name in enumerate(names) if name})
        at += 1
    return at


def _cell(line: str, spans: list[tuple[int, int]], index: int) -> str:
    """One column of a row: text stands flush with the begin of the column, numbers with its end."""
    start, end = spans[index]
    after = spans[index + 1][0] if index + 1 < len(spans) else len(line)
    if start < len(line) and line[start] != " " and (start == 0 or line[start - 1] == " "):
        text = line[start:after].rstrip() if after > start else ""
        if after < len(line) and line[after - 1] != " " and line[after] != " " and " " in text:
            text = text[: text.rindex(" ")].rstrip()  # the next column's number begins before its rule
        return text
    if 0 < end <= len(line) and line[end - 1] != " ":
        words = line[:end].split()
        return words[-1] if words else ""
    return line[start:after].strip() if start < len(line) else ""


def _wide(line: str) -> str:
    """A line with a NUL behind each character that takes two columns of a console, so that columns can be counted."""
    if line.isascii():
        return line
    return "".join(char + "\0" if unicodedata.east_asian_width(char) in "WF" else char for char in line)


def _list(rows: list[tuple[int, str]], at: int) -> Generator[Item, None, int]:
    """Lines `Name : value` until an empty line, or until a name comes again; an indented line continues a value."""
    item: Item | None = None
    last = ""
    while at < len(rows) and rows[at][1].strip():
        number, line = rows[at]
        match = _PAIR.match(line)
        if match is not None and not (line[:1].isspace() and item is not None and last and len(line) - len(line.lstrip()) > 8):
            name = re.sub(r"[\s_]", "", match["name"]).lower()
            if item is None or name in item.values:
                if item is not None:
                    yield item
                item = Item(number, number, line)
            elif len(item.raw) + len(line) < _LONGEST:
                item.raw += "\n" + line
            item.values[name] = match["value"].strip()
            item.until, last = number, name
        elif item is not None and last and line[:1].isspace():
            item.values[last] = (item.values[last] + " " + line.strip()).strip()[:_LONGEST]
            item.until = number
            if len(item.raw) + len(line) < _LONGEST:
                item.raw += "\n" + line
        elif match is None:
            break
        at += 1
        if at < len(rows) and not rows[at][1].strip() and item is not None and _goes_on(rows, at):
            while at < len(rows) and not rows[at][1].strip():
                at += 1
    if item is not None:
        yield item
    return at


def _goes_on(rows: list[tuple[int, str]], at: int) -> bool:
    """wmic ends each line with an extra carriage return, which some editors save as an empty line between all properties."""
    return (
        "=" in rows[at - 1][1]
        and at + 1 < len(rows)
        and bool(re.match(r"\w+=", rows[at - 1][1]))
        and bool(re.match(r"\w+=", rows[at + 1][1]))
    )
