"""The geometry of the report's two figures: bars of coverage and lanes of events, as integers on a scale of 1000.

The template draws them as SVG with attributes (the page's policy allows no inline style); every figure also stands as a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .wording import moment

WIDTH = 1000
LANES = ("platform", "agent", "extension", "other-extensions", "os", "network")

_COVERAGE_BEFORE, _COVERAGE_AFTER = timedelta(hours=48), timedelta(hours=12)
_LANES_BEFORE, _LANES_AFTER = timedelta(minutes=60), timedelta(minutes=30)
_THINNEST = 3  # a bar that can be seen

Span = tuple[int, int]  # x and width


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of time drawn over the whole width."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> int:
        """The place of `at`, cut to the drawing."""
        share = (at - self.start) / (self.end - self.start)
        return round(min(max(share, 0.0), 1.0) * WIDTH)

    def span(self, first: object, last: object) -> Span | None:
        """The bar from `first` to `last`; None where it lies outside or has no times."""
        begin, end = moment(first) or moment(last), moment(last) or moment(first)
        if begin is None or end is None or end < self.start or begin > self.end:
            return None
        x = self.mark(begin)
        return x, max(self.x(end) - x, _THINNEST)

    def mark(self, at: datetime) -> int:
        """The place of a mark for `at` that stays inside the drawing."""
        return min(self.x(at), WIDTH - _THINNEST)

    @property
    def labels(self) -> tuple[str, str]:
        """Both ends as ISO times."""
        return self.start.isoformat(), self.end.isoformat()


def windows(incidents: Iterable[dict[str, Any]]) -> list[tuple[datetime, datetime]]:
    """The windows of the incidents that have one."""
    pairs = ((moment(row["window"]["from"]), moment(row["window"]["to"])) for row in incidents)
    return [(start, end) for start, end in pairs if start is not None and end is not None]


def coverage(rows: list[dict[str, Any]], gaps: list[dict[str, Any]], incidents: list[dict[str, Any]]) -> dict[str, Any]:
    """For each artifact kind: the bar of its records, its gaps and the incident windows, around the incidents."""
    times = [found for row in rows for found in (moment(row["first"]), moment(row["last"])) if found]
    scale = _scale(windows(incidents), times, _COVERAGE_BEFORE, _COVERAGE_AFTER)
    if scale is None:
        return {"scale": None, "windows": [], "rows": [{**row, "bar": None, "gaps": []} for row in rows]}
    drawn = []
    for row in rows:
        own = [scale.span(gap["from"], gap["to"]) for gap in gaps if gap["artifact"] in row["artifacts"]]
        drawn.append({**row, "bar": scale.span(row["first"], row["last"]), "gaps": [span for span in own if span]})
    return {"scale": scale, "windows": _bands(scale, incidents), "rows": drawn}


def lanes(events: list[dict[str, Any]], incidents: list[dict[str, Any]], gaps: list[dict[str, Any]]) -> dict[str, Any]:
    """For each lane: where its events lie around the incidents, severe ones apart; events of one place and kind are one mark. A lane
    without events is drawn if it has a gap."""
    stamped = [(found, row) for row in events if (found := moment(row["time"]))]
    scale = _scale(windows(incidents), [at for at, _ in stamped], _LANES_BEFORE, _LANES_AFTER)
    if scale is None:
        return {"scale": None, "windows": [], "rows": []}
    names = [*LANES, *sorted({row["lane"] for _, row in stamped} - set(LANES))]
    drawn = []
    for name in names:
        inside = [(at, row) for at, row in stamped if row["lane"] == name and scale.start <= at <= scale.end]
        silent = [span for gap in gaps if gap["lane"] == name and (span := scale.span(gap["from"], gap["to"]))]
        if inside or silent:
            severe = {scale.mark(at) for at, row in inside if is_severe(row["level"])}
            other = {scale.mark(at) for at, _ in inside} - severe
            drawn.append({"lane": name, "count": len(inside), "severe": sorted(severe), "other": sorted(other), "gaps": silent})
    return {"scale": scale, "windows": _bands(scale, incidents), "rows": drawn}


def is_severe(level: object) -> bool:
    """Whether a level word says that something went wrong."""
    return str(level).lower() in {"error", "critical", "fatal", "warning", "warn"}


def _bands(scale: Scale, incidents: list[dict[str, Any]]) -> list[Span]:
    found = [scale.span(row["window"]["from"], row["window"]["to"]) for row in incidents]
    return sorted({span for span in found if span})


def _scale(found: list[tuple[datetime, datetime]], times: list[datetime], before: timedelta, after: timedelta) -> Scale | None:
    """Around the windows, no further than there is data; all data where no window is known; None without any time."""
    if not times and not found:
        return None
    low, high = min([*times, *(pair[0] for pair in found)]), max([*times, *(pair[1] for pair in found)])
    if found:
        first, last = min(pair[0] for pair in found), max(pair[1] for pair in found)
        floor, ceiling = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        low = max(low, first - before if first - floor > before else floor)
        high = min(high, last + after if ceiling - last > after else ceiling)
    if high - low < timedelta(seconds=1):
        high = low + timedelta(seconds=1) if low.year < datetime.max.year else low
        low = low if high > low else high - timedelta(seconds=1)
    return Scale(low, high)
