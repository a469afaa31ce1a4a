"""One backup attempt as one object, threaded through all files.

goal state > command > enable > pre-snapshot > freeze > snapshot > thaw > status

A run of the extension in extension.log is the backbone; the agent's command, the exit code in shell.log and the status file join it
by sequence number or task id, else by time. A status file or an agent's command without a run is an attempt too: the run left no trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from analyzer.model import Event, Value
from analyzer.parsers.pattern import Hit
from analyzer.timeline.timeline import Timeline, Window

STAGES = ("goal-state", "command", "enable", "pre-snapshot", "freeze", "snapshot", "thaw", "status")
_GOOD = frozenset((0, 1, 3))  # common.py CommonVariables: success with and without application consistency, already processed
_TRANSITION = 4  # ExtensionTempTerminalState: written twice while the run goes on
_SAME_COMMAND = timedelta(seconds=150)
_AGAIN = timedelta(hours=6)  # the agent asks again for a sequence whose command failed until it runs
_HEADER_LINES = 30  # the process header stands at most this many lines before `starting enable`
_AT_WORK = timedelta(minutes=5)  # a run that says nothing for so long before the next one starts has ended

_RUN = tuple(f"run.{name}" for name in (
    "sequence", "enable", "daemon", "skipped", "task", "backup-task", "pre-snapshot", "begun", "freeze", "waiting", "frozen",
    "freeze-result", "snapshot", "snapshot-done", "disk", "guest-disk", "thaw", "thaw-result", "ended", "result", "status", "old-result",
    "unreachable", "host-error", "all-failed", "no-disks", "no-binary", "crashed",
))  # fmt: skip


@dataclass(slots=True)
class Stage:
    """A step of an attempt. `state`: done, failed, missing (it should have happened), unknown, skipped."""

    stage: str
    state: str
    hit: Hit | None = None
    event: Event | None = None

    @property
    def at(self) -> datetime | None:
        event = self.event or (self.hit.event if self.hit else None)
        return event.time if event else None


@dataclass
class Attempt:
    """One execution of the backup extension for one task."""

    sequence: int | None = None
    tasks: set[str] = field(default_factory=set)
    stretches: list[tuple[str, int, int]] = field(default_factory=list)  # artifact, first line, last line
    hits: list[Hit] = field(default_factory=list)
    status: Event | None = None
    start: datetime | None = None
    end: datetime | None = None
    code: int | None = None
    stages: list[Stage] = field(default_factory=list)
    failed: bool = False
    finished: bool = False
    skipped: bool = False
    places: set[tuple[str, int | None]] = field(default_factory=set)  # artifact and line of the agent's lines that belong to it
    followed: bool = False  # a later run of the same log began when this one had long been silent

    @property
    def id(self) -> str:
        return min(self.tasks, default="") or (str(self.sequence) if self.sequence is not None else "?")

    def holds(self, hit: Hit) -> bool:
        """Whether a line belongs to this attempt by identity: it stands in the run, or names its sequence or task."""
        event = hit.event
        if any(artifact == event.artifact and first <= (hit.line or event.line or 0) <= last for artifact, first, last in self.stretches):
            return True
        if (event.artifact, event.line) in self.places:
            return True
        task, sequence = str(hit.value("task") or "").lower(), hit.value("sequence")
        return bool(task and task in self.tasks) or (
            sequence is not None and self.sequence is not None and str(sequence) == str(self.sequence)
        )

    @property
    def window(self) -> Window | None:
        return Window(self.start, self.end) if self.start and self.end else None

    def first_problem(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.state in ("failed", "missing")), None)


def attempts(timeline: Timeline) -> list[Attempt]:
    """All attempts in order of time."""
    found = _runs(timeline)
    _join_status(timeline, found)
    _join_agent(timeline, found)
    for attempt in found:
        _settle(attempt, timeline)
    found = [attempt for attempt in found if not attempt.skipped]
    return sorted(found, key=lambda attempt: (attempt.start is not None, attempt.start or 0, attempt.id))


def _runs(timeline: Timeline) -> list[Attempt]:
    hits = sorted(
        (hit for name in _RUN for hit in timeline.hits_of(name)), key=lambda hit: (hit.event.artifact, hit.line or 0, hit.pattern)
    )
    runs: list[Attempt] = []
    current: Attempt | None = None
    before: Attempt | None = None
    pending: Hit | None = None
    for hit in hits:
        name, line, artifact = hit.pattern.removeprefix("run."), hit.line or 0, hit.event.artifact
        if current is not None and current.stretches[-1][0] != artifact:
            current = before = pending = None
        if name == "sequence":
            pending = hit
            continue
        header = pending if pending is not None and line - (pending.line or 0) <= _HEADER_LINES else None
        sequence = _number(header.value("sequence")) if header else None
        if name == "daemon" and current is not None and current.sequence is None and not _has(current, "run.daemon"):
            current.sequence = sequence  # the header of its first process was cut off
        if name == "enable" or current is None or (name == "daemon" and sequence is not None and sequence != current.sequence):
            before = current
            current = Attempt(sequence=sequence, stretches=[(artifact, header.line if header and header.line else line, line)])
            runs.append(current)
        pending = None
        current.hits.append(hit)
        current.stretches[-1] = (artifact, current.stretches[-1][1], hit.event.until_line or line)
        if name in ("task", "backup-task"):
            current.tasks.add(str(hit.groups["task"]).lower())
        if name == "skipped":
            current.skipped = True
            if before is not None and not before.skipped:  # the agent asked twice for one sequence: what follows is the first run's
                current, before = before, None
    _extend(runs, timeline)
    return runs


def _extend(runs: list[Attempt], timeline: Timeline) -> None:
    """A run reaches to the line before the next run of its file, or to the end of the file."""
    lengths = {artifact.path: artifact.lines or 0 for artifact in timeline.kinds.get("vmsnapshot-log", ())}
    for run, following in zip(runs, [*runs[1:], None], strict=False):
        artifact, first, last = run.stretches[-1]
        if following is not None and following.stretches[0][0] == artifact:
            last = max(last, following.stretches[0][1] - 1)
        else:
            last = max(last, lengths.get(artifact, last))
        run.stretches[-1] = (artifact, first, last)
        times = [hit.event.time for hit in run.hits if hit.event.time]
        run.start, run.end = min(times, default=None), max(times, default=None)
    whole = [run for run in runs if not run.skipped]
    for run, following in pairwise(whole):
        if run.end and following.start and run.stretches[-1][0] == following.stretches[0][0]:
            run.followed = following.start - run.end > _AT_WORK


def _join_status(timeline: Timeline, found: list[Attempt]) -> None:
    for event in timeline.of_kind("status"):
        if "VMSnapshot" not in event.component or event.fields.get("current") is False:
            continue
        task = str(event.fields.get("task") or "").lower()
        sequence = _number(event.fields.get("sequence"))
        named = [run for run in found if task and task in run.tasks]
        owner = next((run for run in named if sequence is not None and run.sequence == sequence), named[-1] if named else None)
        if owner is None and not task:
            owner = next((run for run in reversed(found) if sequence is not None and run.sequence == sequence), None)
        if owner is None:
            owner = Attempt(sequence=sequence, start=event.time, end=event.time)
            found.append(owner)
        if task:
            owner.tasks.add(task)
        owner.status = event
        owner.sequence = owner.sequence if owner.sequence is not None else sequence


def _join_agent(timeline: Timeline, found: list[Attempt]) -> None:
    for name in (
        "command.execute",
        "command.failed",
        "command.finished",
        "command.enable",
        "command.target",
        "shell.sequence",
        "shell.returned",
    ):
        for hit in timeline.hits_of(name):
            owner = _owner(hit, found)
            if owner is None and name in ("command.execute", "command.failed"):
                owner = Attempt(sequence=_number(hit.value("sequence")), start=hit.event.time, end=hit.event.time)
                found.append(owner)
            if owner is not None:
                _join(owner, hit)


def _join(owner: Attempt, hit: Hit) -> None:
    """Adds an agent's line to its attempt. What is known of the agent alone lasts from its first line to its last."""
    owner.hits.append(hit)
    owner.places.add((hit.event.artifact, hit.event.line))
    if owner.sequence is None:
        owner.sequence = _number(hit.value("sequence"))
    moment = hit.event.time
    if not owner.stretches and owner.status is None and moment is not None:
        owner.start, owner.end = min(owner.start or moment, moment), max(owner.end or moment, moment)


