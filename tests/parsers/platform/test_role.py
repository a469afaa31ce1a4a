"""Role definitions and assignments."""

from __future__ import annotations

from tests.parsers.platform.documents import BACKUP_APP, EXAMPLES, KEY_VAULT, PRINCIPAL, read_value

ROLE = "cccccccc-0000-0000-0000-000000000003"
ACTIONS = "microsoft.keyvault/vaults/keys/*,microsoft.keyvault/vaults/secrets/backup/action"


def test_definition() -> None:
    (event,) = read_value(EXAMPLES["role"])[1]
    assert event.component == "definition"
    assert event.fields == {
        "role": "Backup Reader of Keys", "role_id": ROLE, "data_actions": ACTIONS,
        "not_data_actions": "microsoft.keyvault/vaults/keys/purge/action",
    }  # fmt: skip
    assert event.pointer == "/properties/permissions/0/dataActions"


def test_definition_of_powershell() -> None:
    """Get-AzRoleDefinition: Name is the role's name, Id its GUID, the actions stand beside them."""
    (event,) = read_value({
        "Name": "Backup Reader of Keys", "Id": ROLE.upper(), "IsCustom": True, "Actions": [], "NotActions": [],
        "DataActions": ["Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/secrets/backup/action"], "NotDataActions": [],
    })[1]  # fmt: skip
    assert (event.fields["role"], event.fields["role_id"], event.fields["data_actions"]) == ("Backup Reader of Keys", ROLE, ACTIONS)
    assert event.pointer == "/DataActions"


def test_permissions_alone_are_a_definition() -> None:
    """As the documentation of the custom role shows them."""
    (event,) = read_value({"permissions": [{"actions": [], "dataActions": ["a/b"]}, {"dataActions": ["c/d"]}]})[1]
    assert (event.fields["data_actions"], event.fields["role"]) == ("a/b,c/d", "")


def test_assignment() -> None:
    (event,) = read_value(EXAMPLES["assignment"])[1]
    assert (event.component, event.pointer) == ("assignment", "/properties/principalId")
    assert event.fields == {"role": "", "role_id": ROLE, "principal": PRINCIPAL, "principal_name": "", "scope": KEY_VAULT}


def test_assignment_of_az_names_the_application() -> None:
    """`az role assignment list`: a service principal's name is its application's id."""
    (event,) = read_value({
        "id": f"{KEY_VAULT}/providers/Microsoft.Authorization/roleAssignments/1", "principalId": PRINCIPAL, "principalName": BACKUP_APP,
        "roleDefinitionId": f"/x/{ROLE}", "roleDefinitionName": "Key Vault Administrator", "scope": KEY_VAULT,
    })[1]  # fmt: skip
    assert (event.fields["role"], event.fields["principal_name"]) == ("Key Vault Administrator", BACKUP_APP)


def test_assignment_of_powershell() -> None:
    """Get-AzRoleAssignment."""
    (event,) = read_value({"ObjectId": PRINCIPAL, "DisplayName": "Backup Management Service", "RoleDefinitionName": "Reader",
                           "RoleDefinitionId": ROLE, "Scope": "/", "ObjectType": "ServicePrincipal"})[1]  # fmt: skip
    assert (event.fields["principal"], event.fields["principal_name"], event.fields["scope"]) == (
        PRINCIPAL,
        "Backup Management Service",
        "/",
    )
