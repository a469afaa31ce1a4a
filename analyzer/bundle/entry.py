"""What an archive reader hands to the tree: entries that can be read, and what it refused."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from analyzer.bundle.source import MemorySource, Source, read_range

Note = Callable[[str, str], None]
"""Reports a problem of one artifact: what happened and where, what was lost by it."""


def silent(problem: str, lost: str) -> None:
    """The note of a look that is repeated in earnest later: nothing is reported twice."""


@dataclass(slots=True)
class Entry(ABC):
    """One regular file of an archive or folder. `path` is cleaned, `size` is in bytes without the archive's own compression."""

    path: str
    size: int
    modified: datetime | None
    crc: int | None  # CRC-32 of the bytes, if the archive states it

    @abstractmethod
    def blocks(self, block: int, note: Note) -> Iterator[bytes]:
        """The stored bytes in blocks of at most `block` bytes. Damage ends the iteration early and is noted once."""

    def source(self) -> Source | None:
        """Random access to the stored bytes if that costs no copy, else None."""
        return None


@dataclass(slots=True)
class SourceEntry(Entry):
    """A file that has random access as it is: one on disk, or one in memory."""

    data: Source = field(default_factory=lambda: MemorySource(b""))

    def blocks(self, block: int, note: Note) -> Iterator[bytes]:
        total = 0
        for piece in read_range(self.data, 0, self.size, block, note):
            total += len(piece)
            yield piece
        if total < self.size:
            note(f"the file ended at byte {total} of {self.size} while it was read", f"{self.size - total} bytes")

    def source(self) -> Source | None:
        return self.data


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that is never read. `lost` is filled where a user has to know: it becomes a Problem."""

    path: str
    why: str
    lost: str = ""


@dataclass(slots=True)
class Listing:
    """What one archive or folder holds."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.entries or self.refused)


def from_epoch(seconds: float | None) -> datetime | None:
    """A Unix time as naive UTC, or None if no calendar holds it."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):  # a stamp beyond the calendar is no stamp; it is a hint only
        return None
