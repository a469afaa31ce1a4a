"""The Linux agent's log: `/var/log/waagent.log*`, and `CommandExecution.log` of a handler, which has the same lines.

Formats: azurelinuxagent/common/logger.py of Azure/WALinuxAgent from 2.1 to 2.15, and class Logger of the 2.0 script.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Mapping
from datetime import timedelta

from analyzer.model import Value
from analyzer.parsers.logs import LogFormat, Reading

# Heartbeats come every 30 minutes from 2.2.47 on (ga/update.py); 35 minutes of silence there mean that the agent did not run.
SILENCE = timedelta(minutes=35)

_HANDLER = re.compile(r"\[([^\]\s]+?)-(\d[\w.]*)\] ?")
_EVENT = re.compile(r"Event: name=(?P<name>[^,\n]*), op=(?P<op>[^,\n]*)(?:, message=(?P<packed>eJ[\w+/]{8,}={0,2}(?=,|\s|$))?)?")
_UNPACKED = 64 << 10  # bytes of a packed message in clear; the agent keeps 3,200 characters
_SEQUENCE = re.compile(r'"ConfigSequenceNumber": "(\d+)"')
_PASTED = re.compile(r"(?:[\d:.]{1,15}Z? )?(?P<level>VERBOSE|INFO|WARNING|ERROR)(?:: ?| (?:(?P<thread>Daemon|ExtHandler|\w+Handler) )?)")


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """Component is the handler of `[Name-Version]`, else the thread; fields `handler`, `version`, and of `Event:` `op`."""
    fields: dict[str, Value] = {}
    component = columns.get("THREAD", columns.get("PREFIX", ""))
    level = columns.get("LEVEL", columns.get("TAG", "").rstrip(":"))
    if not shape and (pasted := _PASTED.match(text)):  # people post lines without their stamps
        level, component, text = pasted["level"], pasted["thread"] or "", text[pasted.end() :]
    if handler := _HANDLER.match(columns.get("PREFIX", "") or columns.get("HANDLER", "")):
        component, fields["version"] = handler[1], handler[2]
        fields["handler"] = component
    if event := _EVENT.match(text):
        component = event["name"].strip()
        fields |= {"handler": component, "op": event["op"].strip()}
        text = unpack(text, event["packed"])
    if sequence := _SEQUENCE.search(text):
        fields["sequence"] = int(sequence[1])
    return Reading(text, component, level, fields=fields)


def unpack(text: str, packed: str | None) -> str:
    """The text with its packed message in clear: agents 2.2.31 to 2.2.54 wrote base64 of a zlib stream for some operations.

    Line ends of the message become blanks, so that lines are counted as in the artifact.
    """
    if packed is None:
        return text
    try:
        clear = zlib.decompressobj().decompress(base64.b64decode(packed), _UNPACKED).decode("utf-8", "replace")
    except (ValueError, zlib.error):
        return text  # the excerpt still shows what stands there
    return text.replace(packed, " ".join(clear.splitlines()), 1)


FORMAT = LogFormat("waagent_log", read, silence=SILENCE, blocks=True, unwrap=("message=eJ",))
