"""The log of any extension below `/var/log/azure`: its lines as they are, with the stamp and the level that they state.

There is no common format: grammars/text_log.lark lists the ways of stamping a line that extensions use. In a log without stamps
every line is a record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.model import Value
from analyzer.parsers import levels
from analyzer.parsers.logs import LogFormat, Reading

_SEPARATOR = re.compile(r"[\]\s,:|]*(?:- )?")
_HANDLER = re.compile(r"\[([^\]\s]{1,128}?)-(\d[\w.]{0,32})\] ?")


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """The line without its stamp (logfmt and JSON lines whole). Component and `version`: of `[Name-Version]`, if the line has it."""
    fields: dict[str, Value] = {}
    component = ""
    if shape in ("json", "logfmt"):
        prefix = "JSON" if shape == "json" else "LOGFMT"
        text = columns[f"{prefix}_HEAD"] + columns[f"{prefix}_STAMP"] + text
        return Reading(text, level=levels.of_line(text))
    if separator := _SEPARATOR.match(text) if shape else None:
        text = text[separator.end() :]
    if handler := _HANDLER.match(text):
        component, fields["version"] = handler[1], handler[2]
        text = text[handler.end() :]
    level = levels.of_word(columns.get("LEAD", "").strip("[]: ")) or levels.GLOG.get(columns.get("GLOG_STAMP", "")[:1], "")
    return Reading(text, component, level or levels.of_line(text), fields=fields)


FORMAT = LogFormat("text_log", read)
