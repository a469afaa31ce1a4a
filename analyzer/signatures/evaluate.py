"""Does a signature hold for an incident, and which lines say so?

Values are Kleene's. An event that is there is true. An event that is not there is false only if its artifacts cover the whole span;
otherwise nobody knows.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from analyzer.model import Basis, Event, of_platform
from analyzer.parsers.pattern import Hit
from analyzer.signatures.conditions import Node, Truth, all_of, any_of
from analyzer.signatures.model import Role, Scope, Signature, Strength
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.clock import ASSUMED
from analyzer.timeline.owners import Owners
from analyzer.timeline.timeline import Timeline, Window
from analyzer.timeline.timeline import hit_order as _order

_ANY_ZONE = timedelta(hours=14)  # no zone is further from UTC
_HISTORY = 200  # hits of one pattern before the span that are looked at: enough to say that there were such
_OF_A_JOB = frozenset(("job", "job-task", "job-error", "job-overlap"))
_OF_A_PERSON = frozenset(("portal-error", "portal-text"))


class Relation(StrEnum):
    WINDOW = "window"
    STATE = "state"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One hit that speaks, how it stands to the incident, and whether its place in time or identity is sure. `own`: it is the
    incident's by identity (its run, its job, the text that reported it), not only by time."""

    hit: Hit
    relation: Relation
    sure: bool
    name: str
    own: bool = False


@dataclass(frozen=True)
class Case:
    """What a signature is judged against: the window, the runs that belong to the incident and those that belong to none or to
    another, and whether the window is the whole bundle's for want of a time of failure. What a job says of itself counts for the
    incident of that `job`, whenever it ended; what somebody copied counts for the incident it reports (`texts`: artifact and line or
    pointer). A document of the platform about another VM than `vm` says nothing of it."""

    window: Window
    attempts: tuple[Attempt, ...] = ()
    others: tuple[Attempt, ...] = ()
    whole_bundle: bool = False
    job: str | None = None
    texts: frozenset[tuple[str, int | str | None]] = frozenset()
    vm: str | None = None

    @cached_property
    def _owners(self) -> Owners:
        return Owners((*self.attempts, *self.others))

    @cached_property
    def _mine(self) -> frozenset[int]:
        return frozenset(id(attempt) for attempt in self.attempts)

    def owned(self, hit: Hit) -> tuple[bool, bool]:
        """Whether a line belongs to a run of this incident, and if not, whether it belongs to another run."""
        owners = self._owners.of(hit)
        mine = any(id(attempt) in self._mine for attempt in owners)
        return mine, bool(owners) and not mine


@dataclass
class Finding:
    """The outcome for one signature: its value, the lines that carry it, the kinds that were missing, and what cleared it. `sure`:
    no line without a time or of another run is needed for it, and not all of it rests on a clock that is only assumed."""

    signature: Signature
    truth: Truth
    evidence: list[Evidence] = field(default_factory=list)
    history: list[Evidence] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # kinds of needs that say nothing of the time
    sure: bool = True
    cleared: Hit | None = None
    uncleared_kinds: list[str] = field(default_factory=list)  # kinds of cleared_by that were not read over the window
    trace: list[tuple[str, Truth]] = field(default_factory=list)

    @property
    def onset(self) -> datetime | None:
        """When it began, as far as known: a state without a date that it rests on may have begun at any time."""
        if any(item.relation is Relation.STATE and item.hit.event.time is None for item in self.evidence):
            return None
        return min((item.hit.event.time for item in self.evidence if item.hit.event.time), default=None)


