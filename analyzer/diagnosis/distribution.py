"""Which Linux distribution a VM runs, by the ids of os-release: what steps of a remedy are chosen by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.diagnosis.machine import Machine
from analyzer.model import Event
from analyzer.resources import read_yaml

OTHER = "other"  # the steps for systems that no step names
_IMAGE = ("os_name", "publisher", "offer", "sku", "image")  # of a VM's model and instance view


@dataclass(frozen=True, slots=True)
class System:
    """Operating system (linux, windows, unknown) and the names of its distribution, the nearest first; none if it is not known."""

    os: str = "unknown"
    names: tuple[str, ...] = ()


def system(vm: Machine, events: Iterable[Event]) -> System:
    """What the bundle tells of the VM's system: its os-release, else what the agent or a status called it, else its image."""
    if vm.os == "windows":
        return System(vm.os)
    released: tuple[str, ...] = ()
    images: list[str] = []
    for event in events:
        if event.kind == "os-release" and event.fields.get("id"):
            released = _names(str(event.fields["id"]), *str(event.fields.get("like") or "").split())
        else:
            images += [str(event.fields[name]) for name in _IMAGE if event.fields.get(name)]
    return System(vm.os, released or _spoken(vm.os_version or "") or _spoken(" ".join(images)))


@cache
def table() -> dict[str, Any]:
    """systems.yaml: titles of operating systems, and the distributions."""
    found: dict[str, Any] = read_yaml(resources.catalogue("systems.yaml"))
    return found


def title(name: str, lang: str) -> str:
    """How a reader calls an operating system or a distribution."""
    known = table()
    titles = known["os"].get(name) or known["distributions"][name]["title"]
    return str(titles[lang])


def _spoken(text: str) -> tuple[str, ...]:
    """The names of the distribution that a free text speaks of."""
    lowered = text.lower()
    for name, entry in table()["distributions"].items():
        if any(word in lowered for word in entry.get("words", ())):
            return _names(name)
    return ()


def _names(name: str, *like: str) -> tuple[str, ...]:
    """A distribution's id, those it says it is like, and those the table says it is like; `sles_sap` and `opensuse-leap` count too."""
    known = table()["distributions"]
    own = [name, name.replace("_", "-").split("-", 1)[0], *like]
    own += [other for one in own for other in known.get(one, {}).get("like", ())]
    return tuple(dict.fromkeys(own))
