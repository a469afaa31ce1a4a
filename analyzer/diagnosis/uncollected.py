"""Files that a collector's listing shows to exist but that are not in the bundle: their absence says nothing of the VM."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.bundle.layouts import Form, identify
from analyzer.model import Event
from analyzer.timeline.timeline import Timeline


def uncollected(timeline: Timeline) -> Mapping[str, list[Event]]:
    """Per artifact kind the listing's rows (`file-listed`) and failed copies (`copy-failed`) whose file no member is."""
    present = {artifact.path.lower() for artifacts in timeline.kinds.values() for artifact in artifacts}
    found: dict[str, list[Event]] = {}
    for event in timeline.events:
        if event.kind not in ("file-listed", "copy-failed"):
            continue
        path = str(event.fields.get("path") or "").lower().lstrip("/")
        if not path or any(name == path or name.endswith("/" + path) for name in present):
            continue
        row = identify(path, "")
        if row.form is not Form.NONE:
            found.setdefault(row.kind, []).append(event)
    return found
