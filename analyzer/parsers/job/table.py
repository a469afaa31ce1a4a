"""Tables of jobs: `az backup job list -o table`, Format-Table of Get-AzRecoveryServicesBackupJob, and rows copied from the portal.

Columns are known by their headers (job-words.yaml). They are cut by tabs, `|` or commas where the header has them, else by the dashes below
the header, as consoles align them. No such table has an error code, so a failed job's code is unknown.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from analyzer.model import Event
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job import words
from analyzer.parsers.job.copied_text import CopiedText
from analyzer.parsers.job.duration import seconds
from analyzer.parsers.job.event import Job, moment

_ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+ ?(?:Z|UTC|[+-]\d\d:?\d\d)$")
_UTC = re.compile(r"\bUTC\b", re.IGNORECASE)
_RULE = re.compile(r"[\s|:+-]*-{2,}[\s|:+-]*")
_GAP = re.compile(r"\s{2,}")
_MOST = 5000  # rows of one table


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns of a table, and how its rows are cut."""

    columns: tuple[str | None, ...]
    cut: str  # "\t", "|", ",", or "" for a console's columns
    starts: tuple[int, ...] = ()
    utc: bool = False


def read(text: CopiedText) -> Iterator[Event]:
    """A `job` event per row. Rows of other workloads are left out, and times without a zone too: a wrong window is worse than none."""
    untimed, others = 0, 0
    for number in list(text.left):
        header = _header(text, number) if number in text.left else None
        if header is None:
            continue
        rows = list(_rows(text, number, header))
        for row, cells in rows:
            if cells.get("type") and not words.is_vm(cells["type"]):
                others += 1
                continue
            known, left_out = _job(cells, header.utc)
            untimed += left_out
            yield events_of.job(text.place(row), known)
        text.take([number, *(row for row, _ in rows)])
    if untimed:
        text.document.problem(f"{untimed} jobs with times that name no zone", "when these jobs ran")
    if others:
        text.document.problem(f"{others} jobs of other workloads than VMs", "these jobs")


def _job(cells: dict[str, str], utc: bool) -> tuple[Job, bool]:
    """The job of a row, and whether a time of it was left out."""
    started, ended = (_time(cells.get(name, ""), utc) for name in ("started", "ended"))
    lost = any(cells.get(name) and found is None for name, found in (("started", started), ("ended", ended)))
    known = Job(
        id=cells.get("id", "").rstrip(".…") if not cells.get("id", "").endswith(("...", "…")) else "",
        vm=cells.get("vm", ""),
        vault=cells.get("vault", ""),
        operation=words.operation(cells.get("operation", "")),
        status=words.status(cells.get("status", "")),
        started=started,
        ended=ended,
        seconds=seconds(cells.get("duration")),
    )
    return known, lost


def _time(written: str, utc: bool) -> datetime | None:
    return moment(written) if _ZONED.match(written) or (utc and re.match(r"\d{4}-\d\d-\d\d", written)) else None


def _header(text: CopiedText, number: int) -> _Header | None:
    """The header that a line is, if it names an operation, a status and whose job it is."""
    line = text.left[number]
    if "<" in line or len(line) > 1000:
        return None
    below = text.left.get(number + 1, "")
    for cut in ("\t", "|", ",", ""):
        if cut and cut not in line:
            continue
        names = _cells(line, cut) if cut else _GAP.split(line.strip())
        columns = tuple(words.column(name) for name in names)
        if {"operation", "status", "vm"} <= set(columns):
            return _Header(columns, cut, _starts(line, below, names) if not cut else (), any(_UTC.search(name) for name in names))
    return None


def _starts(line: str, below: str, names: list[str]) -> tuple[int, ...]:
    """Where the columns of a console begin: the dashes tell, else the names."""
    if _RULE.fullmatch(below):
        return tuple(match.start() for match in re.finditer(r"-+", below))
    starts, at = [], 0
    for name in names:
        at = line.index(name, at)
        starts.append(at)
        at += len(name)
    return tuple(starts)


def _rows(text: CopiedText, header_line: int, header: _Header) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below a header, up to the first line that is none."""
    for number in range(header_line + 1, header_line + 1 + _MOST):
        line = text.left.get(number)
        if line is None or (not line.strip() and number > header_line + 2):
            return
        if not line.strip() or _RULE.fullmatch(line):
            continue
        cells = _cells(line, header.cut) if header.cut else _aligned(line, header.starts)
        found = {name: cell for name, cell in zip(header.columns, cells, strict=False) if name and cell}
        if not words.is_status(found.get("status", "")):
            return
        yield number, found


def _cells(line: str, cut: str) -> list[str]:
    if cut == ",":
        return next(iter(csv.reader([line])), [])
    stripped = line.strip().strip("|") if cut == "|" else line
    return [cell.strip().strip("*`").strip() for cell in stripped.split(cut)]


def _aligned(line: str, starts: tuple[int, ...]) -> list[str]:
    """Cells of a console's row. Wide characters and long cells move the rest, so a cell ends at the blanks before the next column."""
    split = _GAP.split(line.strip())
    if len(split) == len(starts):
        return split
    ends = (*starts[1:], len(line))
    return [line[begin:end].strip() for begin, end in zip(starts, ends, strict=True)]
