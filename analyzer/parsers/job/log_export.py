"""A query's answer of Log Analytics, saved: a list of rows, tables with columns and rows (its REST API), or CSV (the portal's export).

The whole answer is read at once, since rows of jobs in older vaults name their VM only through the row of its item (CoreAzureBackup).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from analyzer.model import Event
from analyzer.parsers.azure_document import parse as parse_document
from analyzer.parsers.document import Document, at
from analyzer.parsers.job.event import Place
from analyzer.parsers.job.log_row import columns, is_row, item_name, row_events, workload
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import listing, mapping, text

_KIND = "job-log"
_DEPTH = 6
_PROBLEMS = 10  # of rows that are told one by one


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: where it stands, its values by plain names, and for each of them the column as the document has it."""

    where: Place
    values: dict[str, Any]
    columns: Mapping[str, str | int] = field(default_factory=dict)


def parse(document: Document) -> Iterator[Event]:
    """The events of all rows. A document that turns out to hold none is read as any other of the platform."""
    if document.text.lstrip("\ufeff\x00 \t\r\n")[:1] in ("{", "["):
        known = len(document.problems)
        rows = list(_json_rows(document))
        if not rows:
            del document.problems[known:]
            yield from parse_document(document)
            return
    else:
        rows = list(_csv_rows(document))
    if not rows:
        document.problem("no row of a backup job, alert or item", "nothing; it was read")
        return
    document.kind = _KIND
    others = Counter(other for row in rows if (other := workload(row.values)))
    for other, count in sorted(others.items()):
        document.problem(f"{count} rows of {other}, which are no backups of VMs", "these rows")
    yield from _events(document, [row for row in rows if not workload(row.values)])


def _events(document: Document, rows: list[_Row]) -> Iterator[Event]:
    told: list[tuple[str, str]] = []
    thing = Thing(document.path, "", {}, lambda what, lost: told.append((what, lost)))
    names = {identity: name for identity, name in (item_name(row.values) for row in rows) if identity and name}
    for row in rows:
        for event in row_events(row.where, row.values, names, thing):
            yield replace(event, pointer=_pointer(row, event.pointer)) if event.pointer else event
    for what, lost in told[:_PROBLEMS]:
        document.problem(what, lost)
    if len(told) > _PROBLEMS:
        document.problem(f"{len(told) - _PROBLEMS} more rows with values that could not be read", "these values")


def _pointer(row: _Row, pointer: str) -> str:
    """The pointer with the column as the document has it: by its full name, or by its number where rows are lists."""
    begin = row.where.pointer or ""
    column = row.columns.get(pointer[len(begin) + 1 :].lower())
    return at(begin, column) if column is not None else begin


def _json_rows(document: Document) -> Iterator[_Row]:
    root = document.json_values()
    for pointer, row, numbered in _rows(root, "", _DEPTH):
        plain = columns(row)
        if is_row(plain):
            places: dict[str, str | int] = {}
            for number, name in enumerate(row):
                for known in columns({name: ""}):
                    places[known] = number if numbered else name
            yield _Row(Place(document.path, pointer), plain, places)


def _rows(value: Any, pointer: str, depth: int) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """The objects of a document that may be rows, with their pointers; a table's rows with the names of its columns, and that they are
    lists."""
    if depth == 0:
        return
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _rows(item, at(pointer, i), depth - 1)
    elif isinstance(value, dict):
        parts = {str(key).lower(): key for key in value}
        names = [text(mapping(column).get("name")) for column in listing(value.get(parts.get("columns", "")))]
        rows = value.get(parts.get("rows", ""))
        if names and isinstance(rows, list):
            for i, row in enumerate(rows):
                if isinstance(row, list):
                    yield at(pointer, parts["rows"], i), dict(zip(names, row, strict=False)), True
        elif is_row(columns(value)):
            yield pointer, value, False
        else:
            for key, item in value.items():
                yield from _rows(item, at(pointer, key), depth - 1)


def _csv_rows(document: Document) -> Iterator[_Row]:
    """Rows behind the header that names their columns; lines before it are passed over."""
    lines = [line for _, line in document.lines()]
    reader = csv.reader(lines, delimiter=_delimiter(lines))
    header: list[str] = []
    last = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            document.problem(f"not valid CSV (line {reader.line_num}: {error})", "this row")
            last = reader.line_num
            continue
        begun, last = last + 1, reader.line_num
        if not header:
            header = cells if is_row(columns(dict.fromkeys(cells, ""))) else []
        elif len(cells) > 1:
            if len(cells) != len(header):
                document.problem(
                    f"a row of {len(cells)} cells below a header of {len(header)} (line {begun})", "the cells that are too many or missing"
                )
            raw = "\n".join(lines[begun - 1 : last])
            where = Place(document.path, line=begun, until_line=last if last > begun else None, raw=raw)
            yield _Row(where, columns(dict(zip(header, cells, strict=False))))


def _delimiter(lines: list[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return max((",", "\t", ";"), key=first.count)
