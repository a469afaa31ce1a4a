"""The audit log: what SELinux, AppArmor, fapolicyd and audit rules saw.

Format: audit_log_start() in the Linux kernel and the record types of the audit userspace (type=AVC, SYSCALL, PATH, FANOTIFY …);
values in quotes, or as hexadecimal digits if they hold blanks or quotes. grammars/audit_log.lark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.model import Value
from analyzer.parsers.logs import LogFormat, Reading

_VALUE = re.compile(r"""(?:^|[\s\x1d])(?P<key>comm|exe|path|name|profile|apparmor|resp|permissive)=(?P<value>"[^"]*"|[^\s\x1d]*)""")
_DENIED = re.compile(r"^avc: {1,2}denied ")
_HEXADECIMAL = re.compile(r"(?:[0-9A-F]{2}){2,}")


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """Component: record type. Fields `comm`, `path` (of the object: path=, else name=), `denied` (access was really refused), and
    `permissive` (SELinux only reported it)."""
    found: dict[str, str] = {}
    for match in _VALUE.finditer(text):
        found.setdefault(match["key"], match["value"])
    fields: dict[str, Value] = {}
    if comm := _clear(found.get("comm", "")):
        fields["comm"] = comm
    if path := _clear(found.get("path", "")) or _clear(found.get("name", "")):
        fields["path"] = path
    refused = bool(_DENIED.match(text)) or found.get("apparmor") == '"DENIED"' or found.get("resp") == "2"
    if refused or "apparmor" in found or "resp" in found or text.startswith("avc:"):
        fields["permissive"] = found.get("permissive") == "1" or found.get("apparmor") == '"ALLOWED"'
        fields["denied"] = refused and not fields["permissive"]
    return Reading(text, columns.get("TYPE", "").removeprefix("type="), fields=fields)


def _clear(value: str) -> str:
    """A value without its quotes, or out of its hexadecimal digits."""
    if value.startswith('"'):
        return value.strip('"')
    if _HEXADECIMAL.fullmatch(value):
        return bytes.fromhex(value).replace(b"\0", b" ").decode("utf-8", "replace")
    return "" if value in ("(null)", "?") else value


FORMAT = LogFormat("audit_log", read)
