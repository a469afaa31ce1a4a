"""Single-stream compression: gzip, bzip2, xz, Zstandard, and the methods that zip members use.

`expand` turns compressed blocks into content blocks. It never produces more than a block at a time, whatever the input claims,
and at damage it gives every byte that can still be had before it says what was lost.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import zstandard

from analyzer.bundle.budget import Budget

_fast: Any
try:
    from isal import isal_zlib as _fast
except ImportError:  # isal has no wheel for every machine; zlib gives the same bytes at half the speed
    _fast = zlib
_ZLIB_ERRORS: tuple[type[Exception], ...] = (zlib.error, _fast.error)

_PIECE = 128 << 10  # compressed bytes per call
_ZSTD_PIECE = 256  # a Zstandard decoder cannot be told when to stop: 4 bytes may become 128 KiB (RLE blocks), so this 8 MiB
_XZ_MEMORY = 80 << 20  # `xz -9` needs 65 MiB

Blocks = Callable[[], Iterator[bytes]]
Note = Callable[[str, str], None]


def crc32(data: bytes, value: int = 0) -> int:
    """CRC-32 as in zip and gzip, continued from `value`."""
    return int(_fast.crc32(data, value))


class Decoder(Protocol):
    """One compressed stream. `decompress` gives at most about `limit` bytes; `hungry` says it has no more without new input."""

    eof: bool
    unused: bytes
    hungry: bool

    def decompress(self, data: bytes, limit: int) -> bytes: ...


class _Zlib:
    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._tail = b""
        self.eof = False
        self.unused = b""
        self.hungry = True

    def decompress(self, data: bytes, limit: int) -> bytes:
        out: bytes = self._engine.decompress(self._tail + data if self._tail else data, limit)
        self._tail = self._engine.unconsumed_tail
        self.eof = self._engine.eof
        self.unused = self._engine.unused_data
        self.hungry = not self._tail and len(out) < limit
        return out


class _Buffered:
    """bz2 and lzma: both keep their own input."""

    def __init__(self, engine: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._engine = engine
        self.eof = False
        self.unused = b""
        self.hungry = True

    def decompress(self, data: bytes, limit: int) -> bytes:
        out = self._engine.decompress(data, limit)
        self.eof = self._engine.eof
        self.unused = self._engine.unused_data
        self.hungry = self._engine.needs_input
        return out


class _ZipLzma:
    """LZMA as zip stores it: version (2 bytes), length of the properties (2 bytes), properties, raw stream (APPNOTE 5.8.8)."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._inner: _Buffered | None = None
        self.eof = False
        self.unused = b""
        self.hungry = True

    def decompress(self, data: bytes, limit: int) -> bytes:
        if self._inner is None:
            self._head = (self._head or b"") + data
            length = 4 + int.from_bytes(self._head[2:4], "little")
            if len(self._head) < max(9, length):
                return b""
            value, dictionary = self._head[4], int.from_bytes(self._head[5:9], "little")
            if value >= 225 or dictionary > _XZ_MEMORY:
                raise lzma.LZMAError("unsupported properties")
            options = {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096)}
            options |= {"lc": value % 9, "lp": value // 9 % 5, "pb": value // 45}
            self._inner = _Buffered(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options]))
            data, self._head = self._head[length:], None
        out = self._inner.decompress(data, limit)
        self.eof, self.unused, self.hungry = self._inner.eof, self._inner.unused, self._inner.hungry
        return out


class _Zstd:
    def __init__(self) -> None:
        self._engine = zstandard.ZstdDecompressor().decompressobj(write_size=_PIECE)
        self.eof = False
        self.unused = b""
        self.hungry = True

    def decompress(self, data: bytes, limit: int) -> bytes:
        out = self._engine.decompress(data) if data else b""
        self.eof = self._engine.eof
        self.unused = self._engine.unused_data
        return out


@dataclass(frozen=True, slots=True)
class Codec:
    """A compression: how to decode one stream of it, and how a stream that follows another one begins ('' if none may follow)."""

    name: str
    fast: Callable[[], Decoder]
    errors: tuple[type[Exception], ...]
    magic: bytes = b""
    piece: int = _PIECE
    careful: Callable[[], Decoder] | None = None  # another engine for the recovery of damaged streams
    endless: bool = False  # the stream may end without an end mark (zip's LZMA)


GZIP = Codec("gzip", lambda: _Zlib(_fast.decompressobj(31)), _ZLIB_ERRORS, b"\x1f\x8b", careful=lambda: _Zlib(zlib.decompressobj(31)))
BZIP2 = Codec("bzip2", lambda: _Buffered(bz2.BZ2Decompressor()), (OSError, ValueError), b"BZh")
XZ = Codec("xz", lambda: _Buffered(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)), (lzma.LZMAError,), b"\xfd7zXZ\0")
ZSTD = Codec("Zstandard", _Zstd, (zstandard.ZstdError,), b"\x28\xb5\x2f\xfd", piece=_ZSTD_PIECE)
DEFLATE = Codec("Deflate", lambda: _Zlib(_fast.decompressobj(-15)), _ZLIB_ERRORS, careful=lambda: _Zlib(zlib.decompressobj(-15)))
ZIP_LZMA = Codec("LZMA", _ZipLzma, (lzma.LZMAError,), endless=True)


