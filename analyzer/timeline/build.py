"""From what the parsers read to one timeline: the clocks first, then every event at its UTC time, then coverage and gaps."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analyzer.bundle.layouts import Form
from analyzer.model import ArtifactStatus, Basis, Clock, Event, Stamp, Value, of_platform
from analyzer.parsers import stamps
from analyzer.parsers.event_log import KIND as EVENT_LOGS
from analyzer.parsers.event_log import coverage_kind
from analyzer.parsers.pattern import Hit
from analyzer.parsers.reading import Read, codec_after, log_format
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.clock import ASSUMED, Clocks, LocalClock, enclosed, from_offsets, from_zone_name, offsets
from analyzer.timeline.timeline import Gap, Timeline, Window, hit_order, in_order

_PASSING = timedelta(minutes=10)  # a shutdown, or a boot up to the agent's start, takes no longer
_ALIVE = ("vm.alive", "win.alive", "run.enable")  # what only a running machine writes, apart from its agent
_DOWN = ("vm.down", "win.down")
_BEAT = timedelta(minutes=35)  # a beating agent says so every 30 minutes
_NUMBERED = re.compile(r"(?P<base>.+?)(?:\.(?P<number>\d{1,3}))?(?:\.(?:gz|xz|bz2|zst))?", re.DOTALL)
_LOST = {"missing": "are missing", "cleared": "were cleared", "archived": "were moved into an archive"}
_MAIN = ("System", "Application")  # the channels that every bundle with event logs has
_ROTATED = re.compile(r"\.log(?:\.\d+|-\d{4}-?\d\d)|\.(?:gz|xz|bz2|zst)$|(?:syslog|messages|kern)[.-]\d", re.IGNORECASE)


def build(reads: Sequence[Read], same: Mapping[str, str] | None = None) -> Timeline:
    """One timeline over all members. `same` is that of the `PatternSet` they were read with."""
    local = _local_clock(reads)
    clocks = Clocks(local, _latest(reads, local))
    timeline = Timeline(clocks=clocks, same=same or {})
    timeline.collected, timeline.collected_by = _collected(reads, clocks)
    changes = _changes(reads, clocks)
    placed: dict[int, Event] = {}

    def place(event: Event) -> Event:
        if id(event) not in placed:
            placed[id(event)] = _state(clocks.place(event), changes)
        return placed[id(event)]

    for read in reads:
        for kind in _kinds(read):
            timeline.kinds.setdefault(kind, []).append(read.artifact)
        timeline.events += [place(event) for event in read.events]
        for hit in read.hits:
            timeline.hits.setdefault(hit.pattern, []).append(Hit(hit.pattern, place(hit.event), hit.line, hit.groups, hit.at, hit.end))
        if read.span is not None:
            _cover_channels(timeline, read, read.span)
        if read.scan is not None:
            _cover(timeline, read)
    known = {id(event) for event in timeline.events}
    for hits in timeline.hits.values():
        hits.sort(key=hit_order)
        for hit in hits:
            if id(hit.event) not in known:
                known.add(id(hit.event))
                timeline.events.append(hit.event)
    timeline.events = in_order(timeline.events)
    _gaps(timeline, reads)
    _lost_records(timeline, reads)
    _bridge(timeline, reads)
    timeline.gaps.sort(key=lambda gap: (gap.span.start, gap.artifact))
    return timeline


def _kinds(read: Read) -> set[str]:
    """What an artifact is, and for a document of the platform also all that it speaks of: a VM's may hold its extensions."""
    return {read.artifact.kind} | ({event.kind for event in read.events} if of_platform(read.artifact.kind) else set())


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


