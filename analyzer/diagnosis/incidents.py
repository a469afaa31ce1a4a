"""An incident is a failed backup, with the window in which its cause must have been at work (CONTRACT.md, "Incidents")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from analyzer.diagnosis.symptoms import Code, codes, outermost
from analyzer.model import Event, Problem
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.timeline import Timeline, Window

_BACKUP = frozenset(("backup", "configurebackup", "enableprotection", "protect", "validate", "backupstatus"))
_FAILED = frozenset(("failed", "completedwithwarnings"))
_SLACK = timedelta(minutes=10)
_DAY = timedelta(hours=24)
_NEVER = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))


@dataclass
class Incident:
    """One failed backup: what the platform said, the window of its cause, the runs that belong to it and those that do not."""

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

    @property
    def symptom(self) -> str | None:
        return outermost(self.codes)

    @property
    def message(self) -> str | None:
        messages = [event.text for event in self.errors if event.fields.get("part") == "message"]
        return messages[0] if messages else None


@dataclass
class Opened:
    """The incidents in order of time, jobs that are only context, and what was wrong."""

    incidents: list[Incident]
    context: list[tuple[str, Event]]
    problems: list[Problem]


def open_incidents(timeline: Timeline, attempts: list[Attempt], vm: str | None, vm_known_by: str | None) -> Opened:
    """One per failed job, one per failed run that belongs to no job, else one for the bundle."""
    opened = Opened([], [], [])
    jobs = _unique(timeline.of_kind("job"))
    claimed: set[int] = set()
    for job in jobs:
        window, basis = _job_window(timeline, job)
        mine = _attempts_of(job, window, attempts)
        claimed.update(id(attempt) for attempt in mine)
        kind = _context_kind(job, vm)
        if kind:
            opened.context.append((kind, job))
            continue
        opened.incidents.append(_of_job(timeline, job, window, basis, mine))
    opened.incidents += [_of_run(attempt) for attempt in attempts if attempt.failed and id(attempt) not in claimed]
    opened.incidents += [
        _of_text(timeline, event) for event in timeline.of_kind("portal-error") if not _said(event, opened.incidents, timeline)
    ]
    if not opened.incidents:
        opened.incidents.append(_of_bundle(timeline))
    for incident in opened.incidents:
        incident.others = [attempt for attempt in attempts if attempt not in incident.attempts]
        _check_vm(incident, vm, vm_known_by, opened.problems)
    opened.incidents.sort(key=lambda incident: (incident.window.start, incident.id))
    return opened


def _unique(jobs: Iterable[Event]) -> list[Event]:
    """One event per job id: the one that says most."""
    best: dict[str, Event] = {}
    for job in jobs:
        known = best.get(str(job.fields["job"]))
        if known is None or _weight(job) > _weight(known):
            best[str(job.fields["job"])] = job
    return list(best.values())


def _weight(job: Event) -> tuple[int, str]:
    return sum(value not in (None, "") for value in job.fields.values()), job.artifact


def _context_kind(job: Event, vm: str | None) -> str | None:
    """Why a job opens no incident: not a backup, not failed, or of another VM; None if it does."""
    operation, status = str(job.fields.get("operation") or "backup").lower(), str(job.fields.get("status") or "").lower()
    if vm and job.fields.get("vm") and str(job.fields["vm"]).lower() != vm.lower() and job.fields.get("several"):
        return "other_vm"
    if operation not in _BACKUP or status not in _FAILED:
        return "history"
    return None


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
        if begin is not None and end is None and isinstance(seconds, float) and seconds > 0:
            end = begin + timedelta(seconds=seconds)
        if begin is not None and end is not None:
            return Window(begin, end), "take-snapshot"
    if started is None and ended is None:
        return timeline_window(timeline), "bundle"
    start = started or ended
    assert start is not None  # one of them is set
    return Window(start, max(ended or start, start)), "job"


def _attempts_of(job: Event, window: Window, attempts: list[Attempt]) -> list[Attempt]:
    """Runs of a job: by task id, else the only ones that start in the snapshot window, ten minutes either way."""
    identity = {str(job.fields["job"]), str(job.fields.get("activity") or "")} - {""}
    named = [attempt for attempt in attempts if attempt.tasks & identity]
    if named:
        return named
    near = [attempt for attempt in attempts if attempt.start is not None and attempt.start in window.widened(_SLACK, _SLACK)]
    return near if len({attempt.id for attempt in near}) == 1 else []


def _of_job(timeline: Timeline, job: Event, window: Window, basis: str, attempts: list[Attempt]) -> Incident:
    errors = [event for event in timeline.of_kind("job-error") if event.fields.get("job") == job.fields["job"]]
    text = str(job.fields.get("vm") or "") or None
    return Incident(
        str(job.fields["job"]) or "job", "job", window, basis, job, str(job.fields["job"]), text, str(job.fields.get("vault") or "") or None,
        str(job.fields.get("operation") or "") or None, _moment(job.fields.get("started")), _moment(job.fields.get("ended")),
        codes(errors), errors, attempts,
    )  # fmt: skip


def _of_run(attempt: Attempt) -> Incident:
    window = attempt.window or _NEVER
    return Incident(
        f"extension:{attempt.id}",
        "extension",
        window,
        "run",
        operation="Backup",
        started=attempt.start,
        ended=attempt.end,
        attempts=[attempt],
    )


def _of_text(timeline: Timeline, event: Event) -> Incident:
    """What somebody copied from the portal: a code without a time, so the window is the bundle's."""
    window, basis = (Window(event.time - timedelta(hours=2), event.time), "text") if event.time else (timeline_window(timeline), "bundle")
    found = codes([event])
    return Incident(
        f"text:{found[0].code if found else event.artifact}", "job", window, basis, operation="Backup", codes=found, errors=[event]
    )


def _said(event: Event, incidents: list[Incident], timeline: Timeline) -> bool:
    """Whether a portal text only repeats what a job or run of the bundle says; then it joins that incident."""
    with_codes = [incident for incident in incidents if incident.source == "job" and incident.codes]
    found = {code.code for code in codes([event])}
    for incident in with_codes:
        if found & {code.code for code in incident.codes}:
            return True
    bare = [incident for incident in incidents if not incident.codes]
    if bare and len(incidents) == len(bare) == 1:
        bare[0].errors.append(event)
        bare[0].codes = codes(bare[0].errors)
        return True
    return False


def _of_bundle(timeline: Timeline) -> Incident:
    return Incident("bundle", "bundle", timeline_window(timeline), "bundle")


def timeline_window(timeline: Timeline) -> Window:
    """The last 24 hours before the collection."""
    return Window(timeline.collected - _DAY, timeline.collected) if timeline.collected else _NEVER


def _check_vm(incident: Incident, vm: str | None, known_by: str | None, problems: list[Problem]) -> None:
    if incident.source == "job" and incident.job and incident.vm and vm and known_by and incident.vm.lower() != vm.lower():
        incident.foreign = True
        problems.append(
            Problem(
                incident.job.artifact,
                f"job {incident.job_id} is of VM {incident.vm!r}, but the guest's artifacts are of VM {vm!r} ({known_by})",
                "the guest's artifacts as evidence for this job",
            )
        )
