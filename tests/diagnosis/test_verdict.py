"""CONTRACT.md, "Verdict": which hypothesis is chosen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analyzer.diagnosis.knowledge import Cause, knowledge
from analyzer.diagnosis.rules import Hypothesis, Reason, Status
from analyzer.diagnosis.verdict import choose
from analyzer.model import Basis, Event
from analyzer.parsers.pattern import Hit, Pattern
from analyzer.signatures.conditions import Truth, parse
from analyzer.signatures.evaluate import Evidence, Finding, Relation
from analyzer.signatures.model import Role, Scope, Signature, Strength
from tests.support.cases import START

A, B, C = "a-cause", "b-cause", "c-cause"


def causes(*explained: tuple[str, str], decided_by: str = "") -> dict[str, Cause]:
    """Three causes in documented order; pairs of (cause, what it explains)."""
    found = {}
    for order, name in enumerate((A, B, C)):
        brought = tuple(b for a, b in explained if a == name)
        found[name] = Cause(name, "seed", "any", {"en": name}, brought, (), order, (), decided_by if name == A else "")
    return found


def held(
    cause: Cause, status: Status, at: datetime | None = START, *, own: bool = False, strength: Strength = Strength.DECISIVE
) -> Hypothesis:
    event = Event("waagent-log", "var/log/waagent.log", "x", line=1, time=at, basis=Basis.DECLARED)
    signature = Signature(
        f"test.{cause.id}", cause.id, Role.FOR, strength, Scope.WINDOW, {"x": Pattern("x", frozenset())}, parse("x"), "x", {}
    )
    finding = Finding(signature, Truth.TRUE, [Evidence(Hit("x", event, 1), Relation.WINDOW, True, "x", own)])
    return Hypothesis(cause, status, Reason("decisive"), [finding])


def test_the_higher_status_wins() -> None:
    known = causes()
    chosen = choose([held(known[A], Status.LIKELY), held(known[B], Status.CONFIRMED)], known, [A, B])
    assert (chosen.status, chosen.cause, chosen.also) == ("confirmed", known[B], [])


def test_a_likely_cause_outranks_a_confirmed_one_that_it_explains() -> None:
    known = causes((A, B))
    rows = [held(known[A], Status.LIKELY), held(known[B], Status.CONFIRMED)]
    chosen = choose(rows, known, [])
    assert (chosen.status, chosen.cause) == ("likely", known[A])
    assert (rows[1].status, rows[1].explained_by) == (Status.CONFIRMED, A)


def test_what_began_later_explains_nothing() -> None:
    known = causes((A, B))
    rows = [held(known[A], Status.LIKELY, START + timedelta(minutes=1)), held(known[B], Status.CONFIRMED)]
    assert choose(rows, known, []).cause == known[B]
    assert rows[1].explained_by is None


def test_a_cause_of_unknown_onset_explains() -> None:
    known = causes((A, B))
    assert choose([held(known[A], Status.LIKELY, None), held(known[B], Status.CONFIRMED)], known, []).cause == known[A]


def test_a_hint_does_not_move_the_onset() -> None:
    known = causes((A, B))
    cause = held(known[A], Status.CONFIRMED, START)
    cause.findings += held(known[A], Status.POSSIBLE, START - timedelta(hours=9), strength=Strength.HINT).findings
    assert cause.onset == START


def test_explaining_goes_on_through_others() -> None:
    known = causes((A, B), (B, C))
    rows = [held(known[A], Status.LIKELY), held(known[C], Status.CONFIRMED)]
    assert choose(rows, known, []).cause == known[A]


def test_a_possible_cause_explains_nothing() -> None:
    known = causes((A, B))
    assert choose([held(known[A], Status.POSSIBLE), held(known[B], Status.LIKELY)], known, []).cause == known[B]


def test_causes_that_explain_each_other_still_give_a_verdict() -> None:
    known = causes((A, B), (B, A))
    assert choose([held(known[A], Status.CONFIRMED), held(known[B], Status.CONFIRMED)], known, []).status == "confirmed"


def test_identity_goes_before_time() -> None:
    known = causes()
    rows = [held(known[A], Status.CONFIRMED, START - timedelta(hours=1)), held(known[B], Status.CONFIRMED, own=True)]
    assert choose(rows, known, [A, B]).cause == known[B]


def test_then_the_earlier_onset() -> None:
    known = causes()
    rows = [held(known[A], Status.CONFIRMED), held(known[B], Status.CONFIRMED, START - timedelta(minutes=1))]
    assert choose(rows, known, [A, B]).cause == known[B]


@pytest.mark.parametrize(("documented", "first"), [([B, A], B), ([A, B], A), ([], A)])
def test_then_the_documented_order_and_also_lists_the_equals(documented: list[str], first: str) -> None:
    known = causes()
    chosen = choose([held(known[B], Status.CONFIRMED), held(known[A], Status.CONFIRMED)], known, documented)
    assert chosen.cause == known[first]
    assert chosen.also == [{A: B, B: A}[first]]


def test_exactly_one_possible_is_a_verdict() -> None:
    known = causes()
    rows = [held(known[A], Status.POSSIBLE), Hypothesis(known[B], Status.NO_EVIDENCE, Reason("x"))]
    assert (choose(rows, known, []).status, choose(rows, known, []).cause) == ("possible", known[A])


def test_several_possible_are_undetermined_and_lead() -> None:
    known = causes()
    chosen = choose([held(known[A], Status.POSSIBLE), held(known[B], Status.POSSIBLE)], known, [B])
    assert (chosen.status, chosen.cause, chosen.leading) == ("undetermined", None, [B, A])


@pytest.mark.parametrize("status", [Status.NOT_ASSESSABLE, Status.NO_EVIDENCE])
def test_undetermined_is_never_empty(status: Status) -> None:
    known = causes()
    rows = [Hypothesis(cause, status, Reason("x")) for cause in known.values()]
    assert choose(rows, known, []).leading == [A, B, C]


def test_what_the_guest_could_show_leads_before_what_only_the_platform_knows() -> None:
    known = causes(decided_by="platform")
    rows = [Hypothesis(cause, Status.NOT_ASSESSABLE, Reason("x")) for cause in known.values()]
    assert choose(rows, known, []).leading == [B, C, A]


def test_no_shipped_causes_explain_each_other() -> None:
    known = knowledge().causes
    assert [(a, b) for a in known for b in known[a].explains if a in known[b].explains] == []
