"""JSON that the platform wrote: each object of it is handed to the module that knows its shape.

One file may hold one object, a list, REST's `{"value": [...]}`, a Resource Graph answer, or several documents one behind the other. The
artifact gets the kind of what it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

from analyzer.model import Event
from analyzer.parsers.document import Document, at, folded
from analyzer.parsers.job import SHAPES as JOB_SHAPES
from analyzer.parsers.platform import (
    activity,
    disk,
    extension,
    instance_view,
    key_vault,
    lock,
    principal,
    protected_item,
    restore_points,
    role,
    vm,
)
from analyzer.parsers.platform.thing import Thing

# in the order in which an object is shown to them
SHAPES: tuple[ModuleType, ...] = (
    *JOB_SHAPES, lock, restore_points, extension, vm, instance_view, disk, key_vault, role, principal, protected_item, activity,
)  # fmt: skip
_DEPTH = 12  # of objects that only hold others


def parse(document: Document) -> Iterator[Event]:
    """The events of every object that a shape fits. A document of which nothing is known is said to be so."""
    root = document.json_values()
    if root is None:
        return
    try:
        value = folded(root)
    except RecursionError:
        document.problem("nested deeper than any document of the platform", "the whole document")
        return
    kinds: Counter[str] = Counter()
    read = False
    spelled: Spelled = {}
    end = _last(root) if document.cut else None
    for shape, thing in _things(Thing(document.path, "", {}, document.problem), value, SHAPES, _DEPTH):
        kinds[shape.KIND] += 1
        for event in shape.events(thing):
            read = True
            pointer = written(root, event.pointer or "", spelled)
            fields = {**event.fields, "cut": True} if pointer == end else event.fields
            yield replace(event, pointer=pointer, fields=fields)
    if kinds:
        document.kind = kinds.most_common(1)[0][0]
        if not read:
            document.problem("none of the properties that are read here is set", "what it would tell")
    elif _is_empty(value):
        document.problem("an empty list", "nothing; what it is a list of, it does not say")
    else:
        document.problem("no object of the platform that is known here", "nothing; it was read")


def _is_empty(value: Any) -> bool:
    """Whether an answer is a list without an entry, bare or as `value` (REST) or `data` (Resource Graph)."""
    return value == [] or (isinstance(value, dict) and any(value.get(name) == [] for name in ("value", "data")))


def _things(place: Thing, value: Any, shapes: tuple[ModuleType, ...], depth: int) -> Iterator[tuple[ModuleType, Thing]]:
    """The outermost objects that a shape fits."""
    if depth == 0:
        return
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _things(replace(place, pointer=at(place.pointer, i)), item, shapes, depth - 1)
    elif isinstance(value, dict):
        for shape in shapes:
            if shape.fits(value):
                yield shape, replace(place, value=value)
                return
        for key, item in value.items():
            yield from _things(replace(place, pointer=at(place.pointer, key)), item, shapes, depth - 1)


def _last(value: Any) -> str:
    """The pointer of the last value of a document: where it broke off."""
    pointer = ""
    while value and isinstance(value, dict | list):
        key = next(reversed(value)) if isinstance(value, dict) else len(value) - 1
        pointer, value = at(pointer, key), value[key]
    return pointer


Spelled = dict[int, dict[str, str]]
"""The keys of objects that were looked into, by the object's `id`: as they are written by what they are in lower case."""


def written(root: Any, pointer: str, spelled: Spelled) -> str:
    """The pointer with the keys as this document spells them: objects are read without regard to case, JSON Pointers are not."""
    found, value = "", root
    for part in pointer.split("/")[1:]:
        plain = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            if id(value) not in spelled:
                spelled[id(value)] = {str(key).lower(): str(key) for key in value}  # of two spellings `folded` keeps the last
            key = spelled[id(value)].get(plain.lower(), plain)
            found, value = at(found, key), value.get(key)
        else:
            found = at(found, plain)
            value = value[int(plain)] if isinstance(value, list) and plain.isdecimal() and int(plain) < len(value) else None
    return found
