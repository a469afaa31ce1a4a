"""Not Ready beside heartbeats is a fault of the platform's status: told as context, never the cause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer import resources
from analyzer.pipeline import Result
from analyzer.report import document, render_html, render_json, render_terminal
from tests.parsers.platform.documents import VM
from tests.support.cases import AGENT_LOG, MINUTE, START, agent_log, failed_job, hypothesis, run
from tests.support.windows_scenes import WaAppAgentLog

CODE = "UserErrorGuestAgentStatusUnavailable"
LINUX, WINDOWS = "linux-agent-not-running", "windows-agent-unresponsive"
WINDOWS_LOG = "WindowsAzure/Logs/WaAppAgent.log"


def view(minute: float | None = 10, *, word: str = "Not Ready", vm: str | None = None) -> str:
    """The platform's report of the agent, made at a minute after the job's start."""
    time = None if minute is None else f"{START + minute * MINUTE:%Y-%m-%dT%H:%M:%S}+00:00"
    code = "ProvisioningState/succeeded" if word == "Ready" else "ProvisioningState/Unavailable"
    status = {"code": code, "displayStatus": word, "message": "VM status blob not found.", "time": time}
    shown: dict[str, Any] = {"vmAgent": {"vmAgentVersion": "Unknown", "statuses": [status]}}
    if vm:
        shown = {"id": VM.replace("app01", vm), "name": vm, "properties": {"provisioningState": "Succeeded", "instanceView": shown}}
    return json.dumps(shown)


def case(report: str, log: str | None = None, *, path: str = AGENT_LOG, lang: str = "en", **changes: Any) -> Result:
    log = agent_log(start=-900, end=180).text() if log is None else log
    return run(Path(), {"job.json": failed_job(code=CODE, **changes), "view.json": report, path: log}, lang=lang)


def told(result: Result) -> list[dict[str, Any]]:
    return [row for row in result.document["context"] if row["kind"] == "platform-status"]


def test_a_report_beside_a_heartbeat_is_told_with_both() -> None:
    result = case(view())
    (row,) = told(result)
    report, beat = row["evidence"]
    assert (report["artifact"], report["pointer"], report["excerpt"]) == ("view.json", "/vmAgent/statuses/0/displayStatus", "Not Ready")
    assert (beat["artifact"], beat["time"]) == (AGENT_LOG, "2026-03-10T02:00:00Z")  # the nearest of many
    assert "VM status blob not found." in row["text"] and "10 minutes" in row["text"]
    assert row["cause"] is None


def test_the_verdict_stays_open() -> None:
    result = case(view(), agent_log(start=-890, end=180).text())
    incident = result.document["incidents"][0]
    assert len(told(result)) == 1
    assert (incident["verdict"]["status"], incident["verdict"]["cause"]) == ("undetermined", None)
    assert hypothesis(result, LINUX)["status"] == "ruled_out"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_it_fits_the_schema_and_every_report(lang: str) -> None:
    result = case(view(), lang=lang)
    redacted = document(result.document)
    schema = json.loads(resources.catalogue("diagnosis.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(render_json(redacted)))
    assert "VM status blob not found." in render_html(redacted, lang)
    assert render_terminal(redacted, lang)


def test_a_short_window_between_two_heartbeats_makes_no_verdict_of_the_hint() -> None:
    """Take Snapshot fails within minutes, and no heartbeat falls into it: without this rule the only hint would be the verdict."""
    log = agent_log(start=-915, end=180).text()
    result = case(view(3), log, minutes=8)
    assert len(told(result)) == 1
    assert hypothesis(result, LINUX)["status"] not in ("possible", "likely", "confirmed")
    assert result.document["incidents"][0]["verdict"]["status"] == "undetermined"


def test_windows_beats_in_another_log() -> None:
    log = WaAppAgentLog().alive(START - 900 * MINUTE, START + 180 * MINUTE).text()
    result = case(view(4), log, path=WINDOWS_LOG)
    (row,) = told(result)
    assert row["evidence"][1]["artifact"] == WINDOWS_LOG
    assert hypothesis(result, WINDOWS)["status"] not in ("possible", "likely", "confirmed")
    assert result.document["incidents"][0]["verdict"]["status"] == "undetermined"


def test_a_report_without_a_time_asks_for_a_heartbeat_near_the_window() -> None:
    result = case(view(None), agent_log(start=-890, end=180).text())
    (row,) = told(result)
    assert [one["time"] for one in row["evidence"]] == [None, "2026-03-10T02:40:00Z"]
    assert "without saying since when" in row["text"]
    assert result.document["incidents"][0]["verdict"]["cause"] is None
    assert told(case(view(None), agent_log(start=-900, end=180).text()))  # at 02:00:00 and 02:30:00, the window lies between them
    assert not told(case(view(None), agent_log(start=-900, end=-60).text()))


def test_a_report_of_the_next_hour_is_told_too() -> None:
    """It was collected after the failure; that it contradicts the guest is as true."""
    assert len(told(case(view(95)))) == 1


@pytest.mark.parametrize(
    ("report", "log"),
    [
        (view(10), agent_log(start=-900, end=-35).text()),  # the last heartbeat is 45 minutes old: it may well have died since
        (view(10), agent_log(start=-900, end=-300).text()),  # hours
        (view(10, word="Ready"), None),
        (view(10, word="Starting"), None),
        (view(600), None),  # hours after the last line of the log
        (view(10), "2026-03-10T02:05:00.000000Z INFO ExtHandler ExtHandler Checking for agent updates (family: Prod)\n"),
    ],
)
def test_near_misses(report: str, log: str | None) -> None:
    assert not told(case(report, log))


def test_forty_minutes_are_near_and_a_minute_more_is_not() -> None:
    last = agent_log(start=-900, end=0).text()
    assert len(told(case(view(40), last))) == 1
    assert not told(case(view(41), last))


def test_an_agent_that_beats_no_more_keeps_its_hint() -> None:
    found = hypothesis(case(view(10), agent_log(start=-900, end=-300).text()), LINUX)
    assert any(row["signature"] == "agent.not-ready-linux" for row in found["evidence"])


def test_the_report_of_another_vm_is_none_of_this_one() -> None:
    assert not told(case(view(10, vm="db01")))
    assert len(told(case(view(10, vm="APP01")))) == 1


def test_the_guest_of_another_vm_proves_nothing() -> None:
    settings = json.dumps({"hostGAPluginVersion": "1", "inVMMetadata": {"vmName": "db01"}, "extensionGoalStates": []})
    files = {"job.json": failed_job(code=CODE), "view.json": view(), AGENT_LOG: agent_log(start=-900, end=180).text()}
    assert told(run(Path(), files))
    assert not told(run(Path(), {**files, "var/lib/waagent/VmSettings.json": settings}))


def test_of_several_incidents_each_report_is_told_once() -> None:
    files = {
        "one.json": failed_job(code=CODE),
        "two.json": failed_job(code=CODE, job_id="9d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e22", start=START + 60 * MINUTE),
        "view.json": view(), "again.json": view(70), AGENT_LOG: agent_log(start=-900, end=180).text(),
    }  # fmt: skip
    result = run(Path(), files)
    assert len(result.document["incidents"]) == 2
    assert sorted(row["evidence"][0]["artifact"] for row in told(result)) == ["again.json", "view.json"]
