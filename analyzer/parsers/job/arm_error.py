"""Errors of Azure Resource Manager: `{"error": {"code", "message", "details": []}}`, as a service or a deployment answers.

A deployment's message may again be JSON text, and details may hold details; `innererror` is OData's word for the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event
from analyzer.parsers.document import folded
from analyzer.parsers.job.event import Place, copied, is_number, no_error, place
from analyzer.parsers.platform.thing import Thing
from analyzer.parsers.values import inner, mapping, text

KIND = "job-arm-error"

_ERROR = frozenset(("code", "message", "target", "details", "innererror", "additionalinfo", "additionalproperties", "exceptiontype"))
_DEPTH = 8  # of errors inside errors


def fits(value: Mapping[str, Any]) -> bool:
    """An object with an `error`, or one that is nothing but an error and says what lies behind it. A status of an instance view has code
    and message too."""
    if _is_error(value.get("error")):
        return True
    return _is_error(value) and set(value) <= _ERROR and (isinstance(value.get("details"), list) or "innererror" in value)


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("code"), str) and ("message" in value or "details" in value)


def events(thing: Thing) -> Iterator[Event]:
    """`portal-error` for every code, `portal-text` for every message, outermost first: one block."""
    error, where = (thing.value["error"], place(thing, "error")) if "error" in thing.value else (thing.value, place(thing))
    for spot, part, said in levels(where, error):
        yield copied(spot, part, said, thing.pointer or "/")


def levels(where: Place, error: Mapping[str, Any], depth: int = _DEPTH) -> Iterator[tuple[Place, str, str]]:
    """Place, part (code, number or message) and text of an error and of every error inside it. What stands in JSON text has the place of
    the text."""
    code, message = text(error.get("code")), text(error.get("message"))
    if code and not no_error(code):
        yield where.below("code"), "number" if is_number(code) else "code", code
    deeper = folded(inner(message)) if message.lstrip().startswith(("{", "[")) else None
    if message and not isinstance(deeper, dict | list):
        yield where.below("message"), "message", message
    if depth == 0:
        return
    for behind in deeper if isinstance(deeper, list) else [deeper]:
        for _, part, said in levels(where, _inside(behind), depth - 1) if isinstance(behind, dict) else ():
            yield where.below("message"), part, said
    details = error.get("details")
    for i, detail in enumerate(details if isinstance(details, list) else [details]):
        if isinstance(detail, dict):
            yield from levels(where.below("details", i), _inside(detail), depth - 1)
    for name in ("innererror", "error"):
        if isinstance(error.get(name), dict):
            yield from levels(where.below(name), error[name], depth - 1)


def _inside(value: Mapping[str, Any]) -> dict[str, Any]:
    """The error of an answer that holds one, as a message in JSON does; an error is its own."""
    return mapping(value.get("error")) if isinstance(value.get("error"), dict) and "code" not in value else dict(value)
