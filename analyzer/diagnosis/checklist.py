"""The page's step-by-step checks, answered from a diagnosis: passed, failed, or not assessable, and why.

A check fails by a cause that is at least likely, or by advice. It passes when every cause of it is excluded (or, where that is enough,
was looked for over the whole time and not found), or when something in the bundle shows that it passed. Hints, and what is missing,
answer nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzer.diagnosis.diagnose import Diagnosis, Judged
from analyzer.diagnosis.documented import Check, checks, excluded
from analyzer.diagnosis.knowledge import knowledge
from analyzer.diagnosis.rules import Hypothesis, Status
from analyzer.model import Event, of_platform
from analyzer.parsers.pattern import Hit
from analyzer.signatures.conditions import Truth
from analyzer.signatures.evaluate import Finding
from analyzer.signatures.model import Role, Strength


class State(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True)
class Ground:
    """A sentence of reasons/*.yaml that carries an answer, and what fills and proves it."""

    id: str
    hypothesis: Hypothesis | None = None
    findings: tuple[Finding, ...] = ()
    hits: tuple[Hit, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The state of one check, its grounds in order, and the artifact kinds that would tell more."""

    check: Check
    state: State
    grounds: tuple[Ground, ...]
    collect: tuple[str, ...] = ()


def checklist(diagnosis: Diagnosis) -> list[Answer]:
    """An answer to every check of the VM's operating system, in the order of the guide."""
    system = _system(diagnosis)
    return [_Asked(diagnosis, check, system).answer() for check in checks().values() if check.on(system)]


def _system(diagnosis: Diagnosis) -> str:
    """The VM's operating system; unknown where the guest's artifacts are of another VM than the job."""
    return "unknown" if any(judged.incident.foreign for judged in diagnosis.judged) else diagnosis.machine.os


class _Asked:
    """One check, asked of one diagnosis."""

    def __init__(self, diagnosis: Diagnosis, check: Check, system: str) -> None:
        self.d, self.check, self.system = diagnosis, check, system
        self.judged = [(judged, _hypotheses(judged, check.causes)) for judged in diagnosis.judged]
        self.failing = [h for judged in diagnosis.judged for h in _hypotheses(judged, (*check.causes, *check.fails_with))]

    def answer(self) -> Answer:
        settled = self._settled()
        if settled:
            return Answer(self.check, State.PASSED, settled)
        worst = max(self.failing, key=lambda hypothesis: hypothesis.status, default=None)
        if worst is not None and worst.status >= Status.LIKELY:
            return Answer(self.check, State.FAILED, (Ground(f"check-failed-{worst.status.word}", worst, _strongest(worst)),))
        advice = next(self._advice(), None)
        if advice is not None:
            return Answer(self.check, State.FAILED, (Ground("check-advice", findings=(advice,)),))
        shown = self._shown(self.check.failed_by, lately=True)
        if shown:
            return Answer(self.check, State.FAILED, shown)
        if worst is not None and worst.status is Status.POSSIBLE:
            return self._open(Ground("check-hint", worst, _strongest(worst)))
        passed = self._cleared() or self._shown(self.check.passed_by, lately=True)
        return Answer(self.check, State.PASSED, passed) if passed else self._open(self._unanswered())

    def _open(self, ground: Ground) -> Answer:
        """Not assessable, and which kinds to collect: those of this system that do not tell of every incident's time yet."""
        wanted = []
        for kind in self.check.collect:
            known = knowledge().kinds.get(kind)
            strange = known is not None and self.system != "unknown" and known.os not in ("any", self.system)
            if not strange and not all(self.d.timeline.covers(kind, judged.incident.window) for judged in self.d.judged):
                wanted.append(kind)
        return Answer(self.check, State.NOT_ASSESSABLE, (ground,), tuple(wanted))

    def _settled(self) -> tuple[Ground, ...]:
        """What passes the check whatever its causes say."""
        for name in self.check.settled_by:
            cause = excluded(name)
            if not cause:
                grounds = self._shown(((name,),))
            else:
                found = [h for judged in self.d.judged for h in _hypotheses(judged, (cause,))]
                grounds = _unique([_exclusion(h) for h in found]) if all(_is_excluded(h, ()) for h in found) else ()
            if grounds:
                return grounds
        return ()

    def _advice(self) -> Iterator[Finding]:
        for judged in self.d.judged:
            for finding in judged.findings:
                one = finding.signature
                mine = one.cause in self.check.causes or one.id.startswith(self.check.advice)
                holds = finding.truth is Truth.TRUE and finding.evidence and finding.cleared is None
                if one.strength is Strength.ADVICE and one.role is Role.FOR and mine and holds:
                    yield finding

    def _cleared(self) -> tuple[Ground, ...]:
        """Why every cause is out of question in every incident; nothing if one is not."""
        if self.check.enough == "sign":
            return ()
        grounds = []
        for judged, hypotheses in self.judged:
            for hypothesis in hypotheses:
                if _is_excluded(hypothesis, self.check.no_answer):
                    grounds.append(_exclusion(hypothesis))
                elif self._is_silent(judged, hypothesis):
                    grounds.append(Ground("check-silent", kinds=hypothesis.cause.needs))
                else:
                    return ()
        return _unique(grounds)

    def _is_silent(self, judged: Judged, hypothesis: Hypothesis) -> bool:
        """Whether a cause was looked for over the whole time and not found."""
        alive = [self._pattern(name) for name in self.check.alive]
        if self.check.enough != "silence" or (alive and not any(self.d.timeline.hits_of(name, judged.incident.window) for name in alive)):
            return False
        if hypothesis.status is not Status.RULED_OUT:
            return hypothesis.status is Status.NO_EVIDENCE
        if _is_contested(hypothesis) or hypothesis.reason.id != "ruled-out":
            return False
        needs = hypothesis.cause.needs  # something cleared it of blame without an answer to the check
        return bool(needs) and all(self.d.timeline.covers(kind, judged.incident.window) for kind in needs)

    def _shown(self, wanted: Sequence[Sequence[str]], *, lately: bool = False) -> tuple[Ground, ...]:
        """The newest hits of the first of the lists whose patterns were all seen. A guest of another VM shows nothing."""
        if any(judged.incident.foreign for judged in self.d.judged):
            return ()
        for names in wanted:
            found = [hits[-1] for name in names if (hits := self._hits(name, lately=lately))]
            if found and len(found) == len(names):
                return (Ground("check-shown", hits=tuple(found)),)
        return ()

    def _hits(self, name: str, *, lately: bool) -> list[Hit]:
        """The hits of a shared pattern up to the last incident, `lately` those since the first one began; states count at any time."""
        hits = self.d.timeline.hits_of(self._pattern(name))
        first = min(judged.incident.window.start for judged in self.d.judged)
        last = max(judged.incident.window.end for judged in self.d.judged)
        found = []
        for hit in hits:
            event = hit.event
            if self._is_of_another_vm(event):
                continue
            if event.state or event.time is None:
                counts = event.state or event.kind not in self.d.timeline.coverage  # a document's row, no line of a log
            else:
                counts = event.time <= last and (not lately or event.time >= first)
            if counts:
                found.append(hit)
        return found

    def _is_of_another_vm(self, event: Event) -> bool:
        """Whether a document of the platform speaks of a VM that none of the incidents is about."""
        mine = {str(judged.incident.vm or self.d.machine.azure_name or "").lower() for judged in self.d.judged} - {""}
        named = str(event.fields.get("vm") or "").lower()
        return of_platform(event.kind) and bool(named and mine) and named not in mine

    def _pattern(self, name: str) -> str:
        """The name under which a shared pattern's hits stand: equal patterns are one."""
        pattern = self.d.catalogue.shared.get(name)
        return pattern.name if pattern is not None else name

    def _unanswered(self) -> Ground:
        """Why nothing answers the check: the first cause that cannot be told, else that nothing shows it."""
        for hypothesis in (h for _, hypotheses in self.judged for h in hypotheses):
            if _is_contested(hypothesis):
                return Ground("check-contested", hypothesis, _strongest(hypothesis))
            if hypothesis.status is Status.NOT_ASSESSABLE or hypothesis.reason.id == "worked-with-it":
                return Ground("check-open", hypothesis)
        return Ground("check-unshown" if self.check.causes else "check-by-hand")


def _hypotheses(judged: Judged, causes: Sequence[str]) -> list[Hypothesis]:
    by_cause = {hypothesis.cause.id: hypothesis for hypothesis in judged.hypotheses}
    return [by_cause[cause] for cause in causes if by_cause[cause].status is not Status.NOT_APPLICABLE]


def _is_excluded(hypothesis: Hypothesis, no_answer: Sequence[str]) -> bool:
    """Whether a line excludes the cause: neither only a backup that went well in spite of it, nor a line beside signs of the cause."""
    reason = hypothesis.reason
    by_line = hypothesis.status is Status.RULED_OUT and reason.id == "ruled-out" and reason.params["signature"] not in no_answer
    return by_line and not _is_contested(hypothesis)


def _is_contested(hypothesis: Hypothesis) -> bool:
    """Whether the cause is ruled out for this failure while more than hints speak for it: one port answers and another does not."""
    strengths = {finding.signature.strength for finding in hypothesis.supporting()}
    return hypothesis.status is Status.RULED_OUT and bool(strengths - {Strength.HINT})


def _exclusion(hypothesis: Hypothesis) -> Ground:
    chosen = [finding for finding in hypothesis.findings if finding.signature.id == hypothesis.reason.params["signature"]]
    return Ground("check-excluded", findings=tuple(chosen))


def _strongest(hypothesis: Hypothesis) -> tuple[Finding, ...]:
    order = list(Strength)
    return tuple(sorted(hypothesis.supporting(), key=lambda finding: order.index(finding.signature.strength)))


def _unique(grounds: Sequence[Ground]) -> tuple[Ground, ...]:
    """Each sentence once, the latest incident's: what was found for a later one is the nearer proof."""
    by_text = {(ground.id, ground.kinds, *(finding.signature.id for finding in ground.findings)): ground for ground in grounds}
    return tuple(by_text.values())
