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
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import Read, classify, read
from analyzer.signatures.loader import Catalogue, load
from analyzer.timeline.attempts import attempts
from analyzer.timeline.build import build, derived
from analyzer.timeline.context import read_windows
from analyzer.timeline.timeline import Timeline
from analyzer.timeline.together import together

Progress = Callable[[str, int, int], None]


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
    timeline_rows: int = TIMELINE_ROWS,
) -> Result:
    """Analyses bundles (zip, tar, folder, file; `-` is `stdin`) as one case.

    Texts of the document follow `lang` (`en`, `zh-CN`). `signatures` are folders of further signatures. `progress` is called with the
    member, its bytes and the bytes of all members. The document's timeline has at most `timeline_rows` rows, those nearest to an incident.
    Raises `BundleError` if no input can be read at all.
    """
    with open_bundle(inputs, stdin=stdin) as bundle:
        return analyze_bundle(bundle, lang=lang, signatures=signatures, progress=progress, timeline_rows=timeline_rows)


def analyze_bundle(
    bundle: Bundle,
    *,
    lang: str = "en",
    signatures: Sequence[Path] = (),
    progress: Progress | None = None,
    timeline_rows: int = TIMELINE_ROWS,
) -> Result:
    """The same for a bundle that is already open."""
    catalogue = load(signatures, system_of({classify(bundle, member)[0].kind for member in bundle.members}, bundle), examples=False)
    patterns = PatternSet([*catalogue.patterns(), *noise_patterns()])
    reads = _read_all(bundle, patterns, progress)
    timeline = build(reads, patterns.same)
    runs = attempts(timeline)
    timeline.add([*derived(timeline, runs), *together(timeline), *error_codes(timeline)], patterns)
    vm = machine(timeline, bundle)
    opened = open_incidents(timeline, runs, vm.azure_name, vm.named_by, vm.name)
    windows = [window for incident in opened.incidents for window in incident.to_read()]
    context = read_windows(bundle, reads, windows, timeline.clocks)
    diagnosis = diagnose(timeline, opened, context, catalogue, vm, runs, reads, bundle)
    return Result(to_document(diagnosis, lang, timeline_rows), diagnosis, timeline, catalogue)


def _read_all(bundle: Bundle, patterns: PatternSet, progress: Progress | None) -> list[Read]:
    total = sum(member.size for member in bundle.members)
    reads = []
    for member in bundle.members:
        if progress is not None:
            progress(member.path, member.size, total)
        reads.append(read(bundle, member, patterns))
    return reads
