"""An extension of a VM, as the platform has it: resource, part of a VM's model, or part of its instance view.

`az vm extension list`, `az vm extension show --instance-view`, REST Microsoft.Compute/virtualMachines/extensions. The provisioning code
carries the extension's own number behind it: `ProvisioningState/failed/100`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, moment, resource, state, vm_of
from analyzer.parsers.values import mapping, text

KIND = "azure-extension"
_TYPE = "microsoft.compute/virtualmachines/extensions"
_BACKUP = "vmsnapshot"
_PREFIX = re.compile(r"^ProvisioningState/", re.IGNORECASE)


def fits(value: Mapping[str, Any]) -> bool:
    if text(value.get("type")).lower() == _TYPE or resource(value.get("id")).type == _TYPE:
        inner = mapping(value.get("properties")) or value
        return any(inner.get(name) is not None for name in ("provisioningstate", "instanceview", "statuses"))
    return "typehandlerversion" in value and ("statuses" in value or "instanceview" in value or "provisioningstate" in value)


def events(thing: Thing) -> Iterator[Event]:
    """An extension as a resource, or the entry of an instance view that somebody asked for alone: see `installed` for the fields."""
    identity = resource(thing.get("id"))
    vm = vm_of(identity.id) or thing.word("vmname")
    owner: dict[str, Value] = {"vm": vm, "resource": identity.id, "group": identity.group, "subscription": identity.subscription}
    view = thing.inside("instanceview")
    seen = list(installed(view if view.value else thing, owner, _type(thing), thing.word("name"), thing.word("typehandlerversion")))
    yield from seen
    provisioning, pointer = thing.pick("provisioningstate")
    if provisioning is not None and not any(event.fields["failed"] for event in seen):
        yield _event(thing, pointer, text(provisioning), owner, _type(thing), thing.word("name"), thing.word("typehandlerversion"))


def _type(thing: Thing) -> str:
    """`Publisher.Type`, as the agent names the handler's folder."""
    publisher = thing.word("publisher")
    kind = thing.word("typepropertiestype", "virtualmachineextensiontype", "extensiontype") or _inner_type(thing)
    return f"{publisher}.{kind}" if publisher and kind else kind or thing.word("name")


def _inner_type(thing: Thing) -> str:
    """REST: the resource's `type` is ARM's, the extension's own stands below `properties`."""
    nested = thing.value.get("properties")
    kind = text(nested.get("type")) if isinstance(nested, dict) else ""
    return kind or ("" if "/" in thing.word("type") else thing.word("type"))


def installed(thing: Thing, owner: dict[str, Value], kind: str = "", name: str = "", version: str = "") -> Iterator[Event]:
    """An entry of an instance view's `extensions`: one event per status.

    Fields: vm, name, type, version, provisioning, number (the extension's own), message, failed, backup (it is the backup extension).
    """
    kind = kind or thing.word("type") or thing.word("name")
    for status in thing.each("statuses"):
        code, pointer = status.pick("code")
        yield _event(status, pointer, text(code), owner, kind, name or thing.word("name"), thing.word("typehandlerversion") or version)


def _event(thing: Thing, pointer: str, written: str, owner: dict[str, Value], kind: str, name: str, version: str) -> Event:
    parts = _PREFIX.sub("", written).split("/")
    word, failed = parts[0].lower(), parts[0].lower() == "failed" or thing.word("level").lower() == "error"
    message = thing.word("message")
    fields: dict[str, Value] = {
        **owner, "name": name, "type": kind, "version": version, "provisioning": word,
        "number": parts[1] if len(parts) > 1 else "", "message": message, "failed": failed,
        "backup": _BACKUP in kind.lower() or _BACKUP in name.lower(),
    }  # fmt: skip
    said = f"extension {name} ({kind}): {written}" + (f"; {message}" if message else "")
    return state(
        thing, KIND, pointer, written, said, fields, component=kind, code=str(fields["number"]), level="ERROR" if failed else "INFO",
        stamp=moment(thing.get("time")),
    )  # fmt: skip


def handler(thing: Thing, owner: dict[str, Value]) -> Event:
    """What the agent says of a handler: ready or not. Its extension may fail all the same."""
    kind, status = thing.word("type"), thing.inside("status")
    word, pointer = status.pick("displaystatus", "code")
    ready = "notready" not in text(word).replace(" ", "").lower() and "unavailable" not in text(word).lower()
    fields: dict[str, Value] = {
        **owner, "name": kind, "type": kind, "version": thing.word("typehandlerversion"), "handler": "ready" if ready else "not ready",
        "message": status.word("message"), "backup": _BACKUP in kind.lower(),
    }  # fmt: skip
    said = f"handler {kind}: {text(word)}; {status.word('message')}"
    return state(
        thing, KIND, pointer, word, said, fields, component=kind, level="INFO" if ready else "WARNING", stamp=moment(status.get("time"))
    )
