"""CONTRACT.md, "Status of a hypothesis": one test per rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.cases import (
    AGENT_LOG,
    CAUSE,
    JOB_ID,
    MINUTE,
    RUN_LOG,
    START,
    agent_log,
    failed_job,
    hypothesis,
    mark,
    run,
    signature,
    status,
)
from tests.support.scenes import LocalAgentLog, SnapshotRun, at, conf, os_release

IN_WINDOW = (10, "ALPHA-MARK")
RESULTS = "2026-03-10T0{hour}:00:00Z INFO Running log collector mode full\n2026-03-10T0{hour}:00:09Z INFO Elapsed time: 9000 ms\n"


def files(*said: tuple[float, str], **more: Any) -> dict[str, str]:
    return {"job.json": failed_job(), AGENT_LOG: agent_log(*said).text()} | more


def listed(day: str, when: str) -> str:
    """results.txt with a listing that dates waagent.conf."""
    head, tail = RESULTS.format(hour=3).splitlines(keepends=True)
    row = f"-rw-r--r-- 1 root root 800 {day} {when} waagent.conf\n"
    return head + "2026-03-10T03:00:01Z INFO Output of command [ls -alF /etc]:\ntotal 8\n" + row + "\n" + tail


OFF = signature(events={"alpha": {"kind": "waagent-conf", "where": {"key": "Alpha.Mark"}}}, scope="state", needs=["waagent-conf"])
CONF = {"etc/waagent.conf": conf(Alpha__Mark="y")}


def test_decisive_inside_the_window_is_confirmed(tmp_path: Path) -> None:
    assert status(tmp_path, files(IN_WINDOW), signature()) == ("confirmed", "decisive")


def test_a_line_before_the_window_is_history(tmp_path: Path) -> None:
    result = run(tmp_path, files((-30, "ALPHA-MARK")), signature())
    assert hypothesis(result)["status"] == "not_assessable"
    assert [row["kind"] for row in result.document["context"] if row["cause"] == CAUSE] == ["history"]


def test_the_60_minutes_before_belong_to_agent_causes(tmp_path: Path) -> None:
    assert status(tmp_path, files((-30, "ALPHA-MARK")), signature(before=60))[0] == "confirmed"
    assert status(tmp_path, files((-70, "ALPHA-MARK")), signature(before=60))[0] == "not_assessable"


def test_a_line_behind_the_window_is_no_evidence(tmp_path: Path) -> None:
    assert status(tmp_path, files((25, "ALPHA-MARK")), signature(scope="before"))[0] == "not_assessable"


def test_history_alone_is_at_most_likely(tmp_path: Path) -> None:
    assert status(tmp_path, files((-200, "ALPHA-MARK")), signature(scope="before")) == ("likely", "outside-window")


def test_strong_is_likely(tmp_path: Path) -> None:
    assert status(tmp_path, files(IN_WINDOW), signature(strength="strong")) == ("likely", "strong")


def test_hints_however_many_are_possible(tmp_path: Path) -> None:
    hints = [signature(f"test.hint{n}", strength="hint") for n in range(9)]
    many = files(*[(minute / 10, "ALPHA-MARK") for minute in range(10, 200)])
    assert status(tmp_path, many, *hints)[0] == "possible"


def test_decisive_against_without_decisive_for_is_ruled_out_with_its_own_row(tmp_path: Path) -> None:
    against = signature("test.against", role="against", events={"alpha": mark("BETA")})
    found = hypothesis(run(tmp_path, files(IN_WINDOW, (11, "BETA-MARK")), signature(strength="strong"), against))
    assert found["status"] == "ruled_out"
    assert [row["signature"] for row in found["evidence"] if row["role"] == "against"] == ["test.against"]


def test_decisive_both_ways_is_possible_and_both_are_cited(tmp_path: Path) -> None:
    against = signature("test.against", role="against", events={"alpha": mark("BETA")})
    found = hypothesis(run(tmp_path, files(IN_WINDOW, (11, "BETA-MARK")), signature(), against))
    assert (found["status"], {row["role"] for row in found["evidence"]}) == ("possible", {"for", "against"})


def test_strong_against_rules_nothing_out(tmp_path: Path) -> None:
    against = signature("test.against", role="against", strength="strong", events={"alpha": mark("BETA")})
    assert status(tmp_path, files(IN_WINDOW, (11, "BETA-MARK")), signature(), against)[0] == "confirmed"


def test_a_line_without_a_time_rules_nothing_out(tmp_path: Path) -> None:
    against = signature("test.against", role="against", events={"alpha": mark("BETA", "syslog")})
    undated = {"var/log/syslog": "BETA-MARK\n", "job.json": failed_job(), AGENT_LOG: agent_log(IN_WINDOW).text()}
    assert status(tmp_path, undated, against)[0] == "not_assessable"
    assert status(tmp_path, undated, signature(), against)[0] == "possible"


def test_another_systems_cause_is_not_applicable(tmp_path: Path) -> None:
    result = run(tmp_path, files())
    assert {hypothesis(result, cause)["status"] for cause in ("msdtc", "vss-writers", "antivirus")} == {"not_applicable"}


def test_no_evidence_needs_all_artifacts_over_the_window(tmp_path: Path) -> None:
    clear = files() | {"etc/waagent.conf": conf(), "etc/os-release": os_release()}
    assert hypothesis(run(tmp_path, clear), "unsupported-os")["status"] in ("no_evidence", "ruled_out")
    assert hypothesis(run(tmp_path, files()), "unsupported-os")["status"] == "not_assessable"


def test_a_log_that_is_cut_before_the_window_assesses_nothing(tmp_path: Path) -> None:
    cut = {"job.json": failed_job(), AGENT_LOG: agent_log(start=5).text()}
    assert hypothesis(run(tmp_path, cut), "linux-agent-dependencies")["status"] != "no_evidence"


# cleared_by

CLEARED = {"events": {"alpha": mark(), "beta": mark("BETA")}, "cleared_by": {"waagent-log": "beta"}}


def test_a_later_recovery_clears(tmp_path: Path) -> None:
    result = run(tmp_path, files(IN_WINDOW, (11, "BETA-MARK")), signature(**CLEARED))
    assert hypothesis(result)["status"] == "not_assessable"
    assert [row["kind"] for row in result.document["context"] if row["cause"] == CAUSE] == ["recovered"]


def test_a_recovery_before_the_last_failure_does_not_clear(tmp_path: Path) -> None:
    assert status(tmp_path, files((10, "ALPHA-MARK"), (9, "BETA-MARK")), signature(**CLEARED))[0] == "confirmed"


def test_a_recovery_after_the_window_does_not_clear(tmp_path: Path) -> None:
    assert status(tmp_path, files(IN_WINDOW, (40, "BETA-MARK")), signature(**CLEARED))[0] == "confirmed"


def test_a_recovery_at_the_same_moment_clears_by_its_line(tmp_path: Path) -> None:
    assert status(tmp_path, files((10, "ALPHA-MARK"), (10, "BETA-MARK")), signature(**CLEARED))[0] == "not_assessable"
    assert status(tmp_path, files((10, "BETA-MARK"), (10, "ALPHA-MARK")), signature(**CLEARED))[0] == "confirmed"


def test_a_recovery_at_the_same_moment_in_another_file_leaves_it_likely(tmp_path: Path) -> None:
    other = {"events": {"alpha": mark(), "beta": mark("BETA", "command-execution-log")}, "cleared_by": {"command-execution-log": "beta"}}
    both = files(IN_WINDOW, **{"var/log/azure/x/CommandExecution.log": agent_log((10, "BETA-MARK")).text()})
    assert status(tmp_path, both, signature(**other)) == ("likely", "not-checked")


def test_what_could_clear_must_have_been_read_over_the_window(tmp_path: Path) -> None:
    other = {"events": {"alpha": mark(), "beta": mark("BETA", "syslog")}, "cleared_by": {"syslog": "beta"}}
    assert status(tmp_path, files(IN_WINDOW), signature(**other)) == ("likely", "not-checked")


def test_a_missing_artifact_lowers_only_if_needs_names_it(tmp_path: Path) -> None:
    assert status(tmp_path, files(IN_WINDOW), signature(needs=["waagent-log"]))[0] == "confirmed"
    assert status(tmp_path, files(IN_WINDOW), signature(needs=["waagent-log", "syslog"])) == ("likely", "not-checked")


# runs


def two_runs() -> dict[str, str]:
    """A run of another task 30 minutes before the job, which succeeded, and the job's own."""
    before = SnapshotRun(START - 30 * MINUTE, sequence=6, task="11111111-1111-4111-8111-111111111111").good()
    mine = SnapshotRun(START + MINUTE, sequence=7, task=JOB_ID).enable().say("ALPHA-MARK").end(2, "error")
    return {"job.json": failed_job(), RUN_LOG: before.text() + mine.text(), AGENT_LOG: agent_log().text()}


