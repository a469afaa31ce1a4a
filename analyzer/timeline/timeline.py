"""Everything that was found, in order, and what time each source covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from analyzer.model import Artifact, ArtifactStatus, Event
from analyzer.parsers.pattern import Hit, PatternSet
from analyzer.timeline.clock import Clocks

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
# which artifact kind must be there to tell that an event of a derived kind is not
_TOLD_BY = {
    "attempt": "vmsnapshot-log",
    "job-task": "job",
    "job-error": "job",
    "job-code": "job",
    "job-overlap": "job",
    "portal-error": "portal-text",
}


def told_by(kind: str) -> tuple[str, ...]:
    """The artifact kinds that events of `kind` come from: their own, or those that a derived kind is taken from."""
    return _BEATING if kind == "gap" else (_TOLD_BY.get(kind, kind),)


_BEATING = ("waagent-log", "waappagent-log")  # logs of agents that say regularly that they are alive: they tell of silences


@dataclass(frozen=True, slots=True)
class Window:
    """A span of UTC time, both ends included."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment <= self.end

    def overlaps(self, other: Window) -> bool:
        return self.start <= other.end and other.start <= self.end

    def widened(self, before: timedelta = timedelta(0), after: timedelta = timedelta(0)) -> Window:
        """The window and some time around it, as far as the calendar reaches."""
        start = self.start - before if self.start - _FIRST > before else _FIRST
        return Window(start, self.end + after if _LAST - self.end > after else _LAST)

    def __len__(self) -> int:
        return max(0, int((self.end - self.start).total_seconds()))

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Gap:
    """A source says nothing of the time from `span.start` to `span.end`. `reason`: silent, rotated, end (the log stops); of an event log
    missing (record ids), cleared, archived."""

    kind: str
    artifact: str
    span: Window
    line: int | None
    until_line: int | None
    reason: str
    quote: str = ""  # the lines at its ends, as they stand there
    record: int | None = None  # of an event log: the last record before it


@dataclass
class Timeline:
    """The events in order of time, the hits of every pattern, the spans that each artifact covers, and the gaps in them."""

    events: list[Event] = field(default_factory=list)
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    coverage: dict[str, list[tuple[str, Window]]] = field(default_factory=dict)
    kinds: dict[str, list[Artifact]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    clocks: Clocks = field(default_factory=Clocks)
    collected: datetime | None = None
    collected_by: str = "unknown"  # stated, newest record, archive
    omitted: dict[str, int] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)  # patterns whose hits stand under another name (`PatternSet.same`)
    live: set[str] = field(default_factory=set)  # logs that their writer had not put by, read to their end

    def add(self, events: Iterable[Event], patterns: PatternSet) -> None:
        """Adds events that were found later, and what the patterns say of them."""
        for event in events:
            self.events.append(event)
            for hit in patterns.of_kind(event.kind).of_event(event):
                self.hits.setdefault(hit.pattern, []).append(hit)
        self.events = in_order(self.events)
        for hits in self.hits.values():
            hits.sort(key=hit_order)

    def hits_of(self, pattern: str, window: Window | None = None) -> list[Hit]:
        """The hits of a pattern in order of time; with a window only those inside it, and those without a time."""
        hits = self.hits.get(self.same.get(pattern, pattern), [])
        return hits if window is None else [hit for hit in hits if hit.event.time is None or hit.event.time in window]

    def of_kind(self, kind: str) -> Iterator[Event]:
        return (event for event in self.events if event.kind == kind)

    def artifacts(self, kind: str) -> list[Artifact]:
        """The artifacts of a kind; of one channel of the event logs (`evtx:System`) those that hold records of it."""
        log, _, channel = kind.partition(":")
        if not channel:
            return self.kinds.get(kind, [])
        paths = {path for path, _ in self.coverage.get(kind, ())}
        return [artifact for artifact in self.kinds.get(log, ()) if artifact.path in paths]

    def covers(self, kind: str, window: Window) -> bool:
        """Whether the artifacts of a kind cover the whole window without a cut.

        A state or document covers any window: what it says is judged by its own time. A log that is the live one (not rotated
        away) covers time up to the collection, even if it is silent: that silence is what it says.
        """
        if kind == "gap":
            return any(self.covers(one, window) for one in _BEATING)
        kind = _TOLD_BY.get(kind, kind)
        if kind.startswith("evtx:") and kind not in self.coverage and "evtx" not in self.coverage:
            return self._read("evtx")  # an event log without times
        spans = sorted((span for _, span in self.coverage.get(kind, ())), key=lambda span: span.start)
        if not spans:
            return kind not in self.coverage and self._read(kind)
        reached = window.start
        for span in spans:
            if span.start > reached:
                break
            reached = max(reached, span.end)
        return reached >= window.end

    def _read(self, kind: str) -> bool:
        """Whether a document of the kind could be read: a damaged one is no better than none."""
        return any(artifact.status in (ArtifactStatus.PARSED, ArtifactStatus.PARTLY) for artifact in self.kinds.get(kind, ()))

    def touches(self, kind: str, window: Window) -> bool:
        """Whether any artifact of the kind says something of the window."""
        if kind == "gap":
            return any(self.touches(one, window) for one in _BEATING)
        kind = _TOLD_BY.get(kind, kind)
        if kind not in self.coverage:
            return self._read(kind)
        return any(span.overlaps(window) for _, span in self.coverage[kind])

    def stops(self, kind: str, window: Window) -> bool:
        """Whether the live log of a kind is there and ends before the window."""
        return any(path in self.live and span.end < window.start for path, span in self.coverage.get(kind, ()))


def order(event: Event) -> tuple[bool, datetime | int, str, int]:
    """Sort key: events without a time first, then by time, artifact, line."""
    time = event.time
    return (time is not None, time if time is not None else 0, event.artifact, event.line or event.record or 0)


def hit_order(hit: Hit) -> tuple[bool, datetime | int, str, int]:
    """Sort key of hits: as that of events, by the line of the match."""
    time = hit.event.time
    return (time is not None, time if time is not None else 0, hit.event.artifact, hit.line or 0)


def in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=order)


def merge(spans: Sequence[Window]) -> list[Window]:
    """Overlapping spans as one each, in order."""
    merged: list[Window] = []
    for span in sorted(spans, key=lambda item: item.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