def _owner(hit: Hit, found: Iterable[Attempt]) -> Attempt | None:
    """The attempt that an agent's line is part of: equal sequence number, else the nearest in time."""
    moment, sequence = hit.event.time, _number(hit.value("sequence"))
    near = []
    for attempt in found:
        if sequence is not None and attempt.sequence is not None and attempt.sequence != sequence:
            continue
        if moment is None or attempt.start is None or attempt.end is None:
            if sequence is not None and attempt.sequence == sequence:
                near.append((timedelta(0), attempt))
            continue
        distance = max(attempt.start - moment, moment - attempt.end, timedelta(0))
        if distance <= _SAME_COMMAND:
            near.append((distance, attempt))
        elif _timed_out(hit, attempt, moment):
            near.append((timedelta(0), attempt))
        elif sequence is not None and attempt.sequence == sequence and timedelta(0) < attempt.start - moment <= _AGAIN:
            near.append((distance, attempt))
        elif sequence is None and (since := _since_asked(attempt, moment)) is not None and since <= _SAME_COMMAND:
            near.append((since, attempt))
    return min(near, key=lambda item: item[0])[1] if near else None


def _timed_out(hit: Hit, attempt: Attempt, moment: datetime) -> bool:
    """Whether a line says that a command of the attempt ran out of time: `Timeout(300)` comes that many seconds behind the command."""
    seconds = _number(str(hit.groups.get("timeout", "")).removeprefix("Timeout(").rstrip(")"))
    if seconds is None:
        return False
    commands = (known.event.time for known in attempt.hits if known.pattern == "command.execute" and known.event.time)
    return any(timedelta(0) <= moment - begun <= timedelta(seconds=min(seconds, 3600)) + _SAME_COMMAND for begun in commands)


