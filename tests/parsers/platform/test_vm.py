"""A VM: its model, how it was made, and what stands in it besides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from analyzer.model import Event
from tests.parsers.platform.documents import EXAMPLES, VM, flat, read_value, replaced


def model(value: Any) -> Event:
    return next(event for event in read_value(value)[1] if event.component == "model")


def test_model_tells_what_backup_depends_on() -> None:
    event = model(EXAMPLES["vm"])
    assert event.fields == {
        "vm": "app01", "resource": VM, "group": "rg-app", "subscription": "11111111-2222-3333-4444-555555555555",
        "vm_id": "86f4ae0a-61f8-48ae-9199-40f402d56864", "size": "Standard_B2s", "os_type": "Linux", "image": "Canonical:ubuntu:22_04",
        "security": "TrustedLaunch", "ephemeral_os": False, "ultra": None, "data_disks": 1, "provision_agent": True,
        "extension_operations": False,
    }  # fmt: skip
    assert (event.pointer, event.raw, event.state) == ("/properties/osProfile/allowExtensionOperations", "false", True)
    assert event.stamp is None  # when the option was set, the date of the VM does not tell


def test_a_vm_holds_its_disks_extensions_and_instance_view() -> None:
    events = read_value(EXAMPLES["vm"])[1]
    assert [(event.kind.removeprefix("azure-"), event.component) for event in events] == [
        ("vm", "model"), ("vm", "provisioning"), ("disk", "os"), ("disk", "data"),
        ("instance-view", "provisioning"), ("instance-view", "power"), ("instance-view", "agent"),
        ("extension", "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"), ("extension", "Microsoft.Azure.Extensions.CustomScript"),
        ("disk", "view"), ("instance-view", "os"),
    ]  # fmt: skip
    assert {event.fields["vm"] for event in events} == {"app01"}


@pytest.mark.parametrize(
    ("said", "power"),
    [("VM deallocated", "deallocated"), ("VM running", "running"), ("vm stopped", "stopped"), ("PowerState/hibernated", "hibernated")],
)
def test_power_state_in_words(said: str, power: str) -> None:
    """`az vm show -d` has it so."""
    event = next(event for event in read_value({**flat(EXAMPLES["vm"]), "powerState": said})[1] if event.component == "power")
    assert (event.fields["power"], event.pointer, event.raw) == (power, "/powerState", said)


def test_power_state_of_resource_graph_stands_in_extended() -> None:
    row = {
        "id": VM,
        "type": "microsoft.compute/virtualmachines",
        "properties": {
            "storageProfile": {},
            "hardwareProfile": {"vmSize": "x"},
            "extended": {"instanceView": {"osName": "ubuntu", "powerState": {"code": "PowerState/deallocated", "level": "Info"}}},
        },
    }
    found = next(event for event in read_value({"data": [row]})[1] if event.component == "power")
    assert found.pointer == "/data/0/properties/extended/instanceView/powerState/code"


def test_child_resources_are_extensions_and_references_are_not() -> None:
    value = {**flat(EXAMPLES["vm"]), "instanceView": None, "resources": [EXAMPLES["extension"], {"id": f"{VM}/extensions/Other"}]}
    found = [event for event in read_value(value)[1] if event.kind == "azure-extension"]
    assert [event.fields["name"] for event in found] == ["Script"]


@pytest.mark.parametrize(
    ("reference", "image"),
    [({"id": "/gallery/1"}, "custom"), (None, ""), ({"publisher": "P", "offer": None, "sku": None, "id": "/x"}, "custom"), ([], "")],
)
def test_image(reference: Any, image: str) -> None:
    value = replaced(EXAMPLES["vm"], ("properties", "storageProfile", "imageReference"), reference)
    assert model(value).fields["image"] == image


def test_a_row_of_a_list_of_resources_is_no_model() -> None:
    """`az resource list` names VMs with their provisioning state; of options it says nothing."""
    events = read_value([{"id": VM, "name": "app01", "type": "Microsoft.Compute/virtualMachines", "provisioningState": "Succeeded"}])[1]
    assert [event.component for event in events] == ["provisioning"]


def test_options_that_are_not_stated_are_unknown() -> None:
    event = model({"id": VM, "storageProfile": {"osDisk": {"osType": "Windows"}}, "timeCreated": "2025-01-01T10:00:00Z"})
    assert (event.fields["provision_agent"], event.fields["extension_operations"]) == (None, None)
    assert event.stamp is not None and event.stamp.value == datetime(2025, 1, 1, 10)
