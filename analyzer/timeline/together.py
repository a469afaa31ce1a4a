"""What several documents of the platform say together: how many restore points a VM has, what a lock reaches, which job was already
running.

Each becomes an event of its own, so that signatures can ask for it. An event stands at the object that says most of it; it holds since the
time at which it became true, where the documents tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from analyzer.facts import fact
from analyzer.model import Basis, Event, Value
from analyzer.timeline.timeline import Timeline

_BACKUP_GROUP = "azurebackuprg_"
_BUSY_DAYS = 2  # days with more backups than recommended from which it is a habit


def together(timeline: Timeline) -> list[Event]:
    """The derived events; none for a bundle without documents of the platform."""
    by_kind: dict[str, list[Event]] = defaultdict(list)
    for event in timeline.events:
        by_kind[event.kind].append(event)
    return [
        *_restore_points(by_kind["azure-restore-points"]),
        *_several_a_day(by_kind),
        *_locks(by_kind),
        *_overlaps(by_kind["job"]),
        *_key_vaults(by_kind),
        *_extensions(by_kind["azure-extension"]),
    ]


def _text(event: Event, name: str) -> str:
    return str(event.fields.get(name) or "").lower()


def _parts(events: Iterable[Event], component: str) -> list[Event]:
    return [event for event in events if event.component == component]


def _by_vm(events: Iterable[Event]) -> Mapping[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.fields.get("vm"):
            found[_text(event, "vm")].append(event)
    return found


# extensions


def _extensions(events: Sequence[Event]) -> Iterator[Event]:
    """Per document how many of a VM's extensions it shows, and how many of them as failed (component `all`)."""
    by_source: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if "failed" in event.fields:
            by_source[event.artifact, _text(event, "vm")].append(event)
    for found in by_source.values():
        vm, failed = found[0].fields["vm"], sum(bool(event.fields["failed"]) for event in found)
        fields: dict[str, Value] = {"vm": vm, "count": len(found), "count_failed": failed}
        yield _made(found[0], f"{len(found)} extensions of {vm or 'the VM'}, {failed} of them failed", fields, "all", None)


# restore points


def _restore_points(events: Sequence[Event]) -> Iterator[Event]:
    """Per VM the number of its restore points over all collections and groups (component `count`)."""
    limit = fact("restore-points-per-vm")
    for collections in _by_vm(_parts(events, "collection")).values():
        vm = collections[0].fields["vm"]
        points = {_text(point, "resource"): point for point in _parts(events, "point") if _text(point, "vm") == str(vm).lower()}
        dated = sorted(point.time for point in points.values() if point.time is not None)
        whole = all(collection.fields.get("listed") is not None for collection in collections)
        over = len(points) >= limit.value
        since = dated[limit.value - 1] if over and len(dated) == len(points) else None
        fields: dict[str, Value] = {
            "vm": vm, "count": len(points), "limit": limit.value, "over": over, "collections": len(collections),
            "whole": whole, "fact": limit.id,
        }  # fmt: skip
        text = f"{len(points)} restore points of {vm} in {len(collections)} collections" + (
            "" if whole else ", of which not all list theirs"
        )
        yield _made(collections[0], text, fields, "count", since)


def _several_a_day(by_kind: Mapping[str, list[Event]]) -> Iterator[Event]:
    """Per VM on how many days there was more than one backup, by its jobs and its restore points (component `days`)."""
    recommended = fact("backups-a-day")
    jobs = [job for job in by_kind["job"] if _text(job, "operation") == "backup" and _text(job, "status") != "cancelled"]
    points = _by_vm(_parts(by_kind["azure-restore-points"], "point"))
    by_vm = _by_vm(_unique(jobs))
    for vm in sorted({*by_vm, *points}):
        begun = [moment for job in by_vm.get(vm, ()) if (moment := _moment(job, "started")) is not None]
        made = [point.time for point in points.get(vm, ()) if point.time is not None]
        a_day = max(
            (Counter(moment.date() for moment in moments) for moments in (begun, made)), key=lambda days: max(days.values(), default=0)
        )
        busy = sorted(day for day, count in a_day.items() if count > recommended.value)
        if len(busy) >= _BUSY_DAYS:
            first = (by_vm.get(vm) or points[vm])[0]
            fields: dict[str, Value] = {"vm": first.fields["vm"], "days": len(busy), "most": max(a_day.values()), "fact": recommended.id}
            text = f"more than {recommended.value} backup a day of {first.fields['vm']} on {len(busy)} days, up to {fields['most']}"
            yield replace(_made(first, text, fields, "days", None), kind="azure-restore-points")


