"""Entries of the activity log: who asked the platform for what, when, and how it ended.

`az monitor activity-log list` (operationName and status are objects), the REST answer, Get-AzActivityLog (the operation in words, its name
in `Authorization.Action`), and the exported schema (`time`, `resultType`). The error of a failed operation stands as JSON text in
`statusMessage`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, moment, resource, vm_of
from analyzer.parsers.values import inner, listing, lowered, mapping, text

KIND = "azure-activity"


def fits(value: Mapping[str, Any]) -> bool:
    timed = "eventtimestamp" in value or "submissiontimestamp" in value or ("time" in value and "resulttype" in value)
    return timed and "operationname" in value


def events(thing: Thing) -> Iterator[Event]:
    """Fields: operation (lower case), status (started, accepted, succeeded, failed), resource, vm, group, subscription, error,
    message, correlation."""
    operation, pointer = _operation(thing)
    status = _said(thing, "status")[0] or thing.word("resulttype")
    identity = resource(thing.get("resourceid"))
    properties = thing.inside("properties")
    properties = properties.inside("content") if properties.inside("content").value else properties
    code, message = _error(properties)
    fields: dict[str, Value] = {
        "operation": operation.lower(), "status": {"success": "succeeded", "failure": "failed", "start": "started",
        "accept": "accepted"}.get(status.lower(), status.lower()),
        "resource": identity.id, "vm": vm_of(identity.id), "group": identity.group, "subscription": identity.subscription, "error": code,
        "message": message, "correlation": thing.word("correlationid"),
    }  # fmt: skip
    failed = fields["status"] == "failed"
    told, place = properties.pick("statusmessage")
    quote, pointer = (told, place) if failed and text(told) else (operation, pointer)
    said = f"{operation}: {status}" + (f"; {code}: {message}" if code or message else "")
    yield Event(
        KIND, thing.path, said, pointer=pointer, stamp=moment(thing.get("eventtimestamp", "time")), component=operation.rsplit("/", 2)[0],
        code=code, level="ERROR" if failed else "INFO", fields=fields, raw=text(quote),
    )  # fmt: skip


def _operation(thing: Thing) -> tuple[str, str]:
    """The operation's name; what is only a description of it gives way to the action that was authorised."""
    said, pointer = _said(thing, "operationname")
    action, place = thing.inside("authorization").pick("action")
    return (text(action), place) if "/" not in said and text(action) else (said, pointer)


def _said(thing: Thing, name: str) -> tuple[str, str]:
    """A property that is a word or an object with `value`."""
    value, pointer = thing.pick(name)
    if isinstance(value, dict):
        return thing.inside(name).word("value", "localizedvalue"), f"{pointer}/value"
    return text(value), pointer


def _error(properties: Thing) -> tuple[str, str]:
    """Code and message of the innermost error that `statusMessage` holds."""
    found = inner(properties.get("statusmessage"))
    written = found if isinstance(found, dict) else mapping(properties.get("statusmessage"))
    code, message = "", "" if written else properties.word("statusmessage")
    error = lowered(lowered(written).get("error")) or lowered(written)
    while error:
        code, message = text(error.get("code")) or code, text(error.get("message")) or message
        error = lowered(next(iter(listing(error.get("details"))), None))
    return code, message
