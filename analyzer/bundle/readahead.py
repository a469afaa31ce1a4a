"""Inflating and scanning side by side: a thread pulls the next blocks while the consumer works on this one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator


def read_ahead(blocks: Iterator[bytes], depth: int = 4) -> Iterator[bytes]:
    """The same blocks, pulled by a thread that runs at most `depth` blocks ahead.

    An exception of `blocks` is raised here, after the blocks before it. Closing this iterator early ends the thread and closes
    `blocks`.
    """
    ready: queue.Queue[bytes | None] = queue.Queue(maxsize=max(1, depth))
    stop = threading.Event()
    failure: list[BaseException] = []

    def pull() -> None:
        try:
            for block in blocks:
                ready.put(block)
                if stop.is_set():
                    return
        except BaseException as error:  # handed over: the consumer raises it
            failure.append(error)
        ready.put(None)

    thread = threading.Thread(target=pull, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (block := ready.get()) is not None:
            yield block
        if failure:
            raise failure[0]
    finally:
        stop.set()
        while thread.is_alive():
            _drain(ready)
            thread.join(0.01)
        close = getattr(blocks, "close", None)
        if close is not None:
            close()


def _drain(ready: queue.Queue[bytes | None]) -> None:
    while True:
        try:
            ready.get_nowait()
        except queue.Empty:  # nothing left to make room for
            return
