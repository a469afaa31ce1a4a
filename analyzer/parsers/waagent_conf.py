"""`/etc/waagent.conf`: the agent's options.

Rules of azurelinuxagent/common/conf.py (Azure/WALinuxAgent, 2.2.19 and later): `#` opens a comment only as the first character
of a line; the key ends at the first `=`; a value ends at `#`, loses blanks and quotes, and `None` means unset; the last of two
equal keys wins; keys are case-sensitive. A switch is on or off for exactly y or n, in any case; any other value is its default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import _formats
from analyzer.parsers.document import Document

_SETTING = re.compile(_formats.SHAPES["waagent_conf"]["setting"])


def parse(document: Document) -> Iterator[Event]:
    """One state event per line that sets an option: fields `key`, `value` ('' if unset), `effective` (no later line sets it)."""
    found: list[tuple[int, str, str, str]] = []
    for number, line in document.lines():
        if line.startswith("#"):
            continue
        match = _SETTING.fullmatch(line)
        if match is not None:
            found.append((number, line, match["KEY"], value_of(match["TEXT"] or "")))
        elif line.strip("\x00 \t"):
            document.problem(f"line {number} is no setting (no '=')", "that line; the agent ignores it too")
    last = {key: number for number, _, key, _ in found}
    for number, line, key, value in found:
        fields: dict[str, Value] = {"key": key, "value": value, "effective": last[key] == number}
        yield Event(document.kind, document.path, line.strip(), line=number, code=key, fields=fields, raw=line, state=True)


def value_of(text: str) -> str:
    """The value as the agent uses it."""
    value = text.split("#", 1)[0].strip().strip("\"' ")
    return "" if value == "None" else value