# locks


def _locks(by_kind: Mapping[str, list[Event]]) -> Iterator[Event]:
    """What each lock reaches of what Backup must delete: per lock and VM one event, component by what lies below its scope.

    `collection`: a restore point collection of the VM; `backup-group`: a group that Backup made, or the whole subscription; `vm-group`: the
    VM's group, while no collection is known; `elsewhere`: none of them, or the VM's group while all its collections lie outside of it.
    """
    collections = _parts(by_kind["azure-restore-points"], "collection")
    groups = {
        (_text(event, "subscription"), _text(event, "vm_group") or _text(event, "group"))
        for event in (*by_kind["azure-vm"], *by_kind["job"], *by_kind["azure-protected-item"])
    }
    for lock in by_kind["azure-lock"]:
        if lock.component:
            continue
        scope = _text(lock, "scope")
        below = [one for one in collections if scope and (_text(one, "resource") + "/").startswith(scope + "/")]
        for vm in {_text(one, "vm"): one.fields["vm"] for one in below}.values():
            yield _reach(lock, "collection", vm)
        if below:
            continue
        group, subscription = _text(lock, "group"), _text(lock, "subscription")
        if (group.startswith(_BACKUP_GROUP) and lock.fields["of"] == "group") or (
            lock.fields["of"] == "subscription" and not collections and _may_be(subscription, {one for one, _ in groups})
        ):
            yield _reach(lock, "backup-group", "")
        elif lock.fields["of"] == "group" and not collections and group in {name for _, name in groups}:
            yield _reach(lock, "vm-group", "")
        else:
            yield _reach(lock, "elsewhere", "")


def _may_be(subscription: str, known: set[str]) -> bool:
    """Whether a subscription is one of the bundle's; where the bundle names none, nothing speaks against it."""
    return subscription in known or not known - {""}


def _reach(lock: Event, what: str, vm: Value) -> Event:
    fields = {**lock.fields, "vm": vm, "reaches": what}
    return replace(lock, component=what, fields=fields)


# jobs


def _unique(jobs: Iterable[Event]) -> list[Event]:
    return list({str(job.fields["job"]): job for job in jobs}.values())


def _moment(event: Event, name: str) -> datetime | None:
    value = event.fields.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _overlaps(jobs: Sequence[Event]) -> Iterator[Event]:
    """For each failed backup the other backups of its VM that were running when it began: kind `job-overlap`, `job` is the failed one."""
    known = _unique(jobs)
    backups = [job for job in known if _text(job, "operation") == "backup"]
    for failed in known:
        began = _moment(failed, "started") or _moment(failed, "ended")
        if _text(failed, "status") != "failed" or began is None:
            continue
        for other in backups:
            if other is not failed and _same_vm(failed, other) and _running(other, began):
                fields: dict[str, Value] = {
                    "job": failed.fields["job"], "vm": failed.fields.get("vm"), "other": other.fields["job"],
                    "status": other.fields.get("status"),
                    "vault": other.fields.get("vault"), "other_vault": _text(failed, "vault") != _text(other, "vault"),
                }  # fmt: skip
                text = f"backup {other.fields['job']} was running since {other.fields.get('started')}: {other.fields.get('status')}"
                yield replace(other, kind="job-overlap", text=text, fields=fields)


def _same_vm(one: Event, other: Event) -> bool:
    return bool(_text(one, "vm")) and _text(one, "vm") == _text(other, "vm")


def _running(job: Event, moment: datetime) -> bool:
    started, ended = _moment(job, "started"), _moment(job, "ended")
    if started is None or started > moment:
        return False
    return ended > moment if ended is not None else _text(job, "status") in ("inprogress", "cancelling")


# key vaults


