"""The peers: installed into an environment of their own, never into the project's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_WANTED = Path(__file__).with_name("peers.txt")
_PROGRAMS = "Scripts" if sys.platform == "win32" else "bin"


@dataclass(frozen=True)
class Peers:
    """Where the peers' programs are, which versions were installed, and why a peer is missing (by package)."""

    folder: Path
    versions: dict[str, str]
    missing: dict[str, str]

    def program(self, name: str) -> str:
        return str(self.folder / _PROGRAMS / name)


def install(folder: Path, say: Callable[[str], None]) -> Peers:
    """Installs each of peers.txt that is not there yet. What cannot be installed is noted, and the rest goes on."""
    python = folder / _PROGRAMS / "python"
    if not python.exists():
        say("an environment for the peers")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    missing: dict[str, str] = {}
    installed = _installed(python)
    for line in _WANTED.read_text().splitlines():
        requirement = line.partition("#")[0].strip()
        name, _, version = requirement.partition("==")
        if not name or installed.get(name) == version:
            continue
        say(f"installing {requirement}")
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(_WANTED), requirement]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode:
            missing[name] = (ended.stderr.strip() or "pip failed").rsplit("\n", 1)[-1][:200]
    return Peers(folder, _installed(python), missing)


def _installed(python: Path) -> dict[str, str]:
    command = [str(python), "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return {name: version for name, _, version in (line.partition("==") for line in lines)}


def absent(*programs: str) -> str:
    """Why a comparison with these programs of the system cannot be made, or nothing."""
    gone = [program for program in programs if shutil.which(program) is None]
    return f"{', '.join(gone)} is not on this machine" if gone else ""


def none(why: str) -> Peers:
    """No peers at all."""
    names = [line.partition("==")[0] for line in _WANTED.read_text().splitlines() if line and not line.startswith("#")]
    return Peers(Path(), {}, dict.fromkeys(names, why))
