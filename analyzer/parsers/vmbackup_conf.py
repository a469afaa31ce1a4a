"""/etc/azure/vmbackup.conf: what an administrator set for the backup extension (timeouts, mounts to skip, order of snapshots).

Read with ConfigParser by Azure/azure-linux-extensions VMBackup/main (freezesnapshotter.py, fsfreezer.py, Utils/HandlerUtil.py). The file
is optional; the legacy option `fsfreeze` has no reader any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import ini
from analyzer.parsers.document import Document


def parse(document: Document) -> Iterator[Event]:
    """One state event per option: code `section.key`, fields `section`, `key`, `value`, `effective` (no later line sets it)."""
    for option in ini.options(document):
        fields: dict[str, Value] = {"section": option.section, "key": option.key, "value": option.value, "effective": option.effective}
        yield Event(
            document.kind, document.path, option.raw.strip(), line=option.line, code=f"{option.section}.{option.key}", fields=fields,
            raw=option.raw, state=True,
        )  # fmt: skip
