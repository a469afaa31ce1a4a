"""Which records somebody wants, told from the beginning of their JSON text, before it is decoded.

A record's text begins with provider, id, version, level, task, opcode and keywords. These are the same for all events of a kind, so
the text up to `TimeCreated` is looked up among those met before; only a new one is read, by RE2. The cost per record is one search
and one look-up, however many records are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import re2

from analyzer.parsers.evtx.normalise import quoted

AUDIT = "microsoft-windows-security-auditing"
LOG_SERVICE = "Microsoft-Windows-Eventlog"
LOG_NOTES = frozenset({104, 105, 1102})  # of the log service: a log, or the security log, was cleared; a log was archived

OTHERS = "(others)"  # what is counted together, because there are too many names

_MOST_HEADS = 20_000
_MOST_COUNTS = 50_000
_HEAD: Any = re2.compile(
    r'"Provider":\{"#attributes":\{(?:"[^"]*":"[^"]*",)*?"Name":("(?:[^"\\]|\\.)*").*?\},'
    r'"EventID":(?:\{.*?"#text":)?"?(\d+)"?\}?,(?:.*?"Level":(?:\{.*?"#text":)?"?(\d+))?'
)


@dataclass(frozen=True)
class Wanted:
    """What to read. `providers`: a provider's event ids, or None for all of them; names in any case. `spans` (UTC, naive): every
    warning and error in them too. `everything`: all records. The security channel is read only if a provider of its is named, or
    everything is wanted.
    """

    providers: Mapping[str, frozenset[int] | None] = field(default_factory=dict)
    spans: tuple[tuple[datetime, datetime], ...] = ()
    everything: bool = False

    @cached_property
    def _folded(self) -> dict[str, frozenset[int] | None]:
        return {name.casefold(): ids for name, ids in self.providers.items()}

    @property
    def security(self) -> bool:
        """Whether the security channel is to be read."""
        return self.everything or AUDIT in self._folded

    def takes(self, provider: str, event_id: int) -> bool:
        """Whether all records of this provider and id are wanted."""
        if self.everything:
            return True
        ids = self._folded.get(provider.casefold(), frozenset())
        return ids is None or event_id in ids

    def takes_at(self, level: int, time: datetime) -> bool:
        """Whether a record of this level at this time (naive UTC) is wanted because of its time."""
        return 1 <= level <= 3 and any(start <= time <= end for start, end in self.spans)


@dataclass(slots=True)
class Head:
    """The beginning that records of one provider and id share.

    `asked`: they are wanted; `maybe`: they are at certain times; `note`: they tell what happened to a log; `look`: one of these.
    """

    provider: str
    event_id: int
    level: int
    asked: bool
    maybe: bool
    note: bool
    look: bool
    count: int = 0


class Heads:
    """The beginnings met so far, and how many records had each."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._known: dict[str, Head] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self.get = self._known.get

    def learn(self, text: str) -> Head | None:
        """The head that `text` is; None if it cannot be told without decoding the record."""
        found = _HEAD.search(text)
        if found is None:
            return None
        head = self.of(quoted(found[1]), int(found[2]), int(found[3] or 0))
        if len(self._known) >= _MOST_HEADS:
            self._flush()
        self._known[text] = head
        return head

    def of(self, provider: str, event_id: int, level: int) -> Head:
        """A head by its values; it is counted only if it was learnt."""
        note = provider.casefold() == LOG_SERVICE.casefold() and event_id in LOG_NOTES
        maybe = bool(self._wanted.spans) and 1 <= level <= 3
        asked = self._wanted.takes(provider, event_id)
        return Head(provider, event_id, level, asked, maybe, note, asked or maybe or note)

    def count(self, provider: str, event_id: int) -> None:
        """Count one record that has no head."""
        self._add((provider, event_id), 1)

    def counts(self) -> dict[tuple[str, int], int]:
        """Records per (provider, id)."""
        self._flush()
        return dict(sorted(self._counts.items()))

    def _flush(self) -> None:
        for head in self._known.values():
            self._add((head.provider, head.event_id), head.count)
        self._known.clear()

    def _add(self, key: tuple[str, int], count: int) -> None:
        if key not in self._counts and len(self._counts) >= _MOST_COUNTS:
            key = (OTHERS, 0)
        self._counts[key] = self._counts.get(key, 0) + count
