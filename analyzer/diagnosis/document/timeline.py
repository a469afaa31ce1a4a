"""The rows of the timeline and its gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from analyzer.diagnosis.diagnose import moment
from analyzer.diagnosis.event_messages import in_words
from analyzer.diagnosis.lanes import lane_of, lane_of_kind
from analyzer.model import Event
from analyzer.timeline.timeline import Window, order

from .draft import Draft
from .rows import locator, row_id


def timeline_rows(draft: Draft, most: int) -> list[dict[str, Any]]:
    """The events in order of time, at most `most`: those near an incident first to stay if there are too many."""
    cited = {
        (i.hit.event.artifact, i.hit.event.line, i.hit.event.pointer): row_id(i.hit.event, i.hit)
        for j in draft.judged
        for h in j.hypotheses
        for f in h.findings
        for i in f.evidence
    }
    noise = {(hit.event.artifact, hit.event.line) for _, hits in draft.diagnosis.noise for hit in hits}
    seen: set[tuple[object, ...]] = set()
    events = []
    for event in sorted([*draft.timeline.events, *draft.diagnosis.loud.events, *draft.diagnosis.loud.near], key=order):
        key = (event.artifact, event.line, event.record, event.pointer, event.kind == "attempt", event.text if event.pointer else "")
        if event.kind in ("attempt", "file-listed", "collected", "waagent-conf", "key-value") or key in seen:
            continue
        seen.add(key)
        events.append(event)
    events = _nearest(draft, events, most)
    rows = []
    for event in events:
        tags = [
            tag
            for tag, holds in (
                ("evidence", (event.artifact, event.line, event.pointer) in cited),
                ("noise", (event.artifact, event.line) in noise),
            )
            if holds
        ]
        text = in_words(event).split("\n", 1)[0][:400]
        evidence = cited.get((event.artifact, event.line, event.pointer))
        rows.append({
            "time": moment(event.time), "basis": event.basis.value, "artifact": event.artifact, **locator(event),
            "lane": lane_of(event), "level": event.level, "component": event.component, "text": text, "tags": tags,
            "follow": draft.trails.of(event), "evidence": evidence,
        })  # fmt: skip
    return rows


def _nearest(draft: Draft, events: Sequence[Event], most: int) -> list[Event]:
    if len(events) <= most:
        return list(events)
    windows = [judged.incident.window for judged in draft.judged]

    def distance(event: Event) -> timedelta:
        if event.time is None:
            return timedelta(0)
        return min(_distance(window, event) for window in windows)

    return sorted(sorted(events, key=distance)[:most], key=order)


def _distance(window: Window, event: Event) -> timedelta:
    assert event.time is not None  # the caller looked
    return max(window.start - event.time, event.time - window.end, timedelta(0))


def gap_rows(draft: Draft) -> list[dict[str, Any]]:
    """The silences of logs, in the order of the timeline."""
    return [
        {
            "artifact": g.artifact,
            "lane": lane_of_kind(g.kind),
            "from": moment(g.span.start),
            "to": moment(g.span.end),
            "reason": g.reason,
            "line": g.line,
            "until_line": g.until_line,
            "record": g.record,
        }
        for g in draft.timeline.gaps
    ]
