"""One chunk of 64 KiB: records, the names and templates they share, and its checksums."""

from __future__ import annotations

import struct
import uuid
import zlib
from typing import Any

from tests.support.evtxwriter.event import El, Lit, Sub
from tests.support.evtxwriter.values import T_BXML, T_NULL, T_STR

CHUNK = 65536
REC_BASE = 512


def name_hash(name: str) -> int:
    """The hash by which a chunk's table of names is ordered."""
    value = 0
    for (unit,) in struct.iter_unpack("<H", name.encode("utf-16-le")):
        value = (value * 65599 + unit) & 0xFFFFFFFF
    return value & 0xFFFF


class ChunkFull(Exception):
    """The record does not fit: it begins the next chunk."""


class Chunk:
    """A chunk that is being written."""

    def __init__(self):
        self.buf = bytearray(CHUNK)
        self.pos = REC_BASE
        self.names: dict = {}
        self.name_buckets = [0] * 64
        self.templates: dict = {}
        self.tmpl_buckets = [0] * 32
        self.first_id = self.last_id = None
        self.last_off = 0
        self.count = 0

    # every helper appends to self.out, whose first byte sits at chunk offset self.base
    def _here(self):
        return self.base + len(self.out)

    def _name(self, s: str):
        off = self.names.get(s)
        if off is not None:
            self.out += struct.pack("<I", off)
            return
        off = self._here() + 4
        h = name_hash(s)
        enc = s.encode("utf-16-le")
        self.out += struct.pack("<IIHH", off, self.name_buckets[h % 64], h, len(enc) // 2) + enc + b"\0\0"
        self.name_buckets[h % 64] = off
        self.names[s] = off

    def _content(self, c):
        if isinstance(c, Lit):
            enc = c.text.encode("utf-16-le")
            self.out += struct.pack("<BBH", 0x05, T_STR, len(enc) // 2) + enc
        elif isinstance(c, Sub):
            self.out += struct.pack("<BHB", 0x0E if c.optional else 0x0D, c.index, c.type)
        else:
            self._element(c)

    def _element(self, e: El):
        self.out += struct.pack("<BHI", 0x41 if e.attrs else 0x01, 0xFFFF, 0)
        start = len(self.out)
        self._name(e.name)
        if e.attrs:
            self.out += b"\0\0\0\0"
            a = len(self.out)
            for i, (n, c) in enumerate(e.attrs):
                self.out.append(0x46 if i + 1 < len(e.attrs) else 0x06)
                self._name(n)
                self._content(c)
            struct.pack_into("<I", self.out, a - 4, len(self.out) - a)
        if e.children:
            self.out.append(0x02)
            for c in e.children:
                self._content(c)
            self.out.append(0x04)
        else:
            self.out.append(0x03)
        struct.pack_into("<I", self.out, start - 4, len(self.out) - start)

    def _template(self, tree: El, values: list[Any]):
        """Fragment header + template instance (+ inline definition when new) + values + EOF."""
        self.out += b"\x0f\x01\x01\x00"
        g = uuid.uuid5(uuid.NAMESPACE_OID, "evtxwriter:" + repr(tree)).bytes_le
        tid = struct.unpack_from("<I", g)[0]
        off = self.templates.get(tree)
        self.out += struct.pack("<BBI", 0x0C, 0x01, tid)
        if off is not None:
            self.out += struct.pack("<I", off)
        else:
            off = self._here() + 4
            self.out += struct.pack("<II", off, self.tmpl_buckets[tid % 32]) + g + b"\0\0\0\0"
            a = len(self.out)
            self.out += b"\x0f\x01\x01\x00"
            self._element(tree)
            self.out.append(0x00)
            struct.pack_into("<I", self.out, a - 4, len(self.out) - a)
            self.tmpl_buckets[tid % 32] = off
            self.templates[tree] = off
        self.out += struct.pack("<I", len(values))
        d = len(self.out)
        self.out += b"\0" * (4 * len(values))
        for i, v in enumerate(values):
            a = len(self.out)
            if isinstance(v, tuple):
                self._template(*v)
                t = T_BXML
            else:
                self.out += v.encode()
                t = v.type if v.value is not None else T_NULL
            n = len(self.out) - a
            if n > 0xFFFF:
                raise ValueError("a single value is limited to 65535 bytes")
            struct.pack_into("<HBB", self.out, d + 4 * i, n, t, 0)
        self.out.append(0x00)

    def add(self, rid: int, when: int, tree: El, values: list):
        save = (dict(self.names), list(self.name_buckets), dict(self.templates), list(self.tmpl_buckets))
        self.base = self.pos
        self.out = bytearray(struct.pack("<4sIQQ", b"**\0\0", 0, rid, when))
        self._template(tree, values)
        while (len(self.out) + 4) % 8:
            self.out.append(0)
        size = len(self.out) + 4
        struct.pack_into("<I", self.out, 4, size)
        self.out += struct.pack("<I", size)
        if self.pos + size > CHUNK:
            self.names, self.name_buckets, self.templates, self.tmpl_buckets = save
            if self.count == 0:
                raise ValueError("record larger than a chunk")
            raise ChunkFull
        self.buf[self.pos : self.pos + size] = self.out
        self.last_off = self.pos
        self.pos += size
        self.first_id = rid if self.first_id is None else self.first_id
        self.last_id = rid
        self.count += 1

    def finish(self, first_num: int) -> bytes:
        b = self.buf
        struct.pack_into(
            "<8sQQQQIIII",
            b,
            0,
            b"ElfChnk\0",
            first_num,
            first_num + self.count - 1,
            self.first_id,
            self.last_id,
            128,
            self.last_off,
            self.pos,
            zlib.crc32(bytes(b[REC_BASE : self.pos])),
        )
        struct.pack_into("<I", b, 120, 1)
        struct.pack_into("<64I", b, 128, *self.name_buckets)
        struct.pack_into("<32I", b, 384, *self.tmpl_buckets)
        struct.pack_into("<I", b, 124, zlib.crc32(bytes(b[0:120]) + bytes(b[128:512])))
        return bytes(b)
