"""Bombs and other archives that no honest program writes, made here and never kept: they are small code, not large files."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/linux-extensions-disabled/bundle"
CAUSE = "linux-agent-options"  # what the fixture fails by: every hostile bundle holds it too
MIB = 1 << 20


@cache
def failure() -> dict[str, bytes]:
    """The files of a failure that can be diagnosed."""
    return {path.relative_to(FIXTURE).as_posix(): path.read_bytes() for path in sorted(FIXTURE.rglob("*")) if path.is_file()}


@dataclass(frozen=True)
class Packed:
    """A member as it is stored: deflated bytes, and the size and CRC-32 that the archive states for it."""

    data: bytes
    size: int
    crc: int = 0
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    mode: int = 0o100644


def repeated(unit: bytes, size: int) -> Packed:
    """`unit` over and over, `size` bytes of it, deflated once and copied: a bomb of any size is made at once."""
    piece = (unit * (MIB // len(unit) + 1))[: MIB // len(unit) * len(unit)]
    whole, rest = divmod(size, len(piece))
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = engine.compress(piece) + engine.flush(zlib.Z_FULL_FLUSH)  # behind a full flush nothing refers to what was before
    again = engine.compress(piece) + engine.flush(zlib.Z_FULL_FLUSH)
    assert first == again
    last = engine.compress(piece[:rest]) + engine.flush(zlib.Z_FINISH)
    crc = 0
    for _ in range(whole if size <= 64 * MIB else 0):
        crc = zlib.crc32(piece, crc)
    return Packed(first * whole + last, size, zlib.crc32(piece[:rest], crc) if size <= 64 * MIB else 0)


def plain(data: bytes) -> Packed:
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Packed(engine.compress(data) + engine.flush(), len(data), zlib.crc32(data))


def zipped(members: Iterable[tuple[str | bytes, Packed | bytes]], *, overlapping: int = 0) -> bytes:
    """A zip with exactly these members, in this order. `overlapping`: that many more entries lead to the last member's data."""
    body, directory, count = bytearray(), bytearray(), 0
    for given, content in members:
        name = given.encode() if isinstance(given, str) else given
        packed = content if isinstance(content, Packed) else plain(content)
        fields = (packed.flags | 0x800, packed.method, 0, 0x5A6A, packed.crc, len(packed.data), packed.size & 0xFFFFFFFF, len(name), 0)
        central = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 0x031E, 20, *fields, 0, 0, 0, packed.mode << 16, len(body)) + name
        directory += central
        count += 1
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, *fields) + name + packed.data
    for _ in range(overlapping):
        directory += central
    count += overlapping
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), len(body), 0)
    return bytes(body + directory) + end


def beside(hostile: Mapping[str, Packed | bytes]) -> bytes:
    """A zip of the failure's files and of these."""
    return zipped([*failure().items(), *hostile.items()])


def tarred(members: Iterable[tuple[tarfile.TarInfo, bytes]], *, before: bytes = b"") -> bytes:
    """A tar of the failure's files and of these members, behind the raw blocks `before`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in failure().items():
            archive.addfile(entry(name, size=len(data)), io.BytesIO(data))
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return before + buffer.getvalue()


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, *, size: int = 0, link: str = "", pax: Mapping[str, str] | None = None
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname, info.pax_headers = kind, size, link, dict(pax or {})
    return info


def tar_header(name: bytes, size: int | bytes, kind: bytes = b"0") -> bytes:
    """One header block with its checksum; a size may be raw bytes."""
    stated = size if isinstance(size, bytes) else b"%011o\0" % size
    head = bytearray(name.ljust(100, b"\0") + b"0000644\0" * 3 + stated.ljust(12, b"\0") + b"%011o\0" % 0 + b" " * 8 + kind)
    head += b"\0" * 100 + b"ustar\x0000"
    head = head.ljust(512, b"\0")
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)
