"""The hits of one log that are kept: the first and the last of each pattern, and how many stood between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from analyzer.model import Event
from analyzer.parsers.pattern import Hit

MOST = 10_000  # hits kept per pattern and artifact: the first half and the last half; the rest is counted
FEWEST = 20  # hits kept of a pattern whose log holds more than there is room for
_OBJECTS = 1 << 10  # bytes that a hit takes beside its text


class LateEvent:
    """A record that is read only if one of its hits is still kept at the end of the log."""

    __slots__ = ("_event", "_read", "line", "raw")

    def __init__(self, read: Callable[[bytes, int], Event], raw: bytes, line: int) -> None:
        self.raw, self.line = raw, line
        self._read = read
        self._event: Event | None = None

    def read(self) -> Event:
        if self._event is None:
            self._event = self._read(self.raw, self.line)
        return self._event


class LateHit:
    """A hit whose event is read late. `like` is a hit in the same text at another time."""

    __slots__ = ("late", "like", "pattern")

    def __init__(self, late: LateEvent, like: Hit) -> None:
        self.late, self.like, self.pattern = late, like, like.pattern

    def hit(self) -> Hit:
        like, event = self.like, self.late.read()
        line = None if like.line is None or like.event.line is None else self.late.line + like.line - like.event.line
        return Hit(like.pattern, event, line, like.groups, like.at, like.end)


class _Ends:
    """The first and the last hits of one pattern."""

    __slots__ = ("first", "last")

    def __init__(self) -> None:
        self.first: list[Hit | LateHit] = []
        self.last: deque[Hit | LateHit] = deque()


class Kept:
    """At most `MOST` hits of each pattern; once all of them take more than `room` bytes, half as many, down to `FEWEST`.

    `held` are the bytes that they take, about; `omitted` says how many of a pattern were counted but are not there.
    """

    def __init__(self, room: int) -> None:
        self.held = 0
        self.omitted: dict[str, int] = {}
        self._hits: dict[str, _Ends] = {}
        self._room, self._half = room, MOST // 2

    def add(self, hit: Hit | LateHit) -> None:
        ends = self._hits.get(hit.pattern)
        if ends is None:
            ends = self._hits[hit.pattern] = _Ends()
        self.held += _size(hit)
        if len(ends.first) < self._half:
            ends.first.append(hit)
        else:
            ends.last.append(hit)
            if len(ends.last) > self._half:
                self._drop(ends.last.popleft())
        if self.held > self._room:
            self.fit(self._room)

    def surplus(self, pattern: str, count: int) -> int:
        """How many of the next `count` hits of a pattern would not stay, because those behind them take their place."""
        ends = self._hits.get(pattern)
        return max(0, count - self._half) if ends is not None and len(ends.first) >= self._half else 0

    def omit(self, pattern: str, count: int) -> None:
        """Counts hits that are not added."""
        if count:
            self.omitted[pattern] = self.omitted.get(pattern, 0) + count

    def fit(self, room: int) -> None:
        """Make do with `room` bytes."""
        self._room = room
        while self.held > room and self._half > FEWEST // 2:
            self._half = max(self._half // 2, FEWEST // 2)
            for ends in self._hits.values():
                while len(ends.first) > self._half:
                    ends.last.appendleft(ends.first.pop())
                while len(ends.last) > self._half:
                    self._drop(ends.last.popleft())

    def all(self) -> list[Hit]:
        found = (hit for ends in self._hits.values() for hit in (*ends.first, *ends.last))
        return [hit.hit() if isinstance(hit, LateHit) else hit for hit in found]

    def _drop(self, hit: Hit | LateHit) -> None:
        self.held -= _size(hit)
        self.omitted[hit.pattern] = self.omitted.get(hit.pattern, 0) + 1


def fit(hits: Iterable[Hit], room: int) -> Kept:
    """Hits that were kept already, with less room."""
    kept = Kept(room)
    for hit in hits:
        kept.add(hit)
    return kept


def _size(hit: Hit | LateHit) -> int:
    """What a hit takes in memory, about. Hits of one record share its text; they count as if each had its own."""
    if isinstance(hit, LateHit):
        return _OBJECTS + 2 * len(hit.late.raw)
    return _OBJECTS + len(hit.event.raw) + len(hit.event.text)
