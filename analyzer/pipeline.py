"""The way of the data, from a bundle to a diagnosis. Each step is a room; docs/architecture.md draws the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from analyzer.bundle import Bundle, open_bundle
from analyzer.diagnosis.diagnose import Diagnosis, diagnose
from analyzer.diagnosis.document import TIMELINE_ROWS, to_document
from analyzer.diagnosis.incidents import error_codes, open_incidents
from analyzer.diagnosis.machine import machine, system_of
from analyzer.diagnosis.noise import noise_patterns
from analyzer.parsers.members import Members, Progress
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import Read
from analyzer.signatures.loader import Catalogue, load
from analyzer.timeline.attempts import attempts
from analyzer.timeline.build import build, derived
from analyzer.timeline.context import Nearby, read_windows
from analyzer.timeline.timeline import Timeline, Window
from analyzer.timeline.together import together

First = Callable[[dict[str, Any], int, int], None]


@dataclass
class Result:
    """What an analysis found. `document` is diagnosis.json; `timeline` and `diagnosis` are the same as objects."""

    document: dict[str, Any]
    diagnosis: Diagnosis
    timeline: Timeline
    catalogue: Catalogue = field(repr=False)

    def translated(self, lang: str) -> dict[str, Any]:
        """The document in another language, without the rows of the timeline and the lines around evidence: for texts to pass on."""
        return to_document(self.diagnosis, lang, 0, context=False)


def analyze(
    inputs: Sequence[str | Path],
    *,
    stdin: BinaryIO | None = None,
    lang: str = "en",
    signatures: Sequence[Path] = (),
    progress: Progress | None = None,
    first: First | None = None,
    timeline_rows: int = TIMELINE_ROWS,
) -> Result:
    """Analyses bundles (zip, tar, folder, file; `-` is `stdin`) as one case.

    Texts of the document follow `lang` (`en`, `zh-CN`). `signatures` are folders of further signatures. `progress` is called with the
    member, its bytes and the bytes of all members; `first` before long logs are read, with the document that the other files alone lead
    to, how many logs follow, and their bytes. The document's timeline has at most `timeline_rows` rows, those nearest to an incident.
    Raises `BundleError` if no input can be read at all.
    """
    with open_bundle(inputs, stdin=stdin) as bundle:
        return analyze_bundle(bundle, lang=lang, signatures=signatures, progress=progress, first=first, timeline_rows=timeline_rows)


def analyze_bundle(
    bundle: Bundle,
    *,
    lang: str = "en",
    signatures: Sequence[Path] = (),
    progress: Progress | None = None,
    first: First | None = None,
    timeline_rows: int = TIMELINE_ROWS,
) -> Result:
    """The same for a bundle that is already open."""
    members = Members(bundle, progress)
    catalogue = load(signatures, system_of({row.kind for row, _ in members.kinds.values()}, bundle), examples=False)
    patterns = PatternSet([*catalogue.patterns(), *noise_patterns()])
    members.read_documents(patterns)
    near = None
    if members.have_long_logs:
        so_far = _Case(bundle, members.reads, patterns)
        near = Nearby(so_far.windows, so_far.timeline.clocks)
        if first is not None:
            logs = members.logs
            first(to_document(so_far.judged(catalogue), lang, 0, context=False), len(logs), sum(log.size for log in logs))
    members.read_logs(patterns, near)
    case = _Case(bundle, members.reads, patterns)
    diagnosis = case.judged(catalogue)
    return Result(to_document(diagnosis, lang, timeline_rows), diagnosis, case.timeline, catalogue)


class _Case:
    """What has been read, as one timeline with its incidents."""

    def __init__(self, bundle: Bundle, reads: Sequence[Read], patterns: PatternSet) -> None:
        self._bundle, self._reads = bundle, reads
        self.timeline = timeline = build(reads, patterns.same)
        self._runs = attempts(timeline)
        timeline.add([*derived(timeline, self._runs), *together(timeline), *error_codes(timeline)], patterns)
        self._vm = machine(timeline, bundle)
        self._opened = open_incidents(timeline, self._runs, self._vm.azure_name, self._vm.named_by, self._vm.name)

    @property
    def windows(self) -> list[Window]:
        """The stretches of time of which every warning counts."""
        return [window for incident in self._opened.incidents for window in incident.to_read()]

    def judged(self, catalogue: Catalogue) -> Diagnosis:
        context = read_windows(self._bundle, self._reads, self.windows, self.timeline.clocks)
        return diagnose(self.timeline, self._opened, context, catalogue, self._vm, self._runs, self._reads, self._bundle)
