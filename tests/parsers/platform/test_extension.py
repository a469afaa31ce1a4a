"""Extensions of a VM, in each of the lists that tools print."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.parsers.platform.documents import EXAMPLES, VIEW, VM, flat, read_value, replaced

EXTENSION = EXAMPLES["extension"]
STATUSES = VIEW["extensions"][0]["statuses"]


def test_failed_extension_carries_its_own_number() -> None:
    (event,) = read_value(EXTENSION)[1]
    assert event.fields == {
        "vm": "app01", "resource": f"{VM}/extensions/Script", "group": "rg-app", "subscription": "11111111-2222-3333-4444-555555555555",
        "name": "Script", "type": "Microsoft.Azure.Extensions.CustomScript", "version": "2.1.10", "provisioning": "failed", "number": "100",
        "message": "exit code 1", "failed": True, "backup": False,
    }  # fmt: skip
    assert (event.level, event.code, event.raw) == ("ERROR", "100", "ProvisioningState/failed/100")
    assert event.stamp is not None and event.stamp.value == datetime(2026, 3, 9, 23, 10)


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        # az vm extension list: the extension's type beside that of the resource, no instance view
        ({**flat(EXTENSION), "typePropertiesType": "CustomScript", "instanceView": None, "provisioningState": "Failed"}, "/provisioningState"),
        # older az
        ({**flat(EXTENSION), "typePropertiesType": None, "virtualMachineExtensionType": "CustomScript", "instanceView": None}, "/provisioningState"),
        # az vm extension list --instance-view
        (flat(EXTENSION), "/instanceView/statuses/0/code"),
        # az vm get-instance-view --query instanceView.extensions
        (VIEW["extensions"][0], "/statuses/0/code"),
        # Get-AzVMExtension -Status
        (
            {"VMName": "app01", "Name": "Script", "Publisher": "Microsoft.Azure.Extensions", "ExtensionType": "CustomScript", "TypeHandlerVersion": "2.1",
             "ProvisioningState": "Failed", "Statuses": STATUSES},
            "/Statuses/0/code",
        ),
    ],
)  # fmt: skip
def test_lists_of_extensions(value: Any, pointer: str) -> None:
    (event,) = read_value([value])[1]
    assert (event.fields["type"], event.fields["failed"], event.fields["name"]) == (
        "Microsoft.Azure.Extensions.CustomScript",
        True,
        "Script",
    )
    assert event.pointer == f"/0{pointer}"


def test_powershell_and_ids_name_the_vm() -> None:
    named = read_value({"VMName": "app01", "Name": "x", "TypeHandlerVersion": "1", "ProvisioningState": "Succeeded"})[1][0]
    assert (named.fields["vm"], named.fields["failed"], named.level) == ("app01", False, "INFO")
    assert read_value(VIEW["extensions"])[1][0].fields["vm"] == ""


def test_a_failed_status_is_not_said_twice() -> None:
    """The resource's own state repeats what its instance view says better."""
    assert len(read_value(EXTENSION)[1]) == 1
    healthy = replaced(EXTENSION, ("properties", "instanceView", "statuses"), [{"code": "ProvisioningState/succeeded", "level": "Info"}])
    assert [event.fields["provisioning"] for event in read_value(healthy)[1]] == ["succeeded", "failed"]


@pytest.mark.parametrize(
    ("name", "kind", "backup"),
    [
        ("VMSnapshot", "Microsoft.Azure.RecoveryServices.VMSnapshot", True),
        ("VMSnapshotLinux", "VMSnapshotLinux", True),
        ("x", "Microsoft.Azure.RecoveryServices.WorkloadBackup.AzureBackupLinuxWorkload", False),
    ],
)
def test_backup_extension_is_known(name: str, kind: str, backup: bool) -> None:
    event = read_value({"name": name, "type": kind, "typeHandlerVersion": "1.0", "statuses": STATUSES})[1][0]
    assert event.fields["backup"] is backup


@pytest.mark.parametrize(
    ("word", "state"), [("Not Ready", "not ready"), ("NotReady", "not ready"), ("Ready", "ready"), ("Installing", "ready")]
)
def test_handler(word: str, state: str) -> None:
    view = {"vmAgent": {"extensionHandlers": [{"type": "A.B", "status": {"displayStatus": word}}, {"type": "A.C", "status": None}]}}
    (event,) = read_value(view)[1]
    assert event.fields["handler"] == state
