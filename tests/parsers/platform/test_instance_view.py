"""What the platform sees of a running VM, whole or copied in parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from analyzer.model import Event
from tests.parsers.platform.documents import VIEW, pascal, read_value

NOT_READY = {
    "code": "ProvisioningState/Unavailable", "level": "Warning", "displayStatus": "Not Ready", "message": "VM status blob not found.",
    "time": "2026-03-10T02:09:56+00:00",
}  # fmt: skip


def of(value: Any, component: str) -> list[Event]:
    return [event for event in read_value(value)[1] if event.component == component]


def test_agent_is_ready_at_the_time_of_the_report() -> None:
    (event,) = of(VIEW, "agent")
    assert (event.fields["ready"], event.fields["version"], event.level) == (True, "2.11.1.4", "INFO")
    assert event.stamp is not None and event.stamp.value == datetime(2026, 3, 10, 2, 4, 11)
    assert not event.state  # a report of that moment, not a state that holds from then on


@pytest.mark.parametrize(
    "value",
    [
        {"vmAgent": {"vmAgentVersion": "Unknown", "statuses": [NOT_READY]}},
        {"vmAgentVersion": "Unknown", "extensionHandlers": None, "statuses": [NOT_READY]},
        [NOT_READY],
        {"statuses": [NOT_READY]},
        {"VMAgent": {"VmAgentVersion": "Unknown", "Statuses": [NOT_READY]}, "Name": "app01", "ResourceGroupName": "rg-app"},
    ],
)
def test_not_ready_is_known_however_little_was_copied(value: Any) -> None:
    (event,) = of(value, "agent")
    assert (event.fields["ready"], event.fields["version"], event.level) == (False, "", "WARNING")
    assert event.fields["message"] == "VM status blob not found."
    assert not of(value, "provisioning")  # it is the agent's code, not the VM's


def test_not_ready_without_a_time_is_a_state() -> None:
    (event,) = of({"vmAgent": {"statuses": [{**NOT_READY, "time": None}]}}, "agent")
    assert (event.stamp, event.state) == (None, True)


def test_code_tells_where_the_words_are_missing() -> None:
    assert of({"vmAgent": {"statuses": [{"code": "ProvisioningState/Unavailable"}]}}, "agent")[0].fields["ready"] is False
    assert of({"vmAgent": {"statuses": [{"code": "ProvisioningState/other"}]}}, "agent")[0].fields["ready"] is None


def test_a_view_without_an_agent_says_nothing_of_it() -> None:
    assert not of({**VIEW, "vmAgent": None}, "agent")


def test_provisioning_error_stands_behind_the_state() -> None:
    (event,) = of(VIEW, "provisioning")
    assert (event.fields["provisioning"], event.fields["error"], event.code) == (
        "failed",
        "VMExtensionProvisioningError",
        event.fields["error"],
    )
    assert (event.fields["message"], event.level) == ("Script failed", "ERROR")
    assert event.stamp is not None and event.stamp.value == datetime(2026, 3, 9, 23, 11, 0, 805191)


@pytest.mark.parametrize("code", ["PowerState/deallocated", "powerstate/Deallocated", "POWERSTATE/DEALLOCATED"])
def test_power_state_in_any_case(code: str) -> None:
    assert of({"code": code}, "power")[0].fields["power"] == "deallocated"


def test_statuses_alone_are_those_of_the_vm() -> None:
    """`--query instanceView.statuses`."""
    assert [event.component for event in read_value(VIEW["statuses"])[1]] == ["provisioning", "power"]


def test_disks_alone_are_not_the_vm() -> None:
    """`--query instanceView.disks`: their provisioning state is not the VM's."""
    assert [event.kind for event in read_value(VIEW["disks"])[1]] == ["azure-disk"]
    document, events = read_value([{"name": "set1", "statuses": VIEW["disks"][0]["statuses"]}])
    assert not events
    assert document.problems


def test_encrypted_disks_name_their_vault() -> None:
    (event,) = of(VIEW, "view")
    assert (event.kind, event.fields["name"], event.fields["ade"], event.fields["key_vault"]) == ("azure-disk", "app01_os", True, "kv1")


def test_powershell_names_the_vm_beside_its_view() -> None:
    """Get-AzVM -Status."""
    (event,) = of({**pascal(VIEW), "Name": "app01", "ResourceGroupName": "rg-app"}, "power")
    assert (event.fields["vm"], event.fields["group"]) == ("app01", "rg-app")


def test_handlers_are_extensions_that_say_nothing_of_failure() -> None:
    (event,) = of(VIEW, "Microsoft.Azure.RecoveryServices.VMSnapshotLinux")
    assert (event.kind, event.fields["handler"], event.fields["backup"]) == ("azure-extension", "ready", True)
    assert "failed" not in event.fields


def test_system() -> None:
    (event,) = of(VIEW, "os")
    assert (event.fields["os"], event.fields["os_version"], event.fields["host"], event.pointer) == ("ubuntu", "22.04", "app01", "/osName")
