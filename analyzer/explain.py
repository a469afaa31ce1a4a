"""`analyze signatures explain SIGNATURE BUNDLE`: which parts of the condition hold, by which lines, and what was missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from analyzer import pipeline
from analyzer.bundle import BundleError
from analyzer.cli import EXIT_UNREADABLE, EXIT_USAGE
from analyzer.diagnosis.diagnose import Judged, moment
from analyzer.model import Event
from analyzer.report import mask
from analyzer.report.visible import visible
from analyzer.signatures.evaluate import Evidence, Finding
from analyzer.signatures.loader import load


def run(identity: str, bundles: Sequence[str], folders: Sequence[Path]) -> int:
    """Prints the explanation; gives the exit code."""
    known = {signature.id for signature in load(folders).signatures}
    if identity not in known:
        near = sorted(name for name in known if identity.lower() in name)
        click.echo(f"analyze: no signature {identity!r}" + (f"; did you mean {', '.join(near)}?" if near else ""), err=True)
        return EXIT_USAGE
    try:
        result = pipeline.analyze(bundles, stdin=sys.stdin.buffer, signatures=folders)
    except BundleError as error:
        for problem in error.problems:
            click.echo(f"{problem.artifact}: {problem.problem}", err=True)
        return EXIT_UNREADABLE
    click.echo("\n".join(visible(line) for line in _lines(identity, result)))
    return 0


def _lines(identity: str, result: pipeline.Result) -> Iterator[str]:
    for judged in result.diagnosis.judged:
        finding = next((finding for finding in judged.findings if finding.signature.id == identity), None)
        yield from _of_incident(judged, finding)


def _of_incident(judged: Judged, finding: Finding | None) -> Iterator[str]:
    window = judged.incident.window
    known = "" if judged.incident.basis == "unknown" else f"{moment(window.start)} to {moment(window.end)} "
    yield f"incident {judged.incident.id}: {known}({judged.incident.basis})"
    if finding is None:
        yield "  not judged: the guest's artifacts are of another VM"
        return
    signature = finding.signature
    yield f"  {signature.id}: {signature.role.value} {signature.cause}, {signature.strength.value}, scope {signature.scope.value}"
    yield f"  when {signature.condition}: {finding.truth.name.lower()}" + (" but cleared" if finding.cleared else "")
    for text, truth in finding.trace:
        yield f"    {truth.name.lower():8} {text}"
    for item in finding.evidence:
        yield f"  evidence  {_place(item)}"
    for item in finding.history:
        yield f"  elsewhere {_place(item)}"
    if finding.cleared is not None:
        yield f"  cleared by {finding.cleared.event.artifact}:{finding.cleared.line}  {_first_line(finding.cleared.event)}"
    if finding.missing:
        yield f"  missing for this time: {', '.join(finding.missing)}"


def _place(item: Evidence) -> str:
    event = item.hit.event
    where = event.pointer if event.line is None else str(item.hit.line or event.line)
    sure = "" if item.sure else ", not sure"
    return f"{event.artifact}:{where}  {moment(event.time) or 'no time'} ({item.relation.value}{sure})  {_first_line(event)}"


def _first_line(event: Event) -> str:
    return visible(mask(event.text.split("\n", 1)[0][:160]))
