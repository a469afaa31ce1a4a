"""The diagnosis as diagnosis.json has it (CONTRACT.md), texts in the chosen language.

`draft.py` holds what all parts share; each other module writes one part of the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import analyzer
from analyzer.diagnosis.diagnose import Diagnosis
from analyzer.diagnosis.knowledge import catalogue_digest
from analyzer.timeline.surroundings import surround

from .beside import context_rows
from .bundle import bundle_row, clock_rows, coverage_rows
from .checks import check_row
from .draft import Draft
from .incident import incident_row
from .timeline import gap_rows, timeline_rows

TIMELINE_ROWS = 20_000  # those nearest to an incident; `--timeline` asks for all

__all__ = ["TIMELINE_ROWS", "to_document"]


def to_document(diagnosis: Diagnosis, lang: str, rows: int = TIMELINE_ROWS, *, context: bool = True) -> dict[str, Any]:
    """The whole document, with at most `rows` of the timeline. Equal content gives equal bytes: nothing of the run is in it.

    With `context`, evidence rows have the lines around them; the cited artifacts are read again, so the bundle must be open.
    """
    draft = Draft(diagnosis, lang)
    document = _parts(draft, rows)
    if context:
        found = surround([place for _, place in draft.cited], diagnosis.bundle, diagnosis.reads)
        for (row, place), lines in zip(draft.cited, found, strict=True):
            if lines:
                row["context"] = lines
                row["matched"] = place.matched or None
    return document


def _parts(draft: Draft, rows: int) -> dict[str, Any]:
    d = draft.diagnosis
    incidents = [incident_row(draft, judged) for judged in d.judged]
    return {
        "schema": "diagnosis/1",
        "tool": {
            "name": "azure-vm-backup-analyzer",
            "version": analyzer.__version__,
            "catalogue": catalogue_digest(d.catalogue.added),
            "options": {"lang": draft.lang, **({"signatures": sorted(d.catalogue.added)} if d.catalogue.added else {})},
        },
        "bundle": bundle_row(draft, d.bundle),
        "clocks": clock_rows(draft),
        "incidents": incidents,
        "checklist": [check_row(draft, answer) for answer in draft.answers],
        "context": context_rows(draft),
        "problems": [{"artifact": p.artifact, "problem": p.problem, "lost": p.lost} for p in _unique(d.problems)],
        "timeline": timeline_rows(draft, rows),
        "gaps": gap_rows(draft),
        "coverage": coverage_rows(draft),
    }


def _unique(problems: Sequence[Any]) -> list[Any]:
    return sorted(set(problems), key=lambda p: (p.artifact, p.problem, p.lost))
