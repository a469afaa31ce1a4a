"""The documented page as data: its rows (documented.yaml), the checks of its step-by-step guide (checklist.yaml), and what covers a row.

A row is covered by causes and error codes that name it in `seed` (causes.yaml), by the check of its id, by steps of remedies that name
it in `row` (texts/*.en.yaml), or by the rows that it consists of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.diagnosis.knowledge import Cause, Symptom, cause_text, knowledge
from analyzer.resources import read_yaml

PAGE = "https://learn.microsoft.com/azure/backup/backup-azure-troubleshoot-vm-backup-fails-snapshot-timeout"


@dataclass(frozen=True, slots=True)
class Row:
    """One point of the page. `anchor` is that of its section, `parts` the rows that it consists of."""

    id: str
    group: str
    anchor: str
    titles: Mapping[str, str]
    codes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"{PAGE}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the guide and what answers it; checklist.yaml says what each field means."""

    row: Row
    step: int
    step_titles: Mapping[str, str]
    os: str = "any"
    causes: tuple[str, ...] = ()
    fails_with: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    enough: str = "silence"
    no_answer: tuple[str, ...] = ()
    alive: tuple[str, ...] = ()
    passed_by: tuple[tuple[str, ...], ...] = ()
    failed_by: tuple[tuple[str, ...], ...] = ()
    settled_by: tuple[str, ...] = ()
    collect: tuple[str, ...] = ()
    look: Mapping[str, str] = field(default_factory=dict)
    docs: str = ""

    def on(self, system: str) -> bool:
        """Whether the check is asked of a VM with this operating system; of an unknown one all are."""
        return system == "unknown" or self.os in ("any", system)

    def signs(self) -> set[str]:
        """The shared patterns it names."""
        named = {name for names in (*self.passed_by, *self.failed_by) for name in names} | {
            name for name in self.settled_by if not excluded(name)
        }
        return named | set(self.alive)


@dataclass
class Cover:
    """What covers a row. `remedies` are steps as `cause/step`, `parts` rows that it consists of and that are covered themselves."""

    causes: list[str] = field(default_factory=list)
    symptoms: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    remedies: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.causes or self.symptoms or self.checks or self.remedies or self.parts)


def excluded(name: str) -> str:
    """The cause that an entry `not CAUSE` of `settled_by` names; '' for a pattern."""
    return name.removeprefix("not ") if name.startswith("not ") else ""


@cache
def rows() -> Mapping[str, Row]:
    """The rows by id, in the order of the page."""
    found: dict[str, Row] = {}
    anchor = ""
    for entry in read_yaml(resources.catalogue("documented.yaml")):
        anchor = entry.get("anchor", anchor)
        found[entry["id"]] = Row(
            entry["id"], entry["group"], anchor, entry["title"], tuple(entry.get("codes", ())), tuple(entry.get("parts", ()))
        )
    return found


@cache
def checks() -> Mapping[str, Check]:
    """The checks by the id of their row, in the order of the guide."""
    raw = read_yaml(resources.catalogue("checklist.yaml"))
    found: dict[str, Check] = {}
    for row, entry in raw["checks"].items():
        given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
        for key in ("passed_by", "failed_by"):
            given[key] = tuple(tuple(names.split(" and ")) for names in entry.get(key, ()))
        found[row] = Check(row=rows()[row], step_titles=raw["steps"][str(entry["step"])], **given)
    return found


def remedies() -> dict[str, list[str]]:
    """The steps of remedies that carry out a row of the page, by the row they name."""
    found: dict[str, list[str]] = {}
    for cause in knowledge().causes:
        for step in cause_text(cause, "en").get("steps", ()):
            named = step.get("row", ())
            for row in [named] if isinstance(named, str) else named:
                names = found.setdefault(str(row), [])
                if f"{cause}/{step['id']}" not in names:  # branches of a step for several systems bear one id
                    names.append(f"{cause}/{step['id']}")
    return found


def cover(
    causes: Iterable[Cause], symptoms: Iterable[Symptom], checked: Iterable[str], steps: Mapping[str, Sequence[str]]
) -> dict[str, Cover]:
    """What covers each row, in the order of the page. A row that somebody names and the page does not have stands behind the others."""
    found = {row: Cover() for row in rows()}
    for cause in causes:
        for row in cause.seed:
            found.setdefault(row, Cover()).causes.append(cause.id)
    for symptom in symptoms:
        if symptom.seed:
            found.setdefault(symptom.seed, Cover()).symptoms.append(symptom.code)
    for row in checked:
        found.setdefault(row, Cover()).checks.append(row)
    for row, names in steps.items():
        found.setdefault(row, Cover()).remedies.extend(names)
    for row, known in rows().items():
        if known.parts and all(found[part] for part in known.parts):
            found[row].parts.extend(known.parts)
    return found


def covered() -> dict[str, Cover]:
    """What the shipped catalogue covers each row with."""
    known = knowledge()
    return cover(known.causes.values(), known.symptoms.values(), checks(), remedies())
