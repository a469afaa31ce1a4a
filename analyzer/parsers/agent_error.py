"""error.json of an agent version: how often it failed to run, and whether the daemon refuses it.

`/var/lib/waagent/WALinuxAgent-x.y.z/error.json`, written by Azure/WALinuxAgent ga/guestagent.py (class GuestAgentError): a version is
refused after a fatal failure or the third one. `last_failure` is in seconds since 1970, 0.0 if there was none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import stamps, values, verbatim
from analyzer.parsers.document import Document

_REFUSED_FROM = 3  # MAX_FAILURE of ga/guestagent.py
_VERSION = re.compile(r"walinuxagent-(\d+(?:\.\d+)*)/", re.IGNORECASE)


def parse(document: Document) -> Iterator[Event]:
    """One event: code is the agent's version, level ERROR if the version is refused, WARNING if it failed at all."""
    value = document.json()
    if value is None:
        return
    if not isinstance(value, dict) or ("was_fatal" not in value and "failure_count" not in value):
        document.problem("this JSON document is no error record of the agent", "the whole document")
        return
    version = next(iter(_VERSION.findall(document.path)), "")
    count = values.number(value.get("failure_count")) or 0
    fatal, reason = values.truth(value.get("was_fatal")) or False, values.text(value.get("reason"))
    refused = fatal or count >= _REFUSED_FROM
    fields: dict[str, Value] = {"version": version, "failure_count": count, "was_fatal": fatal, "reason": reason, "refused": refused}
    text = reason or f"{count} failures, {'fatal' if fatal else 'not fatal'}"
    key = "reason" if reason else "failure_count" if "failure_count" in value else "was_fatal"
    level = "ERROR" if refused else "WARNING" if count else "INFO"
    yield Event(
        document.kind, document.path, text, pointer=f"/{key}", stamp=_stamp(value.get("last_failure")), code=version,
        level=level, fields=fields, raw=verbatim.member(document.text, key, value.get(key)),
    )  # fmt: skip


def _stamp(seconds: Any) -> Stamp | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds <= 0:
        return None
    return stamps.of(stamps.from_milliseconds(int(seconds * 1000)))
