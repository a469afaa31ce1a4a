"""The one door between the analysis and everything that is written: documents that have been redacted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NewType

from .known import hide, telling
from .redact import redact

if TYPE_CHECKING:
    from .pseudonyms import Name, Pseudonyms

Redacted = NewType("Redacted", dict[str, Any])
"""A diagnosis (contract/CONTRACT.md, `diagnosis.json`) without secrets. Writers take nothing else, so mypy proves the order."""


@dataclass(frozen=True)
class Names:
    """What `--redact ids` looks through beside the documents: texts of the case (masked), and names that fields of events hold."""

    texts: Iterable[str]
    known: Iterable[Name]


@dataclass(frozen=True)
class Prepared:
    """Documents ready for the writers, and what may stand in no output: secrets, and with `--redact ids` names."""

    documents: tuple[Redacted, ...]
    secrets: tuple[str, ...] = ()
    names: Pseudonyms | None = None


def document(diagnosis: dict[str, Any]) -> Redacted:
    """The redacted copy of `diagnosis` that all writers get. `diagnosis` itself stays as it is."""
    return prepare([diagnosis]).documents[0]


def prepare(diagnoses: Sequence[dict[str, Any]], names: Names | None = None) -> Prepared:
    """Redacted copies of the documents of one case, in which a secret or a name is the same wherever it stands."""
    found: set[str] = set()
    copies = [redact(diagnosis, found) for diagnosis in diagnoses]
    secrets = tuple(telling(found, copies[0]))
    copies = [hide(copy, secrets) for copy in copies]
    stand_ins = None
    if names is not None:
        from .pseudonyms import pseudonyms

        stand_ins = pseudonyms(copies, names.texts, names.known)
        copies = [stand_ins.replace(copy) for copy in copies]
        for copy in copies:
            copy["tool"] = {**copy["tool"], "options": {**copy["tool"]["options"], "redact": "ids"}}
    return Prepared(tuple(Redacted(copy) for copy in copies), secrets, stand_ins)
