"""`systemctl status`, `is-active` and `is-enabled` of any unit.

Format: systemctl(1): a bullet and the unit, then `Loaded:` and `Active:` lines; the journal's last lines follow and are no state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.model import Clock, Event, Stamp, Value
from analyzer.parsers import stamps
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-systemctl"

_UNIT = re.compile(
    r"(?:[●○×↻*x?]\s{0,2}|\s{0,2})(?P<unit>[\w@.\\:-]+\.(?:service|socket|timer|target|mount|slice|scope|path|device|swap))(?: - .*)?"
)
_LOADED = re.compile(r"\s*Loaded: (?P<loaded>[\w-]+)(?: \((?P<rest>.*)\))?")
_ACTIVE = re.compile(
    r"\s*Active: (?P<active>[\w-]+)(?: \((?P<sub>[^)]*)\))?(?: \(Result: (?P<result>[\w-]+)\))?(?: since (?P<since>[^;]+))?"
)
_MISSING = re.compile(r"Unit (?P<unit>\S{1,255}) could not be found|^(?P<old>\S{1,255}): unrecognized service")
_ENABLED = (
    "enabled",
    "disabled",
    "static",
    "masked",
    "indirect",
    "generated",
    "transient",
    "alias",
    "enabled-runtime",
    "masked-runtime",
    "linked",
    "bad",
)
_STATES = ("active", "inactive", "failed", "activating", "deactivating", "unknown", "reloading", "maintenance")


@dataclass
class _Unit:
    fields: dict[str, Value] = field(default_factory=dict)
    line: int = 0
    raw: str = ""
    stamp: Stamp | None = None


def parse(document: Document) -> Iterator[Event]:
    """One state event per unit, on its `Active:` line: fields `unit`, `loaded`, `enabled`, `active`, `sub`, `result`, `since`.

    The event holds since the unit is in that state.
    """
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    words = saved.bare(section.command).split()
    asked = words[-1] if len(words) > 1 else ""
    if len(words) > 1 and words[0] == "systemctl" and ("is-active" in words or "is-enabled" in words):
        yield from _answers(section, asked)
        return
    unit = _Unit()
    for number, line in section.lines:
        if missing := _MISSING.search(line):
            name = missing["unit"] or missing["old"]
            yield _event(section, _Unit({"unit": name, "loaded": "not-found", "active": "inactive"}, number, line))
        elif match := _UNIT.fullmatch(line.rstrip()):
            unit = _Unit({"unit": match["unit"]})
        elif match := _LOADED.match(line):
            unit.fields.setdefault("unit", asked)
            unit.fields |= {"loaded": match["loaded"], "enabled": _enabled(f"{match['rest']};{match['loaded']}")}
        elif (match := _ACTIVE.match(line)) and unit.fields:
            yield _event(section, _state(unit, match, number, line))
            unit = _Unit()


def _state(unit: _Unit, match: re.Match[str], number: int, line: str) -> _Unit:
    sub, result = match["sub"] or "", match["result"]
    if sub.startswith("Result: "):
        sub, result = "", sub.removeprefix("Result: ")
    stamp = stamps.read(match["since"] or "")
    since = f"{stamp.value.isoformat()}{'Z' if stamp.clock is Clock.UTC else ''}" if stamp else None
    return _Unit(unit.fields | {"active": match["active"], "sub": sub, "result": result, "since": since}, number, line, stamp)


def _enabled(rest: str) -> str | None:
    """Whether the unit starts at boot, of `(/lib/systemd/system/x.service; enabled; preset: enabled)`."""
    return next((part.strip() for part in rest.split(";") if part.strip() in _ENABLED), None)


def _answers(section: Section, unit: str) -> Iterator[Event]:
    """`is-active` and `is-enabled` print one word per unit."""
    for number, line in section.lines:
        word = line.strip()
        if "is-active" in section.command and word in _STATES:
            yield _event(section, _Unit({"unit": _named(unit), "active": word}, number, line))
        elif "is-enabled" in section.command and word in _ENABLED:
            yield _event(section, _Unit({"unit": _named(unit), "enabled": word}, number, line))


def _named(unit: str) -> str:
    return unit if "." in unit else f"{unit}.service"


def _event(section: Section, unit: _Unit) -> Event:
    failed = unit.fields.get("active") == "failed" or unit.fields.get("loaded") in ("not-found", "error", "bad-setting")
    return Event(
        KIND, section.path, unit.raw.strip(), line=unit.line, stamp=unit.stamp, component=str(unit.fields.get("unit", "")),
        level="ERROR" if failed else "", fields=unit.fields, raw=unit.raw, state=True,
    )  # fmt: skip
