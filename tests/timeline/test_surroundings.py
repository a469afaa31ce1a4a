"""The lines around a cited place are those of the artifact, with their numbers, whatever the blocks it comes in."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle import Bundle
from analyzer.parsers.scan import Mark
from analyzer.pipeline import analyze
from analyzer.timeline.surroundings import lines_of, merged
from tests.support.cases import AGENT_LOG, agent_log, failed_job, hypothesis, run, signature

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
TEXT = "".join(f"line {number} {'x' * (number % 7)}\n" for number in range(1, 200))
LINES = TEXT.encode().split(b"\n")


def marks(every: int) -> list[Mark]:
    offsets = [0, *(sum(len(line) + 1 for line in LINES[:number]) for number in range(every, 199, every))]
    return [Mark(offset, 0, 1 + TEXT[:offset].count("\n"), None, None) for offset in offsets]


@pytest.mark.parametrize("block", [1, 7, 64, 5000])
@pytest.mark.parametrize("every", [10, 50, 500])
def test_lines_are_found_whatever_the_blocks_and_marks(block: int, every: int) -> None:
    data = TEXT.encode()
    blocks = [data[at : at + block] for at in range(0, len(data), block)]
    spans = [(1, 2), (49, 52), (101, 101), (197, 205)]
    found = lines_of(iter(blocks), spans, marks(every))
    assert found == {number: LINES[number - 1] for first, last in spans for number in range(first, min(last, 199) + 1)}


def test_nothing_is_read_behind_the_last_line() -> None:
    def blocks() -> Any:
        yield b"one\ntwo\n"
        yield b"three\n"
        raise AssertionError("read on")

    assert lines_of(blocks(), [(2, 3)], []) == {2: b"two", 3: b"three"}


def test_a_stretch_may_begin_inside_of_a_long_line() -> None:
    long = Mark(4, 0, 2, None, None), Mark(9, 0, 2, None, None)  # line 2 is read in two pieces
    assert lines_of([b"one\nlonglonglong\nx\n"], [(2, 2)], long) == {2: b"longlonglong"}


def test_spans_that_touch_are_one() -> None:
    assert merged([(5, 9), (1, 4), (20, 21), (8, 12)]) == [(1, 12), (20, 21)]


def files(**more: str) -> dict[str, str]:
    log = agent_log((2, "before ALPHA-MARK behind"), (3, "Traceback:\n  deep\n  deeper ALPHA-MARK\n  end"))
    return {AGENT_LOG: log.text(), "job.json": failed_job(), **more}


def test_a_log_row_has_three_lines_around_it_and_the_match(tmp_path: Path) -> None:
    content = files()
    rows = hypothesis(run(tmp_path, content, signature()))["evidence"]
    for row in rows[:2]:
        lines = content[AGENT_LOG].split("\n")
        assert all(found["text"] == lines[found["line"] - 1] for found in row["context"])
        assert [found["line"] for found in row["context"] if found.get("match")] == [row["line"]]
        assert row["matched"] == "ALPHA-MARK"
        numbers = [found["line"] for found in row["context"]]
        assert numbers[0] == row["line"] - 3 or numbers[0] < row["line"] - 3  # the record may begin earlier
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert [found["text"] for found in rows[1]["context"]][3:7] == [
        rows[1]["excerpt"].split("\n")[0],
        "  deep",
        "  deeper ALPHA-MARK",
        "  end",
    ]


def test_each_cited_artifact_is_read_again_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Counter[str] = Counter()
    original = Bundle.stream

    def counted(self: Bundle, member: Any, *words: Any, **named: Any) -> Any:
        opened[member.path] += 1
        return original(self, member, *words, **named)

    content = {**files(), "var/log/unrelated.log": "nothing\n"}
    monkeypatch.setattr(Bundle, "stream", counted)
    run(tmp_path, content, signature())
    with_context = dict(opened)
    monkeypatch.setattr("analyzer.diagnosis.document.surround", lambda places, *_: [[] for _ in places])
    opened.clear()
    run(tmp_path, content, signature())
    more = {path: with_context[path] - opened[path] for path in with_context}
    assert more[AGENT_LOG] == 1 and more["var/log/unrelated.log"] == 0


def test_both_ends_of_a_silence_are_shown() -> None:
    document = analyze([FIXTURES / "linux-agent-service-stopped/bundle"]).document
    gaps = [row for row in rows_of(document) if row.get("until_line") and row.get("context")]
    assert gaps
    for row in gaps:
        assert {found["line"] for found in row["context"] if found.get("match")} == {row["line"], row["until_line"]}


def test_a_pretty_platform_document_shows_the_value_with_its_line_numbers() -> None:
    folder = FIXTURES / "windows-snapshot-count-exceeded/bundle"
    rows = [row for row in rows_of(analyze([folder]).document) if row.get("pointer") and row.get("context")]
    lines = (folder / "job.json").read_text(encoding="utf-8").split("\n")
    assert rows
    assert all(found["text"] == lines[found["line"] - 1] for row in rows for found in row["context"])


def test_settings_show_nothing_beside_the_cited_value(tmp_path: Path) -> None:
    path = "var/lib/waagent/Microsoft.CPlat.Core.RunCommandLinux-1.0.3/config/1.settings"
    text = json.dumps(
        {"runtimeSettings": [{"handlerSettings": {"publicSettings": {"commandToExecute": "ALPHA", "note": "private"}}}]}, indent=2
    )
    found = run(
        tmp_path,
        files(**{path: text}),
        signature(scope="state", events={"alpha": {"kind": "settings", "where": {"component|contains": "RunCommand"}}}),
    )
    rows = hypothesis(found)["evidence"]
    assert rows and all("context" not in row for row in rows) and "private" not in json.dumps(found.document)


def test_a_long_line_is_cut_around_the_match(tmp_path: Path) -> None:
    log = agent_log((2, "a" * 9000 + " ALPHA-MARK " + "b" * 3000), (2.1, "c" * 5000))
    rows = hypothesis(run(tmp_path, {AGENT_LOG: log.text(), "job.json": failed_job()}, signature()))["evidence"]
    shown = {bool(found.get("match")): found["text"] for found in rows[0]["context"] if len(found["text"]) > 300}
    assert "ALPHA-MARK" in shown[True] and len(shown[True]) < 2_010 and len(shown[False]) < 410


def rows_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [row for i in document["incidents"] for h in i["hypotheses"] for row in h["evidence"]]
    rows += [row for i in document["incidents"] for row in i["verdict"]["unexplained"]]
    return (
        rows
        + [row for note in document["context"] for row in note["evidence"]]
        + [row for c in document["checklist"] for row in c["evidence"]]
    )