def in_run(**changes: Any) -> dict[str, Any]:
    events = {"alpha": mark("ALPHA", "vmsnapshot-log"), "good": {"use": "run.good"}}
    return signature(**{"events": events, "scope": "run", "when": "alpha unless later good"} | changes)


def test_a_line_of_the_jobs_own_run_is_confirmed_by_identity(tmp_path: Path) -> None:
    assert status(tmp_path, two_runs(), in_run())[0] == "confirmed"


def test_a_line_of_another_run_is_history(tmp_path: Path) -> None:
    swapped = two_runs()
    swapped[RUN_LOG] = swapped[RUN_LOG].replace("ALPHA-MARK", "x").replace("Calling do snapshot method", "ALPHA-MARK", 1)
    assert status(tmp_path, swapped, in_run())[0] in ("no_evidence", "not_assessable")
    assert status(
        tmp_path, swapped, in_run(scope="window", before=60, when="alpha", events={"alpha": mark("ALPHA", "vmsnapshot-log")})
    ) == (
        "likely",
        "time-not-sure",
    )


def test_a_success_of_another_sequence_does_not_clear(tmp_path: Path) -> None:
    runs = two_runs()
    later = SnapshotRun(START + 8 * MINUTE, sequence=8, task="22222222-2222-4222-8222-222222222222").good()
    entry = in_run(when="alpha", cleared_by={"vmsnapshot-log": "good"})
    assert status(tmp_path, runs | {RUN_LOG: runs[RUN_LOG] + later.text()}, entry)[0] == "confirmed"


