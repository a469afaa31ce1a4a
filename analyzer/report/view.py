"""Turns the document into what the page shows: anchors, groups, proof, excerpt lines. No markup, no judgement."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from . import figures, timeline_data, wording
from .document import Redacted
from .shape import complete

_NO_ANCHOR = re.compile(r"[^A-Za-z0-9_.-]+")


class Anchors:
    """Gives out ids that are unique on the page and safe in a URL."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether something on the page bears this id."""
        return name in self._taken

    def claim(self, wanted: str) -> str:
        """`wanted`, cleaned, with `-2`, `-3` … behind it where it is taken."""
        base = _NO_ANCHOR.sub("-", wanted).strip("-")[:80] or "x"
        name, number = base, 2
        while name in self._taken:
            name, number = f"{base}-{number}", number + 1
        self._taken.add(name)
        return name


def view(document: Redacted) -> dict[str, Any]:
    """The page's data: the completed document, its incidents with anchors and proof, their groups, the figures."""
    page = complete(document)
    anchors = Anchors()
    digests = {row["path"]: row["sha256"] for row in page["bundle"]["artifacts"]}
    for number, incident in enumerate(page["incidents"], 1):
        _incident(incident, number, anchors)
    for row in [row for item in page["context"] for row in item["evidence"]]:
        _evidence(row, anchors)
    for check in page["checklist"]:
        _check(check, anchors)
    for row in _cited(page):
        row["sha256"] = digests.get(row["artifact"]) or ""
    collected = wording.collected(page["coverage"], page["bundle"]["expected"])
    groups = wording.groups(page["incidents"])
    leading = [group[0] for group in groups[:1]]
    events = timeline_data.chosen(page["timeline"], page["incidents"])
    near = timeline_data.chosen(events, leading, timeline_data.NEAREST)
    for row in near:
        row["locator"] = wording.locator(row)
    for row in events:
        row["anchor"] = row["evidence"] if row["evidence"] and anchors.has(row["evidence"]) else None
    for row in [row for incident in page["incidents"] for row in incident["contrast"]["errors"]]:
        row["locator"] = wording.locator(row)
        row["anchor"] = row["id"] if anchors.has(row["id"]) else None
    return {
        **page,
        "groups": groups,
        "steps": _steps(page["checklist"]),
        "checked": wording.checked(page["checklist"]),
        "coverage": figures.coverage(collected["shown"], page["gaps"], page["incidents"]),
        "collected": collected,
        "states": _states(page["bundle"]["artifacts"]),
        "lanes": figures.lanes(events, leading, page["gaps"]),
        "timeline": events,
        "timeline_total": len(page["timeline"]),
        "timeline_near": near,
    }


def _incident(incident: dict[str, Any], number: int, anchors: Anchors) -> None:
    incident["number"] = number
    incident["anchor"] = anchors.claim(f"i-{incident['id'] or number}")
    for hypothesis in incident["hypotheses"]:
        hypothesis["anchor"] = anchors.claim(f"{incident['anchor']}-{hypothesis['cause']}")
        hypothesis["sources"] = hypothesis["sources"] or [{"url": url, "title": "", "date": None} for url in hypothesis["docs"]]
        for row in hypothesis["evidence"]:
            _evidence(row, anchors)
    for row in incident["verdict"]["unexplained"]:
        _evidence(row, anchors)
    for row in [row for herring in incident["noise"] for row in herring["evidence"]]:
        _evidence(row, anchors)
    for attempt in incident["attempts"]:
        for stage in attempt["stages"]:
            stage["known"] = wording.stage_state(stage["state"])
            for row in stage["evidence"]:
                row["locator"] = wording.locator(row)
    for pair in incident["contrast"]["stages"]:
        for step in (pair["before"], pair["after"]):
            step["known"] = wording.stage_state(step["state"])
    incident["hypotheses"].sort(key=lambda row: _order(incident, row))
    incident["headline"] = wording.headline(incident)
    incident["open_title"] = wording.open_title(incident)
    incident["calm"] = wording.is_calm(incident)
    incident["shown"] = wording.shown_causes(incident)
    incident["proof"] = _told_once(wording.proof(incident))
    incident["sure"] = wording.sure(incident)
    incident["why_not"] = wording.why_not(incident)
    incident["cards"] = wording.proof_cards(incident)
    incident["scripts"] = wording.scripts(incident)
    incident["compared"] = bool(incident["contrast"]["last_good"])
    incident["broken"] = wording.first_broken(incident["attempts"])
    incident["missing"] = wording.missing(incident)
    incident["ruled_out"] = wording.ruled_out(incident)
    incident["failed_at"] = wording.failed_at(incident)
    incident["titles"] = {row["cause"]: row["title"] or row["cause"] for row in incident["hypotheses"]}


