"""A verdict's proof is laid open, and a code of the portal that points elsewhere is said to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer.pipeline import analyze
from tests.support.cases import AGENT_LOG, CAUSE, OTHER, agent_log, failed_job, hypothesis, mark, run, signature

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FILES = {"job.json": failed_job(), AGENT_LOG: agent_log((10, "ALPHA-MARK")).text()}
BOTH = {"alpha": mark(), "beta": mark("BETA")}
COUNTER = signature("test.counter", role="against", events={"gamma": mark("GAMMA")}, when="gamma")


def proof(tmp_path: Path, *entries: dict[str, Any], files: dict[str, str] = FILES) -> dict[str, Any]:
    found: dict[str, Any] = hypothesis(run(tmp_path, files, *entries))["proof"]
    return found


def test_a_rule_says_its_condition_and_its_events(tmp_path: Path) -> None:
    (rule,) = proof(tmp_path, signature(events=BOTH, when="alpha unless later beta"))["rules"]
    assert rule["condition"] == "“alpha” with no “beta” behind it" and rule["says"] == "test.alpha holds."
    assert [(event["name"], event["proof"]) for event in rule["events"]] == [("alpha", True), ("beta", False)]
    assert rule["events"][0]["text"] == "agent log (waagent.log): the text “ALPHA-MARK”"


def test_what_would_have_cleared_it_is_told_with_what_was_found(tmp_path: Path) -> None:
    strong = signature("test.strong", strength="strong", events=BOTH, when="alpha", cleared_by={"waagent-log": "beta"})
    platform = signature("test.platform", role="against", events={"vm": {"kind": "azure-vm", "where": {"component": "x"}}}, when="vm")
    found = {row["how"] + ":" + row["signature"]: row for row in proof(tmp_path, signature(), strong, COUNTER, platform)["cleared_by"]}
    assert found["cleared_by:test.strong"]["state"] == "not_found"
    assert found["against:test.counter"]["state"] == "not_found"
    assert found["against:test.platform"]["state"] == "not_read"
    assert [row["kind"] for row in found["against:test.platform"]["missing"]] == ["azure-vm"]


def test_where_was_looked_names_the_artifacts_and_their_time(tmp_path: Path) -> None:
    log, status = proof(tmp_path, signature(events=BOTH | {"file": {"kind": "status"}}, when="alpha and not beta or file"))["searched"]
    assert (log["artifacts"], log["covers"]) == ([AGENT_LOG], True) and log["first"] < "2026-03-10T02" < log["last"]
    assert (status["kind"], status["artifacts"], status["covers"]) == ("status", [], False)


def test_only_what_is_at_least_likely_and_carries_the_verdict_has_a_proof(tmp_path: Path) -> None:
    other = signature("test.other", cause=OTHER, events={"beta": mark("BETA")}, when="beta", strength="strong")
    files = {"job.json": failed_job(), AGENT_LOG: agent_log((10, "ALPHA-MARK"), (11, "BETA-MARK")).text()}
    result = run(tmp_path, files, signature(), other)
    assert "proof" in hypothesis(result) and "proof" not in hypothesis(result, OTHER)
    assert "proof" not in hypothesis(run(tmp_path, FILES, signature(strength="hint")))


def test_a_code_that_points_elsewhere_is_said_to_be_beaten(tmp_path: Path) -> None:
    files = {**FILES, "job.json": failed_job(code="UserErrorBackupOperationInProgress")}
    found = run(tmp_path, files, signature()).document["incidents"][0]["verdict"]["misled"]
    assert (found["code"], found["points_to"]) == ("UserErrorBackupOperationInProgress", ["backup-in-progress"])
    assert "Another backup of the VM is in progress" in found["text"] and "test.alpha holds." in found["text"]


def test_a_code_that_names_the_verdict_or_nothing_did_not_mislead(tmp_path: Path) -> None:
    for code in ("UserErrorUnsupportedDiskSize", "UserErrorOfThisTest"):
        files = {**FILES, "job.json": failed_job(code=code)}
        document = run(tmp_path, files, signature(cause=CAUSE)).document
        assert document["incidents"][0]["verdict"]["misled"] is None


def test_a_verdict_that_explains_a_documented_cause_agrees_with_the_code() -> None:
    document = analyze([FIXTURES / "linux-cpu-throttled-then-too-late" / "bundle"]).document
    incident = document["incidents"][0]
    assert incident["verdict"]["cause"] not in incident["documented"] and incident["verdict"]["misled"] is None


def test_noise_of_the_incidents_time_stands_under_it() -> None:
    incident = analyze([FIXTURES / "linux-benign-extension-failures" / "bundle"]).document["incidents"][0]
    start, end = incident["window"]["from"], incident["window"]["to"]
    assert incident["noise"]
    times = [row["time"] for noise in incident["noise"] for row in noise["evidence"]]
    assert all(start[:11] <= time[:11] and time <= end for time in times)