# time basis


def test_the_assumed_clock_is_at_most_likely(tmp_path: Path) -> None:
    log = LocalAgentLog().alive(START - 300 * MINUTE, START + 60 * MINUTE).say(START + 10 * MINUTE, "ALPHA-MARK").text()
    assert status(tmp_path, {"job.json": failed_job(), AGENT_LOG: log}, signature()) == ("likely", "time-not-sure")


def test_a_declared_zone_places_local_stamps(tmp_path: Path) -> None:
    tokyo = LocalAgentLog(offset=9 * 60 * MINUTE)
    log = tokyo.alive(START - 300 * MINUTE, START + 60 * MINUTE).say(START + 10 * MINUTE, "ALPHA-MARK").text()
    given = {"job.json": failed_job(), AGENT_LOG: log, "etc/timezone": "Asia/Tokyo\n"}
    assert status(tmp_path, given, signature())[0] == "confirmed"


def test_a_part_of_the_proof_without_a_time_is_not_sure(tmp_path: Path) -> None:
    both = signature(events={"alpha": mark(), "beta": mark("BETA", "syslog")}, when="alpha and beta")
    assert status(tmp_path, files(IN_WINDOW, **{"var/log/syslog": "BETA-MARK\n"}), both) == ("likely", "time-not-sure")


# states


def test_a_state_of_unknown_start_is_at_most_likely_and_says_how_much_later(tmp_path: Path) -> None:
    found = hypothesis(run(tmp_path, files() | CONF, OFF))
    assert (found["status"], found["reason_id"]) == ("likely", "state-collected-later")
    assert "0 h 39 min" in found["reason"]


def test_a_state_that_changed_before_the_window_is_inside_it(tmp_path: Path) -> None:
    assert status(tmp_path, files() | CONF | {"results.txt": listed("Mar  9", "11:00")}, OFF)[0] == "confirmed"


