"""Tar: ustar, GNU (long names, sparse files, base-256 numbers) and PAX, read header by header.

Read by hand instead of with `tarfile`, which ends silently at the first damaged header. Here a damaged header is noted and the next
valid one is sought. Formats: GNU tar manual, "Basic Tar Format" and "Storing Sparse Files"; POSIX pax.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.bundle.budget import Meter
from analyzer.bundle.entry import Entry, Listing, Note, Refusal, from_epoch
from analyzer.bundle.names import clean_path, decode_name
from analyzer.bundle.source import MemorySource, SliceSource, Source, Window, read_range, reason

_BLOCK = 512
_LARGEST_HEADER = 1 << 20  # a long name or PAX header beyond this is damage
_MOST_SEGMENTS = 100_000
_NO_DATA = b"123456"
_PAX_USED = {"path", "linkpath", "size", "mtime"} | {
    f"GNU.sparse.{key}" for key in ("major", "name", "realsize", "map", "size", "offset", "numbytes")
}
_REFUSED = {b"2": "symbolic link", b"3": "device", b"4": "device", b"6": "FIFO", b"M": "rest of a file that began on another volume"}

Segments = tuple[tuple[int, int, int], ...]
"""(offset in the content, offset in the archive, length), in order; what lies between them is zeros."""


@dataclass(slots=True)
class TarEntry(Entry):
    """One regular file: its data lies in the archive as it is, in one piece or, if sparse, in several."""

    archive: Source = field(default_factory=lambda: MemorySource(b""))
    segments: Segments = ()

    def blocks(self, block: int, note: Note) -> Iterator[bytes]:
        position = 0
        for begin, start, length in self.segments:
            yield from _zeros(begin - position, block)
            position = begin
            for piece in read_range(self.archive, start, length, block, note):
                position += len(piece)
                yield piece
            if position < begin + length:
                note(f"the member is cut: {position} of {self.size} bytes were read", f"{self.size - position} bytes")
                return
        yield from _zeros(self.size - position, block)

    def source(self) -> Source | None:
        if len(self.segments) != 1 or self.segments[0][2] != self.size:
            return None
        return SliceSource(self.archive, self.segments[0][1], self.size)


def _zeros(count: int, block: int) -> Iterator[bytes]:
    while count > 0:
        yield bytes(min(block, count))
        count -= block


@dataclass(slots=True)
class _Header:
    """One 512-byte header, with what the headers before it (long names, PAX) said instead."""

    name: str
    link: str
    kind: bytes
    size: int
    modified: float | None
    raw: bytes
    pax: dict[str, str]
    holes: list[tuple[int, int]]  # PAX sparse format 0.0: (offset, length) of each piece of data


def is_tar(head: bytes) -> bool:
    """Whether a file that begins so is a tar: the mark at byte 257, or a header whose checksum is right (before ustar)."""
    if len(head) < _BLOCK:
        return False
    return head[257:262] == b"ustar" or (head[0] != 0 and _checksum_fits(head[:_BLOCK]))


def list_tar(source: Source, meter: Meter, note: Note) -> Listing | None:
    """The members of the tar in `source`; None if not one header is valid."""
    reader = _Reader(source, meter, note)
    try:
        reader.run()
    except OSError as error:
        note(f"the archive cannot be read: {reason(error)}", "members behind that")
        return reader.listing
    return reader.listing if reader.headers else None


class _Reader:
    def __init__(self, source: Source, meter: Meter, note: Note) -> None:
        self.listing = Listing()
        self.headers = 0
        self._source = source
        self._window = Window(source)
        self._meter = meter
        self._note = note
        self._by_path: dict[str, TarEntry] = {}
        self._linked: set[tuple[str, Segments]] = set()
        self._common: dict[str, str] = {}  # PAX values for all members that follow
        self._forget()

    def _forget(self) -> None:
        self._pax: dict[str, str] = {}
        self._holes: list[tuple[int, int]] = []
        self._long_name: str | None = None
        self._long_link: str | None = None

    def run(self) -> None:
        position, empty = 0, 0
        while position + _BLOCK <= self._source.size:
            raw = self._window.at(position, _BLOCK)
            if not raw.strip(b"\0"):
                empty += 1
                position += _BLOCK
                if empty == 2:
                    return
                continue
            empty = 0
            size = _number(raw[124:136])
            if not _checksum_fits(raw) or size is None or size < 0:
                position = self._seek(position)
                continue
            self.headers += 1
            step = self._take(raw, size, position + _BLOCK)
            if step is None:
                return
            position += _BLOCK + step
        if self.headers and not empty:
            self._note(f"the tar ends at byte {self._source.size} without its end mark", "members behind that, if there were any")

    def _seek(self, damaged: int) -> int:
        position = damaged + _BLOCK
        while position + _BLOCK <= self._source.size:
            raw = self._window.at(position, _BLOCK)
            if raw[257:262] == b"ustar" and _checksum_fits(raw):
                break
            position += _BLOCK
        position = min(position, self._source.size)
        self._note(f"no valid header at byte {damaged}; reading goes on at byte {position}", "members that begin between")
        self._forget()
        return position

    def _take(self, raw: bytes, size: int, start: int) -> int | None:
        """Use the header whose data begins at byte `start`; gives the data's length in whole blocks, None to stop."""
        kind = raw[156:157]
        if kind in b"LKxgX" and size <= _LARGEST_HEADER:
            self._remember(kind, self._window.at(start, size))
            return _padded(size)
        if not self._meter.admit():
            self._note(f"more members than the budget of {self._meter.budget.max_members}", "the members behind it")
            return None
        header = self._header(raw, kind, size)
        self._forget()
        return self._member(header, start)

    def _remember(self, kind: bytes, data: bytes) -> None:
        if kind == b"L":
            self._long_name = decode_name(data.split(b"\0", 1)[0])
        elif kind == b"K":
            self._long_link = decode_name(data.split(b"\0", 1)[0])
        else:
            values = self._common if kind == b"g" else self._pax
            for key, value in _pax_records(data):
                if key not in _PAX_USED:
                    continue
                values[key] = value
                if key == "GNU.sparse.numbytes" and len(self._holes) < _MOST_SEGMENTS:
                    self._holes.append((_integer(values.get("GNU.sparse.offset", "")), _integer(value)))

    def _header(self, raw: bytes, kind: bytes, size: int) -> _Header:
        pax = {**self._common, **self._pax}
        name = decode_name(raw[:100].split(b"\0", 1)[0])
        prefix = raw[345:500].split(b"\0", 1)[0] if raw[257:263] == b"ustar\0" else b""
        if prefix:
            name = f"{decode_name(prefix)}/{name}"
        name = pax.get("GNU.sparse.name") or pax.get("path") or self._long_name or name
        link = pax.get("linkpath") or self._long_link or decode_name(raw[157:257].split(b"\0", 1)[0])
        stamp = _real(pax.get("mtime"))
        seconds = _number(raw[136:148])
        modified = stamp if stamp is not None else None if seconds is None else float(seconds)
        size = _integer(pax["size"], size) if "size" in pax else size
        return _Header(name, link, kind, max(0, size), modified, raw, pax, self._holes)

    def _member(self, header: _Header, start: int) -> int:
        path, escaped = clean_path(header.name)
        stored = 0 if header.kind in _NO_DATA else header.size
        if header.kind in _REFUSED:
            self.listing.refused.append(Refusal(path, _REFUSED[header.kind]))
        elif header.kind == b"1":
            self._hard_link(path, header)
        elif header.kind not in (b"5", b"D", b"V", b"N") and not (header.kind in b"\0" and header.name.endswith("/")):
            extra = self._regular(path, header, start)
            stored += extra
            if escaped:
                self._note(f"a member's name leads out of the archive; it is listed as {path}", "nothing")
        return _padded(stored)

    def _hard_link(self, path: str, header: _Header) -> None:
        target = self._by_path.get(clean_path(header.link)[0])
        if target is None:
            self.listing.refused.append(Refusal(path, "hard link to a file that is not in the archive before it"))
            return
        if (path, target.segments) not in self._linked and target.path != path:  # else the same file again
            self._linked.add((path, target.segments))
            self._add(path, target.size, header, target.segments)

    def _regular(self, path: str, header: _Header, start: int) -> int:
        """List a file; gives how many bytes of sparse map stand between an old GNU header and its data."""
        before, size, pieces = 0, header.size, [(0, header.size)]
        data = start
        sparse = True
        if header.kind == b"S":
            before, size, pieces = self._gnu_map(header.raw, start)
            data = start + before
        elif header.pax.get("GNU.sparse.major") == "1":
            size = _integer(header.pax.get("GNU.sparse.realsize", ""))
            used, pieces = self._map_in_data(start, header.size)
            data = start + used
        elif "GNU.sparse.map" in header.pax or header.holes:
            numbers = [_integer(number) for number in header.pax.get("GNU.sparse.map", "").split(",")]
            size = _integer(header.pax.get("GNU.sparse.size", ""))
            pieces = header.holes or list(zip(numbers[::2], numbers[1::2]))
        else:
            sparse = False
        if sparse and not self._plausible(size, pieces, header.size):
            self.listing.refused.append(Refusal(path, "sparse file with a damaged or oversized map", "the member"))
            return before
        segments: list[tuple[int, int, int]] = []
        for offset, length in pieces:
            if length:
                segments.append((offset, data, length))
                data += length
        self._add(path, size, header, tuple(segments))
        return before

    def _plausible(self, size: int, pieces: list[tuple[int, int]], stored: int) -> bool:
        position = 0
        for offset, length in pieces:
            if offset < position or length < 0:
                return False
            position = offset + length
        return position <= size and sum(length for _, length in pieces) <= stored and not self._meter.budget.bombs(size, stored)

    def _add(self, path: str, size: int, header: _Header, segments: Segments) -> None:
        entry = TarEntry(path, size, from_epoch(header.modified), None, self._source, segments)
        self._by_path[path] = entry
        self.listing.entries.append(entry)

    def _gnu_map(self, raw: bytes, start: int) -> tuple[int, int, list[tuple[int, int]]]:
        size = _number(raw[483:495]) or 0
        pieces = _gnu_pieces(raw[386:482])
        more, before = raw[482], 0
        while more and len(pieces) < _MOST_SEGMENTS:
            extension = self._window.at(start + before, _BLOCK)
            before += _BLOCK
            if len(extension) < _BLOCK:
                break
            pieces += _gnu_pieces(extension[:504])
            more = extension[504]
        return before, size, pieces

    def _map_in_data(self, start: int, stored: int) -> tuple[int, list[tuple[int, int]]]:
        """PAX sparse format 1.0: decimal numbers, one a line, in whole blocks before the data."""
        numbers: list[int] = []
        used, rest, wanted = 0, b"", 1
        while len(numbers) < wanted and used < stored:
            rest += self._window.at(start + used, _BLOCK)
            used += _BLOCK
            lines = rest.split(b"\n")
            rest = lines.pop()
            numbers += [_integer(line.decode("ascii", "replace")) for line in lines]
            if numbers:
                wanted = 1 + 2 * min(max(0, numbers[0]), _MOST_SEGMENTS)
        return used, list(zip(numbers[1:wanted:2], numbers[2:wanted:2]))


