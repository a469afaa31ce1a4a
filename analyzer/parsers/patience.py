"""How long one member may keep the program busy, and how much it may leave in memory: the checks between blocks and between events.

Nothing is checked inside a block or a record, so a plain run pays nothing. What is cut is told; the limits stand in `bundle/budget.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from analyzer.bundle.budget import Budget, Meter
from analyzer.bundle.entry import Note
from analyzer.model import Event

_T = TypeVar("_T")
_SLOW = "takes far longer than its size explains"


def clock() -> float:
    """Seconds of the processor that this thread has used: on a busy machine a bundle is read slowly, and no member is cut for it."""
    return time.thread_time()


def in_time(blocks: Iterable[bytes], budget: Budget, note: Note) -> Iterator[bytes]:
    """The blocks, until the consumer has taken longer than their bytes may take. `blocks` itself stays open: its digest may be wanted."""
    begun, size = clock(), 0
    for block in blocks:
        size += len(block)
        yield block
        if clock() - begun > budget.seconds(size):
            note(f"{_SLOW}: reading ended at byte {size}", "what follows in it")
            return


def few(events: Iterable[Event], size: int, meter: Meter, note: Note) -> Iterator[Event]:
    """The events of a document of `size` bytes, until there are too many of them, or it has taken too long."""
    budget, begun = meter.budget, clock()
    for count, event in enumerate(events, 1):
        yield event
        meter.events += 1
        if clock() - begun > budget.seconds(size):
            note(f"{_SLOW}: reading ended after {count} entries", "what follows in it")
            return
        if count >= budget.max_events or meter.events >= budget.max_events_in_all:
            note(f"{count} entries were read, more than the budget leaves to it", "what follows in it")
            return
