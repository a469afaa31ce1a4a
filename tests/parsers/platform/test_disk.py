"""Disks: their size, their sharing, and encryption inside of the guest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parsers.platform.documents import DISK, EXAMPLES, read_value, replaced

SETTINGS = ("properties", "encryptionSettingsCollection")


def test_fields() -> None:
    (event,) = read_value(EXAMPLES["disk"])[1]
    assert event.fields == {
        "vm": "app01", "resource": DISK, "group": "rg-app", "subscription": "11111111-2222-3333-4444-555555555555", "name": "data1",
        "size_gb": 40000, "ade": True, "key_vault": "kv1", "kek_vault": "kv2", "shares": 2, "disk_state": "Attached", "sku": "Premium_LRS",
        "role": "resource",
    }  # fmt: skip
    assert (event.pointer, event.raw) == ("/properties/diskSizeGB", "40000")


def test_encryption_of_the_storage_is_none_of_the_guest() -> None:
    (event,) = read_value(replaced(EXAMPLES["disk"], SETTINGS, None))[1]
    assert (event.fields["ade"], event.fields["key_vault"]) == (False, "")


@pytest.mark.parametrize(
    ("key", "vault"),
    [
        ({"sourceVault": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/KV9"}}, "KV9"),
        ({"secretUrl": "https://kv8.vault.azure.cn/secrets/s/1"}, "kv8"),
        ({"sourceVault": {"id": "/kv"}, "secretUrl": "https://kv7.vault.azure.net/secrets/s"}, "kv7"),
        ({"secretUrl": "https://["}, ""),
        ({"secretUrl": "kv6.vault.azure.net"}, ""),
        ({}, ""),
    ],
)
def test_vault_of_the_secret(key: dict[str, Any], vault: str) -> None:
    value = replaced(EXAMPLES["disk"], (*SETTINGS, "encryptionSettings"), [{"diskEncryptionKey": key}])
    assert read_value(value)[1][0].fields["key_vault"] == vault


@pytest.mark.parametrize(
    ("size", "gib"), [(32767, 32767), ("4096", 4096), (30.0, 30), ("many", None), (True, None), (10**40, None), ([], None)]
)
def test_size(size: Any, gib: int | None) -> None:
    assert read_value(replaced(EXAMPLES["disk"], ("properties", "diskSizeGB"), size))[1][0].fields["size_gb"] == gib


def test_disks_of_a_vm_say_no_more_than_they_hold() -> None:
    value = replaced(EXAMPLES["vm"], ("properties", "storageProfile", "dataDisks"), [{"name": "d"}, {"name": "e", "diskSizeGB": 8}, 7])
    found = [(event.component, event.fields["name"], event.fields["ade"]) for event in read_value(value)[1] if event.kind == "azure-disk"]
    assert found == [("os", "app01_os", True), ("data", "e", None), ("view", "app01_os", True)]
