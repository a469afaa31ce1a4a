"""How one backup attempt is put together from the extension's log, the agent's log and the status file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from analyzer.bundle import Bundle
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import read
from analyzer.signatures.loader import load
from analyzer.timeline.attempts import Attempt, attempts
from analyzer.timeline.build import build
from tests.support.scenes import LOG_FOLDER, WORK_FOLDER, AgentLog, Python2Run, SnapshotRun, at

EXTENSION = f"{LOG_FOLDER}/extension.log"
NIGHT = at("2026-03-10 02:00:00")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def found(files: Mapping[str, str]) -> list[Attempt]:
    patterns = PatternSet(load().shared.values())
    with Bundle.from_files({path: text.encode() for path, text in files.items()}) as bundle:
        return attempts(build([read(bundle, member, patterns) for member in bundle.members], patterns.same))


def stages(attempt: Attempt) -> dict[str, str]:
    return {stage.stage: stage.state for stage in attempt.stages}


def later(hours: int = 4) -> str:
    """An agent's log that goes on long after the run, so that the collection is known to lie there."""
    return AgentLog().alive(NIGHT - HOUR, NIGHT + HOUR * hours).text()


def frozen_in_vain(run: SnapshotRun) -> SnapshotRun:
    """A refused freeze: the status stands in the file before the block that tells why."""
    run.say("Enable,error,121,,False").raw("================== Logs during Freeze Start ==============")
    run.clock -= SECOND
    run.block("freeze failed for some mount", "Error").block("T:S freeze result freeze failed for some mount\n, timedout :False")
    return run


def test_good_run_has_all_stages_done() -> None:
    (attempt,) = found({EXTENSION: SnapshotRun(NIGHT).good().text()})
    assert (attempt.sequence, attempt.code, attempt.failed, attempt.finished) == (7, 1, False, True)
    assert attempt.tasks == {"8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11"}
    assert [state for stage, state in stages(attempt).items() if stage not in ("goal-state", "command")] == ["done"] * 6


@pytest.mark.parametrize("line", ["Enable,success,1,Enable Succeeded", "Enable,success,1,", "Enable,success,1,,False"])
def test_final_line_of_every_generation(line: str) -> None:
    (attempt,) = found({EXTENSION: SnapshotRun(NIGHT).enable().say(line).text()})
    assert (attempt.code, attempt.failed) == (1, False)


def test_final_line_with_a_message_of_two_lines() -> None:
    run = Python2Run(NIGHT).enable().say("Enable,error,121,T:S Enable failed with error: freeze failed for some mount\n StatusCode.X,")
    (attempt,) = found({EXTENSION: run.text()})
    assert (attempt.code, attempt.failed) == (121, True)


def test_refused_freeze_is_the_first_problem() -> None:
    (attempt,) = found({EXTENSION: frozen_in_vain(SnapshotRun(NIGHT).enable().pre_snapshot().age().begin()).text()})
    problem = attempt.first_problem()
    assert problem is not None and (problem.stage, problem.state) == ("freeze", "failed")
    assert stages(attempt)["snapshot"] == "skipped"


def test_run_that_stops_in_the_freeze_is_interrupted() -> None:
    files = {EXTENSION: SnapshotRun(NIGHT).enable().pre_snapshot().begin().text(), "var/log/waagent.log": later()}
    (attempt,) = found(files)
    problem = attempt.first_problem()
    assert (attempt.failed, attempt.finished) == (True, False)
    assert problem is not None and problem.stage == "freeze"


def test_run_at_work_when_the_bundle_was_collected_has_not_failed() -> None:
    (attempt,) = found({EXTENSION: SnapshotRun(NIGHT).enable().pre_snapshot().begin().text()})
    assert (attempt.failed, attempt.finished) == (False, False)


def test_a_run_whose_header_was_cut_off_is_one_run() -> None:
    whole = SnapshotRun(NIGHT).good().text()
    (attempt,) = found({EXTENSION: whole[whole.index("starting enable") - 90 :].partition("\n")[2]})
    assert (attempt.code, attempt.failed, attempt.finished) == (1, False, True)


def test_later_run_shows_that_an_unfinished_one_is_over() -> None:
    first = SnapshotRun(NIGHT, 7, "00000000-0000-4000-8000-000000000007").enable().pre_snapshot().begin()
    second = SnapshotRun(NIGHT + MINUTE * 8, 8, "00000000-0000-4000-8000-000000000008").good()
    one, two = found({EXTENSION: first.text() + second.text()})
    assert (one.sequence, one.failed, two.sequence, two.failed) == (7, True, 8, False)


def test_second_request_for_a_sequence_belongs_to_the_first_run() -> None:
    """The agent restarts and enables the same sequence again while the run goes on; the extension skips it."""
    run = SnapshotRun(NIGHT).enable().pre_snapshot()
    run.header().say("starting enable").say("the sequence number are same, so skip, current:7== last:7")
    (attempt,) = found({EXTENSION: run.begin().freeze().snapshot().end().text(), "var/log/waagent.log": later()})
    assert (attempt.code, attempt.failed) == (1, False)


def test_host_error_fails_the_snapshot_and_names_556() -> None:
    run = SnapshotRun(NIGHT).enable().pre_snapshot().begin().freeze().block("****** 5. Snaphotting (Host) Started")
    run.block("dosnapshot responseBody: StatusCode:500, ErrorMessage: no config, bhsVersion:3.0.51.0").say("Enable,success,556,,False")
    (attempt,) = found({EXTENSION: run.text()})
    assert (attempt.code, attempt.failed, stages(attempt)["snapshot"]) == (556, True, "failed")


