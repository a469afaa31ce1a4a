"""The backup extension's `shell.log`: what its start script saw of Python and of its exit codes.

Format: main/handle.sh and main/handle_host_daemon.sh of VMBackup (Azure/azure-linux-extensions). The stamp is the output of `date`
in the locale of the agent's service; since September 2021 of `date -u`. Builds before wrote the zone's name, which says no offset:
such a stamp is local time.
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.parsers import date_words
from analyzer.parsers.logs import LogFormat, Reading


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """The message; lines have no level and no component of their own."""
    return Reading(text.rstrip(), "VMSnapshotLinux")


FORMAT = LogFormat("vmsnapshot_shell_log", read, stamp_of=date_words.read)
