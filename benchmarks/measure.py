"""Runs commands as whole processes and says what each cost. Standard library only: the measuring process must stay small.

What a child's `ru_maxrss` shows is never less than what its parent held when it was started, so nothing large is imported here.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

_TICK = 0.05  # seconds between two looks at the tree's memory
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class Contestant:
    """One command of a comparison. `size`: the bytes it works on, for MB per CPU second (0: none). `found`: what it found, taken from
    its standard output, so that nobody is measured who did nothing; None where the output says nothing. `shell` lets `sh` run it."""

    name: str
    command: Sequence[str] | str
    size: int = 0
    found: Callable[[str], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    runs: int | None = None  # fewer than the rounds, for the slow ones


@dataclass(frozen=True)
class Figure:
    """One run: wall seconds, CPU seconds (user and system, of the process and all its descendants), the peak memory of the largest
    process and of the whole tree (sampled; 0: not known) in MiB."""

    wall: float
    cpu: float
    peak: float
    tree: float


@dataclass(frozen=True)
class Result:
    """The medians of all runs of a contestant. `failed`: why there are none."""

    contestant: Contestant
    figure: Figure | None
    runs: int
    found: object = None
    failed: str = ""

    @property
    def speed(self) -> float:
        """Decimal MB of input per CPU second; 0 if not known."""
        return self.contestant.size / 1e6 / self.figure.cpu if self.figure and self.figure.cpu else 0.0


class Failure(Exception):
    """A contestant ended with an error; says which and how."""


def once(contestant: Contestant) -> tuple[Figure, str]:
    """Runs a contestant and gives its figures and what it printed. Raises `Failure` if it ends with another status than 0."""
    shell = isinstance(contestant.command, str)
    # as installed: compiled once, nothing of the caller's that changes what Python does
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONOPTIMIZE")}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            contestant.command,
            shell=shell,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=kept | dict(contestant.environment),
            cwd=contestant.folder,
        )
        memory = _Memory(process.pid)
        memory.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        memory.stop()
        if process.returncode:
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().rsplit("\n", 1)[-1]
            raise Failure(f"ended with status {process.returncode}: {last[:200]}")
        output.seek(0)
        said = output.read().decode(errors="replace")
    return Figure(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, memory.peak / 2**20), said


class _Memory(threading.Thread):
    """Samples the resident memory of a process and its descendants, on systems with /proc."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._root = root
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(_TICK):
            self.peak = max(self.peak, _tree(self._root))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _tree(pid: int) -> int:
    """Bytes resident in a process and all its descendants now; shared pages count once for each."""
    try:
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except (OSError, IndexError, ValueError):
        return 0
    return resident + sum(_tree(child) for child in children)


def alternate(
    contestants: Sequence[Contestant],
    rounds: int,
    *,
    budget: float = float("inf"),
    say: Callable[[str], None] = lambda text: None,
) -> list[Result]:
    """Every contestant once, then every one again, `rounds` times: what the machine does meanwhile hits all alike. No round is begun
    after `budget` seconds. One that fails is said and left out; one that finds something else than before fails too."""
    figures: dict[str, list[Figure]] = {contestant.name: [] for contestant in contestants}
    results = {contestant.name: Result(contestant, None, 0) for contestant in contestants}
    begun = time.perf_counter()
    for number in range(rounds):
        if number and time.perf_counter() - begun > budget:
            break
        for contestant in contestants:
            result = results[contestant.name]
            if result.failed or (contestant.runs is not None and number >= contestant.runs):
                continue
            say(f"round {number + 1}: {contestant.name}")
            results[contestant.name] = _another(result, figures[contestant.name])
    return list(results.values())


def _another(result: Result, figures: list[Figure]) -> Result:
    contestant = result.contestant
    try:
        figure, said = once(contestant)
        found = contestant.found(said) if contestant.found is not None else None
    except (Failure, OSError, ValueError, LookupError) as error:
        return replace(result, figure=None, failed=str(error))
    if figures and found != result.found:
        return replace(result, figure=None, failed=f"found {found}, and {result.found} before")
    figures.append(figure)
    return Result(contestant, median(figures), len(figures), found)


def median(figures: Sequence[Figure]) -> Figure:
    return Figure(*(statistics.median(getattr(figure, name) for figure in figures) for name in ("wall", "cpu", "peak", "tree")))
