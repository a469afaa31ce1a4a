"""One incident: its job, its verdict, its attempts, and every hypothesis with its evidence and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from analyzer.diagnosis.contrast import contrast
from analyzer.diagnosis.diagnose import Judged, moment
from analyzer.diagnosis.distribution import System
from analyzer.diagnosis.documented import PAGE
from analyzer.diagnosis.editions import facts_of
from analyzer.diagnosis.editions import row as fact_row
from analyzer.diagnosis.incidents import Incident
from analyzer.diagnosis.knowledge import cause_text
from analyzer.diagnosis.names import Names, of_evidence
from analyzer.diagnosis.proof import proof, proven
from analyzer.diagnosis.remedy import remedy, sources
from analyzer.diagnosis.rules import Hypothesis, Status
from analyzer.diagnosis.symptoms import documented
from analyzer.timeline.attempts import Attempt

from .draft import Draft
from .rows import cited_place, evidence_rows, locator, plain_row, stranger_row
from .sentences import reason
from .verdict import verdict_row
from .wanting import still_missing

_BEFORE = timedelta(minutes=60)  # the time before a window that belongs to the agent's causes
_STATES = {"skipped": "not_reached"}  # attempts' own words for the states of a stage, as the report has them


def incident_row(draft: Draft, judged: Judged) -> dict[str, Any]:
    """The incident with its verdict and its hypotheses, the verdict's cause first."""
    incident = judged.incident
    names = draft.names(incident)
    shown = {hypothesis.cause.id for hypothesis in proven(judged)}
    hypotheses = [_hypothesis(draft, judged, hypothesis, names) for hypothesis in _shown_order(judged)]
    for row, hypothesis in zip(hypotheses, _shown_order(judged), strict=True):
        if hypothesis.cause.id in shown:
            row["proof"] = proof(judged, hypothesis, draft.timeline, draft.os, draft.titles, draft.lang)
    return {
        "id": incident.id, "group": judged.group, "source": incident.source, "job_id": incident.job_id,
        "activity_id": (incident.job.fields.get("activity") if incident.job else None) or None,
        "vm": incident.vm, "vault": incident.vault,
        "operation": incident.operation, "started": moment(incident.started), "ended": moment(incident.ended),
        "window": _window(incident),
        "symptom": incident.symptom,
        "codes": [
            {"code": c.code, "as_written": c.as_written, "level": c.level, "artifact": c.event.artifact, **locator(c.event)}
            for c in incident.codes
        ],
        "message": incident.message,
        "attempts": [_attempt(draft, attempt) for attempt in incident.attempts],
        "verdict": verdict_row(draft, judged, names),
        "documented": documented(incident.codes, incident.errors),
        "hypotheses": hypotheses,
        "noise": _noise(draft, judged),
        "contrast": _contrast(draft, judged),
    }  # fmt: skip


def _window(incident: Incident) -> dict[str, Any]:
    known = incident.basis != "unknown"
    start, end = incident.window.start, incident.window.end
    return {"from": moment(start) if known else None, "to": moment(end) if known else None, "basis": incident.basis}


def _shown_order(judged: Judged) -> list[Hypothesis]:
    """The verdict's cause first, then by status; documented ones before others."""
    chosen = judged.verdict.cause
    return sorted(
        judged.hypotheses, key=lambda h: (h.cause is not chosen, -h.status, h.explained_by is not None, not h.documented, h.cause.order)
    )


def _attempt(draft: Draft, attempt: Attempt) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "follow": draft.trails.key(attempt),
        "started": moment(attempt.start),
        "ended": moment(attempt.end),
        "stages": [
            {
                "stage": s.stage,
                "state": _STATES.get(s.state, s.state),
                "at": moment(s.at),
                "evidence": cited_place(draft, s.hit.event if s.hit else s.event, s.hit),
            }
            for s in attempt.stages
        ],
    }


def _contrast(draft: Draft, judged: Judged) -> dict[str, Any]:
    """What changed since the last good run, with the errors that it did not have and that nobody can explain."""
    found, good = contrast(judged, draft.timeline), judged.incident.last_good
    if good is not None:
        found["last_good"]["follow"] = draft.trails.key(good)
        found["errors"] = [stranger_row(draft, item) for item in judged.unexplained if item.new]
    for stage in found["stages"]:
        for step in (stage["before"], stage["after"]):
            if step is not None:
                step["state"] = _STATES.get(step["state"], step["state"])
    return found


def _noise(draft: Draft, judged: Judged) -> list[dict[str, Any]]:
    """Known harmless lines in the incident's time, each kind once: what looks like a fault there and is none."""
    window = judged.incident.window.widened(_BEFORE)
    rows = []
    for noise, hits in draft.diagnosis.noise:
        inside = [hit for hit in hits if hit.event.time is not None and hit.event.time in window]
        if inside:
            row = plain_row(draft, inside[0].event, inside[0]) | {"count": len(inside)}
            rows.append({"id": noise.id, "text": draft.say(noise.says), "evidence": [row]})
    return rows


def _hypothesis(draft: Draft, judged: Judged, hypothesis: Hypothesis, names: Names) -> dict[str, Any]:
    cause = hypothesis.cause
    text = cause_text(cause.id, draft.lang) if hypothesis.status >= Status.POSSIBLE else {}
    docs = list(text.get("docs", [])) or ([f"{PAGE}#{_anchor(hypothesis)}"] if _anchor(hypothesis) else [])
    return {
        "cause": cause.id, "title": draft.say(cause.titles), "status": hypothesis.status.word, "documented": hypothesis.documented,
        "explained_by": hypothesis.explained_by, "reason": reason(draft, hypothesis), "reason_id": hypothesis.reason.id,
        "evidence": [row for finding in hypothesis.findings for row in evidence_rows(draft, finding)],
        "missing": [_lacking(draft, kind, names) for kind in still_missing(draft, hypothesis)],
        "facts": [fact_row(fact, draft.lang) for fact in facts_of(hypothesis)],
        "remedy": _remedy(draft, judged.incident, hypothesis, text, names),
        "docs": docs, "sources": sources(docs, draft.lang),
    }  # fmt: skip


def _anchor(hypothesis: Hypothesis) -> str:
    return next((finding.signature.doc for finding in hypothesis.supporting() if finding.signature.doc), "")


def _lacking(draft: Draft, kind: str, names: Names) -> dict[str, Any]:
    asked = draft.asked(draft.kind(kind), names)
    return {key: asked[key] for key in ("kind", "title", "command")}


def _remedy(draft: Draft, incident: Incident, hypothesis: Hypothesis, text: Mapping[str, Any], names: Names) -> list[dict[str, Any]]:
    """The steps for this VM; a cause of one operating system tells the system where nothing else does."""
    known = System() if incident.foreign else draft.system
    if known.os == "unknown" and hypothesis.cause.os != "any":
        known = System(hypothesis.cause.os, known.names)
    hits = [item.hit for finding in hypothesis.supporting() for item in finding.evidence]
    return remedy(text, known, {**of_evidence(hits, incident.job_id), **names}, draft.lang)
