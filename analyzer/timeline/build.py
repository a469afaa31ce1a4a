"""From what the parsers read to one timeline: the clocks first, then every event at its UTC time, then coverage and gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analyzer.bundle.layouts import Form
from analyzer.model import Basis, Event, Stamp, Value
from analyzer.parsers.pattern import Hit
from analyzer.parsers.reading import Read, log_format
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.clock import ASSUMED, Clocks, LocalClock, from_pairs, from_zone_name, neighbours
from analyzer.timeline.timeline import Gap, Timeline, Window, in_order

_ROTATED = re.compile(r"\.log(?:\.\d+|-\d{4}-?\d\d)|\.(?:gz|xz|bz2|zst)$|(?:syslog|messages|kern)[.-]\d", re.IGNORECASE)


def build(reads: Sequence[Read]) -> Timeline:
    """One timeline over all members."""
    local = _local_clock(reads)
    clocks = Clocks(local, _latest(reads, local))
    timeline = Timeline(clocks=clocks)
    timeline.collected = _collected(reads, clocks)
    changes = _changes(reads)
    placed: dict[int, Event] = {}

    def place(event: Event) -> Event:
        if id(event) not in placed:
            placed[id(event)] = _state(clocks.place(event), changes)
        return placed[id(event)]

    for read in reads:
        timeline.kinds.setdefault(read.row.kind, []).append(read.artifact)
        timeline.events += [place(event) for event in read.events]
        for hit in read.hits:
            timeline.hits.setdefault(hit.pattern, []).append(replace(hit, event=place(hit.event)))
        if read.scan is not None:
            _cover(timeline, read)
    known = {id(event) for event in timeline.events}
    for hits in timeline.hits.values():
        hits.sort(key=_hit_order)
        for hit in hits:
            if id(hit.event) not in known:
                known.add(id(hit.event))
                timeline.events.append(hit.event)
    timeline.events = in_order(timeline.events)
    _gaps(timeline, reads)
    return timeline


def _hit_order(hit: Hit) -> tuple[bool, datetime | int, str, int]:
    time = hit.event.time
    return (time is not None, time if time is not None else 0, hit.event.artifact, hit.line or 0)


def _state(event: Event, changes: dict[str, datetime]) -> Event:
    """A state whose file a listing dates holds since that date."""
    if event.state and event.time is None:
        since = changes.get(_bare(event.artifact))
        if since is not None:
            return replace(event, time=since, basis=Basis.DECLARED)
    return event


def _bare(path: str) -> str:
    """A member's path as the machine had it: below `var/`, `etc/` and the like, whatever the collector put before it."""
    match = re.search(r"(?:^|/)((?:var|etc|usr|run|opt|root|home)/.*)$", path)
    return match[1] if match else path


def _changes(reads: Iterable[Read]) -> dict[str, datetime]:
    """When files were last changed, as directory listings in the bundle tell (`file-listed` events)."""
    found: dict[str, datetime] = {}
    for read in reads:
        for event in read.events:
            if event.kind == "file-listed" and isinstance(event.fields.get("modified"), str):
                found[str(event.fields["path"]).lstrip("/")] = datetime.fromisoformat(str(event.fields["modified"]))
    return found


def _local_clock(reads: Sequence[Read]) -> LocalClock:
    for read in reads:
        for event in read.events:
            if (
                event.kind == "timezone"
                and event.fields.get("zone")
                and (named := from_zone_name(str(event.fields["zone"]), read.member.path))
            ):
                return named
    for read in reads:
        if read.scan is None:
            continue
        ordered = sorted({(hit.event.line or 0): hit.event.stamp for hit in read.hits}.items())
        pairs = neighbours([stamp for _, stamp in ordered])
        for silence in read.scan.silences:
            pairs += neighbours([silence.first, silence.last])
        found = from_pairs(pairs, read.member.path)
        if found is not None:
            return found
    return ASSUMED


def _stamps(reads: Iterable[Read]) -> Iterable[tuple[Read, Stamp]]:
    for read in reads:
        for event in read.events:
            if event.stamp is not None:
                yield read, event.stamp
        if read.scan is not None:
            for stamp in read.scan.stamps():
                yield read, stamp


def _latest(reads: Sequence[Read], local: LocalClock) -> datetime | None:
    """The newest moment that any record with a year names; else the newest archive date."""
    clocks = Clocks(local)
    moments = [moment for _, stamp in _stamps(reads) if stamp.has_year and (moment := clocks.utc(stamp)[0]) is not None]
    if moments:
        return max(moments)
    dates = [read.member.modified.replace(tzinfo=UTC) for read in reads if read.member.modified is not None]
    return max(dates, default=None)


