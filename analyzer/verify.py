"""`analyze verify`: every fixture against its expected result, so knowledge about failures is regression-tested like code."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from analyzer.bundle import BundleError
from analyzer.cli import EXIT_DIFFERENCE, EXIT_UNREADABLE, EXIT_USAGE
from analyzer.pipeline import analyze
from analyzer.report import OutputError, mask, write
from analyzer.report.junit import junit
from analyzer.report.visible import visible
from analyzer.resources import read_yaml

_SURE = ("confirmed", "likely")


@dataclass
class Outcome:
    """One fixture and what differs from its expectation."""

    name: str
    failures: list[str] = field(default_factory=list)
    seconds: float | None = None


def run(paths: Sequence[Path], junit_path: Path | None, signatures: Sequence[Path]) -> int:
    """Verifies all fixtures below the paths, prints what differs, and gives the exit code."""
    folders = fixtures(paths)
    if not folders:
        click.echo("analyze: no fixture found (a folder with expected.yaml)", err=True)
        return EXIT_USAGE
    outcomes = []
    for folder in folders:
        start = time.perf_counter()
        outcome = Outcome(folder.name, _failures(folder, signatures))
        outcome.seconds = time.perf_counter() - start
        outcomes.append(outcome)
        for failure in outcome.failures:
            click.echo(visible(mask(f"{outcome.name}: {failure}")))
    failed = sum(bool(outcome.failures) for outcome in outcomes)
    click.echo(f"{len(outcomes) - failed} passed, {failed} failed")
    if junit_path is not None:
        try:
            write(junit_path, junit(outcomes).encode("utf-8"))
        except OutputError as error:
            click.echo(f"analyze: {error}", err=True)
            return EXIT_USAGE
    return EXIT_DIFFERENCE if failed else 0


def _failures(folder: Path, signatures: Sequence[Path]) -> list[str]:
    """What differs in one fixture. One that breaks the program, or is itself broken, does not keep the others from their turn."""
    try:
        return list(differences(folder, signatures))
    except Exception as error:
        return [f"could not be verified: {type(error).__name__}: {error}"]


def fixtures(paths: Sequence[Path]) -> list[Path]:
    """The fixture folders at or below the paths, in order of name."""
    found: set[Path] = set()
    for path in paths:
        found |= {path} if (path / "expected.yaml").is_file() else {file.parent for file in path.rglob("expected.yaml")}
    return sorted(found)


def differences(folder: Path, signatures: Sequence[Path] = (), bundle: Sequence[str | Path] | None = None) -> Iterator[str]:
    """What the analysis of a fixture does otherwise than `expected.yaml` says. `bundle` replaces the fixture's own tree (the same
    packed)."""
    expected = read_yaml(folder / "expected.yaml")
    inputs = list(bundle) if bundle is not None else [folder / "bundle"]
    inputs += [folder / name for name in expected.get("inputs", ())]
    try:
        document = analyze(inputs, signatures=signatures).document
    except BundleError as error:
        yield f"could not be read: {'; '.join(problem.problem for problem in error.problems)} (exit {EXIT_UNREADABLE})"
        return
    yield from compare(document, expected)


def compare(document: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    """The differences between a document and an expectation (CONTRACT.md, "Fixture")."""
    wanted = expected.get("incidents", [])
    if expected.get("exact", True) and len(document["incidents"]) != len(wanted) and wanted:
        ids = [incident["id"] for incident in document["incidents"]]
        yield f"{len(ids)} incidents, expected {len(wanted)}: {ids}"
    free = list(document["incidents"])
    for number, entry in enumerate(wanted, 1):
        incident = _matching(free, entry.get("match") or {})
        if incident is None:
            yield f"incident {number}: none matches {entry.get('match')}"
            continue
        free.remove(incident)
        yield from _incident(incident, entry)
    for cause in expected.get("must_not", ()):
        for incident in document["incidents"]:
            status = next((h["status"] for h in incident["hypotheses"] if h["cause"] == cause), None)
            if status in _SURE:
                yield f"{incident['id']}: {cause} is {status}, which it must not be"
    answers = {row["row"]: row for row in document["checklist"]}
    for check, state in expected.get("checklist", {}).items():
        row = answers.get(check)
        if row is None:
            yield f"checklist: {check} is not asked of this VM, expected {state}"
        elif row["state"] != state:
            yield f"checklist: {check} is {row['state']}, expected {state} ({row['reason'][:200]})"
    for text in expected.get("problems", ()):
        if not any(text in f"{p['artifact']}: {p['problem']} ({p['lost']})" for p in document["problems"]):
            yield f"no problem says {text!r}; there are {[p['problem'] for p in document['problems']]}"


def _matching(incidents: list[dict[str, Any]], match: dict[str, Any]) -> dict[str, Any] | None:
    for incident in incidents:
        date = str(match.get("date", ""))
        if (
            match.get("job_id") in (None, incident["job_id"])
            and match.get("symptom", incident["symptom"]) == incident["symptom"]
            and (not date or str(incident["window"]["from"]).startswith(date))
        ):
            return incident
    return None


def _incident(incident: dict[str, Any], entry: dict[str, Any]) -> Iterator[str]:
    verdict, wanted = incident["verdict"], entry.get("verdict") or {}
    for key in ("cause", "status"):
        if key in wanted and verdict[key] != wanted[key]:
            yield f"{incident['id']}: {key} is {verdict[key]!r}, expected {wanted[key]!r} ({verdict['summary'][:200]})"
    if "also" in wanted and verdict["also"] != wanted["also"]:
        yield f"{incident['id']}: also {verdict['also']}, expected {wanted['also']}"
    cited = [h for h in incident["hypotheses"] if verdict["cause"] in (None, h["cause"])]
    rows = [row for hypothesis in cited for row in hypothesis["evidence"]]
    for place in entry.get("cite", ()):
        if not any(all(_same(row.get(key), value) for key, value in place.items()) for row in rows):
            found = [(row["artifact"], row.get("line", row.get("record", row.get("pointer")))) for row in rows]
            yield f"{incident['id']}: does not cite {place}; it cites {found}"
    for cause in entry.get("ruled_out", ()):
        status = next((h["status"] for h in incident["hypotheses"] if h["cause"] == cause), None)
        if status != "ruled_out":
            yield f"{incident['id']}: {cause} is {status}, expected ruled_out"


def _same(actual: object, wanted: object) -> bool:
    if isinstance(actual, str) and isinstance(wanted, str):
        return actual == wanted or actual.endswith("/" + wanted)
    return actual == wanted
