"""The place of a pointer's value in the text of a document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.parsers.document import at
from analyzer.parsers.json_place import place_of

DOCUMENT: dict[str, Any] = {"Properties": {"a/b": [{"x": 'q"]}'}, {"code": 7, "til~de": None}], "empty": {}}, "list": [[1, 2], [3]]}


def pointers(value: Any, pointer: str = "") -> list[tuple[str, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(pointer, value), *(found for key, item in inner for found in pointers(item, at(pointer, key)))]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(("pointer", "value"), pointers(DOCUMENT))
def test_every_value_is_found_where_it_stands(pointer: str, value: Any, indent: int | None) -> None:
    text = "\n " + json.dumps(DOCUMENT, indent=indent)
    found = place_of(text, pointer)
    assert found is not None
    shown = text[slice(*found)]
    name = pointer.rpartition("/")[2]
    assert json.loads(f"{{{shown}}}" if shown.startswith('"') and value != shown.strip('"') else shown) in (
        value,
        {name.replace("~1", "/").replace("~0", "~"): value},
    )


def test_names_are_compared_without_case() -> None:
    assert place_of('{"Properties": 1}', "/properties") == (1, 16)


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{}", "/a"),
        ("[1]", "/1"),
        ("[1]", "/x"),
        ('{"a": 1', "/b"),
        ('{"a"', "/a"),
        ("", "/a"),
        ("nonsense", "/a"),
        ("1", "/a"),
        ('{"a":1}', "/a/b"),
    ],
)
def test_what_is_not_there_has_no_place(text: str, pointer: str) -> None:
    assert place_of(text, pointer) is None
