"""Damage as it is met: what disks, copies and crashes do to a log. Each function takes a whole file and gives it damaged.

Chunks are counted from 0. The rows are those of the recovery table that tests/parsers/evtx/test_recovery.py rebuilds.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections import Counter

FILE_HEADER = 4096
CHUNK = 65536
RECORDS = 512


def start_of(chunk: int) -> int:
    """Where a chunk begins in the file."""
    return FILE_HEADER + CHUNK * chunk


def places(data: bytes, chunk: int) -> list[tuple[int, int]]:
    """(offset in the file, size) of each record of a chunk."""
    at, found = start_of(chunk) + RECORDS, []
    while data[at : at + 4] == b"**\0\0":
        (size,) = struct.unpack_from("<I", data, at + 4)
        found.append((at, size))
        at += size
    return found


def _with(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def cut(data: bytes, size: int) -> bytes:
    return data[:size]


def chunk_zeroed(data: bytes, chunk: int) -> bytes:
    return _with(data, start_of(chunk), bytes(CHUNK))


def file_magic(data: bytes) -> bytes:
    return _with(data, 0, bytes(8))


def file_header_zeroed(data: bytes) -> bytes:
    return _with(data, 0, bytes(FILE_HEADER))


def bare_chunks(data: bytes) -> bytes:
    return data[FILE_HEADER:]


def stale_header(data: bytes) -> bytes:
    """Dirty, and it knows of one chunk only: a log that was open when it was copied."""
    head = bytearray(data[:128])
    struct.pack_into("<QQ", head, 8, 0, 0)
    struct.pack_into("<H", head, 42, 1)
    struct.pack_into("<I", head, 120, 1)
    struct.pack_into("<I", head, 124, zlib.crc32(head[:120]))
    return _with(data, 0, bytes(head))


def chunk_magic(data: bytes, chunk: int) -> bytes:
    return _with(data, start_of(chunk), bytes([data[start_of(chunk)] ^ 4]))


def chunk_offsets(data: bytes, chunk: int) -> bytes:
    """Absurd offsets of the last record and of the free space."""
    return _with(data, start_of(chunk) + 44, b"\xff\xff\xff\x7f" * 2)


def string_table(data: bytes, chunk: int) -> bytes:
    return _with(data, start_of(chunk) + 128, random.Random(1).randbytes(256))


def record_magic(data: bytes, chunk: int, index: int) -> bytes:
    at, _ = places(data, chunk)[index]
    return _with(data, at, b"\xd5")


def record_size(data: bytes, chunk: int, index: int) -> bytes:
    at, _ = places(data, chunk)[index]
    return _with(data, at + 4, b"\xff\xff\xff\x7f")


def record_id(data: bytes, chunk: int, index: int) -> bytes:
    at, _ = places(data, chunk)[index]
    return _with(data, at + 8, struct.pack("<Q", 1 << 40))


def record_zeroed(data: bytes, chunk: int, index: int) -> bytes:
    at, size = places(data, chunk)[index]
    return _with(data, at, bytes(size))


def inverted(data: bytes, at: int, size: int) -> bytes:
    return _with(data, at, bytes(byte ^ 0xFF for byte in data[at : at + size]))


def rare_template(data: bytes, chunk: int) -> tuple[int, int]:
    """Where in the file the body of a chunk's least used template begins, and how many records use it."""
    used = Counter(struct.unpack_from("<I", data, at + 34)[0] for at, _ in places(data, chunk))
    offset, users = min(used.items(), key=lambda item: item[1])
    return start_of(chunk) + offset + 24, users


def garbage(data: bytes, chunk: int, size: int) -> bytes:
    """`size` foreign bytes before a chunk."""
    at = start_of(chunk)
    return data[:at] + random.Random(2).randbytes(size) + data[at:]


def bit_flips(data: bytes, count: int, seed: int) -> bytes:
    """`count` random bits flipped behind the file header."""
    chance, damaged = random.Random(seed), bytearray(data)
    for _ in range(count):
        damaged[chance.randrange(FILE_HEADER, len(data))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def half_zeroed(data: bytes) -> bytes:
    """The second half of the chunks."""
    half = start_of((len(data) - FILE_HEADER) // CHUNK // 2)
    return data[:half] + bytes(len(data) - half)


def stale_chunk(data: bytes, chunk: int, keep: int) -> bytes:
    """A chunk whose header knows only its first `keep` records, with checksums to match: it was copied before it was brought up to date."""
    start, records = start_of(chunk), places(data, chunk)
    part = bytearray(data[start : start + CHUNK])
    (first,) = struct.unpack_from("<Q", part, 8)
    (first_id,) = struct.unpack_from("<Q", part, 24)
    last, size = records[keep - 1]
    end = last + size - start
    struct.pack_into("<QQQQIII", part, 8, first, first + keep - 1, first_id, first_id + keep - 1, 128, last - start, end)
    sign(part)
    return _with(data, start, bytes(part))


def sign(chunk: bytearray) -> None:
    """Sets both checksums of a chunk."""
    (end,) = struct.unpack_from("<I", chunk, 48)
    struct.pack_into("<I", chunk, 52, zlib.crc32(chunk[RECORDS:end]))
    struct.pack_into("<I", chunk, 124, zlib.crc32(chunk[128:RECORDS], zlib.crc32(chunk[:120])))
