"""Writes documents as the platform and its tools give them: jobs, locks, restore points, disks, key vaults, protected items, VMs, entries
of the activity log, errors copied from the portal.

For fixtures and tests. Resources have the shape of Azure/azure-rest-api-specs (camelCase below `properties`); `flat`, `old_az` and `pascal`
turn them into what the tools print, `as_json`, `listed`, `several` and `utf16` into files. All names, ids and times are made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Resource = dict[str, Any]

SUBSCRIPTION = "3f1c9a52-7b1e-4f0a-9c55-2d8e6a4b7c10"
BACKUP_APP = "262044b1-e2ce-469f-a196-69ab7ada62d3"  # of the Backup Management Service, the same in every tenant
BACKUP_PRINCIPAL = "b7d41f6e-0c3a-4e55-8f1d-94a2c6e8d301"  # its object id, of a tenant that nobody has
VAULT_ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"  # built-in role Key Vault Administrator
BACKUP_GROUP = "AzureBackupRG_westeurope_1"


# names


def group_id(group: str, subscription: str = SUBSCRIPTION) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


@dataclass(frozen=True)
class Vm:
    """A VM by its names."""

    name: str = "erp-db01"
    group: str = "rg-erp-prod"
    subscription: str = SUBSCRIPTION
    location: str = "westeurope"

    @property
    def id(self) -> str:
        return f"{group_id(self.group, self.subscription)}/providers/Microsoft.Compute/virtualMachines/{self.name}"

    def disk_id(self, name: str) -> str:
        return f"{group_id(self.group, self.subscription)}/providers/Microsoft.Compute/disks/{name}"


def vault_id(name: str = "rsv-prod-weu", group: str = "rg-backup") -> str:
    return f"{group_id(group)}/providers/Microsoft.RecoveryServices/vaults/{name}"


def iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S.%f}0Z"


# backup jobs


def job(
    vm: Vm, started: datetime, minutes: float | None, job_id: str, *, status: str = "Failed", title: str = "", message: str = "",
    number: int = 400000, dynamic: str = "", vault: str = "rsv-prod-weu", operation: str = "Backup", advice: Sequence[str] = (),
) -> Resource:  # fmt: skip
    """A job; `minutes` None: it is still running. `title` is the symbol of its error, `dynamic` the text that Compute or the VM gave."""
    ended = None if minutes is None else started + timedelta(minutes=minutes)
    task = {"taskId": "Take Snapshot", "startTime": iso(started + timedelta(seconds=4)), "status": status}
    extended: Resource = {"tasksList": [task], "propertyBag": {"VM Name": vm.name}}
    properties: Resource = {
        "jobType": "AzureIaaSVMJob", "backupManagementType": "AzureIaasVM", "operation": operation, "status": status,
        "entityFriendlyName": vm.name, "virtualMachineVersion": "Compute", "startTime": iso(started),
        "activityId": f"{job_id[:8]}-7d10-4c3e-9a55-00155d0a1b2c", "extendedInfo": extended,
    }  # fmt: skip
    if ended is not None:
        properties |= {"endTime": iso(ended), "duration": f"PT{int((ended - started).total_seconds())}S"}
        task |= {"endTime": iso(ended), "duration": f"PT{int((ended - started).total_seconds()) - 4}S"}
    if title or message:
        properties["errorDetails"] = [{"errorCode": number, "errorTitle": title, "errorString": message, "recommendations": list(advice)}]
    if dynamic:
        extended["dynamicErrorMessage"] = dynamic
    return {
        "id": f"{vault_id(vault)}/backupJobs/{job_id}", "name": job_id, "type": "Microsoft.RecoveryServices/vaults/backupJobs",
        "properties": properties,
    }  # fmt: skip


def az_job(resource: Resource) -> Resource:
    """A job as `az backup job list` prints it: nested as in REST, without what only `show` fetches, times with an offset, nulls."""
    properties = {key: value for key, value in resource["properties"].items() if key != "extendedInfo"}
    for key in ("startTime", "endTime"):
        if key in properties:
            properties[key] = properties[key].replace("0Z", "+00:00")
    properties |= {"extendedInfo": None, "actionsInfo": None, "isUserTriggered": None}
    return {"eTag": None, **resource, "location": None, "properties": properties, "resourceGroup": "rg-backup", "tags": None}


# the VM


def model(
    vm: Vm, *, system: str = "Linux", provision_agent: bool = True, extension_operations: bool | None = True,
    provisioning: str = "Succeeded", data_disks: Sequence[Resource] = (), view: Resource | None = None,
) -> Resource:  # fmt: skip
    profile: Resource = {
        "computerName": vm.name, "adminUsername": "opsadmin",
        f"{system.lower()}Configuration": {"provisionVMAgent": provision_agent}, "secrets": [],
    }  # fmt: skip
    if extension_operations is not None:
        profile["allowExtensionOperations"] = extension_operations
    properties: Resource = {
        "hardwareProfile": {"vmSize": "Standard_D4s_v5"}, "provisioningState": provisioning, "vmId": "6c0a9e57-31d2-4b6c-8a1f-5d2b7c9e0f44",
        "osProfile": profile,
        "storageProfile": {
            "osDisk": {"osType": system, "name": f"{vm.name}-os", "createOption": "FromImage", "diskSizeGB": 64,
                       "managedDisk": {"id": vm.disk_id(f"{vm.name}-os"), "storageAccountType": "Premium_LRS"}},
            "dataDisks": list(data_disks),
        },
    }  # fmt: skip
    if view is not None:
        properties["instanceView"] = view
    return {
        "id": vm.id, "name": vm.name, "type": "Microsoft.Compute/virtualMachines", "location": vm.location, "properties": properties,
    }  # fmt: skip


def view(
    *, power: str | None = "running", provisioning: str = "succeeded", since: datetime | None = None,
    agent: Resource | None = None, extensions: Sequence[Resource] = (), name: str = "erp-db01", system: str = "ubuntu", version: str = "22.04",
) -> Resource:  # fmt: skip
    """An instance view. Its provisioning status says since when it is so, its power status does not."""
    status: Resource = {"code": f"ProvisioningState/{provisioning}", "level": "Info", "displayStatus": f"Provisioning {provisioning}"}
    if since is not None:
        status["time"] = iso(since)
    statuses = [status]
    if power is not None:
        statuses.append({"code": f"PowerState/{power}", "level": "Info", "displayStatus": f"VM {power}"})
    found: Resource = {"computerName": name, "osName": system, "osVersion": version, "statuses": statuses, "extensions": list(extensions)}
    if agent is not None:
        found["vmAgent"] = agent
    return found


def agent(ready: bool, when: datetime | None = None, *, version: str = "2.11.1.4", message: str = "") -> Resource:
    """`vmAgent` of an instance view; `when` is the time of the agent's last report."""
    said = message or ("Guest Agent is running" if ready else "VM status blob is found but not yet populated.")
    status: Resource = {
        "code": "ProvisioningState/succeeded" if ready else "ProvisioningState/Unavailable", "level": "Info" if ready else "Warning",
        "displayStatus": "Ready" if ready else "Not Ready", "message": said,
    }  # fmt: skip
    if when is not None:
        status["time"] = iso(when)
    return {"vmAgentVersion": version, "statuses": [status], "extensionHandlers": []}


