"""A virtual machine: its model, with the instance view where it was asked for.

Microsoft.Compute/virtualMachines as REST (`properties`), as `az vm show`, `az vm show -d` (`powerState` in words) and `az vm
get-instance-view` print it: Azure/azure-rest-api-specs, ComputeRP; the serialisers of azure-mgmt-compute re-case acronyms (`diskSizeGb`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform import disk, extension, instance_view
from analyzer.parsers.platform.thing import Thing, moment, resource, state
from analyzer.parsers.values import listing, mapping, text, truth

KIND = "azure-vm"
_TYPE = "microsoft.compute/virtualmachines"
_MODEL = ("storageprofile", "osprofile", "hardwareprofile")


def fits(value: Mapping[str, Any]) -> bool:
    """A mere reference to a VM (of its network interface, of its disk) tells nothing of it."""
    inner = mapping(value.get("properties")) or value
    if text(value.get("type")).lower() == _TYPE or resource(value.get("id")).type == _TYPE:
        return any(inner.get(name) is not None for name in (*_MODEL, "provisioningstate", "instanceview", "powerstate"))
    return isinstance(inner.get("storageprofile"), dict) and (
        "osprofile" in inner or "hardwareprofile" in inner or "provisioningstate" in inner
    )


def events(thing: Thing) -> Iterator[Event]:
    """One event for the model (if the document has it), one for its provisioning state, and those of its disks, extensions and
    instance view; Resource Graph keeps the latter in `extended`.

    Fields of the model: vm, resource, group, subscription, vm_id, size, os_type, image, security, ephemeral_os, ultra, data_disks,
    provision_agent and extension_operations (bool or None).
    """
    identity = resource(thing.get("id"))
    vm = identity.name or thing.word("name")
    owner: dict[str, Value] = {"vm": vm, "resource": identity.id, "group": identity.group, "subscription": identity.subscription}
    if any(thing.inside(name).value for name in _MODEL):
        yield _model(thing, owner)
    provisioning, pointer = thing.pick("provisioningstate")
    if provisioning is not None:
        since = instance_view.since(thing.inside("instanceview"), text(provisioning))
        yield instance_view.provisioning(thing, pointer, text(provisioning), "", since, owner, KIND)
    power, pointer = thing.pick("powerstate")
    if isinstance(power, str):
        yield instance_view.power(thing, pointer, power, None, owner)
    storage = thing.inside("storageprofile")
    yield from disk.attached(storage.inside("osdisk"), owner, "os")
    for one in storage.each("datadisks"):
        yield from disk.attached(one, owner, "data")
    for view in (thing.inside("instanceview"), thing.inside("extended").inside("instanceview")):
        if view.value:
            yield from instance_view.view(view, owner)
    for one in thing.each("resources"):
        if extension.fits(one.value):
            yield from extension.events(one)


def _model(thing: Thing, owner: dict[str, Value]) -> Event:
    profile, storage = thing.inside("osprofile"), thing.inside("storageprofile")
    allowed, pointer = profile.pick("allowextensionoperations")
    if allowed is None:
        allowed, pointer = thing.get("name"), thing.pick("name")[1]
    options = profile.inside("windowsconfiguration") if profile.get("windowsconfiguration") else profile.inside("linuxconfiguration")
    fields: dict[str, Value] = {
        **owner,
        "vm_id": thing.word("vmid").lower(),
        "size": thing.inside("hardwareprofile").word("vmsize"),
        "os_type": storage.inside("osdisk").word("ostype"),
        "image": _image(storage.inside("imagereference")),
        "security": thing.inside("securityprofile").word("securitytype"),
        "ephemeral_os": bool(storage.inside("osdisk").get("diffdisksettings")),
        "ultra": truth(thing.inside("additionalcapabilities").get("ultrassdenabled")),
        "data_disks": len(listing(storage.get("datadisks"))),
        "provision_agent": truth(options.get("provisionvmagent")),
        "extension_operations": truth(profile.get("allowextensionoperations")),
    }
    said = [
        f"{name}: {fields[name]}"
        for name in ("size", "os_type", "image", "provision_agent", "extension_operations")
        if fields[name] not in (None, "")
    ]
    stamp = moment(thing.get("timecreated")) if fields["extension_operations"] is None else None
    quote = text(allowed)
    return state(thing, KIND, pointer, quote, f"VM {owner['vm']}; {'; '.join(said)}", fields, component="model", stamp=stamp)


def _image(reference: Thing) -> str:
    """publisher:offer:sku of a marketplace image; `custom` for any other one; '' if the document does not say."""
    parts = [reference.word(name) for name in ("publisher", "offer", "sku")]
    return ":".join(parts) if all(parts) else "custom" if reference.get("id") else ""
