"""`status/N.status`: what a handler says became of sequence N.

An array, of which the agent reads the first element only (Azure/WALinuxAgent ga/exthandlers.py parse_ext_status). The backup extension
writes "success" there whatever happened; what it has to say stands in a string of JSON, `substatus[0].name`
(Azure/azure-linux-extensions VMBackup/main/Utils/HandlerUtil.py do_status_report, Utils/Status.py): the code, the state of each disk, and
telemetry. A leftover `tempStatusFile.status` is a write that failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers import stamps, values, verbatim
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import Numbered, Owner, numbered, owner

_GOOD = frozenset((0, 1, 3, 4))  # common.py CommonVariables: success in three forms, and 4 while the run goes on
_LEVELS = {"error": "ERROR", "warning": "WARNING"}
_TELEMETRY = {
    "extension_version": "extensionVersion",
    "agent_version": "guestAgentVersion",
    "python": "pythonVersion",
    "kernel": "kernelVersion",
    "os": "osVersion",
    "snapshot_creator": "snapshotCreator",
    "ext_error": "extErrorCode",
}
_EXCERPT = 1200  # characters between the code and the message that belongs to it
_REST = re.compile(r'\\{0,31}"(?P<key>code|taskId|status|operation)\\{0,31}"\s*:\s*\\{0,31}"?(?P<value>[\w.-]+)')


def parse(document: Document) -> Iterator[Event]:
    """One event: the handler is its component, `code` the inner one for the backup extension. An empty or cut file gives what is left
    of it, with field `partly`. Stamped by the inner, else the outer `timestampUTC`."""
    handler, file = owner(document.path), numbered(document.path)
    if not document.text.strip("\ufeff\x00 \t\r\n"):
        document.problem("the file is empty", "the status that should stand there")
        yield Event(
            document.kind,
            document.path,
            "the status file is empty",
            pointer="",
            component=handler.name,
            fields=_fields(handler, file, partly=True),
        )
        return
    value = document.json(lost="all but single values in front of the damage")
    if value is None:
        yield from _remains(document, handler, file)
        return
    element, pointer = _first(document, value)
    if not values.mapping(element.get("status")):
        document.problem("no status object in the first element", "the handler's status")
        return
    yield _event(document, handler, file, element, pointer)


def _first(document: Document, value: Any) -> tuple[dict[str, Any], str]:
    if not isinstance(value, list):
        document.problem("the status is no array", "nothing here; the agent refuses such a file")
        return values.mapping(value), ""
    if len(value) > 1:
        document.problem(f"{len(value)} elements in the status array", "all but the first; the agent ignores them too")
    return values.mapping(value[0] if value else None), "/0"


def _fields(handler: Owner, file: Numbered, *, partly: bool) -> dict[str, Value]:
    return {
        "sequence": file.sequence, "extension": file.extension, "current": file.current, "version": handler.version, "partly": partly,
    }  # fmt: skip


def _event(document: Document, handler: Owner, file: Numbered, element: dict[str, Any], pointer: str) -> Event:
    outer = values.mapping(element["status"])
    inner, stamp_of_inner = _inner(outer)
    status = inner or outer
    name = handler.name or values.text(inner.get("name") or outer.get("name"))
    message = _message(status) or _message(outer)
    moment = stamps.utc(stamp_of_inner) or stamps.utc(values.text(element.get("timestampUTC")))
    code = values.text(status.get("code"))
    fields = _fields(handler, file, partly=False) | {
        "operation": values.text(status.get("operation")),
        "status": values.text(status.get("status")).lower(),
        "code": values.number(code),
        "task": values.text(status.get("taskId")).lower(),
        **(_snapshot(inner, message) if inner else {}),
    }
    return Event(
        document.kind, document.path, message or str(fields["status"]), component=name, code=code, level=_level(fields, bool(inner)),
        stamp=stamps.of(moment), fields=fields, raw=_raw(document.text, status, bool(inner)),
        pointer=f"{pointer}/status" + ("/substatus/0/name" if inner else ""),
    )  # fmt: skip


def _inner(outer: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The status that stands as JSON in the name of the first substatus, and its time; empty if there is none."""
    substatus = values.listing(outer.get("substatus"))
    packed = values.listing(values.inner(values.mapping(substatus[0] if substatus else None).get("name")))
    element = values.mapping(packed[0] if packed else None)
    return values.mapping(element.get("status")), values.text(element.get("timestampUTC"))


