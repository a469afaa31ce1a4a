"""Zip: the central directory if there is one, else the local headers one after the other.

Read by hand instead of with `zipfile`, which gives up on a whole archive for one bad name and holds the directory twice.
Format: PKWARE APPNOTE.TXT 6.3; names: Info-ZIP's Unicode Path extra field (0x7075).
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from analyzer.bundle.budget import Budget, Meter
from analyzer.bundle.compressed import BZIP2, DEFLATE, XZ, ZIP_LZMA, ZSTD, Codec, crc32, expand, measure
from analyzer.bundle.entry import Entry, Listing, Note, Refusal
from analyzer.bundle.names import clean_path, decode_name
from analyzer.bundle.source import MemorySource, SliceSource, Source, Window, read_range, reason

LOCAL = b"PK\x03\x04"
_CENTRAL, _END, _END64, _LOCATOR64, _DESCRIPTOR = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"
MAGICS = (LOCAL, _END, b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")

_STORED = 0
_CODECS = {8: DEFLATE, 12: BZIP2, 14: ZIP_LZMA, 93: ZSTD, 95: XZ}
_METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 10: "PKWARE Implode", 96: "JPEG", 97: "WavPack", 98: "PPMd", 99: "AES"}
_UNIX = 3
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8, _HAS_DESCRIPTOR = 0x800, 0x8
_KINDS = {stat.S_IFLNK: "symbolic link", stat.S_IFIFO: "FIFO", stat.S_IFCHR: "device", stat.S_IFBLK: "device", stat.S_IFSOCK: "socket"}


@dataclass(slots=True)
class _Header:
    """What a central or local header says of one member."""

    raw_name: bytes
    flags: int
    method: int
    stamp: tuple[int, int]
    crc: int | None
    packed: int
    size: int
    offset: int
    system: int = 0
    attributes: int = 0
    extra: bytes = b""


@dataclass(slots=True)
class ZipEntry(Entry):
    """One member; its data is found through its local header each time it is read."""

    archive: Source = field(default_factory=lambda: MemorySource(b""))
    offset: int = 0
    packed: int = 0
    method: int = _STORED
    budget: Budget = field(default_factory=Budget)

    def blocks(self, block: int, note: Note) -> Iterator[bytes]:
        noted = False

        def once(problem: str, lost: str) -> None:
            nonlocal noted
            noted = True
            note(problem, lost)

        start = self._data_start(once)
        if start is None:
            return
        codec = _CODECS.get(self.method)
        chunk = min(256 << 10, max(4 << 10, block))

        def packed() -> Iterator[bytes]:
            return read_range(self.archive, start, self.packed, block if codec is None else chunk, once)

        content = packed() if codec is None else expand(codec, packed(), packed, block, once, self.budget)
        total = crc = 0
        for piece in content:
            total += len(piece)
            crc = crc32(piece, crc)
            yield piece
        if noted:
            return
        if total < self.size:
            note(f"the member is cut: {total} of {self.size} bytes were read", f"{self.size - total} bytes")
        elif total > self.size:
            note(f"the archive states {self.size} bytes, the member holds {total}", "nothing; the content is suspect")
        elif self.crc is not None and crc != self.crc:
            note(f"CRC-32 of the {total} bytes is {crc:08x}, the archive states {self.crc:08x}", "nothing; the content is suspect")

    def _data_start(self, note: Note) -> int | None:
        try:
            head = self.archive.read(self.offset, 30)
        except OSError as error:
            note(f"its local header cannot be read: {reason(error)}", "the member")
            return None
        if len(head) < 30 or not head.startswith(LOCAL):
            note(f"there is no local header at byte {self.offset} of the archive", "the member")
            return None
        name, extra = struct.unpack_from("<HH", head, 26)
        return self.offset + 30 + int(name) + int(extra)

    def source(self) -> Source | None:
        if self.method != _STORED:
            return None
        start = self._data_start(lambda _problem, _lost: None)
        return None if start is None else SliceSource(self.archive, start, self.packed)


def has_directory(source: Source) -> bool:
    """Whether a zip's central directory stands at the end of `source`: true of a zip behind other data (self-extracting)."""
    window = Window(source)
    return _find_directory(window) is not None


def list_zip(source: Source, meter: Meter, note: Note) -> Listing | None:
    """The members of the zip in `source`, or None if it holds none at all and is no empty zip either.

    Without a whole central directory the local headers are walked, and a note says so.
    """
    listing = Listing()
    try:
        headers, empty = _headers(source, meter, note)
    except OSError as error:
        note(f"the archive cannot be read: {reason(error)}", "its members")
        return listing
    end = 0
    for header in sorted(headers, key=lambda header: header.offset):
        entry = _entry(header, source, meter.budget, note)
        if entry is None:
            continue
        if header.offset < end and not isinstance(entry, Refusal):
            entry = Refusal(entry.path, "overlaps another member", "the member")
        end = max(end, header.offset + 30 + len(header.raw_name) + header.packed)
        if isinstance(entry, Refusal):
            listing.refused.append(entry)
        else:
            listing.entries.append(entry)
    return listing if headers or empty else None


