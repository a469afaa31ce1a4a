"""The last good attempt beside the failed one: what is different."""

from __future__ import annotations

from typing import Any

from analyzer.diagnosis.diagnose import Judged, moment
from analyzer.model import Event
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.timeline import Timeline

_COMPARED = ("extension_version", "agent_version", "python", "kernel", "os", "snapshot_creator", "host_pre_snapshot", "host_do_snapshot")


def contrast(judged: Judged, timeline: Timeline) -> dict[str, Any]:
    """`last_good` (id and times) and `changes`: what the status of both runs says differently, and which stages."""
    good = judged.incident.last_good
    if good is None or not judged.incident.attempts:
        return {"last_good": _row(good), "changes": []}
    bad = judged.incident.attempts[-1]
    changes = _status_changes(good.status, bad.status) + _stage_changes(good, bad)
    return {"last_good": _row(good), "changes": changes}


def _row(attempt: Attempt | None) -> dict[str, Any] | None:
    return (
        None
        if attempt is None
        else {"id": attempt.id, "started": moment(attempt.start), "ended": moment(attempt.end), "code": attempt.code}
    )


def _status_changes(good: Event | None, bad: Event | None) -> list[dict[str, Any]]:
    if good is None or bad is None:
        return []
    return [
        {"what": name, "before": good.fields.get(name), "after": bad.fields.get(name)}
        for name in _COMPARED
        if good.fields.get(name) != bad.fields.get(name) and bad.fields.get(name) is not None
    ]


def _stage_changes(good: Attempt, bad: Attempt) -> list[dict[str, Any]]:
    before = {stage.stage: stage.state for stage in good.stages}
    return [
        {"what": f"stage {stage.stage}", "before": before.get(stage.stage), "after": stage.state}
        for stage in bad.stages
        if before.get(stage.stage) == "done" and stage.state in ("failed", "missing")
    ]
