"""docs/windows-events.md tells of every event that a signature asks for."""

from __future__ import annotations

import re
from pathlib import Path

from analyzer.parsers.pattern import Pattern
from analyzer.signatures.loader import load

PAGE = Path(__file__).resolve().parents[1] / "docs" / "windows-events.md"


def rows() -> list[tuple[set[str], set[str]]]:
    """Providers (in lower case) and ids of every row of the page's tables."""
    found = re.findall(r"^\| ([^|]+) \| ([\d, ]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [({name.strip().lower() for name in providers.split(",")}, {one.strip() for one in ids.split(",")}) for providers, ids in found]


def values(pattern: Pattern, name: str) -> set[str]:
    return {
        str(value).lower()
        for condition in pattern.where
        if condition.name == name and condition.modifier == "is"
        for value in condition.values
    }


def asked() -> list[Pattern]:
    """The patterns of the catalogue over event logs."""
    return [pattern for pattern in load().patterns() if "evtx" in pattern.kinds]


def test_every_pattern_over_event_logs_names_providers_and_ids() -> None:
    assert [pattern.name for pattern in asked() if not values(pattern, "component") or not values(pattern, "code")] == []


def test_every_event_that_a_signature_asks_for_is_in_the_table() -> None:
    table = rows()
    unknown = []
    for pattern in asked():
        providers, ids = values(pattern, "component"), values(pattern, "code")
        unknown += [
            f"{pattern.name}: {one}" for one in sorted(ids) if not any(providers & names and one in known for names, known in table)
        ]
        unknown += [f"{pattern.name}: {one}" for one in sorted(providers) if not any(one in names for names, _ in table)]
    assert unknown == []


def test_a_provider_and_id_stand_in_one_row_only() -> None:
    pairs = [(name, one) for names, ids in rows() for name in sorted(names) for one in sorted(ids)]
    assert [pair for pair in pairs if pairs.count(pair) > 1] == []
