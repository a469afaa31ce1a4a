"""The timeline as the page's script reads it: one JSON text that is safe inside a `<script>` element, small, and the same every time.

Events are columns, repeated words are numbers into lists. From some size on the columns travel as base64 of gzip inside the JSON; the
browser unpacks them (DecompressionStream). Where it cannot, the page has the rows nearest to the failure as a table.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from . import figures, wording
from .messages import Messages, load
from .visible import visible

LIMIT = 20_000  # rows a page holds; of more, those nearest to a failure
NEAREST = 200  # rows that the page shows without its script
PACKED_FROM = 24_000  # bytes of columns from which packing pays
_WORDS = "live."  # keys of the message catalogue that the script speaks with

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}

Row = dict[str, Any]


def chosen(events: Sequence[Row], incidents: Iterable[Row], limit: int = LIMIT) -> list[Row]:
    """At most `limit` events in their order: those nearest to a window, of equally near ones evidence and errors before others."""
    if len(events) <= limit:
        return list(events)
    spans = figures.windows(incidents)
    ranked = sorted(range(len(events)), key=lambda number: (*_rank(events[number], spans), number))
    return [events[number] for number in sorted(ranked[:limit])]


def _rank(row: Row, spans: list[tuple[datetime, datetime]]) -> tuple[float, bool, bool]:
    at = wording.moment(row["time"])
    away = min((max((start - at).total_seconds(), (at - end).total_seconds(), 0.0) for start, end in spans), default=0.0) if at else 0.0
    return away, "evidence" not in row["tags"], not figures.is_severe(row["level"])


def encode(page: Row, events: Sequence[Row], messages: Messages) -> str:
    """The JSON text for `events` (in order of time, those without a time first) and what is drawn around them.

    `page` is the view of the report: incidents with anchors, gaps, clocks, bundle.
    """
    lanes, levels, components, artifacts, bases, tags, follow = (_Words() for _ in range(7))
    for lane in figures.LANES:
        lanes.number(lane)
    times = [_millis(row["time"]) for row in events]
    columns = {
        "t": _deltas(times),
        "lane": [lanes.number(row["lane"]) for row in events],
        "level": [levels.number(row["level"]) for row in events],
        "basis": [bases.number(row["basis"]) for row in events],
        "comp": [components.number(row["component"]) for row in events],
        "art": [artifacts.number(row["artifact"]) for row in events],
        "place": _places(events),
        "text": [visible(str(row["text"])) for row in events],
        "tags": _sparse([tags.number(tag) for tag in row["tags"]] for row in events),
        "follow": _sparse([follow.number(key) for key in row["follow"]] for row in events),
        "evidence": _sparse(row["anchor"] for row in events),
    }
    data = {
        "rows": len(events),
        "text": {key.removeprefix(_WORDS): text for key, text in load(messages.lang).items() if key.startswith(_WORDS)},
        "lanes": [[word, messages.label("lane", word)] for word in lanes.words],
        "levels": [[word, word, _severity(word)] for word in levels.words],
        "bases": ["" if word in ("declared", "none", "") else messages.label("basis", word) for word in bases.words],
        "tags": [[word, messages.label("tag", word)] for word in tags.words],
        "components": components.words,
        "artifacts": artifacts.words,
        "follow": follow.words,
        "zone": _zone(page["clocks"], messages),
        "collected": _millis(_time_of(page["bundle"]["collected"])),
        "windows": _windows(page["incidents"], messages),
        "runs": _runs(page, messages),
        "gaps": _gaps(page["gaps"], events, messages),
        **_packed(columns),
    }
    return orjson.dumps(data).decode().translate(_ESCAPES)


class _Words:
    """Numbers for words, in the order in which they appear."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def number(self, word: object) -> int:
        return self._numbers.setdefault(word or "", len(self._numbers))

    @property
    def words(self) -> list[str]:
        return [visible(str(word)) for word in self._numbers]


