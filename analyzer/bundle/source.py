"""Random access to bytes, wherever they lie: in a file, in memory, in a part of either, or in the spool.

The spool holds what has no random access by itself (standard input, compressed tars, compressed archives inside archives). It
keeps small things in memory and all others in one anonymous temporary file, so neither memory nor open files grow with the input.
"""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

_WINDOW = 256 << 10


class Source(Protocol):
    """Bytes with random access. `read` gives fewer bytes than asked only at the end, and may raise OSError."""

    @property
    def size(self) -> int: ...

    def read(self, offset: int, size: int) -> bytes: ...


class MemorySource:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        return len(self._data)

    def read(self, offset: int, size: int) -> bytes:
        return self._data[offset : offset + size]


class SliceSource:
    """A part of another source: a member that its archive stores uncompressed."""

    def __init__(self, parent: Source, start: int, size: int) -> None:
        self._parent = parent
        self._start = start
        self._size = max(0, min(size, parent.size - start))

    @property
    def size(self) -> int:
        return self._size

    def read(self, offset: int, size: int) -> bytes:
        size = min(size, self._size - offset)
        return self._parent.read(self._start + offset, size) if size > 0 else b""


class Handles:
    """Open files of a folder, the most recently used ones only: a folder may hold more archives than a process may open files."""

    def __init__(self, most: int = 16) -> None:
        self._most = most
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, path: str, offset: int, size: int) -> bytes:
        with self._lock:
            handle = self._open.pop(path, None) or open_regular(path)
            self._open[path] = handle
            if len(self._open) > self._most:
                self._open.popitem(last=False)[1].close()
            handle.seek(offset)
            return handle.read(size)

    def close(self) -> None:
        with self._lock:
            for handle in self._open.values():
                handle.close()
            self._open.clear()


def open_regular(path: str, *, follow: bool = False) -> BinaryIO:
    """Open a regular file for reading, never a FIFO or device put in its place. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file")
    return os.fdopen(descriptor, "rb", buffering=0)


class FileSource:
    """A file on disk, as large as it was when it was listed; opened when read."""

    def __init__(self, handles: Handles, path: Path | str, size: int) -> None:
        self._handles = handles
        self._path = str(path)
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    def read(self, offset: int, size: int) -> bytes:
        size = min(size, self._size - offset)
        return self._handles.read(self._path, offset, size) if size > 0 else b""


class Spool:
    """Keeps streams for random access: the first 16 MiB of them in memory, what follows in one anonymous temporary file."""

    def __init__(self, in_memory: int = 16 << 20) -> None:
        self._room = in_memory
        self._file: BinaryIO | None = None
        self._end = 0
        self._lock = threading.Lock()

    def store(self, blocks: Iterable[bytes]) -> Source:
        """Read `blocks` to their end. Raises OSError if the temporary file cannot take them."""
        parts: list[bytes] = []
        held = 0
        rest = iter(blocks)
        for block in rest:
            parts.append(block)
            held += len(block)
            if held > self._room:
                return self._to_file(parts, rest)
        self._room -= held
        return MemorySource(b"".join(parts))

    def _to_file(self, parts: list[bytes], rest: Iterator[bytes]) -> Source:
        # Not held under the lock: only opening a bundle stores, one stream at a time, and it may read the spool meanwhile.
        start = self._end
        parts.reverse()
        while parts:
            self._append(parts.pop())
        for block in rest:
            self._append(block)
        return _SpooledSource(self._read, start, self._end - start)

    def _append(self, block: bytes) -> None:
        with self._lock:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the bundle, close() ends it
            self._file.seek(self._end)
            self._file.write(block)
            self._end += len(block)

    def _read(self, offset: int, size: int) -> bytes:
        with self._lock:
            if self._file is None:
                return b""
            self._file.seek(offset)
            return self._file.read(size)

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.close()


class _SpooledSource:
    def __init__(self, read: Callable[[int, int], bytes], start: int, size: int) -> None:
        self._read = read
        self._start = start
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    def read(self, offset: int, size: int) -> bytes:
        size = min(size, self._size - offset)
        return self._read(self._start + offset, size) if size > 0 else b""


class Window:
    """Many small reads of one source that lie close together, such as headers one after the other."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._start = 0
        self._data = b""

    @property
    def size(self) -> int:
        return self._source.size

    def at(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`; fewer at the end of the source."""
        begin = offset - self._start
        if begin < 0 or begin + size > len(self._data):
            self._start = offset
            self._data = self._source.read(offset, max(size, _WINDOW))
            begin = 0
        return self._data[begin : begin + size]

    def find(self, needle: bytes, offset: int) -> int:
        """Where `needle` next stands at or after `offset`, or -1."""
        while offset + len(needle) <= self.size:
            if not 0 <= offset - self._start <= len(self._data) - len(needle):
                self.at(offset, _WINDOW)
            found = self._data.find(needle, offset - self._start)
            if found >= 0:
                return self._start + found
            following = self._start + len(self._data) - len(needle) + 1
            if following <= offset:  # the source gave less than it promised
                return -1
            offset = following
        return -1


def read_range(source: Source, start: int, length: int, block: int, note: Callable[[str, str], None]) -> Iterator[bytes]:
    """`length` bytes from `start` in blocks. Ends early at the end of the source, and with a note at a read error."""
    done = 0
    while done < length:
        try:
            data = source.read(start + done, min(block, length - done))
        except OSError as error:
            note(f"cannot be read beyond byte {done}: {reason(error)}", f"{length - done} bytes")
            return
        if not data:
            return
        done += len(data)
        yield data


def reason(error: OSError) -> str:
    """Why the system refused, without the path that `str(error)` would show."""
    return error.strerror or type(error).__name__
