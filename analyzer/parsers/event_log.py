"""Windows event logs as the other rooms see them: which records the patterns ask for, and what one log holds (room `evtx`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from analyzer.parsers import evtx
from analyzer.parsers.pattern import Condition, Pattern

if TYPE_CHECKING:
    from analyzer.parsers.evtx import EvtxScan, Wanted

KIND = "evtx"


def wanted(patterns: Iterable[Pattern], spans: Iterable[tuple[datetime, datetime]] = ()) -> Wanted:
    """The providers and ids that the patterns name in `component` and `code`; `spans` (naive UTC) ask for warnings and errors."""
    providers: dict[str, frozenset[int] | None] = {}
    for pattern in patterns:
        ids = {int(value) for value in _values(pattern, "code") if value.isdigit()}
        for provider in _values(pattern, "component"):
            known = providers.get(provider.casefold(), frozenset())
            providers[provider.casefold()] = None if known is None or not ids else known | ids
    return evtx.Wanted(providers, tuple(spans))


def _values(pattern: Pattern, name: str) -> list[str]:
    return [str(value) for condition in pattern.where if _asks(condition, name) for value in condition.values]


def _asks(condition: Condition, name: str) -> bool:
    return condition.name == name and condition.modifier in ("is", "exactly")


def read(blocks: Iterable[bytes], artifact: str, patterns: Iterable[Pattern]) -> EvtxScan:
    """What one log holds of what the patterns ask for."""
    return evtx.read_evtx(blocks, artifact, wanted(patterns))


def coverage_kind(channel: str) -> str:
    """The name under which the coverage of one channel is kept: `evtx:System`."""
    return f"{KIND}:{channel}"
