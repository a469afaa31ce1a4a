"""The catalogue's data apart from signatures: causes, symptoms, artifact kinds, texts. Read once; texts only when shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.resources import read_yaml


@dataclass(frozen=True, slots=True)
class Cause:
    """A documented cause. `order` is its place in causes.yaml; `needs` are the artifact kinds that can show it, `needs_windows` those of
    a Windows VM where they are others."""

    id: str
    group: str
    os: str
    titles: Mapping[str, str]
    explains: tuple[str, ...]
    seed: tuple[str, ...]
    order: int
    needs: tuple[str, ...] = ()
    decided_by: str = ""
    needs_windows: tuple[str, ...] | None = None

    def on(self, system: str) -> Cause:
        """The cause as a VM with this operating system shows it."""
        if system != "windows" or self.needs_windows is None:
            return self
        return replace(self, needs=self.needs_windows)


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several errors that have the same code: the messages that tell it from the others, and its causes."""

    messages: tuple[str, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Symptom:
    """An error code: what the user saw. `messages` are its texts in any language, `numbers` its numeric codes."""

    code: str
    aliases: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    seed: str = ""
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """How a person names and collects an artifact of a kind. `os`: the system that has it (linux, windows, any). `portal_path` is one text
    or one per language; `row` is the row of the page that says to look there."""

    kind: str
    titles: Mapping[str, str]
    command: str = ""
    portal_path: str | Mapping[str, str] = ""
    lane: str = "os"
    os: str = "any"
    command_windows: str = ""
    row: str = ""

    def on(self, system: str) -> Kind:
        """The kind as a VM with this operating system has it."""
        return replace(self, command=self.command_windows) if system == "windows" and self.command_windows else self


@dataclass
class Knowledge:
    causes: dict[str, Cause] = field(default_factory=dict)
    symptoms: dict[str, Symptom] = field(default_factory=dict)
    sentences: tuple[Variant, ...] = ()  # documented messages that have no code
    kinds: dict[str, Kind] = field(default_factory=dict)


@cache
def knowledge() -> Knowledge:
    """The shipped causes, symptoms and kinds."""
    raw = read_yaml(resources.catalogue("causes.yaml"))
    extra = read_yaml(resources.catalogue("assessment.yaml"))
    known = Knowledge()
    for order, entry in enumerate(raw["causes"]):
        more = extra.get(entry["id"]) or {}
        known.causes[entry["id"]] = Cause(
            entry["id"], entry["group"], entry["os"], entry["title"], tuple(entry.get("explains", ())), tuple(entry["seed"]), order,
            tuple(more.get("needs", ())), str(more.get("decided_by", "")),
            tuple(more["needs_windows"]) if "needs_windows" in more else None,
        )  # fmt: skip
    texts = read_yaml(resources.catalogue("symptoms.yaml"))
    numbers = read_yaml(resources.catalogue("numbers.yaml"))
    known.sentences = _variants(texts["sentences"])
    for entry in [*raw["symptoms"], *texts["siblings"]]:
        more = texts["texts"].get(entry["code"]) or {}
        known.symptoms[entry["code"]] = Symptom(
            entry["code"], tuple(entry.get("aliases", ())), tuple(entry.get("causes", ())),
            (*more.get("messages", ()), *entry.get("messages", ())),
            tuple(pair["number"] for pair in numbers if pair.get("code") == entry["code"]), str(entry.get("seed", "")),
            _variants(entry.get("variants", ())),
        )  # fmt: skip
    for kind, entry in read_yaml(resources.catalogue("artifacts.yaml")).items():
        known.kinds[kind] = Kind(
            kind, entry["title"], entry.get("command", ""), entry.get("portal_path", ""), entry.get("lane", "os"), entry.get("os", "any"),
            entry.get("command_windows", ""), entry.get("row", ""),
        )  # fmt: skip
    return known


def _variants(entries: Iterable[Mapping[str, Any]]) -> tuple[Variant, ...]:
    return tuple(Variant(tuple(entry["messages"]), tuple(entry["causes"])) for entry in entries)


def exists_on(kind: str, system: str) -> bool:
    """Whether a VM of this system may have artifacts of a kind; where the system is not known, it may have any."""
    known = knowledge().kinds.get(kind)
    return known is None or system == "unknown" or known.os in ("any", system)


@cache
def reasons(lang: str) -> Mapping[str, str]:
    """The sentences that rules give as reasons, by id."""
    found: Mapping[str, str] = read_yaml(resources.catalogue(f"reasons/{lang}.yaml"))
    return found


@cache
def cause_text(cause: str, lang: str) -> Mapping[str, Any]:
    """Summary, steps and documents of a cause in a language; English where a translation is missing."""
    for language in (lang, "en"):
        path = resources.catalogue("texts") / f"{cause}.{language}.yaml"
        if path.is_file():
            found: Mapping[str, Any] = read_yaml(path)
            return found
    return {}


def catalogue_digest(added: Sequence[str] = ()) -> str:
    """SHA-256 over causes, codes and signatures: what a verdict was judged by. `added` are the digests of the user's own signatures."""
    digest = hashlib.sha256()
    folder = resources.catalogue()
    names = ("assessment.yaml", "causes.yaml", "facts.yaml", "milestones.yaml", "noise.yaml", "numbers.yaml", "symptoms.yaml")
    shipped = sorted((folder / "signatures").glob("*.yaml"), key=lambda path: path.name)
    for path in (*(folder / name for name in names), *shipped):
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    for one in sorted(added):
        digest.update(one.encode() + b"\0")
    return digest.hexdigest()