def _message(status: dict[str, Any]) -> str:
    """The formatted message; since 2019-12 the backup extension's is JSON with the message in `messageStr`."""
    text = values.text(values.mapping(status.get("formattedMessage")).get("message"))
    packed = values.mapping(values.inner(text))
    return (values.text(packed.get("messageStr")) if "messageStr" in packed else text).strip()


def _snapshot(inner: dict[str, Any], message: str) -> dict[str, Value]:
    """What only the backup extension says. `disks` is None if it took no snapshot; a disk has failed unless it says it has not."""
    telemetry = values.pairs(inner.get("telemetryData"))
    listed = inner.get("snapshotInfo")
    disks = [values.mapping(disk) for disk in values.listing(listed)]
    failed = [disk for disk in disks if values.truth(disk.get("isSuccessful")) is False]
    uploading = telemetry.get("statusBlobUploadError")
    return {
        "disks": len(disks) if isinstance(listed, list) else None,
        "disks_failed": len(failed) if isinstance(listed, list) else None,
        "disk_error": next((values.text(disk.get("errorMessage")) for disk in failed if values.text(disk.get("errorMessage"))), ""),
        **{field: values.text(telemetry.get(key)) for field, key in _TELEMETRY.items()},
        "host_pre_snapshot": values.number(telemetry.get("hostStatusCodePreSnapshot")),
        "host_do_snapshot": values.number(telemetry.get("hostStatusCodeDoSnapshot")),
        "health_code": values.number(values.mapping(inner.get("vmHealthInfo")).get("vmHealthStatusCode")),
        "upload_failed": values.truth(uploading) is True or "statusBlobUploadError=true" in message,
    }


def _level(fields: dict[str, Value], is_backup: bool) -> str:
    if is_backup and isinstance(fields["code"], int) and fields["code"] not in _GOOD:
        return "ERROR"  # its status word may be "success" all the same
    return _LEVELS.get(str(fields["status"]), "INFO")


def _raw(text: str, status: dict[str, Any], is_backup: bool) -> str:
    """The code as it is written, with all up to the message that belongs to it if that stands near."""
    wanted = values.text(status.get("code"))
    code = next(
        (span for span in verbatim.members(text, "code", escaped=is_backup) if text[slice(*span)].rstrip('\\"').endswith(wanted)), None
    )
    if not wanted or code is None:
        return verbatim.member(text, "status", values.text(status.get("status")), escaped=is_backup)
    message = next(verbatim.members(text, "message", escaped=is_backup, start=code[1]), None)
    between = text[code[1] : message[0]] if message else ""
    if message and len(between) <= _EXCERPT and "snapshotInfo" not in between:  # which holds blob URLs
        return text[code[0] : message[1]]
    return text[code[0] : code[1]]


def _remains(document: Document, handler: Owner, file: Numbered) -> Iterator[Event]:
    """What a cut file still says. The innermost status comes first in an uncut part and wins; the file's own `code` stands behind it."""
    found: dict[str, re.Match[str]] = {}
    for match in _REST.finditer(document.text):
        inside, known = "\\" in match[0], found.get(match["key"])
        if known is None or (inside and "\\" not in known[0]):
            found[match["key"]] = match
    if not found:
        return
    said = {key: match["value"] for key, match in found.items()}
    code = said.get("code", "")
    if code and "\\" not in found["code"][0] and "substatus" in document.text:
        code = ""  # it may be the substatus's, which is 0 whatever happened
    fields = _fields(handler, file, partly=True) | {
        "operation": said.get("operation", ""), "status": said.get("status", "").lower(), "code": values.number(code),
        "task": said.get("taskId", "").lower(),
    }  # fmt: skip
    shown = found.get("code") if code else next(iter(found.values()))
    yield Event(
        document.kind, document.path, "the status file is cut", pointer="", component=handler.name, code=code,
        level=_level(fields, '\\"' in document.text), fields=fields, raw=shown[0] if shown else "",
    )  # fmt: skip
