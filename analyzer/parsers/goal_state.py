"""What the fabric wants of the VM: the XML documents of a goal state, and ovf-env.xml from provisioning.

`/var/lib/waagent/{GoalState.N,ExtensionsConfig.N,HostingEnvironmentConfig,SharedConfig,ovf-env}.xml`, and the same names in a
history folder. From 2.8 on `GoalState.1.xml` in the top folder is a placeholder that is made on purpose. Sources:
azurelinuxagent/common/protocol/{goal_state,wire,ovfenv,extensions_goal_state_from_extensions_config}.py of Azure/WALinuxAgent.
These documents hold SAS URLs, protected settings, account keys and a password; none of them is touched here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import history, stamps, values, verbatim
from analyzer.parsers.document import Document
from analyzer.parsers.xml_document import attribute, first, local_name, named, path_of, root, text_of

_PLACEHOLDER = "xml"  # <xml>empty placeholder file</xml>
_BEFORE_SIGNATURE = " encodedSignature="  # thousands of characters that tell a reader nothing


def parse(document: Document) -> Iterator[Event]:
    """The events of the document's kind (docs/events.md, "The agent"). Stamped by the goal state's own creation time, else by the
    name of the history folder it lies in."""
    element = root(document)
    if element is None or local_name(element) == _PLACEHOLDER:
        return
    wanted, read = _READERS[document.kind]
    if local_name(element) != wanted:
        document.problem(f"the root element is {local_name(element)}, not {wanted}", "the whole document")
        return
    yield from read(document, element)


def _goal_state(document: Document, element: Any) -> Iterator[Event]:
    incarnation = text_of(first(element, "Incarnation"))
    fields: dict[str, Value] = {
        "incarnation": values.number(incarnation),
        "expected_state": text_of(first(element, "Machine", "ExpectedState")),
        "container": text_of(first(element, "Container", "ContainerId")),
        "instance": text_of(first(element, "RoleInstance", "InstanceId")),
    }
    text = f"goal state {incarnation or 'without incarnation'}: expected state {fields['expected_state'] or 'not given'}"
    place = first(element, "Incarnation")
    yield Event(
        document.kind, document.path, text, pointer=path_of(element if place is None else place), stamp=history.stamp_of(document.path),
        code=incarnation, fields=fields, raw=verbatim.element(document.text, "Incarnation", incarnation),
    )  # fmt: skip


def _extensions_config(document: Document, element: Any) -> Iterator[Event]:
    incarnation = values.number(attribute(element, "goalStateIncarnation"))
    blob, origin = first(element, "StatusUploadBlob"), first(element, "InVMGoalStateMetaData")
    stamp = _created(origin) or history.stamp_of(document.path)
    plugins = first(element, "Plugins")
    wanted = list(named(plugins, "Plugin")) if plugins is not None else []
    fields: dict[str, Value] = {
        "incarnation": incarnation,
        "has_status_blob": bool(text_of(blob)),
        "blob_type": attribute(blob, "statusBlobType"),
        "activity": attribute(origin, "activityId").lower(),
        "features": ", ".join(text_of(name) for feature in named(element, "RequiredFeature") for name in named(feature, "Name")),
    }
    text = f"{len(wanted)} extensions, status blob {fields['blob_type'] or 'of unnamed type' if fields['has_status_blob'] else 'missing'}"
    raw = next(iter(verbatim.start_tags(document.text, "Extensions")), text)
    yield Event(document.kind, document.path, text, pointer=path_of(element), stamp=stamp, fields=fields, raw=raw)
    tags = verbatim.start_tags(document.text, "Plugin")
    for i, plugin in enumerate(wanted):
        raw = tags[i].split(_BEFORE_SIGNATURE, 1)[0] if i < len(tags) else ""
        for pointer, extra in _settings_of(element, plugin):
            yield _plugin(document, plugin, pointer, {"incarnation": incarnation, **extra}, stamp, raw)


def _settings_of(element: Any, plugin: Any) -> Iterator[tuple[str, dict[str, Value]]]:
    """Per extension of a plugin: XPath, and sequence number (with name and state where the plugin runs several extensions)."""
    settings = first(element, "PluginSettings")
    name, version = attribute(plugin, "name").lower(), attribute(plugin, "version")
    found = [
        (child, local_name(child))
        for of in (named(settings, "Plugin") if settings is not None else ())
        if attribute(of, "name").lower() == name and attribute(of, "version") == version  # the fabric varies the case of the name
        for child in of.iter()
        if local_name(child) in ("RuntimeSettings", "ExtensionRuntimeSettings")
    ]
    several = [child for child, tag in found if tag == "ExtensionRuntimeSettings"]
    for child in several:
        extra: dict[str, Value] = {"extension": attribute(child, "name"), "sequence": values.number(attribute(child, "seqNo"))}
        yield path_of(child), {**extra, "state": attribute(child, "state") or attribute(plugin, "state")}
    if not several:
        yield path_of(plugin), {"sequence": values.number(attribute(found[0][0], "seqNo")) if found else None}


def _plugin(document: Document, plugin: Any, pointer: str, extra: dict[str, Value], stamp: Stamp | None, raw: str) -> Event:
    name = attribute(plugin, "name")
    fields: dict[str, Value] = {"version": attribute(plugin, "version"), "state": attribute(plugin, "state"), **extra}
    text = f"{name} {fields['version']} {fields['state']}"
    if fields.get("extension"):
        text += f" ({fields['extension']})"
    return Event(document.kind, document.path, text, pointer=pointer, stamp=stamp, component=name, fields=fields, raw=raw or text)


def _created(origin: Any) -> Stamp | None:
    """When the fabric made this goal state: `createdOnTicks`, .NET ticks in UTC."""
    ticks = values.number(attribute(origin, "createdOnTicks"))
    return stamps.of(stamps.from_ticks(ticks)) if ticks else None


def _hosting_environment(document: Document, element: Any) -> Iterator[Event]:
    deployment, incarnation, role = (first(element, name) for name in ("Deployment", "Incarnation", "Role"))
    fields: dict[str, Value] = {
        "role": attribute(role, "name"),
        "deployment": attribute(deployment, "name"),
        "incarnation": values.number(attribute(incarnation, "number")),
        "instance": attribute(incarnation, "instance"),
    }
    name, shown = ("Role", role) if role is not None else ("Incarnation", incarnation)  # newer goal states name no role
    text = f"role {fields['role']} of deployment {fields['deployment']}" if role is not None else f"instance {fields['instance']}"
    raw = next(iter(verbatim.start_tags(document.text, name)), text)
    place = path_of(element if shown is None else shown)
    yield Event(document.kind, document.path, text, pointer=place, stamp=history.stamp_of(document.path), fields=fields, raw=raw)


def _shared_config(document: Document, element: Any) -> Iterator[Event]:
    instance = first(element, "Instances", "Instance")
    address = attribute(instance, "address")
    text = f"instance {attribute(instance, 'id') or 'unnamed'} at {address or 'no address'}"
    raw = next(iter(verbatim.start_tags(document.text, "Instance")), text)
    place = path_of(element if instance is None else instance)
    yield Event(
        document.kind, document.path, text, pointer=place, stamp=history.stamp_of(document.path), fields={"address": address}, raw=raw
    )


def _ovf_env(document: Document, element: Any) -> Iterator[Event]:
    host = next((text_of(first(element, name)) for name in ("HostName", "ComputerName") if text_of(first(element, name))), "")
    switch = first(element, "ProvisionGuestAgent")
    wanted = values.truth(text_of(switch))
    if text_of(switch) and wanted is None:
        document.problem("ProvisionGuestAgent is neither true nor false", "whether the VM was created without an agent")
    fields: dict[str, Value] = {"host": host, "provision_guest_agent": wanted}
    text = f"host {host or 'not named'}, guest agent {'not stated' if wanted is None else 'wanted' if wanted else 'not wanted'}"
    name, value = ("HostName", host) if switch is None else ("ProvisionGuestAgent", text_of(switch))
    raw = verbatim.element(document.text, name, value)
    yield Event(
        document.kind, document.path, text, pointer=path_of(element if switch is None else switch), fields=fields, raw=raw, state=True
    )


_READERS: dict[str, tuple[str, Callable[[Document, Any], Iterator[Event]]]] = {
    "goal-state": ("GoalState", _goal_state),
    "extensions-config": ("Extensions", _extensions_config),
    "hosting-environment": ("HostingEnvironmentConfig", _hosting_environment),
    "shared-config": ("SharedConfig", _shared_config),
    "ovf-env": ("Environment", _ovf_env),
}
