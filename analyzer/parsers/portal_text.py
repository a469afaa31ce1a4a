"""What people copy from the portal or a console: labelled error code and message, in English or Chinese.

Labels vary in case and are followed by `:` or `|`; one label may stand twice (the second one then holds the message).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers.document import Document

_LABEL = re.compile(
    r"^\W{0,4}(?P<label>error ?code|错误代码|error ?message|message|错误消息|recommended ?actions?|recommendations?|建议的操作"
    r"|detailednonlocalisedmessage)\W{0,3}\s*[:|：]\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_PARTS = {"e": "message", "m": "message", "错": "message", "r": "recommendation", "建": "recommendation", "d": "dynamic"}


def parse(document: Document) -> Iterator[Event]:
    """One event per labelled value, `portal-error` for a code and `portal-text` for the rest: fields `part` (code, message,
    recommendation, dynamic) and `block`, which counts the errors of the text: each code begins one."""
    found, block = 0, 0
    coded = False
    for number, line in document.lines():
        match = _LABEL.match(line)
        if match is None or not match["value"].strip():
            continue
        label, value = match["label"].lower().replace(" ", ""), match["value"].strip().strip("*`\"'")
        part = "code" if label in ("errorcode", "错误代码") and " " not in value else _PARTS[label[0]]
        found += 1
        block += coded and part == "code"
        coded = coded or part == "code"
        yield Event(
            "portal-error" if part == "code" else "portal-text",
            document.path,
            value,
            line=number,
            fields={"part": part, "block": block},
            level="ERROR",
            raw=line,
        )
    if not found:
        document.problem("no labelled error code or message in this text", "nothing; it was read")