def _headers(source: Source, meter: Meter, note: Note) -> tuple[list[_Header], bool]:
    window = Window(source)
    place = _find_directory(window)
    if place is None:
        headers = list(_walk(window, source, meter, note, {}))
        if headers:
            note("the zip is cut: it has no central directory; its members were found by their local headers", "members behind the cut")
        return headers, False
    position, stop, shift, count = place
    headers = []
    while window.at(position, 4) == _CENTRAL:
        header, length = _central(window, position, shift)
        if header is None:
            break
        if not meter.admit():
            note(f"more members than the budget of {meter.budget.max_members}", "the members behind it")
            return headers, False
        headers.append(header)
        position += length
    if len(headers) & 0xFFFF != count & 0xFFFF or position < stop:
        damage = f"the central directory is damaged at byte {position}: {len(headers)} of {count} entries can be read"
        note(f"{damage}; the others were sought by their local headers", "possibly members")
        known = {header.offset: header.packed for header in headers}
        headers += _walk(window, source, meter, note, known)
    return headers, not count


def _find_directory(window: Window) -> tuple[int, int, int, int] | None:
    """(first byte, end, how far all offsets are shifted by data before the zip, number of entries) of the central directory."""
    # The end record found in a cut zip may be that of an archive stored inside it; its offsets are shifted, ours begin at byte 0.
    begins_here = window.at(0, 4) == LOCAL
    reach = min(window.size, 0xFFFF + 22)
    tail = window.at(window.size - reach, reach)
    base = window.size - reach
    found = len(tail)
    while (found := tail.rfind(_END, 0, found)) >= 0:
        if found + 22 > len(tail):
            continue
        count, size, offset = _end_fields(tail, found)
        stop = base + found
        wide = _wide_end(window, stop)
        if wide is not None and (count == 0xFFFF or size == 0xFFFFFFFF or offset == 0xFFFFFFFF):
            count, size, offset, stop = wide
        for start, shift in ((stop - size, stop - size - offset), (offset, 0)):
            if start < 0 or (shift and begins_here):
                continue
            if (count == 0 and size == 0 and start == stop) or window.at(start, 4) == _CENTRAL:
                return start, start + size, shift, count
    return None


def _end_fields(tail: bytes, at: int) -> tuple[int, int, int]:
    count, size, offset = struct.unpack_from("<HII", tail, at + 10)
    return int(count), int(size), int(offset)


def _wide_end(window: Window, end: int) -> tuple[int, int, int, int] | None:
    """(count, size, offset, position) of the zip64 end record before the end record at `end`."""
    locator = window.at(end - 20, 20) if end >= 20 else b""
    if not locator.startswith(_LOCATOR64):
        return None
    for position in (int(struct.unpack_from("<Q", locator, 8)[0]), end - 20 - 56):  # the second: data was put before the zip
        record = window.at(position, 56) if 0 <= position < window.size else b""
        if len(record) == 56 and record.startswith(_END64):
            count, size, offset = struct.unpack_from("<QQQ", record, 32)
            return int(count), int(size), int(offset), position
    return None


def _central(window: Window, position: int, shift: int) -> tuple[_Header | None, int]:
    fixed = window.at(position, 46)
    if len(fixed) < 46:
        return None, 0
    made, _, flags, method, time, date, crc, packed, size = struct.unpack_from("<HHHHHHIII", fixed, 4)
    name, extra, comment, _, _, attributes, offset = struct.unpack_from("<HHHHHII", fixed, 28)
    rest = window.at(position + 46, name + extra)
    if len(rest) < name + extra:
        return None, 0
    header = _Header(rest[:name], flags, method, (date, time), crc, packed, size, offset, made >> 8, attributes, rest[name:])
    _widen(header)
    header.offset += shift
    return header, 46 + name + extra + comment


def _local(window: Window, position: int) -> tuple[_Header | None, int]:
    fixed = window.at(position, 30)
    if len(fixed) < 30 or not fixed.startswith(LOCAL):
        return None, 0
    needed, flags, method, time, date, crc, packed, size, name, extra = struct.unpack_from("<HHHHHIIIHH", fixed, 4)
    rest = window.at(position + 30, name + extra)
    if len(rest) < name + extra or not name or (needed & 0xFF) > 63:
        return None, 0
    header = _Header(rest[:name], flags, method, (date, time), crc, packed, size, position, extra=rest[name:])
    _widen(header)
    return header, 30 + name + extra


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        yield int(kind), extra[position + 4 : position + 4 + length]
        position += 4 + int(length)