def extension(
    name: str, kind: str, *, failed: str = "", message: str = "", when: datetime | None = None, version: str = "2.1.10"
) -> Resource:
    """An extension of an instance view; `failed` is the number behind `ProvisioningState/failed/`."""
    status: Resource = {
        "code": f"ProvisioningState/failed/{failed}" if failed else "ProvisioningState/succeeded",
        "level": "Error" if failed else "Info", "displayStatus": "Provisioning failed" if failed else "Provisioning succeeded",
        "message": message,
    }  # fmt: skip
    if when is not None:
        status["time"] = iso(when)
    return {"name": name, "type": kind, "typeHandlerVersion": version, "statuses": [status]}


def extension_resource(vm: Vm, name: str, publisher: str, kind: str, provisioning: str) -> Resource:
    """An extension as `az vm extension list` or REST lists it: no time, no message."""
    return {
        "id": f"{vm.id}/extensions/{name}", "name": name, "type": "Microsoft.Compute/virtualMachines/extensions", "location": vm.location,
        "properties": {"publisher": publisher, "type": kind, "typeHandlerVersion": "2.1", "autoUpgradeMinorVersion": True,
                       "provisioningState": provisioning, "settings": {}},
    }  # fmt: skip


# disks and key vaults


def disk(
    vm: Vm, name: str, size: int, *, key_vault: str = "", with_key: bool = False, encryption: str = "EncryptionAtRestWithPlatformKey",
    shares: int | None = None, sku: str = "Premium_LRS",
) -> Resource:  # fmt: skip
    """A managed disk; with a key vault it is encrypted inside of the guest (ADE), `with_key` by a key that wraps the secret."""
    properties: Resource = {
        "diskSizeGB": size, "diskState": "Attached", "timeCreated": "2025-03-14T09:12:44.1180000+00:00", "encryption": {"type": encryption},
        "creationData": {"createOption": "Empty"}, "provisioningState": "Succeeded",
    }  # fmt: skip
    if shares is not None:
        properties["maxShares"] = shares
    if key_vault:
        source = {"id": key_vault_id(key_vault)}
        setting: Resource = {
            "diskEncryptionKey": {"sourceVault": source, "secretUrl": f"https://{key_vault}.vault.azure.net/secrets/{name}/4be1f0a9c7d2"}
        }
        if with_key:
            setting["keyEncryptionKey"] = {"sourceVault": source, "keyUrl": f"https://{key_vault}.vault.azure.net/keys/ade/77c1d0"}
        properties["encryptionSettingsCollection"] = {
            "enabled": True, "encryptionSettingsVersion": "1.1", "encryptionSettings": [setting],
        }  # fmt: skip
    return {
        "id": vm.disk_id(name), "name": name, "type": "Microsoft.Compute/disks", "location": vm.location, "managedBy": vm.id,
        "sku": {"name": sku}, "properties": properties,
    }  # fmt: skip