def _check(check: dict[str, Any], anchors: Anchors) -> None:
    """Its rows lead to where they stand already: most are evidence of an incident."""
    check["anchor"] = anchors.claim(f"check-{check['row']}")
    for row in check["evidence"]:
        row["elsewhere"] = anchors.has(str(row["id"]))
        if row["elsewhere"]:
            row["locator"], row["anchor"] = wording.locator(row), str(row["id"])
        else:
            _evidence(row, anchors)


def _steps(checklist: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The checks by step of the guide, those that are answered apart from those that are not; what failed stands first."""
    steps: dict[object, dict[str, Any]] = {}
    for check in checklist:
        step = steps.setdefault(check["step"], {"step": check["step"], "title": check["step_title"], "answered": [], "open": []})
        step["open" if check["state"] == "not_assessable" else "answered"].append(check)
    for step in steps.values():
        step["answered"].sort(key=lambda check: check["state"] != "failed")
    return list(steps.values())


def _told_once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one rule say the same: `told` marks those whose sentence stands above already."""
    said = [row["why"] for row in rows]
    return [{**row, "told": row["why"] in said[:number]} for number, row in enumerate(rows)]


def _states(artifacts: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """How many artifacts have which state, those that were read first."""
    found = [row["status"] for row in artifacts]
    return [(state, found.count(state)) for state in ("parsed", "partly", "unparsed", "failed", "refused") if state in found]


def _order(incident: dict[str, Any], hypothesis: dict[str, Any]) -> tuple[bool, int]:
    """The verdict's cause first, then by status; equal ones stay in the document's order."""
    return hypothesis["cause"] != incident["verdict"]["cause"], wording.STATUS_RANK.get(hypothesis["status"], 99)


def _cited(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All rows of evidence on the page."""
    for incident in page["incidents"]:
        for hypothesis in incident["hypotheses"]:
            yield from hypothesis["evidence"]
        yield from incident["verdict"]["unexplained"]
        for herring in incident["noise"]:
            yield from herring["evidence"]
    for item in [*page["context"], *page["checklist"]]:
        yield from item["evidence"]


def _evidence(row: dict[str, Any], anchors: Anchors) -> None:
    row["locator"] = wording.locator(row)
    place = next((str(row[key]) for key in ("record", "line", "pointer") if row[key] is not None), "0")
    short = place if place.isdigit() else _digest(place)
    row["anchor"] = anchors.claim(str(row["id"] or f"e-{_digest(row['artifact'])}-{short}"))
    row["lines"] = [{**line, "parts": _parts(line, row["matched"])} for line in row["context"] or _lines(row)]


def _lines(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The excerpt by lines. Numbers stand only where they are certain: a single line, or as many as the locator spans."""
    lines = str(row["excerpt"]).rstrip("\n").split("\n") if row["excerpt"] else []
    first, last = row["line"], row["until_line"]
    certain = isinstance(first, int) and (len(lines) == 1 or (isinstance(last, int) and len(lines) == last - first + 1))
    return [{"line": first + index if certain else None, "text": text, "match": False} for index, text in enumerate(lines)]


def _parts(line: dict[str, Any], matched: str) -> tuple[str, str, str]:
    """What of a line stands before the match, is the match, and stands behind it: a meant line in which it cannot be found is the match."""
    text = line["text"]
    if not line["match"]:
        return text, "", ""
    before, found, behind = text.partition(matched) if matched else ("", "", "")
    if found:
        return before, found, behind
    shown = text.lstrip()
    return text[: len(text) - len(shown)], shown, ""


def _digest(text: object) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "replace")).hexdigest()[:8]
