"""An incident is a failed backup, with the window in which its cause must have been at work (CONTRACT.md, "Incidents")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from analyzer.diagnosis.symptoms import Code, codes, documented, outermost
from analyzer.model import Event, Problem, Value, of_platform
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.timeline import Timeline, Window

_BACKUP = frozenset(("backup", "configurebackup", "enableprotection", "protect", "validate", "backupstatus"))
_FAILED = frozenset(("failed", "completedwithwarnings"))
_FINAL = _FAILED | {"completed", "cancelled"}
_SLACK = timedelta(minutes=10)
_DAY = timedelta(hours=24)
_BEFORE = timedelta(minutes=60)  # the time before the window that belongs to causes in the agent
_AROUND = timedelta(minutes=30)
_HOUR = timedelta(hours=1)
_LONGEST = 30 * 86400  # seconds of a task; more is a damaged value
_NEVER = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
_UNTIMED = frozenset(("bundle", "unknown"))


@dataclass
class Incident:
    """One failed backup: what the platform said, the window of its cause, the runs that belong to it and those that do not.

    `basis` of the window: take-snapshot, job, run, bundle (no time of failure is known), unknown (the bundle holds no time at all).
    """

    id: str
    source: str  # job, extension, bundle
    window: Window
    basis: str
    job: Event | None = None
    job_id: str | None = None
    vm: str | None = None
    vault: str | None = None
    operation: str | None = None
    started: datetime | None = None
    ended: datetime | None = None
    codes: list[Code] = field(default_factory=list)
    errors: list[Event] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    others: list[Attempt] = field(default_factory=list)
    foreign: bool = False  # the guest's artifacts are of another VM
    last_good: Attempt | None = None

    @property
    def symptom(self) -> str | None:
        return outermost(self.codes)

    @property
    def message(self) -> str | None:
        messages = [event.text for event in self.errors if event.fields.get("part") == "message"]
        return messages[0] if messages else None

    @property
    def untimed(self) -> bool:
        """Whether nothing tells when the backup failed, so that the window is the bundle's."""
        return self.basis in _UNTIMED

    @property
    def texts(self) -> frozenset[tuple[str, int | str | None]]:
        """Where the copied texts that report this incident stand: artifact, and line or pointer."""
        return frozenset((event.artifact, event.line or event.pointer) for event in self.errors if event.kind.startswith("portal"))

    def to_read(self) -> list[Window]:
        """Stretches of time of which every warning counts: the window, the hour before it, and the last good run as the contrast."""
        good = self.last_good.window if self.last_good else None
        around = [good.widened(_AROUND, _AROUND)] if good else []
        return [] if self.basis == "unknown" else [self.window.widened(before=_BEFORE), *around]


@dataclass
class Opened:
    """The incidents in order of time, jobs that are only context, when backups of the VM succeeded, and what was wrong."""

    incidents: list[Incident]
    context: list[tuple[str, Event]]
    problems: list[Problem]
    successes: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class _Vm:
    """Which VM the guest's artifacts are of, and what says so; `unclear` if jobs of several VMs are there and nothing tells."""

    name: str | None
    known_by: str | None
    unclear: bool = False

    def is_other(self, job: Event) -> bool:
        named = str(job.fields.get("vm") or "")
        return bool(self.name and named and named.lower() != self.name.lower())


@dataclass
class _Job:
    """A job with its window and the runs that belong to it."""

    event: Event
    window: Window
    basis: str
    runs: list[Attempt] = field(default_factory=list)


