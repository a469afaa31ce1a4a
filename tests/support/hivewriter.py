"""Writes small registry hives: base block, one bin, keys with their subkey lists, values inline, in cells and as big data.

Format: Maxim Suhanov, "Windows registry file format specification" (regf 1.5). Only what readers need: no security cells, hashes 0.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime

SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ, QWORD = 1, 2, 3, 4, 7, 11
_NONE = 0xFFFF_FFFF
_BIG = 16_344  # bytes from which a value is stored in segments


@dataclass
class Key:
    """A key of a hive: values by name (type, data) and subkeys by name. `changed` is UTC."""

    values: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    changed: datetime = datetime(2024, 3, 1, 10, 0, tzinfo=UTC)

    def at(self, path: str) -> Key:
        """The key at a path below this one; what is missing is made."""
        here = self
        for name in path.split("\\"):
            here = here.keys.setdefault(name, Key())
        return here

    def set(self, path: str, name: str, value: int | str | list[str] | bytes) -> Key:
        """Set a value: a number is a REG_DWORD, a text REG_SZ, a list REG_MULTI_SZ, bytes REG_BINARY. Gives the key."""
        key = self.at(path)
        if isinstance(value, int):
            key.values[name] = (DWORD, struct.pack("<I", value & _NONE))
        elif isinstance(value, str):
            key.values[name] = (SZ, (value + "\0").encode("utf-16-le"))
        elif isinstance(value, list):
            key.values[name] = (MULTI_SZ, ("\0".join(value) + "\0\0").encode("utf-16-le"))
        else:
            key.values[name] = (BINARY, value)
        return key


class _Cells:
    def __init__(self) -> None:
        self.data = bytearray(32)  # the header of the bin

    def add(self, content: bytes) -> int:
        """A cell with this content; its offset as other cells name it."""
        offset = len(self.data)
        size = (len(content) + 4 + 7) // 8 * 8
        self.data += struct.pack("<i", -size) + content.ljust(size - 4, b"\0")
        return offset

    def patch(self, offset: int, content: bytes) -> None:
        self.data[offset + 4 : offset + 4 + len(content)] = content


def hive(root: Key, *, sequence: tuple[int, int] = (7, 7), kind: int = 0, leaf: bytes = b"lh") -> bytes:
    """The bytes of a hive. `sequence`: unequal numbers say that it is dirty; `kind` 6 makes a transaction log of it; `leaf` is the
    kind of subkey lists (`lf`, `lh`, `li`, or `ri` for lists of lists)."""
    cells = _Cells()
    top = _key(cells, "ROOT", root, _NONE, leaf)
    size = (len(cells.data) + 4095) // 4096 * 4096
    free = size - len(cells.data)
    if free >= 8:
        cells.data += struct.pack("<i", free).ljust(free, b"\0")
    cells.data = cells.data.ljust(size, b"\0")
    cells.data[:32] = struct.pack("<4sIIQQI", b"hbin", 0, size, 0, 0, 0)
    head = bytearray(
        struct.pack("<4sIIQIIIIII", b"regf", *sequence, _filetime(root.changed), 1, 5, kind, 1, top, size) + struct.pack("<I", 1)
    )
    head = head.ljust(4096, b"\0")
    total = 0
    for word in struct.unpack_from("<127I", head):
        total ^= word
    head[508:512] = struct.pack("<I", {0: 1, _NONE: _NONE - 1}.get(total, total))
    return bytes(head + cells.data)


def _filetime(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def _key(cells: _Cells, name: str, key: Key, parent: int, leaf: bytes) -> int:
    encoded = name.encode("latin-1")
    content = struct.pack(
        "<2sHQIIIIIIIIIIIIIIIHH",
        b"nk", 0x20, _filetime(key.changed), 0, parent, len(key.keys), 0, _NONE, _NONE, len(key.values), _NONE, _NONE, _NONE, 0, 0, 0, 0, 0,
        len(encoded), 0,
    )  # fmt: skip
    offset = cells.add(content + encoded)
    if key.values:
        listed = [_value(cells, name, kind, data) for name, (kind, data) in key.values.items()]
        cells.patch(offset + 40, struct.pack("<I", cells.add(struct.pack(f"<{len(listed)}I", *listed))))
    if key.keys:
        below = [_key(cells, name, child, offset, leaf) for name, child in sorted(key.keys.items(), key=lambda pair: pair[0].upper())]
        cells.patch(offset + 28, struct.pack("<I", _list(cells, below, leaf)))
    return offset


def _list(cells: _Cells, keys: list[int], leaf: bytes) -> int:
    if leaf == b"ri":
        halves = [half for half in (keys[: len(keys) // 2], keys[len(keys) // 2 :]) if half]
        lists = [_list(cells, half, b"lh") for half in halves]
        return cells.add(struct.pack(f"<2sH{len(lists)}I", b"ri", len(lists), *lists))
    if leaf == b"li":
        return cells.add(struct.pack(f"<2sH{len(keys)}I", b"li", len(keys), *keys))
    return cells.add(struct.pack("<2sH", leaf, len(keys)) + b"".join(struct.pack("<II", key, 0) for key in keys))


def _value(cells: _Cells, name: str, kind: int, data: bytes) -> int:
    size = len(data)
    if size <= 4:
        place, size = int.from_bytes(data.ljust(4, b"\0"), "little"), size | 0x8000_0000
    elif size > _BIG:
        parts = [cells.add(data[at : at + _BIG]) for at in range(0, size, _BIG)]
        place = cells.add(struct.pack("<2sHI", b"db", len(parts), cells.add(struct.pack(f"<{len(parts)}I", *parts))))
    else:
        place = cells.add(data)
    encoded = name.encode("latin-1")
    return cells.add(struct.pack("<2sHIIIHH", b"vk", len(encoded), size, place, kind, 1, 0) + encoded)
