"""Patterns: tests of fields, hostile values, no hit hides another."""

from __future__ import annotations

import pytest

from analyzer.model import Event, Value
from analyzer.parsers.pattern import Condition, Pattern, PatternSet, version


def holds(modifier: str, actual: Value, *wanted: Value) -> bool:
    return Condition("x", modifier, wanted).holds(Event("k", "a", "", fields={"x": actual}))


@pytest.mark.parametrize(
    ("modifier", "actual", "wanted", "expected"),
    [
        ("is", "Y", ("y",), True), ("exactly", "Y", ("y",), False), ("is", 3, (3,), True), ("is", "3", (3,), True),
        ("is", True, (True,), True),
        ("is", "true", (True,), True), ("is", "x", ("a", "x"), True), ("not", "x", ("a",), True), ("not", "x", ("x",), False),
        ("not", "x", ("a", "x"), False), ("not", None, ("a",), False), ("contains", "ABC", ("bc",), True),
        ("startswith", "ABC", ("ab",), True),
        ("endswith", "ABC", ("bc",), True), ("re", "a12", (r"\d{2}",), True), ("gt", "10", (9,), True), ("gte", 9, (9,), True),
        ("lt", "x", (9,), False), ("gt", "x", (9,), False), ("lte", 10**400, (9,), False), ("below", "2.2.9", ("2.2.53.1",), True),
        ("below", "2.2.54", ("2.2.53.1",), False), ("below", "none", ("2.2",), False), ("notbelow", "2.2.54", ("2.2.53",), True),
        ("notbelow", "none", ("2.2",), False), ("exists", "x", (True,), True), ("exists", None, (False,), True),
        ("exists", None, (True,), False),
    ],
)  # fmt: skip
def test_modifiers(modifier: str, actual: Value, wanted: tuple[Value, ...], expected: bool) -> None:
    assert holds(modifier, actual, *wanted) is expected


def test_a_version_of_thousands_of_digits_is_none_that_counts() -> None:
    assert version("9" * 5000) == (int("9" * 18),)
    assert version("WALinuxAgent-2.9.1") == (2, 9, 1)
    assert version(None) == ()


def test_one_hit_does_not_hide_another() -> None:
    one, other = Pattern("one", frozenset({"k"}), ("ALPHA-MARK",)), Pattern("other", frozenset({"k"}), ("MARK-BETA",))
    event = Event("k", "a", "x ALPHA-MARK-BETA", line=4)
    assert [hit.pattern for hit in PatternSet([one, other]).of_kind("k").of_record(event)] == ["one", "other"]


def test_the_line_of_a_hit_is_that_of_its_match() -> None:
    pattern = Pattern("one", frozenset({"k"}), ("ALPHA-MARK",), r"code: (?P<rc>\d+)")
    hit = next(PatternSet([pattern]).of_kind("k").of_record(Event("k", "a", "ALPHA-MARK\nx\ncode: 7", line=10)))
    assert (hit.line, hit.value("rc")) == (12, "7")


def test_an_expression_is_linear_on_hostile_text() -> None:
    pattern = Pattern("one", frozenset({"k"}), (), r"(?:a+)+$")
    assert list(PatternSet([pattern]).of_kind("k").of_event(Event("k", "a", "a" * 200_000 + "b"))) == []


def test_of_patterns_that_ask_the_same_one_is_looked_for() -> None:
    kinds = frozenset({"k"})
    shared, other = Pattern("agent.beat", kinds, ("HEARTBEAT",)), Pattern("agent.again", kinds, ("HEARTBEAT",))
    mine = [Pattern(f"{name}:beat", kinds, ("HEARTBEAT",)) for name in ("one", "two")]
    number = Pattern("three:one", kinds, ("HEARTBEAT",), where=(Condition("n", "is", (1,)),))
    truth = Pattern("four:true", kinds, ("HEARTBEAT",), where=(Condition("n", "is", (True,)),))  # 1 == True in Python, not in a record
    patterns = PatternSet([shared, other, *mine, number, truth])
    assert patterns.same == {"one:beat": "agent.beat", "two:beat": "agent.beat"}
    found = [hit.pattern for hit in patterns.of_kind("k").of_record(Event("k", "a", "HEARTBEAT", fields={"n": 1}))]
    assert found == ["agent.beat", "agent.again", "three:one"]


@pytest.mark.parametrize("code", ["7036", "07036", "7036.0", "7031", "Failed", "failed", "", "1e400", "nan"])
def test_a_pattern_that_names_codes_is_tried_on_every_event_that_has_one(code: str) -> None:
    kinds, event = frozenset({"k"}), Event("k", "a", "text", code=code)
    wanted: list[tuple[str, str, tuple[Value, ...]]] = [
        ("number", "is", (7036, 7045)), ("word", "is", ("FAILED",)), ("exact", "exactly", ("7036",)), ("truth", "is", (True,)), ("none", "not", ("7036",)),
    ]  # fmt: skip
    patterns = [Pattern(name, kinds, where=(Condition("code", modifier, values),)) for name, modifier, values in wanted]
    patterns.append(Pattern("any", kinds))
    found = [hit.pattern for hit in PatternSet(patterns).of_kind("k").of_event(event)]
    assert found == [pattern.name for pattern in patterns if pattern.find(event) is not None]
