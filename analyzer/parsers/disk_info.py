"""diskinfo.txt of an Inspect IaaS Disk bundle: how full each file system of the disk is, in bytes and inodes.

Grammar and source: grammars/disk_info.lark. The blocks of statvfs(2) are exact; the `df -h` table in front of them is used for mounts
whose block is missing, and only below /sysroot, where the inspecting machine mounts the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.model import Event, Value
from analyzer.parsers import lines, values
from analyzer.parsers.document import Document

_SYSROOT = "/sysroot"


@dataclass
class _Mount:
    """A mount and what stands of it in the file."""

    line: int
    mount: str
    device: str
    percent: int | None = None
    rows: list[str] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)


def parse(document: Document) -> Iterator[Event]:
    """One state event per mount: fields `mount`, `device`, `used_percent` as `df` counts it, `free_bytes` and `free_inodes` for what is
    not root, `inodes` (None where the file system has no fixed number), and of a Windows disk `drive` (`C:`) where the letter is known."""
    table: dict[str, _Mount] = {}
    drives: dict[str, str] = {}
    blocks: list[_Mount] = []
    for number, line in document.lines():
        line = line.strip("\x00").rstrip()
        shape, columns = lines.read("disk_info", line)
        if shape == "device":
            blocks.append(_Mount(number, columns["MOUNT"].strip(), columns["DEVICE"], rows=[line]))
        elif shape == "drive":
            drives[columns["PARTITION"]] = columns["DRIVE"]
        elif shape == "statistic" and blocks:
            blocks[-1].rows.append(line)
            if (value := values.number(columns["NUMBER"])) is not None:
                blocks[-1].said[columns["KEY"]] = value
        elif shape == "row" and not blocks and (mount := columns["MOUNTED"]).startswith(_SYSROOT):
            place = mount.removeprefix(_SYSROOT) or "/"
            table[place] = _Mount(number, place, columns["FILESYSTEM"], values.number(columns["PERCENT"].rstrip("%")), [line])
    if not blocks and not table:
        document.problem("neither a mount of the disk nor its statistics", "how full the disk is")
    for found in blocks:
        row = table.pop(found.mount, None)
        if not {"blocks", "bavail"} <= found.said.keys():
            document.problem(f"the statistics at line {found.line} are cut", f"the free space of {found.mount}")
        yield _event(document, found, row.percent if row else None, drives.get(found.device))
    for found in table.values():
        yield _event(document, found, found.percent, drives.get(found.device))


def _event(document: Document, found: _Mount, percent: int | None, drive: str | None) -> Event:
    said = found.said
    unit = said.get("frsize") or said.get("bsize") or 0
    fields: dict[str, Value] = {
        "mount": found.mount,
        "device": found.device,
        "used_percent": _used(said, percent),
        "free_bytes": said["bavail"] * unit if "bavail" in said and unit else None,
        "free_inodes": said.get("favail", said.get("ffree")) if said.get("files") else None,
        "inodes": said.get("files") or None,
    }
    if drive is not None:
        fields["drive"] = drive
    return Event(document.kind, document.path, found.mount, line=found.line, fields=fields, raw="\n".join(found.rows), state=True)


def _used(said: dict[str, int], percent: int | None) -> int | None:
    """As coreutils' df: used of what is used or free to users, rounded up."""
    if not {"blocks", "bfree", "bavail"} <= said.keys():
        return percent
    used = said["blocks"] - said["bfree"]
    usable = used + said["bavail"]
    return -(-used * 100 // usable) if usable > 0 and used >= 0 else percent
