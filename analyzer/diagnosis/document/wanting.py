"""What is missing, what would decide, and the scripts that collect it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.diagnosis.checklist import State
from analyzer.diagnosis.collect import Wanted, scripts, wanted
from analyzer.diagnosis.diagnose import Judged
from analyzer.diagnosis.knowledge import Kind
from analyzer.diagnosis.names import Names
from analyzer.diagnosis.rules import Hypothesis, Status

from .draft import Draft


def still_missing(draft: Draft, hypothesis: Hypothesis) -> list[str]:
    """Kinds that could still change the status and that a person can collect."""
    if hypothesis.status in (Status.CONFIRMED, Status.RULED_OUT, Status.NOT_APPLICABLE):
        return []
    return [kind for kind in hypothesis.missing if draft.kind(kind).command or draft.kind(kind).portal_path]


def deciders(draft: Draft, judged: Judged, names: Names) -> list[dict[str, Any]]:
    """What to collect, and which of the open causes it separates."""
    verdict = judged.verdict
    if verdict.status == "confirmed":
        return []
    open_causes = set(verdict.leading) | ({verdict.cause.id} if verdict.cause else set())
    separates: dict[str, list[str]] = {}
    for hypothesis in judged.hypotheses:
        if hypothesis.cause.id not in open_causes:
            continue
        kinds = [k for k in hypothesis.cause.needs if not draft.timeline.covers(k, judged.incident.window)] or hypothesis.missing
        for kind in kinds:
            if hypothesis.cause.id not in separates.setdefault(kind, []):
                separates[kind].append(hypothesis.cause.id)
    rows = []
    for kind, causes in sorted(separates.items(), key=lambda item: (-len(item[1]), item[0])):
        info = draft.kind(kind)
        if info.command or info.portal_path:
            rows.append(_decider(draft, info, causes, names))
    symptom = draft.known.symptoms.get(judged.incident.symptom or "")
    wraps = symptom is not None and not symptom.causes  # the code only says that the job's details hold the real one
    if verdict.cause is None and (wraps or not rows) and "job" not in separates:  # what the platform says always tells causes apart
        rows.insert(0, _decider(draft, draft.kind("job"), verdict.leading, names))
    return rows


def _decider(draft: Draft, kind: Kind, causes: Sequence[str], names: Names) -> dict[str, Any]:
    asked = draft.asked(kind, names)
    return {"artifact": asked.pop("title"), **asked, "separates": list(causes), "row": kind.row or None}


def collecting_scripts(draft: Draft, judged: Judged, names: Names) -> dict[str, str]:
    """Scripts that collect what would decide, what is missing, and what open checks ask for; none for a confirmed verdict."""
    if judged.verdict.status == "confirmed":
        return {}
    system = draft.os
    spoken = {judged.verdict.cause.id} if judged.verdict.cause else set(judged.verdict.leading)
    kinds = [row["kind"] for row in deciders(draft, judged, names)]
    kinds += [kind for hypothesis in judged.hypotheses if hypothesis.cause.id in spoken for kind in still_missing(draft, hypothesis)]
    kinds += [kind for answer in draft.answers for kind in answer.collect]
    items = [item for kind in dict.fromkeys(kinds) for item in wanted(draft.known_kind(kind), system, draft.lang)]
    for answer in draft.answers:
        if answer.state is State.NOT_ASSESSABLE:
            looks = {"linux", "windows"} if system == "unknown" else {system}
            items += [
                Wanted(f"check-{answer.check.row.id}", draft.say(answer.check.row.titles), said, os=place)
                for place, said in answer.check.look.items()
                if place in looks or place == "any"
            ]
    return scripts(items, names, draft.lang)
