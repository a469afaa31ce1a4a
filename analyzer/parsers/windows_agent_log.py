"""The Windows agent's logs below `C:\\WindowsAzure\\Logs`: TransparentInstaller.log, MonitoringAgent.log, Telemetry.log,
AppAgentRuntime.log, AgentRuntime.log. WaAppAgent.log has the same lines (`waappagent_log`).

The agent's source is closed; grammars/windows_agent_log.lark says which public pages show its lines. WARN is often normal traffic and
ERROR sometimes harmless, so a level alone says little. AppAgentRuntime.log holds changes of the service only and may be silent for days
(Azure Cloud Services, "Workflow of Windows Azure classic VM architecture").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.model import NO_FIELDS, Value
from analyzer.parsers import health_report, levels
from analyzer.parsers.logs import LogFormat, Reading

_PASTED = re.compile(r"(?:\[(?P<thread>[0-9A-Fa-f]{8})\] ?)?\[(?P<level>INFO|WARN|WARNING|ERROR|HEART|TRACE)\] {0,8}")
_BEATS: Mapping[str, Value] = {"heart": True}


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """Component is the thread. A heartbeat has field `heart`, a VM Health Report the fields of `health_report`."""
    thread, word = columns.get("THREAD", "").strip("[]"), columns.get("LEVEL", "").strip("[]")
    if not shape and (pasted := _PASTED.match(text)):  # pages and people quote lines without their stamps
        thread, word, text = pasted["thread"] or "", pasted["level"], text[pasted.end() :]
    if shape == "utc_report":
        text = f"{health_report.OPENING}{columns['REPORT_STAMP']}{text}"
    fields = _BEATS if word == "HEART" else NO_FIELDS
    if health_report.OPENING in text:
        fields = health_report.fields(text)
    return Reading(text, thread, "INFO" if word == "HEART" or shape == "utc_report" else levels.of_word(word), fields=fields)


FORMAT = LogFormat("windows_agent_log", read)