def _changes(reads: Iterable[Read], clocks: Clocks) -> dict[str, datetime]:
    """When files were last changed, as directory listings in the bundle tell (`file-listed` events). `ls` prints local time."""
    found: dict[str, datetime] = {}
    for read in reads:
        for event in read.events:
            if event.kind != "file-listed":
                continue
            changed = stamps.utc(str(event.fields.get("modified") or ""))
            local = stamps.read(str(event.fields.get("modified_local") or ""), Clock.LOCAL)
            if changed is None and local is not None:
                changed = clocks.utc(local)[0]
            if changed is not None:
                found[str(event.fields["path"]).lstrip("/")] = changed
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
        found = from_offsets(_offsets(read), read.member.path)
        if found is not None:
            return found
    return ASSUMED


def _offsets(read: Read) -> list[timedelta]:
    """What the records of one log tell of the local clock's offset: a line that two clocks stamped, and a local line among UTC ones."""
    assert read.scan is not None  # only logs come here
    by_line = {(hit.event.line or 0): hit.event.stamp for hit in read.hits}
    for silence in read.scan.silences:
        by_line |= {silence.line: silence.first, silence.until_line: silence.last}
    found = enclosed([stamp for _, stamp in sorted(by_line.items())])
    for event in {hit.event.line: hit.event for hit in read.hits}.values():
        local = stamps.read(str(event.fields.get("binary") or ""))
        if local is not None and event.stamp is not None and event.stamp.clock is Clock.UTC:
            found += offsets(local.value, event.stamp.value, event.stamp.value)
    return found


def _stamps(reads: Iterable[Read]) -> Iterable[tuple[Read, Stamp]]:
    for read in reads:
        for event in read.events:
            if event.stamp is not None:
                yield read, event.stamp
        for stamp in read.scan.stamps() if read.scan is not None else read.span or ():
            yield read, stamp


def _latest(reads: Sequence[Read], local: LocalClock) -> datetime | None:
    """The newest moment that any record with a year names; else the newest archive date."""
    clocks = Clocks(local)
    moments = [moment for _, stamp in _stamps(reads) if stamp.has_year and (moment := clocks.utc(stamp)[0]) is not None]
    if moments:
        return max(moments)
    dates = [read.member.modified.replace(tzinfo=UTC) for read in reads if read.member.modified is not None]
    return max(dates, default=None)


def _collected(reads: Sequence[Read], clocks: Clocks) -> tuple[datetime | None, str]:
    """When the bundle was collected, and who says so: results.txt, else the newest record of the guest, else of anything, else the
    newest archive date."""
    said = [event.stamp for read in reads for event in read.events if event.kind == "collected" and event.stamp]
    stated = [moment for stamp in said if (moment := clocks.utc(stamp)[0]) is not None]
    if stated:
        return max(stated), "stated"
    guest = [read for read in reads if not of_platform(read.row.kind)]
    for some in (guest, reads):
        moments = [moment for _, stamp in _stamps(some) if (moment := clocks.utc(stamp)[0]) is not None]
        if moments:
            return max(moments), "newest record"
    return clocks.latest, "unknown" if clocks.latest is None else "archive"


def _cover(timeline: Timeline, read: Read) -> None:
    assert read.scan is not None  # only logs come here
    times = [moment for stamp in read.scan.stamps() if (moment := timeline.clocks.utc(stamp)[0]) is not None]
    spans = timeline.coverage.setdefault(read.row.kind, [])
    if not times:
        return
    first, last = min(times), max(times)
    read.artifact.first, read.artifact.last = first, last
    live = not _ROTATED.search(read.member.path) and _whole(read)
    if live:
        timeline.live.add(read.member.path)
    if live and timeline.collected is not None and timeline.collected > last:
        last = timeline.collected  # the live log covers time up to the collection: its silence is what it says
    spans.append((read.member.path, Window(first, last)))


