"""A signature's condition and its events in words (catalogue/conditions.yaml), for people who do not read the signature language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.parsers.pattern import Condition, Pattern
from analyzer.resources import read_yaml
from analyzer.signatures.conditions import Node

_SHOWN = 2  # alternatives of a text or a value; how many more there are is said
_LONGEST = 90  # characters of one of them
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def condition(node: Node, lang: str) -> str:
    """When a condition is true; events stand in it by their names in quotes."""
    return _form("seen", lang, a=_name(node.names[0], lang)) if node.op == "seen" else _condition(node, lang)


def event(pattern: Pattern, titles: Mapping[str, str], lang: str) -> str:
    """What an event is: the kinds of artifact it may stand in (by `titles`), the text and the values it must hold."""
    kinds = _word("event", "kinds", lang).join(titles.get(kind, kind) for kind in sorted(pattern.kinds))
    tests = [_text(pattern.anchors, lang)] if pattern.anchors else []
    tests += [_test(one, lang) for one in pattern.where]
    if not tests and pattern.match:
        tests = [_word("event", "match", lang)]
    if not tests:
        return _word("event", "any", lang, kinds=kinds)
    return _word("event", "of", lang, kinds=kinds, tests=_word("event", "tests", lang).join(tests))


def _condition(node: Node, lang: str) -> str:
    names = dict(zip("ab", (_name(name, lang) for name in node.names), strict=False))
    span = _span(node.seconds)
    match node.op:
        case "and" | "or":
            return _form(node.op, lang).join(_part(part, node.op, lang) for part in node.parts)
        case "not":
            part = node.parts[0]
            return _form("absent" if part.op == "seen" else "not", lang, a=_condition(part, lang))
        case "count":
            sign = _word("sign", node.word, lang)
            return _form("count-within" if span else "count", lang, **names, sign=sign, n=node.limit, span=span)
        case "then":
            return _form("then-within" if span else "then", lang, **names, span=span)
        case "without":
            return _form("without", lang, **names, span=span, side=_word("side", node.word, lang))
        case "uncleared":
            return _form("uncleared", lang, **names)
    return names["a"]


def _part(node: Node, inside: str, lang: str) -> str:
    text = _condition(node, lang)
    return _form("group", lang, a=text) if node.op in ("and", "or") and node.op != inside else text


def _text(anchors: tuple[str, ...], lang: str) -> str:
    return _word("event", "text", lang, texts=_some([_word("event", "quote", lang, a=_cut(one)) for one in anchors], lang))


def _test(test: Condition, lang: str) -> str:
    shown = [_cut(str(value).lower() if isinstance(value, bool) else str(value)) for value in test.values]
    values = _some([one or _word("event", "empty", lang) for one in shown], lang)
    return _word("tests", test.modifier, lang, name=test.name, values=values)


def _some(texts: list[str], lang: str) -> str:
    """The first alternatives, and how many more there are."""
    shown = _word("event", "or", lang).join(texts[:_SHOWN])
    left = len(texts) - _SHOWN
    return _word("event", "more", lang, shown=shown, n=left) if left > 0 else shown


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _span(seconds: int | None) -> str:
    if seconds is None:
        return ""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}"


def _name(name: str, lang: str) -> str:
    return _form("name", lang, a=name)


def _form(key: str, lang: str, **params: object) -> str:
    return _word("forms", key, lang, **params)


def _word(group: str, key: str, lang: str, **params: object) -> str:
    texts = _words()[group][key]
    text = str(texts.get(lang) or texts["en"])
    return text.format(**params) if params else text


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(resources.catalogue("conditions.yaml"))
    return found
