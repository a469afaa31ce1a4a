"""Backup jobs: what the platform says of one backup, as REST JSON and as `az backup job show` prints it.

Shapes: Microsoft.RecoveryServices/vaults/backupJobs (Azure/azure-rest-api-specs, AzureIaaSVMJob and AzureIaaSVMJobV2) and the
serialisers of azure-mgmt-recoveryservicesbackup 9 and 11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import stamps
from analyzer.parsers.document import at
from analyzer.parsers.job.duration import seconds
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import mapping

_TYPES = ("azureiaasvmjob", "azureiaasvmjobv2")
_NO_YEAR = 1900


KIND = "job"


def fits(value: Mapping[str, Any]) -> bool:
    return _is_job(value.get("properties")) or _is_job(value)


def events(thing: Thing) -> Iterator[Event]:
    """Per job one `job` event, one per task (`job-task`, `code` is the task's id) and one per error text (`job-error`).

    Fields of a job: job, vm, vault, operation, status, started and ended (ISO, UTC), activity, seconds. Fields of an error: job, part
    (title, message, recommendation, dynamic) and number.
    """
    job, pointer = thing.value, thing.pointer
    nested = isinstance(job.get("properties"), dict)
    properties: dict[str, Any] = job["properties"] if nested else job
    inside = at(pointer, "properties") if nested else pointer
    started, ended = _when(properties.get("starttime")), _when(properties.get("endtime"))
    extended = mapping(properties.get("extendedinfo"))
    bag = mapping(extended.get("propertybag"))
    job_id = _text(job.get("name")) or _text(properties.get("jobid")) or _text(job.get("id")).rsplit("/", 1)[-1]
    fields: dict[str, Value] = {
        "job": job_key(thing.path, inside, job_id),
        "vm": _text(bag.get("vm name")) or _text(properties.get("entityfriendlyname")),
        "vault": _vault(_text(job.get("id"))),
        "operation": _text(properties.get("operation")),
        "status": _text(properties.get("status")),
        "started": started.isoformat() if started else None,
        "ended": ended.isoformat() if ended else None,
        "seconds": seconds(properties.get("duration")),
        "activity": _text(properties.get("activityid")).lower(),
    }
    stamp = stamps.of(ended or started)
    summary = f"{fields['operation']} job of {fields['vm'] or 'a VM'}: {fields['status']}"
    yield Event(
        KIND,
        thing.path,
        summary,
        pointer=at(inside, "status"),
        stamp=stamp,
        code=job_id,
        fields=fields,
        level=_level(fields),
        raw=str(fields["status"]),
    )
    key = str(fields["job"])
    yield from _tasks(thing.path, at(inside, "extendedInfo", "tasksList"), extended.get("taskslist"), key)
    yield from _errors(thing.path, inside, properties, extended, key, stamp)


def _is_job(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = str(value.get("jobtype") or value.get("backupmanagementtype") or "").lower()
    return kind in (*_TYPES, "azureiaasvm") and ("operation" in value or "status" in value)


def job_key(path: str, pointer: str, job_id: str) -> str:
    """What tells a job from others: its id, else its place."""
    return job_id.lower() or f"{path}#{pointer}"


def _when(value: Any) -> datetime | None:
    """A time of a job; .NET writes the year 1 where there is none."""
    found = stamps.utc(_text(value))
    return found if found is not None and found.year > _NO_YEAR else None


def _tasks(path: str, pointer: str, tasks: Any, job: str) -> Iterator[Event]:
    for i, task in enumerate(tasks if isinstance(tasks, list) else ()):
        if not isinstance(task, dict):
            continue
        started, ended = _when(task.get("starttime")), _when(task.get("endtime"))
        fields: dict[str, Value] = {
            "job": job,
            "task": _text(task.get("taskid")),
            "status": _text(task.get("status")),
            "started": started.isoformat() if started else None,
            "ended": ended.isoformat() if ended else None,
            "seconds": seconds(task.get("duration")),
        }
        stamp = stamps.of(started)
        text = f"{fields['task']}: {fields['status']}"
        yield Event(
            "job-task", path, text, pointer=at(pointer, i, "status"), stamp=stamp, code=_text(task.get("taskid")), fields=fields,
            raw=str(fields["status"]),
        )  # fmt: skip


def _errors(path: str, inside: str, properties: dict[str, Any], extended: dict[str, Any], job: str, stamp: Stamp | None) -> Iterator[Event]:
    def event(pointer: str, part: str, text: str, number: Value = None) -> Event:
        fields: dict[str, Value] = {"job": job, "part": part, "number": number}
        return Event("job-error", path, text, pointer=pointer, stamp=stamp, code=str(number or ""), fields=fields, level="ERROR", raw=text)

    details = properties.get("errordetails")
    for i, error in enumerate(details if isinstance(details, list) else ()):
        if not isinstance(error, dict):
            continue
        place = at(inside, "errorDetails", i)
        number = error.get("errorcode")
        if number is not None:
            part = "number" if str(number).strip().isdecimal() else "code"
            yield event(at(place, "errorCode"), part, str(number), number if isinstance(number, int | str) else str(number))
        for key, name, part in (
            ("errortitle", "errorTitle", "title"),
            ("errorstring", "errorString", "message"),
            ("errormessage", "errorMessage", "message"),
        ):
            if _text(error.get(key)):
                yield event(at(place, name), part, _text(error[key]), number if isinstance(number, int | str) else None)
        advice = error.get("recommendations")
        for j, text in enumerate(advice if isinstance(advice, list) else ()):
            if _text(text):
                yield event(at(place, "recommendations", j), "recommendation", _text(text))
    if _text(extended.get("dynamicerrormessage")):
        yield event(at(inside, "extendedInfo", "dynamicErrorMessage"), "dynamic", _text(extended["dynamicerrormessage"]))


def _vault(resource: str) -> str:
    parts = resource.split("/")
    lowered = [part.lower() for part in parts]
    return parts[lowered.index("vaults") + 1] if "vaults" in lowered[:-1] else ""


def _level(fields: dict[str, Value]) -> str:
    return {"failed": "ERROR", "completedwithwarnings": "WARNING"}.get(str(fields["status"]).lower(), "INFO")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
