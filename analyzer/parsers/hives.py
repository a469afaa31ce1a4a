r"""The binary SOFTWARE and SYSTEM hives: the few values that only they prove (`registry_values.SELECTED`).

`regipy` reads the cells (format: Maxim Suhanov, "Windows registry file format specification"); this module looks the keys up through it,
one level at a time and within a budget, because a hive may be damaged or made to keep a reader busy. A key carries the time of its last
change, which is the time of its events. Keys that Windows keeps in memory only (volatile: RebootPending, RebootRequired) may be
missing in a hive of a machine that has them, so their absence proves nothing.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from itertools import islice
from mmap import mmap
from typing import Any

from analyzer.model import Event, Problem, Stamp, Value
from analyzer.parsers import registry_values, stamps
from analyzer.parsers.registry_values import KEY, SELECTED, Found, Selected

Key = Any  # regipy's NKRecord; its methods carry no types
_HEADER = struct.Struct("<4sIIQIIIIII")  # signature, two sequence numbers, time, version, type, format, root, size of the bins
_BASE = 4096  # bytes before the bins; offsets of cells count from there
_LOGS = (1, 2, 6)  # types of a file that is a hive's transaction log
_NO_CELL = 0xFFFF_FFFF
_MOST_KEYS = 100_000  # keys that one hive may make us look at; Services of a server has a thousand
_MOST_VALUES = 1_000  # values of one key
_MOST_BELOW = 500  # subkeys of one key that are read
_PIECE = 1 << 20  # bytes of one value at most
_LOST = "what this hive alone says: .NET release, pending restarts, start types of services, version of the agent"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class _Budget(Exception):
    """A hive that leads nowhere: more keys than any machine has."""


class _Stream:
    """The bytes of a hive as regipy wants them: positions behind the end read as nothing, and no read takes more than `_PIECE`."""

    def __init__(self, data: bytes | mmap) -> None:
        self._data = data
        self._at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (self._at if whence == 1 else len(self._data) if whence == 2 else 0))
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        size = _PIECE if size < 0 else min(size, _PIECE)
        piece = bytes(self._data[self._at : self._at + size])
        self._at += len(piece)
        return piece


@dataclass
class _Hive:
    """One hive that is being read: its keys by lower-case path, what is left of the budget, and what went wrong."""

    path: str
    stream: _Stream
    problems: list[Problem] = field(default_factory=list)
    left: int = _MOST_KEYS
    kept: dict[str, Key | None] = field(default_factory=dict)

    def problem(self, what: str, lost: str) -> None:
        self.problems.append(Problem(self.path, what, lost))


def parse_bytes(data: bytes | mmap, path: str, kind: str) -> tuple[list[Event], list[Problem]]:
    """The state events of a hive (kinds `registry-value` and `timezone`) and what is wrong with it. Never raises.

    `pointer` is the path of the value in this hive, `raw` that path with type and data: a binary file has nothing to quote.
    A transaction log (`SYSTEM.LOG1`) and any other hive (SAM, a user's) give nothing; secrets live in those.
    """
    hive = _Hive(path, _Stream(data))
    root = _root(hive, data)
    if root is None:
        return [], hive.problems
    events: list[Event] = []
    try:
        names = {child.name.lower() for child in islice(_children(hive, root), 100)}
        name = "SYSTEM" if "select" in names else "SOFTWARE" if "microsoft" in names else ""
        if not name:
            return [], [Problem(path, "neither a SOFTWARE nor a SYSTEM hive", "nothing: only those two are read")]
        hive.kept[""] = root
        for event in _events(hive, name):
            events.append(event)
    except Exception as error:  # regipy and construct raise whatever damaged cells provoke
        what = "it leads to more keys than any machine has" if isinstance(error, _Budget) else f"damaged ({type(error).__name__})"
        hive.problem(f"{what}; {len(events)} values were read before", _LOST)
    return events, hive.problems


def _root(hive: _Hive, data: bytes | mmap) -> Key | None:
    """The root key; None if there is none to read from. Says what the header tells of the file's state."""
    head = bytes(data[:_BASE])
    if len(head) < _HEADER.size or head[:4] != b"regf":
        hive.problem("no registry hive: its first block is damaged", _LOST)
        return None
    _, first, second, _, _, _, kind, _, root, bins = _HEADER.unpack_from(head)
    if kind in _LOGS:
        return None  # it begins with a copy of the header
    if first != second:
        lost = "values changed shortly before the copy: they stand in the hive's .LOG1 and .LOG2, which are not read"
        hive.problem(f"the hive was in use when it was copied (sequence numbers {first} and {second})", lost)
    if len(data) < _BASE + bins:
        hive.problem(f"cut: {len(data)} bytes of {_BASE + bins}", "keys and values that lie behind the cut")
    elif not _checksum_fits(head):
        hive.problem("the checksum of the header is wrong", "nothing yet, but values of this hive may be damaged")
    try:
        return _key(hive, root)
    except Exception as error:  # as in parse_bytes
        hive.problem(f"the root key cannot be read ({type(error).__name__})", _LOST)
        return None


def _checksum_fits(head: bytes) -> bool:
    total = 0
    for word in struct.unpack_from("<127I", head):
        total ^= word
    total = {0: 1, _NO_CELL: _NO_CELL - 1}.get(total, total)
    return len(head) < 512 or total == struct.unpack_from("<I", head, 508)[0]


def _key(hive: _Hive, offset: int) -> Key:
    regipy = _regipy()
    start = _BASE + offset + 4
    hive.stream.seek(start)
    if hive.stream.read(2) != b"nk":
        raise ValueError("no key at the offset of the root key")
    return regipy.NKRecord(regipy.Cell(offset=start + 2, cell_type="nk", size=0), hive.stream)


@cache
def _regipy() -> Any:
    """regipy's reader; importing it takes 0.2 s, so only a bundle with a hive pays for it."""
    logger = logging.getLogger("regipy")
    logger.addHandler(logging.NullHandler())  # what it finds damaged is told by problems, not on the user's terminal
    logger.propagate = False
    return import_module("regipy.registry")


def _children(hive: _Hive, key: Key) -> Iterator[Key]:
    if key.header.subkeys_list_offset == _NO_CELL:
        return
    for child in key.iter_subkeys():
        hive.left -= 1
        if hive.left < 0:
            raise _Budget
        yield child


def _find(hive: _Hive, path: str) -> Key | None:
    """The key at a path below the root, in any case; None if the hive has none."""
    lowered = path.lower()
    if lowered not in hive.kept:
        above, _, name = lowered.rpartition("\\")
        parent = _find(hive, above)
        hive.kept[lowered] = None
        if parent is not None:
            hive.kept[lowered] = next((child for child in _children(hive, parent) if child.name.lower() == name), None)
    return hive.kept[lowered]


def _events(hive: _Hive, name: str) -> Iterator[Event]:
    current = _current(hive) if name == "SYSTEM" else ""
    if name == "SYSTEM" and not current:
        hive.problem("Select does not say which control set is in use; ControlSet001 is taken", "certainty about the values of this hive")
        current = "001"
    for selected in SELECTED:
        if selected.hive == name:
            try:
                yield from _selected(hive, selected, current)
            except _Budget:
                raise
            except Exception as error:  # as in parse_bytes; the other keys may be sound
                hive.problem(f"damaged at {selected.key} ({type(error).__name__})", "the values of that key")


def _current(hive: _Hive) -> str:
    select = _find(hive, "select")
    number = next((value for name, _, value in _values(select) if name.lower() == "current"), None) if select is not None else None
    return f"{number:03d}" if isinstance(number, int) and 0 < number < 1000 else ""


def _selected(hive: _Hive, selected: Selected, current: str) -> Iterator[Event]:
    path = selected.key.replace("CurrentControlSet", f"ControlSet{current}")
    key = _find(hive, path)
    if key is None:
        return
    if selected.flag:
        yield from _event(hive, selected, key, path, path, Found(selected.hive, selected.key, "", KEY, True))
    if selected.below:
        for child in list(islice(_children(hive, key), _MOST_BELOW)):
            yield from _named(hive, selected, child, f"{path}\\{child.name}", f"{selected.key}\\{child.name}")
    elif selected.names:
        yield from _named(hive, selected, key, path, selected.key)


def _named(hive: _Hive, selected: Selected, key: Key, path: str, shown: str) -> Iterator[Event]:
    wanted = {name.lower() for name in selected.names}
    found = [Found(selected.hive, shown, name, kind, value) for name, kind, value in _values(key) if name.lower() in wanted]
    fixed = any(one.name == "DynamicDaylightTimeDisabled" and one.value == 1 for one in found)
    for one in found:
        for event in _event(hive, selected, key, path, f"{path}\\{one.name}", one):
            if event.kind != "timezone" or not fixed:  # without summer time the zone's name does not say which time holds
                yield event


def _event(hive: _Hive, selected: Selected, key: Key, path: str, pointer: str, found: Found) -> Iterator[Event]:
    raw = f"{path}: {found.name} = {found.type} {found.value}" if found.type != KEY else path
    yield from registry_values.events(
        found, hive.path, raw.replace("\0", ""), pointer=f"{selected.hive}\\{pointer}", stamp=_changed(int(key.header.last_modified))
    )


def _changed(filetime: int) -> Stamp | None:
    """A FILETIME (100 ns since 1601, UTC) as a stamp; None if it lies outside of what a machine can have written."""
    if not 0 < filetime < 1 << 58:
        return None
    moment = _EPOCH + timedelta(microseconds=filetime // 10)
    return stamps.of(moment) if moment.year < 3000 else None


def _values(key: Key | None) -> Iterator[tuple[str, str, Value]]:
    """Name, type and value of each value of a key."""
    if key is None or not key.values_count or key.header.values_list_offset == _NO_CELL:
        return
    for value in islice(key.iter_values(trim_values=False), _MOST_VALUES):
        name = "" if value.name == "(default)" else _sound(value.name)
        yield name, value.value_type, _plain(value.value)


def _plain(value: object) -> Value:
    """A value as the fields of an event want it; regipy gives numbers, texts, bytes, times and lists of texts."""
    if isinstance(value, bool | int):
        return value if abs(value) < 1 << 63 else str(value)
    if isinstance(value, bytes | bytearray):
        return registry_values.binary(bytes(value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "; ".join(_sound(str(item)) for item in value[:200])
    return _sound(str(value)).split("\0", 1)[0]


def _sound(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
