"""From a stream of bytes to chunks: finds them where they are, not where an undamaged file would have them.

At most a few blocks of the file are held. What lies between chunks is told as `Junk`, so that nothing is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.parsers.evtx.structure import (
    CHUNK,
    CHUNK_MAGIC,
    FILE_HEADER,
    FILE_MAGIC,
    RECORDS,
    FileHeader,
    chunk_header,
    file_header,
    next_record,
    record_at,
    uint32,
)

_INLINE = 38  # from a record's start to the template definition behind its instance, if it is the first that uses the template


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of the file; `header` is None if it is lost."""

    header: FileHeader | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A chunk as it stands in the file, zero-padded to 64 KiB. `present`: bytes of it that the file has. `magic`: it has its own."""

    offset: int
    data: bytes
    present: int
    magic: bool


@dataclass(frozen=True, slots=True)
class Junk:
    """Bytes that belong to no chunk; `empty` if they are all zero, as space that Windows allocates in advance."""

    offset: int
    size: int
    empty: bool


class _Window:
    """The bytes of a stream from a position on."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._held = b""
        self._at = 0
        self.offset = 0

    def see(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end of the stream."""
        if len(self._held) - self._at < size:
            parts = [self._held[self._at :]]
            have = len(parts[0])
            while have < size and (block := next(self._blocks, None)) is not None:
                parts.append(block)
                have += len(block)
            self._held, self._at = b"".join(parts), 0
        return self._held[self._at : self._at + size]

    def skip(self, size: int) -> None:
        """Move on by `size` bytes that were seen."""
        self._at += size
        self.offset += size


def frame(blocks: Iterable[bytes]) -> Iterator[Start | Slot | Junk]:
    """The file in its order: a `Start`, then chunks and what lies between them."""
    window = _Window(blocks)
    yield Start(_header(window))
    while data := window.see(CHUNK):
        if data.startswith(CHUNK_MAGIC):
            slot = _chunk(window, data)
            window.skip(slot.present)
            yield slot
        else:
            yield from _search(window)


def _header(window: _Window) -> FileHeader | None:
    """Reads the file header, or leaves the stream where the first chunk may be."""
    head = window.see(FILE_HEADER + 8)
    if head.startswith(CHUNK_MAGIC):
        return None
    whole = len(head) >= 128 and head.startswith(FILE_MAGIC)
    if whole or head[FILE_HEADER:] == CHUNK_MAGIC:
        window.skip(min(FILE_HEADER, len(head)))
    return file_header(head) if whole else None


def _chunk(window: _Window, data: bytes) -> Slot:
    """The chunk at the window. If its checksums fail and another sound chunk begins inside it, its end is missing."""
    present = len(data)
    whole = data if present == CHUNK else data + bytes(CHUNK - present)
    header = chunk_header(whole)
    if not header.sound:
        ahead = window.see(2 * CHUNK)
        inner = _sound_chunk(ahead, RECORDS, present)
        if inner is not None:
            present = inner
            whole = data[:present] + bytes(CHUNK - present)
    return Slot(window.offset, whole, present, data.startswith(CHUNK_MAGIC))


def _sound_chunk(data: bytes, start: int, end: int) -> int | None:
    """Where a chunk with a sound header begins in `data`, from `start` up to `end`."""
    at = data.find(CHUNK_MAGIC, start, end + len(CHUNK_MAGIC))
    while at >= 0:
        if len(data) - at >= RECORDS and chunk_header(data[at : at + CHUNK].ljust(CHUNK, b"\0")).header_sound:
            return at
        at = data.find(CHUNK_MAGIC, at + 1, end + len(CHUNK_MAGIC))
    return None


def _search(window: _Window) -> Iterator[Slot | Junk]:
    """No chunk begins here: a chunk that lost its magic, told by its records, or junk up to the next chunk."""
    data = window.see(2 * CHUNK)
    found = data.find(CHUNK_MAGIC, 1, CHUNK + len(CHUNK_MAGIC))
    limit = min(found if found >= 0 else CHUNK, len(data))
    start = _nameless(data, limit)
    if start is None:
        yield Junk(window.offset, limit, not any(data[:limit]))
        window.skip(limit)
        return
    if start:
        yield Junk(window.offset, start, not any(data[:start]))
        window.skip(start)
        data = window.see(2 * CHUNK)
    slot = _chunk(window, data[:CHUNK] if found < 0 or found - start >= CHUNK else data[: found - start])
    window.skip(slot.present)
    yield slot


def _nameless(data: bytes, limit: int) -> int | None:
    """Where a chunk without magic begins in `data`, judged by the records before `limit`; None if there are none.

    A record that defines its template says where in its chunk it stands, so the chunk is found even if bytes were inserted.
    """
    first = place = next_record(data, 0, limit)
    while place is not None and place.offset < limit:
        at = place.offset
        if data[at + 24 : at + 30] == b"\x0f\x01\x01\x00\x0c\x01" and data[at + 30 : at + 34] == data[at + 42 : at + 46]:
            start = at + _INLINE - uint32(data, at + 34)
            if 0 <= start <= at - RECORDS:
                return start
        place = record_at(data, place.end) or next_record(data, place.end, limit)
    return 0 if first is not None and first.offset >= RECORDS and first.offset % 8 == 0 else None
