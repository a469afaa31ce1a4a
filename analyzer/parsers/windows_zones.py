"""Windows time zones as IANA names.

Windows names a zone in its registry (`TimeZoneKeyName`: "Pacific Standard Time"); that name is not translated, and it stays the
same in summer. The table is catalogue/windows-zones.yaml (Unicode CLDR, windowsZones.xml).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import yaml

from analyzer import resources

_ALWAYS_STANDARD = "_dstoff"  # tzutil marks a zone whose summer time is switched off


@cache
def _names() -> Mapping[str, str]:
    table = yaml.safe_load(resources.catalogue("windows-zones.yaml").read_text(encoding="utf-8"))
    return {name.lower(): zone for name, zone in table.items()}


def iana(name: str) -> str:
    """The IANA name of a Windows zone name in any case; '' if it is unknown or its summer time is switched off."""
    cut = name.split("\0", 1)[0].strip()  # TimeZoneKeyName has a fixed size: old text may stand behind the NUL
    return "" if cut.lower().endswith(_ALWAYS_STANDARD) else _names().get(cut.lower(), "")


def bias(text: str) -> tuple[str, int] | None:
    """Zone ('' if unknown) and minutes EAST of UTC of `480 Pacific Standard Time` or `-60 Romance Standard Time`, as event 6013
    has it (positive is west there); None if the text has no such shape."""
    match = re.fullmatch(r"\s*(-?\d{1,4})\s+(\S.*?)[\s\0]*", text)
    return (iana(match[2]), -int(match[1])) if match and abs(int(match[1])) <= 16 * 60 else None
