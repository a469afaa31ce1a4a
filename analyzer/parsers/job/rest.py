"""Backup jobs as REST gives them and `az backup job show` prints them.

Shapes: Microsoft.RecoveryServices/vaults/backupJobs (Azure/azure-rest-api-specs, AzureIaaSVMJob and AzureIaaSVMJobV2), the serialisers of
azure-mgmt-recoveryservicesbackup 9 and 11, and the same names in PascalCase as Steampipe and other programs in Go write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.duration import seconds
from analyzer.parsers.job.event import Job, moment, place
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import mapping, text, truth

KIND = "job"

_TYPES = ("azureiaasvmjob", "azureiaasvmjobv2", "azureiaasvm")


def fits(value: Mapping[str, Any]) -> bool:
    return _is_job(value.get("properties")) or _is_job(value)


def _is_job(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kinds = {text(value.get("jobtype")).lower(), text(value.get("backupmanagementtype")).lower()}
    return not kinds.isdisjoint(_TYPES) and ("operation" in value or "status" in value)


def events(thing: Thing) -> Iterator[Event]:
    """Per job one `job` event, one `job-task` per task, and one `job-error` per text of its errors."""
    outer = thing.value
    nested = _is_job(outer.get("properties"))
    job: dict[str, Any] = outer["properties"] if nested else outer
    inside = place(thing, "properties") if nested else place(thing)
    extended = mapping(job.get("extendedinfo"))
    bag = mapping(extended.get("propertybag"))
    arm = text(outer.get("id"))
    known = Job(
        id=text(outer.get("name")) or text(job.get("jobid")) or arm.rsplit("/", 1)[-1],
        vm=text(bag.get("vm name")) or text(job.get("entityfriendlyname")),
        operation=text(job.get("operation")),
        status=text(job.get("status")),
        started=moment(job.get("starttime")),
        ended=moment(job.get("endtime")),
        seconds=seconds(job.get("duration")),
        activity=text(job.get("activityid")),
        resource=arm,
        container=text(job.get("containername")),
        user_triggered=truth(job.get("isusertriggered")),
    )
    _complain(thing, job)
    yield events_of.job(inside.below("status"), known)
    key = events_of.job_key(inside.below("status"), known.id)
    tasks, where = events_of.unwrapped(extended.get("taskslist"), inside.below("extendedInfo", "tasksList"))
    for i, task in enumerate(tasks if isinstance(tasks, list) else ()):
        if isinstance(task, dict):
            started, ended = moment(task.get("starttime")), moment(task.get("endtime"))
            name, status = text(task.get("taskid")), text(task.get("status"))
            yield events_of.task(where.below(i, "status"), key, name, status, started, ended, seconds(task.get("duration")))
    details, where = events_of.unwrapped(job.get("errordetails"), inside.below("errorDetails"))
    for i, detail in enumerate(details if isinstance(details, list) else ()):
        if isinstance(detail, dict):
            yield from events_of.detail(where.below(i), key, detail, known.stamp)
    dynamic = text(extended.get("dynamicerrormessage"))
    if dynamic:
        yield events_of.error(inside.below("extendedInfo", "dynamicErrorMessage"), key, "dynamic", dynamic, known.stamp)


_SHAPES = {"operation": str, "status": str, "errordetails": list | dict, "extendedinfo": dict, "starttime": str, "endtime": str}


def _complain(thing: Thing, job: Mapping[str, Any]) -> None:
    """Says which fields hold what they never hold in a job."""
    wrong = [name for name, form in _SHAPES.items() if job.get(name) is not None and not isinstance(job[name], form)]
    if wrong:
        thing.problem(f"fields of a job with values of another type: {', '.join(wrong)} ({thing.pointer or '/'})", "what stands in them")
