"""Lists of installed programs: the Uninstall keys through PowerShell, `wmic product`, Win32_Product, Get-Package, winget, CSV files."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import properties, saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-installed-programs"

_PROGRAM = ("displayname", "name", "caption", "program", "programname", "product", "productname", "software")
_VERSION = ("displayversion", "version", "programversion", "productversion")
_PUBLISHER = ("publisher", "vendor", "manufacturer", "company")
_KNOWN = ("displayname", "displayversion", "publisher", "vendor", "identifyingnumber", "version", "programname", "productname")


def parse(document: Document) -> Iterator[Event]:
    """One state event per program: fields `program`, `version`, `publisher` (None where the list does not tell)."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    for item in properties.items(section, _KNOWN):
        program = item.get(*_PROGRAM)
        if not program:
            continue
        fields: dict[str, Value] = {"program": program, "version": item.get(*_VERSION) or None, "publisher": item.get(*_PUBLISHER) or None}
        text = " ".join(str(value) for value in fields.values() if value)
        until = item.until if item.until > item.line else None
        yield Event(KIND, section.path, text, line=item.line, until_line=until, component=program, fields=fields, raw=item.raw, state=True)
