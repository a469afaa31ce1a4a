"""Measures the program as a user runs it: whole processes, on generated input, figures printed as ratios of one run.

    make benchmark                      # or: python -m benchmarks.run [--megabytes 500] [--keep FOLDER]

Prints MB (10^6 bytes of log text) per CPU second, peak memory, and wall time of a small bundle; and what twice the signatures cost.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from analyzer import resources
from benchmarks.inputs import MB, bundle

_RUNS = 3


@dataclass(frozen=True)
class Figure:
    """One process: wall and CPU seconds (user and system, children included), peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


def measure(arguments: list[str]) -> Figure:
    """Runs `analyze` once."""
    return _timed([sys.executable, "-m", "analyzer", *arguments])


def measure_floor(bundle_file: Path) -> Figure:
    """What it costs to read every member and nothing else: the machine's own speed, to hold the other figures against."""
    code = "import sys; from analyzer.bundle import open_bundle; b = open_bundle(sys.argv[1:]); [s for m in b.members for s in b.stream(m, digest=True) if not s]"
    return _timed([sys.executable, "-c", code, str(bundle_file)])


def _timed(command: list[str]) -> Figure:
    """Runs a command once; its output is thrown away."""
    start = time.perf_counter()
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as installed: compiled once
    with Path(os.devnull).open("w") as nothing:
        process = subprocess.Popen(command, stdout=nothing, stderr=nothing, env=kept)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    return Figure(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(figures: list[Figure]) -> Figure:
    return Figure(*(statistics.median(getattr(figure, name) for figure in figures) for name in ("wall", "cpu", "peak")))


def doubled(folder: Path) -> Path:
    """A folder of signatures that repeats the whole catalogue under other ids and other anchors."""
    folder.mkdir()
    for path in sorted(resources.catalogue("signatures").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^- id: (.+)$", r"- id: again.\1", text, flags=re.MULTILINE)
        text = re.sub(r"anchor: \[([^\]]+)\]", lambda m: "anchor: [" + ", ".join(_other(part) for part in m[1].split(", ")) + "]", text)
        text = re.sub(r"anchor: (?!\[)('[^']+'|[^,}\n]+)", lambda m: f"anchor: {_other(m[1])}", text)
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def _other(anchor: str) -> str:
    anchor = anchor.strip()
    return anchor[:-1] + " again'" if anchor.endswith("'") else anchor[:-1] + ' again"' if anchor.endswith('"') else anchor + " again"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=500, help="size of the large bundle's logs (default: 500)")
    parser.add_argument("--keep", type=Path, help="keep the generated input here")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        report(folder, options.megabytes)
    finally:
        if options.keep is None:
            shutil.rmtree(folder)


def report(folder: Path, megabytes: int) -> None:
    large, small, output = folder / f"large-{megabytes}.zip", folder / "small.zip", folder / "report.html"
    size = bundle(large, megabytes * MB)
    small_size = bundle(small, 2 * MB)
    print(
        f"large: {size / MB:.0f} MB of logs in a zip of {large.stat().st_size / MB:.0f} MB; small: {small_size / MB:.1f} MB; {_RUNS} runs each, medians"
    )
    floor = median([measure_floor(large) for _ in range(_RUNS)])
    print(f"floor  {size / MB / floor.cpu:7.0f} MB per CPU second   {floor.cpu:6.2f} s CPU   inflate and SHA-256 of every member alone")
    plain = median([measure([str(large), "-o", str(output)]) for _ in range(_RUNS)])
    print(
        f"large  {size / MB / plain.cpu:7.0f} MB per CPU second   {plain.cpu:6.2f} s CPU   {plain.wall:6.2f} s wall   {plain.peak:5.0f} MiB peak"
    )
    print(f"large needs {plain.cpu / floor.cpu:.1f} times the CPU time of the floor")
    twice = doubled(folder / "doubled") if not (folder / "doubled").exists() else folder / "doubled"
    both = median([measure([str(large), "-o", str(output), "--signatures", str(twice)]) for _ in range(_RUNS)])
    print(f"twice the signatures: {both.cpu / plain.cpu:.2f} of the CPU time, {both.wall / plain.wall:.2f} of the wall time")
    quick = median([measure([str(small), "-o", str(output)]) for _ in range(_RUNS)])
    print(f"small  {quick.wall:7.2f} s wall from start to written report   {quick.cpu:6.2f} s CPU   {quick.peak:5.0f} MiB peak")
    idle = median([measure(["--version"]) for _ in range(_RUNS)])
    print(f"start  {idle.wall:7.2f} s wall for --version")


if __name__ == "__main__":
    main()
