"""Reads the text of a log as the scan does, every record of it."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from analyzer.model import Clock, Event, Stamp
from analyzer.parsers import records, scan
from analyzer.parsers.logs import LogFormat


def events(module: str, text: str | bytes, kind: str = "log", artifact: str = "a.log") -> list[Event]:
    """The records of `text` in the format of analyzer.parsers.<module>."""
    form: LogFormat = import_module(f"analyzer.parsers.{module}").FORMAT
    data = text.encode() if isinstance(text, str) else text
    form = form.of_file(data[: 64 << 10])
    return [event for region in records.regions([data], form) for event in scan.records(region, kind, artifact, form)]


def only(module: str, text: str | bytes) -> Event:
    found = events(module, text)
    assert len(found) == 1, found
    return found[0]


def utc(*parts: int) -> Stamp:
    return Stamp(datetime(*parts), Clock.UTC)  # type: ignore[arg-type] # a test gives at least three


def local(*parts: int, year: bool = True) -> Stamp:
    return Stamp(datetime(*parts), Clock.LOCAL, year)  # type: ignore[arg-type]
