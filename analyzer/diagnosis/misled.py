"""Where the portal's code points elsewhere than the evidence: what it says, and what beat it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.diagnosis.diagnose import Judged
from analyzer.diagnosis.knowledge import knowledge
from analyzer.diagnosis.rules import Hypothesis, Status

_OWN = 2  # a code with so few causes names its cause itself
_UNHELD = (Status.RULED_OUT, Status.NO_EVIDENCE)


@dataclass(frozen=True)
class Misled:
    """`code` points to the causes `to`, as far as the VM's system has them; `chosen` is the verdict's hypothesis, None without one."""

    code: str
    to: tuple[Hypothesis, ...]
    chosen: Hypothesis | None


def misled(judged: Judged) -> Misled | None:
    """How the code misled: the verdict is none of the causes it stands for and explains none, or the code names its own cause and the
    evidence says no."""
    found = next(_pointing(judged), None)
    if found is None:
        return None
    code, to = found
    cause = judged.verdict.cause
    chosen = next((hypothesis for hypothesis in judged.hypotheses if hypothesis.cause is cause), None)
    if chosen is not None:
        expected = chosen in to or any(hypothesis.explained_by == chosen.cause.id for hypothesis in to)
        expected |= knowledge().symptoms[code].seed in chosen.cause.seed  # the page's own row of the code may be the cause
        return None if expected or chosen.status < Status.LIKELY else Misled(code, to, chosen)
    own = len(to) <= _OWN and all(hypothesis.status in _UNHELD for hypothesis in to)
    return Misled(code, to, None) if own else None


def _pointing(judged: Judged) -> Iterator[tuple[str, tuple[Hypothesis, ...]]]:
    """The incident's codes that documents give causes for, outermost first, each with these causes."""
    known = knowledge().symptoms
    by_cause = {hypothesis.cause.id: hypothesis for hypothesis in judged.hypotheses}
    for code in [judged.incident.symptom, *(code.code for code in judged.incident.codes)]:
        if code in known:
            causes = [by_cause[cause] for cause in known[code].causes]
            to = tuple(one for one in causes if one.status is not Status.NOT_APPLICABLE)
            if to:
                yield known[code].code, to
