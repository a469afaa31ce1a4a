"""Reads signatures and the shared patterns they use from YAML. Every mistake is collected and reported with file and id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import re2

from analyzer import ahead, resources
from analyzer.facts import PREFIX as FACT
from analyzer.facts import fact, facts
from analyzer.parsers.pattern import MODIFIERS, Condition, Pattern, compiled
from analyzer.signatures import conditions
from analyzer.signatures.conditions import ConditionError, parse
from analyzer.signatures.model import Role, Scope, Signature, Strength

_SYSTEMS = frozenset(("linux", "windows"))
_NEEDED = ("cause", "role", "strength", "events", "when", "says")
_KEYS = frozenset(_NEEDED) | frozenset(
    (
        "id",
        "scope",
        "needs",
        "cleared_by",
        "before",
        "holds",
        "absolute",
        "failure",
        "named",
        "builds_up",
        "doc",
        "source",
        "matches",
        "near_misses",
    )
)
_NAMED = re.compile(r"\{fact:([a-z0-9-]+)\}")
_EVENT_KEYS = frozenset(("kind", "anchor", "match", "where", "use"))


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a catalogue file, and where."""

    file: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.what}"


@dataclass
class Catalogue:
    """All signatures, the shared patterns by name, and what was wrong with the rest. `added` are the digests of the user's files."""

    signatures: list[Signature] = field(default_factory=list)
    shared: dict[str, Pattern] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    distinct: dict[Pattern, Pattern] = field(default_factory=dict, repr=False)  # equal patterns are one, under the first one's name

    def patterns(self) -> list[Pattern]:
        """Every pattern once, by name."""
        found = dict(self.shared)
        for signature in self.signatures:
            for pattern in signature.patterns.values():
                found.setdefault(pattern.name, pattern)
        return list(found.values())


def load(folders: Iterable[Path] = (), system: str = "any", *, examples: bool = True) -> Catalogue:
    """The shipped catalogue and the signatures of the user's own folders (`--signatures`).

    A shipped file is named by the operating system that it speaks of; with a `system` (linux, windows) the others stay unread.
    Without `examples` the shipped signatures may come as they were kept ahead of time (analyzer/ahead.py), which is ten times as fast.
    """
    catalogue = Catalogue()
    shipped = resources.catalogue("signatures")
    _shared(catalogue, resources.catalogue("milestones.yaml"))
    others = _SYSTEMS - {system} if system in _SYSTEMS else frozenset()
    files = [(path, path.name) for path in sorted(shipped.glob("*.yaml")) if path.name.split("-", 1)[0] not in others]
    for folder in folders:
        own = sorted(Path(folder).glob("*.yaml"))
        catalogue.added += [hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest() for path in own]
        files += [(path, f"{folder.name}/{path.name}") for path in own]
    for path, name in files:
        _file(catalogue, path, name, examples=examples)
    return catalogue


def _shared(catalogue: Catalogue, path: Path) -> None:
    entries, sound = _read(path)
    for name, entry in (entries or {}).items():
        pattern = pattern_of(catalogue, path.name, name, name, entry, sound=sound)
        if pattern is not None:
            catalogue.shared[name] = pattern


def _file(catalogue: Catalogue, path: Path, name: str, *, examples: bool) -> None:
    try:
        entries, sound = _read(path, examples=examples)
    except ValueError as error:
        catalogue.mistakes.append(Mistake(name, "file", f"not readable as YAML: {error}"))
        return
    known = {signature.id for signature in catalogue.signatures}
    for position, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            catalogue.mistakes.append(Mistake(name, f"entry {position}", "has no id"))
        elif entry["id"] in known:
            catalogue.mistakes.append(Mistake(name, entry["id"], "this id is used twice"))
        elif (signature := _shaped(catalogue, name, entry, sound)) is not None:
            known.add(signature.id)
            catalogue.signatures.append(signature)


def _read(path: Path, *, examples: bool = False) -> tuple[Any, bool]:
    """The entries of a file, and whether they were found sound when they were kept ahead of time. Raises `ValueError`."""
    source = path.read_bytes()
    kept = None if examples else ahead.kept(path, source)
    if kept is None:
        return resources.parse_yaml(source.decode("utf-8")), False
    for text, tree in kept["conditions"].items():
        conditions.known(text, tree)
    return kept["data"], True


def _shaped(catalogue: Catalogue, file: str, entry: Mapping[str, Any], sound: bool) -> Signature | None:
    try:
        return _signature(catalogue, file, entry, sound)
    except (AttributeError, TypeError, ValueError) as error:  # a list where a mapping belongs, and the like
        catalogue.mistakes.append(Mistake(file, str(entry["id"]), f"is not shaped like a signature: {error}"))
        return None


