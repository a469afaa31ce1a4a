"""Conditions and events read as sentences, in both languages."""

from __future__ import annotations

import pytest

from analyzer import resources
from analyzer.diagnosis.knowledge import knowledge
from analyzer.parsers.pattern import MODIFIERS, Condition, Pattern
from analyzer.signatures import wording
from analyzer.signatures.conditions import parse
from analyzer.signatures.loader import load

TITLES = {"waagent-log": "agent log", "syslog": "system log"}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("off", "“off” is there"),
        ("off and not banner", "“off” and no “banner”"),
        ("a and (b or c)", "“a” and (“b” or “c”)"),
        ("not (a or b)", "not (“a” or “b”)"),
        ("count(a) >= 3 within 10 min", "“a”, at least 3 times within 10 min"),
        ("count(a) = 1", "“a”, exactly 1 times"),
        ("a then b within 90 s", "“a”, then “b” within 90 s"),
        ("a then b", "“a”, then “b”"),
        ("a without b within 2 h before", "“a” with no “b” in the 2 h before it"),
        ("a unless later b", "“a” with no “b” behind it"),
    ],
)
def test_every_form_of_the_language_is_a_phrase(condition: str, said: str) -> None:
    assert wording.condition(parse(condition), "en") == said
    assert wording.condition(parse(condition), "zh-CN") != said


def test_an_event_says_where_it_stands_and_what_it_holds() -> None:
    pattern = Pattern("x", frozenset(TITLES), ("first text", "second", "third"), None, (Condition("code", "is", (5, "", True)),))
    assert wording.event(pattern, TITLES, "en") == (
        "system log or agent log: the text “first text” or “second” or one of 1 more, code = 5 or (empty) or one of 1 more"
    )
    assert wording.event(Pattern("y", frozenset({"syslog"})), TITLES, "en") == "system log: any record"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_signature_can_be_told(lang: str) -> None:
    titles = {kind: known.titles[lang] for kind, known in knowledge().kinds.items()}
    for signature in load().signatures:
        told = [wording.condition(signature.when, lang), *(wording.event(one, titles, lang) for one in signature.patterns.values())]
        assert all(told), signature.id


def test_the_words_are_there_for_every_modifier_in_both_languages() -> None:
    words = resources.read_yaml(resources.catalogue("conditions.yaml"))
    assert set(words["tests"]) == MODIFIERS
    assert all(set(texts) == {"en", "zh-CN"} for group in words.values() for texts in group.values())
