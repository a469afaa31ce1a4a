"""The catalogue is whole: no mistakes, evidence for every cause, texts in both languages, fixtures that prove and that tempt."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analyzer import resources
from analyzer.diagnosis.knowledge import Cause, knowledge
from analyzer.resources import read_yaml
from analyzer.signatures.lint import kinds, lint
from analyzer.signatures.loader import Catalogue, load
from analyzer.signatures.model import Role, Signature, Strength

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
_LANGUAGES = ("en", "zh-CN")
_TELLING = {Strength.DECISIVE, Strength.STRONG}
_REPEATS = 5  # events of the same definition that signatures may spell out before it belongs into milestones.yaml

# Causes a Linux guest could show, for which no line of a Linux guest is good enough to make them likely.
WEAK_ON_LINUX = {
    "agent-not-installed": "what was never installed writes nothing; lists of units and processes speak of it, and mislead easily",
    "pending-reboot": "advice by the contract, unless an error of the mechanism stands in the window, and Linux writes none",
}
# The same for Windows, where the agent and the backup extension have no public source and no public log of the extension is known.
WEAK_ON_WINDOWS = {
    "extension-downgrade": "folders of handlers are the Linux agent's own; no document tells of a Windows VM with this fault",
    "host-snapshot-error": "what the host answered stands, if anywhere, in the undocumented log of the extension",
    "snapshot-delayed": "when the command was given is in protected settings; no document names a line that tells of the delay",
    "vm-resources": "no document names an event that tells a busy machine from one whose snapshot failed of it",
    "windows-agent-outdated": "advice by the contract, unless an error of the mechanism stands in the window, and no document names one",
}
WEAK = {"linux": WEAK_ON_LINUX, "windows": WEAK_ON_WINDOWS}
# Causes of which no fixture can be asked: they are never more than a hint.
WITHOUT_FIXTURES: dict[str, dict[str, str]] = {
    "linux": {"pending-reboot": WEAK_ON_LINUX["pending-reboot"]},
    "windows": WEAK_ON_WINDOWS,
}


@cache
def catalogue() -> Catalogue:
    return load()


def of_cause(cause: str) -> list[Signature]:
    return [signature for signature in catalogue().signatures if signature.cause == cause]


def system_of(name: str) -> str:
    """Whose artifacts a file of signatures reads, or a fixture holds: the platform's documents and a Windows guest's go by their names, all
    else was written for Linux."""
    return next((system for system in ("windows", "platform") if name.startswith(system)), "linux")


def of_system(signature: Signature) -> str:
    return system_of(signature.file)


def of_guests() -> list[tuple[Cause, str]]:
    """The causes that a guest could show, once for each operating system."""
    causes = [cause for cause in knowledge().causes.values() if cause.decided_by != "platform"]
    return [(cause, system) for system in ("linux", "windows") for cause in causes if cause.os in (system, "any")]


def of_platform() -> list[tuple[Cause, str]]:
    """The causes that only documents of the platform decide, and those of a guest that they can make likely."""
    causes = knowledge().causes.values()
    return [(cause, "platform") for cause in causes if cause.decided_by == "platform" or strengths(cause.id, "platform") & _TELLING]


def on_systems(pairs: list[tuple[Cause, str]]) -> Any:
    return pytest.mark.parametrize(("cause", "system"), pairs, ids=[f"{cause.id}-{system}" for cause, system in pairs])


def strengths(cause: str, system: str) -> set[Strength]:
    """How strongly the signatures of a system speak for a cause."""
    return {signature.strength for signature in of_cause(cause) if signature.role is Role.FOR and of_system(signature) == system}


@cache
def expectations() -> dict[str, dict[str, Any]]:
    return {file.parent.name: read_yaml(file) for file in sorted(FIXTURES.rglob("expected.yaml"))}


@cache
def roles(system: str) -> dict[str, dict[str, list[str]]]:
    """For each cause the fixtures of a system that show it (`shows`), must not name it (`near miss`), or let another one win
    (`competing`)."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, expected in expectations().items():
        if system_of(name) != system:
            continue
        verdicts = {(entry.get("verdict") or {}).get("cause") for entry in expected.get("incidents", ())}
        for cause in verdicts - {None}:
            found[cause]["shows"].append(name)
        for cause in expected.get("must_not", ()):
            found[cause]["near miss"].append(name)
        for cause in beaten(name):
            if verdicts - {None, cause}:
                found[cause]["competing"].append(name)
    return found


