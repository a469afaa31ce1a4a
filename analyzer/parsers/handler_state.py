"""What the agent remembers of a handler: `config/HandlerState` (one word) and `config/HandlerStatus` (JSON).

Source: Azure/WALinuxAgent ga/exthandlers.py. The agent deletes a half-written file when the disk is full, so a missing one proves
nothing; an empty one is the trace of a failed write. A handler that runs several extensions has `<extension>.HandlerState` too,
with the words enabled and disabled.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import values, verbatim
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import extension_of_state, owner

_LONGEST = 40  # characters of a state; what is longer is another file


def parse(document: Document) -> Iterator[Event]:
    """One state event. Component and field `version` are the handler's, from the name of its folder."""
    yield from _status(document) if document.kind == "handler-status" else _state(document)


def _state(document: Document) -> Iterator[Event]:
    word = document.text.strip("\ufeff\x00 \t\r\n")
    if len(word) > _LONGEST or len(word.split()) > 1:
        document.problem("more than one word where a handler's state was expected", "the handler's state")
        return
    if not word:
        document.problem("the file is empty", "the handler's state")
    handler = owner(document.path)
    fields: dict[str, Value] = {"version": handler.version, "state": word, "extension": extension_of_state(document.path)}
    yield Event(document.kind, document.path, word, line=1, component=handler.name, fields=fields, raw=word, state=True)


def _status(document: Document) -> Iterator[Event]:
    value = document.json()
    if value is None:
        return
    if not isinstance(value, dict) or "status" not in value:
        document.problem("no handler status in this JSON document", "the whole document")
        return
    handler = owner(document.path)
    status, message = values.text(value["status"]), values.text(value.get("message"))
    fields: dict[str, Value] = {
        "version": handler.version or values.text(value.get("version")),
        "status": status,
        "code": values.number(value.get("code")),
        "message": message,
    }
    key = "message" if message else "status"
    yield Event(
        document.kind, document.path, message or status, pointer=f"/{key}", component=handler.name or values.text(value.get("name")),
        level="INFO" if status.lower() == "ready" else "ERROR", code=values.text(value.get("code")), fields=fields,
        raw=verbatim.member(document.text, key, value.get(key)), state=True,
    )  # fmt: skip
