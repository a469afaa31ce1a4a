"""Whether a VM is protected: BackupStatusResponse of Microsoft.RecoveryServices/locations/backupStatus (Azure/azure-rest-api-specs), which
`az backup protection check-vm --debug` shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.event import Job, container, no_error, place
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import text

KIND = "job-status"

_STATES = ("invalid", "notprotected", "protecting", "protected", "protectionfailed")


def fits(value: Mapping[str, Any]) -> bool:
    """A protected item has a `protectionStatus` as well, but also a `protectionState`."""
    item = "protectionstate" in value or "healthdetails" in value
    return not item and (text(value.get("protectionstatus")).lower() in _STATES or {"protectionstatus", "errorcode"} <= set(value))


def events(thing: Thing) -> Iterator[Event]:
    """One `job` event, which failed if protection did or an error is named; `job-error` events for the error."""
    value = thing.value
    code, message = text(value.get("errorcode")), text(value.get("errormessage"))
    state = text(value.get("protectionstatus"))
    failed = state.lower() == "protectionfailed" or not no_error(code)
    name = text(value.get("containername")) or text(value.get("protecteditemname"))
    group, vm = container(name)
    known = Job(
        vm=vm,
        operation="BackupStatus",
        status="Failed" if failed else state,
        resource=text(value.get("vaultid")),
        container=name,
        vm_group=group,
    )
    where = place(thing, "protectionStatus")
    yield events_of.job(where, known)
    key = events_of.job_key(where, known.id)
    if not no_error(code):
        yield events_of.error(place(thing, "errorCode"), key, "number" if code.isdecimal() else "code", code)
    if failed and message:
        yield events_of.error(place(thing, "errorMessage"), key, "message", message)
