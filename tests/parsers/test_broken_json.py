"""Of JSON that breaks off, what is complete before the break is read."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from analyzer.parsers.broken_json import until_break
from analyzer.parsers.document import Document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, "b": [1, 2', {"a": 1, "b": [1, 2]}),
        ('{"a": {"b": true}, "c', {"a": {"b": True}}),
        ('{"a": "cut in the mid', {"a": "cut in the mid"}),
        ('{"a": "cut\n[the copy ends here]', {"a": "cut"}),
        ('{"a": 1, "b": ', {"a": 1}),
        ('{"a": 1,', {"a": 1}),
        ('[{"a": 1}, {"a": 2}, {"a', [{"a": 1}, {"a": 2}, {}]),
        ('{"a": 1} }', {"a": 1}),
        ('{"a": nul', {}),
        ('{"a": ["x", ]', {"a": ["x"]}),
        ("", None),
        ("no json", None),
        ('{"a" "b"}', {}),
    ],
)
def test_what_is_complete_is_kept(text: str, value: Any) -> None:
    assert until_break(text) == value


def test_any_cut_of_a_document_gives_a_part_of_it() -> None:
    text = orjson.dumps({"value": [{"id": "/s/1", "n": 7, "t": ["a", "b"]}, {"id": "/s/2", "n": None, "t": []}], "next": "l\\"}).decode()
    for end in range(1, len(text)):
        assert isinstance(until_break(text[:end]), dict), text[:end]


def _read(text: str) -> tuple[Any, list[str]]:
    document = Document("x.json", "azure-document", text)
    return document.json_values(), [f"{problem.problem}: {problem.lost}" for problem in document.problems]


def test_several_documents_are_a_list() -> None:
    assert _read('{"a": 1}\n{"a": 2}\n') == ([{"a": 1}, {"a": 2}], [])


def test_a_console_line_before_the_document_is_passed_over() -> None:
    assert _read('WARNING: this command is in preview\n{"a": 1}\n') == ({"a": 1}, [])


def test_a_break_is_a_problem_with_its_place() -> None:
    assert _read('{"a": 1,\n "b": "cut') == ({"a": 1, "b": "cut"}, ["not valid JSON (line 2, column 7): what follows there"])


def test_text_behind_the_document_is_a_problem() -> None:
    assert _read('{"a": 1}\nthe end\n') == ({"a": 1}, ["text behind the JSON value (line 1, column 9): what stands there"])


def test_nothing_at_all() -> None:
    assert _read("\ufeff \n") == (None, ["the file is empty: the whole document"])
    assert _read("hello") == (None, ["no JSON in it: the whole document"])
