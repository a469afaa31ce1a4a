"""What people copy from the portal and from consoles: labels, tables, lists, sentences, in English and Chinese."""

from __future__ import annotations

import pytest

from tests.parsers.job.reading import hear

CODE = "ExtensionSnapshotFailedCOM"
SAID = "Snapshot operation failed due to COM+ error"
ADVICE = "Please restart the service and then the VM."
WHOLE = [("code", CODE), ("message", SAID), ("recommendation", ADVICE)]

LABELLED = {
    "colons": f"Error Code: {CODE}\nError Message: {SAID}\nRecommended Action: {ADVICE}\n",
    "bars": f"Error Code | {CODE}\n\nError Message | {SAID}\n\nRecommended Action | {ADVICE}\n",
    "tabs": f"Error code\t{CODE}\nError message\t{SAID}\nRecommended actions\t{ADVICE}\n",
    "lower case": f"error code: {CODE}\nerror message:  {SAID} \nrecommended action: {ADVICE}\n",
    "no blank": f"ErrorCode:{CODE}\nErrorMessage:{SAID}\nRecommendations:{ADVICE}\n",
    "windows": f"Error Code: {CODE}\r\nError Message: {SAID}\r\nRecommended Action: {ADVICE}\r\n",
    "wide colon": f"Error Code：{CODE}\nError Message：{SAID}\nRecommended Action：{ADVICE}\n",
    "bold": f"**Error code**: {CODE} <br>\n**Error message**: {SAID}<br>\n**Recommended action**: {ADVICE}\n",
    "quotes": f"> `Error Code`: `{CODE}`\n> Error Message: \"{SAID}\"\n> Recommended Action: {ADVICE}\n",
    "markdown table": f"Error Code | {CODE}\n-- | --\nMessage | {SAID}\nRecommendations | {ADVICE}\n",
    "framed table": f"| Error Code | {CODE} |\n|---|---|\n| Error Message | {SAID} |\n| Recommended Action | {ADVICE} |\n",
    "table of columns": f"| Error code | Error message | Recommended action |\n|---|---|---|\n| {CODE} | {SAID} | {ADVICE} |\n",
    "columns by tabs": f"Error code\tError message\tRecommended action\n{CODE}\t{SAID}\t{ADVICE}\n",
    "next line": f"Error details\n\nError Code\n{CODE}\n\nError Message\n{SAID}\n\nRecommended Action\n{ADVICE}\n",
    "next but one": f"Error Code:\n\n{CODE}\n\nError Message:\n\n{SAID}\n\nRecommended Action:\n\n{ADVICE}\n",
    "wrapped": f"Error Code: {CODE}\nError Message: Snapshot operation failed\ndue to COM+ error\nRecommended Action: Please restart the service\nand then the VM.\n",
    "label twice": f"Error Code: {CODE}\nError Code: {SAID}\n\nRecommended action:\n{ADVICE}\n",
    "other labels between": f"Workload: app01\nError Code: {CODE}\nActivity ID: 5c0f\nError Message: {SAID}\nStart time: now\nRecommended Action: {ADVICE}\n",
    "chinese": f"错误代码：{CODE}\n错误消息：{SAID}\n建议的操作：{ADVICE}\n",
    "chinese bold": f"**错误代码**：{CODE} <br>\n**错误消息**：{SAID}<br>\n**建议的操作**：\n{ADVICE}\n",
    "chinese variants": f"错误代码: {CODE}\n消息: {SAID}\n推荐操作: {ADVICE}\n",
    "chinese more": f"错误码 | {CODE}\n错误信息 | {SAID}\n建议 | {ADVICE}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", LABELLED)
def test_every_way_to_label_gives_the_same_error(name: str) -> None:
    heard = hear(LABELLED[name])
    assert heard.kind == "portal-text"
    assert heard.parts == WHOLE
    assert heard.problems == []
    assert {event.fields["block"] for event in heard.errors} == {0}
    lines = LABELLED[name].splitlines()
    for event in heard.errors:
        assert event.line is not None
        assert event.text.split()[0] in "\n".join(lines[event.line - 1 : event.until_line or event.line])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings_of_a_copied_text(encoding: str) -> None:
    assert (
        hear(("错误代码：UserErrorVmProvisioningStateFailed\n错误消息：VM 处于预配失败状态\n").encode(encoding)).symptom
        == "UserErrorVmProvisioningStateFailed"
    )


def test_each_code_begins_an_error() -> None:
    heard = hear(f"{LABELLED['colons']}\n{LABELLED['colons'].replace(CODE, 'ExtensionSnapshotFailedNoNetwork')}")
    assert [(event.fields["block"], event.text) for event in heard.of("portal-error")] == [
        (0, CODE),
        (1, "ExtensionSnapshotFailedNoNetwork"),
    ]


