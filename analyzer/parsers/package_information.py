"""PackageInformation.txt of the Windows agent (`C:\\WindowsAzure\\Packages`) or of a plugin: which build of the package lies there.

The file is collected by azure-diskinspect-service (manifests/windows); no page documents its lines. A line that holds a version of three
or four parts is taken, whatever stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import owner

_VERSION = re.compile(r"(?<![\w.])\d{1,9}(?:\.\d{1,9}){2,3}(?!\.?\d)")


def parse(document: Document) -> Iterator[Event]:
    """One state event per line with a version: component is the plugin, '' for the agent."""
    found = 0
    for number, line in document.lines():
        line = line.strip("\x00\ufeff")
        version = _VERSION.search(line)
        if version is None:
            continue
        found += 1
        yield Event(
            document.kind, document.path, line.strip(), line=number, component=owner(document.path).name, fields={"version": version[0]},
            raw=line, state=True,
        )  # fmt: skip
    if not found:
        document.problem("no version in this file", "which build the package is")
