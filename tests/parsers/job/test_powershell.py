"""ConvertTo-Json of PowerShell's job objects, as deep as -Depth let it."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.parsers.job.powershell import members
from tests.parsers.job.reading import hear

ID = "5c0f2f6e-1111-4222-8333-944455556666"
MESSAGE = "VM Agent unable to communicate with Azure Backup."


def job(**more: Any) -> dict[str, Any]:
    return {
        "DynamicErrorMessage": "ExtensionFailedVssWriterInBadState", "Properties": {"VM Name": "app01", "Backup Size": "1 MB"},
        "SubTasks": [{"Name": "Take Snapshot", "Status": "Failed"}, {"Name": "Transfer data to vault", "Status": "NotStarted"}],
        "VmVersion": "Compute", "IsCancellable": False, "IsRetriable": False,
        "ErrorDetails": [{"ErrorCode": 400001, "ErrorMessage": MESSAGE, "Recommendations": ["Do this", "Do that"]}],
        "ActivityId": "9F1E0D00-AAAA-4BBB-8CCC-DDDDEEEEFFFF", "JobId": ID, "Operation": "Backup", "Status": "Failed", "WorkloadName": "app01",
        "StartTime": "/Date(1714957200000)/", "EndTime": "2024-05-06T01:30:00Z",
        "Duration": {"Ticks": 18000000000, "Minutes": 30, "TotalSeconds": 1800}, "BackupManagementType": 1, **more,
    }  # fmt: skip


def test_every_field_of_a_job() -> None:
    heard = hear(job())
    fields = heard.job.fields
    assert heard.kind == "job"
    assert {name: fields[name] for name in ("job", "vm", "operation", "status", "started", "ended", "seconds", "activity")} == {
        "job": ID, "vm": "app01", "operation": "Backup", "status": "Failed", "started": "2024-05-06T01:00:00+00:00",
        "ended": "2024-05-06T01:30:00+00:00", "seconds": 1800.0, "activity": "9f1e0d00-aaaa-4bbb-8ccc-ddddeeeeffff",
    }  # fmt: skip
    assert [(task.fields["task"], task.fields["status"], task.pointer) for task in heard.of("job-task")] == [
        ("Take Snapshot", "Failed", "/SubTasks/0/Status"),
        ("Transfer data to vault", "NotStarted", "/SubTasks/1/Status"),
    ]
    assert [(event.fields["part"], event.pointer) for event in heard.errors] == [
        ("number", "/ErrorDetails/0/ErrorCode"),
        ("message", "/ErrorDetails/0/ErrorMessage"),
        ("recommendation", "/ErrorDetails/0/Recommendations/0"),
        ("recommendation", "/ErrorDetails/0/Recommendations/1"),
        ("dynamic", "/DynamicErrorMessage"),
    ]
    assert heard.symptom == "UserErrorGuestAgentStatusUnavailable"
    assert heard.problems == []


WRAPPED = {
    "value": [{"ErrorCode": 400001, "ErrorMessage": MESSAGE, "Recommendations": {"value": ["Do this", "Do that"], "Count": 2}}],
    "Count": 1,
}


@pytest.mark.parametrize(
    "document",
    [
        [job(), job(JobId="b")],
        {"value": [job()], "Count": 1},
        job(ErrorDetails=WRAPPED),
        job(ErrorDetails=WRAPPED["value"][0]),  # type: ignore[index]  # a list of one
        job(StartTime={"value": "/Date(1714957200000)/", "DisplayHint": 2, "DateTime": "Monday, 6 May 2024 01:00:00"}),
        job(BackupManagementType="AzureVM"),
        {key.lower(): value for key, value in job().items()},
    ],
    ids=["list", "value", "wrapped errors", "one error", "date object", "named type", "lower case"],
)
def test_every_wrapping_gives_the_same_error(document: Any) -> None:
    heard = hear(document)
    assert heard.symptom == "UserErrorGuestAgentStatusUnavailable"
    assert heard.of("job")[0].fields["started"] == "2024-05-06T01:00:00+00:00"
    assert [text for part, text in heard.parts if part == "recommendation"][:2] == ["Do this", "Do that"]


def test_a_shortened_object_says_what_it_holds_and_what_is_missing() -> None:
    heard = hear(
        job(ErrorDetails=[f"@{{ErrorCode=400001; ErrorMessage={MESSAGE}; Recommendations=System.Object[]}}"], DynamicErrorMessage=None)
    )
    assert heard.parts == [("number", "400001"), ("message", MESSAGE)]
    assert heard.problems == ["/ErrorDetails/0 was cut by ConvertTo-Json; convert again with -Depth 10 | the lists inside it"]


def test_a_type_name_is_a_problem_with_its_place_and_no_error() -> None:
    name = "Microsoft.Azure.Commands.RecoveryServices.Backup.Cmdlets.Models.AzureVmJobErrorInfo"
    heard = hear(job(ErrorDetails=[name], SubTasks="System.Object[]", DynamicErrorMessage=""))
    assert heard.errors == [] and heard.job.fields["status"] == "Failed"
    assert [problem.split(" ")[0] for problem in heard.problems] == ["/SubTasks", "/ErrorDetails/0"]
    assert all("-Depth" in problem for problem in heard.problems)


def test_a_semicolon_in_a_message_does_not_end_it() -> None:
    found = members("@{ErrorCode=7; ErrorMessage=It failed; then it failed again; Recommendations=Retry}")
    assert found == {"errorcode": "7", "errormessage": "It failed; then it failed again", "recommendations": "Retry"}


def test_a_job_of_another_workload_is_left_out_with_a_note() -> None:
    heard = hear(job(BackupManagementType="AzureWorkload", VmVersion=None) | {"VmVersion": None})
    assert heard.of("job")  # it says itself that it is a VM's
    other = {key: value for key, value in job(BackupManagementType="AzureWorkload").items() if key != "VmVersion"}
    assert hear(other).of("job") == [] and any("AzureWorkload" in problem for problem in hear(other).problems)


def test_utf_16_of_powershell_redirection() -> None:
    import json

    heard = hear(b"\xff\xfe" + json.dumps(job(), indent=4).replace("\n", "\r\n").encode("utf-16-le"))
    assert heard.symptom == "UserErrorGuestAgentStatusUnavailable"
