"""The lines around a cited place, read from the artifact itself: what a reader of the evidence wants to see beside it.

Only artifacts that evidence cites are read again, once each and as a stream. The marks of the first pass say where in a log a line
stands, so lines are counted in the stretches around cited places only. What a document holds beside the cited value is shown for
the kinds of privacy.yaml alone: settings and registry exports hold too much that concerns nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.bundle import Bundle, Text
from analyzer.bundle.layouts import Form
from analyzer.model import Event, of_platform
from analyzer.parsers.json_place import place_of
from analyzer.parsers.pattern import Hit
from analyzer.parsers.reading import DOCUMENT_LIMIT, Read, blocks, codec_after
from analyzer.parsers.scan import Mark
from analyzer.resources import read_yaml

AROUND = 3  # lines before and behind a cited place
_AROUND_GAP = 5  # lines before and behind a silence: who spoke last, and who first
_RECORD = 12  # lines of one record that are shown on either side of the match
_LINE = 16 << 10  # bytes of a line that are read
_SHOWN = 400  # characters of a line that are shown; of a matched one more
_SHOWN_MATCH = 2_000
_MATCHED = 200  # characters of a match that are marked

Row = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """What one evidence row cites: lines of a log or a document, or a pointer into a document. Empty `matches`: nothing to show."""

    artifact: str
    shown: tuple[Span, ...] = ()
    matches: tuple[Span, ...] = ()
    pointer: str = ""
    matched: str = ""


def place(event: Event, hit: Hit | None = None) -> Place:
    """The place that an event or a hit in it stands at."""
    if event.record is not None or (event.line is None and not event.pointer):
        return Place(event.artifact)
    if event.line is None:
        return Place(event.artifact, pointer=event.pointer or "")
    last = max(event.until_line or event.line, event.line)
    if event.kind == "gap":
        ends = ((event.line, event.line), (last, last))
        return Place(event.artifact, tuple((max(1, at - _AROUND_GAP), at + _AROUND_GAP) for at, _ in ends), ends)
    text = event.text[hit.at : hit.end] if hit is not None else ""
    begin = min(hit.line if hit is not None and hit.line is not None else event.line, last)
    end = min(begin + text.rstrip("\n").count("\n"), last)
    shown = max(event.line, begin - _RECORD) - AROUND, min(last, end + _RECORD) + AROUND
    matched = text.strip() if begin == end and len(text) <= _MATCHED else ""
    return Place(event.artifact, ((max(1, shown[0]), shown[1]),), ((begin, end),), matched=matched)


def surround(places: Sequence[Place], bundle: Bundle, reads: Sequence[Read]) -> list[list[Row]]:
    """For each place the lines around it as rows of `line`, `text` and, for those that are meant, `match`; empty if there are none."""
    by_path = {read.member.path: read for read in reads}
    wanted: dict[str, list[int]] = {}
    for number, one in enumerate(places):
        if (one.shown or one.pointer) and one.artifact in by_path:
            wanted.setdefault(one.artifact, []).append(number)
    found: list[list[Row]] = [[] for _ in places]
    for path, numbers in wanted.items():
        read = by_path[path]
        if read.scan is not None:
            spans = merged(span for number in numbers for span in places[number].shown)
            with closing(blocks(bundle, read)) as content:  # type: ignore[type-var]  # a generator
                raw = lines_of(content, spans, read.scan.marks)
            codec = codec_after(read)
            lines = {number: text.decode(codec, "replace").removesuffix("\r") for number, text in raw.items()}
            for number in numbers:
                found[number] = _rows(places[number], lines)
        elif _may_be_shown(read):
            text = Text.of(bundle.read(read.member, DOCUMENT_LIMIT)).text
            lines = {number: line.removesuffix("\r") for number, line in enumerate(text.split("\n"), 1)}
            for number in numbers:
                one = places[number]
                found[number] = _rows(one if one.shown else _pointed(one, text), lines)
    return found


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans of lines in order, those that touch as one."""
    result: list[Span] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1] + 1:
            result[-1] = result[-1][0], max(last, result[-1][1])
        else:
            result.append((first, last))
    return result


def lines_of(content: Iterable[bytes], spans: Sequence[Span], marks: Sequence[Mark]) -> dict[int, bytes]:
    """The lines of these spans (1-based, in order, apart), each at most `_LINE` bytes. Reads no further than the last one."""
    found: dict[int, bytes] = {}
    open_ = deque((first, last, *_start(marks, first)) for first, last in spans)
    line, offset = 1, 0  # the line that goes on at the begin of the next block
    for block in content:
        base, at = offset, 0
        offset += len(block)
        while open_:
            first, last, mark_offset, mark_line = open_[0]
            if mark_line > line:
                if mark_offset >= offset:
                    break  # nothing before the mark has to be counted
                at, line = mark_offset - base, mark_line
            if line < first:
                ends = block.count(b"\n", at)
                if line + ends < first:
                    line += ends
                    break
                for _ in range(first - line):
                    at = block.find(b"\n", at) + 1
                line = first
            while line <= last:
                end = block.find(b"\n", at)
                found[line] = (found.get(line, b"") + block[at : end if end >= 0 else offset - base])[:_LINE]
                if end < 0:
                    break
                at, line = end + 1, line + 1
            if line <= last:
                break
            open_.popleft()
        if not open_:
            break
    else:
        if not found.get(line, b"x"):
            del found[line]  # behind the last line end
    return found


def _start(marks: Sequence[Mark], line: int) -> tuple[int, int]:
    """Offset and line of the last mark before `line`. One on it will not do: a stretch may begin inside of a long line."""
    low, high = 0, len(marks)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if marks[middle].line < line else (low, middle)
    return (marks[low - 1].offset, marks[low - 1].line) if low else (0, 1)


def _may_be_shown(read: Read) -> bool:
    kind = read.artifact.kind
    return read.row.form is Form.DOCUMENT and not read.row.secret and (kind in _shown_kinds() or of_platform(kind))


@cache
def _shown_kinds() -> frozenset[str]:
    return frozenset(read_yaml(resources.catalogue("privacy.yaml"))["context"])


def _pointed(one: Place, text: str) -> Place:
    """The lines of a value in a JSON document, if it was saved with line ends."""
    found = place_of(text, one.pointer)
    if found is None or text.count("\n") < 2:
        return Place(one.artifact)
    begin = text.count("\n", 0, found[0]) + 1
    end = begin + text.count("\n", *found)
    return Place(one.artifact, ((max(1, begin - AROUND), min(end, begin + _RECORD) + AROUND),), ((begin, min(end, begin + _RECORD)),))


def _rows(one: Place, lines: dict[int, str]) -> list[Row]:
    rows: list[Row] = []
    before = 0
    for first, last in merged(one.shown):
        for number in range(first, last + 1):
            if number not in lines:
                continue
            if rows and before and number > before + 1:
                rows.append({"line": None, "text": "…"})
            meant = any(begin <= number <= end for begin, end in one.matches)
            text = _cut(lines[number], one.matched, _SHOWN_MATCH) if meant else _cut(lines[number], "", _SHOWN)
            rows.append({"line": number, "text": text, **({"match": True} if meant else {})})
            before = number
    return rows if any(row.get("match") for row in rows) else []


def _cut(text: str, matched: str, most: int) -> str:
    """At most `most` characters of a line, around what matched."""
    if len(text) <= most:
        return text
    at = max(0, text.find(matched)) if matched else 0
    start = max(0, min(at - most // 4, len(text) - most))
    return ("…" if start else "") + text[start : start + most] + ("…" if start + most < len(text) else "")
