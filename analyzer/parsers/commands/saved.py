"""A saved output of commands: which lines belong to which command.

People paste what the terminal shows: the prompt, the command, its output, the next prompt. Scripts put headings between outputs.
A text without any of these is the output of the one command that its file name or first lines tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from analyzer.model import Event
from analyzer.parsers.document import Document

_WORDS = (
    r"waagent|systemctl|service|ps|df|mount|findmnt|iptables(?:-save|-legacy|-nft)?|ip6tables(?:-save)?|nft|firewall-cmd|ip|ifconfig|route"
    r"|netstat|ss|python[\d.]*|journalctl|dmesg|cat|ls|lsblk|free|top|uname|hostname|curl|ping|date|uptime|id|which|rpm|dpkg|apt|yum|echo"
)
_WINDOWS = (
    r"(?i:(?:vssadmin|sc|net|ipconfig|tasklist|systeminfo|wmic|reg|netsh|ver|diskshadow|wevtutil|w32tm|whoami|fltmc|driverquery|winget"
    r"|tzutil)(?:\.exe)?(?![\w.-])"
    r"|Get-\w+|gsv\b|gps\b|gwmi\b|gcim\b|gp\b)[^\n]*"
)
_KNOWN = rf"(?:sudo (?:-\S+ )*)?(?:/(?:usr/)?(?:local/)?s?bin/)?(?:{_WORDS})(?![\w.-])[^\n]*"
_PROMPTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\[[^\]\n]{1,80}\] ?[#$%>] ?(?P<command>[\w/.~][^\n]*)",  # [root@vm ~]# df -h
        r"[\w.-]{1,64}@[\w.-]{1,64}[: ][^\n#$%>]{0,120}[#$%>] ?(?P<command>[\w/.~][^\n]*)",  # azureuser@vm:~$ df -h
        rf"[\w.-]{{1,64}}:[^\n#$%>]{{1,80}} ?[#$%>] ?(?P<command>{_KNOWN})",  # vm:~ # df -h
        r"(?:\[[^\]\n]{1,80}\]: )?(?:PS )?(?:[A-Za-z]:\\|\\\\|HK\w+:\\)[^>\n]{0,250}>{1,2} ?(?P<command>[\w/.~&\"'$(][^\n]*)",  # C:\>
        r"PS> ?(?P<command>[\w/.~&\"'$(][^\n]*)",
        rf"[=#*_>-]{{1,40}} ?(?P<command>{_WINDOWS}?) ?[=#*_:-]*",
        rf"(?i:output of|command|cmd|running|executing)(?i: command)?[: ]+[\[\"'`]?(?P<command>{_WINDOWS}?)[\]\"'`]?:?",
        r"\$ (?P<command>[\w/.~][^\n]*)",
        rf"[#+>] ?(?P<command>{_KNOWN})",
        rf"[=#*_-]{{2,}} ?(?P<command>{_KNOWN}?) ?[=#*_:-]*",  # ===== df -h =====
        rf"(?i:output of|command|cmd|running|executing)(?i: command)?[: ]+[\[\"'`]?(?P<command>{_KNOWN}?)[\]\"'`]?:?",
    )
)
_LONGEST = 8 << 10  # characters of a line that are read; only command lines in `ps` are ever longer
_ANSI = re.compile(r"\x1b\[[\d;?]{0,16}[A-Za-z]")
_LEADING = re.compile(
    r"(?:sudo (?:-\S+ )*|time |env |LANG=\S+ |LC_ALL=\S+ |(?i:cmd(?:\.exe)? /c |powershell(?:\.exe)? (?:-\w+ )*|& )[\"']?)*"
    r"(?:/(?:usr/)?(?:local/)?s?bin/|[\"']?(?:[A-Za-z]:|%\w+%|\$env:\w+)\\(?:[^\\\"'\n]{1,80}\\)*)?"
)
_COMMANDS = (
    ("waagent_version", re.compile(r"waagent --?version\b")),
    ("systemctl_status", re.compile(r"systemctl (?:-\S+ )*(?:status|is-active|is-enabled)\b|service \S+ status\b")),
    ("ps", re.compile(r"ps(?: |$)")),
    ("df", re.compile(r"df(?: |$)")),
    ("mount", re.compile(r"(?:mount|findmnt)(?: |$)|cat (?:/proc/(?:self/)?mount(?:s|info)|/etc/mtab)\b")),
    ("iptables", re.compile(r"ip6?tables|nft |firewall-cmd .*passthrough")),
    ("ip", re.compile(r"ip (?:-\S+ )*(?:a|r|l|addr|address|route|link)\w*\b|ifconfig|route\b|netstat -\w*r")),
    ("vssadmin", re.compile(r"(?i)vssadmin(?:\.exe)?\"? +list +writers\b")),
    (
        "sc",
        re.compile(
            r"(?i)sc(?:\.exe)?\"? +(?:\\\\\S+ +)?(?:query|queryex|qc)\b|net(?:\.exe)? +start *$|(?:Get-Service|gsv)\b|wmic .*\bservice\b"
            r"|.*Win32_(?:Base)?Service\b"
        ),
    ),
    (
        "ipconfig",
        re.compile(
            r"(?i)ipconfig(?:\.exe)?(?: |$)|netsh +interface +ip(?:v4)? +show +(?:config|addresses)|Get-NetIP\w+|wmic .*\bnicconfig\b"
            r"|.*Win32_NetworkAdapterConfiguration\b"
        ),
    ),
    ("tasklist", re.compile(r"(?i)tasklist(?:\.exe)?(?: |$)|(?:Get-Process|gps)\b|wmic .*\bprocess\b|.*Win32_Process\b")),
    ("systeminfo", re.compile(r"(?i)systeminfo(?:\.exe)?(?: |$)|ver$|Get-ComputerInfo\b|wmic .*\bos\b|.*Win32_OperatingSystem\b")),
    ("installed_programs", re.compile(r"(?i)wmic .*\bproduct\b|.*Win32_Product\b|Get-Package\b|winget +list|.*CurrentVersion\\Uninstall")),
    ("reg_query", re.compile(r"(?i)reg(?:\.exe)? +query\b")),
    ("python_version", re.compile(r"python[\d.]* (?:-V|--version)\b")),
)


@dataclass(frozen=True, slots=True)
class Section:
    """The output of one command: artifact, the command as typed ('' if the text does not show it), 1-based lines."""

    path: str
    command: str
    lines: tuple[tuple[int, str], ...]


Rows = Callable[[Section], Iterator[Event]]


def parse(document: Document, rows: Rows) -> Iterator[Event]:
    """The events of every output in the document: `rows` reads what stands without a command, each other section its own module."""
    found = False
    for section in sections(document):
        reader = rows if not section.command else _reader(section.command)
        for event in reader(section) if reader is not None else ():
            found = True
            yield event
    if not found:
        document.problem("no line that the command prints was found", "the whole document")


def sections(document: Document) -> Iterator[Section]:
    """The outputs in the order they stand; what stands before the first command has command ''."""
    command, lines = "", list[tuple[int, str]]()
    for number, line in document.lines():
        line = _ANSI.sub("", line[:_LONGEST]).strip("\x00")
        typed = _typed(line)
        if typed is None:
            lines.append((number, line))
            continue
        if command or any(text.strip() for _, text in lines):
            yield Section(document.path, command, tuple(lines))
        command, lines = typed, []
    if command or any(text.strip() for _, text in lines):
        yield Section(document.path, command, tuple(lines))


def _typed(line: str) -> str | None:
    """The command on a line that shows a prompt or a heading; None if it shows none."""
    for prompt in _PROMPTS:
        if match := prompt.fullmatch(line.rstrip()):
            return match["command"].strip()
    return None


def bare(command: str) -> str:
    """A command without `sudo`, settings of the environment and the folder of the program."""
    return command[match.end() :] if (match := _LEADING.match(command)) else command


@cache
def _reader(command: str) -> Rows | None:
    """Who reads the output of this command; None if nobody does."""
    name = next((name for name, pattern in _COMMANDS if pattern.match(bare(command))), None)
    if name is None:
        return None
    rows: Rows = import_module(f"analyzer.parsers.commands.{name}").rows
    return rows
