"""The diagnosis as JSON: same document, same bytes."""

from __future__ import annotations

import orjson

from .document import Redacted


def render(document: Redacted) -> bytes:
    """UTF-8 JSON, two blanks of indent, keys in the document's order (`schema` first: it is the generator mark), newline at the end.

    Raises `TypeError` for a value JSON has no word for.
    """
    ordered = {"schema": document["schema"], **document} if "schema" in document else document
    return orjson.dumps(ordered, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