def evaluate(signature: Signature, timeline: Timeline, case: Case) -> Finding:
    """Judges one signature. Evidence is in order of time; `history` are the same events at other times."""
    judge = _Judge(signature, timeline, case)
    truth = judge.value(signature.when)
    finding = Finding(signature, truth, missing=judge.missing(), trace=judge.trace)
    proof = signature.proof()
    finding.history = [item for name in sorted(proof) for item in judge.found(name) if item.relation is Relation.HISTORY]
    if truth is Truth.TRUE:
        chosen = judge.used or {name: judge.present(name) for name in proof}
        finding.evidence = sorted(
            (item for name in sorted(chosen) if name in proof for item in chosen[name]), key=lambda item: _order(item.hit)
        )
        placed = _Judge(signature, timeline, case, placed_only=True).value(signature.when) is Truth.TRUE
        finding.sure = placed and any(item.sure or item.relation is Relation.STATE for item in finding.evidence)
        speaking = {kind for item in finding.evidence for kind in _speaking(item.hit.event)}
        finding.unread = [kind for kind in signature.needs if kind not in speaking and not timeline.touches(kind, judge.span)]
        judge.clear(finding)
        beside = _beside(finding, timeline, judge.span)
        if beside and signature.role is Role.FOR and signature.strength is not Strength.DECISIVE:
            return Finding(signature, Truth.UNKNOWN, history=finding.history, missing=beside, unread=beside, trace=judge.trace)
    return finding


def _speaking(event: Event) -> Iterator[str]:
    """The kinds that an event says something of: its own, its channel's, that of the log that is silent."""
    yield event.kind
    if event.kind == "gap":
        yield str(event.fields["of"])


def _beside(finding: Finding, timeline: Timeline, span: Window) -> list[str]:
    """The unread kinds of its needs that are no source of the proof itself but of what would tell it from something else. A live log that
    stops before the span was read. Of a bundle with nothing of the guest none of the guest's artifacts is missing in particular."""
    signature = finding.signature
    sources = {kind for name in signature.proof() for kind in signature.patterns[name].kinds}
    guest = any(not of_platform(kind) and kind != "unknown" for kind in timeline.kinds)
    unread = [kind for kind in finding.unread if kind.partition(":")[0] not in sources and not timeline.stops(kind, span)]
    return [kind for kind in unread if guest or of_platform(kind)]


def _after(later: Hit, earlier: Hit) -> bool:
    """Whether a hit stands behind another: by time, or by line where one of them has no time or they share a moment."""
    first, second = earlier.event, later.event
    if first.time is not None and second.time is not None and (first.time != second.time or first.artifact != second.artifact):
        return second.time > first.time
    return first.artifact == second.artifact and (later.line or 0) > (earlier.line or 0)


def _maybe_after(later: Hit, earlier: Hit) -> bool:
    """Whether nobody can tell the order of two hits: of two artifacts at one moment, or without a time."""
    first, second = earlier.event, later.event
    if first.artifact == second.artifact or second.state:
        return False
    return first.time is None or second.time is None or first.time == second.time


def _is_placed(item: Evidence) -> bool:
    """Whether evidence has its place: a known time, if only by the assumed clock, and no other run that it belongs to."""
    return item.sure or item.relation is Relation.STATE or item.hit.event.basis is Basis.ASSUMED


def _within(first: Hit, second: Hit, seconds: int | None) -> bool:
    if seconds is None:
        return True
    if first.event.time is None or second.event.time is None:
        return False
    return abs((second.event.time - first.event.time).total_seconds()) <= seconds


def _time(hit: Hit) -> datetime:
    assert hit.event.time is not None  # dated hits stand behind those without a time
    return hit.event.time


