"""Where a handler reads and writes."""

from __future__ import annotations

import json

from tests.parsers.members import HANDLER, read

DATA = (
    '[{"name": "Microsoft.Azure.RecoveryServices.VMSnapshotLinux", "version": 1.0, "handlerEnvironment": {"logFolder":'
    ' "/var/log/azure/Microsoft.Azure.RecoveryServices.VMSnapshotLinux", "configFolder":'
    ' "/var/lib/waagent/Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0/config", "statusFolder":'
    ' "/var/lib/waagent/Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0/status", "heartbeatFile": "/x/heartbeat.log"}}]'
)


def test_folders_are_told() -> None:
    event = read(f"{HANDLER}/HandlerEnvironment.json", DATA).only
    assert event.component == "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"
    assert event.fields["log_folder"] == "/var/log/azure/Microsoft.Azure.RecoveryServices.VMSnapshotLinux"
    assert event.fields["status_folder"] == "/var/lib/waagent/Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0/status"
    assert event.state and event.raw in DATA and event.pointer == "/0/handlerEnvironment"


def test_version_is_the_handlers_not_the_schemas() -> None:
    assert read("HandlerEnvironment.json", DATA).only.fields["version"] == "1.0.9225.0"


def test_object_in_place_of_an_array_is_read() -> None:
    event = read("HandlerEnvironment.json", DATA[1:-1]).only
    assert event.pointer == "/handlerEnvironment"


def test_document_without_folders_is_reported() -> None:
    assert read("HandlerEnvironment.json", '[{"name": "A.B"}]').problems


def test_folders_of_windows_keep_their_backslashes() -> None:
    name = "Microsoft.Azure.RecoveryServices.VMSnapshot/1.0.110.0"
    single, logs = (f"C:/{place}/{name}".replace("/", "\\") for place in ("Packages/Plugins", "WindowsAzure/Logs/Plugins"))
    folders = {"logFolder": logs, "configFolder": f"{single}\\RuntimeSettings", "statusFolder": f"{single}\\Status"}
    folders["heartbeatFile"] = f"{single}\\Status\\HeartBeat.Json"
    data = json.dumps([{"version": 1.0, "handlerEnvironment": folders}])
    member = read("device_0/Packages/Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot/1.0.110.0/HandlerEnvironment.json", data)
    event = member.only
    assert (event.component, event.fields["version"]) == ("Microsoft.Azure.RecoveryServices.VMSnapshot", "1.0.110.0")
    assert event.fields["status_folder"] == f"{single}\\Status"
    assert event.fields["heartbeat_file"] == f"{single}\\Status\\HeartBeat.Json"
    assert event.raw in data
    loose = read("HandlerEnvironment.json", data).only
    assert (loose.component, loose.fields["version"]) == ("Microsoft.Azure.RecoveryServices.VMSnapshot", "1.0.110.0")
