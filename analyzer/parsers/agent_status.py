"""waagent_status.json, and aggregatestatus*.json on Windows: what the agent last told the platform of itself and its extensions.

Three shapes (Azure/WALinuxAgent ga/exthandlers.py, common/protocol/wire.py): a summary of the agent's own to 2.4
(`agent_name`, `extensions_status`), then the status blob as it was uploaded (`aggregateStatus`), with facts that were not sent beside
it in 2.5 to 2.7 (`_metadataNotSentToCRP`). `{}` stands for "nothing was sent yet". The blob itself is sometimes saved by hand.

The Windows agent (`C:\\WindowsAzure\\Logs\\AggregateStatus`) writes the same blob with the way and time of its last upload. NUL bytes stand
in it (vmassist.ps1 of Azure/azure-support-scripts removes them before it reads it). It speaks of its own time only: when the agent is
dead the file goes on saying Ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import stamps, values, verbatim
from analyzer.parsers.document import Document, at

_BAD = frozenset(("notready", "unresponsive"))


def parse(document: Document) -> Iterator[Event]:
    """One event for the agent, and one per handler (component is its name; ERROR if it is not ready or its extension failed)."""
    document = _without_nuls(document)
    value = document.json()
    if value is None or value == {}:
        return
    if not isinstance(value, dict) or not {"aggregateStatus", "agent_name", "extensions_status"} & value.keys():
        document.problem("no agent status in this JSON document", "the whole document")
    elif "aggregateStatus" in value:
        yield from _uploaded(document, value)
    else:
        yield from _summary(document, value)


def _without_nuls(document: Document) -> Document:
    """The document without the NULs of the Windows agent; problems go to the one list."""
    if "\x00" not in document.text:
        return document
    return Document(document.path, document.kind, document.text.replace("\x00", ""), document.problems)


def _stamp(text: Any) -> Stamp | None:
    return stamps.of(stamps.utc(values.text(text)))


def _message(value: Any) -> str:
    return values.text(values.mapping(values.mapping(value).get("formattedMessage")).get("message"))


def _uploaded(document: Document, value: dict[str, Any]) -> Iterator[Event]:
    aggregate, stamp = values.mapping(value["aggregateStatus"]), _stamp(value.get("timestampUTC"))
    agent, guest = values.mapping(aggregate.get("guestAgentStatus")), values.mapping(value.get("guestOSInfo"))
    unsent = values.mapping(value.get("_metadataNotSentToCRP"))
    artifacts = values.mapping(aggregate.get("vmArtifactsAggregateStatus"))
    update = values.mapping(agent.get("updateStatus"))
    system = (guest.get("osName") or agent.get("osname"), guest.get("osVersion") or agent.get("osversion"))
    fields: dict[str, Value] = {
        "version": values.text(agent.get("version")),
        "status": values.text(agent.get("status")),
        "message": _message(agent),
        "host": values.text(guest.get("computerName") or agent.get("hostname")),
        "os": " ".join(filter(None, map(values.text, system))),
        "goal_state_code": values.number(values.mapping(artifacts.get("goalStateAggregateStatus")).get("code")),
        "daemon": values.text(unsent.get("daemonVersion")),
        "python": values.text(unsent.get("pythonVersion")).removeprefix("Python:").strip(),
        "update_status": values.text(update.get("status")),
        "expected_version": values.text(update.get("expectedVersion")),
        **_upload(agent),
    }
    text = f"agent {fields['version']} {fields['status']}: {fields['message']}"
    raw = _piece(document, "guestAgentStatus", "status", fields["status"])
    level = "ERROR" if str(fields["status"]).lower() in _BAD else "INFO"
    yield Event(
        document.kind, document.path, text, pointer="/aggregateStatus/guestAgentStatus", stamp=stamp, level=level, fields=fields, raw=raw
    )
    for i, item in enumerate(values.listing(aggregate.get("handlerAggregateStatus"))):
        yield _handler(document, at("", "aggregateStatus", "handlerAggregateStatus", i), values.mapping(item), stamp)


def _upload(agent: dict[str, Any]) -> dict[str, Value]:
    """How and when the Windows agent last sent its status; nothing for other agents."""
    if "lastStatusUploadTime" not in agent and "lastStatusUploadMethod" not in agent:
        return {}
    moment = stamps.utc(values.text(agent.get("lastStatusUploadTime")))
    return {
        "upload_method": values.text(agent.get("lastStatusUploadMethod")),
        "uploaded": moment.isoformat() if moment is not None else None,
    }


def _handler(document: Document, pointer: str, item: dict[str, Any], stamp: Stamp | None) -> Event:
    name, runtime = values.text(item.get("handlerName")), values.mapping(item.get("runtimeSettingsStatus"))
    settings = values.mapping(runtime.get("settingsStatus"))
    inner = values.mapping(settings.get("status"))
    fields: dict[str, Value] = {
        "version": values.text(item.get("handlerVersion")),
        "status": values.text(item.get("status")),
        "code": values.number(item.get("code")),
        "message": _message(item),
        "sequence": values.number(runtime.get("sequenceNumber")),
        "extension": values.text(runtime.get("extensionName")),
        "operation": values.text(inner.get("operation")),
        "extension_status": values.text(inner.get("status")),
        "extension_code": values.number(inner.get("code")),
        "extension_message": _message(inner),
    }
    text = f"{name} {fields['version']} {fields['status']}: {fields['message']}"
    if fields["extension_status"]:
        text += f" ({fields['operation'] or 'operation'} {fields['extension_status']}: {fields['extension_message']})"
    raw = verbatim.member_of(document.text, "handlerName", name)
    return Event(
        document.kind, document.path, text, pointer=pointer, stamp=stamp, component=name, level=_level(fields),
        code=values.text(item.get("code")), fields=fields, raw=raw,
    )  # fmt: skip


def _level(fields: dict[str, Value]) -> str:
    if str(fields["status"]).lower() in _BAD or str(fields["extension_status"]).lower() == "error":
        return "ERROR"
    return "WARNING" if str(fields["extension_status"]).lower() == "warning" else "INFO"


def _summary(document: Document, value: dict[str, Any]) -> Iterator[Event]:
    stamp = _stamp(value.get("last_successful_status_upload_time"))
    version = values.text(value.get("goal_state_version") or value.get("current_version"))
    fields: dict[str, Value] = {
        "version": version,
        "status": "",
        "message": "",
        "os": values.text(value.get("distro_details")).replace(":", " "),
        "python": values.text(value.get("python_version")).removeprefix("Python:").strip(),
    }
    key = "goal_state_version" if "goal_state_version" in value else "current_version"
    raw = verbatim.member(document.text, key, version)
    yield Event(document.kind, document.path, f"agent {version}", pointer=f"/{key}", stamp=stamp, level="INFO", fields=fields, raw=raw)
    for i, item in enumerate(values.listing(value.get("extensions_status"))):
        handler = values.mapping(item)
        name = values.text(handler.get("name"))
        found: dict[str, Value] = {
            "version": values.text(handler.get("version")),
            "status": values.text(handler.get("status")),
            "extension_status": "",
        }
        text = f"{name} {found['version']} {found['status']}"
        raw = verbatim.member_of(document.text, "name", name)
        yield Event(
            document.kind,
            document.path,
            text,
            pointer=at("", "extensions_status", i),
            stamp=stamp,
            component=name,
            level=_level(found),
            fields=found,
            raw=raw,
        )


def _piece(document: Document, after: str, key: str, value: Value) -> str:
    """The member `key` that follows the member `after`, as it is written."""
    start = max(document.text.find(f'"{after}"'), 0)
    found = next(verbatim.members(document.text, key, start=start), None)
    return document.text[found[0] : found[1]] if found else f"{key}: {value}"
