"""Limits, versions and lists that documents state, with their dates: analyzer/catalogue/facts.yaml. Read when one is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.model import Value

PREFIX = "fact:"


@dataclass(frozen=True)
class Other:
    """What another document states instead; `value` is None where it states no limit."""

    value: Any
    title: str
    date: str
    about: Mapping[str, str]


@dataclass(frozen=True)
class Fact:
    """A fact and the edition it is taken from. `since`: an incident before it is not judged by the fact."""

    id: str
    titles: Mapping[str, str]
    value: Any
    page: str
    url: str
    date: str
    since: datetime | None
    disputed: bool
    others: tuple[Other, ...]

    @property
    def values(self) -> tuple[Value, ...]:
        """The value, or the values of a list."""
        return tuple(self.value) if isinstance(self.value, list) else (self.value,)

    def holds_at(self, moment: datetime | None) -> bool:
        return self.since is None or moment is None or moment >= self.since


@cache
def facts() -> Mapping[str, Fact]:
    """All facts by id."""
    raw = resources.read_yaml(resources.catalogue("facts.yaml"))
    pages = raw.pop("_pages")
    found = {}
    for name, entry in raw.items():
        page = pages[entry["page"]]
        since = entry.get("since")
        found[name] = Fact(
            name, entry["title"], entry["value"], page["title"], page["url"], str(entry["date"]),
            datetime.fromisoformat(since).replace(tzinfo=UTC) if since else None, bool(entry.get("disputed")),
            tuple(Other(one["value"], pages[one["page"]]["title"], str(one["date"]), one["about"]) for one in entry.get("others", ())),
        )  # fmt: skip
    return found


def fact(name: str) -> Fact:
    """The fact with this id, with or without the prefix `fact:`. Raises `KeyError`."""
    return facts()[name.removeprefix(PREFIX)]
