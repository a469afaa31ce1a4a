"""What an EVTX file is made of: one file header, then chunks of 64 KiB, each with its own strings, templates and records.

Facts from libyal/libevtx documentation/Windows XML Event Log (EVTX).asciidoc and williballenthin/python-evtx Evtx/Evtx.py. All
numbers are little endian; offsets are relative to the chunk.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

FILE_MAGIC = b"ElfFile\0"
CHUNK_MAGIC = b"ElfChnk\0"
RECORD_MAGIC = b"**\0\0"

FILE_HEADER = 4096  # bytes before the first chunk
CHUNK = 65536
RECORDS = 512  # where the first record of a chunk begins
SMALLEST_RECORD = 28  # header of 24 bytes and the size again

_DIRTY = 1
_NO_CHECKSUM = 4  # in the flags of file and chunk; seen in omerbenamram/evtx samples/Application_no_crc32.evtx
_CHUNK_HEADER = struct.Struct("<QQQQIIII")
_UINT32 = struct.Struct("<I")
_UINT64 = struct.Struct("<Q")
_RECORD_HEADER = struct.Struct("<4sIQQ")


def is_evtx(head: bytes) -> bool:
    """Whether a file that begins with `head` is an event log: by its own magic, or that of its first chunk if the header is lost.

    `head` should hold 4104 bytes or more.
    """
    return head.startswith((FILE_MAGIC, CHUNK_MAGIC)) or head[FILE_HEADER : FILE_HEADER + 8] == CHUNK_MAGIC


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What the file header claims. A log that was open when it was copied is `dirty`, and its `chunks` is stale."""

    chunks: int
    dirty: bool
    sound: bool


def file_header(data: bytes) -> FileHeader:
    """The header at the start of `data` (128 bytes or more)."""
    (chunks,) = struct.unpack_from("<H", data, 42)
    flags, checksum = struct.unpack_from("<II", data, 120)
    return FileHeader(chunks, bool(flags & _DIRTY), bool(flags & _NO_CHECKSUM) or zlib.crc32(data[:120]) == checksum)


@dataclass(frozen=True, slots=True)
class ChunkHeader:
    """What a chunk's header claims, and whether its two checksums hold. `end` is where its last record ends (free space offset)."""

    first_number: int
    last_number: int
    first_id: int
    last_id: int
    end: int
    header_sound: bool
    data_sound: bool

    @property
    def sound(self) -> bool:
        return self.header_sound and self.data_sound

    @property
    def records(self) -> int:
        """How many records the header claims."""
        return self.last_number - self.first_number + 1 if self.last_number != 0xFFFFFFFFFFFFFFFF else 0


def chunk_header(data: bytes) -> ChunkHeader:
    """The header of the chunk `data`. A chunk that was written without checksums counts as sound."""
    first_number, last_number, first_id, last_id, _, _, end, data_sum = _CHUNK_HEADER.unpack_from(data, 8)
    flags, header_sum = struct.unpack_from("<II", data, 120)
    if flags & _NO_CHECKSUM and not data_sum and not header_sum:
        return ChunkHeader(first_number, last_number, first_id, last_id, end, True, True)
    header_sound = zlib.crc32(data[128:RECORDS], zlib.crc32(data[:120])) == header_sum
    data_sound = RECORDS <= end <= CHUNK and zlib.crc32(memoryview(data)[RECORDS:end]) == data_sum
    return ChunkHeader(first_number, last_number, first_id, last_id, end, header_sound, data_sound)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in its chunk: offset, bytes, and the id in its header."""

    offset: int
    size: int
    record: int

    @property
    def end(self) -> int:
        return self.offset + self.size


def record_at(data: bytes | bytearray, offset: int) -> Place | None:
    """The record at `offset`, if a whole one is there: its magic, a possible size, and the same size in its last four bytes."""
    if offset + SMALLEST_RECORD > len(data):
        return None
    magic, size, record, _ = _RECORD_HEADER.unpack_from(data, offset)
    if magic != RECORD_MAGIC or not SMALLEST_RECORD <= size <= len(data) - offset:
        return None
    return Place(offset, size, record) if uint32(data, offset + size - 4) == size else None


def next_record(data: bytes | bytearray, start: int, end: int) -> Place | None:
    """The first whole record at or behind `start` that begins before `end`, at any offset."""
    at = data.find(RECORD_MAGIC, start, end)
    while at >= 0:
        if place := record_at(data, at):
            return place
        at = data.find(RECORD_MAGIC, at + 1, end)
    return None


def written(data: bytes | bytearray, place: Place) -> int:
    """The FILETIME in a record's header."""
    return uint64(data, place.offset + 16)


def uint32(data: bytes | bytearray, offset: int) -> int:
    value: int = _UINT32.unpack_from(data, offset)[0]
    return value


def uint64(data: bytes | bytearray, offset: int) -> int:
    value: int = _UINT64.unpack_from(data, offset)[0]
    return value