class _Judge:
    """Evaluates one signature for one case and remembers which hits it used."""

    def __init__(self, signature: Signature, timeline: Timeline, case: Case, *, placed_only: bool = False) -> None:
        self.signature, self.timeline, self.case = signature, timeline, case
        self.doubted = signature.proof() if placed_only else frozenset()
        self.span = case.window.widened(before=timedelta(minutes=signature.before))
        self.covered = self._covered()
        self.zoneless = False
        self.used: dict[str, list[Evidence]] = {}
        self.trace: list[tuple[str, Truth]] = []
        self._found: dict[str, list[Evidence]] = {}

    def _covered(self) -> Window:
        """The time in which an event must have come if it came: of the runs if the signature speaks of them, else the window."""
        runs = [attempt.window for attempt in self.case.attempts if attempt.window is not None]
        if self.signature.scope is not Scope.RUN or not runs or len(runs) < len(self.case.attempts):
            return self.span
        return Window(min(run.start for run in runs), max(run.end for run in runs))

    def found(self, name: str) -> list[Evidence]:
        if name not in self._found:
            hits = self._near(self.timeline.hits_of(self.signature.patterns[name].name))
            self._found[name] = [item for hit in hits if (item := self._placed(name, hit)) is not None]
        return self._found[name]

    def _near(self, hits: list[Hit]) -> list[Hit]:
        """Of the many hits of a log: those without a time, those up to the end of the span, and some history before it."""
        if len(hits) <= _HISTORY or hits[-1].event.kind not in self.timeline.coverage:
            return hits
        starts = [attempt.start for attempt in self.case.attempts if attempt.start is not None]
        ends = [attempt.end for attempt in self.case.attempts if attempt.end is not None]
        undated = bisect_left(hits, True, key=lambda hit: hit.event.time is not None)
        last = bisect_right(hits, max([self.span.end, *ends]), undated, key=_time)
        if self.signature.scope is Scope.BEFORE:
            return hits[:last]
        first = bisect_left(hits, min([self.span.start, *starts]), undated, key=_time)
        return hits[:undated] + hits[max(undated, first - _HISTORY) : last]

    def present(self, name: str) -> list[Evidence]:
        """Hits that count for this incident."""
        wanted = {Relation.WINDOW, Relation.STATE}
        if self.signature.scope is Scope.BEFORE:
            wanted.add(Relation.HISTORY)
        found = [item for item in self.found(name) if item.relation in wanted]
        return [item for item in found if _is_placed(item)] if name in self.doubted else found

    def _placed(self, name: str, hit: Hit) -> Evidence | None:
        event = hit.event
        if self._of_another_vm(event):
            return None
        if event.state:
            return self._state(name, hit)
        if event.kind == "job-code":
            return self._identified(name, hit, self._of_incident(event))
        if event.kind in _OF_A_JOB:
            return self._identified(name, hit, event.fields.get("job") == self.case.job)
        if event.kind in _OF_A_PERSON:
            return self._identified(name, hit, (event.artifact, event.line or event.pointer) in self.case.texts)
        mine, foreign = self.case.owned(hit)
        if self.signature.scope is Scope.RUN and (mine or foreign):
            return self._identified(name, hit, mine)
        if event.time is None:
            return Evidence(hit, Relation.WINDOW, mine, name, mine)
        if event.time > self.span.end:
            return None
        sure = mine or (event.basis in (Basis.DECLARED, Basis.INFERRED) and not (foreign and self.case.attempts))
        return Evidence(hit, Relation.WINDOW if self._inside(event) else Relation.HISTORY, sure, name)

    def _of_incident(self, event: Event) -> bool:
        """Whether a code stands in what reports this incident."""
        job = event.fields.get("job")
        return (job is not None and job == self.case.job) or (event.artifact, event.line or event.pointer) in self.case.texts

    def _of_another_vm(self, event: Event) -> bool:
        """'' as the case's VM: it is one of several here, and nobody knows which."""
        named = event.fields.get("vm")
        return bool(named) and self.case.vm is not None and event.kind.startswith("azure-") and str(named).lower() != self.case.vm.lower()

    def _identified(self, name: str, hit: Hit, mine: bool) -> Evidence:
        return Evidence(hit, Relation.WINDOW if mine else Relation.HISTORY, True, name, mine)

    def _state(self, name: str, hit: Hit) -> Evidence:
        """A state holds from its time on. One that states itself that it began after the window is no evidence for it."""
        changed = hit.event.time
        began_later = hit.event.stamp is not None and changed is not None and changed > self.span.end
        return Evidence(hit, Relation.HISTORY if began_later else Relation.STATE, self._held(hit), name)

    def _inside(self, event: Event) -> bool:
        """Whether an event falls into the span; a silence does if any of it lies there."""
        assert event.time is not None  # the caller looked
        if event.kind != "gap":
            return event.time in self.span
        return event.time < self.span.end and datetime.fromisoformat(str(event.fields["until"])) > self.span.start

    def _held(self, hit: Hit) -> bool:
        """Whether a state is known to have held in the window: changed before it, or the window reaches to the collection."""
        changed = hit.event.time
        return self.case.whole_bundle or (changed is not None and changed <= self.case.window.start)

    def value(self, node: Node) -> Truth:
        match node.op:
            case "and":
                return all_of([self.value(part) for part in node.parts])
            case "or":
                return any_of([self.value(part) for part in node.parts])
            case "not":
                return ~self.value(node.parts[0])
        truth = self._leaf(node)
        self.trace.append((_text(node), truth))
        return truth

    def _leaf(self, node: Node) -> Truth:
        match node.op:
            case "seen":
                return self._use(node.names[0], self.present(node.names[0])) or self._absent(node.names[0])
            case "count":
                return self._count(node)
            case "then":
                return self._then(node)
            case "without":
                return self._without(node)
            case "uncleared":
                return self._uncleared(node)
        raise ValueError(node.op)

    def _use(self, name: str, items: Sequence[Evidence]) -> Truth | None:
        if not items:
            return None
        used = self.used.setdefault(name, [])
        known = {id(item) for item in used}
        used.extend(item for item in items if id(item) not in known)
        return Truth.TRUE

    def _absent(self, name: str) -> Truth:
        """What it means that no such event is there. One that an unknown zone may have moved out of the span is not known to be absent."""
        if self._moved(name):
            self.zoneless = True
            return Truth.UNKNOWN
        return Truth.FALSE if self._watched(name, self.covered) else Truth.UNKNOWN

    def _moved(self, name: str) -> bool:
        """Whether an event by a clock of no known zone stands so near the span that in some zone it lies in it."""
        if self.timeline.clocks.local is not ASSUMED or self.signature.scope is Scope.STATE:
            return False
        hits = self.timeline.hits.get(self.signature.patterns[name].name, [])
        near = self.covered.widened(_ANY_ZONE, _ANY_ZONE)
        first = bisect_left(hits, (True, near.start), key=lambda hit: (hit.event.time is not None, hit.event.time or near.start))
        return any(hit.event.basis is Basis.ASSUMED for hit in itertools.takewhile(lambda hit: _time(hit) <= near.end, hits[first:]))

    def _watched(self, name: str, span: Window) -> bool:
        """Whether a source of the event covers a span."""
        return any(self.timeline.covers(kind, span) for kind in self.signature.patterns[name].sources)

    def _count(self, node: Node) -> Truth:
        name = node.names[0]
        items = sorted(self.present(name), key=lambda item: _order(item.hit))
        compare: Callable[[int], bool] = {
            ">=": lambda n: n >= node.limit, ">": lambda n: n > node.limit, "=": lambda n: n == node.limit,
            "<=": lambda n: n <= node.limit, "<": lambda n: n < node.limit,
        }[node.word]  # fmt: skip
        best = items if node.seconds is None else _densest(items, node.seconds)
        holds = compare(len(best))
        if node.word in (">=", ">"):
            return (self._use(name, best) or Truth.TRUE) if holds else self._absent(name)
        if not holds and len(best) >= node.limit:
            return Truth.FALSE  # what was not read could only add to them
        if self._absent(name) is not Truth.FALSE:
            return Truth.UNKNOWN
        return (self._use(name, best) or Truth.TRUE) if holds else Truth.FALSE

    def _then(self, node: Node) -> Truth:
        first, second = (self.present(name) for name in node.names)
        for b in reversed(second):  # the last such pair is the one that tells how things stand
            for a in reversed(first):
                if _after(b.hit, a.hit) and _within(a.hit, b.hit, node.seconds):
                    self._use(node.names[0], [a])
                    self._use(node.names[1], [b])
                    return Truth.TRUE
        known = [self._absent(name) is Truth.FALSE for name in node.names]
        excluded = any(whole and not items for whole, items in zip(known, (first, second), strict=True))
        return Truth.FALSE if excluded or all(known) else Truth.UNKNOWN

    def _without(self, node: Node) -> Truth:
        """An event with no other one near it. True only where the other's source covers the time that it should have come in."""
        first, other = node.names
        assert node.seconds is not None  # the grammar demands it
        reach = timedelta(seconds=node.seconds)
        verdict = Truth.FALSE if self.present(first) else self._absent(first)
        alone: list[Evidence] = []
        for item in self.present(first):
            moment = item.hit.event.time
            if moment is None:
                verdict = any_of([verdict, Truth.UNKNOWN])
                continue
            span = Window(
                moment - (reach if node.word != "after" else timedelta(0)), moment + (reach if node.word != "before" else timedelta(0))
            )
            near = [
                hit for hit in self.timeline.hits_of(self.signature.patterns[other].name) if hit.event.time in span and hit is not item.hit
            ]
            if near:
                continue
            undated = any(hit.event.time is None for hit in self.timeline.hits_of(self.signature.patterns[other].name))
            if not undated and self._watched(other, span):
                alone.append(item)
            else:
                verdict = any_of([verdict, Truth.UNKNOWN])
        return self._use(first, alone) or verdict

    def _uncleared(self, node: Node) -> Truth:
        first, clearing = node.names
        items = sorted(self.present(first), key=lambda item: _order(item.hit))
        if not items:
            return self._absent(first)
        last = items[-1].hit
        if any(_after(item.hit, last) for item in self.present(clearing)):
            return Truth.FALSE
        if any(_maybe_after(item.hit, last) for item in self.present(clearing)):
            return Truth.UNKNOWN
        return self._use(first, items) or Truth.TRUE

    def missing(self) -> list[str]:
        """Kinds that the signature needs and that do not cover the span; if all do, those of the events that nobody can tell of. The zone
        is missing where an event may lie in the span by it."""
        wanted = self.signature.needs or tuple(sorted(self.signature.kinds))
        found = [kind for kind in wanted if not self.timeline.covers(kind, self.covered)]
        if not found:
            names = sorted(self.signature.when.all_names())
            unknown = [name for name in names if not self.present(name) and not self._watched(name, self.covered)]
            found = sorted({kind for name in unknown for kind in self.signature.patterns[name].sources})
        return [*found, "timezone"] if self.zoneless else found

    def clear(self, finding: Finding) -> None:
        """Looks for what takes the finding back: a clearing event behind its last proof."""
        last = max((item.hit for item in finding.evidence), key=_order, default=None)
        if last is None:
            return
        since = min(last.event.time or self.span.start, self.span.start)  # a condition that lasts must be watched from its proof on
        for kind, name in self.signature.cleared_by.items():
            hits = [hit for hit in self.timeline.hits_of(self.signature.patterns[name].name) if self._may_clear(hit, kind)]
            finding.cleared = next((hit for hit in hits if _after(hit, last)), None)
            if finding.cleared is not None:
                return
            if any(_maybe_after(hit, last) for hit in hits) or not self.timeline.covers(kind, Window(since, self.span.end)):
                finding.uncleared_kinds.append(kind)

    def _may_clear(self, hit: Hit, kind: str) -> bool:
        """A recovery clears a failure of the same thing: not after the window, and not one of another run."""
        case, moment = self.case, hit.event.time
        if hit.event.kind != kind.partition(":")[0] or (moment is not None and moment > self.span.end):
            return False
        if self.signature.scope is not Scope.RUN or not case.attempts or any(attempt.holds(hit) for attempt in case.attempts):
            return True
        return not any(attempt.holds(hit) for attempt in case.others)


def _densest(items: Sequence[Evidence], seconds: int) -> list[Evidence]:
    """The longest run of items that fits into a span of that many seconds."""
    timed = [(item.hit.event.time, item) for item in items if item.hit.event.time is not None]
    best: list[Evidence] = []
    first = 0
    for last in range(len(timed)):
        while (timed[last][0] - timed[first][0]).total_seconds() > seconds:
            first += 1
        if last - first + 1 >= len(best):  # of equal stretches the latest
            best = [item for _, item in timed[first : last + 1]]
    return best


def _text(node: Node) -> str:
    match node.op:
        case "seen":
            return node.names[0]
        case "count":
            return f"count({node.names[0]}) {node.word} {node.limit}" + (f" within {node.seconds} s" if node.seconds else "")
        case "then":
            return f"{node.names[0]} then {node.names[1]}" + (f" within {node.seconds} s" if node.seconds else "")
        case "without":
            return f"{node.names[0]} without {node.names[1]} within {node.seconds} s {node.word}"
    return f"{node.names[0]} unless later {node.names[1]}"