def _signature(catalogue: Catalogue, file: str, entry: Mapping[str, Any], sound: bool) -> Signature | None:
    identity = str(entry["id"])
    before = len(catalogue.mistakes)

    def mistake(what: str) -> None:
        catalogue.mistakes.append(Mistake(file, identity, what))

    for key in sorted(set(entry) - _KEYS):
        mistake(f"unknown key {key!r}")
    for key in _NEEDED:
        if key not in entry:
            mistake(f"{key!r} is missing")
    if len(catalogue.mistakes) > before:
        return None
    patterns = {}
    for name, event in entry["events"].items():
        pattern = pattern_of(catalogue, file, identity, f"{identity}:{name}", event, sound=sound)
        if pattern is not None:
            patterns[str(name)] = pattern
    try:
        when = parse(str(entry["when"]))
        role, strength, scope = Role(entry["role"]), Strength(entry["strength"]), Scope(entry.get("scope", "window"))
        before_window = int(entry.get("before", 0))
    except (ConditionError, ValueError, TypeError) as error:
        mistake(str(error))
        return None
    for name in sorted((when.all_names() | set(entry.get("cleared_by", {}).values())) - set(patterns)):
        mistake(f"the condition names {name!r}, which is no event of this signature")
    if len(catalogue.mistakes) > before:
        return None
    try:
        says = {
            lang: _told(str(text)) for lang, text in (entry["says"] if isinstance(entry["says"], dict) else {"en": entry["says"]}).items()
        }
    except KeyError as error:
        mistake(f"says: {error} is no fact of facts.yaml")
        return None
    return Signature(
        identity, str(entry["cause"]), role, strength, scope, patterns, when, str(entry["when"]), says,
        tuple(entry.get("needs", ())), dict(entry.get("cleared_by", {})), before_window, bool(entry.get("holds", False)),
        bool(entry.get("absolute", False)), bool(entry.get("failure", False)), bool(entry.get("named", False)),
        bool(entry.get("builds_up", False)), str(entry.get("doc", "")), str(entry.get("source", "")), file,
        tuple(entry.get("matches", ())), tuple(entry.get("near_misses", ())),
    )  # fmt: skip


def pattern_of(catalogue: Catalogue, file: str, where: str, name: str, entry: Any, *, sound: bool = False) -> Pattern | None:
    """The pattern that a mapping of kind, anchor, match and where describes; None (and a mistake in `catalogue`) if it is wrong.

    Expressions that are known to be `sound` are not compiled before they are needed.
    """

    def mistake(what: str) -> None:
        catalogue.mistakes.append(Mistake(file, where, what))

    if isinstance(entry, str):
        entry = {"use": entry}
    if not isinstance(entry, dict):
        mistake(f"event {name!r} is not a mapping")
        return None
    for key in sorted(set(entry) - _EVENT_KEYS):
        mistake(f"event {name!r}: unknown key {key!r}")
    if "use" in entry:
        shared = catalogue.shared.get(str(entry["use"]))
        if shared is None:
            mistake(f"event {name!r} uses {entry['use']!r}, which milestones.yaml does not define")
        return shared
    if "kind" not in entry:
        mistake(f"event {name!r} names no artifact kind")
        return None
    tests, used = [], []
    for key, value in (entry.get("where") or {}).items():
        field_name, _, modifier = str(key).partition("|")
        if isinstance(value, str) and value.startswith(FACT):
            if value.removeprefix(FACT) not in facts():
                mistake(f"event {name!r}: {value!r} is no fact of facts.yaml")
                return None
            used.append(value.removeprefix(FACT))
            value = list(fact(value).values)
        if (modifier or "is") not in MODIFIERS:
            mistake(f"event {name!r}: unknown modifier {modifier!r}")
            return None
        tests.append(Condition(field_name, modifier or "is", tuple(_listed(value))))
        if any(isinstance(one, list | dict) for one in _listed(value)):
            mistake(f"event {name!r}: the test of {field_name!r} wants a value or a list of values")
            return None
    match = entry.get("match")
    for expression in [] if sound else [match, *(value for test in tests if test.modifier == "re" for value in test.values)]:
        try:
            compiled(str(expression or ""))
        except re2.error as error:
            mistake(f"event {name!r}: {str(expression)[:80]!r} is no RE2 expression: {error}")
            return None
    kinds = frozenset(str(kind) for kind in _listed(entry["kind"]))
    anchors = tuple(sorted({str(anchor) for anchor in _listed(entry.get("anchor", []))}))
    pattern = Pattern(name, kinds, anchors, str(match) if match is not None else None, tuple(tests), tuple(used))
    return catalogue.distinct.setdefault(replace(pattern, name=""), pattern)


def _told(text: str) -> str:
    """A sentence with the values of the facts that it names as `{fact:id}`."""
    return _NAMED.sub(lambda named: ", ".join(str(value) for value in fact(named[1]).values), text)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
