"""From members to one timeline: clocks, collection, coverage, silences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from analyzer.bundle import Bundle
from analyzer.model import Basis
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import read
from analyzer.signatures.loader import load
from analyzer.timeline.build import build, derived
from analyzer.timeline.timeline import Timeline, Window
from tests.support.cases import AGENT_LOG, MINUTE, RUN_LOG, START, agent_log, failed_job
from tests.support.scenes import HANDLER, LocalAgentLog, SnapshotRun


def timeline(files: Mapping[str, str | bytes]) -> Timeline:
    patterns = PatternSet(load().patterns())
    with Bundle.from_files({path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}) as bundle:
        return build([read(bundle, member, patterns) for member in bundle.members], patterns.same)


def test_now_is_what_the_collector_says_else_the_newest_record_of_the_guest() -> None:
    results = "2026-03-10T05:00:00Z INFO Running log collector mode full\n2026-03-10T05:00:09Z INFO Elapsed time: 9000 ms\n"
    log = {AGENT_LOG: agent_log(end=60).text()}
    assert timeline(log | {"results.txt": results}).collected == datetime(2026, 3, 10, 5, 0, 9, tzinfo=UTC)
    later_job = failed_job(start=START + 600 * MINUTE)
    found = timeline(log | {"job.json": later_job}).collected
    assert found is not None and found < START + 120 * MINUTE


def test_without_guest_records_now_is_the_newest_of_anything() -> None:
    assert timeline({"job.json": failed_job()}).collected == START + 21 * MINUTE


def test_a_live_log_covers_time_up_to_the_collection() -> None:
    files = {AGENT_LOG: agent_log(end=-100).text(), "var/log/azure/x/CommandExecution.log": agent_log(end=60).text()}
    assert timeline(files).covers("waagent-log", Window(START, START + 20 * MINUTE))


@pytest.mark.parametrize("name", ["waagent.log.1", "waagent.log.1.gz", "waagent.log-20260310", "waagent.log-20260310.gz"])
def test_a_rotated_log_does_not(name: str) -> None:
    files = {f"var/log/{name}": agent_log(end=-100).text(), "var/log/azure/x/CommandExecution.log": agent_log(end=60).text()}
    assert not timeline(files).covers("waagent-log", Window(START, START + 20 * MINUTE))


def test_a_silence_across_a_rotation_is_a_gap() -> None:
    older, newer = agent_log(start=-300, end=-60), agent_log(start=90, end=200)
    gaps = timeline({f"{AGENT_LOG}.1": older.text(), AGENT_LOG: newer.text()}).gaps
    assert [(gap.reason, gap.artifact) for gap in gaps] == [("rotated", f"{AGENT_LOG}.1")]
    assert gaps[0].line == gaps[0].until_line == len(older.lines)


def test_between_logs_that_are_no_neighbours_nothing_is_known() -> None:
    files = {f"{AGENT_LOG}.3": agent_log(start=-300, end=-60).text(), AGENT_LOG: agent_log(start=90, end=200).text()}
    assert timeline(files).gaps == []
    assert not timeline(files).covers("waagent-log", Window(START, START + 20 * MINUTE))


def test_a_log_that_stops_before_the_collection_ends_in_a_gap_with_both_lines() -> None:
    files = {AGENT_LOG: agent_log(end=-100).text(), "var/log/azure/x/CommandExecution.log": agent_log(end=60).text()}
    gap = next(gap for gap in timeline(files).gaps if gap.reason == "end")
    assert (gap.line, gap.until_line) == (gap.line, gap.line) and gap.line is not None


def test_a_zone_that_the_bundle_names_places_local_stamps() -> None:
    log = LocalAgentLog(offset=timedelta(hours=-7)).say(START, "Agent WALinuxAgent-2.2.45 is running as the goal state agent")
    found = timeline({AGENT_LOG: log.text(), "etc/timezone": "America/Phoenix\n"})
    event = next(event for event in found.events if event.kind == "waagent-log")
    assert (event.time, event.basis) == (START, Basis.DECLARED)


def test_local_lines_among_utc_lines_tell_the_offset() -> None:
    run = SnapshotRun(START).good()
    lines = run.text().splitlines()
    place = next(i for i, line in enumerate(lines) if "Calling do snapshot method" in line)
    tokyo = f"{START + timedelta(hours=9, seconds=2):%Y/%m/%d %H:%M:%S}"
    lines.insert(place, f"{tokyo} ERROR:[{HANDLER}-1.0]Failed to enable the extension with error: x")
    found = timeline({RUN_LOG: "\n".join(lines) + "\n"}).clocks.local
    assert (found.basis, found.to_utc(datetime(2026, 3, 10, 9))) == (Basis.INFERRED, datetime(2026, 3, 10, tzinfo=UTC))


@pytest.mark.parametrize("year", ["0001", "1904", "9999"])
def test_a_stamp_of_an_impossible_year_moves_nothing(year: str) -> None:
    log = agent_log().text() + f"{year}-12-31T23:59:59.000000Z INFO ExtHandler ExtHandler x\n"
    found = timeline({AGENT_LOG: log}).collected
    assert found is not None and found.year == 2026


def test_members_in_any_order_give_one_timeline() -> None:
    files = {"job.json": failed_job(), AGENT_LOG: agent_log().text(), RUN_LOG: SnapshotRun(START).good().text()}
    one, other = timeline(files), timeline(dict(reversed(files.items())))
    assert one.events == other.events and one.hits == other.hits and one.coverage == other.coverage


@pytest.mark.parametrize(
    ("minutes", "said", "machine"),
    [
        ((-240,), "CRON[1]: (root) CMD (run-parts --report /etc/cron.hourly)", "running"),
        ((-301, 58), "CRON[1]: (root) CMD (run-parts --report /etc/cron.hourly)", "unknown"),  # beside the silence only
        ((-299, 55), "CRON[1]: (root) CMD (run-parts --report /etc/cron.hourly)", "unknown"),  # of a shutdown and of a boot
        ((-300,), "systemd-logind[711]: System is powering down.", "down"),
        ((-200,), "systemd-logind[711]: System is powering down.", "unknown"),  # hours after the agent fell silent
    ],
)
def test_a_silence_says_whether_the_machine_ran(minutes: tuple[int, ...], said: str, machine: str) -> None:
    syslog = "".join(f"{START + minute * MINUTE:%Y-%m-%dT%H:%M:%S}+00:00 app01 {said}\n" for minute in minutes)
    log = agent_log(start=-400, end=-300).text() + agent_log(start=60, end=200).text()
    (gap,) = [event for event in derived(timeline({AGENT_LOG: log, "var/log/syslog": syslog}), []) if event.component == "waagent-log"]
    assert gap.fields["machine"] == machine
