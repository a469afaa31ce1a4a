"""What was read: the bundle with its artifacts, the clocks, and what each kind covers."""

from __future__ import annotations

from typing import Any

from analyzer.bundle import Bundle
from analyzer.diagnosis.diagnose import moment
from analyzer.diagnosis.expected import expected, presence, promised
from analyzer.diagnosis.names import Names
from analyzer.diagnosis.remedy import command
from analyzer.model import Artifact
from analyzer.timeline.clock import ASSUMED

from .draft import Draft
from .rows import ROWS, cited_place


def bundle_row(draft: Draft, bundle: Bundle) -> dict[str, Any]:
    """The bundle, the VM that it tells of, and all its artifacts, refused ones too."""
    d, vm = draft.diagnosis, draft.diagnosis.machine
    artifacts = [read.artifact for read in d.reads]
    refused = [Artifact(path, "unknown", note=why) for path, why in bundle.refused]
    rows = [_artifact(draft, artifact) for artifact in artifacts]
    rows += [_artifact(draft, artifact) | {"status": "refused"} for artifact in refused]
    return {
        "name": bundle.name,
        "sha256": bundle.sha256,
        "content_sha256": Bundle.content_sha256({artifact.path: artifact.sha256 for artifact in artifacts}),
        "size": bundle.size,
        "layout": draft.layout,
        "expected": expected(draft.layout, vm.os),
        "collected": {"time": moment(d.timeline.collected), "basis": d.timeline.collected_by},
        "vm": {
            "name": vm.name, "os": vm.os, "os_version": vm.os_version, "kernel": vm.kernel, "agent_version": vm.agent_version,
            "daemon_version": vm.daemon_version, "extension_version": vm.extension_version, "python": vm.python,
        },
        "artifacts": sorted(rows, key=lambda row: str(row["path"])),
    }  # fmt: skip


def _artifact(draft: Draft, artifact: Artifact) -> dict[str, Any]:
    return {
        "path": artifact.path, "kind": artifact.kind, "size": artifact.size, "sha256": artifact.sha256, "encoding": artifact.encoding,
        "lines": artifact.lines, "events": artifact.events, "first": moment(artifact.first), "last": moment(artifact.last),
        "status": artifact.status.value, "note": artifact.note,
    }  # fmt: skip


def clock_rows(draft: Draft) -> list[dict[str, Any]]:
    """The clock of the local stamps; nothing if no event needs one."""
    local = draft.timeline.clocks.local
    rows = [{"source": local.source or "local stamps", "zone": local.name, "offset": _offset(draft), "basis": local.basis.value}]
    return rows if local is not ASSUMED or any(e.basis.value == "assumed" for e in draft.timeline.events) else []


def _offset(draft: Draft) -> str:
    reference = draft.timeline.collected
    if reference is None:
        return "+00:00"
    text = reference.astimezone(draft.timeline.clocks.local.zone).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def coverage_rows(draft: Draft) -> list[dict[str, Any]]:
    """Per kind that a collector brings or that can decide a cause: what became of it, and what time it covers against the windows."""
    wanted = {kind for cause in draft.known.causes.values() if cause.os in ("any", draft.os) for kind in cause.on(draft.os).needs}
    names = draft.names(draft.judged[0].incident)
    return [_covered(draft, kind, names) for kind in sorted(wanted | promised(draft.os))]


def _covered(draft: Draft, kind: str, names: Names) -> dict[str, Any]:
    timeline, info = draft.timeline, draft.kind(kind)
    artifacts = timeline.artifacts(kind)
    windows = [judged.incident.window for judged in draft.judged]
    firsts, lasts = [a.first for a in artifacts if a.first], [a.last for a in artifacts if a.last]
    became = presence(kind, artifacts, draft.diagnosis.bundle.refused, draft.uncollected)
    if not artifacts:
        status = "not_collected"
    elif all(timeline.covers(kind, window) for window in windows):
        status = "covers"
    else:
        status = "partly" if any(timeline.touches(kind, window) for window in windows) else "absent"
    return {
        "kind": kind, "title": draft.say(info.titles), "status": status, "first": moment(min(firsts, default=None)),
        "last": moment(max(lasts, default=None)), "artifacts": sorted(a.path for a in artifacts),
        "presence": became.value,
        "lines": sum(a.lines or 0 for a in artifacts), "events": sum(a.events for a in artifacts),
        "command": command(info.command, names, draft.lang),
        "listed": [cited_place(draft, event) for event in draft.uncollected.get(kind, ())[:ROWS]],
    }  # fmt: skip