def _packed(columns: Row) -> Row:
    raw = orjson.dumps(columns)
    if len(raw) < PACKED_FROM:
        return {"columns": columns}
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)  # gzip; zlib leaves the time in its head empty
    packed = bytearray(packer.compress(raw) + packer.flush())
    packed[9] = 255  # the system it was made on: unknown, so that every machine writes the same page
    return {"packed": base64.b64encode(bytes(packed)).decode()}


def _millis(value: object) -> int | None:
    at = wording.moment(value)
    return None if at is None else round((at - _EPOCH).total_seconds() * 1000)


def _deltas(times: Iterable[int | None]) -> list[int | None]:
    """Each time as its distance from the one before; null for none."""
    found: list[int | None] = []
    last = 0
    for at in times:
        found.append(None if at is None else at - last)
        last = last if at is None else at
    return found


def _places(events: Iterable[Row]) -> list[int | str]:
    """A line as its distance from the last one named of the same artifact; any other place as the end of the locator."""
    last: dict[str, int] = {}
    found: list[int | str] = []
    for row in events:
        line = row["line"]
        if row["record"] is None and isinstance(line, int) and row["until_line"] in (None, line):
            found.append(line - last.get(row["artifact"], 0))
            last[row["artifact"]] = line
        else:
            found.append(visible(wording.locator({**row, "artifact": ""})))
    return found


def _sparse(values: Iterable[Any]) -> dict[str, Any]:
    """Most rows have no tag, no attempt and are no evidence: only those that have, by number."""
    return {str(number): value for number, value in enumerate(values) if value}


def _severity(level: str) -> int:
    """2 for errors, 1 for warnings, 0 for all else: the shape of a mark."""
    word = level.lower()
    return 2 if word in ("error", "critical", "fatal") else 1 if word in ("warning", "warn") else 0


def _time_of(value: Any) -> object:
    return value.get("time") if isinstance(value, dict) else value


def _zone(clocks: Sequence[Row], messages: Messages) -> Row | None:
    """The VM's own clock, for a second time in the readout; None where the bundle does not tell."""
    clock = next((row for row in clocks if row["zone"] or row["offset"]), None)
    if clock is None:
        return None
    return {"name": visible(str(clock["zone"])), "offset": visible(str(clock["offset"])), "basis": messages.label("basis", clock["basis"])}


def _windows(incidents: Iterable[Row], messages: Messages) -> list[Row]:
    rows = []
    for incident in incidents:
        start, end = _millis(incident["window"]["from"]), _millis(incident["window"]["to"])
        if start is not None and end is not None:
            label = messages.get("incident.n", n=incident["number"])
            rows.append({"from": start, "to": end, "label": label, "anchor": incident["anchor"]})
    return rows


def _runs(page: Row, messages: Messages) -> list[Row]:
    """What the buttons of the timeline show: the failure that leads the page, and the last good run before it."""
    if not page["groups"]:
        return []
    incident = page["groups"][0][0]
    good = incident["contrast"]["last_good"]
    spans = [("bad", "live.this", incident["window"]["from"], incident["window"]["to"], incident["attempts"])]
    if isinstance(good, dict):
        spans.append(("good", "live.good", good.get("started"), good.get("ended"), [good]))
    found = []
    for name, key, first, last, attempts in spans:
        start, end = _millis(first), _millis(last)
        if start is not None and end is not None:
            begun = [at for run in attempts if (at := _millis(run.get("started"))) is not None]
            found.append({"id": name, "label": messages.get(key), "from": start, "to": end, "begun": begun[-1] if begun else start})
    return found


def _gaps(gaps: Iterable[Row], events: Sequence[Row], messages: Messages) -> list[Row]:
    """Silences by lane; where a document does not say the lane, that of the artifact's events."""
    lanes = {row["artifact"]: row["lane"] for row in events}
    found = []
    for gap in gaps:
        start, end = _millis(gap["from"]), _millis(gap["to"])
        if start is not None and end is not None:
            reason = visible(messages.label("gap", gap["reason"]))
            lane = gap["lane"] or lanes.get(gap["artifact"], "os")
            found.append({"lane": lane, "from": start, "to": end, "reason": reason, "artifact": visible(str(gap["artifact"]))})
    return found
