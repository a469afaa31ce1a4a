"""Values of JSON documents as the fields of events want them: one type each, whatever the writer chose.

The same property is a number in one build and a string in the next (`"code": "1"`, `"isSuccessful": "true"`), and JSON stands
in strings of JSON (`customSettings`, `substatus[0].name`).
"""

from __future__ import annotations

import math
import re
from typing import Any

import orjson

_INTEGER = re.compile(r"[+-]?\d{1,18}")


def text(value: Any) -> str:
    """A scalar as text ('' for null, objects and lists). Lone surrogates, legal in JSON, become U+FFFD: no pattern could read them."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def number(value: Any) -> int | None:
    """An integer, also if it is written as a string; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() and abs(value) < 1e18 else None
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value.strip())  # `int` alone takes fewer characters for blanks than `strip`
    return None


def truth(value: Any) -> bool | None:
    """A boolean, also if it is written as a string in any case; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def mapping(value: Any) -> dict[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def lowered(value: Any) -> dict[str, Any]:
    """An object with its own keys in lower case (not those of objects inside it); anything else is an empty one."""
    return {str(key).lower(): item for key, item in mapping(value).items()}


def inner(value: Any) -> Any:
    """The JSON value that stands in a string, or None if it holds none."""
    if not isinstance(value, str):
        return None
    try:
        return orjson.loads(value.strip("\ufeff\x00 \t\r\n").encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return None


def pairs(value: Any) -> dict[str, Any]:
    """A list of `{"Key": k, "Value": v}`, the serialised form of a .NET dictionary, as an object."""
    items = (lowered(item) for item in listing(value))
    return {text(item["key"]): item.get("value") for item in items if text(item.get("key"))}
