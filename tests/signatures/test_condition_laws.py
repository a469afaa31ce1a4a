"""Laws of the condition language, on conditions and timelines that Hypothesis makes up."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model import Basis, Event
from analyzer.parsers.pattern import Hit, Pattern
from analyzer.signatures.conditions import Node, Truth, all_of, any_of, parse
from analyzer.signatures.evaluate import Case, evaluate
from analyzer.signatures.loader import load
from analyzer.signatures.model import Scope
from analyzer.timeline.timeline import Timeline, Window

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
START = datetime(2026, 3, 10, 2, tzinfo=UTC)
SPAN = Window(START, START + timedelta(hours=1))
quick = settings(max_examples=150, deadline=None, derandomize=True, database=None)

names = st.sampled_from(["a", "b", "c", "notice", "order-2", "counted", "then_x"])
seconds = st.integers(0, 400_000)
leaves = st.one_of(
    names.map(lambda name: Node("seen", (name,))),
    st.builds(lambda name, word, limit, span: Node("count", (name,), word=word, limit=limit, seconds=span), names,
              st.sampled_from([">=", ">", "=", "<=", "<"]), st.integers(0, 99), st.none() | seconds),
    st.builds(lambda a, b, span: Node("then", (a, b), seconds=span), names, names, st.none() | seconds),
    st.builds(lambda a, b, side, span: Node("without", (a, b), word=side, seconds=span), names, names, st.sampled_from(["after", "before", "around"]), seconds),
    st.builds(lambda a, b: Node("uncleared", (a, b)), names, names),
)  # fmt: skip
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda part: Node("not", parts=(part,))),
        st.builds(lambda op, parts: Node(op, parts=tuple(parts)), st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)
happened = st.lists(st.tuples(names, st.none() | st.integers(-30, 90)), max_size=8)


def printed(node: Node) -> str:
    """A condition as its author would write it, with all the brackets."""
    within = "" if node.seconds is None else f" within {node.seconds} s"
    match node.op:
        case "and" | "or":
            return "(" + f" {node.op} ".join(printed(part) for part in node.parts) + ")"
        case "not":
            return f"not ({printed(node.parts[0])})"
        case "count":
            return f"count({node.names[0]}) {node.word} {node.limit}{within}"
        case "then":
            return f"{node.names[0]} then {node.names[1]}{within}"
        case "without":
            return f"{node.names[0]} without {node.names[1]}{within} {node.word}"
        case "uncleared":
            return f"{node.names[0]} unless later {node.names[1]}"
    return node.names[0]


@quick
@given(conditions)
def test_what_is_printed_is_read_as_the_same(node: Node) -> None:
    assert parse(printed(node)) == node


def test_the_laws_of_kleene() -> None:
    for a, b, c in itertools.product(Truth, repeat=3):
        assert ~(~a) == a
        assert ~all_of([a, b]) == any_of([~a, ~b]) and ~any_of([a, b]) == all_of([~a, ~b])
        assert all_of([a, b]) == all_of([b, a]) and all_of([a, all_of([b, c])]) == all_of([all_of([a, b]), c])
        assert all_of([a, any_of([b, c])]) == any_of([all_of([a, b]), all_of([a, c])])
        assert all_of([a, a]) == any_of([a, a]) == a and all_of([a, any_of([a, b])]) == a
    assert any_of([U, ~U]) == U  # nobody knows, and that is not the same as one of both


@cache
def _some_signature() -> Any:
    return load(examples=False).signatures[0]


class _Signature:
    """What `evaluate` asks of a signature, over events of one log kind."""

    def __init__(self, when: Node) -> None:
        some: Any = _some_signature()
        self.__dict__ |= {name: getattr(some, name) for name in some.__dataclass_fields__ if name not in ("when", "patterns")}
        self.patterns = {name: Pattern(name, frozenset({"waagent-log"})) for name in when.all_names()}
        self.when, self.needs, self.cleared_by, self.before, self.scope = when, (), {}, 0, Scope.WINDOW
        self.kinds = frozenset({"waagent-log"})

    def proof(self) -> frozenset[str]:
        return frozenset(self.patterns)


def judged(node: Node, events: list[tuple[str, int | None]], covered: bool) -> Truth:
    """The value of a condition over hits at these minutes (None: without a time), in a log that covers the window or does not."""
    timeline = Timeline()
    for line, (name, minute) in enumerate(events, 1):
        time = None if minute is None else START + timedelta(minutes=minute)
        event = Event("waagent-log", "waagent.log", name, line=line, time=time, basis=Basis.NONE if time is None else Basis.DECLARED)
        timeline.hits.setdefault(name, []).append(Hit(name, event, line))
    for hits in timeline.hits.values():
        hits.sort(key=lambda hit: (hit.event.time is not None, hit.event.time or START, hit.line or 0))
    whole = Window(START - timedelta(days=9), START + timedelta(days=9))
    timeline.coverage["waagent-log"] = [("waagent.log", whole)] if covered else []
    signature: Any = _Signature(node)
    finding = evaluate(signature, timeline, Case(SPAN))
    assert finding.truth is not T or all(item.hit.pattern in node.all_names() for item in finding.evidence)
    return finding.truth


@quick
@given(conditions, happened, st.booleans())
def test_no_condition_raises_and_not_turns_it_round(node: Node, events: list[tuple[str, int | None]], covered: bool) -> None:
    truth = judged(node, events, covered)
    assert judged(Node("not", parts=(node,)), events, covered) is ~truth


@quick
@given(st.sampled_from(["a", "b"]), happened)
def test_absence_is_told_only_where_the_source_covers_the_time(name: str, events: list[tuple[str, int | None]]) -> None:
    absent = [event for event in events if event[0] != name]
    assert judged(Node("seen", (name,)), absent, covered=True) is F
    assert judged(Node("seen", (name,)), absent, covered=False) is U
    assert judged(parse(f"not {name}"), absent, covered=False) is U
    assert judged(Node("seen", (name,)), [*events, (name, 30)], covered=False) is T


@quick
@given(conditions, happened)
def test_what_is_known_without_coverage_is_not_otherwise_with_it(node: Node, events: list[tuple[str, int | None]]) -> None:
    """Coverage can only turn what nobody knows into something: a value that stands without it stays."""
    without = judged(node, events, covered=False)
    assert without is U or judged(node, events, covered=True) is without
