"""What the collector of a bundle normally brings (catalogue/layouts.yaml), and what became of each kind in this bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.bundle.layouts import identify
from analyzer.model import Artifact, ArtifactStatus, Event
from analyzer.resources import read_yaml


class Presence(StrEnum):
    PRESENT = "present"
    CUT = "cut"  # some of it could be read
    UNPARSED = "unparsed"  # it is there, and nothing could be read from it
    REFUSED = "refused"  # the archive's entry was refused
    LEFT_BEHIND = "left_behind"  # the collector saw it and did not bring it
    MISSING = "missing"


def expected(layout: str, system: str) -> dict[str, str]:
    """The kinds that a bundle of this layout holds, `always` or `sometimes`; nothing for a layout that promises nothing.

    Where the system is not known, a layout that exists for one system only is taken at its word.
    """
    promised = _layouts().get(layout) or {}
    systems = [name for name in ("linux", "windows") if name in promised]
    chosen = system if system in systems else systems[0] if system == "unknown" and len(systems) == 1 else None
    lists: Mapping[str, Sequence[str]] = promised[chosen] if chosen else {}
    return {kind: how for how in ("always", "sometimes") for kind in lists.get(how, ())}


def promised(system: str) -> set[str]:
    """The kinds that any collector brings from a VM of this system: one list for bundles of every layout."""
    systems = (system,) if system in ("linux", "windows") else ("linux", "windows")
    return {kind for layout in _layouts() for name in systems for kind in expected(layout, name)}


def presence(
    kind: str, artifacts: Sequence[Artifact], refused: Sequence[tuple[str, str]], uncollected: Mapping[str, Sequence[Event]]
) -> Presence:
    """What became of a kind: the best of its artifacts counts, but one that is cut is said to be."""
    states = {artifact.status for artifact in artifacts}
    if ArtifactStatus.PARTLY in states:
        return Presence.CUT
    if ArtifactStatus.PARSED in states:
        return Presence.PRESENT
    if states:
        return Presence.UNPARSED
    if any(identify(path, "").kind == kind.partition(":")[0] for path, _ in refused):
        return Presence.REFUSED
    return Presence.LEFT_BEHIND if uncollected.get(kind) else Presence.MISSING


@cache
def _layouts() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(resources.catalogue("layouts.yaml"))
    return found
