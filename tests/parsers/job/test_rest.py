"""Jobs as REST and az print them: every field, wherever a tool puts it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parsers.job.reading import VAULT, hear

GUID = "5c0f2f6e-1111-4222-8333-944455556666"


def job(**properties: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "jobType": "AzureIaaSVMJob", "backupManagementType": "AzureIaasVM", "operation": "Backup", "status": "Failed",
        "startTime": "2024-05-06T01:00:00.1234567Z", "endTime": "2024-05-06T01:30:00Z", "duration": "PT30M", "entityFriendlyName": "app01",
        "activityId": "9F1E0D00-AAAA-4BBB-8CCC-DDDDEEEEFFFF",
        "errorDetails": [{"errorCode": 400123, "errorTitle": "UserErrorGuestAgentStatusUnavailable", "errorString": "It failed.", "recommendations": ["Do this", "Do that"]}],
        "extendedInfo": {
            "tasksList": [{"taskId": "Take Snapshot", "startTime": "2024-05-06T01:01:00Z", "endTime": "2024-05-06T01:20:00Z", "duration": "00:19:00", "status": "Failed"}],
            "propertyBag": {"VM Name": "app01"}, "dynamicErrorMessage": "StatusCode.ExtensionFailedVssWriterInBadState",
        },
    }  # fmt: skip
    known.update(properties)
    return {"id": f"{VAULT}/backupJobs/{GUID}", "name": GUID, "type": "Microsoft.RecoveryServices/vaults/backupJobs", "properties": known}


def test_every_field_of_a_job() -> None:
    fields = dict(hear(job(containerName="iaasvmcontainerv2;rg-app;app01", isUserTriggered=True)).job.fields)
    assert fields == {
        "job": GUID, "vm": "app01", "vault": "vault7", "operation": "Backup", "status": "Failed",
        "started": "2024-05-06T01:00:00.123456+00:00", "ended": "2024-05-06T01:30:00+00:00", "seconds": 1800.0,
        "activity": "9f1e0d00-aaaa-4bbb-8ccc-ddddeeeeffff", "vault_group": "rg-vaults", "subscription": "0a1b2c3d-0000-4444-8888-123456789abc",
        "container": "iaasvmcontainerv2;rg-app;app01", "vm_group": "rg-app", "resource": f"{VAULT}/backupJobs/{GUID}", "user_triggered": True,
    }  # fmt: skip


def test_every_error_text_has_its_place() -> None:
    heard = hear(job())
    assert [(event.fields["part"], event.text, event.pointer) for event in heard.errors] == [
        ("number", "400123", "/properties/errorDetails/0/errorCode"),
        ("title", "UserErrorGuestAgentStatusUnavailable", "/properties/errorDetails/0/errorTitle"),
        ("message", "It failed.", "/properties/errorDetails/0/errorString"),
        ("recommendation", "Do this", "/properties/errorDetails/0/recommendations/0"),
        ("recommendation", "Do that", "/properties/errorDetails/0/recommendations/1"),
        ("dynamic", "StatusCode.ExtensionFailedVssWriterInBadState", "/properties/extendedInfo/dynamicErrorMessage"),
    ]
    assert heard.codes == [
        ("UserErrorGuestAgentStatusUnavailable", "outer"),
        ("400123", "numeric"),
        ("ExtensionFailedVssWriterInBadState", "inner"),
    ]
    assert [(task.fields["task"], task.fields["seconds"]) for task in heard.of("job-task")] == [("Take Snapshot", 1140.0)]


def flat(document: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in document.items() if key != "properties"}, **document["properties"]}


def pascal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key if " " in key else key[0].upper() + key[1:]: pascal(item) for key, item in value.items()}
    return [pascal(item) for item in value] if isinstance(value, list) else value


SHAPES: dict[str, Any] = {
    "single": job(),
    "list": [job()],
    "value": {"value": [job()], "nextLink": None},
    "jobs": {"jobs": [job()], "total": 1},
    "flattened": flat(job()),
    "pascal case": pascal(job()),
    "upper case": {key.upper(): value for key, value in job().items()},
    "version 2": job(jobType="AzureIaaSVMJobV2"),
    "with nulls": {**job(containerName=None, isUserTriggered=None), "tags": None, "systemData": None},
    "Steampipe": [{"name": GUID, "id": f"{VAULT}/backupJobs/{GUID}", "properties": pascal(job()["properties"])}],
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_wrapping_gives_the_same_job(name: str) -> None:
    heard = hear(SHAPES[name])
    assert heard.kind == "job"
    assert (heard.job.fields["job"], heard.job.fields["vm"], heard.job.fields["vault"], heard.job.fields["seconds"]) == (
        GUID,
        "app01",
        "vault7",
        1800.0,
    )
    assert heard.symptom == "UserErrorGuestAgentStatusUnavailable"
    assert len(heard.errors) == 6


def test_a_cell_of_a_table_is_json_too() -> None:
    import json

    heard = hear(f"| name | properties |\n| {GUID} | {json.dumps(pascal(job()['properties']))} |\n")
    assert (heard.kind, heard.symptom) == ("job", "UserErrorGuestAgentStatusUnavailable")


@pytest.mark.parametrize("duration", ["PT30M0S", "00:30:00", "0:30:00.000000", "0.00:30:00"])
def test_durations_of_every_tool(duration: str) -> None:
    assert hear(job(duration=duration)).job.fields["seconds"] == 1800.0


def test_the_container_names_the_vm_where_nothing_else_does() -> None:
    document = job(entityFriendlyName=None, extendedInfo=None, containerName="VM;iaasvmcontainerv2;rg-app;app07")
    assert (hear(document).job.fields["vm"], hear(document).job.fields["vm_group"]) == ("app07", "rg-app")


def test_the_job_id_may_stand_in_the_id_alone() -> None:
    assert hear({key: value for key, value in job().items() if key != "name"}).job.fields["job"] == GUID


def test_a_job_without_any_id_is_told_by_its_place() -> None:
    document = [{"properties": job()["properties"]}, {"properties": job(entityFriendlyName="app02", extendedInfo=None)["properties"]}]
    jobs = hear(document).of("job")
    assert len({event.fields["job"] for event in jobs}) == 2 and all(event.code == "" for event in jobs)


def test_dotnets_first_day_is_no_time() -> None:
    assert hear(job(endTime="0001-01-01T00:00:00Z")).job.fields["ended"] is None


def test_a_job_of_another_workload_is_no_job_of_a_vm() -> None:
    assert hear(job(jobType="AzureWorkloadJob", backupManagementType="AzureWorkload")).of("job") == []


def test_utf_16_of_powershell_redirection() -> None:
    import json

    assert hear(b"\xff\xfe" + json.dumps(job()).encode("utf-16-le")).symptom == "UserErrorGuestAgentStatusUnavailable"


def test_a_cut_document_keeps_what_stands_before_the_break() -> None:
    import json

    whole = json.dumps(job())
    heard = hear(whole[: whole.index("Do this")])
    assert heard.symptom == "UserErrorGuestAgentStatusUnavailable"
    assert any("not valid JSON" in problem for problem in heard.problems)


def test_a_field_of_another_type_is_a_problem_and_the_rest_is_read() -> None:
    heard = hear(job(errorDetails="gone", startTime=7))
    assert heard.job.fields["vm"] == "app01"
    assert any("errordetails" in problem and "starttime" in problem for problem in heard.problems)