def key_vault_id(name: str) -> str:
    return f"{group_id('rg-security')}/providers/Microsoft.KeyVault/vaults/{name}"


def policy(principal: str, secrets: Sequence[str], keys: Sequence[str] = ()) -> Resource:
    return {
        "tenantId": "d4c7a1b0-6e2f-4f37-9b54-0a8c3d1e5f92", "objectId": principal,
        "permissions": {"secrets": list(secrets), "keys": list(keys), "certificates": []},
    }  # fmt: skip


def key_vault(name: str, policies: Sequence[Resource] = (), *, roles: bool = False) -> Resource:
    """A key vault; with `roles` its access policies are there and count for nothing."""
    return {
        "id": key_vault_id(name), "name": name, "type": "Microsoft.KeyVault/vaults", "location": "westeurope",
        "properties": {
            "accessPolicies": list(policies), "enableRbacAuthorization": roles, "enableSoftDelete": True, "enabledForDiskEncryption": True,
            "publicNetworkAccess": "Enabled", "vaultUri": f"https://{name}.vault.azure.net/",
        },
    }  # fmt: skip


def backup_principal() -> Resource:
    """The Backup Management Service in the tenant, as `az ad sp list` prints it."""
    return {
        "appDisplayName": "Backup Management Service", "appId": BACKUP_APP, "displayName": "Backup Management Service",
        "id": BACKUP_PRINCIPAL, "servicePrincipalType": "Application", "servicePrincipalNames": [BACKUP_APP],
    }  # fmt: skip


