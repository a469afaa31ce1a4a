"""`df`: how full the file systems are.

The columns of df(1) in any locale and with any of -h, -k, -m, -P, -T, -i: three numbers, a percentage and the mount point end each
row. A long device name stands on a line of its own, before its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-df"

_NUMBER = r"-|-?\d[\d.,]{0,20}[KMGTPEZY]?i?B?"
_ROW = re.compile(
    rf"(?P<filesystem>\S.*?)?\s+(?P<size>{_NUMBER})\s+(?P<used>{_NUMBER})\s+(?P<available>{_NUMBER})\s+(?P<percent>\d{{1,4}}%|-)\s+(?P<mount>/.*)"
)
_HEADER = re.compile(r"\S.*(?:%|Capacity|\bMounted on)\s.*\S")
_INODES = re.compile(r"(?i)inode|IUse%|\(I\)|i节点")
_BLOCK = re.compile(r"(?P<count>\d*)(?P<unit>[KMGT]?)i?B?-[^\W\d]")  # 1K-blocks, 1024-blocks, 1M-blocks, 1K-块
_TYPE = re.compile(
    r"(?P<filesystem>.*\S)\s+(?P<type>ext[234]|xfs|btrfs|tmpfs|devtmpfs|vfat|overlay|squashfs|nfs4?|cifs|iso9660|zfs|efivarfs|fuse[\w.-]*"
    r"|proc|sysfs|cgroup2?|tracefs|debugfs|securityfs|pstore|bpf|autofs|hugetlbfs|mqueue|devpts|configfs|udf|ntfs\d?|gfs2|ocfs2|glusterfs|ramfs)"
)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6, "Z": 7, "Y": 8}


def parse(document: Document) -> Iterator[Event]:
    """One state event per row: fields `mount`, `filesystem`, `type` (-T), `used_percent`, `available_kb` (1024 bytes) or, for rows
    that count inodes (`inodes` true), `free_inodes`."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    header = ""
    wrapped: tuple[int, str] | None = None
    for number, line in section.lines:
        match = _ROW.fullmatch(line.rstrip())
        if match is None:
            if _HEADER.fullmatch(line.rstrip()) and len(line.split()) > 4:
                header = line
            wrapped = (number, line) if line.strip() and len(line.split()) == 1 else None
            continue
        if match["filesystem"]:
            yield _event(section, match, match["filesystem"], header, number, None, line)
        elif wrapped is not None:
            yield _event(section, match, wrapped[1].strip(), header, wrapped[0], number, f"{wrapped[1]}\n{line}")
        wrapped = None


def _event(section: Section, match: re.Match[str], name: str, header: str, line: int, until: int | None, raw: str) -> Event:
    inodes = bool(_INODES.search(header))
    typed = _TYPE.fullmatch(name)
    fields: dict[str, Value] = {"mount": match["mount"], "filesystem": typed["filesystem"] if typed else name}
    if typed:
        fields["type"] = typed["type"]
    fields["used_percent"] = int(match["percent"].rstrip("%")) if match["percent"] != "-" else None
    fields["inodes"] = inodes
    if inodes:
        fields["free_inodes"] = _number(match["available"], 1)
    else:
        available = _number(match["available"], _block(header))
        fields["available_kb"] = None if available is None else available // 1024
    return Event(KIND, section.path, " ".join(raw.split()), line=line, until_line=until, fields=fields, raw=raw, state=True)


def _block(header: str) -> int:
    """Bytes of one unit of a number without a suffix."""
    if not header:
        return 1024  # df's own unit
    block = _BLOCK.search(header)
    return 1 if block is None else int(block["count"] or 1) * 1024 ** _POWERS[block["unit"]]


def _number(text: str, unit: int) -> int | None:
    """A number of a row: `21G`, `1,5T`, or a count of units; None for `-`."""
    match = re.fullmatch(r"(-?)(\d[\d.,]*)([KMGTPEZY]?)i?B?", text)
    if match is None:
        return None
    sign, digits, suffix = -1 if match[1] else 1, match[2], match[3]
    if suffix:
        return (
            int(sign * float(digits.replace(",", ".", 1).rstrip(".,")) * 1024 ** _POWERS[suffix])
            if digits.count(",") + digits.count(".") < 2
            else None
        )
    return sign * int(re.sub(r"\D", "", digits)) * unit
