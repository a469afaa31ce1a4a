"""What stands beside the incidents: other jobs, disproved reports, known noise, advice, findings of other times."""

from __future__ import annotations

from typing import Any

from analyzer.signatures.conditions import Node
from analyzer.signatures.model import Strength
from analyzer.timeline.timeline import order

from .draft import Draft
from .rows import plain_row, row_id
from .sentences import Blank


def context_rows(draft: Draft) -> list[dict[str, Any]]:
    """Each with its kind, a sentence and the evidence for it."""
    texts, rows = draft.texts, []
    for kind, job in draft.diagnosis.context_jobs:
        words = {
            "vm": job.fields.get("vm") or "?",
            "operation": job.fields.get("operation") or "?",
            "status": job.fields.get("status") or "?",
        }
        text = texts[f"context-{kind}"].format_map(Blank(words))
        rows.append({"kind": kind, "cause": None, "text": text, "evidence": [plain_row(draft, job)]})
    rows += _platform_status(draft)
    for noise, hits in draft.diagnosis.noise:
        text = draft.say(noise.says)
        shown = [plain_row(draft, hit.event, hit, len(hits) if hit is hits[0] else 1) for hit in hits[:2]]
        rows.append({"kind": "noise", "cause": None, "text": text, "evidence": shown})
    rows += _findings_beside(draft)
    return rows


def _platform_status(draft: Draft) -> list[dict[str, Any]]:
    """Reports of the platform that the guest disproves, each once, with the heartbeat that does."""
    texts = draft.texts
    found = {row_id(one.report.event): one for judged in reversed(draft.judged) for one in judged.disproofs}
    rows = []
    for one in sorted(found.values(), key=lambda one: order(one.report.event)):
        words = {"message": one.report.event.fields.get("message") or "?", "minutes": one.minutes}
        text = texts["context-platform-status" if one.minutes is not None else "context-platform-status-undated"].format_map(words)
        evidence = [plain_row(draft, hit.event, hit) for hit in (one.report, one.beat)]
        rows.append({"kind": "platform-status", "cause": None, "text": text, "evidence": evidence})
    return rows


def _findings_beside(draft: Draft) -> list[dict[str, Any]]:
    """Advice, findings that recovered, and those of other times than any incident's."""
    rows: list[dict[str, Any]] = []
    told: set[tuple[str, str]] = set()
    holding = {f.signature.id for judged in draft.judged for h in judged.hypotheses for f in h.findings}
    for judged in draft.judged:
        for finding in judged.findings:
            kind = "recovered" if finding.cleared is not None else "history" if finding.history and not finding.evidence else ""
            if kind == "history" and not _alone(finding.signature.when):
                continue  # parts of a condition at other times do not mean what the whole says
            if finding.signature.strength is Strength.ADVICE:
                kind = "advice" if finding.evidence and finding.cleared is None else ""
            hits = [item.hit for item in (finding.history if kind == "history" else finding.evidence)]
            if (
                not kind
                or not hits
                or finding.signature.role.value != "for"
                or finding.signature.id in holding
                or (kind, finding.signature.id) in told
            ):
                continue
            told.add((kind, finding.signature.id))
            evidence = [plain_row(draft, hits[-1].event, hits[-1], len(hits))]
            if finding.cleared is not None:
                evidence.append(plain_row(draft, finding.cleared.event, finding.cleared))
            rows.append({"kind": kind, "cause": finding.signature.cause, "text": draft.say(finding.signature.says), "evidence": evidence})
    return rows


def _alone(node: Node) -> bool:
    """Whether any one event makes the condition true."""
    return node.op in ("seen", "uncleared") or (node.op == "or" and all(_alone(part) for part in node.parts))
