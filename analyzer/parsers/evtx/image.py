"""Repairs a chunk in memory, and wraps it as a file of one chunk for a parser.

Only chunks whose checksums fail, or of which the parser gave less than the header claims, are repaired; a sound chunk is passed on
as it is. Strings and templates never cross chunks, so a chunk can be parsed alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from analyzer.parsers.evtx.structure import (
    CHUNK,
    CHUNK_MAGIC,
    FILE_HEADER,
    FILE_MAGIC,
    RECORD_MAGIC,
    RECORDS,
    SMALLEST_RECORD,
    ChunkHeader,
    Place,
    next_record,
    record_at,
    uint32,
    uint64,
)

_TABLES = slice(128, RECORDS)  # 64 string and 32 template buckets: an index, which parsers can do without
_NO_ID = 0  # of a stretch that is no record; Windows counts from 1


@dataclass
class Repaired:
    """A chunk that a parser can walk from its first record to its last.

    `records` are those that are expected from it, in order. `rebuilt` ids had a damaged header of their own, `slack` ids lie behind
    the end that the chunk's header states. `holes` are (offset, bytes) where no record could be told.
    """

    data: bytearray
    records: list[Place] = field(default_factory=list)
    rebuilt: set[int] = field(default_factory=set)
    slack: set[int] = field(default_factory=set)
    holes: list[tuple[int, int]] = field(default_factory=list)


def _file_header() -> bytes:
    head = bytearray(FILE_HEADER)
    struct.pack_into("<8sQQQIHHHH", head, 0, FILE_MAGIC, 0, 0, 1, 128, 1, 3, FILE_HEADER, 1)
    struct.pack_into("<I", head, 124, zlib.crc32(head[:120]))
    return bytes(head)


_FILE_HEADER = _file_header()


def image(chunk: bytes | bytearray) -> bytes:
    """A file that holds this chunk alone."""
    return _FILE_HEADER + chunk


def walk(data: bytes, header: ChunkHeader) -> list[Place]:
    """The records of a chunk whose chain is whole, up to where its header says they end."""
    places: list[Place] = []
    at = RECORDS
    while at < header.end and (place := record_at(data, at)):
        places.append(place)
        at = place.end
    return places


def overrun(data: bytes, header: ChunkHeader) -> bool:
    """Whether records go on behind the end that the header states: it was not brought up to date before the file was copied."""
    place = record_at(data, header.end) if RECORDS <= header.end < CHUNK else None
    return place is not None and place.record == header.last_id + 1


def repair(data: bytes, header: ChunkHeader, present: int = CHUNK) -> Repaired:
    """The chunk with its magic, record chain, tables and header as they should be, as far as its bytes tell.

    `present`: how many bytes of it the file has.
    """
    result = Repaired(bytearray(data))
    end = _Chain(result, header if header.header_sound else None, present).build()
    chunk = result.data
    chunk[:8] = CHUNK_MAGIC
    if not header.header_sound:
        chunk[_TABLES] = bytes(RECORDS - 128)
    chunk[end:] = bytes(CHUNK - end)
    ids = [place.record for place in result.records] or [1]
    last = result.records[-1].offset if result.records else RECORDS
    struct.pack_into("<QQQQIII", chunk, 8, 1, max(1, len(result.records)), ids[0], max(ids), 128, last, end)
    return result


class _Chain:
    """Rebuilds the chain of records from the first to the last one that belongs to the chunk."""

    def __init__(self, result: Repaired, header: ChunkHeader | None, present: int) -> None:
        self.result = result
        self.data = result.data
        self.present = present
        self.stated = header.end if header is not None and RECORDS <= header.end <= CHUNK else None
        self.first = header.first_id if header is not None else self._first_id()

    def build(self) -> int:
        """Fills the result; where the chain ends."""
        at = RECORDS
        while at + SMALLEST_RECORD <= self.present:
            place = self._whole(at) or self._bent(at)
            if place is None:
                found = self._behind(at)
                if found is None:
                    break
                self._hole(at, found.offset)
                place = found
            self._take(place)
            at = place.end
        if self.stated is None or at >= self.stated:
            return at
        if self.present < self.stated:  # the file ends inside this record
            self.result.holes.append((at, self.present - at))
            return at
        self._hole(at, self.stated)
        return self.stated

    def _first_id(self) -> int | None:
        """The id of the first record, by the first two neighbours whose ids are consecutive."""
        places = list(self._adjacent())
        for index, (one, next_) in enumerate(pairwise(places)):
            if next_.record == one.record + 1:
                return one.record - index
        return places[0].record if places else None

    def _adjacent(self) -> Iterator[Place]:
        at = RECORDS
        while place := record_at(self.data, at):
            yield place
            at = place.end

    @property
    def _next_id(self) -> int | None:
        """The id that the next record should have."""
        return self.result.records[-1].record + 1 if self.result.records else self.first

    def _live(self, at: int) -> bool:
        """Whether the header says that `at` lies inside the records."""
        return self.stated is not None and at < self.stated

    def _whole(self, at: int) -> Place | None:
        """A whole record at `at` that is not left over from an earlier use of the space."""
        place = record_at(self.data, at)
        if place is None or self._live(at):
            return place
        return place if self._next_id is None or place.record == self._next_id or self._misnumbered(place) else None

    def _misnumbered(self, place: Place) -> bool:
        """Whether only the id of this record is wrong: the next record has the id after it."""
        follower = record_at(self.data, place.end)
        return follower is not None and self._next_id is not None and follower.record == self._next_id + 1

    def _bent(self, at: int) -> Place | None:
        """A record at `at` whose magic or one of whose sizes is damaged, if its id is the next one."""
        size = uint32(self.data, at + 4)
        if uint64(self.data, at + 8) != self._next_id or not SMALLEST_RECORD <= size <= self.present - at or size % 8:
            return None
        end = at + size
        repeated = uint32(self.data, end - 4) == size
        follows = end == self.stated or record_at(self.data, end) is not None
        magic = self.data[at : at + 4] == RECORD_MAGIC
        return self._mend(at, size) if repeated or (magic and follows) else None

    def _behind(self, at: int) -> Place | None:
        """The next whole record of this chunk behind damage: its id may be ahead by no more records than the damage can hold."""
        start = at + 1
        while found := next_record(self.data, start, self.present):
            ahead = found.record - self._next_id if self._next_id is not None else 0
            if ahead >= 0 and (self._live(found.offset) or ahead <= (found.offset - at) // SMALLEST_RECORD):
                return found
            start = found.offset + 1
        return None

    def _hole(self, at: int, end: int) -> None:
        """Bridges a damaged stretch, so that the chain goes on. It may be one record whose size alone is wrong."""
        size = end - at
        if size >= SMALLEST_RECORD and uint64(self.data, at + 8) == self._next_id:
            self.result.records.append(self._mend(at, size))
            return
        self.result.holes.append((at, size))
        if self.result.records:  # the record before it takes it in: nothing is read behind the end of its content
            before = self.result.records.pop()
            size += before.size
            at = before.offset
            self.result.records.append(Place(at, size, before.record))
        elif size >= SMALLEST_RECORD:
            struct.pack_into("<4sIQ", self.data, at, RECORD_MAGIC, size, _NO_ID)
        struct.pack_into("<I", self.data, at + 4, size)
        struct.pack_into("<I", self.data, at + size - 4, size)

    def _mend(self, at: int, size: int) -> Place:
        struct.pack_into("<4sI", self.data, at, RECORD_MAGIC, size)
        struct.pack_into("<I", self.data, at + size - 4, size)
        place = Place(at, size, uint64(self.data, at + 8))
        self.result.rebuilt.add(place.record)
        return place

    def _take(self, place: Place) -> None:
        if place.record != self._next_id and self._misnumbered(place) and self._next_id is not None:
            struct.pack_into("<Q", self.data, place.offset + 8, self._next_id)
            place = Place(place.offset, place.size, self._next_id)
            self.result.rebuilt.add(place.record)
        if self.stated is not None and place.offset >= self.stated:
            self.result.slack.add(place.record)
        self.result.records.append(place)
