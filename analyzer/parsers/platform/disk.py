"""A managed disk, as a resource, as part of a VM's storage profile, or as part of its instance view.

ADE (Azure Disk Encryption, inside of the guest) shows as `encryptionSettingsCollection` of the disk, or as `encryptionSettings` of
the VM; the encryption of the storage (`encryption.type`) is none in this sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, resource, state, vm_of
from analyzer.parsers.values import mapping, number, text, truth

KIND = "azure-disk"
_TYPE = "microsoft.compute/disks"
_HOST = re.compile(r"https://(?P<vault>[^./:@?#]+)\.", re.IGNORECASE)


def fits(value: Mapping[str, Any]) -> bool:
    """A mere reference to a disk, or its row in a list of all resources, has none of a disk's properties."""
    inner = mapping(value.get("properties")) or value
    if text(value.get("type")).lower() == _TYPE or resource(value.get("id")).type == _TYPE:
        return any(inner.get(name) is not None for name in ("disksizegb", "diskstate", "creationdata", "encryptionsettingscollection"))
    return "disksizegb" in inner and ("diskstate" in inner or "creationdata" in inner or "encryption" in inner)


def events(thing: Thing) -> Iterator[Event]:
    """Fields: name, vm (of managedBy), size_gb, ade (encrypted inside of the guest; None if it is not said), key_vault and kek_vault
    (names), shares, disk_state, sku."""
    identity = resource(thing.get("id"))
    owner: dict[str, Value] = {
        "vm": vm_of(thing.get("managedby")), "resource": identity.id, "group": identity.group, "subscription": identity.subscription,
    }  # fmt: skip
    settings = thing.inside("encryptionsettingscollection")
    ade = truth(settings.get("enabled")) if settings.value else False
    first = next(settings.each("encryptionsettings"), settings)
    yield from _disk(thing, owner, thing.word("name"), ade, first, "resource")


def attached(thing: Thing, owner: dict[str, Value], role: str) -> Iterator[Event]:
    """A disk of a VM's storage profile. `role`: os, data."""
    if not thing.value:
        return
    settings = thing.inside("encryptionsettings")
    name = thing.word("name") or resource(thing.inside("manageddisk").get("id")).name
    yield from _disk(thing, owner, name, truth(settings.get("enabled")) if settings.value else None, settings, role)


def encrypted(thing: Thing, owner: dict[str, Value]) -> Iterator[Event]:
    """A disk of an instance view, if it says that it is encrypted."""
    settings = next(thing.each("encryptionsettings"), None)
    if settings is not None:
        yield from _disk(thing, owner, thing.word("name"), truth(settings.get("enabled")), settings, "view")


def _disk(thing: Thing, owner: dict[str, Value], name: str, ade: bool | None, settings: Thing, role: str) -> Iterator[Event]:
    size, pointer = thing.pick("disksizegb")
    if size is None:
        _, pointer = thing.pick("name")
    gib = number(size)
    secret = vault_name(settings.inside("diskencryptionkey"), "secreturl")
    fields: dict[str, Value] = {
        **owner, "name": name, "size_gb": gib, "ade": ade, "key_vault": secret,
        "kek_vault": vault_name(settings.inside("keyencryptionkey"), "keyurl"),
        "shares": number(thing.get("maxshares")), "disk_state": thing.word("diskstate"),
        "sku": thing.inside("sku").word("name"), "role": role,
    }  # fmt: skip
    if gib is None and ade is None and not fields["shares"]:
        return
    said = f"disk {name}: {gib if gib is not None else '?'} GiB" + ("; encrypted by ADE" if ade else "")
    yield state(thing, KIND, pointer, size if size is not None else name, said, fields, component=role)


def vault_name(key: Thing, url: str) -> str:
    """The key vault that a key reference names: by its id, else by the host of its URL."""
    named = resource(key.inside("sourcevault").get("id")).name
    host = _HOST.match(key.word(url))
    return named or (host["vault"] if host is not None else "")
