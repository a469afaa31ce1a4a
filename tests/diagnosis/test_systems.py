"""A VM is asked only for what its operating system has."""

from __future__ import annotations

from pathlib import Path

from analyzer.diagnosis.knowledge import knowledge
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def test_a_cause_of_any_system_needs_other_artifacts_on_windows() -> None:
    cause = knowledge().causes["certificate"]
    assert "waagent-log" in cause.on("linux").needs and cause.on("unknown") is cause
    assert "waappagent-log" in cause.on("windows").needs and "waagent-log" not in cause.on("windows").needs


def test_commands_are_those_of_the_system() -> None:
    kind = knowledge().kinds["status"]
    assert kind.on("linux").command.startswith("sudo ") and "C:\\Packages" in kind.on("windows").command


def test_a_report_asks_for_nothing_of_another_system() -> None:
    for fixture, foreign in (("windows-healthy-noisy-extension", "linux"), ("linux-healthy-noisy", "windows")):
        document = analyze([FIXTURES / fixture / "bundle"]).document
        asked = {row["kind"] for incident in document["incidents"] for h in incident["hypotheses"] for row in h["missing"]}
        kinds = knowledge().kinds
        assert not sorted(kind for kind in asked if kind in kinds and kinds[kind].os == foreign), fixture
