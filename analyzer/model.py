"""The vocabulary that every room shares: what a bundle holds and what its artifacts say.

Nothing here reads a file or knows a format. A parser turns a member into `Event`s; everything after it works on events alone
(docs/architecture.md, "One model of evidence").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

Value = str | int | float | bool | None

NO_FIELDS: Mapping[str, Value] = MappingProxyType({})

_PLATFORM = ("azure-", "job", "portal-")


def of_platform(kind: str) -> bool:
    """Whether an artifact or event of this kind is what Azure says from outside of the VM, or a person copied from it."""
    return kind.startswith(_PLATFORM)


class Clock(StrEnum):
    """Which clock wrote a stamp. An explicit offset is folded into UTC by the parser that reads it."""

    UTC = "utc"
    LOCAL = "local"


class Basis(StrEnum):
    """How sure the UTC time of an event is."""

    DECLARED = "declared"  # the artifact states the zone
    INFERRED = "inferred"  # the offset follows from other records of the bundle
    ASSUMED = "assumed"  # nothing tells; UTC is assumed, Azure's default
    NONE = "none"  # the event has no time


@dataclass(frozen=True, slots=True)
class Stamp:
    """A point in time as written: naive `value`, the clock that wrote it, and whether the year was written."""

    value: datetime
    clock: Clock = Clock.UTC
    has_year: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a user must know about the input: which artifact, what happened and where, and what was lost by it."""

    artifact: str
    problem: str
    lost: str


class ArtifactStatus(StrEnum):
    PARSED = "parsed"
    PARTLY = "partly"
    UNPARSED = "unparsed"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(slots=True)
class Artifact:
    """What is known of one member after reading it. Sizes in bytes of the member as stored in its archive; times in UTC."""

    path: str
    kind: str
    size: int = 0
    sha256: str = ""
    encoding: str = ""
    lines: int | None = None
    events: int = 0
    first: datetime | None = None
    last: datetime | None = None
    status: ArtifactStatus = ArtifactStatus.UNPARSED
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What one record, value or state says.

    `text` is the message without the record's header; `raw` is what stands in the artifact, for the excerpt. `line` is 1-based
    in the decompressed, decoded text; `pointer` is a JSON Pointer or XPath. `time` is UTC and is set by the timeline from
    `stamp`; parsers leave it None. `state` marks a value that holds from its time on (a configuration value, a listing).
    """

    kind: str
    artifact: str
    text: str
    line: int | None = None
    until_line: int | None = None
    record: int | None = None
    pointer: str | None = None
    stamp: Stamp | None = None
    time: datetime | None = None
    basis: Basis = Basis.NONE
    component: str = ""
    level: str = ""
    code: str = ""
    fields: Mapping[str, Value] = field(default_factory=lambda: NO_FIELDS)
    raw: str = ""
    state: bool = False

    def at(self, time: datetime | None, basis: Basis) -> Event:
        """The same event with its UTC time. Spelt out because `dataclasses.replace` takes ten times as long, once per event."""
        return Event(
            self.kind, self.artifact, self.text, self.line, self.until_line, self.record, self.pointer, self.stamp, time, basis,
            self.component, self.level, self.code, self.fields, self.raw, self.state,
        )  # fmt: skip
