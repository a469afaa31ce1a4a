"""The rules of evidence: what status a cause has for an incident. Reads like CONTRACT.md, "Status of a hypothesis".

A hint never adds up to more than `possible`; a finding counts once however often its line repeats; a missing artifact never raises a
status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from analyzer.diagnosis.knowledge import Cause
from analyzer.model import of_platform
from analyzer.signatures.conditions import Truth
from analyzer.signatures.evaluate import Case, Finding, Relation
from analyzer.signatures.model import Role, Strength
from analyzer.timeline.timeline import Timeline, Window


class Status(IntEnum):
    """Of a hypothesis; the order is the order of belief."""

    NOT_APPLICABLE = 0
    RULED_OUT = 1
    NO_EVIDENCE = 2
    NOT_ASSESSABLE = 3
    POSSIBLE = 4
    LIKELY = 5
    CONFIRMED = 6

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a status was given: the id of a sentence and what fills it."""

    id: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass
class Hypothesis:
    """A cause judged for an incident. `findings` are those that hold, for and against; `missing` the kinds that would tell more."""

    cause: Cause
    status: Status
    reason: Reason
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    documented: bool = False
    explained_by: str | None = None

    @property
    def onset(self) -> datetime | None:
        """When the cause is first seen at work, by more than hints if there is more; a state without a date has none."""
        supporting = self.supporting()
        proofs = [finding for finding in supporting if finding.signature.strength is not Strength.HINT]
        return min((finding.onset for finding in proofs or supporting if finding.onset), default=None)

    def supporting(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.signature.role is Role.FOR]

    def best(self) -> int:
        """How near its evidence stands: 3 by identity (its run, its job), 2 in the window, 1 a state or of another time, 0 none."""
        ranks = [0]
        for finding in self.supporting():
            if finding.signature.strength is Strength.HINT:
                continue
            for item in finding.evidence:
                ranks.append(3 if item.own else 2 if item.relation is Relation.WINDOW else 1)
        return max(ranks)


def judge(
    cause: Cause, findings: list[Finding], timeline: Timeline, case: Case, vm_os: str, successes: Sequence[datetime] = ()
) -> Hypothesis:
    """The status of one cause. `successes` are the starts of the VM's backups that are known to have succeeded."""
    if vm_os != "unknown" and cause.os not in ("any", vm_os):
        return Hypothesis(cause, Status.NOT_APPLICABLE, Reason("other-os", {"os": vm_os}))
    findings = [finding for finding in findings if finding.signature.strength is not Strength.ADVICE]
    holding = [finding for finding in findings if finding.truth is Truth.TRUE and finding.cleared is None and finding.evidence]
    missing = sorted({kind for finding in findings if finding.truth is Truth.UNKNOWN for kind in finding.missing})
    result = Hypothesis(cause, Status.NOT_ASSESSABLE, Reason("missing"), holding, missing)
    result.status, result.reason = _status(cause, holding, findings, timeline, case, successes, missing)
    return result


def _status(
    cause: Cause,
    holding: list[Finding],
    findings: list[Finding],
    timeline: Timeline,
    case: Case,
    successes: Sequence[datetime],
    missing: list[str],
) -> tuple[Status, Reason]:
    supporting = [finding for finding in holding if finding.signature.role is Role.FOR]
    decisive = [finding for finding in supporting if finding.signature.strength is Strength.DECISIVE]
    strong = [finding for finding in supporting if finding.signature.strength is Strength.STRONG]
    excluding = [finding for finding in holding if finding.signature.role is Role.AGAINST]
    opposing = [finding for finding in excluding if finding.signature.strength is Strength.DECISIVE]
    against = [finding for finding in opposing if _dated(finding)]
    if against and not decisive:
        return Status.RULED_OUT, Reason("ruled-out", {"signature": against[0].signature.id})
    if against:
        return Status.POSSIBLE, Reason("contradiction", {"for": decisive[0].signature.id, "against": against[0].signature.id})
    if opposing and supporting:  # when it was written is not sure: it excludes nothing, and nothing is proven beside it
        return Status.POSSIBLE, Reason("contradiction", {"for": supporting[0].signature.id, "against": opposing[0].signature.id})
    old = [finding for finding in (*decisive, *strong) if _held_while_good(finding, successes)]
    fresh = [finding for finding in (*decisive, *strong) if finding not in old]
    if old and not fresh:
        if any(finding.signature.absolute for finding in old):
            return Status.RULED_OUT, Reason("worked-with-it", {"signature": old[0].signature.id})
        return Status.POSSIBLE, Reason("held-while-good", {"signature": old[0].signature.id})
    doubts = []
    for finding in fresh:
        if finding.signature.strength is Strength.DECISIVE:
            doubt = _doubt(finding, timeline, case)
            if doubt is None:
                return Status.CONFIRMED, Reason("decisive", {"signature": finding.signature.id})
            doubts.append(doubt)
    if doubts:
        return Status.LIKELY, doubts[0]
    if strong:
        return Status.LIKELY, Reason("strong", {"signature": strong[0].signature.id})
    if supporting:
        return Status.POSSIBLE, Reason("hints", {"signature": supporting[0].signature.id})
    return _nothing_holds(cause, findings, timeline, case, missing)


