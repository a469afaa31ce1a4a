"""cloud-init.log and cloud-init-output.log.

Format: cloudinit/log.py of canonical/cloud-init, which stamps in UTC; grammars/cloud_init_log.lark. What a module's commands print
(tracebacks, package managers) has no header and belongs to the line before.
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.parsers import levels
from analyzer.parsers.logs import LogFormat, Reading


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """Component: the module (`util.py`); the banner of a stage has none."""
    if shape == "banner":
        return Reading(columns["STAGE"] + columns["BANNER_STAMP"] + text, "", "INFO")
    return Reading(text, columns.get("MODULE", ""), levels.of_word(columns.get("LEVEL", "").strip("[]: ")))


FORMAT = LogFormat("cloud_init_log", read)
