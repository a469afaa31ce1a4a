"""Signatures from YAML: every mistake is collected with its file and id, and never stops the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.pipeline import analyze
from analyzer.signatures.loader import load
from analyzer.signatures.model import Role, Scope, Strength
from tests.support.cases import mark, signature, write


def mistakes(tmp_path: Path, *entries: dict[str, Any]) -> list[str]:
    return [str(mistake) for mistake in load([write(tmp_path, *entries)]).mistakes]


def test_the_shipped_catalogue_has_no_mistakes() -> None:
    assert load().mistakes == []


def test_a_signature_is_read_as_written(tmp_path: Path) -> None:
    entry = signature(scope="run", before=60, holds=True, absolute=True, needs=["waagent-log"])
    found = next(one for one in load([write(tmp_path, entry)]).signatures if one.id == "test.alpha")
    assert (found.role, found.strength, found.scope, found.before) == (Role.FOR, Strength.DECISIVE, Scope.RUN, 60)
    assert (found.holds, found.absolute, found.needs, found.file) == (True, True, ("waagent-log",), "own/test.yaml")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"when": "alpha and"}, "unexpected at column"),
        ({"when": "beta"}, "names 'beta'"),
        ({"role": "maybe"}, "'maybe' is not a valid Role"),
        ({"strength": "sure"}, "'sure' is not a valid Strength"),
        ({"scope": "moon"}, "'moon' is not a valid Scope"),
        ({"before": "soon"}, "invalid literal"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"events": {"alpha": {"kind": "waagent-log", "anchors": "x"}}}, "unknown key 'anchors'"),
        ({"events": {"alpha": {"anchor": "ALPHA-MARK"}}}, "names no artifact kind"),
        ({"events": {"alpha": {"use": "run.nothing"}}}, "milestones.yaml does not define"),
        ({"events": {"alpha": {"kind": "waagent-log", "match": "("}}}, "is no RE2 expression"),
        ({"events": {"alpha": {"kind": "waagent-log", "match": "(?=x)"}}}, "is no RE2 expression"),
        ({"events": {"alpha": {"kind": "waagent-log", "match": "((a{900}){900}){900}"}}}, "is no RE2 expression"),
        ({"events": {"alpha": {"kind": "waagent-conf", "where": {"value|re": "["}}}}, "is no RE2 expression"),
        ({"events": {"alpha": {"kind": "waagent-conf", "where": {"value|roughly": "x"}}}}, "unknown modifier 'roughly'"),
        ({"events": {"alpha": {"kind": "waagent-conf", "where": {"value": {"a": 1}}}}}, "wants a value"),
        ({"events": ["alpha"]}, "is not shaped like a signature"),
        ({"events": {"alpha": {"kind": "waagent-conf", "where": ["x"]}}}, "is not shaped like a signature"),
        ({"cleared_by": ["waagent-log"]}, "is not shaped like a signature"),
    ],
)
def test_a_mistake_is_named_and_the_signature_left_out(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    catalogue = load([write(tmp_path, signature(**changes), signature("test.good"))])
    assert said in str(catalogue.mistakes[0]) and str(catalogue.mistakes[0]).startswith("own/test.yaml: test.alpha: ")
    assert [one.id for one in catalogue.signatures if one.id.startswith("test.")] == ["test.good"]


def test_an_id_is_used_once(tmp_path: Path) -> None:
    assert "this id is used twice" in mistakes(tmp_path, signature(), signature())[0]


def test_a_file_that_is_no_yaml_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "y.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "z.yaml").write_text("- just text\n", encoding="utf-8")
    found = [str(mistake) for mistake in load([tmp_path]).mistakes]
    assert len(found) == 3 and "not readable as YAML" in found[0] and "has no id" in found[2]


def test_a_broken_signature_of_the_user_is_a_problem_and_no_more(tmp_path: Path) -> None:
    own = write(tmp_path, signature(events={"alpha": {"kind": "waagent-log", "match": "("}}))
    fixture = Path(__file__).resolve().parents[2] / "fixtures/linux-extensions-disabled/bundle"
    document = analyze([fixture], signatures=[own]).document
    assert document["incidents"][0]["verdict"]["status"] == "confirmed"
    assert any("no RE2 expression" in row["problem"] for row in document["problems"])


def test_a_shared_pattern_is_used_by_name(tmp_path: Path) -> None:
    entry = signature(events={"alpha": "run.enable", "beta": mark()}, when="alpha and beta")
    found = next(one for one in load([write(tmp_path, entry)]).signatures if one.id == "test.alpha")
    assert found.patterns["alpha"].name == "run.enable"
