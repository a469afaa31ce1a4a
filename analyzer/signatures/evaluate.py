"""Does a signature hold for an incident, and which lines say so?

Values are Kleene's. An event that is there is true. An event that is not there is false only if its artifacts cover the whole span;
otherwise nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from analyzer.model import Basis
from analyzer.parsers.pattern import Hit
from analyzer.signatures.conditions import Node, Truth, all_of, any_of
from analyzer.signatures.model import Scope, Signature
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.timeline import Timeline, Window


class Relation(StrEnum):
    WINDOW = "window"
    STATE = "state"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One hit that speaks, how it stands to the incident, and whether its place in time or identity is sure."""

    hit: Hit
    relation: Relation
    sure: bool
    name: str


@dataclass(frozen=True)
class Case:
    """What a signature is judged against: the window, the runs that belong to the incident, and whether it is a whole bundle."""

    window: Window
    attempts: tuple[Attempt, ...] = ()
    others: tuple[Attempt, ...] = ()
    whole_bundle: bool = False


@dataclass
class Finding:
    """The outcome for one signature: its value, the lines that carry it, the kinds that were missing, and what cleared it."""

    signature: Signature
    truth: Truth
    evidence: list[Evidence] = field(default_factory=list)
    history: list[Evidence] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    cleared: Hit | None = None
    uncleared_kinds: list[str] = field(default_factory=list)  # kinds of cleared_by that were not read over the window
    trace: list[tuple[str, Truth]] = field(default_factory=list)

    @property
    def onset(self) -> datetime | None:
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
        judge.clear(finding)
    return finding


def _order(hit: Hit) -> tuple[bool, datetime | int, str, int]:
    time = hit.event.time
    return (time is not None, time if time is not None else 0, hit.event.artifact, hit.line or 0)


def _after(later: Hit, earlier: Hit) -> bool:
    """Whether a hit stands behind another: by time, or by line where one of them has no time or they share a moment."""
    first, second = earlier.event, later.event
    if first.time is not None and second.time is not None and (first.time != second.time or first.artifact != second.artifact):
        return second.time > first.time
    return first.artifact == second.artifact and (later.line or 0) > (earlier.line or 0)


def _within(first: Hit, second: Hit, seconds: int | None) -> bool:
    if seconds is None:
        return True
    if first.event.time is None or second.event.time is None:
        return False
    return abs((second.event.time - first.event.time).total_seconds()) <= seconds


