"""A protected item: whether and how a VM is protected, and how its last backup went.

Microsoft.RecoveryServices/vaults/…/protectedItems as REST and `az backup item show|list`; `Get-AzRecoveryServicesBackupItem` has the
same names in PascalCase, but for ProtectionPolicyName and DeleteState.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.job.health import health_errors
from analyzer.parsers.platform.thing import Thing, moment, resource, state, vm_of
from analyzer.parsers.values import mapping, text, truth

KIND = "azure-protected-item"


def fits(value: Mapping[str, Any]) -> bool:
    inner = mapping(value.get("properties")) or value
    return "protectionstate" in inner and (
        "lastbackupstatus" in inner or "protecteditemtype" in inner or "policyid" in inner or "sourceresourceid" in inner
    )


def events(thing: Thing) -> Iterator[Event]:
    """Fields: vm, vault, protection (the state's word), policy, health, last_status, last_backup (ISO), deferred_delete (bool)."""
    source = thing.word("virtualmachineid", "sourceresourceid")
    vm = vm_of(source) or thing.word("friendlyname") or thing.word("containername").rsplit(";", 1)[-1]
    identity = resource(thing.get("id"))
    protection, pointer = thing.pick("protectionstate")
    last = moment(thing.get("lastbackuptime"))
    policy = thing.word("policyname", "protectionpolicyname") or resource(thing.get("policyid")).name
    fields: dict[str, Value] = {
        "vm": vm, "vault": identity.parent, "resource": source, "group": resource(source).group,
        "subscription": resource(source).subscription,
        "protection": text(protection).lower(), "policy": policy,
        "health": thing.word("healthstatus").lower(), "last_status": thing.word("lastbackupstatus").lower(),
        "last_backup": last.value.isoformat() if last else None,
        "deferred_delete": truth(thing.get("isscheduledfordeferreddelete")) or thing.word("deletestate").lower() == "tobedeleted",
    }  # fmt: skip
    said = f"protection of {vm}: {text(protection)}; last backup {fields['last_status'] or 'not stated'}"
    yield state(thing, KIND, pointer, protection, said, fields, code=text(protection))
    yield from health_errors(thing)
