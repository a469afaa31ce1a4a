"""The verdict of one incident and what is said about it: a summary, the log that does not reach it, the code that misled."""

from __future__ import annotations

from typing import Any

from analyzer.diagnosis.diagnose import Judged
from analyzer.diagnosis.knowledge import cause_text
from analyzer.diagnosis.misled import misled
from analyzer.diagnosis.names import Names
from analyzer.diagnosis.reach import in_words, reach
from analyzer.diagnosis.rules import Status

from .draft import Draft
from .rows import stranger_row
from .sentences import reason
from .wanting import collecting_scripts, deciders

_NAMED = 3  # causes or logs named in a sentence


def verdict_row(draft: Draft, judged: Judged, names: Names) -> dict[str, Any]:
    """What the incident's verdict is, what is said about it, and what would change it."""
    verdict = judged.verdict
    return {
        "cause": verdict.cause.id if verdict.cause else None,
        "title": draft.say(verdict.cause.titles) if verdict.cause else None,
        "status": verdict.status,
        "also": verdict.also,
        "leading": verdict.leading,
        "summary": _summary(draft, judged),
        "decides": deciders(draft, judged, names),
        "unexplained": [stranger_row(draft, item) for item in judged.unexplained],
        "coverage": _reach(draft, judged),
        "misled": _misled(draft, judged),
        "script": collecting_scripts(draft, judged, names),
    }


def _summary(draft: Draft, judged: Judged) -> str:
    verdict = judged.verdict
    texts = draft.texts
    if verdict.cause is None:
        names = [draft.say(draft.known.causes[cause].titles) for cause in verdict.leading[:3]]
        if judged.incident.source == "bundle":
            pointed = any(hypothesis.status >= Status.POSSIBLE for hypothesis in judged.hypotheses)
            return texts["summary-bundle-open"].format(leading="; ".join(names)) if pointed else texts["summary-bundle-calm"]
        return texts["summary-open"].format(leading="; ".join(names)) if names else texts["summary-nothing"]
    text = str(cause_text(verdict.cause.id, draft.lang).get("summary") or draft.say(verdict.cause.titles))
    chosen = next(h for h in judged.hypotheses if h.cause is verdict.cause)
    return f"{text} {reason(draft, chosen)}".strip()


def _reach(draft: Draft, judged: Judged) -> dict[str, Any] | None:
    """The most important log that does not tell of the failure's time, in one sentence."""
    found = reach(judged, draft.timeline, draft.os)
    if found is None:
        return None
    until = "end" if judged.incident.source == "bundle" else "failure"
    text = draft.texts[f"reach-{found.state}"].format(
        name=_file_name(found.artifact) or draft.titles.get(found.kind, found.kind),
        title=draft.titles.get(found.kind, found.kind),
        length=in_words(found.missing),
        failure=draft.texts[f"reach-{until}"],
        kinds=draft.texts["list"].join(draft.titles.get(kind, kind) for kind in found.kinds[:_NAMED]),
    )
    return {"state": found.state.value, "kind": found.kind or None, "artifact": found.artifact or None, "text": text}


def _misled(draft: Draft, judged: Judged) -> dict[str, Any] | None:
    """What beat the code that the portal shows, where it points elsewhere."""
    found = misled(judged)
    if found is None:
        return None
    texts = draft.texts
    names = [draft.say(hypothesis.cause.titles) for hypothesis in found.to]
    more = texts["misled-more"].format(n=len(names) - _NAMED) if len(names) > _NAMED else ""
    words = {"code": found.code, "to": texts["list"].join(names[:_NAMED]) + more}
    if found.chosen is not None:
        words |= {"cause": draft.say(found.chosen.cause.titles), "reason": reason(draft, found.chosen)}
        text = texts["misled-beaten"].format(**words)
    else:
        text = texts["misled-unheld"].format(**words, reason=reason(draft, found.to[0]))
    return {"code": found.code, "points_to": [hypothesis.cause.id for hypothesis in found.to], "text": text}


def _file_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
