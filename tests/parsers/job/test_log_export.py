"""Rows of Log Analytics, in the three forms in which people save them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.parsers.job.reading import VAULT, hear

ID = "5c0f2f6e-1111-4222-8333-944455556666"


def row(**more: Any) -> dict[str, Any]:
    return {
        "TimeGenerated": "2024-05-06T02:00:00Z", "_ResourceId": VAULT, "OperationName": "Job", "JobUniqueId": ID, "JobOperation": "Backup",
        "JobStatus": "Failed", "JobFailureCode": "UserErrorGuestAgentStatusUnavailable", "JobStartDateTime": "2024-05-06T01:00:00Z",
        "JobDurationInSecs": 1800, "AdHocOrScheduledJob": "Scheduled", "BackupManagementType": "IaaSVM", "DatasourceFriendlyName": "app01",
        "BackupItemUniqueId": "centralus;12;vm;iaasvmcontainerv2;rg-app;app01", "Type": "AddonAzureBackupJobs", **more,
    }  # fmt: skip


def table(*rows: dict[str, Any]) -> dict[str, Any]:
    columns = list(rows[0])
    return {"tables": [{"name": "PrimaryResult", "columns": [{"name": name, "type": "string"} for name in columns], "rows": [[one.get(name) for name in columns] for one in rows]}]}  # fmt: skip


def sheet(*rows: dict[str, Any], cut: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=cut)
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + out.getvalue()


def exported(one: dict[str, Any]) -> dict[str, Any]:
    """The row as the portal exports it."""
    return {f"{name} [UTC]" if name.endswith(("DateTime", "Generated")) else name: value for name, value in one.items()}


def legacy(one: dict[str, Any]) -> dict[str, Any]:
    """The row of the table AzureDiagnostics."""
    return {f"{name}_{'d' if isinstance(value, int) else 's'}" if name not in ("TimeGenerated", "OperationName", "Type", "_ResourceId") else name: value for name, value in one.items()}  # fmt: skip


FORMS: dict[str, Any] = {
    "list": [row()],
    "value": {"value": [row()]},
    "lower case": [{key.lower(): value for key, value in row().items()}],
    "tables": table(row()),
    "csv": sheet(row()),
    "csv of the portal": sheet(exported(row())),
    "csv with semicolons": sheet(exported(row()), cut=";"),
    "american csv": sheet(exported(row(JobStartDateTime="5/6/2024, 1:00:00.000 AM"))),
    "legacy list": [legacy(row())],
    "legacy csv": sheet(legacy(row())),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_job(name: str) -> None:
    heard = hear(FORMS[name])
    fields = heard.job.fields
    assert heard.kind == "job-log"
    assert {key: fields[key] for key in ("job", "vm", "vault", "operation", "status", "started", "ended", "seconds", "user_triggered", "vault_group")} == {
        "job": ID, "vm": "app01", "vault": "vault7", "operation": "Backup", "status": "Failed", "started": "2024-05-06T01:00:00+00:00",
        "ended": "2024-05-06T01:30:00+00:00", "seconds": 1800.0, "user_triggered": False, "vault_group": "rg-vaults",
    }  # fmt: skip
    assert heard.symptom == "UserErrorGuestAgentStatusUnavailable"
    assert heard.problems == []


def value_at(root: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        root = root[int(part)] if isinstance(root, list) else root[part]
    return root


@pytest.mark.parametrize("name", ["list", "value", "lower case", "tables", "legacy list"])
def test_pointers_lead_to_the_value(name: str) -> None:
    heard = hear(FORMS[name])
    assert value_at(FORMS[name], heard.errors[0].pointer or "") == "UserErrorGuestAgentStatusUnavailable"
    assert value_at(FORMS[name], heard.job.pointer or "") == "Failed"


def test_lines_lead_to_the_row_of_a_sheet() -> None:
    heard = hear(sheet(row(JobUniqueId="a", ExtendedProperties='{"x":\n"y"}'), row(JobUniqueId="b", ExtendedProperties="")))
    assert [(job.fields["job"], job.line, job.until_line) for job in heard.of("job")] == [("a", 2, 3), ("b", 4, None)]


@pytest.mark.parametrize("code", ["Success", "", None, "success"])
def test_success_is_no_error(code: str | None) -> None:
    heard = hear([row(JobStatus="Completed", JobFailureCode=code)])
    assert (heard.errors, heard.job.level) == ([], "INFO")


def test_the_vm_is_named_by_the_row_of_its_item() -> None:
    nameless = row(DatasourceFriendlyName=None, BackupItemUniqueId="centralus;12;AB")
    item = {"OperationName": "BackupItem", "BackupItemUniqueId": "centralus;12;ab", "BackupItemFriendlyName": "app09", "Type": "CoreAzureBackup", "BackupManagementType": "IaaSVM"}  # fmt: skip
    for document in ([nameless, item], [item, nameless], table({**dict.fromkeys(item), **nameless}, {**dict.fromkeys(nameless), **item})):
        assert hear(document).job.fields["vm"] == "app09"
    assert hear([nameless]).job.fields["vm"] == ""


def test_other_workloads_are_left_out_with_one_note() -> None:
    heard = hear([row(), *(row(BackupManagementType="AzureWorkload", JobUniqueId=str(i)) for i in range(30))])
    assert heard.job.fields["job"] == ID
    assert heard.problems == ["30 rows of AzureWorkload, which are no backups of VMs | these rows"]


def test_a_day_that_may_be_two_is_no_day() -> None:
    heard = hear(sheet(exported(row(JobStartDateTime="5/6/2024 13:00:00"))))
    assert heard.job.fields["started"] is None and any("may be two days" in problem for problem in heard.problems)
    assert hear(sheet(exported(row(JobStartDateTime="5/16/2024 13:00:00")))).job.fields["started"] == "2024-05-16T13:00:00+00:00"


def test_a_local_time_is_not_taken_for_utc() -> None:
    local = {name.replace("JobStartDateTime", "JobStartDateTime [Local Time]"): value for name, value in row().items()}
    heard = hear(sheet(local))
    assert heard.job.fields["started"] is None and any("local time" in problem for problem in heard.problems)


def test_an_alert_belongs_to_its_job_or_stands_alone() -> None:
    alert = {"OperationName": "Alert", "AlertCode": "ExtensionSnapshotFailedNoNetwork", "AlertStatus": "Active", "RecommendedAction": "Look.", "AlertOccurrenceDateTime": "2024-05-06T01:31:00Z", "BackupManagementType": "IaaSVM", "DatasourceFriendlyName": "app01"}  # fmt: skip
    alone = hear([alert])
    assert [(event.kind, event.fields["part"], event.fields["vm"]) for event in alone.events] == [
        ("portal-error", "code", "app01"),
        ("portal-text", "recommendation", "app01"),
    ]
    assert [event.fields["job"] for event in hear([{**alert, "JobUniqueId": "A1"}]).of("job-error")] == ["a1", "a1"]


def test_damaged_sheets_and_tables_are_problems() -> None:
    short = sheet(row()).rstrip().rsplit(",", 4)[0]
    assert hear(short).job.fields["job"] == ID and any("cells below a header" in problem for problem in hear(short).problems)
    assert hear("JobUniqueId,JobStatus,JobOperation\n").problems == ["no row of a backup job, alert or item | nothing; it was read"]
    broken = json.dumps([row(), row(JobUniqueId="b")])
    heard = hear(broken[: broken.rindex('"JobDurationInSecs"')])
    assert len(heard.of("job")) == 2 and any("not valid JSON" in problem for problem in heard.problems)
    wrong: dict[str, Any] = {"tables": [{"columns": [{"name": "JobUniqueId"}, 7, None], "rows": [[], "x", None, [1, 2, 3, 4]]}]}
    assert hear(wrong).of("job") == []
