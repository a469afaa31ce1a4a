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
_EVENT = re.compile(
    r"^Event: name=(?P<name>[^,]*), op=(?P<op>[^,]*), message=(?P<message>.*?)(?:, duration=(?P<duration>\d+))?\s*$", re.DOTALL
)
_PACKED = re.compile(r"eJ[\w+/]{8,}={0,2}")
_SEQUENCE = re.compile(r'"ConfigSequenceNumber": "(\d+)"')


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """Component is the handler of `[Name-Version]`, else the thread; fields `handler`, `version`, and of `Event:` `op`."""
    fields: dict[str, Value] = {}
    component = columns.get("THREAD", "")
    level = columns.get("LEVEL", columns.get("TAG", "").rstrip(":"))
    if handler := _HANDLER.match(columns.get("PREFIX", "") or columns.get("HANDLER", "")):
        component, fields["version"] = handler[1], handler[2]
        fields["handler"] = component
    if event := _EVENT.match(text):
        component = event["name"].strip()
        fields |= {"handler": component, "op": event["op"].strip()}
        text = unpack(text, event)
    if sequence := _SEQUENCE.search(text):
        fields["sequence"] = int(sequence[1])
    return Reading(text, component, level, fields=fields)


def unpack(text: str, event: re.Match[str]) -> str:
    """The text with a packed message in clear: agents 2.2.31 to 2.2.54 wrote base64 of a zlib stream for some operations."""
    packed = _PACKED.fullmatch(event["message"].strip())
    if packed is None:
        return text
    try:
        clear = zlib.decompress(base64.b64decode(packed[0])).decode("utf-8", "replace")
    except (ValueError, zlib.error):
        return text  # the excerpt still shows what stands there
    return text.replace(packed[0], clear, 1)


FORMAT = LogFormat("waagent_log", read, silence=SILENCE, blocks=True, unwrap=("message=eJ",))
