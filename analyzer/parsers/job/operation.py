"""The state of an operation that the service goes on with after its answer: enabling protection, starting a backup.

Shape: OperationStatus of Microsoft.RecoveryServices (Azure/azure-rest-api-specs), which `az backup protection enable-for-vm` prints too:
status, error, name, startTime, endTime and properties.objectType.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.arm_error import levels
from analyzer.parsers.job.event import Job, moment, no_error, place
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import mapping, text

KIND = "job-operation"

_WORDS = ("succeeded", "failed", "inprogress", "canceled", "cancelled", "invalid", "running")
_OTHERS = ("type", "jobtype", "operation", "protectionstate", "provisioningstate", "protecteditemtype")
_BY_ID = (("/backupvalidateoperation", "Validate"), ("/backupjobs/", "Cancel"), ("/restore", "Restore"), ("/protecteditems/", "Protect"))
_BY_TYPE = {"operationstatusprovisionilrextendedinfo": "Restore", "operationstatusvalidateoperationextendedinfo": "Validate"}
_OF_BACKUP = ("usererror", "bmsusererror", "cloud")  # how codes of the backup service begin; other services answer in this shape too


def fits(value: Mapping[str, Any]) -> bool:
    if text(value.get("status")).lower() not in _WORDS or any(value.get(name) is not None for name in _OTHERS):
        return False
    kind = text(mapping(value.get("properties")).get("objecttype")).lower()
    return isinstance(value.get("error"), dict) or kind.startswith("operationstatus") or {"error", "starttime", "endtime"} <= set(value)


def events(thing: Thing) -> Iterator[Event]:
    """One `job` event; of a failed operation also the texts of its error as `job-error`, outermost first. The id is that of the job it
    started, else its own. Which operation it was the document says, if at all, by its id or type; without either a code of the backup
    service means that protection was asked for, since a backup that began has a job."""
    value, properties = thing.value, mapping(thing.value.get("properties"))
    failed = text(value.get("status")).lower() == "failed"
    problem, begin = mapping(value.get("error")), place(thing, "error")
    began = text(properties.get("jobid"))
    identity = text(value.get("id"))
    code = text(problem.get("code")).lower()
    known = Job(
        id=(began if failed else "") or text(value.get("name")) or identity.rsplit("/", 1)[-1],
        operation=_operation(identity, text(properties.get("objecttype")), code.startswith(_OF_BACKUP) and not began),
        status=text(value.get("status")),
        started=moment(value.get("starttime")),
        ended=moment(value.get("endtime")),
        resource=identity if "/" in identity else "",
    )
    where = place(thing, "status")
    yield events_of.job(where, known)
    key = events_of.job_key(where, known.id)
    if not failed or no_error(code or text(problem.get("message"))):
        return
    for spot, part, said in levels(begin, problem):
        yield events_of.error(spot, key, part, said, known.stamp)


def _operation(identity: str, kind: str, of_backup: bool) -> str:
    lowered = identity.lower()
    told = next((word for part, word in _BY_ID if part in lowered), "") or _BY_TYPE.get(kind.lower(), "")
    return told or ("Protect" if of_backup else "")
