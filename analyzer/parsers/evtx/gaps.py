"""What is missing from a log: record ids that no record has, and the log service's own notes that a log was cleared or archived.

Windows numbers the records of a log one after another, so a jump between two records says how many are lost. Ids below the first
record were rolled over, which is normal and no gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

_MOST_RUNS = 100_000


class Loss(StrEnum):
    """Why records are missing."""

    MISSING = "missing"  # ids that no record has: a lost or unreadable chunk, or a cut copy
    CLEARED = "cleared"  # 104 or 1102: somebody cleared the log
    ARCHIVED = "archived"  # 105: the full log was saved as another file


@dataclass(frozen=True, slots=True)
class LogGap:
    """A stretch without records. `channel` is the log it speaks of: a 104 in System tells of another one. `after` and `before` are the
    record ids at its edges (of a note: its own), `since` and `until` their times, UTC. `missing`: how many records, if known."""

    reason: Loss
    channel: str
    after: int
    before: int
    since: datetime | None
    until: datetime | None
    missing: int | None = None


@dataclass(slots=True)
class Run:
    """Consecutive record ids, with the times of both ends as the reader wrote them."""

    first: int
    last: int
    since: str
    until: str


class Runs:
    """The record ids of a log, as they come."""

    def __init__(self) -> None:
        self._runs: list[Run] = []

    def add(self, first: int, last: int, since: str, until: str) -> None:
        """Consecutive ids, and the times of the first and the last one."""
        runs = self._runs
        if runs and first == runs[-1].last + 1:
            runs[-1].last, runs[-1].until = last, until
        else:
            if len(runs) >= _MOST_RUNS:
                self._runs = runs = self._merged()[-_MOST_RUNS // 2 :]
            runs.append(Run(first, last, since, until))

    def _merged(self) -> list[Run]:
        merged: list[Run] = []
        for run in sorted(self._runs, key=lambda run: (run.first, run.last)):
            if merged and run.first <= merged[-1].last + 1:
                if run.last > merged[-1].last:
                    merged[-1].last, merged[-1].until = run.last, run.until
            else:
                merged.append(Run(run.first, run.last, run.since, run.until))
        return merged

    def gaps(self) -> Iterator[tuple[Run, Run]]:
        """The runs before and behind each jump, by id."""
        merged = self._merged()
        yield from pairwise(merged)
