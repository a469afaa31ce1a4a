"""The platform calls the agent Not Ready while the guest proves it alive: the status was lost on its way, and no agent is to blame.

Azure/WALinuxAgent issue 652: heartbeats every half hour, and in the portal "VM status blob not found."
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analyzer.diagnosis.incidents import Incident
from analyzer.model import Event
from analyzer.parsers.pattern import Hit
from analyzer.signatures.evaluate import Finding
from analyzer.signatures.model import Role
from analyzer.timeline.timeline import Timeline

_REPORT = "azure.agent-not-ready"
_BEATS = ("agent.heartbeat", "agent.old-heartbeat", "winagent.beat")
_NEAR = timedelta(minutes=40)  # an agent beats every 30 minutes


@dataclass(frozen=True, slots=True)
class Disproof:
    """A report that the agent is not ready, and the heartbeat nearest to it."""

    report: Hit
    beat: Hit

    @property
    def minutes(self) -> int | None:
        """How far apart they are; None if the report does not say when it was made."""
        if self.report.event.time is None or self.beat.event.time is None:
            return None
        return round(abs(self.report.event.time - self.beat.event.time).total_seconds() / 60)


def disproofs(timeline: Timeline, incident: Incident, vm: str | None) -> list[Disproof]:
    """What the platform reports of the agent of this VM and the guest disproves: by a heartbeat within 40 minutes of the report, or, of one
    without a time, by the last heartbeat that near to the incident's window."""
    if incident.foreign:
        return []
    beats = [hit for name in _BEATS for hit in timeline.hits_of(name) if hit.event.time is not None]
    found = []
    for report in timeline.hits_of(_REPORT):
        beat = _nearest(report.event, beats, incident) if _of(report.event, vm) else None
        if beat is not None:
            found.append(Disproof(report, beat))
    return found


def set_aside(findings: Iterable[Finding], disproved: Sequence[Disproof]) -> None:
    """Takes from each finding that rests on a disproved report its evidence, so that it does not hold."""
    reports = {_place(one.report.event) for one in disproved}
    for finding in findings:
        if finding.signature.role is Role.FOR and any(_place(item.hit.event) in reports for item in finding.evidence):
            finding.evidence = []


def _of(report: Event, vm: str | None) -> bool:
    named = report.fields.get("vm")
    return not named or not vm or str(named).lower() == vm.lower()


def _nearest(report: Event, beats: Sequence[Hit], incident: Incident) -> Hit | None:
    if report.time is None:
        inside = [beat for beat in beats if beat.event.time in incident.window.widened(_NEAR, _NEAR)]
        return max(inside, key=_when, default=None)
    moment = report.time
    near = [beat for beat in beats if abs(_when(beat) - moment) <= _NEAR]
    return min(near, key=lambda beat: abs(_when(beat) - moment), default=None)


def _when(hit: Hit) -> datetime:
    assert hit.event.time is not None  # the caller looked
    return hit.event.time


def _place(event: Event) -> tuple[str, str, str | None]:
    return event.kind, event.artifact, event.pointer