def assignment(role: str, role_id: str, principal: str, scope: str) -> Resource:
    """A role assignment as `az role assignment list` prints it, with names."""
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/5b1f7c0e-{role_id[:4]}-4d7a-8c52-{principal[:12].replace('-', '0')}",
        "type": "Microsoft.Authorization/roleAssignments", "principalId": principal, "principalName": "", "principalType": "ServicePrincipal",
        "roleDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role_id}",
        "roleDefinitionName": role, "scope": scope,
    }  # fmt: skip


def role(name: str, role_id: str, data_actions: Sequence[str]) -> Resource:
    """A role definition as `az role definition list` prints it."""
    return {
        "id": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role_id}", "name": role_id,
        "type": "Microsoft.Authorization/roleDefinitions", "roleName": name, "roleType": "BuiltInRole",
        "permissions": [{"actions": ["*/read"], "notActions": [], "dataActions": list(data_actions), "notDataActions": []}],
    }  # fmt: skip


# restore points and locks


def collection(vm: Vm, made: Iterable[datetime], *, group: str = BACKUP_GROUP, number: str = "2147483647", listed: bool = True) -> Resource:
    """A collection of a VM's restore points, one per moment; not `listed`: as it is shown without asking for them."""
    name = f"AzureBackup_{vm.name}_{number}"
    own = f"{group_id(group, vm.subscription)}/providers/Microsoft.Compute/restorePointCollections/{name}"
    properties: Resource = {
        "source": {"id": vm.id, "location": vm.location},
        "provisioningState": "Succeeded",
        "restorePointCollectionId": name,
    }
    points = [_point(own, when) for when in made]
    if listed:
        properties["restorePoints"] = points
    return {
        "id": own, "name": name, "type": "Microsoft.Compute/restorePointCollections", "location": vm.location, "properties": properties,
    }  # fmt: skip


def _point(own: str, when: datetime) -> Resource:
    name = f"AzureBackup_{when:%Y%m%d_%H%M%S}"
    return {
        "id": f"{own}/restorePoints/{name}", "name": name, "type": "Microsoft.Compute/restorePointCollections/restorePoints",
        "properties": {"timeCreated": iso(when), "provisioningState": "Succeeded", "consistencyMode": "ApplicationConsistent"},
    }  # fmt: skip


def daily(first: datetime, count: int, every: timedelta = timedelta(days=1)) -> list[datetime]:
    return [first + every * number for number in range(count)]


def lock(scope: str, name: str = "do-not-delete", *, level: str = "CanNotDelete", since: datetime | None = None) -> Resource:
    """A lock. Newer answers of REST date it (systemData); `az lock list` does not."""
    found: Resource = {
        "id": f"{scope}/providers/Microsoft.Authorization/locks/{name}", "name": name, "type": "Microsoft.Authorization/locks",
        "properties": {"level": level, "notes": "Ask the platform team before removing."},
    }  # fmt: skip
    if since is not None:
        found["systemData"] = {
            "createdBy": "ops@contoso.example",
            "createdByType": "User",
            "createdAt": iso(since),
            "lastModifiedAt": iso(since),
        }
    return found


# protection, and what was asked of the platform


def item(
    vm: Vm, protection: str = "Protected", *, vault: str = "rsv-prod-weu", last: datetime | None = None, last_status: str = "Completed",
    deferred_delete: bool = False,
) -> Resource:  # fmt: skip
    container = f"iaasvmcontainerv2;{vm.group};{vm.name}"
    properties: Resource = {
        "protectedItemType": "Microsoft.Compute/virtualMachines", "backupManagementType": "AzureIaasVM", "workloadType": "VM",
        "friendlyName": vm.name, "virtualMachineId": vm.id, "sourceResourceId": vm.id, "containerName": container,
        "protectionState": protection, "protectionStatus": "Healthy", "healthStatus": "Passed", "policyName": "DailyPolicy",
        "lastBackupStatus": last_status, "isScheduledForDeferredDelete": deferred_delete,
    }  # fmt: skip
    if last is not None:
        properties["lastBackupTime"] = iso(last)
    return {
        "id": f"{vault_id(vault)}/backupFabrics/Azure/protectionContainers/IaasVMContainer;{container}/protectedItems/VM;{container}",
        "name": f"VM;{container}", "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems",
        "properties": properties,
    }  # fmt: skip


