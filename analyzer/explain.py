"""`analyze signatures explain SIGNATURE BUNDLE`: which parts of the condition hold, by which lines, and what was missing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from analyzer import pipeline
from analyzer.bundle import BundleError
from analyzer.cli import EXIT_UNREADABLE, EXIT_USAGE
from analyzer.diagnosis.diagnose import Judged, moment
from analyzer.model import Event
from analyzer.report import mask, redact
from analyzer.report.known import hide_in, shown_in, telling
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
            click.echo(visible(mask(f"{problem.artifact}: {problem.problem}"), keep=""), err=True)
        return EXIT_UNREADABLE
    shown, secrets = _without_secrets((visible(line) for line in _lines(identity, result)), result)
    if shown_in([("", shown.encode())], secrets) is not None:
        click.echo("analyze: the explanation would have shown a secret, so it is not shown. This is a bug; please report it", err=True)
        return EXIT_USAGE
    click.echo(shown)
    return 0


def _without_secrets(lines: Iterable[str], result: pipeline.Result) -> tuple[str, list[str]]:
    """The lines as they may be shown, and the secrets that may not stand in them: those of the lines, and those of the whole document."""
    found: set[str] = set()
    shown = "\n".join(visible(mask(line, found), keep="") for line in lines)
    redact(result.document, found)
    secrets = telling(found, result.document)
    return hide_in(shown, secrets), secrets


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
    return mask(event.text).split("\n", 1)[0][:160]  # masked before it is cut: half a secret has no end to know it by