def _spoken_of(timeline: Timeline, kind: str, vm: str | None) -> bool:
    """Whether a document of the platform says something of that kind, and not of another VM."""
    return any(not event.fields.get("vm") or not vm or str(event.fields["vm"]).lower() == vm.lower() for event in timeline.of_kind(kind))


def _dated(finding: Finding) -> bool:
    """Whether any of its evidence is known to be of this time: a line without a time excludes nothing."""
    return any(item.own or item.relation is Relation.STATE or item.hit.event.time is not None for item in finding.evidence)


def _held_while_good(finding: Finding, successes: Sequence[datetime]) -> bool:
    """A state that was there from the start of a backup of this VM that succeeded."""
    states = [item for item in finding.evidence if item.hit.event.kind != "job-code"]  # a code only says that this backup failed
    if finding.signature.builds_up or not states or any(item.relation is not Relation.STATE for item in states):
        return False
    since = [item.hit.event.time for item in states]
    return any(all(moment is not None and moment <= success for moment in since) for success in successes)


def _doubt(finding: Finding, timeline: Timeline, case: Case) -> Reason | None:
    """What keeps a decisive finding from being proof; None if nothing does."""
    lasting = finding.signature.holds and bool(finding.signature.cleared_by)  # what it proves goes on until something clears it
    if all(item.relation is Relation.HISTORY for item in finding.evidence) and not lasting:
        return Reason("outside-window")
    current = [item for item in finding.evidence if lasting or item.relation is not Relation.HISTORY]
    states = [item for item in current if item.relation is Relation.STATE]
    unsure = [item for item in states if not item.sure]
    outside = [item for item in unsure if of_platform(item.hit.event.kind) and not finding.signature.named]
    if (unsure and len(states) == len(current)) or outside:
        later = _later(timeline, case.window)
        return Reason("state-collected-later", {"later": later}) if later else Reason("state-undated")
    if not finding.sure:
        return Reason("time-not-sure")
    unchecked = [*finding.unread, *finding.uncleared_kinds]
    if unchecked:
        return Reason("not-checked", {"kinds": ", ".join(unchecked)})
    return _over(finding, case)


def _over(finding: Finding, case: Case) -> Reason | None:
    """Where no time of failure is known, a line of the last day proves a failure only if what it proves still holds."""
    passing = not finding.signature.holds and not finding.signature.cleared_by
    if not case.whole_bundle or not passing or all(item.own or item.relation is not Relation.WINDOW for item in finding.evidence):
        return None
    return Reason("may-be-over" if case.job is None and not case.texts else "when-not-known")


def _later(timeline: Timeline, window: Window) -> str:
    """How long after the window the bundle was collected; "" if nothing tells."""
    if timeline.collected is None or timeline.collected <= window.end:
        return ""
    minutes = int((timeline.collected - window.end).total_seconds() // 60)
    return f"{minutes // 1440} d {minutes % 1440 // 60} h" if minutes >= 1440 else f"{minutes // 60} h {minutes % 60} min"


def _nothing_holds(cause: Cause, findings: list[Finding], timeline: Timeline, case: Case, missing: list[str]) -> tuple[Status, Reason]:
    if cause.decided_by == "platform":
        unspoken = [kind for kind in cause.needs if not _spoken_of(timeline, kind, case.vm)]
        if cause.needs and not unspoken:
            return Status.NO_EVIDENCE, Reason("nothing-found", {"kinds": ", ".join(cause.needs)})
        return Status.NOT_ASSESSABLE, Reason("platform-only", {"kinds": ", ".join(unspoken)})
    before = max((finding.signature.before for finding in findings if finding.signature.role is Role.FOR), default=0)
    span = case.window.widened(timedelta(minutes=before))
    unread = [kind for kind in cause.needs if not timeline.covers(kind, span)]
    if cause.needs and not unread and "timezone" in missing:  # a sign of it may lie in the window, if the clock's zone moves it there
        return Status.NOT_ASSESSABLE, Reason("missing", {"kinds": "timezone"})
    if cause.needs and not unread:
        cleared = next((finding for finding in findings if finding.cleared is not None), None)
        if cleared is not None:
            return Status.NO_EVIDENCE, Reason("recovered", {"signature": cleared.signature.id})
        return Status.NO_EVIDENCE, Reason("nothing-found", {"kinds": ", ".join(cause.needs)})
    if not findings:
        return Status.NOT_ASSESSABLE, Reason("not-judged")
    return Status.NOT_ASSESSABLE, Reason("missing", {"kinds": ", ".join(unread or missing) or "?"})
