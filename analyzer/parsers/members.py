"""Reads all members of a bundle: documents first and in order, then the logs, side by side.

Small files say when and what failed, so they are read before the logs are. Logs spend their time in inflating, hashing and searching, which
threads do at once. What a member comes to does not depend on the others, so the order of reading does not show: budgets that count over
several members are settled in the order of their paths.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from analyzer.bundle import Bundle, Member
from analyzer.bundle.layouts import Form
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import Kind, Read, classify, read, settle, tell_omitted
from analyzer.parsers.scan import Near

Progress = Callable[[str, int, int], None]

_WORKERS = 4  # logs that are read at once
_PROCESSORS = 2  # that one log keeps busy: one inflates and hashes ahead, one searches; more logs than that gain nothing (measured)
_LONG = 4 << 20  # bytes of logs, as stored, from which threads pay, and a look at what was read before them
_SWITCH = 0.0005  # seconds that a thread may keep the others from Python: they leave it for milliseconds, and must get it back as fast


class Members:
    """The members of a bundle, of which some are read. `progress` is called with a member, its bytes and the bytes of all members."""

    def __init__(self, bundle: Bundle, progress: Progress | None = None) -> None:
        self.kinds: Mapping[str, Kind] = {member.path: classify(bundle, member) for member in bundle.members}
        self._bundle = bundle
        self._progress = progress
        self._total = sum(member.size for member in bundle.members)
        self._done: dict[str, Read] = {}
        self._lock = threading.Lock()

    @property
    def logs(self) -> list[Member]:
        """Logs and event logs."""
        return [member for member in self._bundle.members if self.kinds[member.path][0].form in (Form.LOG, Form.EVENTS)]

    @property
    def have_long_logs(self) -> bool:
        """Whether reading the logs takes so long that it pays to prepare it."""
        return sum(member.size for member in self.logs) >= _LONG

    @property
    def reads(self) -> list[Read]:
        """What has been read so far, in the order of the paths."""
        return [self._done[member.path] for member in self._bundle.members if member.path in self._done]

    def read_documents(self, patterns: PatternSet) -> None:
        """Reads everything but the logs."""
        logs = {member.path for member in self.logs}
        for member in self._bundle.members:
            if member.path not in logs:
                self._read(member, patterns, None)

    def read_logs(self, patterns: PatternSet, near: Near | None = None) -> None:
        """Reads the logs, the largest first; `near` says which stretches will be read again."""
        logs = sorted(self.logs, key=lambda member: (-member.size, member.path))
        workers = min(_WORKERS, (os.cpu_count() or 1) // _PROCESSORS, len(logs))
        if workers > 1 and self.have_long_logs:
            with _quick_switches(), ThreadPoolExecutor(workers, thread_name_prefix="read") as pool:
                for done in [pool.submit(self._read, member, patterns, near) for member in logs]:
                    done.result()
        else:
            for member in logs:
                self._read(member, patterns, near)
        self._settle()

    def _read(self, member: Member, patterns: PatternSet, near: Near | None) -> None:
        with self._lock:
            if self._progress is not None:
                self._progress(member.path, member.size, self._total)
        self._done[member.path] = read(self._bundle, member, patterns, self.kinds[member.path], near)

    def _settle(self) -> None:
        room = self._bundle.budget.max_held
        for one in self.reads:
            room = settle(one, room)
            tell_omitted(self._bundle, one)


@contextmanager
def _quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
