"""Windows events are told in our own words, in whatever language the machine wrote them."""

from __future__ import annotations

import re

from analyzer.diagnosis.event_messages import _templates, in_words
from analyzer.model import Event


def event(provider: str, code: str, **fields: str) -> Event:
    return Event("evtx", "System.evtx", f"{provider} {code}: …", record=1, component=provider, code=code, fields=fields)


def test_a_localised_log_is_told_in_our_words() -> None:
    told = in_words(event("service control manager", "7036", param1="Windows Azure-Gast-Agent", param2="beendet"))
    assert told == "The service Windows Azure-Gast-Agent is now beendet"


def test_an_event_without_a_template_keeps_its_inserts() -> None:
    assert in_words(event("Nobody", "1", param1="x")) == "Nobody 1: …"


def test_a_missing_insert_is_shown_as_missing() -> None:
    assert in_words(event("Application Error", "1000", param1="a.exe")) == "a.exe ? crashed in ? with exception 0x?"


def test_only_events_of_event_logs_are_told_so() -> None:
    other = Event("waagent-log", "waagent.log", "text", line=1, component="VSS", code="8224")
    assert in_words(other) == "text"


def test_templates_name_inserts_only() -> None:
    for text in _templates().values():
        assert re.sub(r"\{[\w ]+\}", "", text).count("{") == 0
