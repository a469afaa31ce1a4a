"""Records that say the same again: a log may hold a million of one error, and no pattern says anything else of the last than of the first.

What patterns say of a record is remembered by everything in it but its stamp, so a repeated one is neither parsed nor searched. Once a text
has come back often its occurrences in a region are found all at once, and the rest of the region is searched without them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from analyzer.parsers.logs import LogFormat
from analyzer.parsers.outputs import holder
from analyzer.parsers.pattern import Hit
from analyzer.parsers.records import Region

_LONGEST = 2 << 10  # bytes of a record that is remembered
_REMEMBERED = 2_000  # texts per log
_OFTEN = 200  # times that a text comes back before all of its occurrences are looked for at once
_FLOODS = 8  # texts for which that is done
_NEWLINE = ord("\n")


@dataclass
class Known:
    """What patterns say of a record's text: hits in the first record that held it. `size` is that of its stamp, in bytes."""

    text: bytes
    size: int
    hits: list[Hit]
    count: int = 0
    follow: re.Pattern[bytes] | None = None  # the text where it ends a record


class Repeat(NamedTuple):
    """A record at `start` to `end` of a region's data that says what is known."""

    start: int
    end: int
    known: Known


def text_of(raw: bytes, form: LogFormat) -> bytes:
    """A record without its stamp; b"" if it has none, or is too long to be remembered."""
    if len(raw) > _LONGEST or raw[-1:] != b"\n":
        return b""
    match = form.start.match(raw)
    return raw[match.end(match.lastgroup) :] if match is not None and match.lastgroup else b""


@dataclass
class Repeats:
    """The texts of one log that were met."""

    form: LogFormat
    _known: dict[bytes, Known] = field(default_factory=dict)
    _floods: list[Known] = field(default_factory=list)

    def look_up(self, raw: bytes) -> Known | None:
        """What is known of a record; None if it has to be read."""
        text = text_of(raw, self.form)
        known = self._known.get(text) if text else None
        if known is None or len(raw) - len(text) != known.size:
            return None
        known.count += 1
        if known.count == _OFTEN and len(self._floods) < _FLOODS:
            known.follow = re.compile(re.escape(text) + b"(?=" + re.sub(rb"\?P<\w+>", b"?:", self.form.start.pattern) + rb"|\Z)")
            self._floods.append(known)
        return known

    def learn(self, raw: bytes, hits: list[Hit]) -> None:
        text = text_of(raw, self.form)
        if text and len(self._known) < _REMEMBERED:
            self._known.setdefault(text, Known(text, len(raw) - len(text), hits))

    def floods(self, region: Region) -> list[Repeat]:
        """The records of a region whose text came back often, in order."""
        found: list[Repeat] = []
        for known in self._floods:
            found += self._occurrences(region, known)
        return sorted(found, key=attrgetter("start")) if len(self._floods) > 1 else found

    def _occurrences(self, region: Region, known: Known) -> Iterator[Repeat]:
        assert known.follow is not None  # look_up made it
        size, behind = known.size, -1  # behind the last one a record is known to begin
        for match in known.follow.finditer(region.data, 0, region.end):
            begin, end = match.start() - size, match.end()
            if begin != behind and not self._begins(region, begin, match.start()):
                continue
            behind = end
            if not region.outputs or holder(region.outputs, begin) is None:
                yield Repeat(begin, end, known)

    def _begins(self, region: Region, at: int, text: int) -> bool:
        """Whether a record begins at `at` whose stamp ends where the text begins."""
        if at < 0 or (region.header if at == 0 else region.data[at - 1] != _NEWLINE):
            return False
        match = self.form.start.match(region.data, at, region.end)
        return match is not None and match.lastgroup is not None and match.end(match.lastgroup) == text


class Rest:
    """The first `end` bytes of a region's data without some records, so that they can be searched in one go."""

    def __init__(self, data: bytes, end: int, without: Sequence[Repeat]) -> None:
        parts, self._rest, self._whole = [], [0], [0]  # where stretches begin, in the rest and in the whole
        at = size = 0
        for repeat in without:
            if repeat.start > at:
                parts.append(data[at : repeat.start])
                size += repeat.start - at
                self._rest.append(size)
                self._whole.append(repeat.end)
            else:
                self._whole[-1] = repeat.end
            at = repeat.end
        self.data = b"".join([*parts, data[at:end]]) if without else data
        self.end = size + end - at

    def whole(self, at: int) -> int:
        """Where byte `at` of the rest stands in the whole."""
        stretch = bisect_right(self._rest, at) - 1
        return self._whole[stretch] + at - self._rest[stretch]

    def rest(self, at: int) -> int:
        """The first byte of the rest that stands at byte `at` of the whole or behind it."""
        stretch = bisect_right(self._whole, at) - 1
        if stretch < 0:
            return 0
        found = self._rest[stretch] + at - self._whole[stretch]
        return min(found, self._rest[stretch + 1]) if stretch + 1 < len(self._rest) else found
