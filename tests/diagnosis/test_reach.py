"""The line of coverage under a verdict: the first log that matters and does not tell of the failure's time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.diagnosis.reach import State, in_words, lack
from analyzer.model import Artifact
from analyzer.timeline.timeline import Timeline, Window
from tests.support.cases import AGENT_LOG, MINUTE, START, agent_log, failed_job, run, signature


def coverage(tmp_path: Path, files: dict[str, str], *entries: dict[str, Any], lang: str = "en") -> dict[str, Any]:
    found: dict[str, Any] = run(tmp_path, files, *entries, lang=lang).document["incidents"][0]["verdict"]["coverage"]
    return found


def test_a_log_that_ends_before_the_failure_is_named_with_how_much(tmp_path: Path) -> None:
    rotated = {f"{AGENT_LOG}.1": agent_log((-171, "the last line"), end=-175).text()}
    found = coverage(tmp_path, {"job.json": failed_job(code="UserErrorGuestAgentStatusUnavailable"), **rotated})
    assert (found["state"], found["kind"]) == ("ends", "waagent-log")
    assert found["text"] == "waagent.log.1 ends 3 h 12 min before the failure."


def test_a_missing_log_is_named_by_its_title_in_the_readers_language(tmp_path: Path) -> None:
    files = {"job.json": failed_job(code="UserErrorGuestAgentStatusUnavailable"), "etc/os-release": "ID=ubuntu\nVERSION_ID=22.04\n"}
    assert coverage(tmp_path, files)["text"] == "Not in the bundle: agent log (waagent.log)."
    assert coverage(tmp_path, files, lang="zh-CN")["text"] == "包中没有：代理日志 (waagent.log)。"


def test_logs_that_cover_the_time_are_said_to(tmp_path: Path) -> None:
    files = {"job.json": failed_job(), AGENT_LOG: agent_log((10, "ALPHA-MARK")).text()}
    assert coverage(tmp_path, files, signature(needs=["waagent-log"]))["text"] == (
        "All logs that matter for it cover the time: agent log (waagent.log)."
    )


def test_a_log_that_begins_too_late_and_one_with_a_hole(tmp_path: Path) -> None:
    late = {"job.json": failed_job(), AGENT_LOG: agent_log((12, "ALPHA-MARK"), start=10).text()}
    entry = signature(needs=["waagent-log"])
    assert coverage(tmp_path, late, entry)["state"] == "begins"


def test_the_longest_hole_between_two_logs_is_told() -> None:
    def span(start: int, end: int) -> tuple[str, Window]:
        return f"waagent.log.{start}", Window(START + start * MINUTE, START + end * MINUTE)

    spans = [span(-9, 1), span(3, 5), span(12, 30)]
    timeline = Timeline(coverage={"waagent-log": spans}, kinds={"waagent-log": [Artifact(path, "waagent-log") for path, _ in spans]})
    found = lack("waagent-log", Window(START, START + 20 * MINUTE), timeline)
    assert found is not None and (found.state, found.artifact, found.missing) == (State.GAP, "waagent.log.3", 7 * MINUTE)


@pytest.mark.parametrize(("minutes", "said"), [(0.5, "30 s"), (5, "5 min"), (192, "3 h 12 min"), (3 * 1440 + 61, "3 d 1 h")])
def test_lengths_are_rounded_to_two_units(minutes: float, said: str) -> None:
    assert in_words(minutes * MINUTE) == said


def test_logs_of_another_system_do_not_matter(tmp_path: Path) -> None:
    files = {"job.json": failed_job(), AGENT_LOG: agent_log((10, "ALPHA-MARK")).text()}
    found = coverage(tmp_path, files, signature(needs=["waappagent-log", "waagent-log"]))
    assert found["kind"] != "waappagent-log"  # no Linux VM has it
