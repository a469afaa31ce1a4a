"""Small cases for tests of the engine: files in memory and a few signatures of their own, judged by the real pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from analyzer.bundle import Bundle
from analyzer.pipeline import Result, analyze_bundle
from tests.support.scenes import LOG_FOLDER, AgentLog, at, job

START = at("2026-03-10 02:00:00")  # of the failed job; its Take Snapshot runs from 02:00:05 to 02:21:00
JOB_ID = "8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11"
AGENT_LOG, RUN_LOG = "var/log/waagent.log", f"{LOG_FOLDER}/extension.log"
MINUTE = timedelta(minutes=1)

# a cause that no shipped signature finds in a guest's log, and one that it explains nothing of
CAUSE, OTHER = "disk-size", "azure-policy"


def failed_job(**changes: Any) -> str:
    values: dict[str, Any] = {"code": "UserErrorOfThisTest", "message": "It failed."} | changes
    return job(values.pop("start", START), values.pop("minutes", 21), **values)


def agent_log(*said: tuple[float, str], start: float = -300, end: float = 60, **stamps: Any) -> AgentLog:
    """The agent's log from `start` to `end` minutes around the job's start, with what it said at which minute."""
    log = AgentLog(**stamps)
    log.alive(START + start * MINUTE, START + end * MINUTE)
    for minute, text in said:
        log.say(START + minute * MINUTE, text)
    return log


def mark(name: str = "ALPHA", kind: str = "waagent-log") -> dict[str, Any]:
    """An event that only tests write."""
    return {"kind": kind, "anchor": f"{name}-MARK"}


def signature(identity: str = "test.alpha", **changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": identity, "cause": CAUSE, "role": "for", "strength": "decisive", "events": {"alpha": mark()}, "when": "alpha",
        "says": {"en": f"{identity} holds.", "zh-CN": f"{identity} 成立。"}, "source": "a test",
    }  # fmt: skip
    return entry | changes


def write(folder: Path, *entries: Mapping[str, Any]) -> Path:
    """A folder of signatures, as `--signatures` takes it."""
    folder = folder / "own"
    folder.mkdir(exist_ok=True)
    (folder / "test.yaml").write_text(yaml.safe_dump([dict(entry) for entry in entries], allow_unicode=True), encoding="utf-8")
    return folder


def run(tmp_path: Path, files: Mapping[str, str | bytes], *entries: Mapping[str, Any], lang: str = "en") -> Result:
    content = {path: text if isinstance(text, bytes) else text.encode("utf-8") for path, text in files.items()}
    with Bundle.from_files(content) as bundle:
        return analyze_bundle(bundle, lang=lang, signatures=[write(tmp_path, *entries)] if entries else [])


def hypothesis(result: Result, cause: str = CAUSE, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in result.document["incidents"][number]["hypotheses"] if row["cause"] == cause)
    return found


def status(tmp_path: Path, files: Mapping[str, str | bytes], *entries: Mapping[str, Any], cause: str = CAUSE) -> tuple[str, str]:
    """Status and reason of a cause in the first incident."""
    found = hypothesis(run(tmp_path, files, *entries), cause)
    return found["status"], found["reason_id"]
