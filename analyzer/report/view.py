"""Turns the document into what the page shows: anchors, groups, proof, excerpt lines. No markup, no judgement."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from . import figures, wording
from .document import Redacted
from .shape import complete

TIMELINE_ROWS = 2000  # more are cut to the incident windows

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
    for number, incident in enumerate(page["incidents"], 1):
        _incident(incident, number, anchors)
    for row in [row for item in page["context"] for row in item["evidence"]]:
        _evidence(row, anchors)
    for check in page["checklist"]:
        _check(check, anchors)
    for row in page["timeline"]:
        row["locator"] = wording.locator(row)
    collected = wording.collected(page["coverage"], page["bundle"]["expected"])
    groups = wording.groups(page["incidents"])
    events, cut = _timeline(page["timeline"], page["incidents"])
    return {
        **page,
        "groups": groups,
        "steps": _steps(page["checklist"]),
        "checked": wording.checked(page["checklist"]),
        "coverage": figures.coverage(collected["shown"], page["gaps"], page["incidents"]),
        "collected": collected,
        "states": _states(page["bundle"]["artifacts"]),
        "lanes": figures.lanes(events, [group[0] for group in groups[:1]]),
        "timeline": events,
        "timeline_total": len(page["timeline"]),
        "timeline_cut": cut,
        "timeline_lanes": sorted({row["lane"] for row in events if row["lane"]}, key=_lane_order),
        "timeline_levels": sorted({row["level"] for row in events if row["level"]}),
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


def _evidence(row: dict[str, Any], anchors: Anchors) -> None:
    row["locator"] = wording.locator(row)
    place = next((str(row[key]) for key in ("record", "line", "pointer") if row[key] is not None), "0")
    short = place if place.isdigit() else _digest(place)
    row["anchor"] = anchors.claim(str(row["id"] or f"e-{_digest(row['artifact'])}-{short}"))
    row["lines"] = row["context"] or _lines(row)


def _lines(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The excerpt by lines. Numbers stand only where they are certain: a single line, or as many as the locator spans."""
    lines = str(row["excerpt"]).rstrip("\n").split("\n") if row["excerpt"] else []
    first, last = row["line"], row["until_line"]
    certain = isinstance(first, int) and (len(lines) == 1 or (isinstance(last, int) and len(lines) == last - first + 1))
    return [{"line": first + index if certain else None, "text": text, "match": False} for index, text in enumerate(lines)]


def _digest(text: object) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "replace")).hexdigest()[:8]


def _timeline(events: list[dict[str, Any]], incidents: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """The rows to show and whether rows are left out: at most `TIMELINE_ROWS`, those in a window before all others."""
    if len(events) <= TIMELINE_ROWS:
        return events, False
    spans = figures.windows(incidents)
    inside = [row for row in events if any((at := wording.moment(row["time"])) and start <= at <= end for start, end in spans)]
    return (inside or events)[:TIMELINE_ROWS], True


def _lane_order(lane: str) -> tuple[int, str]:
    return (figures.LANES.index(lane) if lane in figures.LANES else len(figures.LANES), lane)
