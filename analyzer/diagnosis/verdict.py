"""The choice among the hypotheses of an incident (CONTRACT.md, "Verdict")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from analyzer.diagnosis.knowledge import Cause
from analyzer.diagnosis.rules import Hypothesis, Status

_LATE = datetime(9999, 1, 1, tzinfo=UTC)
_FIRST = 5  # causes named where nothing leads


@dataclass
class Verdict:
    """`cause` is None for `undetermined`; `also` are causes that nothing sets apart from it; `leading` those worth a look."""

    status: str
    cause: Cause | None = None
    also: list[str] = field(default_factory=list)
    leading: list[str] = field(default_factory=list)


def explained(cause: str, causes: Mapping[str, Cause]) -> set[str]:
    """All causes that `cause` brings about, directly or through another."""
    found: set[str] = set()
    todo = [cause]
    while todo:
        for other in causes[todo.pop()].explains:
            if other not in found:
                found.add(other)
                todo.append(other)
    return found - {cause}


def choose(hypotheses: Sequence[Hypothesis], causes: Mapping[str, Cause], documented: Sequence[str]) -> Verdict:
    """Marks explained causes and picks the verdict. `documented` is the documented order of the symptom's causes."""
    strong = [hypothesis for hypothesis in hypotheses if hypothesis.status >= Status.LIKELY]
    _mark_explained(strong, [hypothesis for hypothesis in hypotheses if hypothesis.status >= Status.POSSIBLE], causes)

    def documented_order(hypothesis: Hypothesis) -> tuple[int, int]:
        place = documented.index(hypothesis.cause.id) if hypothesis.cause.id in documented else len(documented)
        return place, hypothesis.cause.order

    def rank(hypothesis: Hypothesis) -> tuple[int, int, datetime]:
        return -hypothesis.status, -hypothesis.best(), hypothesis.onset or _LATE

    candidates = sorted([h for h in strong if h.explained_by is None] or strong, key=lambda h: (rank(h), documented_order(h)))
    if candidates:
        first = candidates[0]
        return Verdict(first.status.word, first.cause, [h.cause.id for h in candidates[1:] if rank(h) == rank(first)])
    possible = sorted((h for h in hypotheses if h.status is Status.POSSIBLE), key=lambda h: (-h.best(), documented_order(h)))
    if len(possible) == 1:
        return Verdict(Status.POSSIBLE.word, possible[0].cause)
    open_ones = [h for h in hypotheses if h.status is Status.NOT_ASSESSABLE and h.cause.id in documented]
    leading = [h.cause.id for h in possible] + [h.cause.id for h in sorted(open_ones, key=documented_order)]
    return Verdict("undetermined", leading=leading or _first_to_check(hypotheses, documented_order))


def _first_to_check(hypotheses: Sequence[Hypothesis], documented_order: Callable[[Hypothesis], tuple[int, int]]) -> list[str]:
    """Where nothing points anywhere: causes that nobody could assess, those that the guest could show first; else any not excluded."""
    for status in (Status.NOT_ASSESSABLE, Status.NO_EVIDENCE):
        found = [h for h in hypotheses if h.status is status and h.cause.group == "seed"]
        if found:
            found.sort(
                key=lambda h: (h.reason.id == "not-judged", h.cause.decided_by == "platform", not h.cause.needs, *documented_order(h))
            )
            return [h.cause.id for h in found[:_FIRST]]
    return []


def _mark_explained(strong: Sequence[Hypothesis], held: Sequence[Hypothesis], causes: Mapping[str, Cause]) -> None:
    for hypothesis in strong:
        brought_about = explained(hypothesis.cause.id, causes)
        for other in held:
            if other.cause.id not in brought_about or _later(hypothesis, other):
                continue
            if other.explained_by is None or hypothesis.status > _status_of(strong, other.explained_by):
                other.explained_by = hypothesis.cause.id


def _status_of(strong: Sequence[Hypothesis], cause: str) -> Status:
    return next(hypothesis.status for hypothesis in strong if hypothesis.cause.id == cause)


def _later(cause: Hypothesis, effect: Hypothesis) -> bool:
    """Whether the would-be cause began after its effect; with an unknown onset it did not."""
    return cause.onset is not None and effect.onset is not None and cause.onset > effect.onset
