"""Which dated facts a hypothesis rests on: limits and versions change and documents disagree, so a verdict says what it applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.diagnosis.rules import Hypothesis
from analyzer.facts import Fact, fact
from analyzer.signatures.evaluate import Finding


def facts_of(hypothesis: Hypothesis) -> list[Fact]:
    """The facts that its findings were made with, for and against, each once and by id."""
    return [fact(name) for name in sorted({name for finding in hypothesis.findings for name in _used(finding)})]


def _used(finding: Finding) -> Iterator[str]:
    """Those of the tests that a row of its evidence passed, and the one that a derived event says it was made with."""
    for item in finding.evidence:
        yield from finding.signature.patterns[item.name].facts
        if item.hit.event.fields.get("fact"):
            yield str(item.hit.event.fields["fact"])


def row(applied: Fact, lang: str) -> dict[str, Any]:
    """A fact as diagnosis.json has it: the edition that was applied, and what the other documents state (null: they name no limit)."""
    return {
        "id": applied.id, "title": _in(applied.titles, lang), "value": applied.value, "source": applied.page, "date": applied.date,
        "url": applied.url, "disputed": applied.disputed,
        "others": [
            {"value": other.value, "source": other.title, "date": other.date, "about": _in(other.about, lang)} for other in applied.others
        ],
    }  # fmt: skip


def _in(texts: Mapping[str, str], lang: str) -> str:
    return str(texts.get(lang) or texts["en"])
