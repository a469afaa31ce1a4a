"""Whatever tool printed a resource, and however it was saved, it says the same; and whatever stands in it, nothing raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle.encoding import Text
from analyzer.model import Event
from analyzer.parsers.document import Document
from tests.parsers.members import read
from tests.parsers.platform.documents import (
    EXAMPLES,
    KINDS,
    WRITTEN,
    assert_quotes,
    places,
    read_value,
    replaced,
    resolve,
)

WRONG: tuple[Any, ...] = (
    None, True, 7, -1.5, 10**30, float("inf"), "", "x", "\ud800", "https://[", "2026-99-99T99:99:99Z", [], {}, [[]],
    [1, "x", None, {"a": []}], {"a": {"b": [None]}}, {"value": 7}, [[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]],
)  # fmt: skip


def said(events: list[Event]) -> list[tuple[object, ...]]:
    """What events say, apart from where it stands: order and spelling of keys are the tool's."""
    return sorted(
        ((event.kind, event.component, event.code, event.level, str(sorted(event.fields.items())), str(event.stamp)) for event in events),
        key=str,
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_rest_names_the_kind_and_every_event_quotes_its_place(name: str) -> None:
    member = read("document.json", json.dumps(EXAMPLES[name]))
    assert (member.kind, member.problems) == (KINDS[name], [])
    assert any(event.kind == KINDS[name] for event in member.events)
    for event in member.events:
        assert_quotes(event, EXAMPLES[name])


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("name", EXAMPLES)
def test_other_tools_say_the_same(name: str, written: str) -> None:
    content = WRITTEN[written](EXAMPLES[name])
    member = read("document.json", content)
    assert member.kind == KINDS[name]
    assert said(member.events) == said(read("document.json", json.dumps(EXAMPLES[name])).events)
    root = Document("document.json", "azure-document", member.text).json_values()
    for event in member.events:
        assert_quotes(event, root)


@pytest.mark.parametrize("name", EXAMPLES)
def test_documents_one_behind_the_other_are_read_one_by_one(name: str) -> None:
    one = json.dumps(EXAMPLES[name], indent=1)
    member = read("document.json", f"{one}\n{one}\n")
    alone = read("document.json", one).events
    assert said(member.events) == sorted([*said(alone), *said(alone)], key=str)
    root = [EXAMPLES[name], EXAMPLES[name]]
    assert {(event.pointer or "").split("/")[1] for event in member.events} == {"0", "1"}
    for event in member.events:
        assert_quotes(event, root)


@pytest.mark.parametrize("name", EXAMPLES)
def test_of_a_document_that_is_cut_the_whole_part_is_read_and_the_loss_told(name: str) -> None:
    whole = json.dumps([EXAMPLES[name], EXAMPLES[name]], indent=1)
    cut = whole[: len(whole) - 40]
    member = read("document.json", cut)
    assert said(read("document.json", json.dumps(EXAMPLES[name])).events)[0] in said(member.events)
    assert [problem.problem.startswith("not valid JSON (line ") for problem in member.problems] == [True]
    for end in range(0, len(whole), max(1, len(whole) // 50)):
        read_value(whole[:end])


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_value_of_a_wrong_type_raises_or_leads_a_pointer_astray(name: str) -> None:
    for path in places(EXAMPLES[name]):
        for wrong in WRONG:
            value = replaced(EXAMPLES[name], path, wrong)
            document, events = read_value(value)
            assert events or document.problems, (path, wrong)
            for event in events:
                assert_sound(event, json.loads(json.dumps(value)))


def assert_sound(event: Event, root: Any) -> None:
    """An event can be searched and written: no container in a field, no lone surrogate, a pointer that leads somewhere."""
    assert all(value is None or isinstance(value, str | int | float) for value in event.fields.values()), event.fields
    for word in (event.text, event.raw, event.code, event.component, *(v for v in event.fields.values() if isinstance(v, str))):
        word.encode("utf-8")
    resolve(root, event.pointer or "")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"vmAgent": ' * 700 + "1" + "}" * 700,
        '{"diskSizeGB": ' + "9" * 6000 + ', "diskState": "x"}',
        '{"provisioningState": NaN}',
    ],
)
def test_depth_and_length_are_survived(text: str) -> None:
    document, events = read_value(text)
    assert events or document.problems


def test_a_key_that_stands_twice_in_two_spellings_is_quoted_where_it_was_read() -> None:
    root = {"id": EXAMPLES["disk"]["id"], "diskState": "Attached", "diskSizeGB": 10, "diskSizeGb": 20}
    _, events = read_value(root)
    assert (events[0].fields["size_gb"], events[0].pointer, events[0].raw) == (20, "/diskSizeGb", "20")


def test_keys_with_slashes_and_tildes_are_escaped() -> None:
    root = {"a/b~c": [EXAMPLES["lock"]]}
    _, events = read_value(root)
    assert events[0].pointer == "/a~1b~0c/0/id"
    assert_quotes(events[0], root)


def test_documents_of_several_kinds_bear_the_kind_of_most() -> None:
    document, events = read_value([EXAMPLES["lock"], EXAMPLES["lock"], EXAMPLES["disk"]])
    assert (document.kind, {event.kind for event in events}) == ("azure-lock", {"azure-lock", "azure-disk"})


@pytest.mark.parametrize("answer", [[], {"value": []}, {"value": [], "nextLink": None}, {"count": 0, "data": [], "total_records": 0}])
def test_an_empty_list_is_told(answer: Any) -> None:
    document, events = read_value(answer)
    assert not events
    assert document.problems[0].problem == "an empty list"


def test_what_nobody_knows_is_told() -> None:
    document, events = read_value({"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/n"})
    assert not events
    assert document.problems[0].problem == "no object of the platform that is known here"


@pytest.mark.parametrize("name", ["vm", "disk", "key_vault", "extension"])
def test_a_mere_reference_or_row_of_a_list_of_all_resources_says_nothing(name: str) -> None:
    """A network interface names its VM, a VM its disks; who has only that has not the document."""
    bare = {"id": EXAMPLES[name]["id"], "name": "n", "type": EXAMPLES[name]["type"], "properties": None, "managedBy": None}
    for document, events in (read_value({"virtualMachine": {"id": EXAMPLES[name]["id"]}}), read_value([bare])):
        assert not events
        assert document.problems


def test_encodings_are_recognised_by_their_bytes() -> None:
    assert Text.of(b"\xff\xfe" + "{}".encode("utf-16-le")).text.strip("\ufeff") == "{}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_field_is_documented(name: str) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/events.md").read_text(encoding="utf-8")
    common = {"vm", "resource", "group", "subscription"}
    for event in read_value(EXAMPLES[name])[1]:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{event.kind}`"))
        assert {field for field in event.fields if field not in common and f"`{field}`" not in row} == set(), event.kind
