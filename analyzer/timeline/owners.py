"""Which attempts a line belongs to, without asking every attempt: a log may hold years of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from analyzer.parsers.pattern import Hit
from analyzer.timeline.attempts import Attempt


class Owners:
    """An index over attempts that answers as `Attempt.holds` does."""

    def __init__(self, attempts: Iterable[Attempt]) -> None:
        self._stretches: dict[str, list[tuple[int, int, int, Attempt]]] = {}  # first line, last line, farthest last line so far
        self._keys: dict[object, list[Attempt]] = {}
        for attempt in attempts:
            keys = [*attempt.places, *(("task", task) for task in attempt.tasks)]
            if attempt.sequence is not None:
                keys.append(("sequence", str(attempt.sequence)))
            for key in keys:
                self._keys.setdefault(key, []).append(attempt)
            for artifact, first, last in attempt.stretches:
                self._stretches.setdefault(artifact, []).append((first, last, last, attempt))
        for artifact, stretches in self._stretches.items():
            self._stretches[artifact] = _with_reach(stretches)

    def of(self, hit: Hit) -> list[Attempt]:
        """The attempts that hold the line, by its place, its task or its sequence number."""
        event = hit.event
        found = self._at(event.artifact, hit.line or event.line or 0)
        found += self._keys.get((event.artifact, event.line), ())
        task, sequence = str(hit.value("task") or "").lower(), hit.value("sequence")
        if task:
            found += self._keys.get(("task", task), ())
        if sequence is not None:
            found += self._keys.get(("sequence", str(sequence)), ())
        return found

    def _at(self, artifact: str, line: int) -> list[Attempt]:
        stretches = self._stretches.get(artifact, [])
        found = []
        at = bisect_right(stretches, line, key=lambda stretch: stretch[0]) - 1
        while at >= 0 and stretches[at][2] >= line:
            if stretches[at][1] >= line:
                found.append(stretches[at][3])
            at -= 1
        return found


def _with_reach(stretches: list[tuple[int, int, int, Attempt]]) -> list[tuple[int, int, int, Attempt]]:
    """In order of their first line, each with the farthest last line up to it: where a search backwards may stop."""
    ordered, reach = [], 0
    for first, last, _, attempt in sorted(stretches, key=lambda stretch: stretch[:2]):
        reach = max(reach, last)
        ordered.append((first, last, reach, attempt))
    return ordered
