"""A restore point collection, with its restore points where they were asked for (`expand=restorePoints`).

The collection names its VM in `source.id`. Where that is not shown, the name tells: the service calls it AzureBackup_<VM>_<number>. The
group AzureBackupRG_<geo>_<n> can be chosen by the customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, moment, resource, state, vm_of
from analyzer.parsers.values import mapping, text

KIND = "azure-restore-points"
_TYPE = "microsoft.compute/restorepointcollections"
_POINT = "microsoft.compute/restorepointcollections/restorepoints"
_OF_BACKUP = re.compile(r"AzureBackup_(?P<vm>.+)_\d+", re.IGNORECASE)


def fits(value: Mapping[str, Any]) -> bool:
    if resource(value.get("id")).type in (_TYPE, _POINT) or text(value.get("type")).lower() in (_TYPE, _POINT):
        return True
    inner = mapping(value.get("properties")) or value
    return "restorepointcollectionid" in inner or isinstance(inner.get("restorepoints"), list)


def events(thing: Thing) -> Iterator[Event]:
    """One event for the collection (component `collection`: vm, name, group, listed: how many restore points it lists, None if it was
    not asked for them), one per restore point (component `point`; it holds since it was created)."""
    identity, pointer = thing.pick("id")
    found = resource(identity)
    if found.type == _POINT:
        yield _point(thing, _named_after(found.parent), found.id.lower().rsplit("/restorepoints/", 1)[0])
        return
    vm = vm_of(thing.inside("source").get("id")) or _named_after(found.name or thing.word("name"))
    points = list(thing.each("restorepoints"))
    listed = len(points) if isinstance(thing.get("restorepoints"), list) else None
    name = found.name or thing.word("name")
    fields: dict[str, Value] = {
        "vm": vm, "name": name, "group": found.group, "subscription": found.subscription, "resource": found.id, "listed": listed,
        "provisioning": thing.word("provisioningstate").lower(), "source": thing.inside("source").word("id"),
    }  # fmt: skip
    many = "not listed" if listed is None else str(listed)
    yield state(
        thing,
        KIND,
        pointer,
        identity,
        f"restore point collection {name} of {vm or 'an unnamed VM'}: restore points {many}",
        fields,
        component="collection",
    )
    for point in points:
        yield _point(point, vm, found.id.lower())


def _named_after(collection: str) -> str:
    """The VM in the name that the service gives to a collection."""
    found = _OF_BACKUP.fullmatch(collection)
    return found["vm"] if found is not None else ""


def _point(thing: Thing, vm: str, collection: str) -> Event:
    created, pointer = thing.pick("timecreated")
    identity = resource(thing.get("id"))
    name = thing.word("name")
    fields: dict[str, Value] = {
        "vm": vm, "name": name, "collection": collection, "group": identity.group,
        "resource": identity.id or (f"{collection}/restorePoints/{name}" if name else ""),
        "provisioning": thing.word("provisioningstate").lower(), "consistency": thing.word("consistencymode"),
    }  # fmt: skip
    said = f"restore point {name} of {vm or 'an unnamed VM'}, {fields['consistency'] or 'consistency not stated'}"
    return state(thing, KIND, pointer, created, said, fields, component="point", stamp=moment(created))