@cache
def beaten(name: str) -> tuple[str, ...]:
    """Causes with evidence for them in a fixture (or evidence that a recovery took back), in an incident whose verdict is another cause."""
    from analyzer.pipeline import analyze

    inputs: list[str | Path] = [FIXTURES / name / "bundle", *(FIXTURES / name / extra for extra in expectations()[name].get("inputs", ()))]
    document = analyze(inputs).document
    return tuple(
        sorted(
            {
                hypothesis["cause"]
                for incident in document["incidents"]
                for hypothesis in incident["hypotheses"]
                if incident["verdict"]["cause"] not in (None, hypothesis["cause"])
                and (hypothesis["reason_id"] == "recovered" or any(row["role"] == "for" for row in hypothesis["evidence"]))
            }
        )
    )


def test_lint_has_no_mistakes() -> None:
    assert [str(mistake) for mistake in lint()] == []


@on_systems(of_guests() + of_platform())
def test_every_cause_can_become_likely(cause: Cause, system: str) -> None:
    if cause.id in WEAK.get(system, {}):
        assert WEAK[system][cause.id]
    else:
        assert strengths(cause.id, system) & _TELLING, "nothing decisive or strong speaks for it"


def test_exceptions_are_still_needed() -> None:
    for system, weak in WEAK.items():
        for cause in weak:
            assert not strengths(cause, system) & _TELLING, f"{cause} needs no exception on {system} any more"


@on_systems([(cause, system) for cause, system in of_guests() if strengths(cause.id, system)] + of_platform())
@pytest.mark.parametrize("role", ["shows", "near miss", "competing"])
def test_fixtures_of_every_cause(cause: Cause, system: str, role: str) -> None:
    if cause.id in WITHOUT_FIXTURES.get(system, {}):
        pytest.skip(WITHOUT_FIXTURES[system][cause.id])
    assert roles(system)[cause.id][role], {
        "shows": "no fixture has it as the verdict",
        "near miss": "no fixture lists it under must_not",
        "competing": "in no fixture does another cause win over evidence for it",
    }[role]


def test_only_known_ids() -> None:
    causes, codes = set(knowledge().causes), set(knowledge().symptoms)
    unknown = {signature.cause for signature in catalogue().signatures} - causes
    unknown |= {file.name.split(".")[0] for file in resources.catalogue("texts").glob("*.yaml")} - causes
    unknown |= {cause for symptom in knowledge().symptoms.values() for cause in symptom.causes} - causes
    unknown |= set(read_yaml(resources.catalogue("assessment.yaml"))) - causes
    unknown |= {kind for kind in knowledge().kinds if not kind.startswith("evtx:")} - kinds()  # behind evtx: stands any channel
    assert not unknown
    for name, expected in expectations().items():
        mentioned = set(expected.get("must_not", ()))
        for entry in expected.get("incidents", ()):
            verdict = entry.get("verdict") or {}
            mentioned |= {verdict.get("cause"), *verdict.get("also", ()), *entry.get("ruled_out", ())} - {None}
        assert mentioned <= causes, f"{name} names {sorted(mentioned - causes)}"
        for entry in expected.get("incidents", ()):
            symptom = (entry.get("match") or {}).get("symptom")
            assert symptom is None or symptom in codes or expected.get("unknown_code"), f"{name}: {symptom} is no known code"


def test_every_kind_a_signature_asks_for_has_a_title() -> None:
    """What is missing must be named to the reader, with the way to collect it."""
    asked = set().union(*(signature.needs for signature in catalogue().signatures))
    asked |= {kind for cause in knowledge().causes.values() for kind in cause.needs}
    assert not sorted(asked - set(knowledge().kinds))
    for kind in sorted(asked):
        titles = knowledge().kinds[kind].titles
        assert all(titles.get(language) for language in _LANGUAGES), kind


def test_anchors_are_not_repeated_needlessly() -> None:
    """Within an event no anchor stands inside another one; and what many signatures spell out alike is a shared pattern."""
    found = []
    spelt: dict[Any, list[str]] = defaultdict(list)
    shared = {(p.kinds, p.anchors, p.match, p.where): p.name for p in catalogue().shared.values()}
    for pattern in catalogue().patterns():
        for anchor in pattern.anchors:
            inside = [other for other in pattern.anchors if anchor in other and anchor != other]
            if inside or pattern.anchors.count(anchor) > 1:
                found.append(f"{pattern.name}: {anchor!r} stands in {inside or 'the list twice'}")
    for signature in catalogue().signatures:
        for pattern in signature.patterns.values():
            if pattern.name.startswith(signature.id + ":"):
                spelt[(pattern.kinds, pattern.anchors, pattern.match, pattern.where)].append(pattern.name)
    found += [f"{names[0]} is {shared[definition]}: write `use`" for definition, names in spelt.items() if definition in shared]
    found += [f"{len(names)} times the same event: {', '.join(names)}" for names in spelt.values() if len(names) > _REPEATS]
    assert not found, "\n".join(found)


def test_ids_carry_their_area() -> None:
    for signature in catalogue().signatures:
        assert "." in signature.id and signature.id == signature.id.lower(), signature.id
