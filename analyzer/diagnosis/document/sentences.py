"""The sentence that says why a hypothesis has its status."""

from __future__ import annotations

from typing import Any

from analyzer.diagnosis.rules import Hypothesis, Status

from .draft import Draft


def reason(draft: Draft, hypothesis: Hypothesis) -> str:
    """Filled with what the hypothesis knows; what it does not know is left out."""
    params = dict(hypothesis.reason.params)
    named = params.get("signature") or params.get("for")
    finding = next((f for f in hypothesis.findings if f.signature.id == named), None)
    if finding is None:
        finding = next(iter(hypothesis.supporting()), None)
    params["says"] = draft.say(finding.signature.says) if finding else ""
    for key in ("kinds",):
        if key in params:
            params[key] = ", ".join(draft.say(draft.kind(kind).titles) for kind in params[key].split(", "))
    text = draft.texts[hypothesis.reason.id].format_map(Blank(params)).strip()
    return f"{text} {_left_behind(draft, hypothesis)}".strip() if hypothesis.status is Status.NOT_ASSESSABLE else text


def _left_behind(draft: Draft, hypothesis: Hypothesis) -> str:
    """Which of the artifacts that would tell the collector saw and left behind."""
    rows = [event for kind in hypothesis.cause.needs for event in draft.uncollected.get(kind, ())[:1]]
    where = ", ".join(f"{event.fields['path']} ({event.artifact}:{event.line})" for event in rows)
    return draft.texts["left-behind"].format(where=where) if rows else ""


class Blank(dict[str, Any]):
    """Fills what a sentence names and nobody knows with nothing."""

    def __missing__(self, key: str) -> str:
        return ""
