"""Configuration of pre- and post-scripts: VMSnapshotScriptPluginConfig.json, and VMSnapshotPluginHost.conf that names it.

Both in /etc/azure, read by Azure/azure-linux-extensions VMBackup/main (ScriptRunner.py, PluginHost.py). Parameters of the scripts may
hold passwords: only their number is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import ini, values, verbatim
from analyzer.parsers.document import Document, at


def parse(document: Document) -> Iterator[Event]:
    """One state event per value: code is the key, fields `key` and `value` (and `section` in the host's file)."""
    is_json = document.path.lower().endswith(".json") or document.text.lstrip("\ufeff\x00 \t\r\n").startswith("{")
    yield from _plugin(document) if is_json else _host(document)


def _plugin(document: Document) -> Iterator[Event]:
    value = document.json()
    if value is None:
        return
    if not isinstance(value, dict):
        document.problem("no object in this JSON document", "the whole document")
        return
    for key, setting in value.items():
        name = values.text(key)
        if isinstance(setting, list | dict):
            shown, raw = f"{sum(1 for item in setting if item)} values", f'"{name}"'
        else:
            shown = values.text(setting)
            raw = verbatim.member(document.text, name, shown)
        fields: dict[str, Value] = {"key": name, "value": shown}
        yield Event(document.kind, document.path, f"{name} = {shown}", pointer=at("", name), code=name, fields=fields, raw=raw, state=True)


def _host(document: Document) -> Iterator[Event]:
    for option in ini.options(document):
        fields: dict[str, Value] = {"section": option.section, "key": option.key, "value": option.value, "effective": option.effective}
        text = f"{option.key} = {option.value}"
        yield Event(document.kind, document.path, text, line=option.line, code=option.key, fields=fields, raw=option.raw, state=True)
