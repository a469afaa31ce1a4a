"""How much a bundle may cost.

A log bundle is small in number and plain in shape; what goes beyond these limits is an accident or an attack.

The limits are generous against real bundles: `waagent -collect-logs` stops at 150 MB, a support bundle at some gigabytes and
some ten thousand members.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one bundle; sizes in bytes. Whatever exceeds one is cut or refused, and a Problem says so."""

    max_members: int = 200_000  # entries listed, directories and refused ones included, over all archives
    max_depth: int = 6  # archives inside the input archive, level below level
    max_bytes: int = 64 << 30  # content of all members together; a byte read twice counts once
    max_member_bytes: int = 16 << 30  # content of one member
    max_ratio: int = 1_000  # content bytes per compressed byte of one member ...
    ratio_free: int = 256 << 20  # ... counted only beyond this much content
    seconds_free: float = 30.0  # that a member may take to be read, ...
    seconds_per_mb: float = 0.5  # ... and for each MB of it; a usual log takes a fiftieth of this
    max_events: int = 100_000  # that one document may hold ...
    max_events_in_all: int = 500_000  # ... and all documents together
    max_held: int = 256 << 20  # matches of patterns that are kept in memory, over all logs

    def seconds(self, size: int) -> float:
        """How long `size` bytes of a member may take."""
        return self.seconds_free + self.seconds_per_mb * size / 1e6

    def bombs(self, produced: int, consumed: int) -> str:
        """Why `produced` bytes out of `consumed` compressed bytes are too many, or '' if they are not."""
        if produced > self.max_member_bytes:
            return f"more than {self.max_member_bytes} bytes in one member"
        if produced > self.ratio_free and produced > self.max_ratio * max(consumed, 1):
            return f"expands more than {self.max_ratio} times ({consumed} bytes to over {produced})"
        return ""


@dataclass(slots=True)
class Meter:
    """What a bundle has cost so far. Safe to use from several threads."""

    budget: Budget
    members: int = 0
    bytes: int = 0
    events: int = 0
    _marks: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self) -> bool:
        """Count one more entry; False once `max_members` are reached."""
        if self.members >= self.budget.max_members:
            return False
        self.members += 1
        return True

    def charge(self, path: str, position: int) -> bool:
        """Note that `path` was read up to byte `position`; False if that exceeds `max_bytes`."""
        with self._lock:
            new = position - self._marks.get(path, 0)
            if new <= 0:
                return True
            if self.bytes + new > self.budget.max_bytes:
                return False
            self._marks[path] = position
            self.bytes += new
            return True