def _cover_channels(timeline: Timeline, read: Read, span: tuple[Stamp, Stamp]) -> None:
    """An event log covers the time of its channels, up to the collection; `evtx` as a whole covers what System and Application do."""
    first, last = (timeline.clocks.utc(stamp)[0] for stamp in span)
    if first is None or last is None:
        return
    read.artifact.first, read.artifact.last = first, last
    until = max(last, timeline.collected or last) if _whole(read) else last
    for channel in read.channels:
        timeline.coverage.setdefault(coverage_kind(channel), []).append((read.member.path, Window(first, until)))
    spans = [timeline.coverage.get(coverage_kind(channel), []) for channel in _MAIN]
    timeline.coverage[EVENT_LOGS] = [
        (path, Window(max(one.start, other.start), min(one.end, other.end)))
        for path, one in spans[0]
        for _, other in spans[1]
        if one.overlaps(other)
    ]


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
                text = silence.quote.decode(codec_after(read), "replace")
                timeline.gaps.append(
                    Gap(read.row.kind, read.member.path, Window(first, last), silence.line, silence.until_line, "silent", text)
                )
        _end_gap(timeline, read, limit)


def _lost_records(timeline: Timeline, reads: Sequence[Read]) -> None:
    """Stretches of an event log whose records are gone: ids that are missing, a log that was cleared or archived."""
    for read in reads:
        for lost in read.log_gaps:
            ends = [stamps.aware(moment) for moment in (lost.since, lost.until) if moment is not None]
            if ends:
                missing = f"{lost.missing} records" if lost.missing else "records"
                text = f"{lost.channel}: {missing} behind record {lost.after} {_LOST[lost.reason.value]}"
                span = Window(min(ends), max(ends))
                timeline.gaps.append(Gap(EVENT_LOGS, read.member.path, span, None, None, lost.reason.value, text, lost.after))


def _bridge(timeline: Timeline, reads: Sequence[Read]) -> None:
    """Between a rotated log and the one written after it no record is lost: the time between them is covered, and may be a silence."""
    for older, newer in _rotations(reads):
        last, first, kind = older.artifact.last, newer.artifact.first, older.row.kind
        if last is None or first is None or not last < first or not (_whole(older) and _whole(newer)):
            continue
        timeline.coverage[kind].append((older.member.path, Window(last, first)))
        limit = log_format(older.row).silence
        if limit is not None and first - last > limit:
            lines = older.artifact.lines
            timeline.gaps.append(Gap(kind, older.member.path, Window(last, first), lines, lines, "rotated", _tail(older)))


def _rotations(reads: Sequence[Read]) -> Iterator[tuple[Read, Read]]:
    """Pairs of logs of which the second was begun when the first was rotated: x.log.2 and x.log.1, x.log.1 and x.log. Names with
    dates do not tell whether one between them is missing."""
    numbered: dict[tuple[str, str, int], Read] = {}
    for read in reads:
        found = _NUMBERED.fullmatch(read.member.path) if read.scan is not None else None
        if found is not None:
            numbered.setdefault((read.row.kind, found["base"], int(found["number"] or 0)), read)
    for (kind, base, number), read in sorted(numbered.items(), key=lambda item: item[0]):
        older = numbered.get((kind, base, number + 1))
        if older is not None:
            yield older, read


def _whole(read: Read) -> bool:
    """Whether a log was read to its end."""
    return read.artifact.status is ArtifactStatus.PARSED


def _end_gap(timeline: Timeline, read: Read, limit: timedelta) -> None:
    """The live log stops long before the collection."""
    last = read.artifact.last
    if last is None or timeline.collected is None or read.row.kind not in _WORDS:
        return
    if _ROTATED.search(read.member.path) or not _whole(read):
        return
    newer = any(
        artifact.last is not None and artifact.last > last
        for artifact in timeline.kinds.get(read.row.kind, ())
        if artifact is not read.artifact
    )
    if not newer and timeline.collected - last > limit:
        lines = read.artifact.lines
        timeline.gaps.append(Gap(read.row.kind, read.member.path, Window(last, timeline.collected), lines, lines, "end", _tail(read)))


def _tail(read: Read) -> str:
    return read.scan.tail.decode(codec_after(read), "replace") if read.scan is not None else ""