def test_a_number_may_stand_before_the_code() -> None:
    heard = hear("Error code: 320001, ResourceNotFound\nError message: Could not perform the operation as VM no longer exists.\n")
    assert heard.parts[:2] == [("number", "320001"), ("code", "ResourceNotFound")]
    assert heard.symptom == "ResourceNotFound"


def test_the_message_that_is_not_localised_is_a_dynamic_one() -> None:
    heard = hear(
        "Error Code | UserErrorNobodyKnows\nMessage | It failed\nDetailedNonLocalisedMessage | Inner: VMRestorePointInternalError\n"
    )
    assert heard.codes == [("UserErrorNobodyKnows", "outer"), ("VMRestorePointInternalError", "inner")]


def test_common_words_label_an_error_only_beside_a_code() -> None:
    assert hear("Code: 7\nMessage: hello\n").kind == "unknown"
    heard = hear(
        "ERROR: (UserErrorVmProvisioningStateFailed) The VM is bad.\nCode: UserErrorVmProvisioningStateFailed\nMessage: The VM is bad.\n"
    )
    assert heard.symptom == "UserErrorVmProvisioningStateFailed"


# one line


def test_code_and_message_in_one_wrapped_line() -> None:
    heard = hear(
        'Enable-AzRecoveryServicesBackupProtection : Operation failed. Error Code: CloudInternalError. Error Message: An internal\nservice error "x". Retry.\n'
    )
    assert heard.parts == [("code", "CloudInternalError"), ("message", 'An internal service error "x". Retry.')]
    assert (heard.errors[0].line, heard.errors[0].until_line) == (1, 2)


def test_a_failed_restore_is_a_job_of_its_own() -> None:
    heard = hear("Restore-AzRecoveryServicesBackupItem : Restore failed. Error Code: CloudInternalError. Error Message: It failed.\n")
    assert (heard.job.fields["operation"], heard.job.fields["status"]) == ("Restore", "Failed")
    assert heard.of("portal-error") == [] and {event.fields["job"] for event in heard.of("job-error")} == {heard.job.fields["job"]}


def test_codes_in_brackets() -> None:
    heard = hear(
        "The operation ended. (Code: ResourceDeploymentFailure, ResourceType: x) - VM has reported a failure. (Code: VMExtensionProvisioningError)\n"
    )
    assert heard.codes == [("ResourceDeploymentFailure", "outer"), ("VMExtensionProvisioningError", "inner")]


@pytest.mark.parametrize(
    "text",
    [
        "'code': 'UserErrorGuestAgentStatusUnavailable',\n'message': 'VM agent is unable.'",
        "{'error': {'code': 'UserErrorGuestAgentStatusUnavailable', 'message': 'VM agent is unable.'}}",
        'Exception: {"code": "UserErrorGuestAgentStatusUnavailable", "message": "VM agent is unable."} was raised',
        "('code': 'UserErrorGuestAgentStatusUnavailable', 'message': \"VM agent is unable.\")",
    ],
)
def test_the_repr_of_an_object(text: str) -> None:
    assert hear(text).parts == [("code", "UserErrorGuestAgentStatusUnavailable"), ("message", "VM agent is unable.")]


# no label at all


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("OperationNotAllowed : The number of restore points across restore point collections and resource groups for a VM cannot exceed 18.", "OperationNotAllowed"),
        ("Could not communicate with the VM agent for snapshot status - Snapshot VM sub task timed out\n", "GuestAgentSnapshotTaskStatusError"),
        ("无法与 VM 代理通信，因此无法获取快照状态。", "GuestAgentSnapshotTaskStatusError"),
        ("The portal shows **ExtensionSnapshotFailedNoNetwork** since Monday\n", "ExtensionSnapshotFailedNoNetwork"),
        ("VMSnapshot extension\noperation failed\n", "ExtensionOperationFailedForManagedDisks"),
        ("The scope '/subscriptions/s' cannot perform delete operation because following scope(s) are locked: '/subscriptions/s'.", "ScopeLocked"),
    ],
)  # fmt: skip
def test_a_documented_error_needs_no_label(text: str, symptom: str) -> None:
    heard = hear(text)
    assert (heard.kind, heard.symptom) == ("portal-text", symptom)
    assert heard.errors[0].line == 1


def test_a_documented_sentence_without_code_has_its_causes() -> None:
    heard = hear("The storage type is not supported by Azure backup.")
    assert (heard.kind, heard.symptom, heard.causes) == ("portal-text", None, ["unsupported-configuration"])


def test_what_is_said_again_is_one_error() -> None:
    heard = hear(
        "VM agent unable to communicate with Azure Backup\nVM agent unable to communicate with Azure Backup.\nVMSnapshot extension operation failed\n"
    )
    assert [event.fields["block"] for event in heard.errors] == [0, 0, 1]


