"""Event logs in a signature's examples: EVTX is binary, so an example spells its records out.

    Windows/System32/winevt/Logs/System.evtx:
      - {provider: Service Control Manager, id: 7031, time: "2026-03-10T02:00:00Z", service: RdAgent, data: [RdAgent, "1", "60000"]}

`provider` and `id` are needed. `data`: a list (positional, as `param1`, `param2`, …) or a mapping of names. `time`: ISO, UTC.
`service`: the short name that the Service Control Manager keeps in the binary part. `level`, `channel`, `computer` as in a record; a log
named as Windows names it (`System.evtx`, `A%4Operational.evtx`) tells the channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.bundle import Encoding, Member
from analyzer.bundle.layouts import Form, Row
from analyzer.model import Artifact, ArtifactStatus, Event
from analyzer.parsers.evtx.normalise import Record, event_of, moment
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import Read

_ROW = Row("evtx", form=Form.NONE)
_TIME = "2026-03-10T02:00:00Z"
_KNOWN = {"provider", "id", "time", "level", "channel", "computer", "data", "service"}


def example_log(path: str, records: Sequence[Mapping[str, Any]], patterns: PatternSet) -> Read:
    """What reading such a log gives. Raises `ValueError` for a record that says nothing or something unknown."""
    events = [_event(path, number, record) for number, record in enumerate(records, 1)]
    artifact = Artifact(path, "evtx", status=ArtifactStatus.PARSED, events=len(events))
    read = Read(Member(path, 0, None), _ROW, Encoding("binary", "latin-1"), artifact, events)
    for event in events:
        read.hits += patterns.of_kind("evtx").of_event(event)
    return read


def _channel(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".evtx").replace("%4", "/")


def _event(path: str, number: int, said: Mapping[str, Any]) -> Event:
    unknown = sorted(set(said) - _KNOWN)
    if unknown or "provider" not in said or "id" not in said:
        raise ValueError(f"record {number}: {'unknown key ' + unknown[0] if unknown else 'a record needs provider and id'}")
    data, time = said.get("data") or {}, str(said.get("time", _TIME))
    named = data if isinstance(data, Mapping) else {f"param{place}": value for place, value in enumerate(data, 1)}
    level = int(said.get("level", 2))
    binary = f"{said['service']}\0".encode("utf-16-le").hex().upper() if "service" in said else ""
    channel, computer = str(said.get("channel", _channel(path))), str(said.get("computer", "app01"))
    record = Record(
        str(said["provider"]), int(said["id"]), level, channel, computer, moment(time), None, "",
        "", {str(name): value if isinstance(value, bool | int | float) else str(value) for name, value in named.items()}, binary, "",
    )  # fmt: skip
    return event_of(record, path, number, time, {})
