"""The scripts that collect what a verdict is missing: one for the VM's system, one for the platform (Azure CLI).

The commands are those of artifacts.yaml and checklist.yaml, the frames stand in reports/collect-*. Nothing that a bundle says gets into
a script except names that a shell reads as one plain word (diagnosis/remedy.py); what is not known is a variable to be filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer import resources
from analyzer.diagnosis.knowledge import Kind
from analyzer.diagnosis.names import Names, placeholders
from analyzer.diagnosis.remedy import PLACEHOLDER, command, prose
from analyzer.model import of_platform

_FRAMES = {"linux": "collect-linux.sh", "windows": "collect-windows.ps1", "platform": "collect-platform.sh"}
_NAMES, _COMMANDS = "# NAMES\n", "# COMMANDS\n"  # where they go in a frame
_AZURE_CLI = re.compile(r"(?:^|[\s(;])az ")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


@dataclass(frozen=True)
class Wanted:
    """Something to collect: what it is called, the command with its placeholders, where the portal shows it. `os`: who has the command."""

    name: str
    title: str
    command: str
    portal_path: str = ""
    os: str = "any"


def wanted(kind: Kind, system: str, lang: str) -> list[Wanted]:
    """What collects an artifact of a kind: one entry, or two where the system is not known and each has its own command.

    The command of a kind that both systems have is the Linux one, unless it is Azure CLI's; Windows has `command_windows` or none.
    """
    title = str(kind.titles.get(lang) or kind.titles["en"])
    path = kind.portal_path if isinstance(kind.portal_path, str) else str(kind.portal_path.get(lang) or kind.portal_path["en"])
    if system == "unknown" and kind.command_windows:
        own = Wanted(kind.kind, title, kind.command, path, "linux")
        return [own, Wanted(kind.kind, title, kind.command_windows, path, "windows")]
    on_windows = system == "windows" and kind.os == "any" and not _is_azure(kind.kind, kind.command)
    said = kind.command_windows if on_windows else kind.command
    return [Wanted(kind.kind, title, said, path, kind.os if kind.os != "any" else system)]


def _is_azure(kind: str, said: str) -> bool:
    return of_platform(kind) or bool(_AZURE_CLI.search(said))


def scripts(items: Iterable[Wanted], names: Names, lang: str) -> dict[str, str]:
    """The script of each place (linux, windows, platform) that has something to collect; each command stands in it once."""
    by_place: dict[str, list[Wanted]] = {}
    for item in items:
        for place in _places(item):
            by_place.setdefault(place, []).append(item)
    found = {}
    for place in _FRAMES:
        asked = _distinct(by_place.get(place, []))
        if any(item.command for item in asked):
            found[place] = _script(place, asked, names, lang)
    return found


def _distinct(items: Sequence[Wanted]) -> list[Wanted]:
    """Without what another command does as well: the two main event logs are a part of all event logs."""
    found: list[Wanted] = []
    for item in items:
        done = any(item.command in other.command for other in found) if item.command else item.name in {other.name for other in found}
        larger = any(item is not other and item.command in other.command and item.command != other.command for other in items)
        if not done and not (item.command and larger):
            found.append(item)
    return found


def _places(item: Wanted) -> Sequence[str]:
    """Where a command runs. One for any system needs no shell of its own, so Linux takes it where nothing is known."""
    if _is_azure(item.name, item.command):
        return ("platform",) if item.command or item.portal_path else ()
    if not item.command:
        return ()
    return (item.os,) if item.os in _FRAMES else ("linux",)


def _script(place: str, items: Sequence[Wanted], names: Names, lang: str) -> str:
    lines, unknown = [], list[str]()
    for item in items:
        written = _fill(item.command, names, lang, unknown)
        lines += _windows(item, written) if place == "windows" else _bash(item, written, names, lang)
    frame = resources.text(f"reports/{_FRAMES[place]}")
    return frame.replace(_NAMES, "".join(_variable(name, lang) for name in unknown)).replace(_COMMANDS, "\n".join(lines).strip() + "\n")


def _bash(item: Wanted, written: str, names: Names, lang: str) -> list[str]:
    title = " ".join(item.title.split())
    path = [f"# {' '.join(prose(item.portal_path, names, lang).split())}"] if item.portal_path else []
    if not written:
        return ["", f"# {title}", *path]
    return ["", f"# {title}", *path, f"begin {item.name}", "{", written, '} 2>> "$errors" || failed']


def _windows(item: Wanted, written: str) -> list[str]:
    """Windows PowerShell reads a script without a mark in the machine's code page, so nothing but ASCII stands in it."""
    name = _UNPRINTABLE.sub("", item.name).replace("'", "")
    return [f"Save-Artifact '{name}' {{ {written} }}"] if written else []


def _fill(template: str, names: Names, lang: str, unknown: list[str]) -> str:
    """A command with what is known; what is not is a variable, and its name is added to `unknown`."""
    words = placeholders()["words"]

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name not in words:
            return match[0]
        found = command(match[0], names, lang) or ""
        if found != f"<{words[name][lang]}>":
            return found
        if name not in unknown:
            unknown.append(name)
        return f'"${name}"'

    return PLACEHOLDER.sub(fill, template)


def _variable(name: str, lang: str) -> str:
    """The line on top of a script where a person fills in what the bundle does not tell; without it the script stops there."""
    word = placeholders()["words"][name][lang]
    return f"{name}=''  # {word}\n: \"${{{name}:?fill it in above}}\"\n"