def _since_asked(attempt: Attempt, moment: datetime) -> timedelta | None:
    """How long before `moment` the agent last started the attempt's command."""
    asked = [hit.event.time for hit in attempt.hits if hit.pattern == "command.execute" and hit.event.time and hit.event.time <= moment]
    return moment - max(asked) if asked else None


def _settle(attempt: Attempt, timeline: Timeline) -> None:
    """Fills in what the attempt came to: code, stages, whether it failed."""
    by_name: dict[str, list[Hit]] = {}
    for hit in attempt.hits:
        by_name.setdefault(hit.pattern, []).append(hit)
    final = [hit for hit in by_name.get("run.status", ()) if _number(hit.groups["code"]) != _TRANSITION]
    code = _number(final[-1].groups["code"]) if final else None
    if code is None and by_name.get("run.old-result"):
        code = _number(by_name["run.old-result"][-1].groups["code"])
    written = _number(attempt.status.fields.get("code")) if attempt.status else None
    if code is None and written is not None and written != _TRANSITION:
        code = written
    attempt.code = code
    attempt.finished = code is not None
    command_failed = _command_failed(by_name, final if code in _GOOD else [])
    disks_failed = attempt.status is not None and attempt.status.fields.get("disks_failed") not in (None, 0)
    disks_failed = disks_failed or any(hit.groups["ok"].lower() == "false" for hit in _disks(by_name) if hit.pattern == "run.disk")
    crashed = not attempt.finished and "run.crashed" in by_name
    stuck = not attempt.finished and _is_over(attempt, timeline)
    attempt.failed = command_failed or (code is not None and code not in _GOOD) or disks_failed or crashed or stuck
    _stages(attempt, by_name, final, command_failed)


def _command_failed(by_name: dict[str, list[Hit]], good: list[Hit]) -> bool:
    """Whether the agent's command failed for good: no later try of it ended well, and no run that it started did."""
    failed = [hit.event.time for hit in by_name.get("command.failed", ()) if hit.event.time]
    later = [hit.event.time for hit in (*by_name.get("command.finished", ()), *good) if hit.event.time]
    return "command.failed" in by_name and not (failed and later and max(later) > max(failed))


def _disks(by_name: dict[str, list[Hit]]) -> list[Hit]:
    """What became of each disk, on the last path that the run took: behind a failed try from the guest the host may have succeeded."""
    disks = [hit for name in ("run.disk", "run.guest-disk") for hit in by_name.get(name, ())]
    started = by_name.get("run.snapshot", ())
    return [hit for hit in disks if not started or (hit.line or 0) > (started[-1].line or 0)]


