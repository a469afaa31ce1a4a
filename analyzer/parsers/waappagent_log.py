"""`WaAppAgent.log`: the Windows agent's main log, with its heartbeats.

Microsoft documents for the same agent in Cloud Services that this log holds status updates and heartbeats and is written every two or
three seconds (Azure Cloud Services, "Workflow of Windows Azure classic VM architecture", section on log file locations). No page gives
an interval for virtual machines, so the limit is several hundred times that. What a silence proves is for those who read it: only where
heartbeats stand around it is this agent known to write them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from analyzer.parsers import windows_agent_log

SILENCE = timedelta(minutes=30)

FORMAT = replace(windows_agent_log.FORMAT, silence=SILENCE)
