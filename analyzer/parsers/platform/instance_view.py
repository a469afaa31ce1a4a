"""What the platform sees of a VM at run time: power, provisioning, agent, extensions, operating system.

`az vm get-instance-view` and the REST call of that name (the view is then the root), or `instanceView` inside a VM. Elements of it are
often copied alone: a status, `vmAgent`. The case of `PowerState/` codes varies (MicrosoftDocs/azure-compute-docs, states-billing.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers.platform import disk, extension
from analyzer.parsers.platform.thing import Thing, moment, state
from analyzer.parsers.values import listing, mapping, text

KIND = "azure-instance-view"
_CODE = re.compile(r"(?P<what>PowerState|ProvisioningState)/(?P<value>[^/]*)(?:/(?P<error>.*))?", re.IGNORECASE)
_WORDS = {"not ready": False, "ready": True, "provisioningstate/unavailable": False, "provisioningstate/succeeded": True}
_VM = re.compile(r"^VM ", re.IGNORECASE)


def fits(value: Mapping[str, Any]) -> bool:
    if isinstance(value.get("vmagent"), dict) or "vmagentversion" in value:
        return True
    return "typehandlerversion" not in value and bool(_codes(value))


def _codes(value: Mapping[str, Any]) -> list[str]:
    """What the statuses of an object, or the object that is one, are about, in lower case: powerstate, provisioningstate."""
    found = (_CODE.match(text(mapping(item).get("code"))) for item in (value, *listing(value.get("statuses"))))
    return [match["what"].lower() for match in found if match is not None]


def _of_a_part(value: Mapping[str, Any]) -> bool:
    """Whether these are the statuses of a disk or of another resource, which has a name and nothing of a machine."""
    machine = "powerstate" in _codes(value) or any(name in value for name in ("vmagent", "computername", "osname"))
    return "name" in value and not machine


def events(thing: Thing) -> Iterator[Event]:
    """The view of a VM that it may not name; Get-AzVM -Status has Name and ResourceGroupName beside it."""
    group = thing.word("resourcegroupname")
    owner: dict[str, Value] = {
        "vm": thing.word("vmname") or (thing.word("name") if group else ""), "resource": "", "group": group, "subscription": "",
    }  # fmt: skip
    if "code" in thing.value:
        yield from _status(thing, owner)
    elif "vmagentversion" in thing.value:
        yield from _agent(thing, owner)
    elif _of_a_part(thing.value):
        yield from disk.encrypted(thing, owner)
    else:
        yield from view(thing, owner)


def view(thing: Thing, owner: dict[str, Value]) -> Iterator[Event]:
    """The events of an instance view; `owner` names its VM (vm, resource, group, subscription).

    Components: power (field `power`), provisioning (`provisioning`, `error`), agent (`ready`, `version`, `message`), os (`os`,
    `os_version`, `host`). Where an element states its time, the state holds since then.
    """
    for status in thing.each("statuses"):
        yield from _status(status, owner)
    if thing.inside("powerstate").value:
        yield from _status(thing.inside("powerstate"), owner)
    yield from _agent(thing.inside("vmagent"), owner)
    for one in thing.each("extensions"):
        yield from extension.installed(one, owner)
    for one in thing.each("disks"):
        yield from disk.encrypted(one, owner)
    system, pointer = thing.pick("osname")
    if system:
        version = thing.word("osversion")
        fields = {**owner, "os": text(system), "os_version": version, "host": thing.word("computername")}
        yield state(thing, KIND, pointer, system, f"{text(system)} {version}".strip(), fields, component="os")


def _status(thing: Thing, owner: dict[str, Value]) -> Iterator[Event]:
    """A status of the VM, or one that only its agent has (Ready, Not Ready), copied alone."""
    code, pointer = thing.pick("code")
    found = _CODE.match(text(code))
    if found is None:
        return
    stamp = moment(thing.get("time"))
    if found["what"].lower() == "powerstate":
        yield power(thing, pointer, text(code), stamp, owner)
    elif thing.word("displaystatus").lower() in _WORDS or found["value"].lower() == "unavailable":
        yield _agent_status(thing, "", owner)
    else:
        yield provisioning(thing, pointer, text(code), found["error"] or "", stamp, owner)


def power(thing: Thing, pointer: str, written: str, stamp: Stamp | None, owner: dict[str, Value]) -> Event:
    """`PowerState/deallocated`, or `VM deallocated` as `az vm show -d` has it."""
    word = _VM.sub("", written.rsplit("/", 1)[-1]).strip().lower()
    said = f"power state of {owner['vm'] or 'the VM'}: {word}"
    return state(thing, KIND, pointer, written, said, {**owner, "power": word}, component="power", stamp=stamp)


def provisioning(
    thing: Thing, pointer: str, written: str, error: str, stamp: Stamp | None, owner: dict[str, Value], kind: str = KIND
) -> Event:
    """`ProvisioningState/failed/<code>`, or the bare word of a model."""
    found = _CODE.match(written)
    word = (found["value"] if found else written).lower()
    message = thing.word("message") if found else ""
    fields: dict[str, Value] = {**owner, "provisioning": word, "error": error, "message": message}
    said = (
        f"provisioning state of {owner['vm'] or 'the VM'}: {word}" + (f" ({error})" if error else "") + (f"; {message}" if message else "")
    )
    return state(
        thing, kind, pointer, written, said, fields, component="provisioning", code=error,
        level="ERROR" if word == "failed" else "INFO", stamp=stamp,
    )  # fmt: skip


def since(view_: Thing, provisioning_state: str) -> Stamp | None:
    """Since when a provisioning state of the model has held, as the view inside of the model says."""
    for status in view_.each("statuses"):
        found = _CODE.match(status.word("code"))
        if found is not None and found["what"].lower() == "provisioningstate" and found["value"].lower() == provisioning_state.lower():
            return moment(status.get("time"))
    return None


def _agent(thing: Thing, owner: dict[str, Value]) -> Iterator[Event]:
    for status in thing.each("statuses"):
        yield _agent_status(status, thing.word("vmagentversion"), owner)
    version, pointer = thing.pick("vmagentversion")
    if text(version).lower() == "unknown":
        fields: dict[str, Value] = {**owner, "known": False}
        yield state(thing, KIND, pointer, version, "the platform knows no version of the VM agent", fields, component="agent-version")
    for handler in thing.each("extensionhandlers"):
        if handler.inside("status").value:
            yield extension.handler(handler, owner)


def _agent_status(status: Thing, version: str, owner: dict[str, Value]) -> Event:
    word, pointer = status.pick("displaystatus", "code")
    ready = _WORDS.get(text(word).strip().lower())
    message = status.word("message")
    known = "" if version.lower() == "unknown" else version
    fields: dict[str, Value] = {**owner, "ready": ready, "version": known, "message": message}
    stamp = moment(status.get("time"))
    event = state(
        status, KIND, pointer, word, f"VM agent {version or '?'}: {text(word)}; {message}", fields, component="agent",
        code=status.word("code"), level="INFO" if ready else "WARNING", stamp=stamp,
    )  # fmt: skip
    return replace(event, state=stamp is None)  # its time is that of the report, not since when it has been so