def open_incidents(timeline: Timeline, attempts: list[Attempt], vm: str | None, vm_known_by: str | None, host: str | None = None) -> Opened:
    """One per failed job, one per failed run that belongs to no job, else one for the bundle. `vm` is the name of the Azure resource
    as the guest's artifacts have it, `host` the name that the guest gives itself."""
    opened = Opened([], [], [])
    jobs = [_Job(job, *_job_window(timeline, job)) for job in _unique(timeline.of_kind("job"))]
    whose = _whose(timeline, [job.event for job in jobs], attempts, _Vm(vm, vm_known_by), host)
    own = [] if whose.unclear else [job for job in jobs if not whose.is_other(job.event)]
    _claim(own, attempts)
    for job in jobs:
        other, kind = whose.is_other(job.event), _context_kind(job.event)
        if kind or (other and own):
            opened.context.append(("other_vm" if other else str(kind), job.event))
        else:
            opened.incidents.append(_of_job(timeline, job))
    claimed = {id(run) for job in own for run in job.runs}
    opened.incidents += [_of_run(timeline, attempt) for attempt in attempts if attempt.failed and id(attempt) not in claimed]
    opened.incidents += [_of_text(timeline, text) for text in _texts(timeline) if not _said(text, opened.incidents)]
    if not opened.incidents:
        opened.incidents.append(_of_bundle(timeline))
    opened.successes = _successes(own, attempts)
    for incident in opened.incidents:
        incident.others = _others(incident, own, attempts)
        _check_vm(incident, whose, opened.problems)
        incident.last_good = None if incident.foreign else _last_good(incident, attempts)
    opened.incidents.sort(key=lambda incident: (incident.window.start, incident.id))
    _name_apart(opened.incidents)
    return opened


def _unique(jobs: Iterable[Event]) -> list[Event]:
    """One event per job id: the one that says how it ended, and most."""
    best: dict[str, Event] = {}
    for job in jobs:
        known = best.get(str(job.fields["job"]))
        if known is None or _weight(job) > _weight(known):
            best[str(job.fields["job"])] = job
    return list(best.values())


def _weight(job: Event) -> tuple[bool, int, str, str]:
    said = sum(value not in (None, "") for value in job.fields.values())
    return _word(job, "status") in _FINAL, said, job.artifact, job.pointer or ""


def _word(job: Event, name: str) -> str:
    return str(job.fields.get(name) or "").lower().replace(" ", "")


def _whose(timeline: Timeline, jobs: Sequence[Event], attempts: Sequence[Attempt], known: _Vm, host: str | None) -> _Vm:
    """The VM of the guest's artifacts: as they name it; else that of the jobs whose runs they hold; else, of several VMs that have
    jobs, the one that bears the guest's own name."""
    names = {str(job.fields["vm"]).lower(): str(job.fields["vm"]) for job in jobs if job.fields.get("vm")}
    if known.name or not names:
        return known
    tasks = {task for attempt in attempts for task in attempt.tasks}
    proven = {str(job.fields["vm"]).lower() for job in jobs if job.fields.get("vm") and tasks & _identity(job)}
    if len(proven) == 1:
        return _Vm(names[proven.pop()], "a run of its job")
    if len(names) > 1 and host and host.lower() in names:
        return _Vm(names[host.lower()], "host name")
    guest = any(not of_platform(event.kind) for event in timeline.events)
    return _Vm(None, None, unclear=guest and len(names) > 1)


def _identity(job: Event) -> set[str]:
    return {str(job.fields["job"]), str(job.fields.get("activity") or "")} - {""}


def _context_kind(job: Event) -> str | None:
    """Why a job opens no incident: not a backup or not failed; None if it does."""
    operation = _word(job, "operation") or "backup"
    return "history" if operation not in _BACKUP or _word(job, "status") not in _FAILED else None


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _job_window(timeline: Timeline, job: Event) -> tuple[Window, str]:
    """The Take Snapshot task if its times are known, else the job from start to end."""
    started, ended = _moment(job.fields.get("started")), _moment(job.fields.get("ended"))
    for task in timeline.of_kind("job-task"):
        if task.fields.get("job") != job.fields["job"] or "snapshot" not in str(task.fields.get("task")).lower():
            continue
        begin, end = _moment(task.fields.get("started")), _moment(task.fields.get("ended"))
        seconds = task.fields.get("seconds")
        if begin is not None and end is None and isinstance(seconds, float) and 0 < seconds < _LONGEST:
            end = begin + timedelta(seconds=seconds)
        if begin is not None and end is not None and begin <= end:
            return Window(begin, end), "take-snapshot"
    if started is None and ended is None:
        return timeline_window(timeline)
    start = started or ended
    assert start is not None  # one of them is set
    return Window(start, max(ended or start, start)), "job"


