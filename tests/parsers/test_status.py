"""N.status: what became of a sequence, above all of the backup extension's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from analyzer.model import Clock, Stamp
from tests.parsers.members import HANDLER, Member, read

TASK = "4f6c1d0e-7d4b-4a52-9f3f-2f5f6d1c8e10"
NAME = "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"
TELEMETRY = {
    "pythonVersion": "3.10.12", "hostStatusCodePreSnapshot": "200", "guestAgentVersion": "2.9.1.1", "extensionVersion": "1.0.9225.0",
    "osVersion": "Ubuntu-22.04.4 LTS (Jammy Jellyfish)", "kernelVersion": "6.5.0-1025-azure", "snapshotCreator": "backupHostService",
    "hostStatusCodeDoSnapshot": "200", "extErrorCode": "success",
}  # fmt: skip


def snapshot_status(
    code: str | int,
    *,
    word: str = "success",
    message: str = "",
    disks: Any = None,
    telemetry: dict[str, str] | None = None,
    health: int = 1,
) -> str:
    """The file as VMBackup/main/Utils/HandlerUtil.py writes it: the outer status forced to success, the truth in a string."""
    inner = {
        "version": "1.0", "timestampUTC": "@", "status": {
            "name": NAME, "operation": "Enable", "status": word, "substatus": [], "code": code, "taskId": TASK,
            "formattedMessage": {"lang": "en-US", "message": json.dumps({"messageStr": message, "snapshotConsistency": 0, "jobMessage": ""})},
            "storageDetails": {"partitionCount": 3}, "commandStartTimeUTCTicks": "638448840000000000",
            "telemetryData": [{"Value": value, "Key": key} for key, value in (TELEMETRY | (telemetry or {})).items()],
            "uniqueMachineId": "cf2545fd", "snapshotInfo": disks, "vmHealthInfo": {"vmHealthState": 0, "vmHealthStatusCode": health},
        },
    }  # fmt: skip
    packed = json.dumps([inner]).replace("@", r"\/Date(1709287204321)\/")
    outer = {
        "version": "1.0", "timestampUTC": "2024-03-01T10:00:05Z", "status": {
            "name": NAME, "operation": "Enable", "status": "success", "substatus": [{"code": "0", "name": packed, "status": "success", "formattedMessage": None}],
            "code": code, "taskId": TASK, "formattedMessage": inner["status"]["formattedMessage"], "telemetryData": None, "snapshotInfo": None,  # type: ignore[index]
        },
    }  # fmt: skip
    return json.dumps([outer])


def snapshot(data: str, name: str = "637.status") -> Member:
    return read(f"{HANDLER}/status/{name}", data)


def test_good_snapshot_is_told_in_full() -> None:
    disks = [
        {"isSuccessful": "true", "snapshotUri": "https://md.blob.core.windows.net/a?snapshot=1", "errorMessage": "", "blobUri": None}
    ] * 2
    event = snapshot(snapshot_status("1", disks=disks)).only
    assert (event.kind, event.component, event.level, event.code, event.state) == ("status", NAME, "INFO", "1", False)
    assert event.stamp == Stamp(datetime(2024, 3, 1, 10, 0, 4, 321000), Clock.UTC)
    assert event.fields == {
        "sequence": 637, "extension": "", "current": True, "version": "1.0.9225.0", "partly": False, "operation": "Enable", "status": "success",
        "code": 1, "task": TASK, "disks": 2, "disks_failed": 0, "disk_error": "", "extension_version": "1.0.9225.0", "agent_version": "2.9.1.1",
        "python": "3.10.12", "kernel": "6.5.0-1025-azure", "os": "Ubuntu-22.04.4 LTS (Jammy Jellyfish)", "snapshot_creator": "backupHostService",
        "ext_error": "success", "host_pre_snapshot": 200, "host_do_snapshot": 200, "health_code": 1, "upload_failed": False,
    }  # fmt: skip


@pytest.mark.parametrize("word", ["success", "error"])
def test_code_decides_and_not_the_word_beside_it(word: str) -> None:
    event = snapshot(snapshot_status("121", word=word, message="freeze failed for some mount")).only
    assert (event.level, event.code, event.fields["code"], event.fields["status"]) == ("ERROR", "121", 121, word)
    assert event.text == "freeze failed for some mount"


@pytest.mark.parametrize("code", ["0", "1", "3", "4", 1])
def test_codes_of_success_and_of_the_running_state_are_no_errors(code: str | int) -> None:
    assert snapshot(snapshot_status(code)).only.level == "INFO"


@pytest.mark.parametrize("said", ["false", "False", False])
def test_failed_disk_is_counted_whether_string_or_boolean(said: str | bool) -> None:
    disks = [
        {"isSuccessful": "true", "errorMessage": ""},
        {"isSuccessful": said, "errorMessage": "The rate of snapshot blob calls is exceeded."},
    ]
    event = snapshot(snapshot_status("1", disks=disks)).only
    assert (event.fields["disks"], event.fields["disks_failed"]) == (2, 1)
    assert event.fields["disk_error"] == "The rate of snapshot blob calls is exceeded."


def test_no_snapshot_is_not_the_same_as_no_disk() -> None:
    assert snapshot(snapshot_status("2")).only.fields["disks"] is None
    assert snapshot(snapshot_status("121", disks=[])).only.fields["disks"] == 0


def test_failed_upload_of_the_status_is_told_by_telemetry_or_message() -> None:
    assert snapshot(snapshot_status("1", telemetry={"statusBlobUploadError": "true"})).only.fields["upload_failed"] is True
    assert snapshot(snapshot_status("1", message=" statusBlobUploadError=true, ")).only.fields["upload_failed"] is True


def test_excerpt_is_verbatim_and_holds_code_and_message() -> None:
    member = snapshot(snapshot_status("300", word="error", message="PreScript failed for the plugin ScriptRunner"))
    assert member.only.raw in member.text
    assert '\\"code\\": \\"300\\"' in member.only.raw and "PreScript failed" in member.only.raw
    assert member.only.pointer == "/0/status/substatus/0/name"


def test_excerpt_holds_no_address_of_a_blob() -> None:
    inner = {
        "status": {
            "code": "1",
            "snapshotInfo": [{"isSuccessful": "true", "snapshotUri": "https://a?sig=SECRET"}],
            "formattedMessage": {"message": "x"},
        }
    }
    outer = {"status": {"status": "success", "code": 1, "substatus": [{"name": json.dumps([inner])}]}}
    event = read("7.status", json.dumps([outer])).only
    assert "SECRET" not in repr(event) and event.raw == '\\"code\\": \\"1\\"'


def test_plain_message_of_builds_before_2019_12() -> None:
    data = snapshot_status("1").replace(
        json.dumps(json.dumps({"messageStr": "", "snapshotConsistency": 0, "jobMessage": ""}))[1:-1], "plain text"
    )
    assert read("637.status", data).only.text == "plain text"


def test_renamed_and_temporary_files_are_not_current() -> None:
    assert snapshot(snapshot_status("1"), "636_status").only.fields["current"] is False
    assert snapshot(snapshot_status("1"), "tempStatusFile.status").only.fields["current"] is False
    assert snapshot(snapshot_status("1"), "637.status#2").only.fields["current"] is True


def test_empty_temporary_file_is_the_trace_of_a_failed_write() -> None:
    member = snapshot("", "tempStatusFile.status")
    assert (member.kind, member.only.component) == ("status", NAME)
    assert (member.only.fields["partly"], member.only.fields["current"]) == (True, False)
    assert member.problems[0].problem == "the file is empty"


def test_cut_file_still_tells_the_inner_code_and_task() -> None:
    data = snapshot_status("402", word="error", message="CRP timeout limit has reached")
    member = snapshot(data[: data.index("storageDetails")])
    event = member.only
    assert (event.code, event.fields["task"], event.fields["partly"], event.level) == ("402", TASK, True, "ERROR")
    assert event.raw in member.text
    assert member.problems[0].lost == "all but single values in front of the damage"


def test_cut_file_does_not_take_the_substatus_code_for_the_result() -> None:
    data = snapshot_status("121")
    event = snapshot(data[: data.index('\\"code\\"')]).only
    assert (event.code, event.fields["code"]) == ("", None)


def test_other_handlers_level_follows_their_word() -> None:
    for word, level in (("error", "ERROR"), ("warning", "WARNING"), ("transitioning", "INFO"), ("success", "INFO")):
        data = json.dumps([{
            "version": 1, "timestampUTC": "2024-03-01T10:00:00Z",
            "status": {
                "operation": "Enable", "status": word, "code": 51, "formattedMessage": {"lang": "en", "message": "Enable failed"},
                "substatus": [{"name": "StdOut", "status": "success", "code": 0, "formattedMessage": {"lang": "en", "message": "text"}}],
            },
        }])  # fmt: skip
        event = read("var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1.6/status/3.status", data).only
        assert (event.level, event.code, event.text, event.component) == (
            level,
            "51",
            "Enable failed",
            "Microsoft.Azure.Extensions.CustomScript",
        )
        assert event.stamp == Stamp(datetime(2024, 3, 1, 10, 0), Clock.UTC)
        assert event.pointer == "/0/status" and '"code": 51' in event.raw


def test_status_of_one_of_several_extensions_names_it() -> None:
    data = json.dumps([{"timestampUTC": "2024-03-01T10:00:00Z", "status": {"status": "success", "code": 0}}])
    event = read("var/lib/waagent/Microsoft.CPlat.Core.RunCommandHandlerLinux-1.3.2/status/first.4.status", data).only
    assert (event.fields["extension"], event.fields["sequence"]) == ("first", 4)


def test_only_the_first_element_counts() -> None:
    first, second = json.loads(snapshot_status("1")), json.loads(snapshot_status("2"))
    member = snapshot(json.dumps(first + second))
    assert member.only.code == "1" and member.problems[0].lost == "all but the first; the agent ignores them too"


def test_object_in_place_of_the_array_is_read_and_reported() -> None:
    member = snapshot(json.dumps(json.loads(snapshot_status("1"))[0]))
    assert (member.only.code, member.only.pointer) == ("1", "/status/substatus/0/name")
    assert member.problems[0].problem == "the status is no array"


def test_windows_folders_name_handler_and_version() -> None:
    path = "device_0/Packages/Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot/1.0.57.0/Status/12.status"
    event = read(path, snapshot_status("1")).only
    assert (event.component, event.fields["version"], event.fields["sequence"]) == (
        "Microsoft.Azure.RecoveryServices.VMSnapshot",
        "1.0.57.0",
        12,
    )


WINDOWS = "C/Packages/Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot/1.0.110.0/Status/7.status"


def windows_status(word: str, code: int, message: str, substatus: Any = None) -> str:
    status = {
        "name": "VMSnapshot", "operation": "Enable", "status": word, "code": code,
        "formattedMessage": {"lang": "en-US", "message": message}, "substatus": substatus or [],
    }  # fmt: skip
    return json.dumps([{"version": "1.0", "timestampUTC": "2024-02-29T10:00:05Z", "status": status}])


@pytest.mark.parametrize(("word", "level"), [("error", "ERROR"), ("warning", "WARNING"), ("success", "INFO"), ("transitioning", "INFO")])
def test_windows_status_counts_by_its_word(word: str, level: str) -> None:
    event = read(WINDOWS, windows_status(word, 5, "Snapshot operation failed").encode("utf-8-sig")).only
    assert (event.component, event.level, event.code) == ("Microsoft.Azure.RecoveryServices.VMSnapshot", level, "5")
    assert (event.fields["sequence"], event.fields["version"], event.fields["status"]) == (7, "1.0.110.0", word)
    assert event.stamp == Stamp(datetime(2024, 2, 29, 10, 0, 5), Clock.UTC) and event.text == "Snapshot operation failed"


def test_windows_substatus_with_a_plain_name_is_no_inner_status() -> None:
    plain = [{"name": "Snapshot", "status": "error", "code": 5, "formattedMessage": {"lang": "en-US", "message": "x"}}]
    event = read(WINDOWS, windows_status("success", 0, "ok", plain)).only
    assert (event.level, event.code, event.pointer) == ("INFO", "0", "/0/status")


def test_half_written_windows_status_gives_what_is_left() -> None:
    whole = windows_status("error", 5, "Snapshot operation failed")
    member = read(WINDOWS, whole[: whole.index("formattedMessage")].encode() + b"\0" * 600)
    assert member.only.fields["partly"] is True and member.only.fields["status"] == "error" and member.problems