def test_a_state_that_changed_after_the_window_is_at_most_likely(tmp_path: Path) -> None:
    assert status(tmp_path, files() | CONF | {"results.txt": listed("Mar 10", "02:50")}, OFF)[0] == "likely"


def good_run(day: str) -> str:
    return SnapshotRun(at(f"2026-03-{day} 02:01:00"), sequence=6, task="11111111-1111-4111-8111-111111111111").good().text()


def test_a_state_that_held_during_a_success_is_at_most_possible(tmp_path: Path) -> None:
    given = files() | CONF | {"results.txt": listed("Mar  8", "11:00"), RUN_LOG: good_run("09")}
    assert status(tmp_path, given, OFF) == ("possible", "held-while-good")


def test_an_absolute_state_that_held_during_a_success_is_ruled_out(tmp_path: Path) -> None:
    given = files() | CONF | {"results.txt": listed("Mar  8", "11:00"), RUN_LOG: good_run("09")}
    assert status(tmp_path, given, OFF | {"absolute": True}) == ("ruled_out", "worked-with-it")


def test_a_completed_job_is_a_success_too(tmp_path: Path) -> None:
    good = failed_job(start=at("2026-03-09 02:00:00"), status="Completed", job_id="33333333-3333-4333-8333-333333333333")
    given = files() | CONF | {"results.txt": listed("Mar  8", "11:00"), "good.json": good}
    assert status(tmp_path, given, OFF) == ("possible", "held-while-good")


def test_a_state_that_began_after_the_success_is_not_excused_by_it(tmp_path: Path) -> None:
    given = files() | CONF | {"results.txt": listed("Mar  9", "11:00"), RUN_LOG: good_run("09")}
    assert status(tmp_path, given, OFF | {"absolute": True})[0] == "confirmed"


# bundles without a job


def test_a_condition_that_holds_at_the_end_may_be_confirmed_without_a_job(tmp_path: Path) -> None:
    calm = {AGENT_LOG: agent_log(IN_WINDOW).text()}
    assert status(tmp_path, calm, signature(holds=True))[0] == "confirmed"
    assert status(tmp_path, calm | CONF, OFF)[0] == "confirmed"


def test_a_passing_failure_without_a_job_is_at_most_likely(tmp_path: Path) -> None:
    assert status(tmp_path, {AGENT_LOG: agent_log(IN_WINDOW).text()}, signature()) == ("likely", "may-be-over")


def test_a_failure_without_a_time_is_judged_like_a_bundle(tmp_path: Path) -> None:
    text = "Error Code | UserErrorOfThisTest\nError Message | It failed.\n"
    given = {AGENT_LOG: agent_log(IN_WINDOW).text(), "portal.txt": text}
    assert status(tmp_path, given, signature()) == ("likely", "when-not-known")
    assert status(tmp_path, given, signature(holds=True))[0] == "confirmed"


# what the platform says


SAID = {"alpha": {"kind": "job-error", "where": {"text|contains": "ALPHA-MARK"}}}


def test_what_a_job_says_counts_for_that_job_only(tmp_path: Path) -> None:
    other = failed_job(start=START + 60 * MINUTE, message="ALPHA-MARK", job_id="33333333-3333-4333-8333-333333333333")
    result = run(tmp_path, files() | {"other.json": other}, signature(events=SAID))
    assert [hypothesis(result, number=number)["status"] for number in (0, 1)] == ["not_assessable", "confirmed"]


def test_what_somebody_copied_counts_for_what_it_reports(tmp_path: Path) -> None:
    text = "Error Code | UserErrorOfAnother\nError Message | ALPHA-MARK\n"
    entry = signature(events={"alpha": {"kind": "portal-text", "where": {"text|contains": "ALPHA-MARK"}}})
    result = run(tmp_path, files() | {"portal.txt": text}, entry)
    found = {i["symptom"]: hypothesis(result, number=n)["status"] for n, i in enumerate(result.document["incidents"])}
    assert found == {"UserErrorOfThisTest": "not_assessable", "UserErrorOfAnother": "confirmed"}
