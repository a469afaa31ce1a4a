"""Marker files: their existence is what they say.

`/var/lib/waagent/disable_agent` makes the daemon sleep for ever (Azure/WALinuxAgent 2.2.32 and later, daemon/main.py). Its content
does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import file_name


def parse(document: Document) -> Iterator[Event]:
    """One state event: field `present`."""
    name = file_name(document.path)
    yield Event(document.kind, document.path, name, line=1, fields={"present": True}, raw=name, state=True)
