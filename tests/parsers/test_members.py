"""Logs are read side by side, and nothing of that shows: the same document with one thread and with several, whatever was held."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from analyzer.bundle import Budget, Bundle
from analyzer.parsers import members
from analyzer.pipeline import analyze_bundle
from analyzer.timeline import context
from tests.support.cases import AGENT_LOG, agent_log, failed_job
from tests.support.scenes import conf

_MINUTE = timedelta(minutes=1)


def _files() -> dict[str, bytes]:
    """A failure, logs of several sizes with hits and problems in each, and one that is cut inside a character."""
    log = agent_log(start=-3000, end=90).text()
    rotated = {f"{AGENT_LOG}.{number}": (agent_log(start=-9000 * number, end=-3000 * number).text() * 3).encode() for number in range(1, 6)}
    damaged = {f"var/log/other/{number}/waagent.log": log.encode()[: 4000 * number] + b"\0" * number for number in range(1, 4)}
    small = {
        "job.json": failed_job().encode(),
        "etc/waagent.conf": conf(Extensions__Enabled="n").encode(),
        "results.txt": b"\xff\xfenonsense",
    }
    return {AGENT_LOG: log.encode(), **rotated, **damaged, **small}


def _document(budget: Budget | None = None) -> dict[str, Any]:
    with Bundle.from_files(_files()) as bundle:
        if budget is not None:
            bundle.budget = bundle.meter.budget = budget
        return analyze_bundle(bundle).document


@pytest.mark.parametrize("budget", [Budget(), Budget(max_held=200_000, max_events_in_all=40)], ids=["plenty", "scarce"])
def test_the_number_of_workers_does_not_show(monkeypatch: pytest.MonkeyPatch, budget: Budget) -> None:
    monkeypatch.setattr(members, "_LONG", 1 << 60)
    alone = json.dumps(_document(budget))
    monkeypatch.setattr(members, "_LONG", 0)
    for workers in (1, 2, 4):
        monkeypatch.setattr(members, "_WORKERS", workers)
        monkeypatch.setattr(members.os, "cpu_count", lambda: 8)
        assert json.dumps(_document(budget)) == alone


@pytest.mark.parametrize("held", [0, 1, 16])
def test_what_is_held_does_not_show(monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    whole = json.dumps(_document())
    monkeypatch.setattr(members, "_LONG", 0)
    monkeypatch.setattr(context, "_HELD", held)
    assert json.dumps(_document()) == whole


def test_what_is_held_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    again = context.blocks
    monkeypatch.setattr(context, "blocks", lambda bundle, read_: read.append(read_.member.path) or again(bundle, read_))
    monkeypatch.setattr(members, "_LONG", 0)
    _document()
    assert read == []
    monkeypatch.setattr(context, "_HELD", 0)
    _document()
    assert AGENT_LOG in read


def test_before_long_logs_are_read_the_other_files_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "_LONG", 0)
    order: list[str] = []
    found: list[dict[str, Any]] = []

    def first(document: dict[str, Any], logs: int, size: int) -> None:
        assert (logs, size) == (9, sum(len(data) for path, data in _files().items() if "waagent.log" in path))
        order.append("first")
        found.append(document)

    with Bundle.from_files(_files()) as bundle:
        analyze_bundle(bundle, first=first, progress=lambda path, size, total: order.append(path))
    assert AGENT_LOG in order[order.index("first") :] and "job.json" in order[: order.index("first")]
    (incident,) = found[0]["incidents"]
    assert incident["verdict"]["cause"] == "linux-agent-options"


def test_without_long_logs_nothing_is_judged_twice() -> None:
    with Bundle.from_files(_files()) as bundle:
        analyze_bundle(bundle, first=lambda *_: pytest.fail("short logs need no first look"))
