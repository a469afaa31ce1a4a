"""A whole log: chunks behind a file header, in the states that copies of live logs are found in."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from tests.support.evtxwriter.chunk import CHUNK, Chunk, ChunkFull
from tests.support.evtxwriter.event import Event, event_tree
from tests.support.evtxwriter.values import to_filetime


class EvtxWriter:
    """Add events, then `to_bytes()`. Events keep the order given.

    `dirty`: the header has the dirty flag and stale counts, as in a copy of a live log (the chunks are sound). `pad_chunks`: empty chunks
    at the end, as Windows allocates them in advance. `max_records_per_chunk` forces chunks. `minor`: format 3.1 (to 2012) or 3.2.
    `header_chunks`: the count that the header claims. `rollover`: so many of the newest chunks come first, as after a log wrapped.
    """

    def __init__(
        self,
        *,
        dirty=False,
        full=False,
        pad_chunks=0,
        first_record_id=1,
        minor=1,
        header_chunks: int | None = None,
        rollover: int = 0,
        max_records_per_chunk: int | None = None,
    ):
        self.dirty, self.full, self.pad = dirty, full, pad_chunks
        self.next_id = first_record_id
        self.maxrec = max_records_per_chunk
        self.minor, self.header_chunks, self.rollover = minor, header_chunks, rollover
        self.chunks: list[Chunk] = []

    def add(self, ev: Event) -> int:
        rid = self.next_id if ev.record_id is None else ev.record_id
        tree, values = event_tree(ev, rid)
        when = to_filetime(ev.time if ev.written_time is None else ev.written_time)
        if not self.chunks or (self.maxrec and self.chunks[-1].count >= self.maxrec):
            self.chunks.append(Chunk())
        try:
            self.chunks[-1].add(rid, when, tree, values)
        except ChunkFull:
            self.chunks.append(Chunk())
            self.chunks[-1].add(rid, when, tree, values)
        self.next_id = max(self.next_id, rid + 1)
        return rid

    def add_all(self, events: Iterable[Event]):
        for e in events:
            self.add(e)
        return self

    def to_bytes(self) -> bytes:
        body, num = [], 1
        for c in self.chunks:
            body.append(c.finish(num))
            num += c.count
        n = len(body)
        last, nxt, cnt = max(n - 1, 0), self.next_id, max(n, 1)
        if n == 0:  # a never-written channel: one empty, valid chunk
            e = Chunk()
            e.first_id = e.last_id = 0xFFFFFFFFFFFFFFFF
            b = bytearray(e.finish(1))
            struct.pack_into("<QQ", b, 8, 1, 0xFFFFFFFFFFFFFFFF)
            struct.pack_into("<I", b, 124, zlib.crc32(bytes(b[0:120]) + bytes(b[128:512])))
            body = [bytes(b)]
        if self.dirty:  # the header of a log that was open when copied
            last, nxt, cnt = 0, self.chunks[0].last_id + 1 if self.chunks else 1, 1
        if self.header_chunks is not None:
            cnt, last = self.header_chunks, max(self.header_chunks - 1, 0)
        if self.rollover and n > 1:
            k = self.rollover % n
            body = body[n - k :] + body[: n - k]
            if not self.dirty:
                last = (k - 1) if k else n - 1
        h = bytearray(4096)
        struct.pack_into("<8sQQQIHHHH", h, 0, b"ElfFile\0", 0, last, nxt, 128, self.minor, 3, 4096, cnt)
        struct.pack_into("<I", h, 120, (1 if self.dirty else 0) | (2 if self.full else 0))
        struct.pack_into("<I", h, 124, zlib.crc32(bytes(h[:120])))
        return bytes(h) + b"".join(body) + b"\0" * (CHUNK * self.pad)
