"""The machine's time zone: /etc/timezone, output of `timedatectl` and of `date`.

`date` prints an abbreviation; only UTC and a numeric offset name a zone beyond doubt (CST is three zones, GMT is London in winter).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import lines
from analyzer.parsers.document import Document

_DETAIL = re.compile(r"\((?P<abbreviation>[^,()]*)(?:, *(?P<offset>[+-]\d{4}))?\)")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)?")


def parse(document: Document) -> Iterator[Event]:
    """One state event per line that names a zone: field `zone` (an IANA name, or '' if the line leaves it open), `abbreviation`, and
    `offset` (minutes east of UTC at that moment) where the line tells them."""
    found = False
    named = not any(
        lines.read("timezone", line)[0] == "labelled" for _, line in document.lines()
    )  # a bare word names a zone by itself only
    for number, line in document.lines():
        line = line.strip("\x00").rstrip()
        shape, columns = lines.read("timezone", line)
        if not shape or (shape == "name" and (not named or found)):
            continue
        found = True
        zone, fields = _zone(columns)
        yield Event(document.kind, document.path, line.strip(), line=number, fields={"zone": zone, **fields}, raw=line, state=True)
    if not found:
        document.problem("no line names a time zone", "the zone of local times, if nothing else tells it")


def _zone(columns: dict[str, str]) -> tuple[str, dict[str, Value]]:
    if abbreviation := columns.get("ABBREVIATION"):
        offset = 0 if abbreviation == "UTC" else _minutes(abbreviation)
        return _fixed(offset), {"abbreviation": abbreviation, "offset": offset}
    detail = _DETAIL.search(columns.get("DETAIL", ""))
    offset = _minutes(detail["offset"]) if detail and detail["offset"] else None
    fields: dict[str, Value] = {"abbreviation": detail["abbreviation"], "offset": offset} if detail else {}
    return (columns["ZONE"] if columns["ZONE"] != "n/a" else _fixed(offset)), fields


def _minutes(offset: str) -> int | None:
    match = _OFFSET.fullmatch(offset)
    if match is None:
        return None
    return (int(match[2]) * 60 + int(match[3] or 0)) * (-1 if match[1] == "-" else 1)


def _fixed(minutes: int | None) -> str:
    """The zone of a fixed offset: `Etc/GMT-1` lies one hour EAST of UTC (POSIX signs). '' for an unknown or odd offset."""
    if minutes is None or minutes % 60:
        return ""
    return "Etc/UTC" if minutes == 0 else f"Etc/GMT{-minutes // 60:+d}"
