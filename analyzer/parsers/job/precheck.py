"""Whether protection can be enabled: PreValidateEnableBackupResponse of Microsoft.RecoveryServices/locations/backupPreValidateProtection
(Azure/azure-rest-api-specs)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.event import Job, no_error, place
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import text

KIND = "job-precheck"

_STATES = ("succeeded", "failed", "invalid")


def fits(value: Mapping[str, Any]) -> bool:
    told = "errorcode" in value or "errormessage" in value
    answer = told and ("recommendation" in value or "protecteditemname" in value or "containername" in value)
    return answer and text(value.get("status")).lower() in _STATES and "jobtype" not in value and "operation" not in value


def events(thing: Thing) -> Iterator[Event]:
    """One `job` event with the operation Validate; of a failed check also its error."""
    value = thing.value
    code = text(value.get("errorcode"))
    known = Job(
        operation="Validate",
        status=text(value.get("status")),
        container=text(value.get("containername")) or text(value.get("protecteditemname")),
    )
    where = place(thing, "status")
    yield events_of.job(where, known)
    if known.status.lower() != "failed":
        return
    key = events_of.job_key(where, known.id)
    if not no_error(code):
        yield events_of.error(place(thing, "errorCode"), key, "number" if code.isdecimal() else "code", code)
    if text(value.get("errormessage")):
        yield events_of.error(place(thing, "errorMessage"), key, "message", text(value["errormessage"]))
    for spot, advice in events_of.advices(place(thing, "recommendation"), value.get("recommendation")):
        yield events_of.error(spot, key, "recommendation", advice)
