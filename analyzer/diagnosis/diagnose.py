"""For each incident: every signature is judged, every cause gets its status, one verdict is chosen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analyzer.bundle import Bundle
from analyzer.diagnosis.incidents import Incident, Opened
from analyzer.diagnosis.knowledge import knowledge
from analyzer.diagnosis.machine import Machine
from analyzer.diagnosis.noise import Noise, known_noise
from analyzer.diagnosis.platform_status import Disproof, disproofs, set_aside
from analyzer.diagnosis.rules import Hypothesis, Reason, Status, judge
from analyzer.diagnosis.symptoms import documented
from analyzer.diagnosis.verdict import Verdict, choose
from analyzer.facts import fact
from analyzer.model import Event, Problem, of_platform
from analyzer.parsers.pattern import Hit
from analyzer.parsers.reading import Read
from analyzer.signatures.evaluate import Case, Finding, evaluate
from analyzer.signatures.loader import Catalogue
from analyzer.signatures.model import Signature
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.context import Context
from analyzer.timeline.timeline import Timeline

_VARIABLE = re.compile(r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\d+")
_NO_STRANGERS = 12


@dataclass
class Template:
    """Errors that differ only in numbers: the first of them, how many, and whether the last good run had them too."""

    event: Event
    count: int
    new: bool


@dataclass
class Judged:
    """An incident with its hypotheses, its verdict and what nobody could explain."""

    incident: Incident
    hypotheses: list[Hypothesis]
    verdict: Verdict
    findings: list[Finding]
    unexplained: list[Template] = field(default_factory=list)
    disproofs: list[Disproof] = field(default_factory=list)
    group: str = ""


@dataclass
class Diagnosis:
    """Everything that a report shows."""

    judged: list[Judged]
    timeline: Timeline
    machine: Machine
    bundle: Bundle
    reads: Sequence[Read]
    attempts: list[Attempt]
    context_jobs: list[tuple[str, Event]]
    noise: list[tuple[Noise, list[Hit]]]
    problems: list[Problem]
    loud: Context
    catalogue: Catalogue


def diagnose(
    timeline: Timeline,
    opened: Opened,
    loud: Context,
    catalogue: Catalogue,
    vm: Machine,
    attempts: list[Attempt],
    reads: Sequence[Read],
    bundle: Bundle,
) -> Diagnosis:
    """Judges every incident."""
    noise = [(entry, hits) for entry in known_noise() if (hits := timeline.hits_of(entry.pattern.name))]
    judged = [_judge(incident, timeline, catalogue, vm, opened.successes, loud, noise) for incident in opened.incidents]
    _group(judged)
    problems = [*bundle.problems, *opened.problems]
    for mistake in catalogue.mistakes:  # the folder is the user's: its name belongs in no report
        problems.append(Problem(mistake.file.rsplit("/", 1)[-1], f"{mistake.where}: {mistake.what}", "this signature"))
    if loud.omitted:
        problems.append(
            Problem(
                "",
                f"{loud.omitted} warnings and errors in the incidents' windows beyond the {len(loud.events)} shown",
                "their rows in the timeline",
            )
        )
    return Diagnosis(judged, timeline, vm, bundle, reads, attempts, opened.context, noise, problems, loud, catalogue)


def _judge(
    incident: Incident,
    timeline: Timeline,
    catalogue: Catalogue,
    vm: Machine,
    successes: Sequence[datetime],
    loud: Context,
    noise: list[tuple[Noise, list[Hit]]],
) -> Judged:
    known = knowledge()
    job = str(incident.job.fields["job"]) if incident.job else None
    case = Case(
        incident.window,
        tuple(incident.attempts),
        tuple(incident.others),
        incident.untimed,
        job,
        incident.texts,
        _vm(incident, vm, timeline),
    )
    by_cause: dict[str, list[Finding]] = {}
    known_end = None if incident.basis == "unknown" else incident.window.end
    for signature in catalogue.signatures:
        if (incident.foreign and not _platform(signature)) or _of_another_system(signature, vm.os):
            continue
        if signature.failure and incident.source == "bundle":
            continue
        if not all(fact(name).holds_at(known_end) for name in signature.facts):
            continue
        by_cause.setdefault(signature.cause, []).append(evaluate(signature, timeline, case))
    expected = documented(incident.codes, incident.errors)
    disproved = disproofs(timeline, incident, case.vm)
    set_aside((finding for found in by_cause.values() for finding in found), disproved)
    system, good = ("unknown", ()) if incident.foreign else (vm.os, tuple(successes))
    hypotheses = []
    for cause in known.causes.values():
        hypothesis = judge(cause.on(vm.os), by_cause.get(cause.id, []), timeline, case, system, good)
        if incident.foreign and hypothesis.status is Status.NO_EVIDENCE:
            hypothesis.status, hypothesis.reason = Status.NOT_ASSESSABLE, Reason("foreign")
        hypothesis.documented = cause.id in expected
        hypotheses.append(hypothesis)
    verdict = choose(hypotheses, known.causes, expected)
    findings = [finding for found in by_cause.values() for finding in found]
    result = Judged(incident, hypotheses, verdict, findings, disproofs=disproved)
    result.unexplained = [] if incident.foreign else _unexplained(result, loud, noise)
    return result


def _vm(incident: Incident, machine: Machine, timeline: Timeline) -> str | None:
    """The VM that the documents of the platform must be about: that of the incident, else of the guest, else the only one that they name.
    '' where they name several; None where they name none."""
    known = incident.vm or machine.azure_name
    if known:
        return known
    named = {str(event.fields["vm"]).lower() for event in timeline.events if event.kind.startswith("azure-") and event.fields.get("vm")}
    return (named.pop() if len(named) == 1 else "") if named else None


def _platform(signature: Signature) -> bool:
    return all(of_platform(kind) for kind in signature.kinds)


def _of_another_system(signature: Signature, system: str) -> bool:
    """Whether a signature needs, or speaks of nothing but, artifacts that only another operating system has: to miss them means nothing."""
    if system == "unknown":
        return False
    spoken = [_system(kind) for kind in signature.kinds if not of_platform(kind)]
    strange = [one not in ("any", system) for one in spoken]
    return (bool(strange) and all(strange)) or any(_system(kind) not in ("any", system) for kind in signature.needs)


def _system(kind: str) -> str:
    known = knowledge().kinds
    return known[kind].os if kind in known else "any"


def template(event: Event) -> str:
    """A message with its numbers and ids taken out: equal templates are the same complaint."""
    return f"{event.kind}|{event.component}|{_VARIABLE.sub('#', event.text.split(chr(10), 1)[0])[:200]}"


def _unexplained(judged: Judged, loud: Context, noise: list[tuple[Noise, list[Hit]]]) -> list[Template]:
    """Warnings and errors of the window that no signature and no known noise speaks of, those new since the last good run first."""
    explained = {(hit.event.artifact, hit.event.line) for finding in judged.findings for hit in _all_hits(finding)}
    explained |= {(hit.event.artifact, hit.event.line) for _, hits in noise for hit in hits}
    window = judged.incident.window.widened(timedelta(minutes=60))
    inside = [e for e in loud.events if e.time is not None and e.time in window and (e.artifact, e.line) not in explained]
    counts = Counter(template(event) for event in inside)
    before = _good_templates(judged, loud)
    first: dict[str, Template] = {}
    for event in inside:
        key = template(event)
        if key not in first:
            first[key] = Template(event, counts[key], key not in before)
    ranked = sorted(first.values(), key=lambda t: (not t.new, t.event.level != "ERROR", -t.count, t.event.artifact, t.event.line or 0))
    return ranked[:_NO_STRANGERS]


def _good_templates(judged: Judged, loud: Context) -> set[str]:
    good = judged.incident.last_good.window if judged.incident.last_good else None
    return {
        template(event)
        for event in loud.events
        if good is not None and event.time in good.widened(timedelta(minutes=30), timedelta(minutes=30))
    }


def _all_hits(finding: Finding) -> list[Hit]:
    return [item.hit for item in (*finding.evidence, *finding.history)]


def _group(judged: list[Judged]) -> None:
    """Consecutive incidents with equal symptom, cause and status share a group: the id of its first incident."""
    previous: tuple[object, ...] | None = None
    group = ""
    for item in judged:
        key = (item.incident.symptom, item.verdict.cause.id if item.verdict.cause else None, item.verdict.status)
        if key != previous:
            group, previous = item.incident.id, key
        item.group = group


def moment(value: datetime | None) -> str | None:
    """UTC as diagnosis.json writes it."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z" if value else None