LOGS = {
    "stamped": "2024-05-06T01:00:00Z INFO something\n2024-05-06 01:00:01 UserErrorGuestAgentStatusUnavailable\n",
    "stamped first": "2024-05-06 01:00:01 backup said UserErrorGuestAgentStatusUnavailable\n",
    "in passing": "We installed the server.\nIt runs well.\nThen came spring.\nOnce it said UserErrorGuestAgentStatusUnavailable\n",
    "general words": "It was a BadRequest of ours, no InternalError: see ResourceNotFound.\n",
    "source": "#!/bin/sh\necho UserErrorGuestAgentStatusUnavailable\n",
    "configuration": "# UserErrorGuestAgentStatusUnavailable\nkey = value\n",
    "hresult": "Error code: 0x80070005\nError message: Access denied\n",
    "exit code": "error code: 1603\n",
    "sentence": "Error code: something went wrong\n",
}


@pytest.mark.parametrize("name", LOGS)
def test_what_mentions_an_error_in_passing_is_no_copied_error(name: str) -> None:
    assert hear(LOGS[name]).errors == []


def test_a_long_text_is_no_copied_message() -> None:
    heard = hear("UserErrorGuestAgentStatusUnavailable is what we saw\n" + "some line\n" * 9000)
    assert heard.events == [] and "longer than" in heard.problems[0]


def test_known_paths_stay_what_they_are() -> None:
    said = "VM agent unable to communicate with Azure Backup\n"
    assert hear(said, "note").kind == "portal-text"
    assert [hear(said, path).kind for path in ("var/log/syslog", "var/log/waagent.log", "etc/os-release")] == [
        "syslog",
        "waagent-log",
        "os-release",
    ]


# consoles

DETAILS = """PS C:\\> $JobDetails.ErrorDetails
ErrorCode ErrorMessage                            Recommendations
--------- ------------                            ---------------
   400001 Command execution failed.               {Another operation is currently in p...

PS C:\\>$JobDetails.ErrorDetails.Recommendations
Another operation is currently in progress on this item. Please wait.
"""


def test_a_table_of_errors_at_a_prompt() -> None:
    heard = hear(DETAILS)
    assert heard.parts[:2] == [("number", "400001"), ("message", "Command execution failed.")]
    assert heard.parts[-1] == ("recommendation", "Another operation is currently in progress on this item. Please wait.")
    assert heard.symptom == "UserErrorBackupOperationInProgress"
    assert heard.causes == ["backup-in-progress"]
    assert any("cut the recommendations (line 4)" in problem for problem in heard.problems)


LIST = """

JobId                : 5c0f2f6e-1111-4222-8333-944455556666
WorkloadName         : app01
Operation            : Backup
Status               : Failed
StartTime            : 2024-05-06T01:00:00Z
Duration             : 00:30:00
ErrorDetails         : {Microsoft.Azure.Commands.RecoveryServices.Backup.Cmdlets.Models.AzureVmJobErrorInfo}
DynamicErrorMessage  : ExtensionFailedVssWriterInBadState was
                       what it said
BackupManagementType : AzureVM

"""


def test_a_list_of_a_jobs_members() -> None:
    heard = hear(LIST)
    assert heard.kind == "job-text"
    assert (heard.job.fields["vm"], heard.job.fields["status"], heard.job.fields["seconds"], heard.job.line) == (
        "app01",
        "Failed",
        1800.0,
        6,
    )
    assert heard.parts == [("dynamic", "ExtensionFailedVssWriterInBadState was what it said")]
    assert any("ErrorDetails" in problem for problem in heard.problems)


# tables of jobs

