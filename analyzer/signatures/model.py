"""What a signature is: a condition over named events that speaks for or against one cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from analyzer.parsers.pattern import Pattern
from analyzer.signatures.conditions import Node


class Role(StrEnum):
    FOR = "for"
    AGAINST = "against"


class Strength(StrEnum):
    """`advice` is worth telling and says nothing of any cause: a version below the minimum, an open limit."""

    DECISIVE = "decisive"
    STRONG = "strong"
    HINT = "hint"
    ADVICE = "advice"


class Scope(StrEnum):
    """Which events count for an incident.

    `window`: those in the incident's window (and `before` it); `run`: those of the incident's own extension runs, or the window
    if no run is known; `state`: values that hold, whenever they were collected; `before`: any time up to the window's end.
    """

    WINDOW = "window"
    RUN = "run"
    STATE = "state"
    BEFORE = "before"


@dataclass(frozen=True)
class Signature:
    """`id` is unique over the catalogue. `needs` are the artifact kinds without which it cannot be assessed; `cleared_by` maps a
    kind to the event of it that takes the finding back; `before` is how many minutes before the window count; `holds` says that
    what it proves lasts until something clears it; `absolute`: the state makes a backup impossible, so a success rules it out;
    `named`: the platform's own message, which the condition asks for, names the state that it also asks for, so that the state held then;
    `builds_up`: backups go well for a while in such a state, so one that did clears it of nothing;
    `failure`: it counts only beside a failed backup, because a machine at peace writes the same.
    """

    id: str
    cause: str
    role: Role
    strength: Strength
    scope: Scope
    patterns: Mapping[str, Pattern]
    when: Node
    condition: str
    says: Mapping[str, str]
    needs: tuple[str, ...] = ()
    cleared_by: Mapping[str, str] = field(default_factory=dict)
    before: int = 0
    holds: bool = False
    absolute: bool = False
    failure: bool = False
    named: bool = False
    builds_up: bool = False
    doc: str = ""
    source: str = ""
    file: str = ""
    matches: tuple[Any, ...] = ()
    near_misses: tuple[Any, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """All artifact kinds that its condition looks at."""
        return frozenset().union(*(self.patterns[name].kinds for name in self.when.all_names()))

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts (facts.yaml) that its tests are made with."""
        return tuple(sorted({name for pattern in self.patterns.values() for name in pattern.facts}))

    def proof(self) -> set[str]:
        """Names of the events that are its proof when seen (those under `not` are not)."""
        return _positive(self.when)


def _positive(node: Node) -> set[str]:
    match node.op:
        case "not":
            return set()
        case "without" | "uncleared":
            return {node.names[0]}
        case "and" | "or":
            return set().union(*(_positive(part) for part in node.parts))
    return set(node.names)
