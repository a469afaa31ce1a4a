"""Rows of `ls -l` (grammars/listing.lark): what existed, how large, whose, and when it changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analyzer.parsers import lines, stamps, values

_SYSROOT = re.compile(r"^/sysroot(?=/|$)")  # where Inspect IaaS Disk mounts the disk
_INDICATORS = {"d": "/", "s": "=", "p": "|"}  # of `ls -F`; an executable file gets `*`
_TARGET_INDICATORS = "/*=|@"
_MONTHS = {name: i for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}
_SHORT = re.compile(r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) +(?:(?P<hour>\d\d):(?P<minute>\d\d)|(?P<year>\d{4}))", re.ASCII)
_HALF_A_YEAR = timedelta(days=183)  # `ls` leaves out the year of what is younger


@dataclass(frozen=True, slots=True)
class Row:
    """One listed file. `modified` is ISO in UTC and known only where the row states an offset; `modified_local` is ISO as the clock of
    the listing machine had it (a date alone where the row has no time of day), '' where the year or month cannot be told."""

    path: str
    mode: str
    owner: str
    size: int | None
    modified: str | None
    modified_local: str
    target: str


def read(line: str, folder: str, collected: datetime | None) -> Row | None:
    """The row `line` of a listing of `folder`, or None if it is none. `collected` (UTC) dates rows without a year. The entry `..` gives
    None too: it says nothing of the folder."""
    shape, columns = lines.read("listing", line)
    if not shape:
        return None
    name, target = _name(columns["NAME"], columns["MODE"])
    if name in ("..", "../"):
        return None
    modified, local = _when(columns["WHEN"], collected)
    return Row(_path(folder, name), columns["MODE"], columns["OWNER"], values.number(columns["SIZE"]), modified, local, target)


def is_row(line: str) -> bool:
    return bool(lines.read("listing", line)[0])


def folder_of(path: str) -> str:
    """A listed folder as the machine knows it."""
    return _SYSROOT.sub("", path.strip()) or "/"


def _name(name: str, mode: str) -> tuple[str, str]:
    """Name and target of a link, without the indicators of `ls -F`."""
    if mode.startswith("l"):
        name, _, target = name.partition(" -> ")
        return name.removesuffix("@"), target.rstrip(_TARGET_INDICATORS) if len(target) > 1 else target
    indicator = _INDICATORS.get(mode[0]) or ("*" if mode[0] == "-" and any(bit in mode for bit in "xst") else "")
    return (name.removesuffix(indicator) if len(name) > 1 and indicator else name), ""


def _path(folder: str, name: str) -> str:
    """Absolute, without the leading slash, as members of a collector's archive are named."""
    if name.startswith("/"):  # a listing of single files
        return folder_of(name).lstrip("/")
    return (folder_of(folder).rstrip("/") + ("" if name == "." else f"/{name}")).lstrip("/")


def _when(text: str, collected: datetime | None) -> tuple[str | None, str]:
    """The change time as UTC if the row states an offset, and as local time."""
    match = _SHORT.fullmatch(text)
    if match is not None:
        return None, _short(match, collected)
    stamp = stamps.read(text if text.count(":") > 1 else f"{text}:00")
    if stamp is None or not stamp.has_year:
        return None, ""
    if re.search(r" [+-]\d{4}$", text):
        return stamp.value.replace(tzinfo=UTC).isoformat(), ""
    return None, stamp.value.isoformat()


def _short(match: re.Match[str], collected: datetime | None) -> str:
    """`Mon dd HH:MM` is of the half year before the listing, `Mon dd  YYYY` is older; months are English or unknown."""
    month, day = _MONTHS.get(match["month"].lower(), 0), int(match["day"])
    try:
        if match["year"]:
            return datetime(int(match["year"]), month, day).date().isoformat()
        if collected is None:
            return ""
        years = (collected.year + 1, collected.year, collected.year - 1)
        moments = [
            datetime(year, month, day, int(match["hour"]), int(match["minute"])) for year in years if day < 29 or _exists(year, month, day)
        ]
    except ValueError:
        return ""
    now = collected.replace(tzinfo=None)
    fitting = [moment for moment in moments if -_HALF_A_YEAR - timedelta(days=1) <= moment - now <= timedelta(days=1)]
    return max(fitting).isoformat() if fitting else ""


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime(year, month, day)
    except ValueError:
        return False
    return True
