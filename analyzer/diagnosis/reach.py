"""The one line of coverage that matters: the most important log of a verdict that does not tell of the failure's time.

What a log that ends too early could have said is unknown, so the reader of a verdict must know of it before anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from analyzer.diagnosis.diagnose import Judged
from analyzer.diagnosis.knowledge import exists_on
from analyzer.diagnosis.rules import Hypothesis, Status
from analyzer.model import of_platform
from analyzer.signatures.model import Strength
from analyzer.timeline.timeline import Timeline, Window, merge, told_by


class State(StrEnum):
    COVERS = "covers"  # every log that matters tells of the whole time
    ENDS = "ends"  # the log stops before the failure
    BEGINS = "begins"  # the log begins behind the start of that time
    GAP = "gap"  # it says nothing of a part of that time
    UNREAD = "unread"  # it is there, and nothing dated could be read from it
    ABSENT = "absent"  # it is not in the bundle


_EVENT_LOGS = "evtx"
_WHOLLY = (State.ABSENT, State.UNREAD)
_ROUNDING = timedelta(minutes=1)  # what is shorter is no hole: the first line of a run stands a little behind the request


@dataclass(frozen=True)
class Reach:
    """`kind` and `artifact` are the log's ('' where all cover the time), `missing` is how much of the time it lacks; `kinds` are all that
    matter."""

    state: State
    kind: str = ""
    artifact: str = ""
    missing: timedelta = timedelta(0)
    kinds: tuple[str, ...] = field(default=())


def reach(judged: Judged, timeline: Timeline, system: str) -> Reach | None:
    """How far the logs reach that matter for the verdict; None where none does: the cause is read from states and documents alone."""
    incident = judged.incident
    if incident.foreign or incident.basis == "unknown":
        return None
    kinds = _kinds(judged, system)
    for kind in kinds:
        found = lack(kind, incident.window, timeline)
        if found is not None and (found.state in _WHOLLY or found.missing >= _ROUNDING):
            return Reach(found.state, kind, found.artifact, found.missing, kinds)
    return Reach(State.COVERS, kinds=kinds) if kinds else None


def _kinds(judged: Judged, system: str) -> tuple[str, ...]:
    """The kinds that matter, the most important first: of the verdict's cause, else of those that lead; the platform's are the last."""
    verdict = judged.verdict
    spoken = [verdict.cause.id] if verdict.cause else verdict.leading
    by_cause = {hypothesis.cause.id: hypothesis for hypothesis in judged.hypotheses}
    found = dict.fromkeys(kind for cause in spoken for kind in _of(by_cause[cause]))
    return tuple(sorted((kind for kind in found if exists_on(kind, system)), key=of_platform))


def _of(hypothesis: Hypothesis) -> Iterator[str]:
    """What a cause is read from: where its proof stands, what the proof needs or could be cleared by; where it is not proven also the
    artifacts that could show it."""
    for finding in hypothesis.supporting():
        signature = finding.signature
        if signature.strength is not Strength.HINT:
            for kind in (*signature.needs, *signature.cleared_by):
                yield from told_by(kind)
            for item in finding.evidence:
                event = item.hit.event
                yield from (event.component,) if event.kind == "gap" else told_by(event.kind)
    if hypothesis.status is not Status.CONFIRMED:
        yield from hypothesis.cause.needs


def lack(kind: str, window: Window, timeline: Timeline) -> Reach | None:
    """What a kind lacks of the window; None if it lacks nothing."""
    if kind == _EVENT_LOGS and any(one.startswith(f"{kind}:") for one in timeline.coverage):
        return None  # one of its channels is meant, and is judged by itself
    if timeline.covers(kind, window):
        return None
    spans = timeline.coverage.get(kind, [])
    if not spans:
        artifacts = timeline.artifacts(kind)
        return Reach(State.UNREAD, kind, artifacts[-1].path) if artifacts else Reach(State.ABSENT, kind)
    first = min(spans, key=lambda item: item[1].start)
    last = max(spans, key=lambda item: item[1].end)
    if last[1].end < window.end and not _covered_later(spans, window):
        return Reach(State.ENDS, kind, last[0], window.end - last[1].end)
    if first[1].start > window.start:
        return Reach(State.BEGINS, kind, first[0], first[1].start - window.start)
    return _gap(kind, spans, window)


def _covered_later(spans: list[tuple[str, Window]], window: Window) -> bool:
    return any(span.end >= window.end for _, span in spans)


def _gap(kind: str, spans: list[tuple[str, Window]], window: Window) -> Reach:
    """The longest stretch of the window between two spans of the kind."""
    merged = merge([span for _, span in spans])
    holes: list[tuple[timedelta, datetime]] = []
    for before, after in pairwise(merged):
        start, end = max(before.end, window.start), min(after.start, window.end)
        if end > start:
            holes.append((end - start, before.end))
    length, since = max(holes, default=(timedelta(0), window.start))
    artifact = next((path for path, span in spans if span.end == since), spans[0][0])
    return Reach(State.GAP, kind, artifact, length)


def in_words(length: timedelta) -> str:
    """`2 d 3 h`, `3 h 12 min`, `5 min`, `40 s`."""
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
