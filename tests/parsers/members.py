"""Reads a member's bytes as the program does: kind by path and content, text by its encoding, events by the parser of the kind."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from analyzer.bundle.encoding import Text
from analyzer.bundle.layouts import identify
from analyzer.model import Event, Problem, Value
from analyzer.parsers.document import Document

HANDLER = "var/lib/waagent/Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0"


@dataclass
class Member:
    """What one member became; `kind` is that of its content, where only the parser can tell."""

    text: str
    kind: str
    events: list[Event]
    problems: list[Problem]

    @property
    def only(self) -> Event:
        assert len(self.events) == 1, self.events
        return self.events[0]

    def column(self, name: str) -> list[Value]:
        return [event.fields.get(name) for event in self.events]


def read(path: str, data: bytes | str) -> Member:
    raw = data.encode() if isinstance(data, str) else data
    text = Text.of(raw).text
    row = identify(path, text[:8192])
    document = Document(path, row.kind, text)
    events = list(import_module(f"analyzer.parsers.{row.module}").parse(document))
    return Member(text, document.kind, events, document.problems)


# what a crash, a full disk, a wrong program or an attacker leaves in a file
DAMAGED: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\r\n",
    "nuls": b"\0" * 4096,
    "truncated-json": b'[{"status": {"code": "1", "substatus": [{"name": "[{\\"ver',
    "truncated-xml": b'<?xml version="1.0" encoding="utf-8"?>\n<GoalState><Incarnation>7</Incar',
    "other-json": b'{"a": [1, 2.5, null, {"b": "\\u0000\\ud800"}]}',
    "json-null": b"null",
    "json-number": b"1" * 6000,
    "json-list-of-anything": b'[1, "x", null, [], {}, {"status": 7, "Message": 3, "handlerEnvironment": [], "runtimeSettings": {}}]',
    "deep-json": b"[" * 100_000,
    "utf-16": '[{"status": 1}]'.encode("utf-16"),
    "latin-1": b"caf\xe9 = \xff\xfe\n[\xe9]\n\xe9: \xe9\n",
    "binary": bytes(range(256)) * 16,
    "long-line": b"a=" + b"x " * 200_000,
    "backslashes": b'{"code": "' + b"\\" * 200_001 + b'"}',
    "entities": b'<!DOCTYPE GoalState [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<GoalState><Incarnation>&b;&f;</Incarnation></GoalState>",
    "wrong-types": b'{"aggregateStatus": [], "runtimeSettings": [[]], "status": {}, "extensionGoalStates": [null, {"name": []}], "was_fatal": [],'
    b' "handlerEnvironment": {"logFolder": {}}, "failure_count": "many", "last_failure": "never", "Message": {}}',
}