ID = "5c0f2f6e-1111-4222-8333-944455556666"
TABLES = {
    "az": (
        "Name                                  Operation        Status     Item Name    Backup Management Type    Start Time UTC                    Duration\n"
        "------------------------------------  ---------------  ---------  -----------  ------------------------  --------------------------------  --------------\n"
        f"{ID}  Backup           Failed     app01        AzureIaasVM               2024-05-06T01:00:00.123456+00:00  0:30:00.000000\n"
    ),
    "PowerShell": (
        "WorkloadName     Operation            Status               StartTime                 EndTime                   JobID\n"
        "------------     ---------            ------               ---------                 -------                   -----\n"
        f"app01            Backup               Failed               5/22/2018 2:36:31 PM      5/22/2018 2:37:03 PM      {ID}\n"
    ),
    "portal": "Workload name\tOperation\tStatus\tType\tStart time\tDuration\napp01\tBackup\tFailed\tAzure virtual machine\t5/6/2024, 1:00:00 AM\t00:30:00\n",
    "Chinese portal": "工作负荷名称\t操作\t状态\t类型\t开始时间\t持续时间\napp01\t备份\t失败\tAzure 虚拟机\t2024/5/6 01:00:00\t00:30:00\n",
    "markdown": "| Workload name | Operation | Status | Type |\n| --- | --- | --- | --- |\n| app01 | Backup | Failed | Azure Virtual Machine |\n",
    "csv": "Workload name,Operation,Status,Type,Start time,Duration\napp01,Backup,Failed,Azure Virtual Machine,2024-05-06T01:00:00Z,00:30:00\n",
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_jobs(name: str) -> None:
    heard = hear(TABLES[name])
    assert heard.kind == "job-table"
    assert (heard.job.fields["vm"], heard.job.fields["operation"], heard.job.fields["status"], heard.job.level) == (
        "app01",
        "Backup",
        "Failed",
        "ERROR",
    )
    assert heard.job.line == (2 if name in ("portal", "Chinese portal", "csv") else 3)


def test_a_time_without_a_zone_is_left_out_and_said_to_be() -> None:
    assert hear(TABLES["az"]).job.fields["started"] == "2024-05-06T01:00:00.123456+00:00"
    assert hear(TABLES["csv"]).job.fields["started"] == "2024-05-06T01:00:00+00:00"
    for name in ("PowerShell", "portal", "Chinese portal"):
        heard = hear(TABLES[name])
        assert heard.job.fields["started"] is None
        assert heard.problems == ["1 jobs with times that name no zone | when these jobs ran"]


@pytest.mark.parametrize(
    ("word", "status"),
    [("已完成", "Completed"), ("已完成但有警告", "CompletedWithWarnings"), ("正在进行", "InProgress"), ("失败", "Failed")],
)
def test_chinese_words_of_a_status(word: str, status: str) -> None:
    assert hear(TABLES["Chinese portal"].replace("失败", word)).job.fields["status"] == status


def test_other_workloads_of_a_table_are_left_out() -> None:
    heard = hear(TABLES["portal"] + "sql01\tBackup\tFailed\tSQL in Azure VM\t5/6/2024, 1:00:00 AM\t00:01:00\n")
    assert len(heard.of("job")) == 1 and "1 jobs of other workloads than VMs | these jobs" in heard.problems


def test_a_table_and_an_error_in_one_text() -> None:
    heard = hear(TABLES["portal"] + "\n" + LABELLED["colons"])
    assert heard.kind == "job-table" and len(heard.of("job")) == 1 and heard.parts == WHOLE


# panes


def test_the_pane_of_a_vm_names_no_error() -> None:
    heard = hear(
        "Provisioning state Provisioning failed.\nNo version found for it.\nArtifactVersionNotFound\nProvisioning state error code ProvisioningState/failed/ArtifactVersionNotFound\nGuest agent Unknown\n"
    )
    fields = heard.errors[0].fields
    assert (fields["part"], fields["pane"], fields["code"], fields["message"], fields["agent"]) == (
        "pane",
        "vm",
        "ArtifactVersionNotFound",
        "No version found for it.",
        "Unknown",
    )
    assert heard.codes == []


def test_the_pane_of_an_extension() -> None:
    heard = hear(
        "TypeMicrosoft.OSTCExtensions.CustomScriptForLinux\nVersion1.5.2.2\nStatusProvisioning failed\nStatus levelError\nStatus messageMalformed status file\nHandler statusReady\nHandler status levelInfo\n"
    )
    fields = heard.errors[0].fields
    assert (fields["pane"], fields["extension"], fields["version"], fields["status"], fields["level"], fields["handler_status"]) == (
        "extension", "Microsoft.OSTCExtensions.CustomScriptForLinux", "1.5.2.2", "Provisioning failed", "Error", "Ready",
    )  # fmt: skip
    assert heard.errors[0].text == "Malformed status file"


def test_the_agent_as_an_sdk_shows_it() -> None:
    heard = hear(
        '@vm_agent_version="Unknown", @statuses=[@code="ProvisioningState/Unavailable", @display_status="Not Ready", @message="VM Agent is unresponsive."]'
    )
    fields = heard.errors[0].fields
    assert (fields["pane"], fields["status"], fields["agent"], fields["message"]) == (
        "agent",
        "Not Ready",
        "Unknown",
        "VM Agent is unresponsive.",
    )


def test_log_lines_pasted_below_an_error_stay_records_of_their_log() -> None:
    heard = hear(
        "The portal says ExtensionSnapshotFailedNoNetwork\nPython: 3.6.5\n"
        "2019/03/01 17:58:35 [Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0]GetBlobProperties: failed, stack trace: Traceback:\n"
        '2019/03/01 17:58:35   File "blobwriter.py", line 207, in GetBlobProperties\n'
    )
    assert heard.kind == "portal-text" and heard.symptom == "ExtensionSnapshotFailedNoNetwork"
    assert [(event.line, event.until_line, "line 207" in event.text) for event in heard.of("vmsnapshot-log")] == [(3, 4, True)]
