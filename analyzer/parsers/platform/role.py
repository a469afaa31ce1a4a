"""Roles of Azure RBAC: definitions with their data actions, and assignments (`az role definition list`, `az role assignment list`).

Get-AzRoleDefinition has the actions beside the name (Name is the role's, Id its GUID), `az` and REST have them in `permissions`.
"""

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
    if isinstance(inner.get("dataactions"), list) and "actions" in inner:
        return True
    return isinstance(permissions, list) and any("dataactions" in mapping(item) for item in permissions)


def events(thing: Thing) -> Iterator[Event]:
    """An assignment (component `assignment`: role, role_id, principal, principal_name, scope) or a definition (component
    `definition`: role, role_id, data_actions and not_data_actions: comma-separated, lower case)."""
    found, pointer = thing.pick("principalid", "objectid")
    if found is not None:
        principal = text(found)
        fields: dict[str, Value] = {
            "role": thing.word("roledefinitionname"), "role_id": thing.word("roledefinitionid").rsplit("/", 1)[-1].lower(),
            "principal": principal.lower(), "principal_name": thing.word("principalname", "displayname"),
            "scope": thing.word("scope"),
        }  # fmt: skip
        said = f"role {fields['role'] or fields['role_id']} for {fields['principal_name'] or principal} on {fields['scope']}"
        yield state(thing, KIND, pointer, found, said, fields, component="assignment")
        return
    permissions = list(thing.each("permissions")) or [thing]
    granted = [text(item) for permission in permissions for item in listing(permission.get("dataactions"))]
    withheld = [text(item) for permission in permissions for item in listing(permission.get("notdataactions"))]
    role = thing.word("rolename", "name")
    identity = thing.word("id").rsplit("/", 1)[-1] or thing.word("name")
    more: dict[str, Value] = {
        "role": role, "role_id": identity.lower(), "data_actions": _joined(granted), "not_data_actions": _joined(withheld),
    }  # fmt: skip
    said = f"role definition {role}: {more['data_actions'] or 'no data actions'}"
    yield state(thing, KIND, permissions[0].pick("dataactions")[1], ", ".join(granted), said, more, component="definition")


def _joined(actions: list[str]) -> str:
    return ",".join(sorted({action.lower() for action in actions} - {""}))
