"""Events of Windows logs in words: catalogue/event-messages.yaml, filled with the event's own inserts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.model import Event
from analyzer.resources import read_yaml


@cache
def _templates() -> Mapping[tuple[str, str], str]:
    found: Mapping[str, Mapping[str, str]] = read_yaml(resources.catalogue("event-messages.yaml"))
    return {(provider.casefold(), identity): text for provider, texts in found.items() for identity, text in texts.items()}


class _Inserts(dict[str, Any]):
    """What an event does not say is shown as such."""

    def __missing__(self, key: str) -> str:
        return "?"


def in_words(event: Event) -> str:
    """The event's message in our words, or its text (provider, id and inserts) if there are none."""
    template = _templates().get((event.component.casefold(), event.code)) if event.kind == "evtx" else None
    return event.text if template is None else template.format_map(_Inserts(event.fields)).strip()
