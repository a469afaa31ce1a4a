"""Windows and coverage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analyzer.model import Artifact, ArtifactStatus, Event
from analyzer.timeline.timeline import Timeline, Window, in_order, merge

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def window(start: float, end: float) -> Window:
    return Window(NOON + start * HOUR, NOON + end * HOUR)


def covering(*spans: tuple[float, float]) -> Timeline:
    return Timeline(
        kinds={"waagent-log": [Artifact("a", "waagent-log", status=ArtifactStatus.PARSED)]},
        coverage={"waagent-log": [("a", window(*span)) for span in spans]},
    )


def test_both_ends_belong_to_a_window() -> None:
    assert NOON in window(0, 1) and NOON + HOUR in window(0, 1) and NOON + 2 * HOUR not in window(0, 1)
    assert None not in window(0, 1)


@pytest.mark.parametrize("edge", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_window_ends_where_the_calendar_ends(edge: datetime) -> None:
    assert Window(edge, edge).widened(HOUR, HOUR).start <= edge


@pytest.mark.parametrize(
    ("spans", "covers"),
    [
        ([(-1, 2)], True),
        ([(0, 1)], True),
        ([(-1, 0.5), (0.5, 2)], True),
        ([(0.5, 2), (-1, 0.6)], True),  # in any order
        ([(-1, 0.4), (0.6, 2)], False),  # a hole
        ([(0.1, 2)], False),  # cut at the head
        ([(-1, 0.9)], False),
        ([], False),
    ],
)
def test_a_log_covers_a_window_only_without_a_cut(spans: list[tuple[float, float]], covers: bool) -> None:
    assert covering(*spans).covers("waagent-log", window(0, 1)) is covers


def test_the_agents_silences_are_known_where_its_log_is() -> None:
    assert covering((-1, 2)).covers("gap", window(0, 1))
    assert not covering().covers("gap", window(0, 1))


@pytest.mark.parametrize(
    ("status", "covers"), [(ArtifactStatus.PARSED, True), (ArtifactStatus.PARTLY, True), (ArtifactStatus.FAILED, False)]
)
def test_a_document_covers_any_window_if_it_could_be_read(status: ArtifactStatus, covers: bool) -> None:
    timeline = Timeline(kinds={"waagent-conf": [Artifact("etc/waagent.conf", "waagent-conf", status=status)]})
    assert timeline.covers("waagent-conf", window(0, 1)) is covers
    assert not timeline.covers("os-release", window(0, 1))


def test_order_is_by_time_then_place_and_undated_first() -> None:
    events = [
        Event("x", "b", "", line=1, time=NOON),
        Event("x", "a", "", line=2, time=NOON),
        Event("x", "a", "", line=1, time=NOON),
        Event("x", "z", ""),
    ]
    assert [(event.artifact, event.line) for event in in_order(events)] == [("z", None), ("a", 1), ("a", 2), ("b", 1)]
    assert in_order(events[::-1]) == in_order(events)


def test_merge_joins_what_overlaps() -> None:
    assert merge([window(2, 3), window(0, 1), window(0.5, 1.5)]) == [window(0, 1.5), window(2, 3)]
