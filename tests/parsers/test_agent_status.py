"""waagent_status.json in its three shapes."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from analyzer.model import Clock, Stamp
from tests.parsers.members import read
from tests.support import windows_scenes

SNAPSHOT = "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"
UPLOADED = {
    "version": "1.1",
    "timestampUTC": "2024-03-01T10:00:05Z",
    "aggregateStatus": {
        "guestAgentStatus": {
            "version": "2.9.1.1", "status": "Ready", "formattedMessage": {"lang": "en-US", "message": "Guest Agent is running"},
            "updateStatus": {"expectedVersion": "2.10.0.8", "status": "Error", "code": 1, "formattedMessage": {"lang": "en-US", "message": "x"}},
        },
        "handlerAggregateStatus": [
            {
                "handlerVersion": "1.0.9225.0", "handlerName": SNAPSHOT, "status": "Ready", "code": 0, "useExactVersion": True,
                "formattedMessage": {"lang": "en-US", "message": "Plugin enabled"},
                "runtimeSettingsStatus": {
                    "settingsStatus": {
                        "status": {
                            "name": SNAPSHOT, "operation": "Enable", "status": "error", "code": 121,
                            "formattedMessage": {"lang": "en-US", "message": "freeze failed for some mount"},
                        },
                        "version": 1.0, "timestampUTC": "2024-03-01T10:00:04Z",
                    },
                    "sequenceNumber": 637,
                },
            },
            {
                "handlerVersion": "1.9.1", "handlerName": "Microsoft.Azure.Monitor.AzureMonitorLinuxAgent", "status": "NotReady", "code": 1009,
                "formattedMessage": {"lang": "en-US", "message": "[ExtensionOperationError] Non-zero exit code: 3"},
            },
        ],
        "vmArtifactsAggregateStatus": {"goalStateAggregateStatus": {"status": "Failed", "code": 2001, "inSvdSeqNo": 3, "timestampUTC": "x"}},
    },
    "guestOSInfo": {"computerName": "vm-app01", "osName": "ubuntu", "osVersion": "22.04", "version": "2.9.1.1"},
    "supportedFeatures": [{"Key": "FastTrack", "Value": "1.0"}],
}  # fmt: skip


def test_uploaded_blob_tells_the_agent_and_each_handler() -> None:
    member = read("var/lib/waagent/history/2024-03-01T10-00-00__14/waagent_status.json", json.dumps(UPLOADED))
    agent, snapshot, monitor = member.events
    assert {event.stamp for event in member.events} == {Stamp(datetime(2024, 3, 1, 10, 0, 5), Clock.UTC)}
    assert agent.pointer == "/aggregateStatus/guestAgentStatus" and agent.raw == '"status": "Ready"'
    wanted = {"version": "2.9.1.1", "status": "Ready", "message": "Guest Agent is running", "host": "vm-app01", "goal_state_code": 2001}
    assert wanted.items() <= agent.fields.items()
    assert (agent.fields["os"], agent.fields["expected_version"]) == ("ubuntu 22.04", "2.10.0.8")
    assert (snapshot.component, snapshot.level, snapshot.code, snapshot.fields["sequence"]) == (SNAPSHOT, "ERROR", "0", 637)
    assert (snapshot.fields["extension_code"], snapshot.fields["extension_message"]) == (121, "freeze failed for some mount")
    assert (monitor.level, monitor.code, monitor.fields["message"]) == ("ERROR", "1009", "[ExtensionOperationError] Non-zero exit code: 3")


def test_handler_that_is_ready_and_succeeded_is_no_error() -> None:
    data = json.loads(json.dumps(UPLOADED))
    data["aggregateStatus"]["handlerAggregateStatus"][0]["runtimeSettingsStatus"]["settingsStatus"]["status"]["status"] = "success"
    assert read("waagent_status.json", json.dumps(data)).events[1].level == "INFO"


def test_shape_of_2_5_adds_what_was_not_sent() -> None:
    data = dict(UPLOADED) | {
        "_metadataNotSentToCRP": {"agentName": "WALinuxAgent", "daemonVersion": "2.2.46", "pythonVersion": "Python: 3.8.10"}
    }
    agent = read("var/lib/waagent/waagent_status.14.json", json.dumps(data)).events[0]
    assert (agent.fields["daemon"], agent.fields["python"]) == ("2.2.46", "3.8.10")


def test_oldest_shape_is_the_agents_own_summary() -> None:
    data = {
        "agent_name": "WALinuxAgent", "current_version": "2.2.53.1", "goal_state_version": "2.2.54.2", "distro_details": "ubuntu:18.04",
        "last_successful_status_upload_time": "2021-05-01T08:00:00Z", "python_version": "Python: 3.6.9",
        "extensions_status": [{"name": SNAPSHOT, "version": "1.0.9190.0", "status": "NotReady"}],
    }  # fmt: skip
    member = read("var/lib/waagent/waagent_status.json", json.dumps(data))
    agent, snapshot = member.events
    assert (agent.fields["version"], agent.fields["python"], agent.fields["os"]) == ("2.2.54.2", "3.6.9", "ubuntu 18.04")
    assert (snapshot.component, snapshot.level, snapshot.fields["version"]) == (SNAPSHOT, "ERROR", "1.0.9190.0")
    assert agent.stamp == Stamp(datetime(2021, 5, 1, 8, 0), Clock.UTC)


def test_host_of_agents_before_guest_os_info() -> None:
    data = {
        "aggregateStatus": {
            "guestAgentStatus": {"version": "2.2.3", "status": "Ready", "hostname": "vm-old", "osname": "suse", "osversion": "12"}
        }
    }
    agent = read("status-blob.json", json.dumps(data)).only
    assert (agent.kind, agent.fields["host"], agent.fields["os"]) == ("agent-status", "vm-old", "suse 12")


def test_nothing_sent_yet_is_legal() -> None:
    member = read("var/lib/waagent/waagent_status.json", "{}")
    assert (member.events, member.problems) == ([], [])


def test_excerpts_are_verbatim() -> None:
    member = read("waagent_status.json", json.dumps(UPLOADED, indent=2))
    assert all(event.raw in member.text for event in member.events)


WINDOWS = "device_0/WindowsAzure/Logs/AggregateStatus/aggregatestatus.json"


def test_windows_agent_tells_how_and_when_it_last_reported() -> None:
    agent, snapshot = read(WINDOWS, windows_scenes.aggregate_status(windows_scenes.at("2024-02-29 10:00:00"))).events
    wanted = {
        "version": "2.7.41491.1102",
        "status": "Ready",
        "upload_method": "HostGA Plugin - Default",
        "uploaded": "2024-02-29T09:59:45+00:00",
    }
    assert wanted.items() <= agent.fields.items()
    assert (agent.stamp, agent.level) == (Stamp(datetime(2024, 2, 29, 10), Clock.UTC), "INFO")
    assert (snapshot.component, snapshot.fields["sequence"]) == (windows_scenes.HANDLER, 7)


def test_ready_of_an_old_file_is_of_its_own_time_and_no_state() -> None:
    member = read(WINDOWS, windows_scenes.aggregate_status(windows_scenes.at("2024-02-01 10:00:00")))
    assert not any(event.state for event in member.events)
    assert {event.stamp for event in member.events} == {Stamp(datetime(2024, 2, 1, 10), Clock.UTC)}


@pytest.mark.parametrize("where", [0, 1, 60, 200, -64])
def test_nuls_of_the_windows_agent_are_no_damage(where: int) -> None:
    sound = windows_scenes.aggregate_status(windows_scenes.at("2024-02-29 10:00:00"), operation="error", code=5).rstrip(b"\0")
    member = read(WINDOWS, sound[:where] + b"\0" * 7 + sound[where:])
    assert [event.level for event in member.events] == ["INFO", "ERROR"]
    assert not member.problems


def test_half_written_windows_status_is_reported() -> None:
    data = windows_scenes.aggregate_status(windows_scenes.at("2024-02-29 10:00:00"))[:300] + b"\0" * 512
    member = read(WINDOWS, data)
    assert not member.events and member.problems[0].artifact == WINDOWS


def test_status_of_a_linux_agent_has_no_upload() -> None:
    assert "uploaded" not in read("var/lib/waagent/waagent_status.json", json.dumps(UPLOADED)).events[0].fields
