"""Runs the program on a hostile bundle as a user would, in a process of its own, and measures what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile.making import CAUSE

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 90  # of the processor, generous: most take a second or two
MEBIBYTES = 700  # at most; a bundle without anything hostile takes some 110


@dataclass
class Run:
    """The outputs of one run: the files by their ending, what the terminal showed, seconds of the processor and peak memory."""

    files: dict[str, bytes]
    terminal: str
    errors: str
    seconds: float
    mebibytes: float

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.files["json"])
        return found

    def problems(self, artifact: str = "") -> list[str]:
        """The problem lines of members whose path holds `artifact`."""
        return [f"{row['problem']} ({row['lost']})" for row in self.document["problems"] if artifact in row["artifact"]]


def run(
    bundle: Path, *more: str, seconds: float = SECONDS, mebibytes: float = MEBIBYTES, arguments: Sequence[str] = ("-m", "analyzer")
) -> Run:
    """Analyses a bundle with every output. Asserts that it ended well, within time and memory."""
    folder = bundle.parent / "out"
    folder.mkdir()
    outputs = {ending: folder / f"out.{ending}" for ending in ("html", "json", "csv")}
    command = [sys.executable, *arguments, str(bundle), "-o", str(outputs["html"]), "--json", str(outputs["json"])]
    command += ["--timeline", str(outputs["csv"]), *more]
    said, wrong = folder / "stdout", folder / "stderr"
    with said.open("wb") as stdout, wrong.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    taken, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    assert process.returncode == 0, wrong.read_text("utf-8", "replace")[-3000:]
    assert taken < seconds, f"{taken:.1f} s"
    assert peak < mebibytes, f"{peak:.0f} MiB"
    files = {ending: path.read_bytes() for ending, path in outputs.items() if path.exists()}
    return Run(files, said.read_text("utf-8"), wrong.read_text("utf-8"), taken, peak)


def verdict(document: dict[str, Any]) -> tuple[str | None, str]:
    found = document["incidents"][0]["verdict"]
    return found["cause"], found["status"]


def diagnosed(document: dict[str, Any]) -> bool:
    """Whether the failure that the bundle also holds was found, as without the hostile part."""
    return verdict(document) == (CAUSE, "confirmed")
