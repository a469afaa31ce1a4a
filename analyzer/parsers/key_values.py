"""Small files of `KEY=value` lines, such as /etc/selinux/config (grammars/key_values.lark)."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers import lines
from analyzer.parsers.document import Document


def parse(document: Document) -> Iterator[Event]:
    """One state event `key-value` per assignment: code and field `key`, field `value` without its quotes."""
    for number, line in document.lines():
        line = line.strip("\x00").rstrip()
        shape, columns = lines.read("key_values", line)
        if shape == "assignment":
            fields = {"key": columns["KEY"], "value": unquoted(columns["TEXT"])}
            yield Event("key-value", document.path, line.strip(), line=number, code=columns["KEY"], fields=fields, raw=line, state=True)
        elif line and not shape:
            document.problem(f"line {number} is no assignment", "that line")


def unquoted(value: str) -> str:
    """A value as a shell has it: without the quotes around it, and without the backslashes before quotes, `$` and backslashes."""
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    for escaped in ('\\"', "\\'", "\\$", "\\`"):
        value = value.replace(escaped, escaped[1])
    return value.replace("\\\\", "\\")
