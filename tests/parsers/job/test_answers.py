"""What services answer: states of operations, of protection, of a pre-check, of health, and errors of Azure Resource Manager."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.model import Event
from analyzer.parsers.document import folded
from analyzer.parsers.job.health import health_errors
from analyzer.parsers.platform.thing import Thing
from tests.parsers.job.reading import VAULT, hear

ID = "5c0f2f6e-1111-4222-8333-944455556666"
KEY_VAULT = {"code": "UserErrorKeyVaultPermissionsNotConfigured", "message": "No sufficient permissions."}


def operation(**more: Any) -> dict[str, Any]:
    known = {
        "id": ID,
        "name": ID,
        "status": "Failed",
        "startTime": "2024-05-06T01:00:00Z",
        "endTime": "2024-05-06T01:00:05Z",
        "error": KEY_VAULT,
        "properties": None,
    }
    return {**known, **more}


def test_a_failed_operation_is_a_failed_job() -> None:
    heard = hear(operation())
    assert heard.kind == "job-operation"
    assert (heard.job.fields["job"], heard.job.fields["operation"], heard.job.fields["status"]) == (ID, "Protect", "Failed")
    assert heard.job.fields["started"] == "2024-05-06T01:00:00+00:00"
    assert [(event.fields["job"], event.fields["part"], event.pointer) for event in heard.errors] == [
        (ID, "code", "/error/code"),
        (ID, "message", "/error/message"),
    ]
    assert heard.symptom == "UserErrorKeyvaultPermissionsNotConfigured"


def test_an_operation_without_id_is_told_by_its_place() -> None:
    heard = hear({"status": "Failed", "error": KEY_VAULT})
    assert (heard.kind, heard.job.code, heard.symptom) == ("job-operation", "", "UserErrorKeyvaultPermissionsNotConfigured")
    assert heard.errors[0].fields["job"] == heard.job.fields["job"]


def test_a_backup_that_an_operation_began_bears_the_id_of_its_job() -> None:
    started = {"objectType": "OperationStatusJobExtendedInfo", "jobId": "B7"}
    assert hear(operation(properties=started)).job.fields["job"] == "b7"
    done = hear(operation(properties=started, status="Succeeded", error=None))
    assert (done.job.fields["job"], done.job.fields["status"], done.errors) == (ID, "Succeeded", [])


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"id": f"{VAULT}/backupFabrics/Azure/protectionContainers/c/protectedItems/i/operationsStatus/{ID}"}, "Protect"),
        ({"properties": {"objectType": "OperationStatusProvisionILRExtendedInfo"}}, "Restore"),
        ({"error": {"code": "OperationNotAllowed", "message": "No."}}, ""),
    ],
)
def test_the_operation_is_named_only_where_something_tells(more: dict[str, Any], word: str) -> None:
    assert hear(operation(**more)).job.fields["operation"] == word


def status(**more: Any) -> dict[str, Any]:
    known = {"protectionStatus": "NotProtected", "vaultId": VAULT, "fabricName": "Azure", "containerName": "iaasvmcontainer;iaasvmcontainerv2;rg-app;app01", "protectedItemName": "vm;iaasvmcontainerv2;rg-app;app01", "errorCode": "Success", "errorMessage": ""}  # fmt: skip
    return {**known, **more}


def test_failed_protection_is_a_failed_job_of_its_vm() -> None:
    heard = hear(status(protectionStatus="ProtectionFailed", errorCode="UserErrorGuestAgentStatusUnavailable", errorMessage="VM agent"))
    assert heard.kind == "job-status"
    fields = heard.job.fields
    assert (fields["operation"], fields["status"], fields["vm"], fields["vm_group"], fields["vault"], fields["vault_group"]) == ("BackupStatus", "Failed", "app01", "rg-app", "vault7", "rg-vaults")  # fmt: skip
    assert heard.parts == [("code", "UserErrorGuestAgentStatusUnavailable"), ("message", "VM agent")]


@pytest.mark.parametrize("state", ["NotProtected", "Protected"])
@pytest.mark.parametrize("code", ["Success", "", None])
def test_a_vm_that_is_or_is_not_protected_has_not_failed(state: str, code: str | None) -> None:
    heard = hear(status(protectionStatus=state, errorCode=code))
    assert (heard.job.fields["status"], heard.errors) == (state, [])


def test_an_error_code_alone_is_a_failure() -> None:
    assert hear(status(errorCode="UserErrorVmProvisioningStateFailed")).job.fields["status"] == "Failed"


def test_the_beginning_of_a_code_is_enough_where_the_document_breaks_off() -> None:
    whole = json.dumps(status(protectionStatus="ProtectionFailed", errorCode="UserErrorGuestAgentStatusUnavailable"))
    heard = hear(whole[: whole.index("Unavailable") + 7] + "\n[excerpt ends here]")
    assert heard.symptom == "UserErrorGuestAgentStatusUnavailable"
    assert heard.errors[0].text == "UserErrorGuestAgentStatusUnavail"
    intact = hear(status(protectionStatus="ProtectionFailed", errorCode="UserErrorGuestAgentStatusUnavail"))
    assert intact.symptom == "UserErrorGuestAgentStatusUnavail"


def precheck(**more: Any) -> dict[str, Any]:
    known = {"status": "Failed", "errorCode": "UserErrorVmNotInDesirableState", "errorMessage": "Not now.", "recommendation": "Start it.", "containerName": "iaasvmcontainerv2;rg-app;app01", "protectedItemName": "vm;iaasvmcontainerv2;rg-app;app01"}  # fmt: skip
    return {**known, **more}


def test_a_failed_precheck_is_a_failed_validation() -> None:
    heard = hear(precheck())
    assert (heard.kind, heard.job.fields["operation"], heard.job.fields["vm"]) == ("job-precheck", "Validate", "app01")
    assert heard.parts == [("code", "UserErrorVmNotInDesirableState"), ("message", "Not now."), ("recommendation", "Start it.")]
    passed = hear(precheck(status="Succeeded", errorCode="", errorMessage=None))
    assert (passed.job.fields["status"], passed.errors) == ("Succeeded", [])


def detail(code: int, title: str, message: str) -> dict[str, Any]:
    return {"code": code, "title": title, "message": message, "recommendations": ["Retry."]}


GREEN = detail(400239, "IaasVmHealthGreenDefault", "All is well.")
AGENT = detail(400777, "UserErrorGuestAgentStatusUnavailable", "VM agent unable to communicate.")


def item_errors(value: dict[str, Any]) -> list[Event]:
    return list(health_errors(Thing("item.json", "", folded(value))))


def test_health_details_are_errors_only_where_health_is_not_passed() -> None:
    bare = hear({"healthDetails": [GREEN, AGENT]})
    assert (bare.kind, bare.symptom) == ("job-health", "UserErrorGuestAgentStatusUnavailable")
    assert bare.codes == [("UserErrorGuestAgentStatusUnavailable", "outer"), ("400777", "numeric")]
    assert {event.pointer for event in bare.errors} >= {"/healthDetails/1/title", "/healthDetails/1/recommendations/0"}
    assert hear({"healthDetails": [GREEN]}).errors == []
    assert item_errors({"healthStatus": "Passed", "healthDetails": [AGENT]}) == []


def test_a_protected_items_errors_name_its_vm_and_its_last_backup() -> None:
    item = {"properties": {"friendlyName": "app01", "healthStatus": "ActionRequired", "lastBackupTime": "2024-05-06T01:00:00Z", "healthDetails": [AGENT, detail(400240, "IaasVmHealthRedDefault", "Not well.")]}}  # fmt: skip
    found = item_errors(item)
    assert {event.fields["vm"] for event in found} == {"app01"}
    assert {str(event.stamp.value) for event in found if event.stamp} == {"2024-05-06 01:00:00"}
    assert len({event.fields["block"] for event in found}) == 2
    assert [event.text for event in found if event.kind == "portal-error"] == ["UserErrorGuestAgentStatusUnavailable", "400777"]


def test_an_item_is_left_to_the_resources() -> None:
    assert hear({"protectionState": "Protected", "healthStatus": "ActionRequired", "healthDetails": [AGENT]}).kind != "job-health"


INNER = {"status": "Failed", "error": {"code": "ResourceDeploymentFailure", "message": "x", "details": [{"code": "VMExtensionProvisioningError", "message": "VM has reported a failure when processing extension 'VMSnapshot'."}]}}  # fmt: skip
DEPLOYMENT = {
    "code": "DeploymentFailed",
    "message": "At least one failed.",
    "details": [{"code": "Conflict", "message": json.dumps(INNER, indent=1)}],
}


@pytest.mark.parametrize(
    "document", [DEPLOYMENT, {"error": DEPLOYMENT}, {"id": "/d", "properties": {"provisioningState": "Failed", "error": DEPLOYMENT}}]
)
def test_every_level_of_an_error_is_found_outermost_first(document: Any) -> None:
    heard = hear(document)
    assert heard.kind == "job-arm-error"
    assert [code for code, _ in heard.codes] == [
        "DeploymentFailed",
        "Conflict",
        "ResourceDeploymentFailure",
        "VMExtensionProvisioningError",
    ]
    assert heard.symptom == "VMExtensionProvisioningError"
    assert heard.causes == ["extension-failed"]
    assert all(event.line is None and event.pointer for event in heard.errors)
    assert len({event.fields["block"] for event in heard.errors}) == 1


def test_odata_inner_errors() -> None:
    heard = hear({"error": {"code": "BadRequest", "message": "x", "innererror": {"code": "ScopeLocked", "message": "y"}}})
    assert heard.codes == [("BadRequest", "outer"), ("ScopeLocked", "inner")]


def test_a_status_of_an_instance_view_is_no_error() -> None:
    assert (
        hear(
            {"vmAgent": {"statuses": [{"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready", "message": "ok"}]}}
        ).errors
        == []
    )


def test_deep_errors_end_somewhere() -> None:
    error: dict[str, Any] = {"code": "Deepest", "message": "m"}
    for _ in range(200):
        error = {"code": "Wrapped", "message": "m", "details": [error]}
    assert hear({"error": error}).kind == "job-arm-error"