def derived(timeline: Timeline, attempts: Iterable[Attempt]) -> list[Event]:
    """What follows from the records without standing in one: a gap, an attempt and how it ended. Signatures match these too."""
    life = {kind: _life(timeline, kind) for kind in _WORDS}
    signs = sorted(hit.event.time for name in _ALIVE for hit in timeline.hits.get(name, ()) if hit.event.time is not None)
    ends = sorted(hit.event.time for name in _DOWN for hit in timeline.hits.get(name, ()) if hit.event.time is not None)
    gaps = [_of_gap(gap, _last_word(gap, life.get(gap.kind, [])), _machine(gap, signs, ends)) for gap in timeline.gaps]
    return gaps + [event for attempt in attempts if (event := _of_attempt(attempt)) is not None]


_WORDS = {
    "waagent-log": (
        ("agent.running", "start"), ("agent.command", "command"), ("agent.heartbeat", "heartbeat"), ("agent.old-heartbeat", "heartbeat"),
        ("agent.stopped", "stopped"),
    ),
    "waappagent-log": (("winagent.start", "start"), ("winagent.beat", "heartbeat"), ("winagent.stop", "stopped")),
}  # fmt: skip


def _life(timeline: Timeline, kind: str) -> list[tuple[datetime, int, str]]:
    """What the agent says of itself, in order: that it starts, beats, runs a command, is stopped. Of one line the last word counts."""
    words = _WORDS[kind]
    order = [word for _, word in words]
    said: dict[tuple[datetime, int], str] = {}
    for name, word in words:
        for hit in timeline.hits_of(name):
            if hit.event.time is not None:
                at = (hit.event.time, hit.line or 0)
                said[at] = max(said.get(at, word), word, key=order.index)
    return [(moment, line, word) for (moment, line), word in sorted(said.items())]


def _last_word(gap: Gap, life: list[tuple[datetime, int, str]]) -> str:
    """What the agent said of itself last before it fell silent, if that was at most one beat earlier; a command only if it is the last
    record."""
    place = bisect_right(life, gap.span.start, key=lambda item: item[0]) - 1
    while place >= 0 and gap.span.start - life[place][0] <= _BEAT:
        moment, _, word = life[place]
        if word != "command" or moment == gap.span.start:
            return word
        place -= 1
    return ""


def _machine(gap: Gap, signs: list[datetime], ends: list[datetime]) -> str:
    """`running` if something else of the guest wrote in the midst of a silence; `down` if the machine was shut down as it began; else
    `unknown`: it may have been off. What is written near the ends may belong to a shutdown or a boot."""
    place = bisect_right(signs, gap.span.start + _PASSING)
    if place < len(signs) and signs[place] < gap.span.end - _PASSING:
        return "running"
    place = bisect_right(ends, gap.span.start - _PASSING)
    return "down" if place < len(ends) and ends[place] < gap.span.start + _PASSING else "unknown"


def _of_gap(gap: Gap, after: str, machine: str) -> Event:
    minutes = len(gap.span) // 60
    text = f"ends {minutes} min before the collection" if gap.reason == "end" else f"silent for {minutes} min"
    if gap.record is not None:
        text = gap.quote
    until = gap.span.end.isoformat()
    fields: dict[str, Value] = {
        "of": gap.kind, "minutes": minutes, "reason": gap.reason, "until": until, "after": after, "machine": machine,
    }  # fmt: skip
    return Event(
        "gap", gap.artifact, text, line=gap.line, until_line=gap.until_line, record=gap.record, time=gap.span.start,
        basis=Basis.DECLARED, component=gap.kind, fields=fields, raw=gap.quote or text,
    )  # fmt: skip


def _of_attempt(attempt: Attempt) -> Event | None:
    """The last line of an attempt, as what the attempt came to: a line of the run itself if there is one."""
    own = [hit for hit in attempt.hits if hit.pattern.startswith("run.") and hit.event.time]
    last = max(own or (hit for hit in attempt.hits if hit.event.time), key=lambda hit: (hit.event.time, hit.line or 0), default=None)
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