def codec_of(head: bytes) -> Codec | None:
    """Which compression the first bytes of a file announce. Names are not asked."""
    if head.startswith(b"\x1f\x8b\x08"):
        return GZIP
    if head.startswith(b"BZh") and head[3:4] in b"123456789" and head[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
        return BZIP2
    if head.startswith(XZ.magic):
        return XZ
    return ZSTD if head.startswith(ZSTD.magic) else None


@dataclass(slots=True)
class _Progress:
    """Where a decoding stands: bytes in and out, and where the piece at hand began."""

    consumed: int = 0
    produced: int = 0
    piece_start: int = 0
    trouble: str = ""  # why decoding ended before the end of its input


def expand(codec: Codec, first: Iterator[bytes], reopen: Blocks, block: int, note: Note, budget: Budget) -> Iterator[bytes]:
    """The content of the compressed blocks `first`, in blocks of at most `block` bytes.

    `reopen` gives the same compressed bytes again; it is asked at damage only, to decode the last stretch byte by byte. Damage, a
    cut and a broken budget are noted once, with the byte position in the compressed data.
    """
    progress = _Progress()
    try:
        yield from _decode(codec, codec.fast(), first, block, progress, budget)
    except codec.errors as error:
        good = progress.produced
        for piece in _rescue(codec, reopen(), block, progress.piece_start, good):
            progress.produced += len(piece)
            yield piece
        where = f"{codec.name} data is damaged behind byte {progress.piece_start} ({_words(error)})"
        note(f"{where}; {progress.produced} bytes were read, the last ones are suspect", "what follows in it")
        return
    if progress.trouble:
        note(progress.trouble, "what follows in it")


def _decode(codec: Codec, decoder: Decoder, raw: Iterator[bytes], block: int, at: _Progress, budget: Budget) -> Iterator[bytes]:
    carry = b""  # bytes after the end of one stream that may begin the next
    between = False
    for piece in _pieces(raw, codec.piece):
        at.piece_start = at.consumed
        at.consumed += len(piece)
        data = piece
        while True:
            if between:
                data = (carry + data).lstrip(b"\0")  # gzip, xz: zeros may fill up the last block of a tape or disk
                carry = b""
                if len(data) < len(codec.magic):
                    carry = data
                    break
                if not data.startswith(codec.magic):
                    at.trouble = f"other data follows the {codec.name} stream before byte {at.consumed}"
                    return
                decoder, between = codec.fast(), False
            out = decoder.decompress(data, block)
            data = b""
            for start in range(0, len(out), block):
                part = out[start : start + block] if len(out) > block else out
                at.produced += len(part)
                bomb = budget.bombs(at.produced, at.consumed)
                if bomb:
                    at.trouble = f"over the budget: {bomb}"
                    return
                yield part
            if decoder.eof:
                if not codec.magic:
                    return
                between, data = True, decoder.unused
                if not data:
                    break
            elif decoder.hungry:
                break
    if carry:
        at.trouble = f"{len(carry)} bytes of other data follow the {codec.name} stream"
    elif not between and not codec.endless:
        at.trouble = f"{codec.name} data is cut at byte {at.consumed}; {at.produced} bytes were read"


def _rescue(codec: Codec, raw: Iterator[bytes], block: int, fault: int, skip: int) -> Iterator[bytes]:
    """Decode again up to the piece that begins at byte `fault`, then byte by byte: one failing call must not take its output along.

    Gives what follows the first `skip` bytes of content.
    """
    new = codec.careful or codec.fast
    progress = _Progress()
    careful = Codec(codec.name, new, codec.errors, codec.magic, 1, None, codec.endless)
    steps = _steps(raw, fault, codec.piece)
    try:
        for out in _decode(careful, new(), steps, block, progress, Budget(ratio_free=1 << 62, max_member_bytes=1 << 62)):
            fresh = out[max(0, len(out) - (progress.produced - skip)) :] if progress.produced > skip else b""
            if fresh:
                yield fresh
    except codec.errors:  # the damage that brought us here; expand() notes it
        return


def _steps(raw: Iterator[bytes], fault: int, piece: int) -> Iterator[bytes]:
    position = 0
    for block in raw:
        for start in range(0, len(block), piece):
            part = block[start : start + piece]
            if position + len(part) <= fault:
                yield part
            else:
                for index in range(len(part)):
                    yield part[index : index + 1]
            position += len(part)


def _pieces(raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    for block in raw:
        if len(block) <= size or size == 1:  # 1: _rescue has cut the pieces itself
            yield block
        else:
            for start in range(0, len(block), size):
                yield block[start : start + size]


def _words(error: Exception) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


@dataclass(frozen=True, slots=True)
class Measure:
    """One compressed stream whose length nobody wrote down: bytes in and out, CRC-32 of the content, and whether it is whole."""

    consumed: int
    produced: int
    crc: int
    whole: bool


def measure(codec: Codec, raw: Iterator[bytes], budget: Budget) -> Measure:
    """Decode one stream just to find its end."""
    decoder = codec.fast()
    consumed = produced = crc = 0
    for piece in _pieces(raw, codec.piece):
        consumed += len(piece)
        data = piece
        while True:
            try:
                out = decoder.decompress(data, 1 << 20)
            except codec.errors:  # reading the member will find and note the same damage
                return Measure(consumed, produced, crc, False)
            data = b""
            produced += len(out)
            crc = crc32(out, crc)
            if budget.bombs(produced, consumed):
                return Measure(consumed, produced, crc, False)
            if decoder.eof:
                return Measure(consumed - len(decoder.unused), produced, crc, True)
            if decoder.hungry:
                break
    return Measure(consumed, produced, crc, False)