def test_one_failed_disk_fails_a_run_that_says_success() -> None:
    """The host's `isSuccessful` is a string, which the extension compares with False: it overlooks a failed disk."""
    run = SnapshotRun(NIGHT).enable().pre_snapshot().begin().freeze().snapshot(1)
    run.say("From Host- IsSuccessful:false, SnapshotUri:None, ErrorMessage:backend error, StatusCode:503").end()
    (attempt,) = found({EXTENSION: run.text()})
    assert (attempt.code, attempt.failed, stages(attempt)["snapshot"]) == (1, True, "failed")


def test_failed_try_from_the_guest_does_not_count_if_the_host_succeeds() -> None:
    run = SnapshotRun(NIGHT).enable().pre_snapshot().begin().freeze().block("****** 5. Snaphotting (Guest-seq) Started")
    run.block("snapshot_info_indexer: index: 0 isSuccessful: False snapshotTs: None").block("Setting all_snapshots_failed to True")
    (attempt,) = found({EXTENSION: run.snapshot().end().text()})
    assert (attempt.failed, stages(attempt)["snapshot"]) == (False, "done")


def test_unreachable_host_is_a_failed_stage_only_if_the_run_fails() -> None:
    run = SnapshotRun(NIGHT).enable().say("presnapshot Hitting wrong WireServer IP").say("T:S freeze, timeout value 60").freeze()
    good, bad = run.text() + SnapshotRun(NIGHT + MINUTE).end().text(), run.text() + SnapshotRun(NIGHT + MINUTE).end(76, "error").text()
    assert stages(found({EXTENSION: good})[0])["pre-snapshot"] == "unknown"
    assert stages(found({EXTENSION: bad})[0])["pre-snapshot"] == "failed"


def test_missing_binary_and_missing_addresses_have_their_stage() -> None:
    binary = SnapshotRun(NIGHT).enable().say("safefreeze binary is missing in the following path /x").end(124, "error")
    nothing = SnapshotRun(NIGHT).enable().say("T:S taking snapshot failed as blobs are empty or none").end(76, "error")
    assert stages(found({EXTENSION: binary.text()})[0])["freeze"] == "failed"
    assert stages(found({EXTENSION: nothing.text()})[0])["snapshot"] == "failed"


def test_crash_without_a_status_is_a_failed_attempt() -> None:
    run = (
        SnapshotRun(NIGHT)
        .header()
        .say("starting enable")
        .say("Failed to call the daemon with error: 'NoneType' object has no attribute 'keys'")
    )
    (attempt,) = found({EXTENSION: run.text()})
    assert (attempt.failed, attempt.finished, stages(attempt)["enable"]) == (True, False, "failed")


def test_status_joins_the_run_of_its_task_and_sequence() -> None:
    run = SnapshotRun(NIGHT).good()
    (attempt,) = found({EXTENSION: run.text(), f"{WORK_FOLDER}/status/7.status": run.status()})
    assert attempt.status is not None and attempt.status.fields["code"] == 1


def test_status_that_stayed_at_4_is_an_attempt_that_failed() -> None:
    run = SnapshotRun(NIGHT).enable()
    (attempt,) = found({f"{WORK_FOLDER}/status/7.status": run.status(4, disks=()), "var/log/waagent.log": later()})
    assert (attempt.failed, attempt.finished) == (True, False)


def test_agent_alone_makes_an_attempt_that_lasts_to_its_failure() -> None:
    log = AgentLog().enable(NIGHT, 25).failed(NIGHT + SECOND * 3, 1, "ModuleNotFoundError: No module named 'imp'")
    (attempt,) = found({"var/log/waagent.log": log.text()})
    assert (attempt.sequence, attempt.failed) == (25, True)
    assert attempt.end is not None and attempt.end >= NIGHT + SECOND * 3
    assert all(attempt.holds(hit) for hit in attempt.hits)


def test_command_that_failed_and_ran_later_is_one_attempt() -> None:
    log = AgentLog().enable(NIGHT, 7).failed(NIGHT + SECOND * 3, 1).enable(NIGHT + MINUTE, 7).enabled(NIGHT + MINUTE + SECOND * 5)
    (attempt,) = found({"var/log/waagent.log": log.text(), EXTENSION: SnapshotRun(NIGHT + MINUTE + SECOND * 2).good().text()})
    assert (attempt.sequence, attempt.failed) == (7, False)


def test_command_that_timed_out_and_ran_hours_later_is_one_attempt() -> None:
    log = AgentLog().enable(NIGHT, 7)
    log.say(
        NIGHT + SECOND * 301,
        "Event: name=Microsoft.Azure.RecoveryServices.VMSnapshotLinux, op=Enable, message=[ExtensionError] Timeout(300): main/handle.sh enable, duration=0",
        "ERROR",
    )
    run = SnapshotRun(NIGHT + HOUR * 3).enable().age(10800.5).say("Enable,error,402,CRP timeout limit has reached,False")
    (attempt,) = found({"var/log/waagent.log": log.text(), EXTENSION: run.text()})
    assert (attempt.sequence, attempt.code, attempt.failed) == (7, 402, True)


def test_another_handlers_command_makes_no_attempt() -> None:
    log = AgentLog().enable(NIGHT, 3, handler="Microsoft.Azure.Extensions.CustomScript", build="2.1.10")
    log.failed(NIGHT + SECOND, 1, handler="Microsoft.Azure.Extensions.CustomScript", build="2.1.10")
    assert found({"var/log/waagent.log": log.text()}) == []
