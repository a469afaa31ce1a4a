"""Line shapes of a grammar for documents that are read line by line."""

from __future__ import annotations

import re
from functools import cache

from analyzer.parsers import _formats


@cache
def shapes(grammar: str) -> dict[str, re.Pattern[str]]:
    """Shape name to expression over one line, in the order they are tried (grammars/<grammar>.lark)."""
    return {name: re.compile(expression, re.ASCII) for name, expression in _formats.SHAPES[grammar].items()}


def read(grammar: str, line: str) -> tuple[str, dict[str, str]]:
    """The shape of a line and its columns ('' where a column is missing); ('', {}) if it has no shape of the grammar."""
    for name, expression in shapes(grammar).items():
        match = expression.fullmatch(line)
        if match is not None:
            return name, {column: value or "" for column, value in match.groupdict().items()}
    return "", {}
