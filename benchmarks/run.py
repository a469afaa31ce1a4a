"""Measures the program and its alternatives in one go, as a user runs them, and prints the figures as Markdown.

    make bench                                  # the whole of it, about ten minutes
    make bench BENCH='--quick'                  # tiny inputs: shows that everything works, its figures mean nothing
    make bench BENCH='--large 2000 --into docs/benchmarks.md'
    make bench BENCH='text small'               # some of the cases only

Inputs are made once and peers installed once, below .bench/. Every contestant is a whole process; a round runs each of them once, and the
figures are medians over the rounds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import cases, peers, table

_HERE = Path(__file__).resolve().parent
_FOLDER = _HERE.parent / ".bench"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"only these of {', '.join(cases.CASES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="tiny inputs and one round")
    parser.add_argument("--large", type=float, default=0, metavar="MB", help="also the peak memory of so much text (2000)")
    parser.add_argument("--rounds", type=int, help="rounds of every comparison (default: 3)")
    parser.add_argument("--budget", type=float, default=150, help="seconds after which a comparison begins no further round (default: 150)")
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="where inputs and peers are kept (default: .bench)")
    parser.add_argument("--no-peers", action="store_true", help="install and run no peers")
    parser.add_argument("--into", type=Path, help="also write the figures into this page")
    options = parser.parse_args(arguments)
    if unknown := set(options.cases) - set(cases.CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    sizes = replace(cases.QUICK if options.quick else cases.Sizes(), large=options.large)
    if options.rounds:
        sizes = replace(sizes, rounds=options.rounds)
    names = options.cases or [name for name in cases.CASES if name != "large" or options.large]
    options.folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    others = peers.none("--no-peers was given") if options.no_peers else peers.install(options.folder / "peers", say)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        setting = cases.Setting(sizes, Path(scratch), Inputs(options.folder / "inputs"), others, say, options.budget)
        sections = cases.run(names, setting)
    figures = table.markdown(sections, about(others, time.monotonic() - begun, options.quick))
    print(figures)
    if options.into:
        page = options.into.read_text(encoding="utf-8") if options.into.exists() else ""
        options.into.write_text(table.put_into(page, figures), encoding="utf-8")
    return 0


def say(text: str) -> None:
    """Progress, apart from the figures."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


class Inputs:
    """Makes each input once, in a process of its own: what a writer needs must not count as the measuring process's memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, writer: str, **wanted: object) -> tuple[Path, dict[str, object]]:
        """The folder of an input and what its writer told of it."""
        asked = json.dumps([writer, wanted, _sources()], sort_keys=True)
        folder = self._folder / f"{writer}-{hashlib.sha256(asked.encode()).hexdigest()[:12]}"
        told = folder / "told.json"
        if not told.exists():
            say(f"writing input: {writer} {json.dumps(wanted)}")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            code = "import sys, json; from pathlib import Path; from benchmarks.inputs import WRITERS; " + (
                "print(json.dumps(WRITERS[sys.argv[1]](Path(sys.argv[2]), **json.loads(sys.argv[3]))))"
            )
            command = [sys.executable, "-c", code, writer, str(folder), json.dumps(wanted)]
            written = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=_HERE.parent)
            told.write_text(written.stdout)
        result: dict[str, object] = json.loads(told.read_text())
        return folder, result


def _sources() -> str:
    """What the inputs depend on: another writer, other bytes."""
    sources = (_HERE / "inputs.py", _HERE / "planted.py", _HERE.parent / "tests/support/scenes.py")
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def about(others: peers.Peers, seconds: float, quick: bool) -> list[str]:
    """Where and with what the figures were taken."""
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    named = [name for name in ("insights-core", "hotsos", "python-evtx", "evtx") if name in others.versions]
    lines = [
        f"Python {platform.python_version()} on {_processor()}, {os.cpu_count()} cores{load}; the whole run took {seconds / 60:.0f} minutes. "
        f"Peers: {', '.join(f'{name} {others.versions[name]}' for name in named) or 'none'}."
    ]
    gone = [f"{name} ({why})" for name, why in others.missing.items()]
    if why := peers.absent("unzip", "grep"):
        gone.append(why)
    if quick:
        lines.insert(0, "**A quick run on tiny inputs: it shows that everything works. Its figures mean nothing.**")
    return [*lines, *([f"Not run: {'; '.join(gone)}."] if gone else [])]


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(": ")[2].strip()
    except OSError:
        pass
    return platform.machine()


if __name__ == "__main__":
    sys.exit(main())