def _claim(jobs: Sequence[_Job], attempts: Sequence[Attempt]) -> None:
    """Gives runs to jobs: by task id, else by time where run and job have only each other. A run that names another task than any
    job's keeps to the rule of time, since not every build logs the job's id."""
    for job in jobs:
        job.runs = [attempt for attempt in attempts if attempt.tasks & _identity(job.event)]
    named = {id(run) for job in jobs for run in job.runs}
    nearest = [(attempt, _nearest(attempt, jobs)) for attempt in attempts if id(attempt) not in named]
    for job in jobs:
        near = [attempt for attempt, its in nearest if its is job]
        if not job.runs and len({attempt.id for attempt in near}) == 1:
            job.runs = near


def _nearest(attempt: Attempt, jobs: Sequence[_Job]) -> _Job | None:
    """The only job in whose window the run starts, ten minutes either way; of two the one whose window itself holds the start."""
    near = [job for job in jobs if attempt.start in job.window.widened(_SLACK, _SLACK) and (job.basis not in _UNTIMED or attempt.failed)]
    inside = [job for job in near if attempt.start in job.window]
    found = inside if len(inside) == 1 else near
    return found[0] if len(found) == 1 else None


def _others(incident: Incident, jobs: Sequence[_Job], attempts: Sequence[Attempt]) -> list[Attempt]:
    """Runs that are not the incident's: all others if its own are known, else those that belong to a job."""
    if incident.attempts:
        mine = {id(attempt) for attempt in incident.attempts}
        return [attempt for attempt in attempts if id(attempt) not in mine]
    return [] if incident.source == "bundle" else [run for job in jobs for run in job.runs]


def _successes(jobs: Sequence[_Job], attempts: Sequence[Attempt]) -> list[datetime]:
    """When backups of the VM began that succeeded, as their jobs or runs say."""
    runs = {attempt.start for attempt in attempts if attempt.finished and not attempt.failed and attempt.start is not None}
    completed = [job for job in jobs if _word(job.event, "status") == "completed" and _word(job.event, "operation") == "backup"]
    return sorted(runs | {job.window.start for job in completed if job.basis not in _UNTIMED})


def _last_good(incident: Incident, attempts: Sequence[Attempt]) -> Attempt | None:
    """The newest attempt that succeeded before the incident."""
    good = [a for a in attempts if a.finished and not a.failed and a.end is not None and a.end <= incident.window.start]
    return max(good, key=lambda attempt: attempt.end or incident.window.start, default=None)


def _of_job(timeline: Timeline, job: _Job) -> Incident:
    fields = job.event.fields
    errors = [event for event in timeline.of_kind("job-error") if event.fields.get("job") == fields["job"]]
    return Incident(
        str(fields["job"]), "job", job.window, job.basis, job.event, str(fields["job"]) if job.event.code else None,
        str(fields.get("vm") or "") or None, str(fields.get("vault") or "") or None, str(fields.get("operation") or "") or None,
        _moment(fields.get("started")), _moment(fields.get("ended")), codes(errors), errors, list(job.runs),
    )  # fmt: skip


def _of_run(timeline: Timeline, attempt: Attempt) -> Incident:
    window, basis = (attempt.window, "run") if attempt.window else timeline_window(timeline)
    return Incident(
        f"extension:{attempt.id}", "extension", window, basis, operation="Backup", started=attempt.start, ended=attempt.end,
        attempts=[attempt],
    )  # fmt: skip


def _texts(timeline: Timeline) -> list[list[Event]]:
    """What somebody copied from the portal, one list per error: those with a code, or with a message that is documented for one."""
    found: dict[tuple[str, object], list[Event]] = {}
    for event in timeline.events:
        if event.kind.startswith("portal"):
            found.setdefault((event.artifact, event.fields.get("block")), []).append(event)
    return [events for events in found.values() if codes(events) or documented((), events)]


