"""What changed between the last good run and the failure: told where the bundle tells both, never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.cases import AGENT_LOG, JOB_ID, MINUTE, RUN_LOG, START, agent_log, failed_job, run
from tests.support.scenes import WORK_FOLDER, SnapshotRun

LISTING = """2026-03-10T03:00:03Z INFO Using log collection mode full
2026-03-10T03:00:03Z INFO Output of command [ls -alF /etc]:
total 12
-rw-r--r-- 1 root root  2034 Mar  9 23:10 waagent.conf
-rw-r--r-- 1 root root  2034 Jan  2 23:10 hosts

2026-03-10T03:00:03Z INFO Output of command [ls -alF /var/log]:
total 12
-rw-r--r-- 1 root root  2034 Mar  9 23:40 syslog
"""


def _settings(task: str, **values: str) -> str:
    public = {"taskId": task, "customSettings": json.dumps(values)}
    return json.dumps({"runtimeSettings": [{"handlerSettings": {"publicSettings": public}}]})


def _contrast(tmp_path: Path, *, good: bool = True, more: dict[str, str] | None = None) -> dict[str, Any]:
    first = SnapshotRun(START - 200 * MINUTE, sequence=6, task="11111111-1111-4111-8111-111111111111").good().text() if good else ""
    bad = SnapshotRun(START + MINUTE, sequence=7, task=JOB_ID).enable().end(2, "error").text()
    log = agent_log()
    log.say(START - 150 * MINUTE, "Old trouble 1", level="ERROR").say(START + 6 * MINUTE, "New trouble 1", level="ERROR")
    files = {"job.json": failed_job(), RUN_LOG: first + bad, AGENT_LOG: log.text(), **(more or {})}
    found: dict[str, Any] = run(tmp_path, files).document["incidents"][0]["contrast"]
    return found


def test_both_runs_stand_side_by_side_with_their_times(tmp_path: Path) -> None:
    rows = {row["stage"]: row for row in _contrast(tmp_path)["stages"]}
    assert (rows["status"]["before"]["state"], rows["status"]["after"]["state"]) == ("done", "failed")
    assert rows["enable"]["before"]["at"].startswith("2026-03-09T22:40") and rows["enable"]["after"]["at"].startswith("2026-03-10T02:01")
    assert rows["status"]["after"]["seconds"] >= rows["enable"]["after"]["seconds"] >= 0


def test_settings_of_both_runs_are_compared(tmp_path: Path) -> None:
    more = {
        f"{WORK_FOLDER}/config/6.settings": _settings("11111111-1111-4111-8111-111111111111", takeSnapshotFrom="onlyGuest"),
        f"{WORK_FOLDER}/config/7.settings": _settings(JOB_ID, takeSnapshotFrom="firstHostThenGuest"),
    }
    changes = [row for row in _contrast(tmp_path, more=more)["changes"] if row["group"] == "settings"]
    assert changes == [{"group": "settings", "what": "method", "before": "onlyGuest", "after": "firstHostThenGuest"}]


def test_what_only_one_side_tells_is_no_change(tmp_path: Path) -> None:
    more = {f"{WORK_FOLDER}/config/7.settings": _settings(JOB_ID, takeSnapshotFrom="firstHostThenGuest")}
    assert [row for row in _contrast(tmp_path, more=more)["changes"] if row["group"] in ("settings", "version")] == []


def test_configuration_changed_between_the_runs_is_named_with_its_time(tmp_path: Path) -> None:
    changes = [row for row in _contrast(tmp_path, more={"results.txt": LISTING})["changes"] if row["group"] == "changed"]
    assert [(row["what"], row["before"], row["at"]) for row in changes] == [("/etc/waagent.conf", None, "2026-03-09T23:10:00Z")]


def test_agent_versions_are_those_of_each_time(tmp_path: Path) -> None:
    old = "[HEARTBEAT] Agent WALinuxAgent-2.9.0.4 is running as the goal state agent [DEBUG HeartbeatCounter: 1]"
    first = SnapshotRun(START - 200 * MINUTE, sequence=6, task="11111111-1111-4111-8111-111111111111").good().text()
    bad = SnapshotRun(START + MINUTE, sequence=7, task=JOB_ID).enable().end(2, "error").text()
    log = agent_log(start=-10)
    before = agent_log(start=-1, end=-0.5)
    before.say(START - 201 * MINUTE, old)
    text = before.text().splitlines()[0] + "\n" + log.text()
    changes = run(tmp_path, {"job.json": failed_job(), RUN_LOG: first + bad, AGENT_LOG: text}).document["incidents"][0]["contrast"][
        "changes"
    ]
    assert [(row["what"], row["before"]) for row in changes if row["group"] == "version"] == [("agent_version", "2.9.0.4")]


def test_errors_that_the_good_run_had_not_are_listed(tmp_path: Path) -> None:
    texts = " ".join(row["excerpt"] for row in _contrast(tmp_path)["errors"])
    assert "New trouble" in texts


def test_without_a_good_run_nothing_is_compared(tmp_path: Path) -> None:
    assert _contrast(tmp_path, good=False) == {"last_good": None, "changes": [], "stages": []}
