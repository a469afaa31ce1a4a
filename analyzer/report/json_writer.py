"""The diagnosis as JSON: same document, same bytes."""

from __future__ import annotations

import re

import orjson

from .document import Redacted

_CONTROL = re.compile(rb"\x7f|\xc2[\x80-\x9f]")


def render(document: Redacted) -> bytes:
    """UTF-8 JSON, two blanks of indent, keys in the document's order (`schema` first: it is the generator mark), newline at the end.

    Raises `TypeError` for a value JSON has no word for.
    """
    ordered = {"schema": document["schema"], **document} if "schema" in document else document
    return inert(orjson.dumps(ordered, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def inert(data: bytes) -> bytes:
    """The same JSON, with those control characters as `\\uNNNN` that JSON allows in clear and terminals obey (DEL, C1)."""
    return _CONTROL.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), data)
