"""Whatever stands in the fields of a document: nothing raises, and what was lost is said."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.parsers.job import test_answers, test_log_export, test_powershell, test_rest, test_texts
from tests.parsers.job.reading import hear

WRONG: list[Any] = [
    None,
    True,
    7,
    -1.5,
    1e300,
    "",
    "x",
    "\ud800",
    [],
    [None],
    [[]],
    {},
    {"value": 1},
    {"value": [None, 1, "@{"]},
    "@{",
    "System.Object[]",
]
DOCUMENTS: dict[str, Any] = {
    "rest": test_rest.job(),
    "flat": test_rest.flat(test_rest.job()),
    "powershell": test_powershell.job(),
    "operation": test_answers.operation(),
    "status": test_answers.status(protectionStatus="ProtectionFailed", errorCode="UserErrorVmNotInDesirableState"),
    "precheck": test_answers.precheck(),
    "health": {"healthDetails": [test_answers.AGENT], "healthStatus": "ActionRequired"},
    "arm": {"error": test_answers.DEPLOYMENT},
    "rows": [test_log_export.row()],
    "tables": test_log_export.table(test_log_export.row()),
}
TEXTS = {
    **test_texts.LABELLED,
    **test_texts.TABLES,
    "details": test_texts.DETAILS,
    "list": test_texts.LIST,
    "csv": test_log_export.sheet(test_log_export.row()),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_value_of_any_field_stops_the_reader(name: str) -> None:
    for path in places(DOCUMENTS[name]):
        for wrong in WRONG:
            document = copy.deepcopy(DOCUMENTS[name])
            holder = document
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = wrong
            text = json.dumps(document)
            heard = hear(text)
            assert heard.events or heard.problems or heard.kind in ("unknown", "job-health"), (path, wrong)
            for event in heard.events:
                assert isinstance(event.text, str) and all(
                    value is None or isinstance(value, str | int | float | bool) for value in event.fields.values()
                )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_cut_anywhere_is_read_to_the_cut(name: str) -> None:
    text = json.dumps(DOCUMENTS[name])
    for end in range(1, len(text), 7):
        heard = hear(text[:end])
        assert heard.kind == "unknown" or heard.problems or heard.events


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_cut_anywhere_or_half_a_character_wide_is_read(name: str) -> None:
    raw = TEXTS[name].encode("utf-16")
    for end in range(1, len(raw), 11):
        hear(raw[:end])
    whole = TEXTS[name]
    for end in range(1, len(whole), 5):
        hear(whole[:end])


@pytest.mark.parametrize("hostile", ["Error Code: " * 2000, "|" * 8000, "\t" * 8000, "错误代码：" * 2000, "(Code: a" * 2000, "'code':" * 2000, "a" * 8000, "a-" * 4000, "\n" * 3000, "Error Code\n" * 800, '"JobStatus,' * 900, "{" * 8000])  # fmt: skip
def test_hostile_text_is_judged_at_once(hostile: str) -> None:
    import time

    begun = time.perf_counter()
    hear(hostile)
    hear("Error Code: UserErrorVmNotInDesirableState\n" + hostile)
    assert time.perf_counter() - begun < 2