class _Judge:
    """Evaluates one signature for one case and remembers which hits it used."""

    def __init__(self, signature: Signature, timeline: Timeline, case: Case) -> None:
        self.signature, self.timeline, self.case = signature, timeline, case
        self.span = case.window.widened(before=timedelta(minutes=signature.before))
        self.used: dict[str, list[Evidence]] = {}
        self.trace: list[tuple[str, Truth]] = []
        self._found: dict[str, list[Evidence]] = {}

    def found(self, name: str) -> list[Evidence]:
        if name not in self._found:
            hits = self.timeline.hits.get(self.signature.patterns[name].name, ())
            self._found[name] = [item for hit in hits if (item := self._placed(name, hit)) is not None]
        return self._found[name]

    def present(self, name: str) -> list[Evidence]:
        """Hits that count for this incident."""
        wanted = {Relation.WINDOW, Relation.STATE}
        if self.signature.scope is Scope.BEFORE:
            wanted.add(Relation.HISTORY)
        return [item for item in self.found(name) if item.relation in wanted]

    def _placed(self, name: str, hit: Hit) -> Evidence | None:
        event, case = hit.event, self.case
        if event.state:
            return Evidence(hit, Relation.STATE, self._held(hit), name)
        if self.signature.scope is Scope.RUN and case.attempts:
            if any(attempt.holds(hit) for attempt in case.attempts):
                return Evidence(hit, Relation.WINDOW, True, name)
            if any(attempt.holds(hit) for attempt in case.others):
                return Evidence(hit, Relation.HISTORY, True, name)
        if event.time is None:
            return Evidence(hit, Relation.WINDOW, False, name)
        if event.time > self.span.end:
            return None
        sure = event.basis in (Basis.DECLARED, Basis.INFERRED) or any(attempt.holds(hit) for attempt in case.attempts)
        return Evidence(hit, Relation.WINDOW if event.time in self.span else Relation.HISTORY, sure, name)

    def _held(self, hit: Hit) -> bool:
        """Whether a state is known to have held in the window: changed before it, or the window reaches to the collection."""
        changed = hit.event.time
        if changed is not None:
            return changed <= self.case.window.start
        return self.case.whole_bundle

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
        self.used.setdefault(name, []).extend(item for item in items if item not in self.used.get(name, ()))
        return Truth.TRUE

    def _absent(self, name: str) -> Truth:
        """What it means that no such event is there."""
        kinds = self.signature.patterns[name].kinds
        return Truth.FALSE if any(self.timeline.covers(kind, self.span) for kind in kinds) else Truth.UNKNOWN

    def _count(self, node: Node) -> Truth:
        name = node.names[0]
        items = sorted(self.present(name), key=lambda item: _order(item.hit))
        compare: Callable[[int], bool] = {
            ">=": lambda n: n >= node.limit, ">": lambda n: n > node.limit, "=": lambda n: n == node.limit,
            "<=": lambda n: n <= node.limit, "<": lambda n: n < node.limit,
        }[node.word]  # fmt: skip
        best = items if node.seconds is None else _densest(items, node.seconds)
        if compare(len(best)):
            if node.word in ("<", "<="):
                return Truth.TRUE if self._absent(name) is Truth.FALSE else Truth.UNKNOWN
            return self._use(name, best) or Truth.TRUE
        return self._absent(name)

    def _then(self, node: Node) -> Truth:
        first, second = (self.present(name) for name in node.names)
        for a in first:
            for b in second:
                if _after(b.hit, a.hit) and _within(a.hit, b.hit, node.seconds):
                    self._use(node.names[0], [a])
                    self._use(node.names[1], [b])
                    return Truth.TRUE
        missing = [self._absent(name) for name, items in zip(node.names, (first, second), strict=True) if not items]
        return all_of([Truth.FALSE, *missing]) if Truth.FALSE in missing or not missing else Truth.UNKNOWN

    def _without(self, node: Node) -> Truth:
        """An event with no other one near it. True only where the other's source covers the time that it should have come in."""
        first, other = node.names
        assert node.seconds is not None  # the grammar demands it
        reach = timedelta(seconds=node.seconds)
        verdict = Truth.FALSE if self.present(first) else self._absent(first)
        for item in self.present(first):
            moment = item.hit.event.time
            if moment is None:
                verdict = any_of([verdict, Truth.UNKNOWN])
                continue
            span = Window(
                moment - (reach if node.word != "after" else timedelta(0)), moment + (reach if node.word != "before" else timedelta(0))
            )
            near = [
                hit
                for hit in self.timeline.hits.get(self.signature.patterns[other].name, ())
                if hit.event.time in span and hit is not item.hit
            ]
            if near:
                continue
            if any(self.timeline.covers(kind, span) for kind in self.signature.patterns[other].kinds):
                self._use(first, [item])
                return Truth.TRUE
            verdict = Truth.UNKNOWN
        return verdict

    def _uncleared(self, node: Node) -> Truth:
        first, clearing = node.names
        items = sorted(self.present(first), key=lambda item: _order(item.hit))
        if not items:
            return self._absent(first)
        last = items[-1].hit
        if any(_after(item.hit, last) for item in self.present(clearing)):
            return Truth.FALSE
        return self._use(first, items) or Truth.TRUE

    def missing(self) -> list[str]:
        """Kinds that the signature needs and that do not cover the span."""
        wanted = self.signature.needs or tuple(sorted(self.signature.kinds))
        return [kind for kind in wanted if not self.timeline.covers(kind, self.span)]

    def clear(self, finding: Finding) -> None:
        """Looks for what takes the finding back: a clearing event behind its last proof."""
        last = max((item.hit for item in finding.evidence), key=_order, default=None)
        for kind, name in self.signature.cleared_by.items():
            pattern = self.signature.patterns[name].name
            for hit in self.timeline.hits.get(pattern, ()):
                moment = hit.event.time
                inside = moment is None or moment <= self.span.end
                if last is not None and inside and hit.event.kind == kind and _after(hit, last):
                    finding.cleared = hit
                    return
            if not self.timeline.covers(kind, self.span):
                finding.uncleared_kinds.append(kind)


def _densest(items: Sequence[Evidence], seconds: int) -> list[Evidence]:
    """The longest run of items that fits into a span of that many seconds."""
    timed = [(item.hit.event.time, item) for item in items if item.hit.event.time is not None]
    best: list[Evidence] = []
    first = 0
    for last in range(len(timed)):
        while (timed[last][0] - timed[first][0]).total_seconds() > seconds:
            first += 1
        if last - first + 1 > len(best):
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
