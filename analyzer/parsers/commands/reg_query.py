"""`reg query` in a saved output: values of the registry, read as analyzer.parsers.registry reads them in a file of their own."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers import registry
from analyzer.parsers.commands.saved import Section


def rows(section: Section) -> Iterator[Event]:
    yield from registry.of_lines(section.path, section.lines)
