"""CommandExecution*.log, Install.log, Update.log and Heartbeat.log of a plugin below `C:\\WindowsAzure\\Logs\\Plugins\\<name>\\<version>`,
and the logs that extensions write there themselves.

None of these formats is documented; grammars/windows_plugin_log.lark lists the stamps by which a line is known. What a plugin's command
printed stands between the agent's lines as it was printed. A log without stamps is read line by line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.model import Value
from analyzer.parsers import levels
from analyzer.parsers.logs import LogFormat, Reading

_SEPARATOR = re.compile(r"[\]\s,:|]*(?:- )?")
_COLUMN = re.compile(r"(Error|Warning|Warn|Info|Information|Verbose|Fatal|Critical)(?=[\s:|,])", re.IGNORECASE)  # right behind the stamp
_EXIT = re.compile(r"\bexit(?:ed with)? ?code:? (-?\d{1,10})\b", re.IGNORECASE)


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """The line without its stamp. Component is the thread of the agent's lines, the program of .NET traces. A stated exit code is field
    `exit_code`."""
    component = columns.get("THREAD", "").strip("[] ") or columns.get("SOURCE", "").strip()
    if shape not in ("", "utc_agent", "utc_bracket") and (separator := _SEPARATOR.match(text)):
        text = text[separator.end() :]
    word = columns.get("LEVEL", columns.get("TRACE_LEVEL", columns.get("LEAD", ""))).strip("[]: ")
    if shape and not levels.of_word(word) and (column := _COLUMN.match(text)):
        word = column[1]
    level = "INFO" if word == "HEART" else levels.of_word(word) or levels.of_line(text)
    fields: dict[str, Value] = {}
    if exited := _EXIT.search(text):
        fields["exit_code"] = int(exited[1])
    return Reading(text, component, level, fields=fields)


FORMAT = LogFormat("windows_plugin_log", read)
