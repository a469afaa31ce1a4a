"""Checks the catalogue: everything that would make a signature slow, silent or unfounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import re2

from analyzer.bundle.layouts import TABLE, Form
from analyzer.diagnosis.knowledge import knowledge
from analyzer.parsers.azure_document import SHAPES
from analyzer.parsers.pattern import Pattern
from analyzer.signatures.examples import wrong_examples
from analyzer.signatures.loader import Catalogue, Mistake, load
from analyzer.signatures.model import Role, Signature

_SHORTEST = 6  # bytes of an anchor: shorter ones stand everywhere and cost the scan its speed
_DERIVED = frozenset(
    [
        "gap",
        "attempt",
        "job-task",
        "job-error",
        "job-list",
        "job-code",
        "job-overlap",
        "portal-error",
        "portal-text",
        "file-listed",
        "collected",
        "copy-failed",
        "key-value",
    ]
)
_LOUD_PREFIX = re.compile(r"^\.[*+]|\.\*.*\.\*.*\.\*")


def kinds() -> frozenset[str]:
    """Every kind of event that a signature can ask for."""
    return frozenset(row.kind for row in TABLE) | {shape.KIND for shape in SHAPES} | _DERIVED


def lint(folders: Sequence[Path] = (), *, examples: bool = True) -> list[Mistake]:
    """All mistakes of the shipped catalogue and of the folders, in order of file and id."""
    catalogue = load(folders)
    found = list(catalogue.mistakes)
    for name, pattern in catalogue.shared.items():
        found += [Mistake("milestones.yaml", name, what) for what in _pattern(pattern)]
    for signature in catalogue.signatures:
        found += [Mistake(signature.file, signature.id, what) for what in _signature(signature)]
        if examples:
            found += [Mistake(signature.file, signature.id, what) for what in wrong_examples(signature, catalogue)]
    found += _catalogue(catalogue)
    return sorted(found, key=lambda mistake: (mistake.file, mistake.where, mistake.what))


def _pattern(pattern: Pattern) -> Iterator[str]:
    known = kinds()
    for kind in sorted(pattern.kinds - known):
        yield f"{pattern.name}: unknown artifact kind {kind!r}"
    logs = {row.kind for row in TABLE if row.form is Form.LOG}
    if pattern.kinds & logs and not pattern.anchors:
        yield f"{pattern.name}: a pattern over a log needs an anchor"
    if "evtx" in pattern.kinds and not {"component", "code"} <= {condition.name for condition in pattern.where}:
        yield f"{pattern.name}: a pattern over event logs needs `component` (the provider) and `code` (event ids)"
    for anchor in pattern.anchors:
        if len(anchor.encode()) < _SHORTEST:
            yield f"{pattern.name}: anchor {anchor!r} is shorter than {_SHORTEST} bytes"
        if "\n" in anchor or not anchor.isascii():
            yield f"{pattern.name}: anchor {anchor!r} must be ASCII without a line end"
    if pattern.match is not None:
        try:
            re2.compile(pattern.match)
        except re2.error as error:
            yield f"{pattern.name}: match is no RE2 expression: {error}"
        if _LOUD_PREFIX.search(pattern.match):
            yield f"{pattern.name}: match begins with a wildcard or chains several"


def _signature(signature: Signature) -> Iterator[str]:
    causes = knowledge().causes
    if signature.cause not in causes:
        yield f"cause {signature.cause!r} is not in causes.yaml"
    for pattern in signature.patterns.values():
        if pattern.name.startswith(signature.id + ":"):
            yield from _pattern(pattern)
    used = signature.when.all_names() | set(signature.cleared_by.values())
    for name in sorted(set(signature.patterns) - used):
        yield f"event {name!r} is not used"
    for kind in (*signature.needs, *signature.cleared_by):
        if kind not in kinds() and not kind.startswith("evtx:"):
            yield f"unknown artifact kind {kind!r}"
    for lang in ("en", "zh-CN"):
        if not signature.says.get(lang):
            yield f"says nothing in {lang}"
    if not signature.matches or not signature.near_misses:
        yield "needs at least one example under matches and one under near_misses"
    if not signature.source:
        yield "names no source"
    if signature.role is Role.FOR and not signature.proof():
        yield "has no event that could be cited"


def _catalogue(catalogue: Catalogue) -> Iterable[Mistake]:
    for cause in knowledge().causes.values():
        for other in cause.explains:
            if other not in knowledge().causes:
                yield Mistake("causes.yaml", cause.id, f"explains {other!r}, which is no cause")
        for kind in (*cause.needs, *(cause.needs_windows or ())):
            if kind not in kinds() and not kind.startswith("evtx:"):
                yield Mistake("assessment.yaml", cause.id, f"unknown artifact kind {kind!r}")