def _is_over(attempt: Attempt, timeline: Timeline) -> bool:
    """An unfinished run is over if a later run follows, or the bundle was collected long after its last line."""
    if attempt.end is None or timeline.collected is None:
        return False
    if attempt.followed:
        return True
    if not any(hit.pattern in ("run.enable", "run.daemon") for hit in attempt.hits) and attempt.status is None:
        return False
    return timeline.collected - attempt.end > timedelta(minutes=15)


def _stages(attempt: Attempt, by_name: dict[str, list[Hit]], final: list[Hit], command_failed: bool) -> None:
    def last(*names: str) -> Hit | None:
        return next((by_name[name][-1] for name in names if by_name.get(name)), None)

    reached = _Reached(attempt, command_failed)
    reached.step("goal-state", last("command.target"))
    reached.step("command", last("command.failed", "command.enable", "command.execute"), failed=command_failed)
    crashed = last("run.crashed") if "run.freeze" not in by_name and attempt.failed else None
    reached.step("enable", crashed or last("run.enable", "run.daemon"), failed=crashed is not None)
    _host_stage(reached, attempt, last("run.pre-snapshot"), last("run.unreachable"))
    frozen, result, no_disks = last("run.frozen"), last("run.freeze-result"), last("run.no-disks")
    freeze_failed = result is not None and (result.groups["timedout"] == "True" or bool(str(result.groups["result"]).strip(" \n,")))
    begun = last("run.freeze", "run.no-binary")
    reached.step("freeze", result if freeze_failed else frozen or result, begun=begun, failed=freeze_failed, optional=no_disks is not None)
    bad = next((hit for hit in _disks(by_name) if hit.groups["ok"].lower() != "true"), None) or last("run.host-error", "run.all-failed")
    bad = bad if attempt.failed and "run.snapshot" in by_name else no_disks
    done = last("run.snapshot-done", "run.ended", "run.thaw-result") if not freeze_failed else None
    reached.step("snapshot", bad or done, begun=last("run.snapshot"), failed=bad is not None)
    reached.step("thaw", last("run.thaw-result", "run.thaw"))
    status = final[-1] if final else None
    reached.step(
        "status", status, event=attempt.status if status is None else None, failed=attempt.code is not None and attempt.code not in _GOOD
    )
    attempt.stages = reached.stages


def _host_stage(reached: _Reached, attempt: Attempt, answered: Hit | None, unreachable: Hit | None) -> None:
    """The host's answer before the snapshot. Without one the run goes on from the guest, and may succeed."""
    if unreachable is not None and answered is None and attempt.failed:
        reached.step("pre-snapshot", unreachable, failed=True)
    else:
        reached.step("pre-snapshot", answered, failed=answered is not None and answered.groups["http"] not in ("200", "201"), optional=True)


class _Reached:
    """Builds the list of stages: behind the first that failed or is missing nothing can be expected."""

    def __init__(self, attempt: Attempt, command_failed: bool) -> None:
        self.stages: list[Stage] = []
        self._attempt, self._broken = attempt, False
        self._extension_known = any(hit.pattern.startswith("run.") for hit in attempt.hits)
        self._agent_known = any(hit.pattern.startswith("command.") for hit in attempt.hits)

    def step(
        self,
        name: str,
        hit: Hit | None,
        *,
        begun: Hit | None = None,
        event: Event | None = None,
        failed: bool = False,
        optional: bool = False,
    ) -> None:
        if name == "status" and (hit is not None or event is not None):
            code = self._attempt.code
            state = "failed" if failed else "done" if code is not None else "missing"
        elif hit is not None:
            state = "failed" if failed else "done"
        elif begun is not None:
            state, hit = "failed", begun
        elif self._broken or optional or (self._attempt.status is not None and not self._extension_known):
            state = "skipped" if self._broken else "unknown"
        elif name in ("goal-state", "command"):
            state = "unknown"
        else:
            state = "missing" if self._extension_known and self._attempt.failed else "unknown"
        self._broken = self._broken or state in ("failed", "missing")
        self.stages.append(Stage(name, state, hit, event))


def _has(attempt: Attempt, pattern: str) -> bool:
    return any(hit.pattern == pattern for hit in attempt.hits)


def _number(value: Value) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
