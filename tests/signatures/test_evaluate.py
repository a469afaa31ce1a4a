"""What a condition is worth over a bundle: presence, absence and coverage, order and recovery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle import Bundle
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import read
from analyzer.signatures.conditions import Truth
from analyzer.signatures.evaluate import Case, Finding, evaluate
from analyzer.signatures.loader import load
from analyzer.timeline.attempts import attempts
from analyzer.timeline.build import build, derived
from analyzer.timeline.timeline import Window
from tests.support.cases import AGENT_LOG, MINUTE, RUN_LOG, START, agent_log, failed_job, mark, signature, write
from tests.support.scenes import LocalAgentLog, SnapshotRun

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
WINDOW = Window(START, START + 20 * MINUTE)
NAMES = {"a": mark("ALPHA"), "b": mark("BETA"), "s": mark("BETA", "syslog")}


def find(tmp_path: Path, files: Mapping[str, str | bytes], when: str, window: Window = WINDOW, **changes: Any) -> Finding:
    used = {name: NAMES[name] for name in NAMES if name in when.replace("(", " ").replace(")", " ").split()}
    catalogue = load([write(tmp_path, signature(**{"events": used, "when": when} | changes))])
    assert catalogue.mistakes == []
    mine = next(entry for entry in catalogue.signatures if entry.id == "test.alpha")
    patterns = PatternSet(catalogue.patterns())
    content = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    with Bundle.from_files(content) as bundle:
        timeline = build([read(bundle, member, patterns) for member in bundle.members], patterns.same)
    runs = attempts(timeline)
    timeline.add(derived(timeline, runs), patterns)
    return evaluate(mine, timeline, Case(window, tuple(run for run in runs if run.start and run.start in window)))


def value(tmp_path: Path, said: list[tuple[float, str]], when: str, start: float = -300, end: float = 60) -> Truth:
    return find(tmp_path, {AGENT_LOG: agent_log(*said, start=start, end=end).text()}, when).truth


A, B = "ALPHA-MARK", "BETA-MARK"


def test_absence_is_false_only_where_the_source_covers_the_span(tmp_path: Path) -> None:
    assert value(tmp_path, [], "a") is F
    assert value(tmp_path, [], "a", start=5) is U
    assert value(tmp_path, [], "not a") is T
    assert value(tmp_path, [], "not a", start=5) is U


def test_a_source_that_is_missing_tells_nothing(tmp_path: Path) -> None:
    assert find(tmp_path, {AGENT_LOG: agent_log((5, A)).text()}, "a and not s").truth is U


def test_a_live_log_is_silent_up_to_the_collection(tmp_path: Path) -> None:
    silent = {AGENT_LOG: agent_log(start=-300, end=-100).text(), "var/log/azure/x/CommandExecution.log": agent_log(end=90).text()}
    assert find(tmp_path, silent, "not a").truth is T


def test_a_rotated_log_ends_where_it_ends(tmp_path: Path) -> None:
    rotated = {f"{AGENT_LOG}.1": agent_log(start=-300, end=-100).text(), "var/log/azure/x/CommandExecution.log": agent_log(end=90).text()}
    assert find(tmp_path, rotated, "not a").truth is U


def test_a_log_that_ends_before_the_window_where_nothing_is_younger_tells_nothing(tmp_path: Path) -> None:
    assert value(tmp_path, [], "not a", end=-10) is U


def test_a_rotated_log_and_its_successor_cover_the_time_between_them(tmp_path: Path) -> None:
    older, newer = agent_log(start=-300, end=3), agent_log(start=18, end=60)
    assert find(tmp_path, {f"{AGENT_LOG}.1": older.text(), AGENT_LOG: newer.text()}, "not a").truth is T
    assert find(tmp_path, {f"{AGENT_LOG}.2": older.text(), AGENT_LOG: newer.text()}, "not a").truth is U


def test_a_damaged_log_is_not_silent(tmp_path: Path) -> None:
    import gzip

    text = agent_log(start=-300, end=-100).text().encode()
    whole = {f"{AGENT_LOG}": text, "var/log/azure/x/CommandExecution.log": agent_log(end=90).text()}
    assert find(tmp_path, whole, "not a").truth is T
    assert find(tmp_path, whole | {AGENT_LOG: gzip.compress(text)[:-30]}, "not a").truth is U


def test_count_within_a_span(tmp_path: Path) -> None:
    spread, dense = [(minute, A) for minute in (1, 8, 15)], [(minute, A) for minute in (8, 9, 10)]
    assert value(tmp_path, spread, "count(a) >= 3 within 5 min") is F
    assert value(tmp_path, dense, "count(a) >= 3 within 5 min") is T
    assert value(tmp_path, dense[:2], "count(a) >= 3", start=5) is U


def test_few_is_known_only_where_the_source_covers(tmp_path: Path) -> None:
    assert value(tmp_path, [(8, A)], "count(a) < 2") is T
    assert value(tmp_path, [(8, A)], "count(a) < 2", start=5) is U
    assert value(tmp_path, [(8, A)], "count(a) = 1", start=5) is U
    assert value(tmp_path, [(8, A), (9, A)], "count(a) < 2", start=5) is F


def test_then_is_about_order(tmp_path: Path) -> None:
    assert value(tmp_path, [(5, A), (8, B)], "a then b within 5 min") is T
    assert value(tmp_path, [(5, A), (11, B)], "a then b within 5 min") is F
    assert value(tmp_path, [(8, A), (5, B)], "a then b") is F
    assert value(tmp_path, [(8, A), (5, B)], "a then b", start=4) is U  # an earlier a may have been cut off
    assert value(tmp_path, [(5, A), (5, B)], "a then b") is T  # one moment, one file: the order of the lines


def test_without_wants_the_time_after_it_covered(tmp_path: Path) -> None:
    assert value(tmp_path, [(5, A)], "a without b within 10 min after") is T
    assert value(tmp_path, [(5, A), (9, B)], "a without b within 10 min after") is F
    assert value(tmp_path, [(5, A)], "a without b within 10 h after") is U
    assert value(tmp_path, [(5, A)], "a without b within 10 h before") is U
    assert value(tmp_path, [(5, A), (4, B)], "a without b within 3 min around") is F


def test_without_cannot_be_told_if_the_other_has_no_time(tmp_path: Path) -> None:
    undated = {
        AGENT_LOG: agent_log((5, A)).text(),
        "var/log/syslog": "BETA-MARK\n" + "2026-03-10T00:00:00+00:00 h a: b\n2026-03-10T03:00:00+00:00 h a: b\n",
    }
    assert find(tmp_path, undated, "a without s within 3 min after").truth in (T, U)
    loose = {AGENT_LOG: agent_log((5, A)).text(), "var/log/syslog": "BETA-MARK\n"}
    assert find(tmp_path, loose, "a without s within 3 min after").truth is U


def test_unless_later(tmp_path: Path) -> None:
    assert value(tmp_path, [(5, A)], "a unless later b") is T
    assert value(tmp_path, [(5, A), (6, B)], "a unless later b") is F
    assert value(tmp_path, [(5, A), (6, B), (7, A)], "a unless later b") is T
    assert value(tmp_path, [(5, A), (30, B)], "a unless later b") is T  # behind the window


@pytest.mark.parametrize(("second", "truth"), [("06", F), ("05", U), ("04", T)])
def test_unless_later_at_one_moment_in_two_files_cannot_be_told(tmp_path: Path, second: str, truth: Truth) -> None:
    syslog = f"2026-03-10T00:00:00+00:00 h a: b\n2026-03-10T02:{second}:00+00:00 h a: BETA-MARK\n"
    assert find(tmp_path, {AGENT_LOG: agent_log((5, A)).text(), "var/log/syslog": syslog}, "a unless later s").truth is truth


def test_evidence_is_what_the_condition_used_in_order_of_time(tmp_path: Path) -> None:
    found = find(tmp_path, {AGENT_LOG: agent_log((9, A), (5, A), (7, B)).text()}, "a and b")
    assert [item.name for item in found.evidence] == ["a", "b", "a"]
    assert found.onset == START + 5 * MINUTE


def test_what_is_under_not_is_no_evidence(tmp_path: Path) -> None:
    found = find(tmp_path, {AGENT_LOG: agent_log((9, A)).text()}, "a and not b")
    assert [item.name for item in found.evidence] == ["a"]


def test_errors_of_a_job_are_absent_where_a_job_was_read(tmp_path: Path) -> None:
    events = {"x": {"kind": "job-error", "where": {"text|contains": "nowhere"}}}
    assert find(tmp_path, {"job.json": failed_job()}, "not x", events=events).truth is T
    assert find(tmp_path, {AGENT_LOG: agent_log().text()}, "not x", events=events).truth is U


def test_a_document_that_cannot_be_read_tells_nothing(tmp_path: Path) -> None:
    events = {"x": {"kind": "job", "where": {"status": "nowhere"}}}
    broken = failed_job()[:200]
    assert find(tmp_path, {"job.json": broken}, "not x", events=events).truth is U


def test_an_hour_that_summer_time_repeats_is_not_sure(tmp_path: Path) -> None:
    def local(text: str) -> str:
        said = (("2025/10/26 00:00:00.000000", "start"), (text, "ALPHA-MARK"), ("2025/10/26 09:00:00.000000", "end"))
        return "".join(f"{stamp} INFO ExtHandler {words}\n" for stamp, words in said)

    window = Window(datetime.fromisoformat("2025-10-25T22:30:00+00:00"), datetime.fromisoformat("2025-10-26T04:00:00+00:00"))
    for stamp, sure in (("2025/10/26 02:30:00.000000", False), ("2025/10/26 01:30:00.000000", True)):
        found = find(tmp_path, {AGENT_LOG: local(stamp), "etc/timezone": "Europe/Berlin\n"}, "a", window)
        assert (found.truth, found.sure) == (T, sure), stamp


RUN_MARK = {"needs": ["vmsnapshot-log"], "strength": "strong"}


@pytest.mark.parametrize("strength", ["strong", "hint"])
def test_a_sign_without_what_tells_it_from_its_likeness_is_not_assessed(tmp_path: Path, strength: str) -> None:
    said = {AGENT_LOG: agent_log((5, A)).text()}
    found = find(tmp_path, said, "a", **(RUN_MARK | {"strength": strength}))
    assert (found.truth, found.missing) == (U, ["vmsnapshot-log"])
    run = SnapshotRun(START).good().text()
    assert find(tmp_path, said | {RUN_LOG: run}, "a", **(RUN_MARK | {"strength": strength})).truth is T


def test_a_decisive_one_holds_and_names_it(tmp_path: Path) -> None:
    found = find(tmp_path, {AGENT_LOG: agent_log((5, A)).text()}, "a", **(RUN_MARK | {"strength": "decisive"}))
    assert (found.truth, found.unread) == (T, ["vmsnapshot-log"])


def test_a_live_log_that_stops_before_the_window_was_read(tmp_path: Path) -> None:
    stopped = SnapshotRun(START - 600 * MINUTE).good().text()
    said = {AGENT_LOG: agent_log((5, A), start=-100).text(), "job.json": failed_job()}
    for name, truth in ((RUN_LOG, T), (f"{RUN_LOG}.1", U)):  # the live log covers time up to the collection, one that was put by does not
        assert find(tmp_path, said | {name: stopped}, "a", **RUN_MARK).truth is truth


def test_a_source_of_the_sign_itself_is_no_such_need(tmp_path: Path) -> None:
    either = {"events": {"a": {"kind": ["waagent-log", "syslog"], "anchor": A}}, "needs": ["syslog"], "strength": "strong"}
    assert find(tmp_path, {AGENT_LOG: agent_log((5, A)).text()}, "a", **either).truth is T


@pytest.mark.parametrize(("hours", "zone", "truth", "missing"), [
    (2, "", U, ["timezone"]), (-9, "", U, ["timezone"]), (20, "", F, []), (2, "Etc/UTC", F, []), (0, "", T, []),
])  # fmt: skip
def test_what_no_zone_places_is_not_known_to_be_absent(tmp_path: Path, hours: int, zone: str, truth: Truth, missing: list[str]) -> None:
    log = (
        LocalAgentLog(offset=timedelta(0))
        .alive(START - 1500 * MINUTE, START + 1500 * MINUTE)
        .say(START + timedelta(hours=hours, minutes=5), A)
    )
    found = find(tmp_path, {AGENT_LOG: log.text()} | ({"etc/timezone": f"{zone}\n"} if zone else {}), "a")
    assert (found.truth, [kind for kind in found.missing if truth is U]) == (truth, missing)
