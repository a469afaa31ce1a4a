"""One member may keep the program busy for so long and no longer, and leave so much in memory; a parser that crashes costs its artifact only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from analyzer.bundle import Budget, Bundle
from analyzer.model import Event
from analyzer.parsers import patience, reading, waagent_conf, waagent_log
from analyzer.parsers.scan import scan
from analyzer.pipeline import analyze_bundle
from tests.hostile.making import failure
from tests.hostile.running import diagnosed, verdict

MB = 1_000_000
LINE = b"2026-03-10T02:00:00.000000Z INFO ExtHandler ExtHandler nothing to see\n"


class Clock:
    """A clock that goes on by `step` seconds each time it is asked."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def _document(files: dict[str, bytes], budget: Budget = Budget()) -> dict[str, Any]:  # noqa: B008 - frozen
    with Bundle.from_files({**failure(), **files}) as bundle:
        bundle.budget = bundle.meter.budget = budget
        return analyze_bundle(bundle).document


def _row(document: dict[str, Any], path: str) -> dict[str, Any]:
    return next(row for row in document["bundle"]["artifacts"] if row["path"] == path)


def test_blocks_end_when_their_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(patience, "clock", Clock(20))
    blocks = patience.in_time([b"x" * MB] * 99, Budget(), lambda *what: told.append(what))
    assert sum(1 for _ in blocks) == 2  # 30.5 seconds for the first, 31 for both
    assert told == [("takes far longer than its size explains: reading ended at byte 2000000", "what follows in it")]


def test_blocks_in_time_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "clock", Clock(0.4))
    assert sum(1 for _ in patience.in_time([b"x" * MB] * 99, Budget(), lambda *what: pytest.fail(str(what)))) == 99


def test_a_slow_log_is_cut_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first block of the log is in time, the second is not. Its digest is still that of the whole file, and its end proves nothing."""
    path, slow = "var/log/waagent.log.1", b"".join(LINE.replace(b"see", b"see %d" % number) for number in range(3 * MB // len(LINE)))
    whole = _row(_document({path: slow}), path)
    clock = Clock(0)
    plain = waagent_log.FORMAT.read

    def crawl(shape: str, columns: Any, text: str) -> Any:
        clock.now += 1 if "nothing" in text else 0
        return plain(shape, columns, text)

    monkeypatch.setattr(patience, "clock", clock)
    monkeypatch.setattr(waagent_log, "FORMAT", replace(waagent_log.FORMAT, read=crawl, unwrap=("nothing to see",)))
    document = _document({path: slow}, Budget(seconds_free=100))
    row = _row(document, path)
    assert diagnosed(document)
    assert [p["problem"] for p in document["problems"] if p["artifact"] == path and "far longer" in p["problem"]]
    assert row["status"] == "partly" and row["lines"] < whole["lines"] and row["sha256"] == whole["sha256"]


def test_a_document_of_too_many_entries_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "copy/etc/waagent.conf"
    document = _document({path: b"A=1\n" * 1000}, Budget(max_events=50))
    assert diagnosed(document) and _row(document, path)["events"] == 50 and _row(document, path)["status"] == "partly"
    assert [p for p in document["problems"] if p["artifact"] == path and "50 entries" in p["problem"]]


def test_a_document_that_crawls_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "copy/etc/waagent.conf"
    clock, plain = Clock(0), waagent_conf.parse

    def crawl(document: Any) -> Iterator[Event]:
        for event in plain(document):
            clock.now += 20 if document.path == path else 0
            yield event

    monkeypatch.setattr(patience, "clock", clock)
    monkeypatch.setattr(waagent_conf, "parse", crawl)
    document = _document({path: b"A=1\n" * 1000})
    assert diagnosed(document) and _row(document, path)["events"] == 2
    assert [p for p in document["problems"] if p["artifact"] == path and "after 2 entries" in p["problem"]]


def test_hits_have_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """First and last hits are kept, what is between is counted, and what the room leaves out is told."""
    from analyzer.parsers.pattern import KindPatterns, Pattern

    data = b"".join(LINE.replace(b"nothing", b"needle%05d" % number) for number in range(500))
    patterns = KindPatterns([Pattern("p", frozenset({"waagent-log"}), ("needle",))])
    kept = scan([data], "waagent-log", "a", waagent_log.FORMAT, patterns, room=100_000)
    assert kept.held <= 100_000 and kept.omitted["p"] + len(kept.hits) == 500
    assert "needle00000" in kept.hits[0].event.text and "needle00499" in kept.hits[-1].event.text
    none = scan([data], "waagent-log", "a", waagent_log.FORMAT, patterns, room=0)
    assert 0 < len(none.hits) <= 20


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, KeyError])
def test_a_reader_that_crashes_costs_its_artifact_only(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def crash(row: Any) -> Any:
        if row.kind == "os-release":
            raise error("inside")
        return plain(row)

    plain = reading.document_parser
    monkeypatch.setattr(reading, "document_parser", crash)
    document = _document({})
    assert verdict(document)[0] == "linux-agent-options"
    (problem,) = [row for row in document["problems"] if row["artifact"] == "etc/os-release"]
    assert f"the reader of os-release failed ({error.__name__}" in problem["problem"]
    assert [row["path"] for row in document["bundle"]["artifacts"] if row["status"] == "failed"] == ["etc/os-release"]
