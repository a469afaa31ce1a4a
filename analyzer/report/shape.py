"""Fills what a diagnosis leaves out, so that the readable writers meet every key (templates run on StrictUndefined).

The tables are the readers' view of contract/CONTRACT.md plus the extra keys of this program; the JSON output is not touched.
"""

from __future__ import annotations

from typing import Any

from .document import Redacted

Shape = dict[str, Any]

_EVIDENCE: Shape = {
    "id": "", "signature": "", "role": "", "strength": "", "relation": "", "artifact": "", "line": None, "until_line": None, "record": None,
    "pointer": None, "time": None, "time_basis": "", "count": 1, "excerpt": "", "why": "", "new": None, "context": [], "matched": "",
}  # fmt: skip
_HYPOTHESIS: Shape = {
    "cause": "", "title": "", "status": "not_assessable", "documented": False, "explained_by": None, "reason": "", "reason_id": "",
    "evidence": [], "missing": [], "facts": [], "remedy": [], "docs": [], "sources": [], "proof": {},
}  # fmt: skip
_VERDICT: Shape = {
    "cause": None, "title": "", "status": "undetermined", "also": [], "leading": [], "summary": "", "decides": [], "unexplained": [],
    "coverage": {}, "misled": {}, "script": {},
}  # fmt: skip
_INCIDENT: Shape = {
    "id": "", "group": None, "source": "bundle", "job_id": None, "activity_id": None, "vm": None, "vault": None, "operation": None,
    "started": None, "ended": None, "window": {}, "symptom": None, "codes": [], "message": None, "attempts": [], "verdict": {},
    "hypotheses": [], "contrast": {}, "documented": [], "noise": [],
}  # fmt: skip
_DIAGNOSIS: Shape = {
    "schema": "diagnosis/1", "tool": {}, "bundle": {}, "clocks": [], "incidents": [], "checklist": [], "context": [], "problems": [],
    "timeline": [], "gaps": [], "coverage": [],
}  # fmt: skip

