"""One example of each resource as REST answers it, and the same content as other tools print it.

Shapes: Azure/azure-rest-api-specs for REST; azure-mgmt-compute 34 with azure-cli-core's `todict` for the old `az`; the generated commands of
az 2.91 for the new one. All names, ids and times are made up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from analyzer.model import Event
from analyzer.parsers.azure_document import parse
from analyzer.parsers.document import Document
from analyzer.parsers.values import text

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-app"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/app01"
DISK = f"{GROUP}/providers/Microsoft.Compute/disks/data1"
KEY_VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv1"
BACKUP_GROUP = f"{SUBSCRIPTION}/resourceGroups/AzureBackupRG_westeurope_1"
COLLECTION = f"{BACKUP_GROUP}/providers/Microsoft.Compute/restorePointCollections/AzureBackup_app01_4711"
VAULT = f"{SUBSCRIPTION}/resourceGroups/rg-vault/providers/Microsoft.RecoveryServices/vaults/vault1"
ITEM = f"{VAULT}/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;rg-app;app01/protectedItems/VM;iaasvmcontainerv2;rg-app;app01"
PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000001"
BACKUP_APP = "262044b1-e2ce-469f-a196-69ab7ada62d3"

VIEW: dict[str, Any] = {
    "computerName": "app01", "osName": "ubuntu", "osVersion": "22.04", "hyperVGeneration": "V2",
    "vmAgent": {
        "vmAgentVersion": "2.11.1.4",
        "statuses": [{"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready",
                      "message": "Guest Agent is running", "time": "2026-03-10T02:04:11+00:00"}],
        "extensionHandlers": [{"type": "Microsoft.Azure.RecoveryServices.VMSnapshotLinux", "typeHandlerVersion": "1.0.9225.0",
                               "status": {"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready", "message": "Plugin enabled"}}],
    },
    "disks": [{"name": "app01_os", "encryptionSettings": [{"enabled": True, "diskEncryptionKey": {"secretUrl": "https://kv1.vault.azure.net/secrets/s/1"}}],
               "statuses": [{"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Provisioning succeeded"}]}],
    "extensions": [{"name": "Script", "type": "Microsoft.Azure.Extensions.CustomScript", "typeHandlerVersion": "2.1.10",
                    "statuses": [{"code": "ProvisioningState/failed/100", "level": "Error", "displayStatus": "Provisioning failed",
                                  "message": "exit code 1", "time": "2026-03-09T23:10:00Z"}]}],
    "statuses": [{"code": "ProvisioningState/failed/VMExtensionProvisioningError", "level": "Error", "displayStatus": "Provisioning failed",
                  "message": "Script failed", "time": "2026-03-09T23:11:00.8051917+00:00"},
                 {"code": "PowerState/running", "level": "Info", "displayStatus": "VM running"}],
}  # fmt: skip

# REST's form of each resource. Where a shape has no `properties`, it is what the module's first tool prints.
EXAMPLES: dict[str, dict[str, Any]] = {
    "vm": {
        "id": VM, "name": "app01", "type": "Microsoft.Compute/virtualMachines", "location": "westeurope",
        "properties": {
            "vmId": "86F4AE0A-61f8-48ae-9199-40f402d56864", "provisioningState": "Failed",
            "hardwareProfile": {"vmSize": "Standard_B2s"},
            "storageProfile": {
                "imageReference": {"publisher": "Canonical", "offer": "ubuntu", "sku": "22_04"},
                "osDisk": {"osType": "Linux", "name": "app01_os", "diskSizeGB": 30, "managedDisk": {"id": DISK},
                           "encryptionSettings": {"enabled": True, "diskEncryptionKey": {"sourceVault": {"id": KEY_VAULT}}}},
                "dataDisks": [{"lun": 0, "name": "data1", "diskSizeGB": 4096}],
            },
            "osProfile": {"computerName": "app01", "linuxConfiguration": {"provisionVMAgent": True}, "allowExtensionOperations": False},
            "securityProfile": {"securityType": "TrustedLaunch"}, "timeCreated": "2025-01-01T10:00:00.1234567+00:00",
            "instanceView": VIEW,
        },
    },
    "instance_view": VIEW,
    "extension": {
        "id": f"{VM}/extensions/Script", "name": "Script", "type": "Microsoft.Compute/virtualMachines/extensions",
        "properties": {
            "publisher": "Microsoft.Azure.Extensions", "type": "CustomScript", "typeHandlerVersion": "2.1", "provisioningState": "Failed",
            "instanceView": {"name": "Script", "type": "Microsoft.Azure.Extensions.CustomScript", "typeHandlerVersion": "2.1.10",
                             "statuses": VIEW["extensions"][0]["statuses"]},
        },
    },
    "disk": {
        "id": DISK, "name": "data1", "type": "Microsoft.Compute/disks", "managedBy": VM, "sku": {"name": "Premium_LRS"},
        "properties": {
            "diskSizeGB": 40000, "diskState": "Attached", "maxShares": 2, "timeCreated": "2024-12-28T04:41:35.9278721+00:00",
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "encryptionSettingsCollection": {"enabled": True, "encryptionSettings": [{
                "diskEncryptionKey": {"sourceVault": {"id": KEY_VAULT}, "secretUrl": "https://kv1.vault.azure.net/secrets/s/1"},
                "keyEncryptionKey": {"keyUrl": "https://kv2.vault.azure.net/keys/k/1"}}]},
        },
    },
    "lock": {
        "id": f"{BACKUP_GROUP}/providers/Microsoft.Authorization/locks/keep", "name": "keep", "type": "Microsoft.Authorization/locks",
        "properties": {"level": "CanNotDelete", "notes": "do not delete"}, "systemData": {"createdAt": "2026-01-05T08:00:00.5Z"},
    },
    "restore_points": {
        "id": COLLECTION, "name": "AzureBackup_app01_4711", "type": "Microsoft.Compute/restorePointCollections",
        "properties": {
            "source": {"id": VM, "location": "westeurope"}, "provisioningState": "Succeeded", "restorePointCollectionId": "59f04a5d",
            "restorePoints": [
                {"name": "rp1", "id": f"{COLLECTION}/restorePoints/rp1",
                 "properties": {"timeCreated": "2026-03-01T02:05:00.8401519+00:00", "consistencyMode": "ApplicationConsistent",
                                "provisioningState": "Succeeded", "sourceMetadata": {"vmId": "86f4ae0a", "hardwareProfile": {"vmSize": "Standard_B2s"}}}},
                {"name": "rp2", "id": f"{COLLECTION}/restorePoints/rp2", "properties": {"timeCreated": "2026-03-02T02:05:00Z"}},
            ],
        },
    },
    "key_vault": {
        "id": KEY_VAULT, "name": "kv1", "type": "Microsoft.KeyVault/vaults",
        "properties": {
            "vaultUri": "https://kv1.vault.azure.net", "enableRbacAuthorization": False, "publicNetworkAccess": "Enabled",
            "accessPolicies": [{"objectId": PRINCIPAL.upper(), "permissions": {"secrets": ["List", "get"], "keys": ["all"], "certificates": []}}],
        },
    },
    "role": {
        "id": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/cccccccc-0000-0000-0000-000000000003",
        "name": "cccccccc-0000-0000-0000-000000000003", "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {"roleName": "Backup Reader of Keys", "permissions": [
            {"actions": [], "notActions": [], "dataActions": ["Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/secrets/backup/action"],
             "notDataActions": ["Microsoft.KeyVault/vaults/keys/purge/action"]}]},
    },
    "assignment": {
        "id": f"{KEY_VAULT}/providers/Microsoft.Authorization/roleAssignments/1", "name": "1", "type": "Microsoft.Authorization/roleAssignments",
        "properties": {"principalId": PRINCIPAL, "principalType": "ServicePrincipal", "scope": KEY_VAULT,
                       "roleDefinitionId": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/CCCCCCCC-0000-0000-0000-000000000003"},
    },
    "principal": {
        "appId": BACKUP_APP, "id": PRINCIPAL, "displayName": "Backup Management Service", "servicePrincipalType": "Application",
        "servicePrincipalNames": [BACKUP_APP],
    },
    "protected_item": {
        "id": ITEM, "name": "VM;iaasvmcontainerv2;rg-app;app01",
        "properties": {
            "protectedItemType": "Microsoft.Compute/virtualMachines", "virtualMachineId": VM, "sourceResourceId": VM, "friendlyName": "app01",
            "protectionState": "ProtectionStopped", "healthStatus": "Passed", "lastBackupStatus": "Completed",
            "lastBackupTime": "2026-03-09T02:01:12.3456789Z", "policyId": f"{VAULT}/backupPolicies/Daily", "isScheduledForDeferredDelete": False,
        },
    },
    "activity": {
        "operationName": {"value": "Microsoft.Compute/restorePointCollections/restorePoints/delete", "localizedValue": "Delete restore point"},
        "status": {"value": "Failed", "localizedValue": "Failed"}, "eventTimestamp": "2026-03-10T01:00:00.1234567Z", "correlationId": "c1",
        "resourceId": f"{COLLECTION}/restorePoints/rp1",
        "properties": {"statusCode": "Conflict", "statusMessage": '{"error": {"code": "ScopeLocked", "message": "The scope is locked."}}'},
    },
}  # fmt: skip
KINDS = {name: f"azure-{name.replace('_', '-')}" for name in EXAMPLES} | {"assignment": "azure-role"}

_OLD_SDK = {"diskSizeGB": "diskSizeGb", "provisionVMAgent": "provisionVmAgent", "vmAgent": "vmAgent", "statusMessage": "statusMessage"}


def keyed(value: Any, name: Callable[[str], str]) -> Any:
    """The value with every key of its objects written by `name`."""
    if isinstance(value, dict):
        return {name(key): keyed(item, name) for key, item in value.items()}
    return [keyed(item, name) for item in value] if isinstance(value, list) else value


def flat(value: Any) -> Any:
    """As `az` prints it: `properties` merged into the object, whose own keys win; a second `type` gets the SDK's name."""
    if isinstance(value, list):
        return [flat(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "operationName" in value:  # of an entry of the activity log `properties` is a free map
        return value
    nested = {("typePropertiesType" if key == "type" else key): item for key, item in (value.get("properties") or {}).items()}
    return {key: flat(item) for key, item in {**nested, **value}.items() if key != "properties"}


def old_az(value: Any) -> Any:
    """As the SDK's serialiser prints it: acronyms re-cased, `additionalProperties`, and null for what is not set."""
    if isinstance(value, list):
        return [old_az(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {"additionalProperties": {}, "zones": None, "tags": None} | {_OLD_SDK.get(key, key): old_az(item) for key, item in value.items()}


def pascal(value: Any) -> Any:
    """As PowerShell's ConvertTo-Json prints an SDK object."""
    return keyed(flat(value), lambda key: key[:1].upper() + key[1:])


def _dump(value: Any) -> str:
    return json.dumps(value, indent=2)


# how the same resource comes as text; each takes the REST form
WRITTEN: dict[str, Callable[[Any], str | bytes]] = {
    "az-old": lambda rest: _dump(old_az(flat(rest))),
    "az-new": lambda rest: _dump(flat(rest)),
    "pascal": lambda rest: _dump(pascal(rest)),
    "upper-keys": lambda rest: _dump(keyed(rest, str.upper)),
    "lower-keys": lambda rest: json.dumps(keyed(rest, str.lower)),
    "list": lambda rest: _dump([rest]),
    "rest-value": lambda rest: _dump({"value": [rest], "nextLink": None}),
    "resource-graph": lambda rest: _dump({"count": 1, "data": [rest], "skip_token": None, "total_records": 1}),
    "utf-16": lambda rest: b"\xff\xfe" + _dump(rest).replace("\n", "\r\n").encode("utf-16-le"),
    "utf-8-bom": lambda rest: b"\xef\xbb\xbf" + _dump(rest).encode(),
    "console": lambda rest: f"PS C:\\> az resource show --ids $id\r\n{_dump(rest)}\r\nPS C:\\>",
}


def read_value(value: Any) -> tuple[Document, list[Event]]:
    """A JSON value as the parser of the platform's documents reads it, whatever it looks like."""
    document = Document("document.json", "azure-document", value if isinstance(value, str) else json.dumps(value))
    return document, list(parse(document))


def resolve(root: Any, pointer: str) -> Any:
    """RFC 6901, strictly: a pointer that leads nowhere raises."""
    value = root
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def assert_quotes(event: Event, root: Any) -> None:
    """What an event quotes stands at its pointer; where nothing stands there that could be quoted, its text is shown."""
    found = resolve(root, event.pointer or "")
    if isinstance(found, list) and found:
        assert event.raw == ", ".join(text(item) for item in found) or event.raw == event.text
    else:
        assert event.raw == (text(found) or event.text), event


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value inside a value."""
    items: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def replaced(value: Any, path: tuple[str | int, ...], by: Any) -> Any:
    copy = json.loads(json.dumps(value))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = by
    return copy
