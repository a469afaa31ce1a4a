"""Both languages say the same things."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from analyzer import resources
from analyzer.report import Messages, UnknownLanguage
from analyzer.report.messages import load


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    english, chinese = load("en"), load("zh-CN")
    assert english.keys() == chinese.keys()
    assert {key: _placeholders(text) for key, text in english.items()} == {key: _placeholders(text) for key, text in chinese.items()}


def test_chinese_texts_are_chinese() -> None:
    same = {key for key, text in load("zh-CN").items() if text == load("en")[key]}
    assert same <= {"none", "vm", "key.python"}


def test_every_key_of_the_template_exists() -> None:
    template = "".join(path.read_text(encoding="utf-8") for path in sorted(resources.path("reports").glob("*.j2")))
    for key in re.findall(r"\bt\('([^']+)'", template):
        assert key in load("en"), key
    for key in re.findall(r"\bcount\('([^']+)'", template):
        assert {f"{key}.one", f"{key}.other"} <= load("en").keys()


def test_values_are_not_formatted_again() -> None:
    assert Messages("en").get("explained_by", cause="{x}{0}") == "Brought about by: {x}{0}."


def test_unknown_words_are_shown_as_they_are() -> None:
    assert Messages("en").label("stage", "some-new-stage") == "some-new-stage"


def test_unknown_language_is_named() -> None:
    with pytest.raises(UnknownLanguage, match="fr"):
        Messages("fr")