_LOCATED: Shape = {"artifact": "", "line": None, "until_line": None, "record": None, "pointer": None}
_SHAPES: dict[str, Shape] = {
    "diagnosis": _DIAGNOSIS,
    "tool": {"name": "", "version": "", "catalogue": "", "options": {}},
    "bundle": {"name": "", "sha256": "", "content_sha256": "", "size": None, "layout": "", "collected": None, "vm": {}, "artifacts": [],
               "expected": {}},
    "artifact": {"path": "", "kind": "", "size": None, "sha256": "", "encoding": "", "lines": None, "events": None, "first": None,
                 "last": None, "status": "", "note": ""},
    "clock": {"source": "", "zone": "", "offset": "", "basis": ""},
    "incident": _INCIDENT,
    "window": {"from": None, "to": None, "basis": ""},
    "code": {"code": "", "as_written": "", "level": "", **_LOCATED},
    "attempt": {"id": "", "follow": None, "started": None, "ended": None, "stages": []},
    "stage": {"stage": "", "state": "", "at": None, "evidence": []},
    "verdict": _VERDICT,
    "decide": {"artifact": "", "kind": "", "command": "", "portal_path": "", "separates": [], "row": None},
    "hypothesis": _HYPOTHESIS,
    "evidence": _EVIDENCE,
    "proof": {"rules": [], "cleared_by": [], "searched": []},
    "rule": {"signature": "", "strength": "", "says": "", "condition": "", "events": [], "source": ""},
    "named_event": {"name": "", "text": "", "proof": True},
    "clearing": {"how": "", "signature": "", "text": "", "state": "", "missing": []},
    "searched": {"kind": "", "title": "", "artifacts": [], "more": 0, "first": None, "last": None, "covers": False},
    "reach": {"state": "", "kind": "", "artifact": "", "text": ""},
    "misled": {"code": "", "points_to": [], "text": ""},
    "script": {"linux": "", "windows": "", "platform": ""},
    "herring": {"id": "", "text": "", "evidence": []},
    "excerpt_line": {"line": None, "text": "", "match": False},
    "missing": {"kind": "", "title": "", "command": ""},
    "fact": {"id": "", "title": "", "value": None, "source": "", "date": "", "url": "", "disputed": False, "others": []},
    "other": {"value": None, "source": "", "date": "", "about": ""},
    "remedy": {"id": "", "text": "", "command": "", "systems": [], "corrects": "", "row": None},
    "system": {"id": "", "title": ""},
    "source": {"url": "", "title": "", "date": None},
    "contrast": {"last_good": None, "changes": [], "stages": [], "errors": []},
    "change": {"group": "", "what": "", "before": "", "after": "", "at": None},
    "pair": {"stage": "", "before": {}, "after": {}},
    "step": {"state": "", "at": None, "seconds": None},
    "check": {"row": "", "step": None, "step_title": "", "title": "", "state": "", "reason": "", "evidence": [], "collect": [], "docs": []},
    "collect": {"kind": "", "title": "", "command": "", "portal_path": ""},
    "note": {"kind": "", "cause": None, "text": "", "evidence": []},
    "problem": {"artifact": "", "problem": "", "lost": ""},
    "event": {"time": None, "basis": "", "lane": "", "level": "", "component": "", "text": "", "tags": [], "follow": [], "evidence": None,
              **_LOCATED},
    "gap": {"artifact": "", "lane": "", "from": None, "to": None, "reason": "", "line": None, "until_line": None},
    "covered": {"kind": "", "title": "", "status": "", "first": None, "last": None, "artifacts": [], "command": "",
                "presence": "", "lines": None, "events": None},
}  # fmt: skip
_INSIDE: dict[str, dict[str, str]] = {
    "diagnosis": {"tool": "tool", "bundle": "bundle", "clocks": "clock", "incidents": "incident", "checklist": "check", "context": "note",
                  "problems": "problem", "timeline": "event", "gaps": "gap", "coverage": "covered"},
    "bundle": {"artifacts": "artifact"},
    "incident": {"window": "window", "codes": "code", "attempts": "attempt", "verdict": "verdict", "hypotheses": "hypothesis",
                 "contrast": "contrast", "noise": "herring"},
    "attempt": {"stages": "stage"},
    "stage": {"evidence": "evidence"},
    "verdict": {"decides": "decide", "unexplained": "evidence", "coverage": "reach", "misled": "misled", "script": "script"},
    "hypothesis": {"evidence": "evidence", "missing": "missing", "facts": "fact", "remedy": "remedy", "sources": "source",
                   "proof": "proof"},
    "fact": {"others": "other"},
    "proof": {"rules": "rule", "cleared_by": "clearing", "searched": "searched"},
    "rule": {"events": "named_event"},
    "clearing": {"missing": "missing"},
    "herring": {"evidence": "evidence"},
    "remedy": {"systems": "system"},
    "evidence": {"context": "excerpt_line"},
    "contrast": {"changes": "change", "stages": "pair", "errors": "evidence"},
    "pair": {"before": "step", "after": "step"},
    "check": {"evidence": "evidence", "collect": "collect"},
    "note": {"evidence": "evidence"},
}  # fmt: skip


def complete(document: Redacted) -> dict[str, Any]:
    """A copy of `document` in which every key a reader looks for exists; where a list is expected, one row or null becomes a list."""
    return _complete(document, "diagnosis")


def without_timeline(document: Redacted) -> dict[str, Any]:
    """The same for writers that show no timeline: its rows, most of a document, are left out."""
    return _complete({**document, "timeline": [], "gaps": []}, "diagnosis")


def _complete(value: Any, name: str) -> dict[str, Any]:
    shape = _SHAPES[name]
    given = value if isinstance(value, dict) else {}
    filled = {**shape, **{key: item for key, item in given.items() if item is not None or shape.get(key) is None}}
    for key, inside in _INSIDE.get(name, {}).items():
        if isinstance(shape[key], list):
            filled[key] = [_complete(_located(item), inside) for item in _listed(filled[key])]
        else:
            filled[key] = _complete(filled[key], inside)
    return filled


def _listed(value: Any) -> list[Any]:
    if value is None or value in ("", {}):
        return []
    return value if isinstance(value, list) else [value]


def _located(item: Any) -> Any:
    """A row may be named by its locator text alone."""
    return {"artifact": item} if isinstance(item, str) else item
