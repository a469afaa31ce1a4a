"""The activity log, as each tool exports it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from tests.parsers.platform.documents import COLLECTION, EXAMPLES, VM, read_value, replaced

MESSAGE = ("properties", "statusMessage")


def test_failed_operation_with_its_error() -> None:
    (event,) = read_value([EXAMPLES["activity"]])[1]
    assert event.fields == {
        "operation": "microsoft.compute/restorepointcollections/restorepoints/delete", "status": "failed",
        "resource": f"{COLLECTION}/restorePoints/rp1", "vm": "", "group": "AzureBackupRG_westeurope_1",
        "subscription": "11111111-2222-3333-4444-555555555555", "error": "ScopeLocked", "message": "The scope is locked.", "correlation": "c1",
    }  # fmt: skip
    assert (event.level, event.code, event.state) == ("ERROR", "ScopeLocked", False)
    assert event.stamp is not None and event.stamp.value == datetime(2026, 3, 10, 1, 0, 0, 123456)
    assert (event.pointer, event.raw) == ("/0/properties/statusMessage", EXAMPLES["activity"]["properties"]["statusMessage"])


def test_exported_schema() -> None:
    """Diagnostic settings: another time, words in capitals, the result in one word."""
    (event,) = read_value({
        "time": "2026-03-10T01:00:00.0000000Z", "resourceId": VM.upper(), "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/DEALLOCATE/ACTION",
        "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.", "correlationId": "c1", "properties": {},
    })[1]  # fmt: skip
    assert (event.fields["operation"], event.fields["status"]) == ("microsoft.compute/virtualmachines/deallocate/action", "succeeded")
    assert (event.fields["vm"], event.pointer) == ("APP01", "/operationName")
    assert event.stamp is not None and event.stamp.value == datetime(2026, 3, 10, 1)


@pytest.mark.parametrize(
    ("word", "status"),
    [("Start", "started"), ("Accept", "accepted"), ("Failure", "failed"), ("Success", "succeeded"), ("Started", "started")],
)
def test_words_of_the_result(word: str, status: str) -> None:
    value = {"time": "2026-03-10T01:00:00Z", "operationName": "a/b/c", "resultType": word}
    assert read_value(value)[1][0].fields["status"] == status


def test_powershell_has_the_operation_in_words() -> None:
    """Get-AzActivityLog."""
    (event,) = read_value({
        "Authorization": {"Action": "Microsoft.Compute/virtualMachines/delete", "Scope": VM}, "EventTimestamp": "2026-03-10T01:00:00Z",
        "OperationName": "Delete Virtual Machine", "ResourceId": VM, "Status": "Failed", "SubStatus": "Conflict (HTTP Status Code: 409)",
        "Properties": {"Content": {"statusCode": "Conflict", "statusMessage": '{"error":{"code":"AnotherOperationInProgress"}}'}},
    })[1]  # fmt: skip
    assert (event.fields["operation"], event.fields["error"]) == ("microsoft.compute/virtualmachines/delete", "AnotherOperationInProgress")
    assert event.pointer == "/Properties/Content/statusMessage"


@pytest.mark.parametrize(
    ("message", "error", "said"),
    [
        (json.dumps({"error": {"code": "A", "message": "outer", "details": [{"code": "B", "message": "inner", "details": []}]}}), "B", "inner"),
        (json.dumps({"code": "A", "message": "flat"}), "A", "flat"),
        (json.dumps({"Error": {"Code": "A"}}), "A", ""),
        ({"error": {"code": "A", "message": "an object"}}, "A", "an object"),
        ("not JSON", "", "not JSON"),
        ("[1]", "", "[1]"),
        (None, "", ""),
        ('{"error": ' * 2000, "", '{"error": ' * 2000),
    ],
)  # fmt: skip
def test_innermost_error(message: Any, error: str, said: str) -> None:
    (event,) = read_value(replaced(EXAMPLES["activity"], MESSAGE, message))[1]
    assert (event.fields["error"], event.fields["message"]) == (error, said)
