"""The last good attempt beside the failed one: what is different.

A bundle holds each configuration once, as it was when it was collected. What it was before is known only where something else tells:
settings are numbered per run, goal states are kept as history, the agent's log says its versions again and again, and a listing or a
registry key dates the last change of a file. Anything else is left out rather than guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from analyzer.diagnosis.diagnose import Judged, moment
from analyzer.model import Clock, Event, Value
from analyzer.parsers import stamps
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.timeline import Timeline

_COMPARED = ("extension_version", "agent_version", "python", "kernel", "os", "snapshot_creator", "host_pre_snapshot", "host_do_snapshot")
_SETTINGS = ("version", "method", "command", "thumbprint", "has_protected")
_SAID = {  # versions that the agent's log states, and the patterns that state them
    "agent_version": ("agent.running", "agent.goal-version", "agent.heartbeat", "winagent.version"),
    "daemon_version": ("agent.daemon",),
    "python": ("agent.python",),
}
_FILES = ("waagent-conf", "vmbackup-conf", "script-config", "key-value")  # configuration files whose values are events
_CHANGED = 20  # rows of things that were changed between the runs

Change = dict[str, Any]


def contrast(judged: Judged, timeline: Timeline) -> dict[str, Any]:
    """`last_good` (id, times, code), `changes` (group, what, before, after; `at` where only the time of the change is known) and `stages`
    (both runs side by side, each step with its seconds since the run began)."""
    good = judged.incident.last_good
    if good is None or not judged.incident.attempts:
        return {"last_good": _row(good), "changes": [], "stages": []}
    bad = judged.incident.attempts[-1]
    changes = [
        *_versions(good, bad, timeline),
        *_settings(good, bad, timeline),
        *_extensions(good, bad, timeline),
        *_changed(good, judged.incident.window.end, timeline),
        *_stage_changes(good, bad),
    ]
    return {"last_good": _row(good), "changes": changes, "stages": _stages(good, bad)}


def _row(attempt: Attempt | None) -> dict[str, Any] | None:
    return (
        None
        if attempt is None
        else {"id": attempt.id, "started": moment(attempt.start), "ended": moment(attempt.end), "code": attempt.code}
    )


def _differs(group: str, what: str, before: Value, after: Value) -> Iterator[Change]:
    """A row if both are known and are not the same."""
    if before not in (None, "") and after not in (None, "") and before != after:
        yield {"group": group, "what": what, "before": before, "after": after}


def _versions(good: Attempt, bad: Attempt, timeline: Timeline) -> Iterator[Change]:
    """What the status of both runs says of versions and of the way the snapshot was taken; what the log says where a status does not."""
    then, now = (run.status.fields if run.status is not None else {} for run in (good, bad))
    for name in _COMPARED:
        yield from _differs("version", name, then.get(name), now.get(name))
    for name, patterns in _SAID.items():
        before, after = _said(timeline, patterns, good.end), _said(timeline, patterns, bad.end)
        if then.get(name) is None or now.get(name) is None:
            yield from _differs("version", name, before, after)


def _said(timeline: Timeline, patterns: Iterable[str], until: datetime | None) -> str | None:
    """The last version stated up to a time."""
    told = [
        (hit.event.time, str(hit.groups["version"]).rstrip("."))
        for name in patterns
        for hit in timeline.hits_of(name)
        if hit.event.time is not None and until is not None and hit.event.time <= until and hit.groups.get("version")
    ]
    return max(told)[1] if told else None


def _settings(good: Attempt, bad: Attempt, timeline: Timeline) -> Iterator[Change]:
    """What the extension's numbered settings say differently."""
    by_number = {event.fields.get("sequence"): event.fields for event in timeline.of_kind("settings") if "VMSnapshot" in event.component}
    then, now = by_number.get(good.sequence), by_number.get(bad.sequence)
    if good.sequence is None or bad.sequence is None or good.sequence == bad.sequence or then is None or now is None:
        return
    for name in _SETTINGS:
        yield from _differs("settings", name, then.get(name), now.get(name))


def _extensions(good: Attempt, bad: Attempt, timeline: Timeline) -> Iterator[Change]:
    """Extensions whose version or wanted state differs between the goal states in force at the end of both runs."""
    then, now = _wanted(timeline, good.end), _wanted(timeline, bad.end)
    if not then or not now:
        return
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name), now.get(name)
        if before != after:
            yield {"group": "extension", "what": name, "before": before, "after": after}


def _wanted(timeline: Timeline, until: datetime | None) -> dict[str, str]:
    """The plugins of the newest goal state up to a time: name to version and state."""
    dated: dict[datetime, dict[str, str]] = {}
    for event in timeline.of_kind("extensions-config"):
        if event.component and event.time is not None and until is not None and event.time <= until:
            words = [str(event.fields[name]) for name in ("version", "state") if event.fields.get(name)]
            dated.setdefault(event.time, {})[event.component] = " ".join(words)
    return dated[max(dated)] if dated else {}


def _changed(good: Attempt, until: datetime, timeline: Timeline) -> list[Change]:
    """Configuration files and registry values whose last change lies between the runs. What stood there before, nobody knows."""
    if good.end is None:
        return []
    found: dict[str, Change] = {}
    for event in timeline.events:
        if event.kind == "file-listed":
            path, at = str(event.fields.get("path") or ""), _listed(event, timeline)
            if not path.startswith("etc/"):
                continue
            what, after = f"/{path}", None
        elif event.kind in _FILES:
            what, after, at = event.artifact, None, event.time
        elif event.kind == "registry-value" and event.fields.get("type") != "key":
            what, after, at = (
                "\\".join(str(event.fields.get(part) or "") for part in ("key", "name")),
                event.fields.get("value"),
                event.time,
            )
        else:
            continue
        if at is not None and good.end < at <= until:
            found.setdefault(what, {"group": "changed", "what": what, "before": None, "after": after, "at": moment(at)})
    return sorted(found.values(), key=lambda row: (str(row["at"]), row["what"]), reverse=True)[:_CHANGED]


def _listed(event: Event, timeline: Timeline) -> datetime | None:
    """When a listed file was changed. `ls` mostly prints the time of the VM's clock."""
    stated = event.fields.get("modified")
    if isinstance(stated, str) and stated:
        return datetime.fromisoformat(stated)
    local = stamps.read(str(event.fields.get("modified_local") or ""), Clock.LOCAL)
    return timeline.clocks.utc(local)[0] if local is not None else None


def _stage_changes(good: Attempt, bad: Attempt) -> Iterator[Change]:
    before = {stage.stage: stage.state for stage in good.stages}
    for stage in bad.stages:
        if before.get(stage.stage) == "done" and stage.state in ("failed", "missing"):
            yield {"group": "stage", "what": f"stage {stage.stage}", "before": "done", "after": stage.state}


def _stages(good: Attempt, bad: Attempt) -> list[dict[str, Any]]:
    """Both runs step by step."""
    then = {row["stage"]: row for row in _steps(good)}
    return [{"stage": row["stage"], "before": then.get(row["stage"]), "after": row} for row in _steps(bad)]


def _steps(run: Attempt) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage.stage,
            "state": stage.state,
            "at": moment(stage.at),
            "seconds": round((stage.at - run.start).total_seconds(), 1) if stage.at and run.start else None,
        }
        for stage in run.stages
    ]
