"""N.settings: what the platform asked of a handler, without its secrets."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.parsers.members import HANDLER, read

TASK = "4f6c1d0e-7d4b-4a52-9f3f-2f5f6d1c8e10"
JOB = "b1a7c9e2-0f63-4d8f-8f7e-6a4c2b9d0e55"


def packed(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def settings(**public: Any) -> str:
    content = {
        "objectStr": packed({
            "backupMetadata": [{"Key": "VM_NAME", "Value": "vm-app01"}, {"Key": "OTHER", "Value": "x"}], "snapshotTaskToken": "TOKENSECRET",
            "includedDisks": {"dataDiskLunList": [0], "isOSDiskIncluded": True},
        }),
        "commandToExecute": "snapshot", "taskId": TASK.upper(), "locale": "en-us", "commandStartTimeUTCTicks": "638448840000000000",
        "statusBlobUri": "https://x.blob.core.windows.net/s?sig=SIGSECRET", "vmType": "microsoft.compute/virtualmachines",
        "customSettings": json.dumps({"takeSnapshotFrom": "onlyGuest", "backupTaskId": JOB, "backupRetryCount": 2}),
    } | public  # fmt: skip
    handler = {
        "publicSettings": content,
        "protectedSettings": "MIIBSECRET==",
        "protectedSettingsCertThumbprint": "F6ABAA61098A301EBB8A571C3C7CF77F355F7FA9",
    }
    return json.dumps({"runtimeSettings": [{"handlerSettings": handler}]})


def test_request_of_a_backup_is_told() -> None:
    member = read(f"{HANDLER}/config/637.settings", settings())
    event = member.only
    assert (event.kind, event.component, event.state) == ("settings", "Microsoft.Azure.RecoveryServices.VMSnapshotLinux", True)
    assert event.fields == {
        "sequence": 637, "version": "1.0.9225.0", "extension": "", "current": True, "has_protected": True,
        "thumbprint": "F6ABAA61098A301EBB8A571C3C7CF77F355F7FA9", "command": "snapshot", "task": TASK, "backup_task": JOB, "retry": 2,
        "method": "onlyGuest", "started": "2024-03-01T10:00:00+00:00", "vm": "vm-app01",
    }  # fmt: skip
    assert event.raw == f'"taskId": "{TASK.upper()}"' and event.pointer == "/runtimeSettings/0/handlerSettings"


def test_no_secret_leaves_the_settings() -> None:
    said = repr(read(f"{HANDLER}/config/637.settings", settings()).events)
    for secret in ("SECRET", "eyJ", "blob.core"):
        assert secret not in said


def test_settings_after_the_extension_has_read_them_have_no_protected_part() -> None:
    data = json.dumps({"runtimeSettings": [{"handlerSettings": {"publicSettings": {"taskId": TASK, "objectStr": ""}}}]})
    event = read(f"{HANDLER}/config/637.settings", data).only
    assert (event.fields["has_protected"], event.fields["vm"], event.fields["thumbprint"]) == (False, "", "")


def test_renamed_settings_are_of_an_earlier_sequence() -> None:
    event = read(f"{HANDLER}/config/636_settings", settings()).only
    assert (event.fields["sequence"], event.fields["current"]) == (636, False)


def test_settings_of_one_of_several_extensions_name_it() -> None:
    event = read("var/lib/waagent/Microsoft.CPlat.Core.RunCommandHandlerLinux-1.3.2/config/first.4.settings", settings()).only
    assert (event.fields["sequence"], event.fields["extension"]) == (4, "first")


def test_empty_file_means_an_extension_without_settings() -> None:
    member = read("var/lib/waagent/Microsoft.Azure.Monitor.AzureMonitorLinuxAgent-1.9.1/config/0.settings", b"")
    assert (member.only.text, member.only.fields["has_protected"], member.problems) == ("no settings", False, [])


def test_settings_of_other_handlers_tell_no_more_than_their_sequence() -> None:
    data = json.dumps({"runtimeSettings": [{"handlerSettings": {"publicSettings": {"commandToExecute": "curl -H 'token: SECRET'"}}}]})
    event = read("var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1.6/config/3.settings", data).only
    assert "SECRET" not in repr(event) and event.fields["sequence"] == 3
    assert event.raw == '"handlerSettings"'


def test_damaged_object_string_loses_the_name_only() -> None:
    for value in ("%%%", "e30", packed([1]), packed({"backupMetadata": {"VM_NAME": "x"}}), "'" + packed({}) + "'"):
        event = read(f"{HANDLER}/config/637.settings", settings(objectStr=value)).only
        assert (event.fields["vm"], event.fields["task"]) == ("", TASK)


def test_object_string_may_stand_in_quotes_of_its_own() -> None:
    clear = "'" + json.dumps({"backupMetadata": [{"Key": "VM_NAME", "Value": "vm-app01"}]}) + "'\n"
    event = read("637.settings", settings(objectStr=base64.b64encode(clear.encode()).decode())).only
    assert event.fields["vm"] == "vm-app01"


def test_document_without_handler_settings_is_reported() -> None:
    assert read(f"{HANDLER}/config/637.settings", '{"runtimeSettings": []}').problems[0].lost == "the whole document"


WINDOWS = "C/Packages/Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot/1.0.110.0/RuntimeSettings/7.settings"


@pytest.mark.parametrize("public", [None, "", {}])
def test_windows_settings_that_are_all_encrypted_tell_their_sequence(public: object) -> None:
    encrypted = {"protectedSettingsCertThumbprint": "9A2B", "protectedSettings": "MIIB0AYJKoZI", "publicSettings": public}
    member = read(WINDOWS, json.dumps({"runtimeSettings": [{"handlerSettings": encrypted}]}).encode("utf-8-sig"))
    event = member.only
    assert (event.component, event.text, event.state) == ("Microsoft.Azure.RecoveryServices.VMSnapshot", "protected settings only", True)
    wanted = {"sequence": 7, "version": "1.0.110.0", "has_protected": True, "protected_only": True, "current": True, "thumbprint": "9A2B"}
    assert wanted.items() <= event.fields.items()
    assert "task" not in event.fields and "MIIB0" not in repr(event) and not member.problems


def test_windows_settings_in_the_clear_are_read_as_on_linux() -> None:
    event = read(WINDOWS, settings()).only
    assert event.fields["task"] == TASK and "protected_only" not in event.fields


def test_settings_of_a_named_extension_on_windows_name_it() -> None:
    path = "Packages/Plugins/Microsoft.CPlat.Core.RunCommandHandlerWindows/2.0.11/RuntimeSettings/script.3.settings"
    event = read(path, settings()).only
    assert (event.kind, event.fields["sequence"], event.fields["extension"]) == ("settings", 3, "script")
