"""The one door between the analysis and everything that is written: a document that has been redacted."""

from __future__ import annotations

from typing import Any, NewType

from .redact import redact

Redacted = NewType("Redacted", dict[str, Any])
"""A diagnosis (contract/CONTRACT.md, `diagnosis.json`) without secrets. Writers take nothing else, so mypy proves the order."""


def document(diagnosis: dict[str, Any]) -> Redacted:
    """The redacted copy of `diagnosis` that all writers get. `diagnosis` itself stays as it is."""
    return Redacted(redact(diagnosis))
