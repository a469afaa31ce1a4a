"""A lock holds for everything below the place in front of its id."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.parsers.platform.documents import BACKUP_GROUP, EXAMPLES, KEY_VAULT, SUBSCRIPTION, read_value

PROVIDER = "/providers/Microsoft.Authorization/locks/keep"


@pytest.mark.parametrize(
    ("scope", "of", "group"),
    [
        (SUBSCRIPTION, "subscription", ""),
        (BACKUP_GROUP, "group", "AzureBackupRG_westeurope_1"),
        (KEY_VAULT, "resource", "rg-app"),
        ("", "", ""),
        ("/providers/Microsoft.Management/managementGroups/root", "", ""),
    ],
)
@pytest.mark.parametrize("provider", [PROVIDER, PROVIDER.lower(), PROVIDER.upper()])
def test_scope_is_what_stands_before_the_provider(scope: str, of: str, group: str, provider: str) -> None:
    (event,) = read_value({"id": scope + provider, "name": "keep", "level": "ReadOnly"})[1]
    assert (event.fields["scope"], event.fields["of"], event.fields["group"]) == (scope, of, group)
    assert (event.fields["level"], event.code, event.component) == ("ReadOnly", "ReadOnly", "")


def test_newer_answers_date_it() -> None:
    (event,) = read_value(EXAMPLES["lock"])[1]
    assert event.stamp is not None and event.stamp.value == datetime(2026, 1, 5, 8, 0, 0, 500000)
    (undated,) = read_value({**EXAMPLES["lock"], "systemData": None})[1]
    assert undated.stamp is None and undated.state


def test_powershell_calls_its_id_otherwise() -> None:
    """Get-AzResourceLock."""
    lock = {"Name": "keep", "LockId": BACKUP_GROUP + PROVIDER, "ResourceGroupName": "x", "Properties": {"level": "CanNotDelete"}}
    (event,) = read_value(lock)[1]
    assert (event.fields["scope"], event.fields["level"], event.pointer) == (BACKUP_GROUP, "CanNotDelete", "/LockId")


def test_a_lock_without_an_id_is_on_an_unknown_scope() -> None:
    (event,) = read_value({"type": "Microsoft.Authorization/locks", "name": "keep", "properties": {"level": "ReadOnly"}, "id": None,
                           "provisioningState": "x"})[1]  # fmt: skip
    assert (event.fields["scope"], event.fields["of"]) == ("", "")
