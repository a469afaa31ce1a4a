"""JSON output is the redacted document, byte for byte the same every time."""

from __future__ import annotations

import json

from analyzer.report import Redacted, document, render_json

from . import sample


def test_json_is_deterministic_and_ends_with_a_newline(confirmed: Redacted) -> None:
    first = render_json(confirmed)
    assert first == render_json(document(sample.confirmed()))
    assert first.startswith(b'{\n  "schema": "diagnosis/1"')
    assert first.endswith(b"}\n")


def test_schema_comes_first_whatever_the_order(confirmed: Redacted) -> None:
    turned = Redacted(dict(reversed(confirmed.items())))
    assert render_json(turned).startswith(b'{\n  "schema": "diagnosis/1"')


def test_no_secret_is_written(confirmed: Redacted) -> None:
    assert b"SECRET" not in render_json(confirmed)
    assert json.loads(render_json(confirmed)) == confirmed
