"""The condition language: what it reads, what it refuses, Kleene's three values."""

from __future__ import annotations

import pytest

from analyzer.signatures.conditions import ConditionError, Node, Truth, all_of, any_of, parse

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


def test_not_unknown_is_unknown() -> None:
    assert [~value for value in (F, U, T)] == [T, U, F]


@pytest.mark.parametrize(("a", "b", "both", "either"), [(F, U, F, U), (U, T, U, T), (F, T, F, T), (U, U, U, U)])
def test_and_and_or_are_kleenes(a: Truth, b: Truth, both: Truth, either: Truth) -> None:
    assert (all_of([a, b]), all_of([b, a]), any_of([a, b]), any_of([b, a])) == (both, both, either, either)


def test_and_binds_closer_than_or() -> None:
    assert parse("a or b and not c") == Node("or", parts=(parse("a"), Node("and", parts=(parse("b"), Node("not", parts=(parse("c"),))))))


def test_every_form() -> None:
    assert parse("count(a) >= 3 within 10 min") == Node("count", ("a",), word=">=", limit=3, seconds=600)
    assert parse("count(a) = 2") == Node("count", ("a",), word="=", limit=2)
    assert parse("a then b") == Node("then", ("a", "b"))
    assert parse("a then b within 2 h") == Node("then", ("a", "b"), seconds=7200)
    assert parse("a without b within 30 s around") == Node("without", ("a", "b"), word="around", seconds=30)
    assert parse("(a unless later b)") == Node("uncleared", ("a", "b"))


def test_names_may_begin_like_words_of_the_language() -> None:
    assert parse("notice and order").all_names() == {"notice", "order"}


@pytest.mark.parametrize("text", ["", "a and", "a b", "count(a)", "a without b", "not", "a then b within 5", "A and b", "a unless b"])
def test_what_it_refuses_names_the_place(text: str) -> None:
    with pytest.raises(ConditionError, match="unexpected"):
        parse(text)
