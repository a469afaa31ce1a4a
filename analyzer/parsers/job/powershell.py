"""Backup jobs of PowerShell: ConvertTo-Json of Get-AzRecoveryServicesBackupJob and ...JobDetail.

Names: AzureVmJob, AzureVmJobDetails and JobBase of Azure/azure-powershell, RecoveryServices.Backup.Models. The error title and the vault
have no place in that model. What lies deeper than -Depth is written as the name of its type, or as `@{Name=value; ...}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.duration import seconds
from analyzer.parsers.job.event import Job, Place, moment, place
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import lowered, mapping, text

KIND = "job"

_OF_VMS = ("", "1", "azurevm", "azureiaasvm")  # the enumeration is a number unless -EnumsAsStrings was asked for
_TYPE_NAME = re.compile(r"(?:System|Microsoft)(?:\.\w+)+(?:`\d+\[.*\]|\[\])?")
_MEMBER = re.compile(r"(\w+)=")


def fits(value: Mapping[str, Any]) -> bool:
    return "jobid" in value and "operation" in value and "status" in value and not isinstance(value.get("tables"), list)


def events(thing: Thing) -> Iterator[Event]:
    """The same events as of a REST job; of a job that is not of a VM a problem line."""
    job = thing.value
    managed = text(job.get("backupmanagementtype")).lower()
    if managed not in _OF_VMS and "vmversion" not in job:
        thing.problem(f"a job of {text(job['backupmanagementtype'])[:40]}, which is no backup of a VM ({thing.pointer or '/'})", "this job")
        return
    bag = lowered(_object(thing, f"{thing.pointer}/Properties", job.get("properties")))
    known = Job(
        id=text(job.get("jobid")).rsplit("/", 1)[-1],
        vm=text(bag.get("vm name")) or text(job.get("workloadname")),
        operation=text(job.get("operation")),
        status=text(job.get("status")),
        started=moment(_date(job.get("starttime"))),
        ended=moment(_date(job.get("endtime"))),
        seconds=seconds(job.get("duration")),
        activity=text(job.get("activityid")),
        resource=text(job.get("jobid")) if "/" in text(job.get("jobid")) else "",
    )
    where = place(thing, "Status")
    yield events_of.job(where, known)
    key = events_of.job_key(where, known.id)
    for spot, task in _list(thing, "SubTasks"):
        started, ended = moment(_date(task.get("starttime"))), moment(_date(task.get("endtime")))
        name, status = text(task.get("name")) or text(task.get("taskid")), text(task.get("status"))
        yield events_of.task(spot.below("Status"), key, name, status, started, ended, seconds(task.get("duration")))
    for spot, detail in _list(thing, "ErrorDetails"):
        yield from events_of.detail(spot, key, detail, known.stamp)
    if text(job.get("dynamicerrormessage")):
        yield events_of.error(place(thing, "DynamicErrorMessage"), key, "dynamic", text(job["dynamicerrormessage"]), known.stamp)


def _date(value: Any) -> Any:
    """A date; with extended type data Windows PowerShell writes `{"value": "/Date(ms)/", "DateTime": "..."}`."""
    return mapping(value).get("value") if isinstance(value, dict) else value


def _list(thing: Thing, name: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The objects of a list with their places, whatever -Depth left of them; a list of one may be its only object."""
    value, where = events_of.unwrapped(thing.value.get(name.lower()), place(thing, name))
    if value is None or value == "":
        return
    if isinstance(value, dict | str):
        yield from _one(thing, where, value)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _one(thing, where.below(i), item)
    else:
        thing.problem(f"{where.pointer} holds neither objects nor text", "what stands there")


def _one(thing: Thing, where: Place, item: Any) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(item, dict):
        kept = {key: value for key, value in item.items() if not (isinstance(value, str) and _TYPE_NAME.fullmatch(value))}
        if len(kept) < len(item):
            _cut(thing, where.pointer or "", "what is named instead of shown there")
        yield where, kept
    elif isinstance(item, str):
        found = _object(thing, where.pointer or "", item)
        if found:
            yield where, found
    elif item is not None:
        thing.problem(f"{where.pointer} holds neither an object nor text", "what stands there")


def _object(thing: Thing, pointer: str, value: Any) -> dict[str, Any]:
    """An object, or what its truncated form `@{Name=value; ...}` still says; both forms of truncation are a problem."""
    if not isinstance(value, str):
        return mapping(value)
    shortened = value.strip().startswith("@{")
    if shortened or _TYPE_NAME.fullmatch(value.strip()):
        _cut(thing, pointer, "the lists inside it" if shortened else "the error texts or tasks inside it")
    return members(value) if shortened else {}


def _cut(thing: Thing, pointer: str, lost: str) -> None:
    thing.problem(f"{pointer} was cut by ConvertTo-Json; convert again with -Depth 10", lost)


def members(shortened: str) -> dict[str, Any]:
    """The members of `@{ErrorCode=400001; ErrorMessage=It failed; please retry.; Recommendations=System.Object[]}`, names in lower case.
    A `;` inside a value does not end it: only one that a name follows does."""
    inside = shortened.strip().removeprefix("@{").removesuffix("}")
    found: dict[str, Any] = {}
    name = ""
    for part in inside.split("; "):
        if match := _MEMBER.match(part):
            name = match[1].lower()
            found[name] = part[match.end() :]
        elif name:
            found[name] += "; " + part
    return {key: value for key, value in found.items() if not _TYPE_NAME.fullmatch(value.strip())}
