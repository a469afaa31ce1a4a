"""The names of a case that texts and commands are filled with (placeholders.yaml): VM, vault, groups, the lock that was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.diagnosis.incidents import Incident
from analyzer.diagnosis.machine import Machine
from analyzer.model import Event
from analyzer.parsers.pattern import Hit
from analyzer.resources import read_yaml

Names = Mapping[str, str]

# /subscriptions/S[/resourceGroups/G][/…]/providers/T/name[/t/name]: Azure Resource Manager, "Resource ID"
_RESOURCE = re.compile(r"(?i)^(?P<scope>/subscriptions/(?P<subscription>[^/]+)(?:/resourceGroups/(?P<group>[^/]+))?.*?)"
                       r"(?:/providers/(?P<type>[^/]+/(?:(?!/providers/).)+))?$")  # fmt: skip
_JOB = {"vault": "vault", "vault_group": "vault_group", "subscription": "subscription", "vm_group": "group", "vm": "vm"}
_RUNNING = {"job": "running_job", "vault": "running_vault", "vault_group": "running_vault_group"}


@cache
def placeholders() -> dict[str, Any]:
    """placeholders.yaml."""
    found: dict[str, Any] = read_yaml(resources.catalogue("placeholders.yaml"))
    return found


def telling(events: Iterable[Event]) -> list[Event]:
    """The events that name Azure resources: all that `of_incident` needs."""
    return [event for event in events if event.fields.get("resource") or event.kind == "vm-settings"]


def of_incident(incident: Incident, vm: Machine, about: Iterable[Event]) -> dict[str, str]:
    """What is known of the VM, the vault and the job of an incident, by the incident and the events `about` resources.

    Documents of other VMs tell nothing. A guest that is not the job's VM is such a document.
    """
    found: dict[str, str] = {}
    foreign, failed = incident.foreign, incident.ended or incident.started
    name = incident.vm or (None if foreign else vm.azure_name)
    _put(found, {"vm": name, "vault": incident.vault, "job": incident.job_id, "date": failed.date().isoformat() if failed else None})
    if incident.job is not None:
        _put(found, {place: incident.job.fields.get(field) for field, place in _JOB.items()})
    about = [event for event in about if not (foreign and event.kind == "vm-settings")]
    if not name:
        owners = {str(event.fields["vm"]).lower() for event in about if event.fields.get("vm")}
        name = next(iter(owners)) if len(owners) == 1 else None
    own = [_of_vm(event) for event in about if name and str(event.fields.get("vm") or "").lower() == name.lower()]
    if len({told["group"].lower() for told in own if "group" in told}) <= 1:  # else two VMs have this name, in two groups
        for told in own:
            _put(found, told)
    if all(found.get(place) for place in ("subscription", "group", "vm")):
        found["vm_id"] = (
            f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}/providers/Microsoft.Compute/virtualMachines/{found['vm']}"
        )
    return found


def _of_vm(event: Event) -> dict[str, str]:
    """What a document about a VM tells of the VM itself; it may be of another resource that has to do with it."""
    if event.kind == "vm-settings":
        return {place: str(event.fields[place]) for place in ("vm", "group", "subscription") if event.fields.get(place)}
    told = of_resource(str(event.fields["resource"]))
    return told if "vm" in told else {"vm": str(event.fields["vm"])}


def of_evidence(hits: Iterable[Hit], job: str | None) -> dict[str, str]:
    """What the evidence of a hypothesis names: the lock, the disk, the mount point, a job that ran beside `job`."""
    found: dict[str, str] = {}
    for hit in hits:
        fields = hit.fields
        _put(found, of_resource(str(fields.get("resource") or "")))
        _put(found, {place: fields.get(place) for place in placeholders()["evidence"]})
        if "lock" in hit.event.kind:
            _put(found, {"lock": fields.get("name"), "lock_scope": fields.get("scope")})
        if hit.event.kind == "job" and fields.get("job") != (job or "").lower():
            _put(found, {place: fields.get(field) for field, place in _RUNNING.items()})
    for place in ("vm", "group", "subscription", "vault", "vault_group"):  # these are the incident's own
        found.pop(place, None)
    return found


def of_resource(resource: str) -> dict[str, str]:
    """What an Azure resource's id tells, by the type of the resource it ends with."""
    match = _RESOURCE.match(resource)
    if match is None:
        return {}
    scope, kind, name = match["scope"], "", ""
    if match["type"]:
        parts = match["type"].split("/")
        kind, name = "/".join([parts[0], *parts[1::2]]).lower(), parts[-1]
    told = {"name": name, "group": match["group"], "scope": scope}
    wanted = placeholders()["resources"].get(kind, {})
    found = {"subscription": match["subscription"], **{place: told[what] for what, place in wanted.items()}}
    return {place: value for place, value in found.items() if value}


def _put(found: dict[str, str], more: Mapping[str, Any]) -> None:
    """Adds what is told and not known yet."""
    for place, value in more.items():
        if value not in (None, "") and place not in found:
            found[place] = str(value)
