"""A management lock. Its scope is its id up to the provider of locks; it holds for everything below (Microsoft.Authorization/locks)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, lock_scope, moment, resource, state
from analyzer.parsers.values import text

KIND = "azure-lock"


def fits(value: Mapping[str, Any]) -> bool:
    named = text(value.get("id")) or text(value.get("lockid"))
    return text(value.get("type")).lower() == "microsoft.authorization/locks" or "/microsoft.authorization/locks/" in named.lower()


def events(thing: Thing) -> Iterator[Event]:
    """Fields: name, level (CanNotDelete, ReadOnly), scope ('' if the id is cut), of (subscription, group, resource, ''),
    subscription, group.

    Newer answers date it (systemData.createdAt); then the state holds since that time. Get-AzResourceLock names its id LockId.
    """
    identity, pointer = thing.pick("id", "lockid")
    scope = lock_scope(text(identity))
    on = resource(scope)
    level, name = thing.word("level"), thing.word("name")
    of = "resource" if on.type else "group" if on.group else "subscription" if on.subscription else ""
    fields: dict[str, Value] = {
        "name": name, "level": level, "scope": scope, "of": of, "subscription": on.subscription, "group": on.group,
        "resource": text(identity),
    }  # fmt: skip
    yield state(
        thing, KIND, pointer, identity, f"lock {name} ({level}) on {scope or 'an unknown scope'}", fields, code=level,
        stamp=moment(thing.inside("systemdata").get("createdat")),
    )  # fmt: skip
