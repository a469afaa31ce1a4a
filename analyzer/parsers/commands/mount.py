"""`mount`, `findmnt`, `/proc/mounts` and `/proc/self/mountinfo`: which file systems are mounted, and how.

Formats: mount(8), findmnt(8), proc(5). Blanks in names are written `\\040` in /proc.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-mount"

_SHAPES = (
    re.compile(
        r"(?P<device>[^\s/]\S*|/(?:(?! on /).){0,255}) on (?P<mount>/(?:(?! type ).){0,4096}) type (?P<type>\S{1,64})"
        r" \((?P<options>[^()]*)\)(?: \[.*\])?"
    ),
    re.compile(r"(?P<device>\S+) (?P<mount>/\S*) (?P<type>[a-z][\w.-]*) (?P<options>\S+) \d+ \d+"),
    re.compile(r"\d+ \d+ \d+:\d+ \S+ (?P<mount>/\S*) (?P<options>\S+)(?: [^\s-]\S*)* - (?P<type>\S+) (?P<device>\S+) \S+"),
)
_FINDMNT = re.compile(r"[│├└─|`\- ]*(?P<mount>/\S*)\s+(?P<device>\S+)\s+(?P<type>[a-z][\w.-]*)\s+(?P<options>\S+)")
_FINDMNT_HEADER = re.compile(r"TARGET\s+SOURCE\s+FSTYPE\s+OPTIONS")
_ESCAPE = re.compile(r"\\(0[0-7]{2}|1[0-7]{2})")
_SECRET = re.compile(r"((?:^|[,(])(?:pass|password|password2)=)[^,)\s]*")


def parse(document: Document) -> Iterator[Event]:
    """One state event per mount: fields `mount`, `device`, `type`, `options`, `noexec`, `read_only`. A password among the options
    is left out."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    shapes: tuple[re.Pattern[str], ...] = _SHAPES
    for number, line in section.lines:
        if _FINDMNT_HEADER.match(line):
            shapes = (_FINDMNT,)
            continue
        raw = _SECRET.sub(r"\1", line)
        match = next((match for shape in shapes if (match := shape.fullmatch(raw.rstrip()))), None)
        if match is None:
            continue
        options = match["options"].split(",")
        fields: dict[str, Value] = {
            "mount": _clear(match["mount"]),
            "device": _clear(match["device"]),
            "type": match["type"],
            "options": match["options"],
            "noexec": "noexec" in options,
            "read_only": "ro" in options,
        }
        yield Event(KIND, section.path, raw.strip(), line=number, fields=fields, raw=raw, state=True)


def _clear(name: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), name)