def activity(when: datetime, operation: str, resource_id: str, status: str = "Succeeded", *, code: str = "", message: str = "") -> Resource:
    """An entry of the activity log; a failed one carries the error as JSON in a string."""
    properties: Resource = {"eventCategory": "Administrative", "entity": resource_id}
    if code:
        properties["statusMessage"] = json.dumps({"error": {"code": code, "message": message}})
    return {
        "category": {"localizedValue": "Administrative", "value": "Administrative"}, "correlationId": "e2b9d7f4-5a11-4c8e-b3d6-70f1a9c2e845",
        "eventTimestamp": iso(when), "level": "Error" if status == "Failed" else "Informational",
        "operationName": {"localizedValue": operation.rsplit("/", 1)[-1], "value": operation},
        "resourceId": resource_id, "status": {"localizedValue": status, "value": status}, "properties": properties,
    }  # fmt: skip


def scope_locked(target: str, scope: str, verb: str = "delete") -> str:
    """What Resource Manager answers where a lock stands in the way."""
    return (
        f"The scope '{target}' cannot perform {verb} operation because following scope(s) are locked: '{scope}'. "
        "Please remove the lock and try again."
    )


# files


def portal(code: str, message: str, advice: str = "", detail: str = "") -> str:
    """An error as people copy it from the portal."""
    lines = [f"Error Code: {code}", f"Error Message: {message}", f"Recommended Action: {advice}" if advice else ""]
    return "\n".join(line for line in [*lines, f"DetailedNonLocalisedMessage: {detail}" if detail else ""] if line) + "\n"


def portal_zh(code: str, message: str, advice: str = "") -> str:
    """The same from a portal in Chinese, with full-width punctuation."""
    return f"错误代码：{code}\n错误消息：{message}\n" + (f"建议的操作：{advice}\n" if advice else "")


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def listed(resources: Sequence[Resource]) -> Resource:
    """A REST list."""
    return {"value": list(resources)}


def several(*values: Any) -> str:
    """Documents one behind the other in one file, as a shell's `>>` leaves them."""
    return "".join(as_json(value) for value in values)


def utf16(text: str) -> bytes:
    """As Windows PowerShell redirects output: UTF-16, little end first, with a mark and CRLF."""
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


def flat(resource: Any) -> Any:
    """As newer `az` prints it: what stands below `properties` stands beside it, at every level."""
    if isinstance(resource, list):
        return [flat(one) for one in resource]
    if not isinstance(resource, Mapping):
        return resource
    nested = resource.get("properties")
    inside = nested if isinstance(nested, Mapping) and "id" in resource and "eventTimestamp" not in resource else {}
    merged = {key: value for key, value in resource.items() if not (inside and key == "properties")}
    merged |= {("typePropertiesType" if key in merged else key): value for key, value in inside.items()}
    return {key: flat(value) for key, value in merged.items()}


_ACRONYMS = {"diskSizeGB": "diskSizeGb", "provisionVMAgent": "provisionVmAgent"}


def old_az(resource: Any) -> Any:
    """As `az` of the SDK era prints it: flat, acronyms in another case, `additionalProperties` everywhere."""
    return _old(flat(resource))


def _old(value: Any) -> Any:
    if isinstance(value, list):
        return [_old(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {"additionalProperties": {}} | {_ACRONYMS.get(key, key): _old(one) for key, one in value.items()}


def pascal(value: Any) -> Any:
    """Keys as PowerShell writes them."""
    if isinstance(value, list):
        return [pascal(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {key[:1].upper() + key[1:]: pascal(one) for key, one in value.items()}
