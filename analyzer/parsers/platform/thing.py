"""One object of a platform document, and the ARM resource id that names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import stamps
from analyzer.parsers.document import at
from analyzer.parsers.values import listing, mapping, text

_NO_YEAR = 1900
_VM = "microsoft.compute/virtualmachines"
_LOCK = re.compile(r"/providers/microsoft\.authorization/locks/", re.IGNORECASE)


@dataclass(frozen=True)
class Thing:
    """`value` has keys in lower case; `pointer` says where it stands. `problem` takes what is wrong with it and what is lost."""

    path: str
    pointer: str
    value: dict[str, Any]
    problem: Callable[[str, str], None] = field(default=lambda what, lost: None, repr=False)

    def pick(self, *names: str) -> tuple[Any, str]:
        """The first of the named properties that is set, directly or below `properties`, and its pointer; (None, pointer) if none is."""
        nested = mapping(self.value.get("properties"))
        for name in names:
            if self.value.get(name) is not None:
                return self.value[name], at(self.pointer, name)
            if nested.get(name) is not None:
                return nested[name], at(self.pointer, "properties", name)
        return None, self.pointer

    def get(self, *names: str) -> Any:
        """The value of the first of the named properties that is set."""
        return self.pick(*names)[0]

    def word(self, *names: str) -> str:
        """A property as text; '' if it is not set."""
        return text(self.get(*names))

    def inside(self, name: str) -> Thing:
        """The object that is the named property; an empty one if there is none."""
        value, pointer = self.pick(name)
        return Thing(self.path, pointer, mapping(value), self.problem)

    def each(self, name: str) -> Iterator[Thing]:
        """The objects of a list, with their pointers."""
        value, pointer = self.pick(name)
        for i, item in enumerate(listing(value)):
            if isinstance(item, dict):
                yield Thing(self.path, at(pointer, i), item, self.problem)


@dataclass(frozen=True, slots=True)
class Resource:
    """An ARM resource id taken apart; '' where it does not say."""

    id: str = ""
    subscription: str = ""
    group: str = ""
    type: str = ""  # lower case, with parents: microsoft.compute/virtualmachines/extensions
    name: str = ""
    parent: str = ""  # the name of the resource it belongs to


_ID = re.compile(r"/?subscriptions/(?P<subscription>[^/]+)(?:/resourcegroups/(?P<group>[^/]+))?(?P<rest>/.*)?$", re.IGNORECASE)


def resource(identity: Any) -> Resource:
    """`/subscriptions/S/resourceGroups/G/providers/Namespace/type/name[/type/name]`, in any case."""
    written = text(identity)
    found = _ID.match(written)
    if found is None:
        return Resource(written)
    parts = (found["rest"] or "").strip("/").split("/")
    kind, name, parent = "", "", ""
    if len(parts) >= 4 and parts[0].lower() == "providers":
        kind = "/".join([parts[1], *parts[2::2]]).lower()
        name = parts[3::2][-1]
        parent = parts[3] if len(parts) >= 6 else ""
    return Resource(written, found["subscription"], found["group"] or "", kind, name, parent)


def vm_of(identity: Any) -> str:
    """The name of the VM that an id names, or of which it is a part; '' if it is of another type."""
    found = resource(identity)
    if found.type != _VM and not found.type.startswith(f"{_VM}/"):
        return ""
    return found.parent or found.name


def lock_scope(identity: str) -> str:
    """What a lock is on: its id up to the provider of locks."""
    found = _LOCK.search(identity)
    return identity[: found.start()] if found is not None else ""


def state(
    thing: Thing, kind: str, pointer: str, quote: Any, text_: str, fields: dict[str, Value], *, component: str = "", code: str = "",
    level: str = "INFO", stamp: Stamp | None = None,
) -> Event:  # fmt: skip
    """The event of a state: `quote` is the value at `pointer`, as it stands there; `text_` says it with what it belongs to."""
    return Event(
        kind, thing.path, text_, pointer=pointer, stamp=stamp, component=component, code=code, level=level, fields=fields,
        raw=text(quote) or text_, state=True,
    )  # fmt: skip


def moment(value: Any) -> Stamp | None:
    """An instant that a document states, as a stamp; None for none and for .NET's year 1. PowerShell may write an object around it."""
    found = stamps.utc(text(mapping(value).get("value", value)))
    return stamps.of(found) if found is not None and found.year > _NO_YEAR else None
