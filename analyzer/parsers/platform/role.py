"""Roles of Azure RBAC: definitions with their data actions, and assignments (`az role definition list`, `az role assignment list`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, state
from analyzer.parsers.values import listing, mapping, text

KIND = "azure-role"


def fits(value: Mapping[str, Any]) -> bool:
    inner = mapping(value.get("properties")) or value
    kind = text(value.get("type")).lower()
    if kind in ("microsoft.authorization/roleassignments", "microsoft.authorization/roledefinitions"):
        return True
    if "roledefinitionname" in inner or ("roledefinitionid" in inner and "principalid" in inner):
        return True
    permissions = inner.get("permissions")
    return isinstance(permissions, list) and any("dataactions" in mapping(item) for item in permissions)


def events(thing: Thing) -> Iterator[Event]:
    """An assignment (component `assignment`: role, role_id, principal, principal_name, scope) or a definition (component
    `definition`: role, role_id, data_actions: comma-separated, lower case)."""
    principal, pointer = thing.pick("principalid", "objectid")
    if principal is not None:
        fields: dict[str, Value] = {
            "role": thing.word("roledefinitionname"), "role_id": thing.word("roledefinitionid").rsplit("/", 1)[-1].lower(),
            "principal": text(principal).lower(), "principal_name": thing.word("principalname", "displayname"),
            "scope": thing.word("scope"),
        }  # fmt: skip
        said = f"role {fields['role'] or fields['role_id']} for {fields['principal_name'] or principal} on {fields['scope']}"
        yield state(thing, KIND, pointer, principal, said, fields, component="assignment")
        return
    for permission in thing.each("permissions"):
        actions, pointer = permission.pick("dataactions")
        names = ",".join(sorted({text(item).lower() for item in listing(actions)}))
        role = thing.word("rolename") or thing.word("name")
        more: dict[str, Value] = {"role": role, "role_id": thing.word("name").lower(), "data_actions": names}
        yield state(permission, KIND, pointer, names, f"role definition {role}: {names or 'no data actions'}", more, component="definition")
