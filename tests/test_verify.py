"""`analyze verify`: every difference is named, and one broken fixture does not hide the others."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

from analyzer.cli import main
from analyzer.verify import differences, fixtures

GOOD = Path(__file__).resolve().parents[1] / "fixtures/linux-extensions-disabled"


@pytest.fixture
def fixture(tmp_path: Path) -> Path:
    folder = tmp_path / "set" / "one"
    shutil.copytree(GOOD, folder)
    return folder


def expect(folder: Path, **changes: Any) -> list[str]:
    expected = yaml.safe_load((GOOD / "expected.yaml").read_text(encoding="utf-8")) | changes
    (folder / "expected.yaml").write_text(yaml.safe_dump(expected), encoding="utf-8")
    return list(differences(folder))


MATCH = {"symptom": "GuestAgentSnapshotTaskStatusError"}


def test_a_fixture_as_expected_has_no_differences(fixture: Path) -> None:
    assert expect(fixture) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"incidents": [{"match": MATCH, "verdict": {"cause": "disk-size"}}]}, "expected 'disk-size'"),
        ({"incidents": [{"match": MATCH, "verdict": {"status": "likely"}}]}, "expected 'likely'"),
        ({"incidents": [{"match": {"symptom": "UserErrorX"}}]}, "none matches"),
        ({"incidents": [{"match": {"job_id": "x"}}]}, "none matches"),
        ({"incidents": [{"match": {"date": "2025-01-01"}}]}, "none matches"),
        ({"incidents": [{"match": MATCH}, {"match": MATCH}]}, "1 incidents, expected 2"),
        ({"incidents": [{"match": MATCH, "cite": [{"artifact": "etc/waagent.conf", "line": 1}]}]}, "does not cite"),
        ({"incidents": [{"match": MATCH, "ruled_out": ["disk-size"]}]}, "expected ruled_out"),
        ({"must_not": ["linux-agent-options"]}, "which it must not be"),
        ({"problems": ["no such text"]}, "no problem says"),
        ({"checklist": {"S2.5": "failed"}}, "S2.5 is passed, expected failed"),
        ({"checklist": {"S2.1": "passed"}}, "S2.1 is not asked of this VM"),
    ],
)
def test_each_difference_is_named(fixture: Path, changes: dict[str, Any], said: str) -> None:
    assert any(said in failure for failure in expect(fixture, **changes))


def test_dates_choose_among_equal_incidents(fixture: Path) -> None:
    assert expect(fixture, incidents=[{"match": {"date": "2026-03-10"}, "verdict": {"status": "confirmed"}}]) == []


def test_further_inputs_belong_to_the_case(fixture: Path) -> None:
    (fixture / "bundle/job.json").rename(fixture / "job.json")
    assert expect(fixture, inputs=["job.json"]) == []


def test_a_fixture_without_its_bundle_is_a_difference(fixture: Path) -> None:
    shutil.rmtree(fixture / "bundle")
    assert "could not be read" in expect(fixture)[0]


def test_fixtures_are_found_in_order_of_name(fixture: Path) -> None:
    shutil.copytree(fixture, fixture.parent / "another")
    assert [path.name for path in fixtures([fixture.parent])] == ["another", "one"]
    assert fixtures([fixture]) == [fixture]


def test_exit_codes_and_junit(fixture: Path, tmp_path: Path) -> None:
    report = tmp_path / "results.xml"
    run = CliRunner().invoke(main, ["verify", str(fixture.parent), "--junit", str(report)])
    assert (run.exit_code, "1 passed, 0 failed" in run.output) == (0, True)
    shutil.copytree(fixture, fixture.parent / "broken")
    (fixture.parent / "broken/expected.yaml").write_text("just text", encoding="utf-8")
    run = CliRunner().invoke(main, ["verify", str(fixture.parent), "--junit", str(report)])
    assert (run.exit_code, "broken: could not be verified" in run.output, "1 passed, 1 failed" in run.output) == (1, True, True)
    assert ElementTree.parse(report).getroot().get("name") == "azure-vm-backup-analyzer"


def test_no_fixture_is_wrong_usage(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["verify", str(tmp_path)]).exit_code == 2
