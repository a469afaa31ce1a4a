"""A grammar is the definition of its format: the generated expressions must read every line as the grammar does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lark.exceptions import LarkError

from analyzer.parsers import _formats, grammar

FORMATS = grammar.LINE_GRAMMARS
GOOD = [(name, line) for name in FORMATS for line in grammar.samples(name)[0]]
BAD = [(name, line) for name in FORMATS for line in grammar.samples(name)[1]]


def by_grammar(name: str, line: str) -> dict[str, str]:
    tokens = {token.type: str(token) for token in grammar.parser(name).parse(line).scan_values(lambda _: True)}
    return {kind: text for kind, text in tokens.items() if kind != "SP" and not kind.startswith("_")}


def by_expression(name: str, line: str) -> tuple[str, dict[str, str]] | None:
    for shape, expression in _formats.SHAPES[name].items():
        if match := re.fullmatch(expression, line, re.ASCII):
            return shape, {kind: text for kind, text in match.groupdict().items() if text is not None}
    return None


@pytest.mark.parametrize(("name", "line"), GOOD)
def test_sample_reads_alike_by_grammar_and_by_expression(name: str, line: str) -> None:
    found = by_expression(name, line)
    assert found is not None
    assert found[1] == by_grammar(name, line)


@pytest.mark.parametrize(("name", "line"), [pair for pair in GOOD if pair[0] in _formats.STARTS])
def test_sample_begins_a_record_of_its_own_shape_and_stamp(name: str, line: str) -> None:
    found = by_expression(name, line)
    assert found is not None
    shape, columns = found
    stamp = next((text for kind, text in columns.items() if kind.endswith("_STAMP")), None)
    match = re.match(_formats.STARTS[name].encode(), line.encode())
    assert match is not None
    assert match.lastgroup == (shape if stamp is not None else None)
    if stamp is not None:
        assert match[shape].decode() == stamp


@pytest.mark.parametrize(("name", "line"), BAD)
def test_counter_sample_is_read_by_neither(name: str, line: str) -> None:
    assert by_expression(name, line) is None
    with pytest.raises(LarkError):
        grammar.parser(name).parse(line)
    if name in _formats.STARTS:
        assert re.match(_formats.STARTS[name].encode(), line.encode()) is None


@pytest.mark.parametrize("name", FORMATS)
def test_every_shape_has_a_sample(name: str) -> None:
    seen = {found[0] for line in grammar.samples(name)[0] if (found := by_expression(name, line))}
    assert seen == set(_formats.SHAPES[name])


def test_generated_expressions_are_current() -> None:
    assert Path(_formats.__file__).read_text(encoding="utf-8") == grammar.generate()


def test_every_line_grammar_is_listed_once_and_in_order() -> None:
    assert list(FORMATS) == sorted(set(FORMATS))


@pytest.mark.parametrize("name", sorted(_formats.STARTS))
@pytest.mark.parametrize(
    "hostile",
    [
        b"\0" * 200_000,
        b" " * 200_000,
        b"[" * 200_000,
        b"2024-" * 40_000,
        b"a" * 200_000,
        b"Jan  1 " * 30_000,
        b"0:" * 100_000,
        b"- " * 100_000,
    ],
    ids=["nul", "blank", "bracket", "digits", "letters", "months", "colons", "dashes"],
)
def test_hostile_line_is_judged_at_once(name: str, hostile: bytes) -> None:
    import time

    start = re.compile(_formats.STARTS[name].encode())
    begun = time.perf_counter()
    start.match(hostile)
    assert time.perf_counter() - begun < 0.5
