"""SeqNumber.txt of the backup extension for Windows (`C:\\Packages\\Plugins\\Microsoft.Azure.RecoveryServices.VMSnapshot\\<version>`): the
configuration sequence number that it last worked on. Collected by azure-diskinspect-service (manifests/windows); it holds one number.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import values
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import owner


def parse(document: Document) -> Iterator[Event]:
    """One state event: `sequence`; component is the plugin, `version` its build."""
    for number, line in document.lines():
        text = line.strip("\x00\ufeff \t")
        if not text:
            continue
        sequence = values.number(text)
        if sequence is None or sequence < 0:
            document.problem(f"line {number} is no sequence number", "which configuration the extension last worked on")
            return
        handler = owner(document.path)
        fields: dict[str, Value] = {"sequence": sequence, "version": handler.version}
        yield Event(document.kind, document.path, text, line=number, component=handler.name, fields=fields, raw=line, state=True)
        return
    document.problem("the file is empty", "which configuration the extension last worked on")
