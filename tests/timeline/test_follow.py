"""One attempt followed across files: what belongs to it, and what only looks like it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.cases import AGENT_LOG, JOB_ID, MINUTE, RUN_LOG, START, agent_log, failed_job, run
from tests.support.scenes import WORK_FOLDER, SnapshotRun

GOOD_TASK = "11111111-1111-4111-8111-111111111111"
HANDLER = "Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0"
OTHER = "Microsoft.Azure.Extensions.CustomScript-2.1.10"


def _files() -> dict[str, str]:
    good = SnapshotRun(START - 200 * MINUTE, sequence=6, task=GOOD_TASK).good()
    bad = SnapshotRun(START + MINUTE, sequence=7, task=JOB_ID).enable().end(2, "error")
    log = agent_log()
    log.say(START + 0.5 * MINUTE, "ProcessExtensionsGoalState started [incarnation_41 channel: WireServer source: Fabric]", level="WARNING")
    log.say(START + 0.7 * MINUTE, "Something about the snapshot", level="WARNING", columns=f"ExtHandler [{HANDLER}]")
    log.say(START + 0.8 * MINUTE, '"ConfigSequenceNumber": "7" of another extension', level="WARNING", columns=f"ExtHandler [{OTHER}]")
    log.say(START + 15 * MINUTE, "Nothing of interest", level="WARNING")
    settings = json.dumps({"runtimeSettings": [{"handlerSettings": {"publicSettings": {"taskId": JOB_ID}}}]})
    return {
        "job.json": failed_job(),
        RUN_LOG: good.text() + bad.text(),
        AGENT_LOG: log.text(),
        f"{WORK_FOLDER}/config/7.settings": settings,
    }


def _by_text(tmp_path: Path) -> tuple[dict[str, list[str]], dict[str, Any]]:
    document = run(tmp_path, _files()).document
    return {row["text"]: row["follow"] for row in document["timeline"]}, document


def _of(found: dict[str, list[str]], part: str) -> list[str]:
    return next(follow for text, follow in found.items() if part in text)


def test_an_attempt_is_followed_across_job_agent_settings_and_run(tmp_path: Path) -> None:
    found, document = _by_text(tmp_path)
    (attempt,) = document["incidents"][0]["attempts"]
    key = attempt["follow"]
    rows = [row for row in document["timeline"] if key in row["follow"]]
    assert {row["artifact"] for row in rows} >= {"job.json", RUN_LOG, AGENT_LOG, f"{WORK_FOLDER}/config/7.settings"}
    assert _of(found, "incarnation_41") == [key]  # the goal state that brought it
    assert _of(found, "Something about the snapshot") == [key]


def test_another_extension_with_the_same_number_is_not_followed(tmp_path: Path) -> None:
    found, _ = _by_text(tmp_path)
    assert _of(found, "of another extension") == []
    assert _of(found, "Nothing of interest") == []


def test_the_runs_of_two_nights_are_told_apart(tmp_path: Path) -> None:
    _, document = _by_text(tmp_path)
    incident = document["incidents"][0]
    good, bad = incident["contrast"]["last_good"]["follow"], incident["attempts"][0]["follow"]
    runs = [row["follow"] for row in document["timeline"] if row["artifact"] == RUN_LOG]
    assert {key for keys in runs for key in keys} == {good, bad} and all(len(keys) == 1 for keys in runs)


def test_attempts_of_one_task_have_keys_of_their_own(tmp_path: Path) -> None:
    twice = "".join(SnapshotRun(START + m * MINUTE, sequence=n, task=JOB_ID).enable().end(2, "error").text() for m, n in ((1, 7), (10, 8)))
    attempts = run(tmp_path, {"job.json": failed_job(), RUN_LOG: twice}).document["incidents"][0]["attempts"]
    assert [attempt["follow"] for attempt in attempts] == [JOB_ID, f"{JOB_ID}#2"]