def _widen(header: _Header) -> None:
    """Take sizes and offset that do not fit 32 bits from the zip64 extra field."""
    for kind, data in _extras(header.extra):
        if kind != 1:
            continue
        numbers = [int(number) for (number,) in struct.iter_unpack("<Q", data[: len(data) // 8 * 8])]
        if header.size == 0xFFFFFFFF and numbers:
            header.size = numbers.pop(0)
        if header.packed == 0xFFFFFFFF and numbers:
            header.packed = numbers.pop(0)
        if header.offset == 0xFFFFFFFF and numbers:
            header.offset = numbers.pop(0)


def _name(header: _Header) -> str:
    for kind, data in _extras(header.extra):
        if kind == 0x7075 and len(data) > 5 and int.from_bytes(data[1:5], "little") == crc32(header.raw_name):
            return decode_name(data[5:])
    return decode_name(header.raw_name)


def _entry(header: _Header, source: Source, budget: Budget, note: Note) -> Entry | Refusal | None:
    name = _name(header)
    if name.endswith(("/", "\\")) and not header.size:
        return None  # a folder
    path, escaped = clean_path(name)
    mode = stat.S_IFMT(header.attributes >> 16) if header.system == _UNIX else 0
    if mode in _KINDS:
        return Refusal(path, _KINDS[mode])
    if mode == stat.S_IFDIR or (header.attributes & 0x10 and not header.size and not header.packed):
        return None
    if header.flags & _ENCRYPTED or header.method == 99:
        return Refusal(path, "encrypted", "the member")
    if header.method != _STORED and header.method not in _CODECS:
        name = _METHODS.get(header.method, f"method {header.method}")
        return Refusal(path, f"compressed with {name}, which is not supported", "the member")
    if escaped:
        note(f"a member's name leads out of the archive; it is listed as {path}", "nothing")
    return ZipEntry(path, header.size, _dos_time(*header.stamp), header.crc, source, header.offset, header.packed, header.method, budget)


def _dos_time(date: int, time: int) -> datetime | None:
    try:
        return datetime(1980 + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, min(59, (time & 31) * 2))
    except ValueError:  # zero or nonsense: many writers leave it empty; the stamp is a hint only
        return None


def _walk(window: Window, source: Source, meter: Meter, note: Note, known: dict[int, int]) -> Iterator[_Header]:
    """Members by their local headers, for an archive without a (whole) central directory. `known` are not given again."""
    position = window.find(LOCAL, 0)
    effort = _Effort(4 * source.size)
    while 0 <= position < source.size:
        header, length = _local(window, position)
        if header is None:
            position = window.find(LOCAL, position + 4)
            continue
        if position in known:
            header.packed = known[position]
        elif not meter.admit():
            note(f"more members than the budget of {meter.budget.max_members}", "the members behind it")
            return
        start = position + length
        after = start + header.packed
        if position not in known:
            after = _settle(header, window, source, start, meter.budget, effort)
            yield header
        position = _next_local(window, after, start)


@dataclass(slots=True)
class _Effort:
    """Bytes that may still be read to find ends that no header states; headers made to overlap would cost their product."""

    left: int


def _settle(header: _Header, window: Window, source: Source, start: int, budget: Budget, effort: _Effort) -> int:
    """Fill in what a header leaves to the descriptor behind the data; gives the first byte after the data."""
    room = max(0, source.size - start)
    codec = _CODECS.get(header.method)
    if not header.flags & _HAS_DESCRIPTOR or header.packed:
        header.packed = min(header.packed, room)
    elif codec is not None and not header.flags & _ENCRYPTED:
        _measure(header, codec, window, source, start, budget, effort)
    else:
        _seek_descriptor(header, window, start, room, effort)
    return start + header.packed


def _measure(header: _Header, codec: Codec, window: Window, source: Source, start: int, budget: Budget, effort: _Effort) -> None:
    room = max(0, source.size - start)
    found = measure(codec, read_range(source, start, min(room, effort.left), 64 << 10, lambda _problem, _lost: None), budget)
    effort.left -= min(effort.left, found.consumed)
    header.packed, header.size, header.crc = found.consumed, found.produced, found.crc
    if not found.whole:
        header.crc = None
        following = window.find(LOCAL, start)
        header.packed = room if following < 0 else following - start


def _seek_descriptor(header: _Header, window: Window, start: int, room: int, effort: _Effort) -> None:
    position = window.find(_DESCRIPTOR, start) if effort.left else -1
    effort.left -= min(effort.left, room if position < 0 else position - start)
    while position >= 0:
        crc, packed, size = struct.unpack("<III", window.at(position + 4, 12).ljust(12, b"\0"))
        if packed == position - start:
            header.packed, header.size, header.crc = packed, size, crc
            return
        last, position = position, window.find(_DESCRIPTOR, position + 4) if effort.left else -1
        effort.left -= min(effort.left, room if position < 0 else position - last)
    following = window.find(LOCAL, start)
    header.packed = header.size = room if following < 0 else following - start
    header.crc = None


def _next_local(window: Window, after: int, start: int) -> int:
    """Where the next local header stands if the data before it ends at `after`, or -1 at the end of the members."""
    for skip in (0, 16, 24, 12, 20):  # none, or a descriptor with or without signature, 32 or 64 bits wide
        mark = window.at(after + skip, 4)
        if mark == LOCAL:
            return after + skip
        if mark in (_CENTRAL, _END, _END64):
            return -1
    return window.find(LOCAL, min(after, max(start, after)))
