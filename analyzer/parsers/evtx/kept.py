"""The wanted records of a log, held undecoded until it is read: a flood of them must not fill the memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.model import Event, Value
from analyzer.parsers.evtx.normalise import Record, event_of, read_json

_MOST = 10_000  # records kept per provider and id: the first half and the last half; the rest is counted
_ROOM = 48 << 20  # characters of JSON text kept per log; a single record may have 100,000


@dataclass(frozen=True, slots=True)
class Held:
    """One record: its id, its JSON text or what was read of it, the time in its header, and the marks that its event bears."""

    number: int
    source: str | Record
    written: str
    marks: Mapping[str, Value]

    @property
    def size(self) -> int:
        return len(self.source) if isinstance(self.source, str) else 1000


class _Kind:
    """The records of one provider and id."""

    def __init__(self) -> None:
        self.first: list[Held] = []
        self.last: deque[Held] = deque()
        self.omitted = 0


class Kept:
    """All wanted records of a log."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, int], _Kind] = {}
        self._room = _ROOM

    def add(self, provider: str, event_id: int, record: Held) -> None:
        """Keeps a record; if its kind has too many, one from the middle gives way, and if there is no room at all it is only counted."""
        kind = self._kinds.setdefault((provider, event_id), _Kind())
        self._room -= record.size
        if len(kind.first) < _MOST // 2 and self._room >= 0:
            kind.first.append(record)
            return
        kind.last.append(record)
        while kind.last and (len(kind.last) > _MOST // 2 or self._room < 0):
            self._room += kind.last.popleft().size
            kind.omitted += 1

    @property
    def omitted(self) -> dict[str, int]:
        """How many were wanted but not kept, by `provider id`."""
        return {f"{provider} {event_id}": kind.omitted for (provider, event_id), kind in sorted(self._kinds.items()) if kind.omitted}

    def events(self, artifact: str) -> tuple[list[Event], int]:
        """The records as events, by record id, and how many stood in the file twice."""
        found: list[Event] = []
        for kind in self._kinds.values():
            for held in (*kind.first, *kind.last):
                record = read_json(held.source) if isinstance(held.source, str) else held.source
                if record is not None:
                    found.append(event_of(record, artifact, held.number, held.written, held.marks))
        self._kinds.clear()
        found.sort(key=lambda event: event.record or 0)
        once = {(event.record, event.stamp, event.text): event for event in reversed(found)}
        return list(once.values())[::-1], len(found) - len(once)
