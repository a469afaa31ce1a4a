"""Durations as job documents write them."""

from __future__ import annotations

import re
from typing import Any

_LONGEST = 366 * 86400
_ISO = re.compile(r"P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_CLOCK = re.compile(r"(?:(\d+)[.]|(\d+) days?, )?(\d+):(\d\d):(\d\d(?:\.\d+)?)")


def seconds(value: Any) -> float | None:
    """Seconds of a duration, or None if it is none or longer than any job.

    `PT1H2M3.5S` (REST), `01:02:03.5`, `1.02:03:04` (.NET), `1 day, 2:03:04` (az CLI), a number of seconds, a TimeSpan object.
    """
    if isinstance(value, dict):
        value = value.get("totalseconds")
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value < _LONGEST else None
    text = str(value).strip()[:100]
    if (iso := _ISO.fullmatch(text)) and text not in ("P", "PT"):
        days, hours, minutes, rest = (float(part or 0) for part in iso.groups())
        return _sane(days * 86400 + hours * 3600 + minutes * 60 + rest)
    if clock := _CLOCK.fullmatch(text):
        whole_days = int(clock[1] or clock[2] or 0)
        return _sane(whole_days * 86400 + int(clock[3]) * 3600 + int(clock[4]) * 60 + float(clock[5]))
    return None


def _sane(found: float) -> float | None:
    return found if found < _LONGEST else None
