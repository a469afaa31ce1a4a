"""One backup attempt across all files: which events belong to which attempt, by what they name rather than by when they were written.

An event belongs to an attempt if it stands in its run, or names its task, its job, its sequence number (of the backup extension's
settings and status) or, near the run, the incarnation of the goal state that brought it. A line about the backup extension that names
nothing belongs to the only run near it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from analyzer.model import Event
from analyzer.parsers.pattern import Hit
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.owners import Owners
from analyzer.timeline.timeline import Window

_BESIDE = timedelta(seconds=150)  # the agent starts a run, and notes its end, within that time
_BROUGHT = timedelta(minutes=5)  # between the fetching of a goal state and the run that it brings
_NEAR = timedelta(minutes=30)  # a goal state is fetched shortly before the run that it brings; its incarnation may live for days
_INCARNATION = re.compile(r"[Ii]ncarnation[_ :]{1,3}(\d{1,9})\b")
_TASK = re.compile(r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b")
_BY_INCARNATION = frozenset(("waagent-log", "goal-state", "extensions-config", "vm-settings", "hosting-environment"))
_EXTENSION = "VMSnapshot"
_READ = 2_000  # characters of a text in which a task is looked for


class Trails:
    """Gives each attempt a key that is unique in the report, and says of any event which attempts it belongs to."""

    def __init__(self, attempts: Sequence[Attempt], jobs: Mapping[str, Sequence[Attempt]], events: Iterable[Event] = ()) -> None:
        """`jobs`: the attempts of a job, by its id. `events` are asked which goal state brought which sequence number."""
        self._keys = _keys(attempts)
        self._order = {id(attempt): number for number, attempt in enumerate(attempts)}
        self._owners = Owners(attempts)
        self._jobs = jobs
        self._by_task: dict[str, list[Attempt]] = {}
        for attempt in attempts:
            for task in attempt.tasks:
                self._by_task.setdefault(task.lower(), []).append(attempt)
        self._by_incarnation = _by_incarnation(attempts, list(events))
        self._timed = sorted(
            ((window.start - _BESIDE, window.end + _BESIDE, attempt) for attempt in attempts if (window := attempt.window)),
            key=lambda entry: entry[0],
        )

    def key(self, attempt: Attempt | None) -> str | None:
        """The attempt's key; None for no attempt."""
        return None if attempt is None else self._keys.get(id(attempt))

    def of(self, event: Event) -> list[str]:
        """The keys of the attempts that the event belongs to, the earliest first."""
        found = {id(attempt) for attempt in self._of(event)} & self._order.keys()
        return [self._keys[one] for one in sorted(found, key=self._order.__getitem__)]

    def _of(self, event: Event) -> list[Attempt]:
        own = _EXTENSION in event.component or _EXTENSION in str(event.fields.get("handler") or "")
        found = _nearest(self._owners.of(Hit("", event, event.line, {})), event) if own or event.fields.get("task") else self._placed(event)
        found += self._jobs.get(str(event.fields.get("job") or ""), ())
        if self._by_task:
            for name in _TASK.findall(event.text[:_READ]):
                found += self._by_task.get(name.lower(), ())
        if event.kind in _BY_INCARNATION and event.time is not None:
            for attempt, near in self._by_incarnation.get(_incarnation(event) or "", ()):
                if event.time in near:
                    found.append(attempt)
        return found or (self._beside(event) if own else [])

    def _beside(self, event: Event) -> list[Attempt]:
        """The only attempt that the event was written beside."""
        if event.time is None:
            return []
        last = bisect_right(self._timed, event.time, key=lambda entry: entry[0])
        near = [attempt for _, end, attempt in self._timed[max(0, last - 4) : last] if event.time <= end]
        return near if len(near) == 1 else []

    def _placed(self, event: Event) -> list[Attempt]:
        """By place alone: another extension's sequence number says nothing of a backup."""
        bare = Event(event.kind, event.artifact, "", event.line)
        return self._owners.of(Hit("", bare, event.line, {}))


def _keys(attempts: Iterable[Attempt]) -> dict[int, str]:
    """The attempt's id, with `#2`, `#3` … behind it where several attempts share it."""
    keys: dict[int, str] = {}
    seen: dict[str, int] = {}
    for attempt in attempts:
        seen[attempt.id] = seen.get(attempt.id, 0) + 1
        keys[id(attempt)] = attempt.id if seen[attempt.id] == 1 else f"{attempt.id}#{seen[attempt.id]}"
    return keys


def _nearest(found: list[Attempt], event: Event) -> list[Attempt]:
    """Of several attempts with one sequence number (it begins anew when the extension is installed again) those nearest in time."""
    timed = [attempt for attempt in found if attempt.window is not None]
    moment = event.time
    if moment is None or len(timed) < 2:
        return found

    def distance(attempt: Attempt) -> timedelta:
        window = attempt.window
        assert window is not None  # chosen above
        return max(window.start - moment, moment - window.end, timedelta(0))

    least = min(distance(attempt) for attempt in timed)
    return [attempt for attempt in timed if distance(attempt) == least]


def _by_incarnation(attempts: Iterable[Attempt], events: Sequence[Event]) -> dict[str, list[tuple[Attempt, Window]]]:
    """The attempts that each incarnation brought, and the time in which that number means this attempt."""
    fetched = sorted(
        (event.time, number)
        for event in events
        if event.kind == "waagent-log" and not event.fields.get("handler") and event.time and (number := _incarnation(event))
    )
    brought: dict[int, set[str]] = {}
    for event in events:
        if event.kind == "extensions-config" and _EXTENSION in event.component:
            sequence, stated = event.fields.get("sequence"), event.fields.get("incarnation")
            if isinstance(sequence, int) and stated is not None:
                brought.setdefault(sequence, set()).add(str(stated))
    found: dict[str, list[tuple[Attempt, Window]]] = {}
    for attempt in attempts:
        if attempt.window is None:
            continue
        named = {number for hit in attempt.hits if (number := _incarnation(hit.event))}
        if attempt.sequence is not None:
            named |= brought.get(attempt.sequence, set())
        begun = bisect_right(fetched, attempt.window.start, key=lambda entry: entry[0])
        if begun and attempt.window.start - fetched[begun - 1][0] <= _BROUGHT:
            named.add(fetched[begun - 1][1])
        for number in named:
            found.setdefault(number, []).append((attempt, attempt.window.widened(_NEAR, _NEAR)))
    return found


def _incarnation(event: Event) -> str | None:
    stated = event.fields.get("incarnation")
    if stated is not None:
        return str(stated)
    named = _INCARNATION.search(event.text[:_READ]) if event.kind == "waagent-log" else None
    return named[1] if named else None
