"""The condition language: its tree, its parser (grammars/condition.lark) and Kleene's three values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analyzer import resources

if TYPE_CHECKING:
    from lark import Lark

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


class Truth(Enum):
    """Kleene's logic: `UNKNOWN` is what the bundle cannot tell, and stays so under `not`."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __invert__(self) -> Truth:
        return Truth(2 - self.value)


def all_of(values: list[Truth]) -> Truth:
    return min(values, key=lambda truth: truth.value)


def any_of(values: list[Truth]) -> Truth:
    return max(values, key=lambda truth: truth.value)


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a condition: `op` (seen, and, or, not, count, then, without, uncleared), the event names it speaks of, its
    numbers (`limit`, `seconds`), a word (comparison or side) and its children."""

    op: str
    names: tuple[str, ...] = ()
    parts: tuple[Node, ...] = ()
    word: str = ""
    limit: int = 0
    seconds: int | None = None

    def all_names(self) -> set[str]:
        return set(self.names).union(*(part.all_names() for part in self.parts))


_KNOWN: dict[str, Node] = {}


class ConditionError(ValueError):
    """A condition that cannot be read: the message names the column."""


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark

    return Lark(resources.text("grammars/condition.lark"), parser="lalr")


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a condition. Raises `ConditionError`."""
    if text in _KNOWN:
        return _KNOWN[text]
    if text.isidentifier() and text not in ("and", "or", "not"):  # the common case needs no parser
        return Node("seen", (text,))
    from lark.exceptions import UnexpectedInput

    try:
        return _node(_parser().parse(text))
    except UnexpectedInput as error:
        column = getattr(error, "column", "?")
        raise ConditionError(f"{text!r}: unexpected at column {column}") from error


def known(text: str, tree: Mapping[str, Any]) -> None:
    """Takes the tree of a condition as it was kept (analyzer/ahead.py): `parse(text)` gives it from then on."""
    _KNOWN[text] = _kept(tree)


def _kept(tree: Mapping[str, Any]) -> Node:
    return Node(
        tree["op"], tuple(tree["names"]), tuple(_kept(part) for part in tree["parts"]), tree["word"], tree["limit"], tree["seconds"]
    )


def _node(tree: Any) -> Node:
    children = list(tree.children)
    match tree.data:
        case "either":
            return Node("or", parts=tuple(_node(child) for child in children))
        case "both":
            return Node("and", parts=tuple(_node(child) for child in children))
        case "negated":
            return Node("not", parts=(_node(children[0]),))
        case "seen":
            return Node("seen", (str(children[0]),))
        case "count":
            seconds = _seconds(children[3]) if len(children) > 3 else None
            return Node("count", (str(children[0]),), word=str(children[1]), limit=int(children[2]), seconds=seconds)
        case "then":
            return Node("then", (str(children[0]), str(children[1])), seconds=_seconds(children[2]) if len(children) > 2 else None)
        case "without":
            return Node("without", (str(children[0]), str(children[1])), word=str(children[3]), seconds=_seconds(children[2]))
        case "uncleared":
            return Node("uncleared", (str(children[0]), str(children[1])))
    raise ConditionError(f"unknown part {tree.data!r}")


def _seconds(tree: Any) -> int:
    return int(tree.children[0]) * _UNITS[str(tree.children[1])]
