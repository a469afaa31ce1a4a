"""A service principal: which object id an application has in the tenant (`az ad sp list`, Get-AzADServicePrincipal)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers.platform.thing import Thing, state
from analyzer.parsers.values import text

KIND = "azure-principal"


def fits(value: Mapping[str, Any]) -> bool:
    return "appid" in value and (
        "serviceprincipaltype" in value or "appdisplayname" in value or "objectid" in value or "serviceprincipalnames" in value
    )


def events(thing: Thing) -> Iterator[Event]:
    """Fields: app (application id), principal (object id), name."""
    app, pointer = thing.pick("appid")
    fields: dict[str, Value] = {
        "app": text(app).lower(), "principal": thing.word("objectid", "id").lower(), "name": thing.word("displayname", "appdisplayname"),
    }  # fmt: skip
    yield state(thing, KIND, pointer, app, f"service principal {fields['name']}: object {fields['principal']}", fields)
