"""A small log made large: its chunks over and over, with consecutive record ids and right checksums."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from tests.support.evtxwriter.damage import CHUNK, FILE_HEADER, RECORDS, sign


def grow(seed: bytes, chunks: int) -> Iterator[bytes]:
    """The file header, then `chunks` chunks. The record ids in the headers are consecutive; what the records say repeats."""
    parts = [seed[at : at + CHUNK] for at in range(FILE_HEADER, len(seed), CHUNK)]
    head = bytearray(seed[:FILE_HEADER])
    struct.pack_into("<QQ", head, 8, 0, chunks - 1)
    struct.pack_into("<H", head, 42, chunks & 0xFFFF)
    struct.pack_into("<I", head, 124, zlib.crc32(head[:120]))
    yield bytes(head)
    record = 1
    for index in range(chunks):
        part = bytearray(parts[index % len(parts)])
        first, last = struct.unpack_from("<QQ", part, 24)
        at = RECORDS
        for number in range(record, record + last - first + 1):
            struct.pack_into("<Q", part, at + 8, number)
            (size,) = struct.unpack_from("<I", part, at + 4)
            at += size
        ends = (record, record + last - first)
        struct.pack_into("<QQQQ", part, 8, *ends, *ends)
        record = ends[1] + 1
        sign(part)
        yield bytes(part)
