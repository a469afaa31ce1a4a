"""Jobs and errors that a person copied as text, from the portal or from a console: each reader takes the lines it knows, in turn."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers.document import Document
from analyzer.parsers.job import bare, inline, listing, pane, pasted_log, portal, table
from analyzer.parsers.job.copied_text import CopiedText

_READERS = (pasted_log, table, listing, pane, inline, portal)  # those first whose shape is the most certain


def parse(document: Document) -> Iterator[Event]:
    """The events of all readers in the order of their lines. The artifact is a table of jobs if it has one, a text with jobs, or else a
    text of the portal."""
    text = CopiedText.of(document)
    by_reader = {reader: list(reader.read(text)) for reader in _READERS}
    events = [event for found in by_reader.values() for event in found]
    if all(event.kind.endswith("-log") for event in events):
        events += bare.read(text)
    if by_reader[table]:
        document.kind = "job-table"
    elif any(event.kind == "job" for event in events):
        document.kind = "job-text"
    if not events:
        long = f"; it is longer than {bare.LONGEST >> 10} KB" if len(document.text) > bare.LONGEST else ""
        document.problem(f"no labelled error code or message in this text{long}", "nothing; it was read")
    yield from sorted(events, key=lambda event: event.line or 0)
