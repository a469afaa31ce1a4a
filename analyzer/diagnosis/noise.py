"""Lines that look like faults and stand in the logs of healthy machines, as data: catalogue/noise.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.parsers.pattern import Pattern
from analyzer.resources import read_yaml
from analyzer.signatures.loader import Catalogue, pattern_of


@dataclass(frozen=True, slots=True)
class Noise:
    """A known harmless line: its pattern and what it means, by language."""

    id: str
    pattern: Pattern
    says: Mapping[str, str]
    source: str


@cache
def known_noise() -> tuple[Noise, ...]:
    """All of noise.yaml. Raises ValueError if an entry is wrong: it ships with the program."""
    catalogue = Catalogue()
    found = []
    entries: list[dict[str, Any]] = read_yaml(resources.catalogue("noise.yaml")) or []
    for entry in entries:
        spec = {key: entry[key] for key in ("kind", "anchor", "match", "where") if key in entry}
        pattern = pattern_of(catalogue, "noise.yaml", entry["id"], f"noise:{entry['id']}", spec)
        if pattern is None:
            raise ValueError("; ".join(str(mistake) for mistake in catalogue.mistakes))
        found.append(Noise(entry["id"], pattern, entry["says"], str(entry.get("source", ""))))
    return tuple(found)


def noise_patterns() -> list[Pattern]:
    return [noise.pattern for noise in known_noise()]
