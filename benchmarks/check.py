"""Fails if the program needs more instructions than it did: a check that a busy machine does not disturb.

    make bench-check                    # hold the counts against benchmarks/instructions.json
    make bench-check CHECK=--update     # take the counts over: after a gain, or where a rise is wanted (say why in the commit)

Seconds differ from run to run, and on a shared machine by half. Instructions do not: Valgrind counts those of a whole run of a small
bundle and of one with logs, with a fixed hash seed, and two counts of the same run differ by less than a ten-thousandth. A Python that
was built otherwise needs another number for the same work; so a fixed piece of pure Python is counted too, and the counts are scaled by it:
that is right to about a tenth, so 25 % is the limit there and 15 % where the calibration is the same.
Another minor version of Python or another kind of processor is not compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.run import Inputs

LIMIT = 1.15
LIMIT_SCALED = 1.25  # where another build of Python counts: scaling is right to about a tenth
BASELINE = Path(__file__).with_name("instructions.json")
_ROOT = BASELINE.parents[1]
_FIXTURE = _ROOT / "fixtures" / "linux-extensions-disabled" / "bundle"
_MEGABYTES = 10
_CALIBRATION = """
import json, re
pattern, words, seen = re.compile(r"(?P<key>[a-z]+)=(?P<value>[0-9]+)"), ["alpha", "beta", "gamma", "delta"], {}
class Record:
    __slots__ = ("name", "number")
    def __init__(self, name, number):
        self.name, self.number = name, number
for number in range(20_000):
    found = pattern.match(f"{words[number % 4]}={number}")
    record = Record(found["key"], int(found["value"]))
    seen.setdefault(record.name, []).append(record.number)
text = json.dumps({name: sorted(numbers, key=lambda item: -item) for name, numbers in seen.items()})
assert sum(map(len, json.loads(text).values())) == 20_000
"""


@dataclass(frozen=True)
class Counts:
    """Instructions of the calibration, and of each piece of work by its name; and what they were counted with."""

    python: str
    machine: str
    lock: str
    calibration: int
    work: Mapping[str, int]

    def text(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def read(cls, text: str) -> Counts:
        return cls(**json.loads(text))


def obstacle(before: Counts, now: Counts) -> str:
    """Why two counts cannot be compared, or nothing."""
    if _minor(before.python) != _minor(now.python):
        return f"this is Python {now.python}, the stored counts are of {before.python}"
    if before.machine != now.machine:
        return f"this is a {now.machine}, the stored counts are of a {before.machine}"
    return ""


def _minor(version: str) -> str:
    return ".".join(version.split()[-1].split(".")[:2])


def rises(before: Counts, now: Counts) -> list[tuple[str, int, int, float]]:
    """Per piece of work: its name, the stored count scaled to this Python's calibration, the count now, and their ratio."""
    scale = now.calibration / before.calibration
    return [(name, round(count * scale), now.work[name], now.work[name] / (count * scale)) for name, count in before.work.items()]


def verdict(before: Counts, now: Counts) -> tuple[bool, list[str]]:
    """Whether all is well (also where nothing can be compared), and what to tell."""
    if why := obstacle(before, now):
        return True, [f"Not compared: {why}. `make bench-check CHECK=--update` stores counts of this one."]
    scale = now.calibration / before.calibration
    limit = LIMIT if abs(scale - 1) < 0.01 else LIMIT_SCALED
    lines, well = [], True
    for name, was, is_now, ratio in rises(before, now):
        rose = ratio > limit
        well = well and not rose
        judged = f"more than {limit - 1:.0%} over" if rose else "lower: take it over with CHECK=--update" if ratio < 2 - limit else "well"
        lines.append(f"{name}: {is_now / 1e6:,.0f} million instructions, {was / 1e6:,.0f} stored, {ratio - 1:+.1%}: {judged}")
    if limit != LIMIT:
        lines.append(
            f"Scaled by {now.calibration / before.calibration:.3f}: another build of Python ({now.python} against {before.python})."
        )
    if not well and before.lock != now.lock:
        lines.append("requirements.lock is another than when the counts were stored: a dependency may be what rose.")
    return well, lines


def instructions(command: Sequence[str]) -> int:
    """The instructions of a run, those of its child processes included. Raises `RuntimeError` if it fails."""
    counting = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", "--trace-children=yes", *command]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    environment |= {"PYTHONHASHSEED": "0", "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"}
    ended = subprocess.run(counting, capture_output=True, text=True, env=environment, check=False)
    found = re.findall(r"I\s+refs:\s+([\d,]+)", ended.stderr)
    if ended.returncode or not found:
        raise RuntimeError(f"{' '.join(command)} under Valgrind: status {ended.returncode}: {ended.stderr.strip()[-300:]}")
    return sum(int(number.replace(",", "")) for number in found)


def count(inputs: Inputs) -> Counts:
    """Counts everything; takes about half a minute."""
    logs, _ = inputs("text", megabytes=_MEGABYTES)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:

        def analyze(bundle: Path) -> int:
            command = [sys.executable, "-m", "analyzer", str(bundle), "-o", str(Path(folder) / "report.html"), "--force"]
            kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            subprocess.run(command, check=True, capture_output=True, cwd=_ROOT, env=kept)  # what Python compiles once is not counted
            return instructions(command)

        small = analyze(_FIXTURE)
        work = {"a small bundle": small, f"{_MEGABYTES} MB of logs, beyond that": analyze(logs / "logs.zip") - small}
    calibration = instructions([sys.executable, "-S", "-c", _CALIBRATION])
    return Counts(_python(), platform.machine(), _lock(), calibration, work)


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def _lock() -> str:
    return hashlib.sha256((_ROOT / "requirements.lock").read_bytes()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="store the counts instead of comparing them")
    parser.add_argument("--folder", type=Path, default=_ROOT / ".bench" / "inputs", help="where the input is kept")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        print("Not compared: valgrind, which counts the instructions, is not on this machine.")
        return 0
    before = Counts.read(BASELINE.read_text()) if BASELINE.exists() else None
    if before is not None and not options.update:
        here = Counts(_python(), platform.machine(), _lock(), 1, {})
        if obstacle(before, here):
            print(*verdict(before, here)[1], sep="\n")
            return 0
    now = count(Inputs(options.folder))
    if before is None or options.update:
        BASELINE.write_text(now.text())
        print(
            f"Stored in {BASELINE.relative_to(_ROOT)}: "
            + ", ".join(f"{name} {number / 1e6:,.0f} million" for name, number in now.work.items())
        )
        return 0
    well, lines = verdict(before, now)
    print(*lines, sep="\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
