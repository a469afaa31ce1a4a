"""CONTRACT.md, "Incidents": what opens one, what belongs to it, and its window."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.pipeline import Result
from tests.support.cases import AGENT_LOG, JOB_ID, MINUTE, RUN_LOG, START, agent_log, failed_job, hypothesis, mark, run, signature
from tests.support.scenes import SnapshotRun, at

SECOND_ID = "33333333-3333-4333-8333-333333333333"
TASK = "11111111-1111-4111-8111-111111111111"


def found(result: Result) -> list[dict[str, Any]]:
    incidents: list[dict[str, Any]] = result.document["incidents"]
    return incidents


def kinds(result: Result) -> list[str]:
    return [row["kind"] for row in result.document["context"] if row["kind"] in ("history", "other_vm") and row["cause"] is None]


def changed(text: str, **values: Any) -> str:
    """A job with other properties; None takes one away."""
    document = json.loads(text)
    document["properties"] |= values
    return json.dumps(document)


def bad_run(minute: float, task: str = TASK, sequence: int = 7) -> str:
    return SnapshotRun(START + minute * MINUTE, sequence=sequence, task=task).enable().end(2, "error").text()


def test_one_incident_per_failed_job(tmp_path: Any) -> None:
    result = run(tmp_path, {"a.json": failed_job(), "b.json": failed_job(start=START + 600 * MINUTE, job_id=SECOND_ID)})
    assert [(i["source"], i["job_id"], i["operation"], i["vm"], i["vault"]) for i in found(result)] == [
        ("job", JOB_ID, "Backup", "app01", "vault1"),
        ("job", SECOND_ID, "Backup", "app01", "vault1"),
    ]


def test_the_same_job_in_several_documents_is_one(tmp_path: Any) -> None:
    running = changed(failed_job(), status="InProgress", endTime=None, errorDetails=None)
    for first, second in (("a.json", "b.json"), ("b.json", "a.json")):
        result = run(tmp_path, {first: running, second: failed_job()})
        assert [(i["job_id"], i["symptom"]) for i in found(result)] == [(JOB_ID, "UserErrorOfThisTest")]


@pytest.mark.parametrize("status", ["CompletedWithWarnings", "Completed with warnings", "Failed"])
def test_failed_and_completed_with_warnings_are_incidents(tmp_path: Any, status: str) -> None:
    assert len(found(run(tmp_path, {"a.json": changed(failed_job(), status=status)}))) == 1


@pytest.mark.parametrize("operation", ["ConfigureBackup", "Enable protection", "BackupStatus"])
def test_a_failed_protection_or_check_is_an_incident_too(tmp_path: Any, operation: str) -> None:
    incident = found(run(tmp_path, {"a.json": failed_job(operation=operation)}))[0]
    assert (incident["source"], incident["operation"]) == ("job", operation)


@pytest.mark.parametrize(
    ("operation", "status"), [("Restore", "Failed"), ("Backup", "Cancelled"), ("Backup", "InProgress"), ("Backup", "Completed")]
)
def test_restores_cancelled_running_and_completed_jobs_are_context(tmp_path: Any, operation: str, status: str) -> None:
    result = run(tmp_path, {"a.json": failed_job(operation=operation, status=status), AGENT_LOG: agent_log().text()})
    assert [i["source"] for i in found(result)] == ["bundle"]
    assert kinds(result) == ["history"]


# runs


def test_a_run_belongs_to_a_job_by_task_id(tmp_path: Any) -> None:
    result = run(tmp_path, {"a.json": failed_job(), RUN_LOG: bad_run(300, JOB_ID)})
    assert [(i["source"], [a["id"] for a in i["attempts"]]) for i in found(result)] == [("job", [JOB_ID])]


def test_else_when_it_starts_within_ten_minutes_of_the_snapshot_task(tmp_path: Any) -> None:
    for minute, sources in ((-9, ["job"]), (30, ["job"]), (-12, ["extension", "job"]), (33, ["job", "extension"])):
        result = run(tmp_path, {"a.json": failed_job(), RUN_LOG: bad_run(minute)})
        assert [i["source"] for i in found(result)] == sources, minute


def test_and_is_the_only_candidate(tmp_path: Any) -> None:
    two = bad_run(1) + bad_run(9, SECOND_ID, 8)
    assert sorted(i["source"] for i in found(run(tmp_path, {"a.json": failed_job(), RUN_LOG: two}))) == ["extension", "extension", "job"]


def test_a_run_with_another_jobs_task_id_is_not_taken_by_time(tmp_path: Any) -> None:
    late = failed_job(start=START + 600 * MINUTE, job_id=SECOND_ID)
    result = run(tmp_path, {"a.json": failed_job(), "b.json": late, RUN_LOG: bad_run(1, SECOND_ID)})
    assert [(i["job_id"], len(i["attempts"])) for i in found(result)] == [(JOB_ID, 0), (SECOND_ID, 1)]


def test_of_two_jobs_the_one_whose_task_was_running_has_the_run(tmp_path: Any) -> None:
    next_job = failed_job(start=START + 25 * MINUTE, job_id=SECOND_ID)
    result = run(tmp_path, {"a.json": failed_job(), "b.json": next_job, RUN_LOG: bad_run(16)})
    assert [(i["source"], i["job_id"], len(i["attempts"])) for i in found(result)] == [("job", JOB_ID, 1), ("job", SECOND_ID, 0)]


def test_a_failed_run_of_no_job_is_an_incident_with_its_own_window(tmp_path: Any) -> None:
    incident = found(run(tmp_path, {RUN_LOG: bad_run(0), AGENT_LOG: agent_log().text()}))[0]
    assert (incident["source"], incident["id"], incident["job_id"]) == ("extension", f"extension:{TASK}", None)
    assert incident["window"]["from"] <= incident["started"] and incident["ended"] <= incident["window"]["to"]


def test_a_failed_run_inside_a_completed_job_is_no_incident(tmp_path: Any) -> None:
    result = run(tmp_path, {"a.json": failed_job(status="Completed"), RUN_LOG: bad_run(1, JOB_ID), AGENT_LOG: agent_log().text()})
    assert [i["source"] for i in found(result)] == ["bundle"]


def test_ids_of_incidents_are_unique(tmp_path: Any) -> None:
    result = run(tmp_path, {RUN_LOG: bad_run(0) + bad_run(300), AGENT_LOG: agent_log().text()})
    ids = [i["id"] for i in found(result)]
    assert len(ids) == len(set(ids)) == 2


# windows


def test_the_window_is_the_take_snapshot_task(tmp_path: Any) -> None:
    window = found(run(tmp_path, {"a.json": failed_job()}))[0]["window"]
    assert window == {"from": "2026-03-10T02:00:05Z", "to": "2026-03-10T02:21:00Z", "basis": "take-snapshot"}


@pytest.mark.parametrize("none", [None, "0001-01-01T00:00:00Z", ""])
def test_a_snapshot_task_without_times_leaves_start_to_end(tmp_path: Any, none: str | None) -> None:
    document = json.loads(failed_job())
    document["properties"]["extendedInfo"]["tasksList"][0] |= {"startTime": none, "endTime": none}
    window = found(run(tmp_path, {"a.json": json.dumps(document)}))[0]["window"]
    assert window == {"from": "2026-03-10T02:00:00Z", "to": "2026-03-10T02:21:00Z", "basis": "job"}


def test_a_damaged_duration_is_no_end(tmp_path: Any) -> None:
    document = json.loads(failed_job())
    document["properties"]["extendedInfo"]["tasksList"][0] |= {"endTime": None, "duration": 10**400}
    assert found(run(tmp_path, {"a.json": json.dumps(document)}))[0]["window"]["basis"] == "job"


@pytest.mark.parametrize("none", [None, "0001-01-01T00:00:00Z"])
def test_a_job_without_any_time_has_the_bundles_window(tmp_path: Any, none: str | None) -> None:
    job = changed(failed_job(), startTime=none, endTime=none, extendedInfo=None)
    result = run(tmp_path, {"a.json": job, AGENT_LOG: agent_log().text()})
    assert found(result)[0]["window"]["basis"] == "bundle"
    assert found(result)[0]["started"] is None


def test_a_bundle_without_times_has_no_window(tmp_path: Any) -> None:
    incident = found(run(tmp_path, {"a.json": changed(failed_job(), startTime=None, endTime=None, extendedInfo=None)}))[0]
    assert incident["window"] == {"from": None, "to": None, "basis": "unknown"}


def test_a_healthy_bundle_is_exactly_one_incident_over_the_last_day_covered(tmp_path: Any) -> None:
    short = found(run(tmp_path, {AGENT_LOG: agent_log(start=-300).text()}))
    long = found(run(tmp_path, {AGENT_LOG: agent_log(start=-6000).text()}))
    assert [(i["source"], i["window"]["from"]) for i in short] == [("bundle", "2026-03-09T21:00:00Z")]
    assert [i["window"]["from"] for i in long] == [(START + 60 * MINUTE - 24 * 60 * MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ")]


def test_consecutive_equal_incidents_share_a_group(tmp_path: Any) -> None:
    ids = ["a", "b", "c"]
    jobs = {f"{name}.json": failed_job(start=START + n * 1440 * MINUTE, job_id=f"{n}" * 8) for n, name in enumerate(ids)}
    jobs["d.json"] = failed_job(start=START + 3 * 1440 * MINUTE, job_id="44444444", code="UserErrorOfAnother")
    assert [i["group"] for i in found(run(tmp_path, jobs))] == ["00000000", "00000000", "00000000", "44444444"]


# whose VM


ALPHA = {AGENT_LOG: agent_log((10, "ALPHA-MARK")).text()}


def named(vm: str) -> dict[str, str]:
    """The artifact that names the guest as Azure does."""
    document = {"hostGAPluginVersion": "1.0.8.1", "vmSettingsSchemaVersion": "0.0", "inVMMetadata": {"vmName": vm}}
    return {"var/lib/waagent/vmSettings.json": json.dumps(document)}


def test_the_guest_of_another_vm_proves_nothing(tmp_path: Any) -> None:
    files = {"a.json": failed_job(vm="app01")} | ALPHA | named("db07")
    said = signature("test.said", cause="azure-policy", events={"alpha": {"kind": "job-error", "where": {"text|contains": "It failed"}}})
    result = run(tmp_path, files, signature(), said)
    assert hypothesis(result)["status"] == "not_assessable"
    assert hypothesis(result, "azure-policy")["status"] == "confirmed"
    assert any("db07" in row["problem"] for row in result.document["problems"])


def test_the_guest_of_the_same_vm_does_whatever_the_case_of_its_name(tmp_path: Any) -> None:
    files = {"a.json": failed_job(vm="APP01")} | ALPHA | named("app01")
    assert hypothesis(run(tmp_path, files, signature()))["status"] == "confirmed"


def test_jobs_of_other_vms_are_context(tmp_path: Any) -> None:
    files = {"a.json": failed_job(vm="app01"), "b.json": failed_job(vm="db07", job_id=SECOND_ID)} | ALPHA | named("app01")
    result = run(tmp_path, files)
    assert [i["vm"] for i in found(result)] == ["app01"]
    assert kinds(result) == ["other_vm"]


def test_a_run_of_its_job_tells_whose_the_guest_is(tmp_path: Any) -> None:
    files = {"a.json": failed_job(vm="app01"), "b.json": failed_job(vm="db07", job_id=SECOND_ID), RUN_LOG: bad_run(1, JOB_ID)}
    assert [i["vm"] for i in found(run(tmp_path, files | ALPHA))] == ["app01"]


def test_where_nothing_tells_whose_the_guest_is_it_proves_nothing(tmp_path: Any) -> None:
    files = {"a.json": failed_job(vm="app01"), "b.json": failed_job(vm="db07", job_id=SECOND_ID)} | ALPHA
    result = run(tmp_path, files, signature())
    assert [hypothesis(result, number=n)["status"] for n in (0, 1)] == ["not_assessable", "not_assessable"]
    assert sum("nothing tells of which VM" in row["problem"] for row in result.document["problems"]) == 2


# copied texts


PORTAL = "Error Code | UserErrorRpCollectionLimitReached\n\nError Message | The Restore Point collection max limit has reached.\n"


def test_a_portal_text_alone_is_an_incident(tmp_path: Any) -> None:
    incident = found(run(tmp_path, {"portal.txt": PORTAL}))[0]
    assert (incident["source"], incident["symptom"], incident["message"]) == (
        "job",
        "UserErrorRpCollectionLimitReached",
        "The Restore Point collection max limit has reached.",
    )
    assert incident["window"] == {"from": None, "to": None, "basis": "unknown"}


def test_a_portal_text_that_repeats_a_job_joins_it(tmp_path: Any) -> None:
    result = run(tmp_path, {"a.json": failed_job(code="UserErrorRpCollectionLimitReached"), "portal.txt": PORTAL})
    assert [i["job_id"] for i in found(result)] == [JOB_ID]


def test_a_portal_text_joins_the_only_failed_run(tmp_path: Any) -> None:
    result = run(tmp_path, {RUN_LOG: bad_run(0), "portal.txt": PORTAL})
    assert [(i["source"], i["symptom"]) for i in found(result)] == [("extension", "UserErrorRpCollectionLimitReached")]


def test_two_errors_in_one_text_are_two_incidents(tmp_path: Any) -> None:
    text = PORTAL + "\nError Code | UserErrorUnsupportedDiskSize\nError Message | x\n"
    assert {i["symptom"] for i in found(run(tmp_path, {"portal.txt": text}))} == {
        "UserErrorRpCollectionLimitReached",
        "UserErrorUnsupportedDiskSize",
    }


def test_a_run_scope_signature_does_not_borrow_another_jobs_run(tmp_path: Any) -> None:
    line = SnapshotRun(START + 12 * MINUTE, sequence=7, task=SECOND_ID).enable().say("ALPHA-MARK").end(2, "error").text()
    late = failed_job(start=at("2026-03-11 02:00:00"), job_id=SECOND_ID)
    entry = signature(scope="run", events={"alpha": mark("ALPHA", "vmsnapshot-log")})
    result = run(tmp_path, {"a.json": failed_job(), "b.json": late, RUN_LOG: line}, entry)
    assert [hypothesis(result, number=n)["status"] for n in (0, 1)] == ["not_assessable", "confirmed"]