def _gnu_pieces(data: bytes) -> list[tuple[int, int]]:
    pieces = []
    for at in range(0, len(data) - 23, 24):
        offset, length = _number(data[at : at + 12]), _number(data[at + 12 : at + 24])
        if data[at : at + 24].strip(b"\0") and offset is not None and length is not None:
            pieces.append((offset, length))
    return pieces


def _pax_records(data: bytes) -> Iterator[tuple[str, str]]:
    """The `length key=value` records; ends at the first that is not one."""
    position = 0
    while position < len(data):
        space = data.find(b" ", position, position + 20)
        digits = data[position:space] if space > 0 else b""
        if not digits.isdigit() or position + int(digits) > len(data) or int(digits) < 4:
            return
        key, _, value = data[space + 1 : position + int(digits) - 1].partition(b"=")
        yield decode_name(key), decode_name(value)
        position += int(digits)


def _number(field: bytes) -> int | None:
    """A number of a header: octal digits, or base 256 if the first bit is set (GNU)."""
    if field[0] in (0x80, 0xFF):
        value = int.from_bytes(field[1:], "big")
        return value if field[0] == 0x80 else value - (1 << (8 * (len(field) - 1)))
    digits = field.split(b"\0", 1)[0].strip()
    if not digits:
        return 0
    return int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else None


def _integer(text: str, default: int = -1) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else default


def _real(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:  # a stamp is a hint only; the header's own stamp serves
        return None


def _checksum_fits(raw: bytes) -> bool:
    """Whether the header's checksum is right, summed unsigned as POSIX says or signed as old tars did."""
    stated = _number(raw[148:156])
    if not stated:
        return False
    blank = raw[:148] + b" " * 8 + raw[156:_BLOCK]
    unsigned = sum(blank)
    return stated in (unsigned, unsigned - 256 * sum(byte > 127 for byte in blank))


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
