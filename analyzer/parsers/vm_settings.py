"""VmSettings.json: the goal state as the host plugin sends it ("fast track"), and the best source of the VM's identity.

Top folder of the agent to 2.7 (`VmSettings.<etag>.json`), later in a history folder. Source: Azure/WALinuxAgent
common/protocol/extensions_goal_state_from_vm_settings.py. Settings of extensions and the status blob's SAS URL are not touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import history, stamps, values, verbatim
from analyzer.parsers.document import Document, at


def parse(document: Document) -> Iterator[Event]:
    """One event for the VM, and one per wanted extension (component is its name). Stamped by the last change of the extensions."""
    value = document.json()
    if value is None:
        return
    root = values.lowered(value)
    if not {"extensiongoalstates", "invmmetadata", "hostgapluginversion"} & root.keys():
        document.problem("no VM settings in this JSON document", "the whole document")
        return
    stamp = _stamp(root) or history.stamp_of(document.path)
    yield _machine(document, root, stamp)
    for i, item in enumerate(values.listing(root.get("extensiongoalstates"))):
        yield from _extensions(document, at("", _key(value, "extensionGoalStates"), i), values.lowered(item), stamp)


def _key(value: dict[str, Any], name: str) -> str:
    """The key as it is written: builds of the host plugin vary its case."""
    return next((key for key in value if key.lower() == name.lower()), name)


def _stamp(root: dict[str, Any]) -> Stamp | None:
    ticks = values.number(root.get("extensionslastmodifiedtickcount"))
    return stamps.of(stamps.from_ticks(ticks)) if ticks else None


def _machine(document: Document, root: dict[str, Any], stamp: Stamp | None) -> Event:
    who = values.lowered(root.get("invmmetadata"))
    fields: dict[str, Value] = {
        "vm": values.text(who.get("vmname")),
        "subscription": values.text(who.get("subscriptionid")).lower(),
        "group": values.text(who.get("resourcegroupname")),
        "vm_id": values.text(who.get("vmid")).lower(),
        "size": values.text(who.get("vmsize")),
        "source": values.text(root.get("extensiongoalstatessource")),
        "on_hold": values.truth(root.get("onhold")),
        "activity": values.text(root.get("activityid")).lower(),
    }
    text = f"VM {fields['vm'] or 'not named'}, goal state from {fields['source'] or 'an unnamed source'}"
    key, value = ("vmName", fields["vm"]) if fields["vm"] else ("extensionGoalStatesSource", fields["source"])
    pointer = "/inVMMetadata" if who else ""
    return Event(
        document.kind, document.path, text, pointer=pointer, stamp=stamp, fields=fields, raw=verbatim.member(document.text, key, value)
    )


def _extensions(document: Document, pointer: str, item: dict[str, Any], stamp: Stamp | None) -> Iterator[Event]:
    name, version = values.text(item.get("name")), values.text(item.get("version"))
    if not name:
        document.problem(f"no extension name at {pointer}", "that extension")
        return
    settings = [values.lowered(entry) for entry in values.listing(item.get("settings"))]
    several = [entry for entry in settings if values.text(entry.get("extensionname"))]
    for entry in several or [{}]:
        sequence = values.number(entry.get("seqno", item.get("settingsseqno")))
        fields: dict[str, Value] = {
            "version": version,
            "state": values.text(entry.get("extensionstate") or item.get("state")),
            "sequence": sequence,
        }
        text = f"{name} {version} {fields['state']}"
        place = pointer
        if entry:
            fields["extension"] = values.text(entry["extensionname"])
            text, place = f"{text} ({fields['extension']})", at(pointer, "settings", settings.index(entry))
        raw = verbatim.member_of(document.text, "name", name)
        yield Event(document.kind, document.path, text, pointer=place, stamp=stamp, component=name, fields=fields, raw=raw)
