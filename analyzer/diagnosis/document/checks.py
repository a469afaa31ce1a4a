"""The step-by-step checks of the documentation, answered from the bundle."""

from __future__ import annotations

from typing import Any

from analyzer.diagnosis.checklist import Answer, Ground, State
from analyzer.diagnosis.remedy import command
from analyzer.model import Event

from .draft import Draft
from .rows import evidence_rows, plain_row
from .sentences import Blank, reason

_CITED = 3  # evidence rows of a check


def check_row(draft: Draft, answer: Answer) -> dict[str, Any]:
    """One check: its answer, why, at most `_CITED` rows of evidence, and what to collect if it is open."""
    check = answer.check
    names = draft.names(draft.judged[0].incident)
    collect = [draft.asked(draft.kind(kind), names) for kind in answer.collect]
    if answer.state is State.NOT_ASSESSABLE:
        look = check.look.get(draft.os) or check.look.get("any")
        collect += [{"kind": None, "title": None, "command": command(look, names, draft.lang), "portal_path": None}] if look else []
    cited = {row["id"]: row for ground in reversed(answer.grounds) for row in reversed(_cited(draft, ground))}  # each place once
    return {
        "row": check.row.id, "step": check.step, "step_title": draft.say(check.step_titles),
        "title": draft.say(check.row.titles),
        "state": answer.state.value, "reason": " ".join(_ground(draft, ground) for ground in answer.grounds),
        "evidence": list(reversed(cited.values()))[:_CITED],
        "collect": collect, "docs": [check.docs or check.row.url],
    }  # fmt: skip


def _ground(draft: Draft, ground: Ground) -> str:
    params = {"where": ", ".join(f"{draft.say(draft.kind(hit.event.kind).titles)}{_at(hit.event)}" for hit in ground.hits)}
    if ground.hypothesis is not None:
        params |= {"cause": draft.say(ground.hypothesis.cause.titles), "reason": reason(draft, ground.hypothesis)}
    if ground.findings:
        params["says"] = draft.say(ground.findings[0].signature.says)
    params["sources"] = draft.texts["list"].join(_source(draft, kind) for kind in ground.kinds)
    return draft.texts[ground.id].format_map(Blank(params)).strip()


def _source(draft: Draft, kind: str) -> str:
    """A kind by its title, and what time its artifacts cover."""
    spans = [span for _, span in draft.timeline.coverage.get(kind, ())]
    title = draft.say(draft.kind(kind).titles)
    if not spans:
        return title
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    return draft.texts["span"].format(title=title, first=f"{first:%Y-%m-%d %H:%M}", last=f"{last:%Y-%m-%d %H:%M} UTC")


def _cited(draft: Draft, ground: Ground) -> list[dict[str, Any]]:
    rows = [row for finding in ground.findings for row in evidence_rows(draft, finding)]
    return rows + [plain_row(draft, hit.event, hit) for hit in ground.hits]


def _at(event: Event) -> str:
    return f" ({event.time:%Y-%m-%d %H:%M:%S} UTC)" if event.time else ""
