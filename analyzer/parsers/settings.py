"""`config/N.settings`: what the platform asked a handler to do.

Written by the agent (Azure/WALinuxAgent ga/exthandlers.py update_settings): `runtimeSettings[0].handlerSettings` with public and
protected settings. Of the backup extension's public settings (Azure/azure-linux-extensions VMBackup/main/parameterparser.py),
`objectStr` is base64 of a JSON object that holds a token beside the VM's name, and `customSettings` is JSON in a string. Tokens, blob
URLs and protected settings never leave this module. VMSnapshotLinux removes `protectedSettings` after reading them.

On Windows (`RuntimeSettings/N.settings`) the task, the start time and the blob URLs are among the protected ones ("VM Snapshot Windows
extension for Azure Backup"), so such a file tells its sequence number only.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers import stamps, values, verbatim
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import numbered, owner

_POINTER = "/runtimeSettings/0/handlerSettings"


def parse(document: Document) -> Iterator[Event]:
    """One state event. An empty file is what the agent writes for an extension without settings."""
    handler, file = owner(document.path), numbered(document.path)
    fields: dict[str, Value] = {"sequence": file.sequence, "version": handler.version, "extension": file.extension, "current": file.current}
    if not document.text.strip("\ufeff\x00 \t\r\n"):
        yield Event(
            document.kind,
            document.path,
            "no settings",
            pointer="",
            component=handler.name,
            fields={**fields, "has_protected": False},
            state=True,
        )
        return
    value = document.json()
    if value is None:
        return
    runtime = values.listing(values.mapping(value).get("runtimeSettings"))
    settings = values.mapping(values.mapping(runtime[0] if runtime else None).get("handlerSettings"))
    if not settings:
        document.problem("no runtimeSettings[0].handlerSettings in this JSON document", "the whole document")
        return
    public = settings.get("publicSettings")
    fields |= {
        "has_protected": bool(settings.get("protectedSettings")),
        "thumbprint": values.text(settings.get("protectedSettingsCertThumbprint")),
        **_request(values.mapping(public) or values.mapping(values.inner(public))),
    }
    if fields["has_protected"] and not public:  # the Windows backup extension gets its task this way
        fields["protected_only"] = True
    shown = next((key for key, name in _SHOWN if fields.get(name)), "")
    text = ", ".join(f"{name} {value}" for name, value in fields.items() if name in _SUMMARY and value)
    text = text or ("protected settings only" if fields.get("protected_only") else "settings")
    raw = verbatim.member(document.text, shown, "") if shown else '"handlerSettings"'
    yield Event(document.kind, document.path, text, pointer=_POINTER, component=handler.name, fields=fields, raw=raw, state=True)


_SUMMARY = ("command", "task", "method", "vm", "started")
_SHOWN = (("taskId", "task"), ("commandStartTimeUTCTicks", "started"), ("protectedSettingsCertThumbprint", "thumbprint"))


def _request(public: dict[str, Any]) -> dict[str, Value]:
    """What the backup extension was asked; empty for other handlers, whose public settings are anybody's."""
    if "taskId" not in public and "objectStr" not in public:
        return {}
    custom = values.mapping(values.inner(public.get("customSettings"))) or values.mapping(public.get("customSettings"))
    ticks = values.number(public.get("commandStartTimeUTCTicks"))
    moment = stamps.from_ticks(ticks) if ticks else None
    return {
        "command": values.text(public.get("commandToExecute")),
        "task": values.text(public.get("taskId")).lower(),
        "backup_task": values.text(custom.get("backupTaskId")).lower(),
        "retry": values.number(custom.get("backupRetryCount")),
        "method": values.text(custom.get("takeSnapshotFrom")),
        "started": moment.isoformat() if moment else None,
        "vm": _vm_name(values.text(public.get("objectStr"))),
    }


def _vm_name(packed: str) -> str:
    """VM_NAME of `backupMetadata` in an `objectStr`; nothing else of it is looked at."""
    try:
        clear = base64.b64decode(packed, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
    metadata = values.pairs(values.mapping(values.inner(clear.strip(" \r\n'"))).get("backupMetadata"))
    return next((values.text(value) for key, value in metadata.items() if key.upper() == "VM_NAME"), "")
