"""What of an incident's window is read again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analyzer.bundle import Bundle
from analyzer.pipeline import analyze, analyze_bundle
from analyzer.timeline import context
from tests.support.scenes import AgentLog, at, conf, job


def _loud(folder: Path, files: dict[str, str]) -> list[str]:
    """Texts of the warnings and errors of the windows."""
    for name, text in files.items():
        path = folder / "bundle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [event.text for event in analyze([folder / "bundle"]).diagnosis.loud.events]


def test_a_window_over_new_year_is_read_in_a_log_without_years(tmp_path: Path) -> None:
    failed = at("2025-12-31 23:58:00")
    agent = AgentLog().alive(at("2025-12-31 20:00:00"), at("2026-01-01 03:00:00"))
    lines = [
        "Dec 31 21:00:00 vm1 app[7]: error: long before",
        "Dec 31 23:59:30 vm1 app[7]: error: the old year",
        "Jan  1 00:00:30 vm1 app[7]: error: the new year",
        "Jan  1 02:59:00 vm1 app[7]: error: long after",
    ]
    files = {
        "var/log/waagent.log": agent.text(),
        "var/log/syslog": "\n".join(lines) + "\n",
        "etc/waagent.conf": conf(),
        "job.json": job(failed, 21, code="GuestAgentSnapshotTaskStatusError", message="Could not communicate with the VM agent"),
    }
    loud = _loud(tmp_path, files)
    assert "error: the old year" in loud and "error: the new year" in loud
    assert "error: long before" not in loud and "error: long after" not in loud


def test_the_damaged_date_of_another_job_hides_no_window(tmp_path: Path) -> None:
    failed, day = at("2026-03-10 02:00:00"), timedelta(days=1)
    last = job(failed, 21, code="GuestAgentSnapshotTaskStatusError", message="Could not communicate with the VM agent")
    files = {
        "var/log/waagent.log": AgentLog().alive(failed - day / 4, failed + day / 4).text(),
        "var/log/syslog": "Mar 10 02:05:00 vm1 app[7]: error: in the window\n",
        "etc/timezone": "Asia/Tokyo\n",
        "job.json": last,
        "damaged.json": last.replace("2026-03-10T02", "9999-12-31T23").replace("8d2f6f5a", "9d2f6f5a"),
    }
    files["var/log/syslog"] = files["var/log/syslog"].replace(" 02:", " 11:")  # Tokyo's clock
    assert "error: in the window" in _loud(tmp_path, files)


@pytest.mark.parametrize("budget", [10, 40_000])
def test_a_flood_inside_a_window_is_counted_as_if_each_record_was_read(monkeypatch: pytest.MonkeyPatch, budget: int) -> None:
    failed = at("2026-03-10 02:00:00")
    kinds = (
        "ERROR ExtHandler ExtHandler the spindle is gone",
        "INFO ExtHandler ExtHandler calm",
        "WARNING ExtHandler number {}",
        "INFO ExtHandler Command: x\n[stdout]\nERROR\n[stderr]\n",
    )
    begin, step = failed - timedelta(minutes=50), timedelta(minutes=60) / 36_000
    lines = [f"{begin + step * n:%Y-%m-%dT%H:%M:%S.%f}Z {kinds[n % 4].format(n)}\n" for n in range(36_000)]
    files = {
        "var/log/waagent.log": "".join(lines),
        "job.json": job(failed, 21, code="GuestAgentSnapshotTaskStatusError", message="Could not communicate with the VM agent"),
    }

    def found() -> tuple[object, ...]:
        with Bundle.from_files({name: text.encode() for name, text in files.items()}) as bundle:
            loud = analyze_bundle(bundle).diagnosis.loud
        return loud.events, loud.near, loud.omitted, loud.near_omitted

    monkeypatch.setattr(context, "BUDGET", budget)
    quick = found()
    monkeypatch.setattr(context, "_lies_in", lambda *_: False)
    assert quick == found()
    assert len(quick[0]) + quick[2] == 18_000  # type: ignore[arg-type, operator]
