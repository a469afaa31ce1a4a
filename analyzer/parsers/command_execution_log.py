"""`CommandExecution.log` of a handler: the lines of the agent's log that concern one handler (ga/exthandlers.py, set_logger).

It is written when a command runs, so its silence says nothing.
"""

from __future__ import annotations

from dataclasses import replace

from analyzer.parsers import waagent_log

FORMAT = replace(waagent_log.FORMAT, silence=None)