def _collected(reads: Sequence[Read], clocks: Clocks) -> datetime | None:
    """When the bundle was collected: as results.txt says, else the newest record of the guest, else of anything."""
    for read in reads:
        stated = [moment for event in read.events if event.kind == "collected" and event.stamp and (moment := clocks.utc(event.stamp)[0])]
        if stated:
            return max(stated)
    moments = [moment for _, stamp in _stamps(reads) if (moment := clocks.utc(stamp)[0]) is not None]
    return max(moments, default=clocks.latest)


def _cover(timeline: Timeline, read: Read) -> None:
    assert read.scan is not None  # only logs come here
    times = [moment for stamp in read.scan.stamps() if (moment := timeline.clocks.utc(stamp)[0]) is not None]
    spans = timeline.coverage.setdefault(read.row.kind, [])
    if not times:
        return
    first, last = min(times), max(times)
    read.artifact.first, read.artifact.last = first, last
    live = not _ROTATED.search(read.member.path)
    if live and timeline.collected is not None and timeline.collected > last:
        last = timeline.collected  # the live log covers time up to the collection: its silence is what it says
    spans.append((read.member.path, Window(first, last)))


def _gaps(timeline: Timeline, reads: Sequence[Read]) -> None:
    for read in reads:
        if read.scan is None or read.row.form is not Form.LOG:
            continue
        limit = log_format(read.row).silence
        if limit is None:
            continue
        for silence in read.scan.silences:
            first, last = timeline.clocks.utc(silence.first)[0], timeline.clocks.utc(silence.last)[0]
            if first and last and last - first > limit:
                timeline.gaps.append(Gap(read.row.kind, read.member.path, Window(first, last), silence.line, silence.until_line, "silent"))
        _end_gap(timeline, read, limit)
    timeline.gaps.sort(key=lambda gap: (gap.span.start, gap.artifact))


def _end_gap(timeline: Timeline, read: Read, limit: timedelta) -> None:
    """The live log stops long before the collection."""
    last = read.artifact.last
    if last is None or timeline.collected is None or _ROTATED.search(read.member.path) or read.row.kind != "waagent-log":
        return
    newer = any(
        artifact.last is not None and artifact.last > last
        for artifact in timeline.kinds.get(read.row.kind, ())
        if artifact is not read.artifact
    )
    if not newer and timeline.collected - last > limit:
        timeline.gaps.append(Gap(read.row.kind, read.member.path, Window(last, timeline.collected), read.artifact.lines, None, "end"))


def derived(timeline: Timeline, attempts: Iterable[Attempt]) -> list[Event]:
    """What follows from the records without standing in one: a gap, an attempt and how it ended. Signatures match these too."""
    return [_of_gap(gap) for gap in timeline.gaps] + [event for attempt in attempts if (event := _of_attempt(attempt)) is not None]


def _of_gap(gap: Gap) -> Event:
    minutes = len(gap.span) // 60
    text = f"silent for {minutes} min" if gap.reason == "silent" else f"ends {minutes} min before the collection"
    fields: dict[str, Value] = {"of": gap.kind, "minutes": minutes, "reason": gap.reason, "until": gap.span.end.isoformat()}
    return Event(
        "gap", gap.artifact, text, line=gap.line, until_line=gap.until_line, time=gap.span.start, basis=Basis.DECLARED,
        component=gap.kind, fields=fields, raw=text,
    )  # fmt: skip


def _of_attempt(attempt: Attempt) -> Event | None:
    """The last line of an attempt, as what the attempt came to."""
    last = max((hit for hit in attempt.hits if hit.event.time), key=lambda hit: (hit.event.time, hit.line or 0), default=None)
    base = last.event if last is not None else attempt.status
    if base is None:
        return None
    problem = attempt.first_problem()
    fields: dict[str, Value] = {
        "sequence": attempt.sequence,
        "task": min(attempt.tasks, default=None),
        "code": attempt.code,
        "finished": attempt.finished,
        "failed": attempt.failed,
        "stage": problem.stage if problem else None,
        "state": problem.state if problem else None,
        "seconds": len(attempt.window) if attempt.window else None,
    }
    return replace(base, kind="attempt", fields=fields, level="ERROR" if attempt.failed else "INFO")
