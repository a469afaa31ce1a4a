"""What several documents of the platform say together: how many restore points a VM has, what a lock reaches, which job was already
running.

Each becomes an event of its own, so that signatures can ask for it. An event stands at the object that says most of it; it holds since the
time at which it became true, where the documents tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from analyzer.facts import fact
from analyzer.model import Basis, Event, Value
from analyzer.parsers import stamps
from analyzer.timeline.timeline import Timeline

_BACKUP_GROUP = "azurebackuprg_"
_MANAGEMENT = "/microsoft.management/managementgroups/"
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


# extensions


def _extensions(events: Sequence[Event]) -> Iterator[Event]:
    """Per document how many of a VM's extensions it shows, and how many of them as failed (component `all`)."""
    by_source: dict[tuple[str, str], dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        if "failed" in event.fields:
            by_source[event.artifact, _text(event, "vm")][_text(event, "name")].append(event)
    for found in by_source.values():
        first = next(iter(found.values()))[0]
        failed = sum(any(event.fields["failed"] for event in one) for one in found.values())
        fields: dict[str, Value] = {"vm": first.fields["vm"], "count": len(found), "count_failed": failed}
        yield _made(first, f"{len(found)} extensions of {first.fields['vm'] or 'the VM'}, {failed} of them failed", fields, "all", None)


# restore points


@dataclass
class _Kept:
    """What Backup keeps of one VM: its collections and restore points, each once however many files show it."""

    vm: Value
    collections: dict[str, Event] = field(default_factory=dict)
    points: dict[str, Event] = field(default_factory=dict)


def _kept(events: Sequence[Event]) -> list[_Kept]:
    """By VM: by the id of the VM where the collections name it, since two VMs may bear one name; else by its name."""
    found: dict[str, _Kept] = {}
    owners: dict[str, str] = {}
    for one in _parts(events, "collection"):
        owner, resource = _text(one, "source") or _text(one, "vm"), _text(one, "resource") or _place(one)
        if one.fields.get("vm"):
            owners[resource] = owner
            known = found.setdefault(owner, _Kept(one.fields["vm"])).collections
            if known.get(resource) is None or known[resource].fields["listed"] is None:
                known[resource] = one
    for point in _parts(events, "point"):
        named = {owner for owner, kept in found.items() if str(kept.vm).lower() == _text(point, "vm")}
        owner = owners.get(_text(point, "collection")) or (named.pop() if len(named) == 1 else _text(point, "vm"))
        if owner:
            points = found.setdefault(owner, _Kept(point.fields["vm"])).points
            points.setdefault(_text(point, "resource") or _place(point), point)
    return list(found.values())


def _place(event: Event) -> str:
    return f"{event.artifact}#{event.pointer}"


def _restore_points(events: Sequence[Event]) -> Iterator[Event]:
    """Per VM the number of its restore points over all collections and groups (component `count`).

    `whole`: every collection that is known lists its points. It is `over` since the point that reached the limit was made.
    """
    limit = fact("restore-points-per-vm")
    for kept in _kept(events):
        points, vm = kept.points.values(), kept.vm
        collections = {*kept.collections, *(_text(point, "collection") for point in points)} - {""}
        whole = collections <= set(kept.collections) and all(one.fields.get("listed") is not None for one in kept.collections.values())
        dated = sorted(point.time for point in points if point.time is not None)
        over = len(points) >= limit.value
        since = dated[limit.value - 1] if over and len(dated) == len(points) else None
        fields: dict[str, Value] = {
            "vm": vm, "count": len(points), "limit": limit.value, "over": over, "collections": len(collections),
            "whole": whole, "fact": limit.id,
        }  # fmt: skip
        text = f"{len(points)} restore points of {vm} in {len(collections)} collections" + (
            "" if whole else ", of which not all list theirs"
        )
        yield _made(next(iter((*kept.collections.values(), *points))), text, fields, "count", since)


def _several_a_day(by_kind: Mapping[str, list[Event]]) -> Iterator[Event]:
    """Per VM on how many days there was more than one backup, by its jobs or by its restore points (component `days`). Jobs that
    failed or were cancelled leave no restore point."""
    recommended = fact("backups-a-day")
    series: dict[str, list[tuple[Event, Counter[date]]]] = defaultdict(list)
    done = [job for job in _unique(by_kind["job"]) if _text(job, "operation") == "backup" and _text(job, "status").startswith("completed")]
    jobs: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for job in done:
        jobs[_text(job, "vm"), _text(job, "vm_group")].append(job)
    for (vm, _), found in jobs.items():
        begun = [moment for job in found if (moment := _moment(job, "started")) is not None]
        series[vm].append((found[0], Counter(moment.date() for moment in begun)))
    for kept in _kept(by_kind["azure-restore-points"]):
        points = [point for point in kept.points.values() if point.time is not None]
        if points:
            series[str(kept.vm).lower()].append((points[0], Counter(point.time.date() for point in points if point.time)))
    for vm in sorted(set(series) - {""}):
        first, a_day = max(series[vm], key=lambda one: max(one[1].values(), default=0))
        busy = [day for day, count in a_day.items() if count > recommended.value]
        if len(busy) >= _BUSY_DAYS:
            fields: dict[str, Value] = {"vm": first.fields["vm"], "days": len(busy), "most": max(a_day.values()), "fact": recommended.id}
            text = f"more than {recommended.value} backup a day of {first.fields['vm']} on {len(busy)} days, up to {fields['most']}"
            yield replace(_made(first, text, fields, "days", None), kind="azure-restore-points")


# locks


def _locks(by_kind: Mapping[str, list[Event]]) -> Iterator[Event]:
    """What each lock reaches of what Backup must delete: per lock and VM one event, component by what lies below its scope.

    `collection`: a restore point collection of the VM. While no collection is known: `backup-group`: a group that Backup made, or the
    whole subscription; `vm-group`: the VM's group. `elsewhere`: none of them.
    """
    collections = _parts(by_kind["azure-restore-points"], "collection")
    places = {
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
        if not below:
            yield _reach(lock, "elsewhere" if collections else _reached(lock, places), "")


def _reached(lock: Event, places: set[tuple[str, str]]) -> str:
    """What a lock reaches where no collection is known. A place is a subscription ('' if it is not known) and a group of a VM."""
    group, subscription, of = _text(lock, "group"), _text(lock, "subscription"), lock.fields["of"]
    known = {one for one, _ in places} - {""}
    if known and subscription not in known:
        return "elsewhere"
    if of == "subscription" or (of == "group" and group.startswith(_BACKUP_GROUP)):
        return "backup-group"
    return "vm-group" if of == "group" and (group in {name for one, name in places if one in ("", subscription)}) else "elsewhere"


def _reach(lock: Event, what: str, vm: Value) -> Event:
    fields = {**lock.fields, "vm": vm, "reaches": what}
    return replace(lock, component=what, fields=fields)


# jobs


def _unique(jobs: Iterable[Event]) -> list[Event]:
    """One event per job: of several the one that says how it ended."""
    return list({str(job.fields["job"]): job for job in sorted(jobs, key=lambda job: bool(job.fields.get("ended")))}.values())


def _moment(event: Event, name: str) -> datetime | None:
    value = event.fields.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _overlaps(jobs: Sequence[Event]) -> Iterator[Event]:
    """For each failed job the other backups of its VM that were running when it began: kind `job-overlap`, `job` is the failed one."""
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
    """Whether two jobs are of VMs of one name and, where both say it, of one group."""
    groups = {_text(one, "vm_group"), _text(other, "vm_group")} - {""}
    return bool(_text(one, "vm")) and _text(one, "vm") == _text(other, "vm") and len(groups) < 2


def _running(job: Event, moment: datetime) -> bool:
    started, ended = _moment(job, "started"), _moment(job, "ended")
    if started is None or started > moment:
        return False
    return ended > moment if ended is not None else _text(job, "status") in ("inprogress", "cancelling")


# key vaults


def _key_vaults(by_kind: Mapping[str, list[Event]]) -> Iterator[Event]:
    """Per vault whether Backup has the access that it needs (component `access`: `enough` yes, no or unknown; `lacking` in words;
    `used`: whether a disk of a VM names the vault (yes, no; unknown if no disk here names any)."""
    app = fact("backup-service-app").value
    roles = by_kind["azure-role"]
    principals = {_text(one, "principal") for one in by_kind["azure-principal"] if _text(one, "app") == app}
    principals |= {_text(one, "principal") for one in roles if _text(one, "principal_name") == app}
    disks = [disk for disk in by_kind["azure-disk"] if disk.fields.get("ade")]
    secrets, keys = ({_text(disk, name) for disk in disks} - {""} for name in ("key_vault", "kek_vault"))
    for vault in _parts(by_kind["azure-key-vault"], "vault"):
        name, rbac = _text(vault, "name"), bool(vault.fields.get("rbac"))
        if rbac:
            enough, lacking, at = _by_roles(vault, roles, principals - {""})
        else:
            own = [
                one for one in _parts(by_kind["azure-key-vault"], "policy") if one.artifact == vault.artifact and _same_vault(one, vault)
            ]
            with_key = name in keys or not secrets | keys
            enough, lacking, at = _by_policies(vault, own, principals - {""}, with_key)
        vms = {_text(disk, "vm"): disk.fields["vm"] for disk in disks if name in (_text(disk, "key_vault"), _text(disk, "kek_vault"))}
        vms.pop("", None)
        of_vms = list(vms.values()) or [""]  # a vault that only other VMs use says nothing of this one
        fields: dict[str, Value] = {
            "name": vault.fields["name"], "enough": enough, "lacking": lacking,
            "used": ("yes" if name in secrets | keys else "no") if secrets | keys else "unknown",
            "mode": "roles" if rbac else "policies", "resource": vault.fields["resource"],
            "fact": fact("key-vault-data-actions" if rbac else "key-vault-secrets").id,
        }  # fmt: skip
        said = f"Backup lacks {lacking}" if lacking else f"access of Backup is {'enough' if enough == 'yes' else enough}"
        for vm in of_vms:
            made = _made(at, f"key vault {vault.fields['name']}: {said}", {**fields, "vm": vm}, "access", None)
            yield replace(made, kind=vault.kind)


def _same_vault(policy: Event, vault: Event) -> bool:
    return _text(policy, "resource") == _text(vault, "resource") and _text(policy, "name") == _text(vault, "name")


def _by_policies(vault: Event, policies: Sequence[Event], principals: set[str], with_key: bool) -> tuple[str, str, Event]:
    """Enough, what is lacking, and the event that shows it."""
    if vault.fields.get("policies") is None:
        return "unknown", "", vault
    mine = [policy for policy in policies if _text(policy, "principal") in principals]
    if mine:
        found = min(mine, key=lambda policy: len(_lacking(policy, with_key)))
        lacking = _lacking(found, with_key)
        return ("no" if lacking else "yes"), lacking, found
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
    """The same for a vault that asks roles. A list that shows no assignment below a subscription may leave the vault's own out."""
    assigned = _parts(roles, "assignment")
    mine = [one for one in assigned if _text(one, "principal") in principals and _reaches(_text(one, "scope"), _text(vault, "resource"))]
    definitions = [_definition(one, _parts(roles, "definition")) for one in mine]
    for one, definition in zip(mine, definitions, strict=True):
        if (_text(one, "role") or (_text(definition, "role") if definition else "")) in fact("key-vault-roles").value:
            return "yes", "", one
    gone = [
        action for action in fact("key-vault-data-actions").value
        if not any(_granted(action, definition) for definition in definitions if definition is not None)
    ]  # fmt: skip
    if not gone:
        return "yes", "", mine[0]
    if not assigned or not principals or None in definitions or not vault.fields["resource"]:
        return "unknown", "", mine[0] if mine else vault
    if mine:
        return "no", f"data actions: {', '.join(gone)}", mine[0]
    if not any("/resourcegroups/" in _text(one, "scope") for one in assigned):
        return "unknown", "", vault
    return "no", "any role on this vault", vault


def _definition(assignment: Event, definitions: Sequence[Event]) -> Event | None:
    """The definition of the role that is assigned: by its id, else by its name."""
    for name in ("role_id", "role"):
        for one in definitions:
            if _text(one, name) and _text(one, name) == _text(assignment, name):
                return one
    return None


def _reaches(scope: str, resource: str) -> bool:
    """Whether an assignment holds for a resource. One at a management group is only listed where it does."""
    return bool(scope and resource) and ((resource + "/").startswith(scope.rstrip("/") + "/") or _MANAGEMENT in scope)


def _granted(action: str, definition: Event) -> bool:
    given, withheld = (_text(definition, name).split(",") for name in ("data_actions", "not_data_actions"))
    return any(_covers(one, action) for one in given) and not any(_covers(one, action) for one in withheld)


def _covers(pattern: str, action: str) -> bool:
    """Whether an action of a role, in which `*` stands for anything, covers another."""
    first, *more = pattern.split("*")
    if not more:
        return pattern == action
    at = len(first) if action.startswith(first) else -1
    for part in more[:-1]:
        at = action.find(part, at) + len(part) if at >= 0 and part in action[at:] else -1
    return at >= 0 and action[at:].endswith(more[-1])


def _made(at: Event, text: str, fields: dict[str, Value], component: str, since: datetime | None) -> Event:
    """A derived state that stands where `at` does and holds since a moment, if one is known."""
    return replace(
        at, text=text, fields=fields, component=component, stamp=stamps.of(since), time=since,
        basis=Basis.DECLARED if since else Basis.NONE, level="INFO", code="",
    )  # fmt: skip
