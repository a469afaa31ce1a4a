"""In which lane of the timeline an event stands: platform, agent, extension, other-extensions, os or network (catalogue/lanes.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from analyzer import resources
from analyzer.diagnosis.knowledge import knowledge
from analyzer.model import Event
from analyzer.resources import read_yaml


def lane_of(event: Event) -> str:
    """The lane of an event. A line of the agent about a handler is the handler's; what is the backup extension's, its name tells."""
    lane, known = lane_of_kind(event.kind), _lanes()
    if event.kind in known.shared and (event.component or lane == "extension"):
        return "extension" if known.is_backup(f"{event.component} {event.artifact}") else "other-extensions"
    if lane == "agent" and event.fields.get("handler"):
        return "extension" if known.is_backup(event.component) else "other-extensions"
    return _by_component(event.component) if lane == "os" else lane


def lane_of_kind(kind: str) -> str:
    """The lane of what an artifact of the kind says."""
    known = knowledge().kinds.get(kind)
    return known.lane if known is not None else _lanes().kinds.get(kind, "os")


@dataclass(frozen=True)
class _Lanes:
    """lanes.yaml: lanes of kinds, the kinds that every extension has with the names of the backup extension, names by beginning."""

    kinds: dict[str, str]
    shared: frozenset[str]
    backup: tuple[str, ...]
    components: tuple[tuple[str, tuple[str, ...]], ...]

    def is_backup(self, names: str) -> bool:
        return any(name in names for name in self.backup)


@cache
def _lanes() -> _Lanes:
    raw = read_yaml(resources.catalogue("lanes.yaml"))
    return _Lanes(
        {kind: lane for lane, kinds in raw["kinds"].items() for kind in kinds},
        frozenset(raw["shared"]["kinds"]),
        tuple(raw["shared"]["backup"]),
        tuple((lane, tuple(name.lower() for name in names)) for lane, names in raw["components"].items()),
    )


@cache
def _by_component(component: str) -> str:
    name = component.lower()
    return next((lane for lane, beginnings in _lanes().components if name.startswith(beginnings)), "os")
