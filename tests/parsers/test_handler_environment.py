"""Where a handler reads and writes."""

from __future__ import annotations

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
