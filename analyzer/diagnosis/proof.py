"""The proof of a verdict, laid open: the rules that hold, what would have cleared them, and where was looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analyzer.diagnosis.diagnose import Judged, moment
from analyzer.diagnosis.knowledge import exists_on
from analyzer.diagnosis.rules import Hypothesis, Status
from analyzer.signatures import wording
from analyzer.signatures.conditions import Truth
from analyzer.signatures.evaluate import Finding
from analyzer.signatures.model import Role, Signature, Strength
from analyzer.timeline.timeline import Timeline, Window, told_by

_PATHS = 4  # artifacts named per kind

Titles = Mapping[str, str]


def proven(judged: Judged) -> list[Hypothesis]:
    """The hypotheses whose proof is shown: the verdict's, its equals, and what explains it, if they are at least likely."""
    cause = judged.verdict.cause
    if cause is None:
        return []
    chosen = next(hypothesis for hypothesis in judged.hypotheses if hypothesis.cause is cause)
    wanted = {cause.id, *judged.verdict.also, chosen.explained_by}
    return [hypothesis for hypothesis in judged.hypotheses if hypothesis.cause.id in wanted and hypothesis.status >= Status.LIKELY]


def proof(judged: Judged, hypothesis: Hypothesis, timeline: Timeline, system: str, titles: Titles, lang: str) -> dict[str, Any]:
    """`rules`: what holds and what it asks for. `cleared_by`: what would have taken it back, and whether it was looked for.
    `searched`: the artifacts that rules and counter-rules were looked for in, with the time they tell of."""
    rules = [finding for finding in hypothesis.supporting() if finding.signature.strength is not Strength.HINT]
    rules.sort(key=lambda finding: list(Strength).index(finding.signature.strength))
    against = [f for f in judged.findings if f.signature.cause == hypothesis.cause.id and f.signature.role is Role.AGAINST]
    window = judged.incident.window
    clearing = _unique([
        *(row for finding in rules for row in _takes_back(finding, timeline, window, titles, lang)),
        *(_counter(finding, titles, lang) for finding in against),
    ])  # fmt: skip
    return {
        "rules": [_rule(finding, titles, lang) for finding in rules],
        "cleared_by": clearing,
        "searched": [_searched(kind, timeline, window, titles) for kind in _kinds([*rules, *against], system)],
    }


def _rule(finding: Finding, titles: Titles, lang: str) -> dict[str, Any]:
    signature = finding.signature
    return {
        "signature": signature.id,
        "strength": signature.strength.value,
        "says": _in(signature.says, lang),
        "condition": wording.condition(signature.when, lang),
        "events": [
            {"name": name, "text": wording.event(signature.patterns[name], titles, lang), "proof": name in signature.proof()}
            for name in _asked(signature)
        ],
        "source": signature.source or None,
    }


def _asked(signature: Signature) -> list[str]:
    """The events that the condition names, as the signature lists them."""
    names = signature.when.all_names()
    return [name for name in signature.patterns if name in names]


def _takes_back(finding: Finding, timeline: Timeline, window: Window, titles: Titles, lang: str) -> Iterable[dict[str, Any]]:
    """What the signature itself names: `cleared_by`, and events that the condition wants absent or not later."""
    signature = finding.signature
    for kind, name in signature.cleared_by.items():
        state = "not_read" if kind in finding.uncleared_kinds else "not_found"
        yield _clearing("cleared_by", signature, wording.event(signature.patterns[name], titles, lang), state)
    for name in _asked(signature):
        if name not in signature.proof():
            pattern = signature.patterns[name]
            read = any(timeline.touches(kind, window) for kind in pattern.sources)
            yield _clearing("absent", signature, wording.event(pattern, titles, lang), "not_found" if read else "not_read")


def _counter(finding: Finding, titles: Titles, lang: str) -> dict[str, Any]:
    """A rule that speaks against the cause: whether it holds, does not, or could not be judged."""
    state = {Truth.TRUE: "found", Truth.FALSE: "not_found", Truth.UNKNOWN: "not_read"}[finding.truth]
    lacking = [{"kind": kind, "title": titles.get(kind, kind)} for kind in finding.missing] if state == "not_read" else []
    return _clearing("against", finding.signature, _in(finding.signature.says, lang), state) | {"missing": lacking}


def _clearing(how: str, signature: Signature, text: str, state: str) -> dict[str, Any]:
    return {"how": how, "signature": signature.id, "text": text, "state": state, "missing": []}


def _unique(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each text once: several rules may be cleared by the same line."""
    return list({row["text"]: row for row in reversed(rows)}.values())[::-1]


def _kinds(findings: Sequence[Finding], system: str) -> list[str]:
    """The artifact kinds that were looked into, those of the rules first."""
    found: dict[str, None] = {}
    for finding in findings:
        signature = finding.signature
        for name in (*_asked(signature), *signature.cleared_by.values()):
            for kind in sorted(signature.patterns[name].sources):
                found |= dict.fromkeys(told_by(kind))
    return [kind for kind in found if exists_on(kind, system)]


def _searched(kind: str, timeline: Timeline, window: Window, titles: Titles) -> dict[str, Any]:
    spans = [span for _, span in timeline.coverage.get(kind, ())]
    paths = sorted(artifact.path for artifact in timeline.artifacts(kind))
    return {
        "kind": kind,
        "title": titles.get(kind, kind),
        "artifacts": paths[:_PATHS],
        "more": max(0, len(paths) - _PATHS),
        "first": moment(min((span.start for span in spans), default=None)),
        "last": moment(max((span.end for span in spans), default=None)),
        "covers": bool(paths) and timeline.covers(kind, window),
    }


def _in(texts: Mapping[str, str], lang: str) -> str:
    return str(texts.get(lang) or texts.get("en") or "")