def error_codes(timeline: Timeline) -> list[Event]:
    """One `job-code` event per code that a job's errors or a copied text carry, however it is written there: symbol, number or message.

    `code` is the canonical spelling, component the level (outer, inner, numeric); fields: job (None for a copied text), known.
    """
    by_source: dict[tuple[str, object], list[Event]] = {}
    for event in timeline.events:
        if event.kind == "job-error":
            by_source.setdefault(("", event.fields.get("job")), []).append(event)
        elif event.kind.startswith("portal"):
            by_source.setdefault((event.artifact, event.fields.get("block")), []).append(event)
    return [_of_code(code) for errors in by_source.values() for code in codes(errors)]


def _of_code(code: Code) -> Event:
    event = code.event
    fields: dict[str, Value] = {"job": event.fields.get("job"), "known": code.known, "vm": event.fields.get("vm")}
    return replace(event, kind="job-code", text=code.code, code=code.code, component=code.level, fields=fields, level="ERROR")


def _of_text(timeline: Timeline, errors: list[Event]) -> Incident:
    """A copied error mostly has a code and no time: then the window is the bundle's. The health of a protected item says when its last
    backup began."""
    found = codes(errors)
    began = min((event.time for event in errors if event.time is not None), default=None)
    window, basis = (Window(began, began).widened(_SLACK, _HOUR), "job") if began is not None else timeline_window(timeline)
    vm = next((str(event.fields["vm"]) for event in errors if event.fields.get("vm")), None)
    return Incident(
        f"text:{found[0].code if found else 'message'}",
        "job",
        window,
        basis,
        vm=vm,
        operation="Backup",
        started=began,
        codes=found,
        errors=errors,
    )


def _said(text: list[Event], incidents: Sequence[Incident]) -> bool:
    """Whether a copied text only repeats what a job or run of the bundle says; then it joins that incident."""
    found = {code.code for code in codes(text)}
    vms = {str(event.fields["vm"]).lower() for event in text if event.fields.get("vm")}
    same = [incident for incident in incidents if not (vms and incident.vm) or incident.vm.lower() in vms]
    with_codes = [incident for incident in same if incident.source == "job" and incident.codes]
    bare = [incident for incident in same if not incident.codes]
    joined = next((incident for incident in reversed(with_codes) if found & {code.code for code in incident.codes}), None)
    if joined is None and len(bare) == len(incidents) == 1:
        joined = bare[0]
    if joined is None:
        return False
    joined.errors = [*joined.errors, *text]
    joined.codes = codes(joined.errors)
    return True


def _of_bundle(timeline: Timeline) -> Incident:
    return Incident("bundle", "bundle", *timeline_window(timeline))


def timeline_window(timeline: Timeline) -> tuple[Window, str]:
    """The last 24 hours before the collection, as far as a log reaches back, and the basis of that."""
    if timeline.collected is None:
        return _NEVER, "unknown"
    first = min((span.start for spans in timeline.coverage.values() for _, span in spans), default=None)
    start = timeline.collected - _DAY
    return Window(start if first is None or first > timeline.collected else max(start, first), timeline.collected), "bundle"


def _check_vm(incident: Incident, whose: _Vm, problems: list[Problem]) -> None:
    """Guest artifacts of another VM than the job's prove nothing about it."""
    if incident.source != "job" or incident.job is None or not incident.vm:
        return
    if whose.unclear:
        why = "nothing tells of which VM with a job here the guest's artifacts are"
    elif whose.is_other(incident.job):
        why = f"the guest's artifacts are of VM {whose.name!r} ({whose.known_by})"
    else:
        return
    what = f"job {incident.job_id} is of VM {incident.vm!r}, but {why}"
    incident.foreign, incident.attempts, incident.others = True, [], []
    problems.append(Problem(incident.job.artifact, what, "the guest's artifacts as evidence for this job"))


def _name_apart(incidents: Sequence[Incident]) -> None:
    """Ids are unique: equal ones get #2, #3 in order of time."""
    seen: Counter[str] = Counter()
    for incident in incidents:
        seen[incident.id] += 1
        if seen[incident.id] > 1:
            incident.id = f"{incident.id}#{seen[incident.id]}"