def _key_vaults(by_kind: Mapping[str, list[Event]]) -> Iterator[Event]:
    """Per vault whether Backup has the access that it needs (component `access`: `enough` yes, no or unknown; `lacking` in words;
    `used`: whether a disk of a VM names the vault (yes, no; unknown if no disk here names any)."""
    principals = {_text(one, "principal") for one in by_kind["azure-principal"] if _text(one, "app") == fact("backup-service-app").value}
    principals |= {
        _text(one, "principal") for one in by_kind["azure-role"] if _text(one, "principal_name") == fact("backup-service-app").value
    }
    disks = [disk for disk in by_kind["azure-disk"] if disk.fields.get("ade")]
    named = {_text(disk, name) for disk in disks for name in ("key_vault", "kek_vault")} - {""}
    for vault in _parts(by_kind["azure-key-vault"], "vault"):
        name = _text(vault, "name")
        with_key = any(_text(disk, "kek_vault") for disk in disks) or not disks
        if vault.fields.get("rbac"):
            enough, lacking, at = _by_roles(vault, by_kind["azure-role"], principals)
        else:
            policies = [one for one in _parts(by_kind["azure-key-vault"], "policy") if _text(one, "resource") == _text(vault, "resource")]
            enough, lacking, at = _by_policies(vault, policies, principals, with_key)
        vms = sorted(
            {
                str(disk.fields["vm"])
                for disk in disks
                if disk.fields.get("vm") and name in (_text(disk, "key_vault"), _text(disk, "kek_vault"))
            }
        )
        fields: dict[str, Value] = {
            "name": vault.fields["name"], "enough": enough, "lacking": lacking,
            "used": ("yes" if name in named else "no") if named else "unknown",
            "mode": "roles" if vault.fields.get("rbac") else "policies", "resource": vault.fields["resource"],
            "vm": vms[0] if len(vms) == 1 else "",
            "fact": fact("key-vault-data-actions" if vault.fields.get("rbac") else "key-vault-secrets").id,
        }  # fmt: skip
        yield _made(
            at,
            f"key vault {vault.fields['name']}: Backup lacks {lacking}" if lacking else f"key vault {vault.fields['name']}: {enough}",
            fields,
            "access",
            None,
        )


def _by_policies(vault: Event, policies: Sequence[Event], principals: set[str], with_key: bool) -> tuple[str, str, Event]:
    """Enough, what is lacking, and the event that shows it."""
    mine = [policy for policy in policies if _text(policy, "principal") in principals]
    if mine:
        lacking = _lacking(mine[0], with_key)
        return ("no" if lacking else "yes"), lacking, mine[0]
    best = min(policies, key=lambda policy: len(_lacking(policy, with_key)), default=None)
    lacking = _lacking(best, with_key) if best is not None else "any access policy"
    if principals:
        return "no", "an access policy of its own", vault
    return ("no", lacking, best or vault) if lacking else ("unknown", "", vault)


def _lacking(policy: Event, with_key: bool) -> str:
    """`secrets: backup; keys: get` of what is needed; keys count only where a key encrypts the secret."""
    found = []
    for name, needed in (("secrets", fact("key-vault-secrets")), ("keys", fact("key-vault-keys"))):
        has = set(_text(policy, name).split(","))
        gone = [one for one in needed.value if one not in has and "all" not in has]
        if gone and (name == "secrets" or with_key):
            found.append(f"{name}: {', '.join(gone)}")
    return "; ".join(found)


def _by_roles(vault: Event, roles: Sequence[Event], principals: set[str]) -> tuple[str, str, Event]:
    definitions = {_text(one, "role_id"): one for one in _parts(roles, "definition")} | {
        _text(one, "role"): one for one in _parts(roles, "definition")
    }
    assigned = _parts(roles, "assignment")
    mine = [
        one for one in assigned
        if _text(one, "principal") in principals and (_text(vault, "resource") + "/").startswith(_text(one, "scope").rstrip("/") + "/")
    ]  # fmt: skip
    for one in mine:
        if _text(one, "role") in fact("key-vault-roles").value:
            return "yes", "", one
        definition = definitions.get(_text(one, "role_id")) or definitions.get(_text(one, "role"))
        if definition is None:
            return "unknown", "", one
        if all(_granted(action, _text(definition, "data_actions").split(",")) for action in fact("key-vault-data-actions").value):
            return "yes", "", one
    if not assigned or not principals:
        return "unknown", "", vault
    return "no", "a role with the five data actions" if mine else "any role on this vault", mine[0] if mine else vault


def _granted(action: str, granted: Sequence[str]) -> bool:
    return any(one == action or (one.endswith("*") and action.startswith(one[:-1])) for one in granted)


def _made(at: Event, text: str, fields: dict[str, Value], component: str, since: datetime | None) -> Event:
    """A derived state that stands where `at` does and holds since a moment, if one is known."""
    return replace(
        at, text=text, fields=fields, component=component, stamp=None, time=since, basis=Basis.DECLARED if since else Basis.NONE,
        level="INFO", code="",
    )  # fmt: skip
