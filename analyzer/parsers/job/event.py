"""The events of the job room: every shape of a job or of an error ends in these (docs/events.md, "The job")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import stamps
from analyzer.parsers.document import at
from analyzer.parsers.platform.thing import Thing, resource
from analyzer.parsers.values import listing, text

_NO_YEAR = 1900
_LEVELS = {"failed": "ERROR", "completedwithwarnings": "WARNING", "protectionfailed": "ERROR"}
_CONTAINER = re.compile(r"iaasvmcontainer(?:v2)?;(?P<group>[^;/]+);(?P<vm>[^;/]+)$", re.IGNORECASE)
_SYMBOL = re.compile(r"[A-Za-z][\w.-]{2,119}")
NO_ERROR = frozenset(("", "success", "succeeded", "none", "null", "0", "noerror"))  # what stands for a code where there is no error


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: in a document by pointer, in a text by line."""

    path: str
    pointer: str | None = None
    line: int | None = None
    until_line: int | None = None
    raw: str | None = None

    def below(self, *keys: object) -> Place:
        return Place(self.path, at(self.pointer or "", *keys))


def place(thing: Thing, *keys: object) -> Place:
    return Place(thing.path, at(thing.pointer, *keys))


def moment(value: Any) -> datetime | None:
    """A time that a document states; .NET writes the year 1 where there is none."""
    found = stamps.utc(text(value))
    return found if found is not None and found.year > _NO_YEAR else None


def container(name: Any) -> tuple[str, str]:
    """Resource group and VM of a container or item (`iaasvmcontainerv2;group;vm`), as ids and documents of the vault have it; ('', '')
    if it names none."""
    for part in text(name).split("/"):
        if match := _CONTAINER.search(part):
            return match["group"], match["vm"]
    return "", ""


def job_key(where: Place, identity: str) -> str:
    """What tells a job from others: its id, else its place."""
    return identity.lower() or f"{where.path}#{where.pointer if where.pointer is not None else where.line}"


@dataclass(frozen=True, slots=True)
class Job:
    """What a shape knows of one job; '' or None where it does not say."""

    id: str = ""
    vm: str = ""
    vault: str = ""
    operation: str = ""
    status: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    seconds: float | None = None
    activity: str = ""
    resource: str = ""  # the ARM id as written
    container: str = ""
    vm_group: str = ""
    user_triggered: bool | None = None

    @property
    def stamp(self) -> Stamp | None:
        return stamps.of(self.ended or self.started)


def job(where: Place, known: Job) -> Event:
    """The `job` event."""
    identity = resource(known.resource)
    group, vm = container(known.container)
    fields: dict[str, Value] = {
        "job": job_key(where, known.id),
        "vm": known.vm or vm,
        "vault": known.vault or (identity.parent or identity.name if identity.type.startswith("microsoft.recoveryservices/vaults") else ""),
        "operation": known.operation,
        "status": known.status,
        "started": known.started.isoformat() if known.started else None,
        "ended": known.ended.isoformat() if known.ended else None,
        "seconds": known.seconds,
        "activity": known.activity.lower(),
        "vault_group": identity.group if "/vaults" in identity.type else "",
        "subscription": identity.subscription,
        "container": known.container,
        "vm_group": known.vm_group or group or container(known.resource)[0],
        "resource": known.resource,
        "user_triggered": known.user_triggered,
    }
    summary = f"{known.operation or 'An'} {'job' if known.operation else 'operation'} of {fields['vm'] or 'a VM'}: {known.status}"
    return Event(
        "job", where.path, summary, line=where.line, until_line=where.until_line, pointer=where.pointer, stamp=known.stamp, code=known.id,
        fields=fields, level=_LEVELS.get(known.status.lower().replace(" ", ""), "INFO"), raw=where.raw or known.status,
    )  # fmt: skip


def task(where: Place, key: str, name: str, status: str, started: datetime | None, ended: datetime | None, seconds: float | None) -> Event:
    """The `job-task` event."""
    fields: dict[str, Value] = {
        "job": key,
        "task": name,
        "status": status,
        "started": started.isoformat() if started else None,
        "ended": ended.isoformat() if ended else None,
        "seconds": seconds,
    }
    return Event(
        "job-task", where.path, f"{name}: {status}", line=where.line, pointer=where.pointer, stamp=stamps.of(started), code=name,
        fields=fields, raw=where.raw or status,
    )  # fmt: skip


def error(where: Place, key: str, part: str, said: str, stamp: Stamp | None = None, number: int | str | None = None) -> Event:
    """A `job-error` event: one text of a job's error."""
    fields: dict[str, Value] = {"job": key, "part": part, "number": number}
    return Event(
        "job-error", where.path, said, line=where.line, until_line=where.until_line, pointer=where.pointer, stamp=stamp,
        code=str(number or ""), fields=fields, level="ERROR", raw=where.raw or said,
    )  # fmt: skip


def copied(where: Place, part: str, said: str, block: int | str, stamp: Stamp | None = None, **more: Value) -> Event:
    """A `portal-error` (code or number) or `portal-text` event: one text of an error that belongs to no job."""
    kind = "portal-error" if part in ("code", "number") else "portal-text"
    return Event(
        kind, where.path, said, line=where.line, until_line=where.until_line, pointer=where.pointer, stamp=stamp,
        fields={"part": part, "block": block, **more}, level="ERROR", raw=where.raw or said,
    )  # fmt: skip


def is_number(code: Any) -> bool:
    return text(code).strip().isdecimal()


def no_error(code: Any) -> bool:
    """Whether a value stands in a field for error codes and is none."""
    return text(code).strip().lower() in NO_ERROR


def detail(where: Place, key: str, said: dict[str, Any], stamp: Stamp | None) -> Iterator[Event]:
    """The texts of one object of `errorDetails`, in any spelling: number or code, title, message, recommendations."""
    number = said.get("errorcode")
    known = number if isinstance(number, int | str) and not isinstance(number, bool) else None
    if known is not None and not no_error(known):
        yield error(where.below("errorCode"), key, "number" if is_number(known) else "code", str(known), stamp, known)
    for name, part in (("errorTitle", "title"), ("errorString", "message"), ("errorMessage", "message")):
        if text(said.get(name.lower())):
            yield error(where.below(name), key, part, text(said[name.lower()]), stamp, known)
    for name in ("recommendations", "recommendation", "recommendedAction"):
        for spot, advice in advices(where.below(name), said.get(name.lower())):
            yield error(spot, key, "recommendation", advice, stamp)


def advices(where: Place, value: Any) -> Iterator[tuple[Place, str]]:
    """Recommendations with their places: a list, one text, or PowerShell's `{"value": [...], "Count": n}`."""
    value, where = unwrapped(value, where)
    if isinstance(value, str):
        yield where, value
    for i, one in enumerate(listing(value)):
        if text(one):
            yield where.below(i), text(one)


def unwrapped(value: Any, where: Place) -> tuple[Any, Place]:
    """A list that ConvertTo-Json of Windows PowerShell 5.1 wrapped into an object with its count."""
    if isinstance(value, dict) and isinstance(value.get("value"), list):
        return value["value"], where.below("value")
    return value, where
