"""Reads a job or an error as the program does: kind by content, text by its encoding, events and the codes they carry."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from analyzer.bundle.encoding import Text
from analyzer.bundle.layouts import identify
from analyzer.diagnosis.symptoms import codes, documented, outermost
from analyzer.model import Event
from analyzer.parsers.document import Document

VAULT = "/subscriptions/0a1b2c3d-0000-4444-8888-123456789abc/resourceGroups/rg-vaults/providers/Microsoft.RecoveryServices/vaults/vault7"


@dataclass
class Heard:
    """What was made of a member."""

    kind: str
    events: list[Event]
    problems: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]

    @property
    def job(self) -> Event:
        jobs = self.of("job")
        assert len(jobs) == 1, jobs
        return jobs[0]

    @property
    def errors(self) -> list[Event]:
        return [event for event in self.events if event.kind in ("job-error", "portal-error", "portal-text")]

    @property
    def parts(self) -> list[tuple[object, str]]:
        return [(event.fields["part"], event.text) for event in self.errors]

    @property
    def codes(self) -> list[tuple[str, str]]:
        return [(code.code, code.level) for code in codes(self.errors)]

    @property
    def symptom(self) -> str | None:
        return outermost(codes(self.errors))

    @property
    def causes(self) -> list[str]:
        return documented(codes(self.errors), self.errors)


def hear(data: Any, path: str = "case/note") -> Heard:
    """Text and bytes as they are, anything else as JSON."""
    raw = data.encode() if isinstance(data, str) else data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    text = Text.of(raw).text
    row = identify(path, text[:8192])
    if not row.module:
        return Heard(row.kind, [])
    module = import_module(f"analyzer.parsers.{row.module}")
    if not hasattr(module, "parse"):  # a log
        return Heard(row.kind, [])
    document = Document(path, row.kind, text)
    events = list(module.parse(document))
    return Heard(document.kind, events, [f"{problem.problem} | {problem.lost}" for problem in document.problems])
