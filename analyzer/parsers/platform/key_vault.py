"""A key vault: its mode, and what each access policy allows (Microsoft.KeyVault/vaults; Get-AzKeyVault has other names for some)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, resource, state
from analyzer.parsers.values import listing, mapping, text, truth

KIND = "azure-key-vault"
_TYPE = "microsoft.keyvault/vaults"


def fits(value: Mapping[str, Any]) -> bool:
    """A mere reference to a vault, or its row of `az keyvault list`, tells nothing of its access."""
    inner = mapping(value.get("properties")) or value
    if text(value.get("type")).lower() == _TYPE or resource(value.get("id")).type == _TYPE:
        return any(inner.get(name) is not None for name in ("accesspolicies", "enablerbacauthorization", "vaulturi"))
    return "accesspolicies" in inner


def events(thing: Thing) -> Iterator[Event]:
    """One event for the vault (component `vault`: name, rbac, public_access, policies: how many, None if the document has no list of
    them), one per access policy (component `policy`: principal, secrets, keys: permissions in lower case, sorted, comma-separated)."""
    identity, pointer = thing.pick("id", "resourceid", "vaulturi", "name", "vaultname")
    found = resource(thing.get("id", "resourceid"))
    name = found.name or thing.word("name", "vaultname")
    rbac, place = thing.pick("enablerbacauthorization")
    owner: dict[str, Value] = {"name": name, "resource": found.id, "group": found.group, "subscription": found.subscription}
    policies = list(thing.each("accesspolicies"))
    stated = isinstance(thing.get("accesspolicies"), list)
    fields: dict[str, Value] = {
        **owner, "rbac": truth(rbac) or False, "public_access": thing.word("publicnetworkaccess").lower(),
        "policies": len(policies) if stated else None,
    }  # fmt: skip
    mode = "role assignments" if fields["rbac"] else f"{len(policies)} access policies" if stated else "access policies not listed"
    at = place if rbac is not None else pointer
    yield state(thing, KIND, at, rbac if rbac is not None else identity, f"key vault {name}: {mode}", fields, component="vault")
    for policy in policies:
        allowed = policy.inside("permissions")
        secrets = _names(allowed.get("secrets") or policy.get("permissionstosecrets"))
        keys = _names(allowed.get("keys") or policy.get("permissionstokeys"))
        principal, at = policy.pick("objectid")
        more: dict[str, Value] = {**owner, "principal": text(principal).lower(), "secrets": secrets, "keys": keys}
        said = f"access policy of {text(principal)}: secrets {secrets or 'none'}; keys {keys or 'none'}"
        yield state(policy, KIND, at, principal, said, more, component="policy")


def _names(value: Any) -> str:
    return ",".join(sorted({text(item).lower() for item in listing(value)} - {""}))
