"""What the path of a handler's file tells: which handler and version, and which sequence number.

Azure/WALinuxAgent ga/exthandlers.py keeps an extension in `/var/lib/waagent/<Name>-<version>/{config,status}` and its logs in
`/var/log/azure/<Name>[/<version>]`; the Windows agent in `C:\\Packages\\Plugins\\<Name>\\<version>`. Files are
`<sequence>.settings` and `<sequence>.status`, with `<extension>.` before them if a handler runs several extensions.
VMSnapshotLinux renames what belongs to an earlier sequence to `<sequence>_settings` and `<sequence>_status`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FOLDER = re.compile(r"(?:^|/)(?P<name>[^/-][^/]*?)-(?P<version>\d+(?:\.\d+)+)(?=/)")
_LOG_FOLDER = re.compile(r"(?:^|/)var/log/azure/(?P<name>[^/]+)/(?:(?P<version>\d+(?:\.\d+)+)/)?", re.IGNORECASE)
_WINDOWS_FOLDER = re.compile(r"(?:^|/)plugins/(?P<name>[^/]+)/(?P<version>\d+(?:\.\d+)+)/", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:(?P<extension>.+)\.)?(?P<sequence>\d{1,9})(?P<mark>[._])(?:settings|status)", re.IGNORECASE)
_STATE = re.compile(r"(?P<extension>.+)\.HandlerState", re.IGNORECASE)
_DUPLICATE = re.compile(r"#\d+$")  # how a second member of one name is called


@dataclass(frozen=True, slots=True)
class Owner:
    """The handler that a file belongs to; '' where the path does not tell."""

    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a file name says. `current` is whether the file counts: not renamed, not a temporary one."""

    sequence: int | None = None
    extension: str = ""
    current: bool = True


def owner(path: str) -> Owner:
    """The handler whose folder `path` lies in; the innermost folder that looks like one."""
    path = path.replace("\\", "/")
    for expression in (_LOG_FOLDER, _WINDOWS_FOLDER, _FOLDER):
        found = list(expression.finditer(path))
        if found:
            return Owner(found[-1]["name"], found[-1]["version"] or "")
    return Owner()


def file_name(path: str) -> str:
    return _DUPLICATE.sub("", path.replace("\\", "/").rsplit("/", 1)[-1])


def numbered(path: str) -> Numbered:
    """Sequence number and extension name of a settings or status file."""
    name = file_name(path)
    match = _NUMBERED.fullmatch(name)
    if match is None:
        return Numbered(current=not name.lower().startswith("tempstatusfile"))
    return Numbered(int(match["sequence"]), match["extension"] or "", match["mark"] == ".")


def extension_of_state(path: str) -> str:
    """The extension whose state `<extension>.HandlerState` is; '' for the handler's own."""
    match = _STATE.fullmatch(file_name(path))
    return match["extension"] if match else ""
