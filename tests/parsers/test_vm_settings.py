"""VmSettings.json names the VM and what is wanted of its extensions."""

from __future__ import annotations

import json
from datetime import datetime

from analyzer.model import Clock, Stamp
from tests.parsers.members import read

SETTINGS = {
    "hostGAPluginVersion": "1.0.8.143",
    "vmSettingsSchemaVersion": "0.0",
    "activityId": "A33F6F53-43d6-4625-b322-1a39651a00c9",
    "correlationId": "9a47a2a2-e740-4bfc-b11b-4f2f7cfe7d2e",
    "inSvdSeqNo": 1,
    "extensionsLastModifiedTickCount": 638448840000000000,
    "extensionGoalStatesSource": "FastTrack",
    "onHold": False,
    "statusUploadBlob": {"statusBlobType": "BlockBlob", "value": "https://x.blob.core.windows.net/$system/a.status?sig=SECRET%3d&sp=w"},
    "inVMMetadata": {
        "subscriptionId": "8E037AD4-618f-4466-8bc8-5099d41ac15b", "resourceGroupName": "rg-app", "vmName": "vm-app01", "location": "westeurope",
        "vmId": "86f4ae0a-61f8-48ae-9199-40f402d56864", "vmSize": "Standard_B2s", "osType": "Linux",
    },
    "extensionGoalStates": [
        {
            "name": "Microsoft.Azure.RecoveryServices.VMSnapshotLinux", "version": "1.0.9225.0", "state": "enabled", "settingsSeqNo": 637,
            "settings": [{"protectedSettings": "MIISECRET", "publicSettings": "{\"objectStr\": \"SECRET\"}"}],
        },
        {
            "name": "Microsoft.CPlat.Core.RunCommandHandlerLinux", "version": "1.2.0", "state": "enabled", "isMultiConfig": True,
            "settings": [
                {"publicSettings": "{}", "seqNo": 4, "extensionName": "first", "extensionState": "enabled"},
                {"publicSettings": "{}", "seqNo": 5, "extensionName": "second", "extensionState": "disabled"},
            ],
        },
    ],
}  # fmt: skip
PATH = "var/lib/waagent/history/2024-03-01T10-21-37__14_6.zip!/VmSettings.json"


def test_vm_is_named_with_subscription_and_group() -> None:
    event = read(PATH, json.dumps(SETTINGS, indent=4)).events[0]
    assert (event.kind, event.pointer, event.raw) == ("vm-settings", "/inVMMetadata", '"vmName": "vm-app01"')
    assert event.fields == {
        "vm": "vm-app01", "subscription": "8e037ad4-618f-4466-8bc8-5099d41ac15b", "group": "rg-app", "vm_id": "86f4ae0a-61f8-48ae-9199-40f402d56864",
        "size": "Standard_B2s", "source": "FastTrack", "on_hold": False, "activity": "a33f6f53-43d6-4625-b322-1a39651a00c9",
    }  # fmt: skip
    assert event.stamp == Stamp(datetime(2024, 3, 1, 10, 0), Clock.UTC)


def test_each_extension_is_an_event_also_when_one_handler_runs_several() -> None:
    member = read(PATH, json.dumps(SETTINGS))
    assert [(event.component.rsplit(".", 1)[-1], event.pointer) for event in member.events[1:]] == [
        ("VMSnapshotLinux", "/extensionGoalStates/0"),
        ("RunCommandHandlerLinux", "/extensionGoalStates/1/settings/0"),
        ("RunCommandHandlerLinux", "/extensionGoalStates/1/settings/1"),
    ]
    assert member.column("sequence")[1:] == [637, 4, 5]
    assert member.column("state")[1:] == ["enabled", "enabled", "disabled"]
    assert member.column("extension")[1:] == [None, "first", "second"]


def test_no_secret_leaves_the_document() -> None:
    assert "SECRET" not in repr(read(PATH, json.dumps(SETTINGS)).events)


def test_history_folder_dates_settings_without_a_tick_count() -> None:
    data = {key: value for key, value in SETTINGS.items() if key != "extensionsLastModifiedTickCount"}
    assert read(PATH, json.dumps(data)).events[0].stamp == Stamp(datetime(2024, 3, 1, 10, 21, 37), Clock.UTC)


def test_fabric_goal_state_without_extensions_is_complete() -> None:
    member = read(
        "VmSettings.123.json", '{"hostGAPluginVersion": "1.0.8.143", "extensionGoalStatesSource": "Fabric", "extensionGoalStates": []}'
    )
    assert (member.only.fields["source"], member.only.fields["vm"], member.problems) == ("Fabric", "", [])


def test_keys_may_be_written_in_another_case() -> None:
    member = read(
        "VmSettings.json", '{"hostGAPluginVersion": "1", "ExtensionGoalStates": [{"Name": "A.B", "Version": "1.0", "State": "enabled"}]}'
    )
    assert [(event.component, event.pointer) for event in member.events[1:]] == [("A.B", "/ExtensionGoalStates/0")]


def test_other_json_is_reported() -> None:
    member = read("VmSettings.json", "[1, 2]")
    assert not member.events and member.problems[0].problem == "no VM settings in this JSON document"
