"""`systeminfo`, `wmic os`, Win32_OperatingSystem, Get-ComputerInfo, `ver`, msinfo32: which Windows, and since when it runs.

Labels are translated; the values tell what they are: the name has `Windows` in it, the version is `10.0.17763 … Build 17763` with the
build again at its end, the system type is `x64-based PC`. Only the boot time needs its label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.model import Clock, Event, Stamp, Value
from analyzer.parsers import date_words, stamps
from analyzer.parsers.commands import properties, saved
from analyzer.parsers.commands.properties import Item
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-systeminfo"

_PAIR = re.compile(r"(?P<label>[^\s:：\t][^:：\t\n]{0,60}?)[ \u00a0]*[:：\t]\s*(?P<value>\S[^\n]*)")
_OS = re.compile(r"(?:Microsoft(?:®|\(R\))? )?Windows(?:®|\(R\))? [^\n]{2,120}")
_VERSION = re.compile(r"(?P<version>\d{1,2}\.\d{1,2}\.(?P<build>\d{4,6}))(?:\.\d+)?(?:\s[^\n]*?)?(?P<again>\b\d{4,6})?\s*")
_VER = re.compile(r"Microsoft Windows \[[^\]\d]*(?P<version>\d{1,2}\.\d{1,2}\.(?P<build>\d{4,6})(?:\.\d+)?)\]")
_TYPE = re.compile(r"(?i)(x64|x86|arm64)[- ][^\n]{2,40}")
_BOOT = re.compile(
    r"(?i)system boot time|systemstartzeit|系统启动时间|系統開機時間|システム起動時間|시스템 부트 시간"
    r"|heure de démarrage du système|tiempo de arranque del sistema|tempo di avvio sistema|tempo de inicialização do sistema"
    r"|время загрузки системы|systeemopstarttijd|czas rozruchu systemu"
)
_DMTF = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-]\d{3})")
_AMBIGUOUS = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_UTC = re.compile(
    r"(?i)\(UTC\) (?:Coordinated Universal Time|协调世界时|協調世界時|協定世界時|Koordinierte Weltzeit|Temps universel coordonné"
    r"|Hora universal coordinada)"
)
_KNOWN = ("osarchitecture", "lastbootuptime", "buildnumber", "caption", "osname", "osversion", "windowsproductname")


@dataclass
class _Seen:
    """What was read so far, and where the name or version of the system stands."""

    fields: dict[str, Value] = field(default_factory=dict)
    line: int = 0
    until: int = 0
    raw: str = ""
    boot: tuple[int, str, Stamp | None] | None = None


def parse(document: Document) -> Iterator[Event]:
    """A state event for the system: fields `os`, `version`, `build`, `bits`, and `boot_time` (ISO, by the machine's clock) where the
    output tells it; one more for the line of the boot time, which holds from then on; and a `timezone` event if the zone is UTC."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    seen = _Seen()
    for number, line in section.lines:
        text = line.strip().lstrip("\ufeff")
        if match := _VER.search(text):
            _note(seen, number, line, version=match["version"], build=int(match["build"]))
        elif pair := _PAIR.fullmatch(text):
            yield from _read(section, seen, number, line, pair["label"].strip(), pair["value"].strip())
    for item in properties.items(section, _KNOWN):
        _object(seen, item)
    if seen.boot is not None:
        number, line, stamp = seen.boot
        fields: dict[str, Value] = {"boot_time": stamp.value.isoformat() + ("Z" if stamp.clock is Clock.UTC else "") if stamp else None}
        seen.fields |= fields
        yield Event(KIND, section.path, line.strip(), line=number, stamp=stamp, fields=fields, raw=line, state=True)
    if seen.fields.keys() & {"os", "version"}:
        shown: dict[str, Value] = {name: seen.fields.get(name) for name in ("os", "version", "build", "boot_time", "bits")}
        text = " ".join(str(shown[name]) for name in ("os", "version") if shown[name])
        until = seen.until if seen.until > seen.line else None
        yield Event(KIND, section.path, text, line=seen.line, until_line=until, fields=shown, raw=seen.raw, state=True)


def _read(section: Section, seen: _Seen, number: int, line: str, label: str, value: str) -> Iterator[Event]:
    if "os" not in seen.fields and _OS.fullmatch(value):
        _note(seen, number, line, os=value)
    elif "version" not in seen.fields and seen.fields.get("os") and (match := _VERSION.fullmatch(value)) and _is_build(match):
        _note(seen, number, line, version=match["version"], build=int(match["build"]))
    elif "bits" not in seen.fields and (match := _TYPE.fullmatch(value)):
        seen.fields["bits"] = 32 if match[1].lower() == "x86" else 64
    elif seen.boot is None and _BOOT.fullmatch(label):
        seen.boot = (number, line, _boot(value))
    elif _UTC.search(value):
        zone: dict[str, Value] = {"zone": "Etc/UTC", "abbreviation": "UTC", "offset": 0}
        yield Event("timezone", section.path, line.strip(), line=number, fields=zone, raw=line, state=True)


def _is_build(match: re.Match[str]) -> bool:
    return match["again"] in (None, match["build"])


def _note(seen: _Seen, number: int, line: str, **fields: Value) -> None:
    if not seen.line:
        seen.line, seen.raw = number, line
    elif number == seen.until + 1:
        seen.raw += "\n" + line
    if number == max(seen.line, seen.until + 1):
        seen.until = number
    seen.fields |= {name: value for name, value in fields.items() if name not in seen.fields}


def _boot(text: str) -> Stamp | None:
    """The boot time; None if the date could be two days (`3/4/2024` is March 4 in an American Windows only, which writes AM or PM)."""
    day = _AMBIGUOUS.search(text)
    if day and int(day[1]) <= 12 and int(day[2]) <= 12 and day[1] != day[2] and not re.search(r"(?i)\b[AP]M\b", text):
        return None
    return stamps.read(text) or date_words.read(text)


def _dmtf(text: str) -> Stamp | None:
    """A time of WMI, `20240115083012.500000+060`: local time and its minutes east of UTC. Else whatever date PowerShell prints."""
    match = _DMTF.match(text)
    if match is None:
        return _boot(text) if text else None
    minutes = int(match[8])
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    return stamps.read(f"{match[1]}-{match[2]}-{match[3]}T{match[4]}:{match[5]}:{match[6]}.{match[7]}{zone}")


def _object(seen: _Seen, item: Item) -> None:
    name, version = item.get("caption", "osname", "windowsproductname"), item.get("version", "osversion")
    build, width = item.get("buildnumber", "osbuildnumber"), item.get("osarchitecture")
    if not (_OS.match(name) or re.match(r"\d{1,2}\.\d{1,2}\.\d{4,6}", version)):
        return
    if not seen.line:
        seen.line, seen.until, seen.raw = item.line, item.until, item.raw
    if not build and (match := re.match(r"\d+\.\d+\.(\d{4,6})", version)):
        build = match[1]
    given: dict[str, Value] = {
        "os": name or None,
        "version": version or None,
        "build": int(build) if re.fullmatch(r"\d{4,6}", build) else None,
    }
    given["bits"] = 64 if "64" in width else 32 if "32" in width else None
    seen.fields |= {key: value for key, value in given.items() if value is not None and seen.fields.get(key) is None}
    if seen.boot is None and (boot := _dmtf(item.get("lastbootuptime", "oslastbootuptime"))):
        seen.boot = (item.line, item.raw, boot)
