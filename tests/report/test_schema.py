"""The shipped JSON Schema says what contract/CONTRACT.md says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from analyzer import resources
from analyzer.report import document, render_json

from . import sample


@pytest.fixture
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(resources.catalogue("diagnosis.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("make", [sample.confirmed, sample.undetermined])
def test_written_json_fits_the_schema(validator: jsonschema.Draft202012Validator, make: Any) -> None:
    validator.validate(json.loads(render_json(document(make()))))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "diagnosis/2"),
        (("incidents",), []),
        (("incidents", 0, "verdict", "status"), "sure"),
        (("incidents", 0, "verdict", "cause"), None),
        (("incidents", 0, "hypotheses", 0, "evidence", 0, "line"), 0),
        (("incidents", 0, "hypotheses", 0, "evidence", 0, "role"), "maybe"),
        (("bundle", "artifacts", 0, "status"), "ok"),
    ],
)
def test_schema_refuses(validator: jsonschema.Draft202012Validator, path: tuple[str | int, ...], value: Any) -> None:
    found: Any = sample.confirmed()
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator.is_valid(found)


def test_ruled_out_needs_its_own_row(validator: jsonschema.Draft202012Validator) -> None:
    found = sample.confirmed()
    next(row for row in found["incidents"][0]["hypotheses"] if row["status"] == "ruled_out")["evidence"] = []
    assert not validator.is_valid(found)
