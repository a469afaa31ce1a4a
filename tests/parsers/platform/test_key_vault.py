"""A key vault: its mode, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parsers.platform.documents import EXAMPLES, KEY_VAULT, PRINCIPAL, read_value, replaced


def test_vault_and_policies() -> None:
    vault, policy = read_value(EXAMPLES["key_vault"])[1]
    assert (vault.fields["name"], vault.fields["rbac"], vault.fields["policies"], vault.fields["public_access"]) == (
        "kv1",
        False,
        1,
        "enabled",
    )
    assert (vault.fields["resource"], vault.fields["group"]) == (KEY_VAULT, "rg-app")
    assert (policy.fields["principal"], policy.fields["secrets"], policy.fields["keys"]) == (PRINCIPAL, "get,list", "all")
    assert (policy.pointer, policy.raw) == ("/properties/accessPolicies/0/objectId", PRINCIPAL.upper())


@pytest.mark.parametrize(("written", "rbac"), [(True, True), ("true", True), (None, False), (False, False), (7, False)])
def test_mode(written: Any, rbac: bool) -> None:
    vault = read_value(replaced(EXAMPLES["key_vault"], ("properties", "enableRbacAuthorization"), written))[1][0]
    assert vault.fields["rbac"] is rbac


@pytest.mark.parametrize(("policies", "count"), [(None, None), ([], 0), ("x", None)])
def test_policies_that_are_not_stated_are_not_none(policies: Any, count: int | None) -> None:
    (vault,) = read_value(replaced(EXAMPLES["key_vault"], ("properties", "accessPolicies"), policies))[1]
    assert vault.fields["policies"] == count


def test_powershell_has_other_names() -> None:
    """Get-AzKeyVault."""
    vault, policy = read_value({
        "ResourceId": KEY_VAULT, "VaultName": "kv1", "VaultUri": "https://kv1.vault.azure.net/", "EnableRbacAuthorization": None,
        "AccessPolicies": [{"ObjectId": PRINCIPAL, "PermissionsToKeys": ["Get"], "PermissionsToSecrets": ["Get", "Backup", None]}],
    })[1]  # fmt: skip
    assert (vault.fields["name"], vault.fields["resource"], vault.pointer) == ("kv1", KEY_VAULT, "/ResourceId")
    assert (policy.fields["secrets"], policy.fields["keys"]) == ("backup,get", "get")
