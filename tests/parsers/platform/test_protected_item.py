"""Whether and how a VM is protected."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parsers.platform.documents import EXAMPLES, ITEM, VAULT, VM, read_value, replaced


def test_fields() -> None:
    """`az backup item list` nests the properties as REST does."""
    (event,) = read_value([EXAMPLES["protected_item"]])[1]
    assert event.fields == {
        "vm": "app01", "vault": "vault1", "resource": VM, "group": "rg-app", "subscription": "11111111-2222-3333-4444-555555555555",
        "protection": "protectionstopped", "policy": "Daily", "health": "passed", "last_status": "completed",
        "last_backup": "2026-03-09T02:01:12.345678", "deferred_delete": False,
    }  # fmt: skip
    assert (event.pointer, event.code, event.state) == ("/0/properties/protectionState", "ProtectionStopped", True)


def test_powershell() -> None:
    """Get-AzRecoveryServicesBackupItem."""
    (event,) = read_value({
        "VirtualMachineId": VM, "HealthStatus": "Passed", "Name": "VM;iaasvmcontainerv2;rg-app;app01", "Id": ITEM,
        "ContainerName": "iaasvmcontainerv2;rg-app;app01", "SourceResourceId": VM, "ProtectionStatus": "Healthy", "ProtectionState": "Protected",
        "LastBackupStatus": "Completed", "LastBackupTime": {"value": "/Date(1773021672000)/", "DisplayHint": 2, "DateTime": "x"},
        "ProtectionPolicyName": "Daily", "DeleteState": "ToBeDeleted", "PolicyId": f"{VAULT}/backupPolicies/Daily2",
    })[1]  # fmt: skip
    assert (event.fields["protection"], event.fields["policy"], event.fields["deferred_delete"]) == ("protected", "Daily", True)
    assert event.fields["last_backup"] == "2026-03-09T02:01:12"


@pytest.mark.parametrize(
    ("named", "vm"),
    [
        ({"sourceResourceId": VM}, "app01"),
        ({"friendlyName": "app01"}, "app01"),
        ({"containerName": "iaasvmcontainerv2;rg-app;app01"}, "app01"),
        ({}, ""),
    ],
)
def test_vm_is_named_in_several_places(named: dict[str, str], vm: str) -> None:
    assert read_value({"protectionState": "Protected", "policyId": "x", **named})[1][0].fields["vm"] == vm


@pytest.mark.parametrize(("written", "deferred"), [(True, True), ("True", True), (None, False), ("x", False)])
def test_soft_deleted(written: Any, deferred: bool) -> None:
    value = replaced(EXAMPLES["protected_item"], ("properties", "isScheduledForDeferredDelete"), written)
    assert read_value(value)[1][0].fields["deferred_delete"] is deferred
