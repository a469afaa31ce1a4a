"""What to do about a cause: the steps of its text (texts/<cause>.<lang>.yaml) for the VM's system, filled with the case's own names.

A value from a bundle is written by whoever wrote the bundle. It stands in a command only if it is made of characters that no shell
reads as more than a word; else the placeholder stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.diagnosis.distribution import OTHER, System, title
from analyzer.diagnosis.names import Names, placeholders
from analyzer.resources import read_yaml

PLACEHOLDER = re.compile(r"(?<![%$@])\{([a-z][a-z_]*)\}")  # `%{http_code}`, `${x}` and `@{a}` belong to curl and to shells
_LONGEST = 512
_WORD = re.compile(r"[A-Za-z0-9_(/][A-Za-z0-9._()/:-]*")  # does not begin like an option
_QUOTED = re.compile(r"[A-Za-z0-9._/:-]+")  # of these no shell reads more than a word
_TEXT = re.compile(r"[\w(/][\w ._()/:-]*")


def remedy(text: Mapping[str, Any], system: System, names: Names, lang: str) -> list[dict[str, Any]]:
    """The rows of the document: id, text and command of each step that is for this system or may be.

    `systems` (id and title) says for which ones a step is, where the bundle does not tell the VM's; `corrects` what the page says
    instead; `row` which row of the page a step covers.
    """
    steps = text.get("steps", [])
    return [
        {
            "id": step["id"],
            "text": prose(step["text"], names, lang),
            "command": command(step.get("command"), names, lang),
            "systems": [{"id": name, "title": title(name, lang)} for name in conditions(step, system)],
            "corrects": prose(step["corrects"], names, lang) if "corrects" in step else None,
            "row": step.get("row"),
        }
        for step in steps
        if _is_for(step, [other for other in steps if other["id"] == step["id"]], system)
    ]


def conditions(step: Mapping[str, Any], system: System) -> list[str]:
    """The systems a step is for, as far as it is open whether the VM's is one of them."""
    if "distro" in step:
        return [] if system.names else list(step["distro"])
    return [step["os"]] if "os" in step and system.os == "unknown" else []


def _is_for(step: Mapping[str, Any], branches: Sequence[Mapping[str, Any]], system: System) -> bool:
    """Whether a step may be for the VM. `branches` are the steps with its id: the one that names the nearest kin of the VM's
    distribution is for it, else the one for others."""
    needed = "linux" if "distro" in step else step.get("os", "")
    if needed and system.os not in (needed, "unknown"):
        return False
    if "distro" not in step or not system.names:
        return True
    named = {name for branch in branches for name in branch.get("distro", ())}
    return next((name for name in system.names if name in named), OTHER) in step["distro"]


def command(template: str | None, names: Names, lang: str) -> str | None:
    """A command with what is known; what is not known, or is not safe in a shell, is `<a word for it>`."""
    if not template:
        return None

    def value(match: re.Match[str]) -> str | None:
        found = names.get(match[1], "")
        if len(found) > _LONGEST or not _WORD.fullmatch(found):
            return None
        return found if _QUOTED.fullmatch(found) or _inside_quotes(template, match.start()) else f"'{found}'"

    return _filled(template, value, lang)


def prose(template: str, names: Names, lang: str) -> str:
    """A sentence with what is known; names of any script stand there, but no markup and no line of their own."""

    def value(match: re.Match[str]) -> str | None:
        found = names.get(match[1], "")
        return found if len(found) <= _LONGEST and _TEXT.fullmatch(found) else None

    return _filled(template, value, lang)


def _filled(template: str, value: Any, lang: str) -> str:
    words = placeholders()["words"]

    def fill(match: re.Match[str]) -> str:
        if match[1] not in words:
            return match[0]
        return value(match) or f"<{words[match[1]][lang]}>"

    return PLACEHOLDER.sub(fill, template)


def _inside_quotes(text: str, at: int) -> bool:
    """Whether a place in a command lies between quotes; neither bash nor PowerShell reads a quote inside the other kind."""
    quote = ""
    for char in text[:at]:
        if char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
    return bool(quote)


@cache
def _documents() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(resources.catalogue("documents.yaml"))
    return found


def sources(urls: Sequence[str], lang: str) -> list[dict[str, Any]]:
    """Each page with the title and the date of the edition that the catalogue was written from; None where they are not known."""
    rows = []
    for url in urls:
        known = _documents().get(url.split("#", 1)[0]) or {}
        titles = known.get("title") or {}
        rows.append({"url": url, "title": titles.get(lang) or titles.get("en"), "date": known.get("date")})
    return rows
