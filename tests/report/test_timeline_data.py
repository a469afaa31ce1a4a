"""The data of the timeline: safe in its script element, small, the same every time, and equal to what the document says."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

import pytest

from analyzer import resources
from analyzer.report import Redacted, document, render_html
from analyzer.report.html import SCRIPTS
from analyzer.report.messages import load
from analyzer.report.timeline_data import LIMIT, chosen

from . import sample


def data_of(page: str) -> dict[str, Any]:
    """The data as the script reads it."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert not re.search("[<>&\u2028\u2029]", text)
    found: dict[str, Any] = json.loads(text)
    if "packed" in found:
        found["columns"] = json.loads(gzip.decompress(base64.b64decode(found["packed"])))
    return found


def many(count: int) -> dict[str, Any]:
    """The confirmed diagnosis with as many events as it takes."""
    found = sample.confirmed()
    found["timeline"] = sample.synthetic_timeline(count)
    return found


@pytest.mark.parametrize("count", [10, 5000])
def test_every_event_arrives_as_it_stands_in_the_document(count: int) -> None:
    found = many(count)
    data = data_of(render_html(document(found)))
    assert ("packed" in data) == (count == 5000)
    columns, at, line = data["columns"], 0, 0
    assert data["rows"] == count
    for number, row in enumerate(found["timeline"]):
        at += columns["t"][number]
        line += columns["place"][number]
        assert at == int(row["unix"] * 1000)
        assert columns["text"][number] == row["text"]
        assert data["lanes"][columns["lane"][number]][0] == row["lane"]
        assert data["artifacts"][columns["art"][number]] == row["artifact"]
        assert line == row["line"]


def test_hostile_texts_stay_inside_and_are_visible(hostile: Redacted) -> None:
    columns = data_of(render_html(hostile))["columns"]
    assert all("</script><img src=x onerror=alert(1)>" in text and "<U+202E>" in text for text in columns["text"])
    assert not any(re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", text) for text in columns["text"])


def test_twenty_thousand_events_stay_small_and_more_are_cut() -> None:
    page = render_html(document(many(LIMIT + 500)))
    assert len(page.encode()) < 500_000
    assert data_of(page)["rows"] == LIMIT
    assert "20,000 of 20,500 events" in page


def test_same_events_give_the_same_bytes() -> None:
    assert render_html(document(many(3000))) == render_html(document(many(3000)))


def test_of_too_many_those_nearest_to_the_failure_are_kept_in_order() -> None:
    found = document(sample.confirmed())
    events = [{**row, "tags": row["tags"]} for row in found["timeline"]]
    kept = chosen(events, found["incidents"], 10)
    assert kept == [row for row in events if row in kept] and len(kept) == 10
    assert any("evidence" in row["tags"] for row in kept)


def test_secrets_do_not_hide_in_the_packed_data() -> None:
    found = many(3000)
    found["timeline"][7]["text"] = f"GET {sample.SAS}"
    assert "SECRET" not in json.dumps(data_of(render_html(document(found))))


def test_events_of_evidence_link_to_their_row() -> None:
    found = sample.confirmed()
    found["timeline"][0] |= {"evidence": "e-conf-37", "follow": [sample.TASK]}
    found["timeline"][1] |= {"evidence": "e-of-a-row-that-is-not-shown"}
    data = data_of(render_html(document(found)))
    assert data["columns"]["evidence"] == {"0": "e-conf-37"}
    assert [data["follow"][key] for key in data["columns"]["follow"]["0"]] == [sample.TASK]


def test_windows_runs_gaps_zone_and_collection_are_told(confirmed: Redacted) -> None:
    data = data_of(render_html(confirmed))
    assert [window["anchor"] for window in data["windows"]] == ["i-job-0d1e2f30", "i-job-5a2e9c11"]
    assert data["runs"][0]["id"] == "bad" and data["runs"][0]["to"] == data["windows"][1]["to"]
    assert data["zone"]["name"] == "UTC" and data["collected"] and data["gaps"][0]["from"] < data["gaps"][0]["to"]


def test_the_script_asks_for_texts_that_both_languages_have() -> None:
    source = "".join(resources.text(f"reports/{name}") for name in SCRIPTS)
    asked = set(re.findall(r"\b(?:say|page\.text)\.(\w+)", source)) | set(re.findall(r'(?:error: |message = )"(\w+)"', source))
    assert asked and {f"live.{name}" for name in asked} <= load("en").keys() & load("zh-CN").keys()
