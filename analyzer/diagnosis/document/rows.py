"""Rows that cite a place of the bundle: evidence, strangers, and the locators in them."""

from __future__ import annotations

import hashlib
from typing import Any

from analyzer.diagnosis.diagnose import Template, moment
from analyzer.model import Event
from analyzer.parsers.pattern import Hit
from analyzer.signatures.evaluate import Evidence, Finding

from .draft import Draft

EXCERPT = 2_000  # characters, CONTRACT.md
ROWS = 6  # evidence rows per event of a signature; the count says how many there were


def evidence_rows(draft: Draft, finding: Finding) -> list[dict[str, Any]]:
    """At most `ROWS` rows of each event, the first and the last ones; the first row's count says how many hits there were."""
    rows = []
    by_name: dict[str, list[Evidence]] = {}
    for item in finding.evidence:
        by_name.setdefault(item.name, []).append(item)
    for items in by_name.values():
        shown = items if len(items) <= ROWS else [*items[: ROWS - 1], items[-1]]
        rows += [_evidence_row(draft, finding, item, len(items) if item is items[0] else 1) for item in shown]
    return rows


def _evidence_row(draft: Draft, finding: Finding, item: Evidence, count: int) -> dict[str, Any]:
    event = item.hit.event
    signature = finding.signature
    return draft.cite(event, item.hit, {
        "id": row_id(event, item.hit), "signature": signature.id, "role": signature.role.value, "strength": signature.strength.value,
        "relation": item.relation.value, "artifact": event.artifact, **locator(event, item.hit), "time": moment(event.time),
        "time_basis": event.basis.value, "count": count, "excerpt": excerpt(event, item.hit),
        "why": draft.say(signature.says),
    })  # fmt: skip


def plain_row(draft: Draft, event: Event, hit: Hit | None = None, count: int = 1) -> dict[str, Any]:
    """A row that cites an event without a signature; `count` is how many of its kind there were."""
    return draft.cite(event, hit, {
        "id": row_id(event, hit), "artifact": event.artifact, **locator(event, hit), "time": moment(event.time),
        "time_basis": event.basis.value, "count": count, "excerpt": excerpt(event, hit),
    })  # fmt: skip


def stranger_row(draft: Draft, item: Template) -> dict[str, Any]:
    """A row for errors of one template that nobody can explain."""
    event = item.event
    return draft.cite(event, None, {
        "id": row_id(event), "artifact": event.artifact, **locator(event), "time": moment(event.time), "time_basis": event.basis.value,
        "count": item.count, "excerpt": excerpt(event), "new": item.new,
    })  # fmt: skip


def cited_place(draft: Draft, event: Event | None, hit: Hit | None = None) -> dict[str, Any] | None:
    """Where an event stands and what stands there, without the lines around it."""
    return None if event is None else {"artifact": event.artifact, **locator(event, hit), "excerpt": excerpt(event, hit)}


def locator(event: Event, hit: Hit | None = None) -> dict[str, Any]:
    """The locator: line (and until_line), record or pointer."""
    if event.record is not None:
        return {"record": event.record}
    line = hit.line if hit is not None and hit.line is not None else event.line
    if line is not None:
        silence = {"until_line": event.until_line} if event.kind == "gap" and event.until_line else {}
        return {"line": line, **silence}
    return {"pointer": event.pointer or ""}


def excerpt(event: Event, hit: Hit | None = None) -> str:
    """What stands in the artifact, at most EXCERPT characters around the match."""
    raw = event.raw or event.text
    if len(raw) <= EXCERPT:
        return raw
    at = max(0, len(raw) - len(event.text)) + (hit.at if hit else 0)
    start = max(0, min(at - EXCERPT // 4, len(raw) - EXCERPT))
    return raw[start : start + EXCERPT]


def row_id(event: Event, hit: Hit | None = None) -> str:
    """The same place of the same artifact has the same id in every run."""
    place = locator(event, hit)
    digest = hashlib.sha256(event.artifact.encode("utf-8", "replace")).hexdigest()[:8]
    where = str(next(iter(place.values())))
    if "pointer" in place:  # several events may stand at one pointer
        where = hashlib.sha256(f"{where}\n{event.text}".encode("utf-8", "replace")).hexdigest()[:12]
    return f"e-{digest}-{where}"
