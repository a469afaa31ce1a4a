"""What all parts of a document share while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.bundle.layouts import layout_of
from analyzer.diagnosis.checklist import checklist
from analyzer.diagnosis.diagnose import Diagnosis
from analyzer.diagnosis.distribution import system
from analyzer.diagnosis.incidents import Incident
from analyzer.diagnosis.knowledge import Kind, knowledge, reasons
from analyzer.diagnosis.names import Names, of_incident, telling
from analyzer.diagnosis.remedy import command, prose
from analyzer.diagnosis.uncollected import uncollected
from analyzer.model import Event
from analyzer.parsers.pattern import Hit
from analyzer.timeline.follow import Trails
from analyzer.timeline.surroundings import Place, place


class Draft:
    """One diagnosis being written in one language: what is looked up for it, and which of its rows cite a place of the bundle."""

    def __init__(self, diagnosis: Diagnosis, lang: str) -> None:
        self.diagnosis, self.lang = diagnosis, lang
        self.timeline, self.judged, self.os = diagnosis.timeline, diagnosis.judged, diagnosis.machine.os
        self.known = knowledge()
        self.texts = reasons(lang)
        self.uncollected = uncollected(diagnosis.timeline)
        self.system = system(diagnosis.machine, diagnosis.timeline.events)
        self.layout = layout_of([read.member.path for read in diagnosis.reads])
        self.titles = {kind: self.say(known.on(self.os).titles) for kind, known in self.known.kinds.items()}
        self.answers = checklist(diagnosis)
        self.cited: list[tuple[dict[str, Any], Place]] = []  # evidence rows, and what each cites
        self._about = telling(diagnosis.timeline.events)
        jobs = {judged.incident.job_id: judged.incident.attempts for judged in diagnosis.judged if judged.incident.job_id}
        self.trails = Trails(diagnosis.attempts, jobs, [*diagnosis.timeline.events, *diagnosis.loud.events, *diagnosis.loud.near])

    def say(self, texts: Mapping[str, str]) -> str:
        """A text of the catalogue in the document's language, else in English."""
        return str(texts.get(self.lang) or texts.get("en") or "")

    def kind(self, kind: str) -> Kind:
        """What is known of a kind of artifact on this system."""
        return self.known_kind(kind).on(self.os)

    def known_kind(self, kind: str) -> Kind:
        """The same for any system."""
        return self.known.kinds.get(kind) or Kind(kind, {"en": kind})

    def names(self, incident: Incident) -> Names:
        """What commands and texts about an incident are filled with."""
        return of_incident(incident, self.diagnosis.machine, self._about)

    def asked(self, kind: Kind, names: Names) -> dict[str, Any]:
        """What to collect, how, and where the portal shows it."""
        path = self.say(kind.portal_path) if isinstance(kind.portal_path, Mapping) else kind.portal_path
        return {
            "kind": kind.kind, "title": self.say(kind.titles), "command": command(kind.command, names, self.lang),
            "portal_path": prose(path, names, self.lang) or None,
        }  # fmt: skip

    def cite(self, event: Event, hit: Hit | None, row: dict[str, Any]) -> dict[str, Any]:
        """The row, noted down as one that cites a place."""
        self.cited.append((row, place(event, hit)))
        return row
