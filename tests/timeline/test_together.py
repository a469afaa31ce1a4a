"""What several documents of the platform say together."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from analyzer.bundle import Bundle
from analyzer.facts import fact
from analyzer.model import Event
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import read
from analyzer.timeline.build import build
from analyzer.timeline.together import together
from tests.parsers.platform.documents import BACKUP_APP, COLLECTION, DISK, EXAMPLES, KEY_VAULT, PRINCIPAL, SUBSCRIPTION, VAULT, VM

OTHER_VM = VM.replace("app01", "db01")
LIMIT = fact("restore-points-per-vm").value
OTHER = "/subscriptions/99999999-2222-3333-4444-555555555555"


def derived(files: dict[str, Any] | list[Any], *components: str) -> list[Event]:
    """The derived events of a bundle of documents, those with one of the components."""
    content = files if isinstance(files, dict) else {f"{number}.json": value for number, value in enumerate(files)}
    patterns = PatternSet([])
    with Bundle.from_files({path: json.dumps(value).encode() for path, value in content.items()}) as bundle:
        found = together(build([read(bundle, member, patterns) for member in bundle.members], patterns.same))
    return [event for event in found if not components or event.component in components or event.kind in components]


def column(events: Iterable[Event], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(event.fields.get(name) for name in names) for event in events]


def test_a_bundle_without_documents_of_the_platform_has_none() -> None:
    assert derived({"etc/waagent.conf": "x"}) == []


# restore points


def collection(identity: str = COLLECTION, *, points: Any = 0, vm: str | None = VM, first: int = 1, ids: bool = True) -> dict[str, Any]:
    """A collection with a number of restore points, one a day from the 1st; None if it does not list them."""
    listed = None if points is None else [
        {"name": f"rp{day}", "properties": {"timeCreated": f"2026-02-{day:02}T02:05:00Z"}}
        | ({"id": f"{identity}/restorePoints/rp{day}"} if ids else {})
        for day in range(first, first + points)
    ]  # fmt: skip
    name = identity.rsplit("/", 1)[-1]
    return {"id": identity, "name": name, "properties": {"source": {"id": vm} if vm else None, "restorePoints": listed}}


SECOND = COLLECTION.replace("westeurope_1", "northeurope_2").replace("4711", "4712")


def test_points_are_counted_over_collections_and_groups() -> None:
    (event,) = derived([collection(points=LIMIT - 8), collection(SECOND, points=8)], "count")
    assert column([event], "vm", "count", "limit", "over", "collections", "whole") == [("app01", LIMIT, LIMIT, True, 2, True)]
    assert (event.kind, event.state, event.fields["fact"]) == ("azure-restore-points", True, "restore-points-per-vm")


def test_the_limit_is_reached_when_its_last_point_was_made() -> None:
    (event,) = derived([collection(points=LIMIT + 2)], "count")
    assert event.time is not None
    assert event.time.isoformat() == f"2026-02-{LIMIT}T02:05:00+00:00"
    (below,) = derived([collection(points=LIMIT - 1)], "count")
    assert (below.time, below.fields["over"]) == (None, False)


def test_points_without_a_date_leave_the_time_open() -> None:
    value = collection(points=LIMIT)
    value["properties"]["restorePoints"][3]["properties"] = {}
    (event,) = derived([value], "count")
    assert (event.time, event.fields["over"]) == (None, True)


def test_a_collection_that_was_not_asked_for_its_points_leaves_the_count_open() -> None:
    (event,) = derived([collection(points=3), collection(SECOND, points=None)], "count")
    assert column([event], "count", "collections", "whole") == [(3, 2, False)]


@pytest.mark.parametrize("ids", [True, False])
def test_a_point_of_two_files_counts_once(ids: bool) -> None:
    same = collection(points=10, ids=ids)
    louder = json.loads(json.dumps(collection(points=10)).replace(COLLECTION, COLLECTION.upper()))
    (event,) = derived([same, same, [louder], collection(points=None)], "count")
    assert column([event], "count", "collections", "whole") == [(10, 1, True)]


def test_equal_names_in_two_collections_are_two_points() -> None:
    (event,) = derived([collection(points=5, ids=False), collection(SECOND, points=5, ids=False)], "count")
    assert event.fields["count"] == 10


def test_two_vms_of_one_name_do_not_share_a_limit() -> None:
    namesake = VM.replace("rg-app", "rg-other")
    events = derived([collection(points=LIMIT - 1), collection(SECOND, points=LIMIT - 1, vm=namesake)], "count")
    assert column(events, "count", "over") == [(LIMIT - 1, False), (LIMIT - 1, False)]


def test_points_of_other_vms_do_not_count() -> None:
    other = SECOND.replace("app01", "db01")
    events = derived([collection(points=4), collection(other, points=7, vm=OTHER_VM)], "count")
    assert sorted(column(events, "vm", "count")) == [("app01", 4), ("db01", 7)]


def test_points_alone_count_for_the_vm_that_their_collection_is_named_after() -> None:
    points = collection(points=4)["properties"]["restorePoints"]
    (event,) = derived([points], "count")
    assert column([event], "vm", "count", "whole") == [("app01", 4, False)]
    (event,) = derived([collection(points=4), collection(SECOND, points=6)["properties"]["restorePoints"]], "count")
    assert column([event], "count", "collections", "whole") == [(10, 2, False)]


def test_a_collection_of_an_unknown_vm_counts_for_none() -> None:
    assert not derived([collection(COLLECTION.replace("AzureBackup_app01_4711", "mine"), points=LIMIT, vm=None)], "count")


# several backups a day


def job(number: int, start: str, end: str | None = None, **changes: Any) -> dict[str, Any]:
    properties = {
        "jobType": "AzureIaaSVMJob",
        "operation": "Backup",
        "status": "Completed" if end else "InProgress",
        "entityFriendlyName": "app01",
    }
    identity = f"8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c{number:04}"
    times = {"startTime": f"2026-03-{start}:00Z", "endTime": f"2026-03-{end}:00Z" if end else None}
    vault = changes.pop("vault", VAULT)
    return {"name": identity, "id": f"{vault}/backupJobs/{identity}", "properties": properties | times | changes}


TWICE = [job(1, "07T02:00", "07T02:40"), job(2, "07T14:00", "07T14:40"), job(3, "08T02:00", "08T02:40"), job(4, "08T14:00", "08T14:40")]


def test_several_backups_a_day_are_a_habit_from_the_second_day_on() -> None:
    (event,) = derived([TWICE], "days")
    assert (event.kind, event.fields["vm"], event.fields["days"], event.fields["most"]) == ("azure-restore-points", "app01", 2, 2)
    assert not derived([TWICE[:3]], "days")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "Failed"},  # a retry after a failure is none too many: the first left no restore point
        {"status": "Cancelled"},
        {"operation": "Restore"},
        {"operation": "ConfigureBackup"},
        {"entityFriendlyName": "db01"},
    ],
)
def test_jobs_that_leave_no_restore_point_of_this_vm_do_not_count(changes: dict[str, Any]) -> None:
    jobs = json.loads(json.dumps(TWICE))
    jobs[1]["properties"] |= changes
    assert not derived([jobs], "days")


def test_one_job_in_two_files_is_one_backup() -> None:
    assert not derived([TWICE[::2], TWICE[::2]], "days")


def test_restore_points_tell_of_several_a_day_too() -> None:
    value = collection(points=4)
    for point, time in zip(value["properties"]["restorePoints"], ("01T02", "01T14", "02T02", "02T14"), strict=True):
        point["properties"]["timeCreated"] = f"2026-02-{time}:05:00Z"
    assert column(derived([value], "days"), "days", "most") == [(2, 2)]
    assert not derived([collection(points=4), collection(points=4)], "days")  # one point of two files


# locks


def lock(scope: str, provider: str = "/providers/Microsoft.Authorization/locks/keep") -> dict[str, Any]:
    return {"id": scope + provider, "name": "keep", "type": "Microsoft.Authorization/locks", "properties": {"level": "CanNotDelete"}}


GROUP = COLLECTION.split("/providers/")[0]


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [
        (SUBSCRIPTION, "collection"),  # inherited
        (GROUP, "collection"),
        (COLLECTION, "collection"),
        (GROUP.lower(), "collection"),
        (GROUP.upper(), "collection"),
        (GROUP + "2", "elsewhere"),  # only shares a prefix
        (GROUP[:-1], "elsewhere"),
        (COLLECTION + "5", "elsewhere"),
        (OTHER, "elsewhere"),
        (GROUP.replace(SUBSCRIPTION, OTHER), "elsewhere"),
        (GROUP.replace("westeurope", "northeurope"), "elsewhere"),  # where none of the known collections lies
        (VM.split("/providers/")[0], "elsewhere"),
        (VM, "elsewhere"),
        (VAULT, "elsewhere"),
        ("", "elsewhere"),
        ("/providers/Microsoft.Management/managementGroups/root", "elsewhere"),
    ],
)
def test_what_a_lock_reaches_of_known_collections(scope: str, reaches: str) -> None:
    (event,) = derived([lock(scope), collection(points=None), EXAMPLES["vm"]], "collection", "backup-group", "vm-group", "elsewhere")
    assert (event.component, event.fields["reaches"], event.fields["vm"]) == (reaches, reaches, "app01" if reaches == "collection" else "")
    assert (event.kind, event.fields["scope"]) == ("azure-lock", scope)


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [
        (SUBSCRIPTION, "backup-group"),
        (SUBSCRIPTION.upper(), "backup-group"),
        (GROUP, "backup-group"),
        (GROUP.lower(), "backup-group"),
        (VM.split("/providers/")[0].upper(), "vm-group"),
        (VM.split("/providers/")[0] + "2", "elsewhere"),
        (VM, "elsewhere"),
        (OTHER, "elsewhere"),
        (GROUP.replace(SUBSCRIPTION, OTHER), "elsewhere"),
        (VM.split("/providers/")[0].replace(SUBSCRIPTION, OTHER), "elsewhere"),
    ],
)
def test_what_a_lock_reaches_while_no_collection_is_known(scope: str, reaches: str) -> None:
    (event,) = derived([lock(scope), EXAMPLES["vm"]], "collection", "backup-group", "vm-group", "elsewhere")
    assert event.component == reaches


def test_where_no_subscription_is_known_a_lock_on_one_may_be_it() -> None:
    assert [event.component for event in derived([lock(SUBSCRIPTION)])] == ["backup-group"]
    assert [event.component for event in derived([lock(VM.split("/providers/")[0])])] == ["elsewhere"]


def test_a_lock_names_each_vm_whose_points_it_holds() -> None:
    other = collection(COLLECTION.replace("app01", "db01"), vm=OTHER_VM, points=None)
    events = derived([lock(GROUP), collection(points=None), collection(points=None), other], "collection")
    assert sorted(str(event.fields["vm"]) for event in events) == ["app01", "db01"]


# jobs at the same time

FAILED = job(9, "10T02:00", "10T02:20", status="Failed")


def overlaps(*others: dict[str, Any]) -> list[tuple[Any, ...]]:
    return column(derived([[FAILED, *others]], "job-overlap"), "job", "other", "status", "other_vault")


def test_a_backup_that_runs_is_an_overlap() -> None:
    running = job(1, "10T01:00")
    assert overlaps(running) == [(FAILED["name"], running["name"], "InProgress", False)]


@pytest.mark.parametrize(
    "other",
    [
        job(1, "10T02:00", "10T03:00"),  # equal start
        job(1, "10T01:59", "10T02:01"),
        job(1, "10T01:00", "10T02:30", status="Cancelled"),  # it ran until then
        job(1, "10T01:00", "10T02:30", status="Failed"),
        job(1, "10T01:00", status="Cancelling"),
        job(1, "10T01:00", entityFriendlyName="APP01"),
    ],
)
def test_other_overlaps(other: dict[str, Any]) -> None:
    assert len([row for row in overlaps(other) if row[0] == FAILED["name"]]) == 1


@pytest.mark.parametrize(
    "other",
    [
        job(1, "10T01:00", "10T02:00"),  # ended as this one began
        job(1, "10T01:00", "10T01:30"),
        job(1, "10T02:01", "10T02:30"),
        job(1, "10T01:00", "10T03:00", entityFriendlyName="db01"),
        job(1, "10T01:00", "10T03:00", entityFriendlyName=None),
        job(1, "10T01:00", "10T03:00", operation="ConfigureBackup"),
        job(1, "10T01:00", "10T03:00", operation="Restore"),
        job(1, "10T01:00", status="Cancelled"),
        job(1, "10T01:00", status="Completed"),
        FAILED,
    ],
)
def test_no_overlap(other: dict[str, Any]) -> None:
    assert overlaps(other) == []


def test_another_vault_is_told() -> None:
    other = job(1, "10T01:00", vault=VAULT.replace("vault1", "old"))
    (event,) = derived([[FAILED, other]], "job-overlap")
    assert (event.fields["vault"], event.fields["other_vault"], event.pointer) == ("old", True, "/1/properties/status")


def test_a_job_that_an_older_list_still_shows_as_running_counts_by_its_end() -> None:
    over, running = job(1, "10T01:00", "10T01:30"), job(1, "10T01:00")
    assert not derived([[FAILED], [over], [running]], "job-overlap")
    assert not derived([[FAILED], [running], [over]], "job-overlap")


# key vaults


def vault(*policies: dict[str, Any], rbac: bool | None = None, name: str = "kv1") -> dict[str, Any]:
    identity = KEY_VAULT.replace("kv1", name)
    return {"id": identity, "name": name, "properties": {"accessPolicies": list(policies), "enableRbacAuthorization": rbac}}


def policy(secrets: str = "get list backup", keys: str = "get list backup", principal: str = PRINCIPAL) -> dict[str, Any]:
    return {"objectId": principal, "permissions": {"secrets": secrets.split(), "keys": keys.split()}}


def disk(secret: str = "kv1", key: str | None = None, vm: str = VM) -> dict[str, Any]:
    settings = {"diskEncryptionKey": {"secretUrl": f"https://{secret}.vault.azure.net/secrets/s"}}
    if key:
        settings["keyEncryptionKey"] = {"keyUrl": f"https://{key}.vault.azure.net/keys/k"}
    collection = {"enabled": True, "encryptionSettings": [settings]}
    return {"id": DISK, "managedBy": vm, "properties": {"diskSizeGB": 8, "diskState": "x", "encryptionSettingsCollection": collection}}


SERVICE = EXAMPLES["principal"]


def access(*files: Any) -> list[tuple[Any, ...]]:
    return column(derived(list(files), "access"), "enough", "lacking")


@pytest.mark.parametrize(
    ("given", "enough", "lacking"),
    [
        (policy(), "yes", ""),
        (policy("all", "all"), "yes", ""),
        (policy("ALL", "Get LIST Backup", PRINCIPAL.upper()), "yes", ""),
        (policy("get list"), "no", "secrets: backup"),
        (policy("get list backup", "get"), "no", "keys: list, backup"),
        (policy("", ""), "no", "secrets: get, list, backup; keys: get, list, backup"),
        (policy(principal="bbbbbbbb-0000-0000-0000-000000000002"), "no", "an access policy of its own"),
    ],
)
def test_policies_of_a_known_principal(given: dict[str, Any], enough: str, lacking: str) -> None:
    assert access(vault(given), SERVICE) == [(enough, lacking)]


@pytest.mark.parametrize(
    ("given", "enough", "lacking"),
    [
        ([policy()], "unknown", ""),  # whose it is, nobody can tell
        ([policy("get list"), policy("get")], "no", "secrets: backup"),  # none of them is enough, whoever it is
        ([policy("get"), policy()], "unknown", ""),
        ([], "no", "any access policy"),
    ],
)
def test_policies_while_the_principal_is_unknown(given: list[dict[str, Any]], enough: str, lacking: str) -> None:
    assert access(vault(*given)) == [(enough, lacking)]


def test_keys_count_only_where_a_key_encrypts_the_secret() -> None:
    bare = vault(policy("get list backup", ""))
    assert access(bare, SERVICE, disk()) == [("yes", "")]
    assert access(bare, SERVICE, disk(key="kv1")) == [("no", "keys: get, list, backup")]
    assert access(bare, SERVICE, disk(key="kv2")) == [("yes", "")]  # the key lies in another vault
    assert access(bare, SERVICE) == [("no", "keys: get, list, backup")]  # no disk tells, and the vault is asked for


@pytest.mark.parametrize(("disks", "used", "vm"), [([], "unknown", ""), ([disk()], "yes", "app01"), ([disk("kv2")], "no", ""), ([disk("kv2", "KV1")], "yes", "app01")])  # fmt: skip
def test_whether_a_disk_names_the_vault(disks: list[Any], used: str, vm: str) -> None:
    (event,) = derived([vault(policy()), *disks], "access")
    assert (event.fields["used"], event.fields["vm"], event.fields["fact"]) == (used, vm, "key-vault-secrets")


def test_a_vault_of_two_vms_is_said_of_each() -> None:
    other = {**disk(vm=OTHER_VM), "id": DISK + "2"}
    assert len({str(event.fields["vm"]) for event in derived([vault(policy()), disk(), other], "access")}) == 2


def test_policies_of_another_vault_do_not_count() -> None:
    events = derived([vault(policy("get")), vault(policy(), name="kv2"), SERVICE], "access")
    assert sorted(column(events, "name", "enough")) == [("kv1", "no"), ("kv2", "yes")]


def test_a_vault_whose_policies_were_not_listed_is_unknown() -> None:
    bare = {"id": KEY_VAULT, "name": "kv1", "properties": {"vaultUri": "https://kv1.vault.azure.net"}}
    assert access(bare, SERVICE) == [("unknown", "")]


# key vaults with roles

ADMINISTRATOR = "Key Vault Administrator"
SUBSCRIPTION_READER = {
    "principalId": "bbbbbbbb-0000-0000-0000-000000000002",
    "roleDefinitionName": "Reader",
    "scope": f"{SUBSCRIPTION}/resourceGroups/x",
}
ROLES = vault(policy(), rbac=True)  # whose policies are ignored


def role(name: str = "", scope: str = KEY_VAULT, identity: str = "", principal: str = PRINCIPAL) -> dict[str, Any]:
    return {"principalId": principal, "roleDefinitionName": name, "roleDefinitionId": f"/x/roleDefinitions/{identity}", "scope": scope}


def definition(*actions: str, withheld: Iterable[str] = (), name: str = "Custom", identity: str = "c3") -> dict[str, Any]:
    permissions = [{"actions": [], "dataActions": list(actions), "notDataActions": list(withheld)}]
    return {"name": identity, "roleName": name, "type": "Microsoft.Authorization/roleDefinitions", "permissions": permissions}


NEEDED = fact("key-vault-data-actions").value


@pytest.mark.parametrize(
    "scope",
    [
        KEY_VAULT,
        KEY_VAULT.upper(),
        KEY_VAULT.split("/providers/")[0],
        SUBSCRIPTION,
        "/",
        "/providers/Microsoft.Management/managementGroups/root",
    ],
)
def test_built_in_role_at_the_vault_or_above(scope: str) -> None:
    assert access(ROLES, SERVICE, [role(ADMINISTRATOR, scope), SUBSCRIPTION_READER]) == [("yes", "")]


@pytest.mark.parametrize("scope", [KEY_VAULT + "2", KEY_VAULT + "/secrets/s", KEY_VAULT.replace("rg-app", "rg-app2"), OTHER, ""])
def test_a_role_elsewhere_does_not_count(scope: str) -> None:
    assert access(ROLES, SERVICE, [role(ADMINISTRATOR, scope), SUBSCRIPTION_READER]) == [("no", "any role on this vault")]


@pytest.mark.parametrize(
    "actions",
    [
        NEEDED,
        [action.upper() for action in NEEDED],
        ["*"],
        ["Microsoft.KeyVault/vaults/*"],
        ["Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/secrets/*"],
        ["Microsoft.KeyVault/*/action", "Microsoft.KeyVault/vaults/keys/read"],
    ],
)
def test_custom_role_by_its_data_actions(actions: list[str]) -> None:
    assert access(ROLES, SERVICE, [role("Custom")], [definition(*actions)]) == [("yes", "")]
    assert access(ROLES, SERVICE, [role(identity="C3")], [definition(*actions)]) == [("yes", "")]


def test_data_actions_of_several_roles_add_up() -> None:
    two = [definition(*NEEDED[:2], name="One", identity="c1"), definition(*NEEDED[2:], name="Two", identity="c2")]
    assert access(ROLES, SERVICE, [role("One"), role("Two")], two) == [("yes", "")]


@pytest.mark.parametrize(
    ("actions", "withheld", "lacking"),
    [
        (NEEDED[1:], (), NEEDED[:1]),
        (["Microsoft.KeyVault/vaults/keys/*"], (), [action for action in NEEDED if "/keys/" not in action]),
        (["Microsoft.KeyVault/vaults/*/backup"], (), NEEDED),
        (["*"], ["Microsoft.KeyVault/vaults/*/backup/action"], [action for action in NEEDED if "/backup/" in action]),
        ([], (), NEEDED),
    ],
)
def test_what_a_custom_role_lacks(actions: list[str], withheld: Iterable[str], lacking: list[str]) -> None:
    files = (ROLES, SERVICE, [role("Custom")], [definition(*actions, withheld=withheld)])
    assert access(*files) == [("no", f"data actions: {', '.join(lacking)}")]


@pytest.mark.parametrize(
    "files",
    [
        [ROLES],
        [ROLES, SERVICE],  # no list of roles
        [ROLES, [role(ADMINISTRATOR, principal="bbbbbbbb-0000-0000-0000-000000000002")]],  # who Backup is, nothing tells
        [ROLES, SERVICE, [role("Key Vault Something")]],  # what that role holds, nothing tells
        [{**ROLES, "id": None}, SERVICE, [role(ADMINISTRATOR)]],
    ],
)
def test_what_nobody_can_tell_of_roles(files: list[Any]) -> None:
    assert access(*files) == [("unknown", "")]


@pytest.mark.parametrize("known_first", [True, False])
def test_an_unknown_role_does_not_hide_a_known_one(known_first: bool) -> None:
    roles = [role(ADMINISTRATOR), role("Key Vault Something")]
    assert access(ROLES, SERVICE, roles if known_first else roles[::-1]) == [("yes", "")]


def test_a_list_of_the_subscription_alone_may_leave_the_vault_out() -> None:
    other = [{**SUBSCRIPTION_READER, "scope": SUBSCRIPTION}]
    assert access(ROLES, SERVICE, other) == [("unknown", "")]


def test_an_assignment_may_name_the_application_itself() -> None:
    """`az role assignment list` names a service principal by its application's id."""
    assert access(ROLES, [{**role(ADMINISTRATOR), "principalName": BACKUP_APP}]) == [("yes", "")]


# extensions


def test_extensions_are_counted_once_each() -> None:
    failed, good = EXAMPLES["extension"], {"id": f"{VM}/extensions/B", "name": "B", "type": "x", "provisioningState": "Succeeded"}
    (event,) = derived([[failed, good, good]], "all")
    assert column([event], "vm", "count", "count_failed") == [("app01", 2, 1)]
    assert (event.level, event.code, event.stamp) == ("INFO", "", None)


def test_handlers_that_are_ready_are_no_extensions_that_succeeded() -> None:
    view = {"vmAgent": {"extensionHandlers": [{"type": "A.B", "status": {"displayStatus": "Ready"}}]}}
    assert not derived([view], "all")
