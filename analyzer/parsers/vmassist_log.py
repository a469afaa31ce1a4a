"""Log of vmassist, the script of Microsoft's support that checks a VM's agent (Azure/azure-support-scripts, vmassist/).

Grammar: grammars/vmassist_log.lark. A line of vmassist.ps1 is `<check>: <result>`, and what is good depends on the check. Its stamps are
UTC, but their hour counts to 12 without a half of the day (format `hh`), and the file's name has local time: the moment cannot be told,
so these events have none and `written` quotes the stamp. The Linux scripts write plain log lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Clock, Event, Stamp, Value
from analyzer.parsers import levels, lines, stamps
from analyzer.parsers.document import Document

_CHECK = re.compile(r"(?P<check>[^\s:][^\n]{0,120}?) ?:(?: |$)(?P<result>[^\n]*)")
_GOOD_IF_FALSE = re.compile(r"WCF debugging enabled|.* service crashes")
_GOOD_IF_TRUE = re.compile(
    r".* folder exists|(?:WindowsAzureGuestAgent|WaAppAgent)\.exe exists|StdRegProv WMI class|VM Agent installed"
    r"|VM agent is supported version|.* process errors|TenantEncryptionCert .*|Wireserver .*|IMDS .*|MachineKeys folder has .*"
    r"|The System account has .*|System drive has sufficient disk space|DHCP-assigned .*|Netsh proxy configured",
    re.IGNORECASE,
)  # "process errors" answers whether there are none
_GOOD_EITHER_WAY = ("Netsh proxy configured", "IMDS ")
_SERVICE = re.compile(r"\w+ service")


def parse(document: Document) -> Iterator[Event]:
    """One state event per line of the script: code is the check (Windows), `result` its answer, level ERROR if that is bad."""
    read = 0
    for number, line in document.lines():
        line = line.strip("\x00\ufeff").rstrip()
        shape, columns = lines.read("vmassist_log", line)
        if not shape:  # tables and separators between the lines
            continue
        read += 1
        text = columns["TEXT"].strip()
        if shape == "windows":
            yield _windows(document, number, line, text, columns["TIME"])
        else:
            stamp = _stamp(columns.get("OFFSET") or columns["LOCAL"])
            level = levels.of_word(columns.get("LEVEL", "")) or "INFO"
            yield Event(document.kind, document.path, text, line=number, stamp=stamp, level=level, raw=line, state=True)
    if not read:
        document.problem("no line of vmassist in this file", "its checks")


def _stamp(text: str) -> Stamp | None:
    return stamps.read(text, Clock.LOCAL)


def _windows(document: Document, number: int, line: str, text: str, written: str) -> Event:
    match = _CHECK.fullmatch(text)
    fields: dict[str, Value] = {"written": written}
    check = level = ""
    if match is not None and (found := _judged(match["check"].strip(), match["result"].strip())) is not None:
        check, level = match["check"].strip(), found
        fields["result"] = match["result"].strip()
    return Event(document.kind, document.path, text, line=number, level=level or "INFO", code=check, fields=fields, raw=line, state=True)


def _judged(check: str, result: str) -> str | None:
    """The level of a check's answer; None if this is no check that is known."""
    if _SERVICE.fullmatch(check):
        return "ERROR" if "(expected " in result or result.lower().startswith("not installed") else "INFO"
    bad = "false" if _GOOD_IF_TRUE.fullmatch(check) else "true" if _GOOD_IF_FALSE.fullmatch(check) else ""
    if not bad:
        return None
    if check.startswith(_GOOD_EITHER_WAY):
        return "INFO"
    if result.lower().startswith("<1gb free"):
        return "WARNING"
    return "ERROR" if result.lower().startswith(bad) else "INFO"
