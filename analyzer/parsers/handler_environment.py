"""HandlerEnvironment.json: where a handler finds its settings and writes its status and logs.

Written by the agent (Azure/WALinuxAgent ga/exthandlers.py create_handler_env), an array of one; the Windows agent writes the same.
Its `version` is that of the schema, not the handler's.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import values, verbatim
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import owner


def parse(document: Document) -> Iterator[Event]:
    """One state event: the handler's folders."""
    value = document.json()
    if value is None:
        return
    in_list = isinstance(value, list)
    entry = values.mapping(value[0] if in_list and value else value)
    folders = values.mapping(entry.get("handlerEnvironment"))
    if not folders:
        document.problem("no handlerEnvironment in this JSON document", "the whole document")
        return
    configured = values.text(folders.get("configFolder"))
    handler, inside = owner(document.path), owner(configured.replace("\\", "/") + "/")
    fields: dict[str, Value] = {
        "version": handler.version or inside.version,
        "log_folder": values.text(folders.get("logFolder")),
        "config_folder": configured,
        "status_folder": values.text(folders.get("statusFolder")),
        "heartbeat_file": values.text(folders.get("heartbeatFile")),
    }
    name = handler.name or values.text(entry.get("name")) or inside.name
    yield Event(
        document.kind, document.path, f"logs in {fields['log_folder']}, settings in {configured}", component=name, fields=fields,
        pointer="/0/handlerEnvironment" if in_list else "/handlerEnvironment",
        raw=verbatim.member(document.text, "logFolder", fields["log_folder"]), state=True,
    )  # fmt: skip
