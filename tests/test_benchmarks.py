"""The benchmark measures what it says: inputs hold what they promise, every tool finds what was planted, and a rise of cost is told.

Nothing here is about speed.
"""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import cases, check, found, inputs, peers, planted, table
from benchmarks.measure import Contestant, Failure, Figure, Result, alternate, once
from benchmarks.run import Inputs

TINY = replace(cases.QUICK, events=0.5, incidents=0.5, jobs=(1, 3), flood=500)
COUNTS = check.Counts("CPython 3.11.7", "x86_64", "a", 1000, {"a small bundle": 100_000, "logs": 50_000})


@pytest.fixture
def setting(tmp_path: Path) -> cases.Setting:
    return cases.Setting(TINY, tmp_path / "scratch", Inputs(tmp_path / "inputs"), peers.none("not in tests"), lambda text: None)


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()


def test_the_same_input_is_written_every_time(tmp_path: Path) -> None:
    told = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        told.append(inputs.text(tmp_path / name, 1, peers=0.2, part=0.1))
    assert told[0] == told[1]
    assert (tmp_path / "first/logs.zip").read_bytes() == (tmp_path / "second/logs.zip").read_bytes()


def test_the_text_of_the_peers_is_the_end_of_ours(tmp_path: Path) -> None:
    told = inputs.text(tmp_path, 3, peers=1, part=0.5)
    with zipfile.ZipFile(tmp_path / "logs.zip") as archive:
        system = archive.read("var/log/syslog")
        assert sum(entry.file_size for entry in archive.infolist()) == told["bytes"]
    for name in ("sos", "part"):
        log = (tmp_path / name / inputs.SOS / "var/log/messages").read_bytes()
        assert system.endswith(b"\n" + log)
        assert len(log) == told[f"{name}_bytes"]
    assert told["planted"] == len(system.splitlines()) // planted.EVERY > 0


def test_a_planted_line_is_found_by_its_expression_and_an_invented_one_is_not_there(tmp_path: Path) -> None:
    inputs.text(tmp_path, 3)
    with zipfile.ZipFile(tmp_path / "logs.zip") as archive:
        lines = [line for name in archive.namelist() for line in archive.read(name).decode().splitlines()]
    pattern = re.compile("|".join(planted.expressions(30)))
    assert len(planted.expressions(30)) == 30
    assert [line for line in lines if pattern.search(line)] == [
        line for line in lines if any(kind.literal in line for kind in planted.KINDS)
    ]
    for kind in planted.KINDS:
        assert kind.literal in kind.line and re.search(kind.expression, kind.line.replace("{n}", "10000"))
    assert not any("invented failure" in line for line in lines)


def test_floods_have_as_many_bytes_with_errors_as_without(tmp_path: Path) -> None:
    told = inputs.flood(tmp_path, 50)
    assert len(set(told.values())) == 1


def test_contestants_take_turns_and_one_that_fails_is_said(tmp_path: Path) -> None:
    log = tmp_path / "order"
    say = f"import sys; open({str(log)!r}, 'a').write(sys.argv[1]); print(sys.argv[1])"
    contestants = [Contestant(name, [sys.executable, "-c", say, name], 2_000_000, str.strip) for name in "ab"]
    contestants.append(Contestant("bad", [sys.executable, "-c", "raise SystemExit('no such thing')"]))
    results = alternate(contestants, 3)
    assert log.read_text() == "ababab"
    assert [(result.runs, result.found) for result in results] == [(3, "a"), (3, "b"), (0, None)]
    assert "no such thing" in results[2].failed
    assert results[0].figure is not None and results[0].speed == pytest.approx(2 / results[0].figure.cpu)


def test_a_contestant_that_finds_something_else_the_next_time_has_no_figures(tmp_path: Path) -> None:
    changing = (
        f"import pathlib; p = pathlib.Path({str(tmp_path / 'n')!r}); p.touch(); print(p.stat().st_size); p.write_text(p.read_text() + 'x')"
    )
    (result,) = alternate([Contestant("changing", [sys.executable, "-c", changing], found=int)], 2)
    assert result.figure is None and "found 1, and 0 before" in result.failed


def test_figures_are_those_of_the_whole_tree() -> None:
    """Half a second of work and 80 MB in a child's child are the contestant's."""
    work = "import time; x = bytearray(80_000_000); end = time.process_time() + .5\nwhile time.process_time() < end: pass"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}], check=True)"
    figure, _ = once(Contestant("nested", [sys.executable, "-c", nested]))
    assert figure.cpu >= 0.5 and figure.wall >= 0.5
    assert figure.peak >= 76
    if sys.platform == "linux":
        assert figure.tree >= 76


def test_a_failed_run_is_not_a_figure() -> None:
    with pytest.raises(Failure, match="status 3"):
        once(Contestant("three", [sys.executable, "-c", "raise SystemExit(3)"]))


def test_the_cheap_cases_run_and_find_what_is_there(setting: cases.Setting) -> None:
    """Ours, grep and zipfile on tiny text; the readers of event logs; failed jobs; a flood."""
    text, events, incidents, flood = cases.run(["text", "event-logs", "incidents", "flood"], setting)
    by_name = {result.contestant.name: result for section in (text, events, incidents, flood) for result in section.results}
    assert not [result.failed for result in by_name.values() if result.failed]
    counts = {aim.text: aim.met for aim in text.aims if "planted" in aim.text or "text of insights" in aim.text}
    assert len(counts) == 2 and all(counts.values())
    if shutil.which("unzip"):
        assert by_name["unzip -p, grep -E (C)"].found == by_name["unzip -p, grep -E (C.UTF-8)"].found == 4
    assert by_name["ours, the reader alone, few events wanted"].found == by_name["bare Rust reader, every record"].found
    assert next(aim.met for aim in incidents.aims if aim.text.startswith("incidents in the document"))
    assert next(aim.met for aim in flood.aims if aim.text.startswith("exact count of the known"))
    assert "linux-agent" not in str(by_name["incidents: 1"].found) and "VM-Agent configuration" in str(by_name["incidents: 1"].found)
    page = table.markdown([text, events, incidents, flood], ["About."])
    assert page.count("\n### ") == 5 and "not run" not in page


def test_a_case_that_cannot_run_is_said_and_the_rest_goes_on(setting: cases.Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(setting: cases.Setting) -> cases.Section:
        raise OSError("no room")

    monkeypatch.setitem(cases.CASES, "broken", broken)
    monkeypatch.setitem(cases.CASES, "fine", lambda setting: cases.Section("Fine", []))
    sections = cases.run(["broken", "fine"], setting)
    assert sections[0].aims == [cases.Aim("broken runs", "no room", False)]
    assert sections[1].title == "Fine"


def test_without_unzip_the_comparison_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert cases.greps(tmp_path / "x.zip", 1) == []
    assert "unzip" in peers.absent("unzip")


def test_the_table_has_ratios_and_says_which_aims_are_missed() -> None:
    def result(name: str, wall: float, cpu: float, size: int) -> Result:
        return Result(Contestant(name, [], size), Figure(wall, cpu, 100, 0), 3)

    section = cases.Section("Text", [result("ours", 2, 4, 400_000_000), result("theirs", 3, 8, 100_000_000)])
    section.at_most("wall time", 2 / 3, 1, " times")
    section.at_least("speed", 8, 9, " times")
    section.at_most("memory", None, 150)
    page = table.markdown([section], [])
    assert "| Text: wall time | 0.667 times | met |" in page
    assert "| Text: speed | 8 times | **not met** |" in page
    assert "| Text: memory | not measured | not measured |" in page
    assert "| theirs | 3 | 3.00 | 8.00 | 12.5 | 100 |  |  | 1.50 | 0.125 |" in page


def test_figures_go_between_their_marks() -> None:
    page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
    assert table.put_into(page, "new\n") == f"before\n{table.BEGIN}\n\nnew\n\n{table.END}\nafter\n"
    assert table.put_into("no marks", "new\n") == "new\n"


def test_rules_for_the_peers_are_as_many_as_asked(tmp_path: Path) -> None:
    rules = (planted.insights_rules(tmp_path / "insights", 50) / "bench_rules" / "rules.py").read_text()
    assert rules.count("@rule(Messages)") == 50
    compile(rules, "rules.py", "exec")
    checks = (planted.hotsos_checks(tmp_path / "hotsos", 50) / "scenarios/kernel/bench.yaml").read_text()
    assert checks.count("    hint: ") == checks.count("decision: ") == 50


def test_a_rise_of_more_than_15_percent_fails_with_its_figures() -> None:
    well, lines = check.verdict(COUNTS, replace(COUNTS, work={"a small bundle": 100_000, "logs": 58_000}))
    assert not well
    assert any(line.startswith("logs: ") and "+16.0%" in line and "more than 15% over" in line for line in lines)


def test_a_rise_of_less_is_let_pass_and_a_fall_is_to_be_taken_over() -> None:
    well, lines = check.verdict(COUNTS, replace(COUNTS, work={"a small bundle": 114_000, "logs": 30_000}))
    assert well
    assert "well" in lines[0] and "--update" in lines[1]


def test_another_build_of_python_is_scaled_by_the_calibration() -> None:
    slower = replace(COUNTS, calibration=1300, work={"a small bundle": 130_000, "logs": 65_000})
    assert check.verdict(COUNTS, slower)[0]
    assert not check.verdict(COUNTS, replace(slower, calibration=1000))[0]


def test_what_is_scaled_has_a_wider_limit_and_has_one() -> None:
    more = replace(COUNTS, calibration=1300, work={"a small bundle": 130_000, "logs": 78_000})  # a fifth more, scaled
    assert check.verdict(COUNTS, more)[0]
    well, lines = check.verdict(COUNTS, replace(more, work={"a small bundle": 130_000, "logs": 83_000}))
    assert not well and "more than 25% over" in lines[1]


@pytest.mark.parametrize("other", [{"python": "CPython 3.12.1"}, {"machine": "aarch64"}])
def test_what_cannot_be_compared_is_said_and_does_not_fail(other: dict[str, str]) -> None:
    now = replace(COUNTS, work={"a small bundle": 900_000, "logs": 900_000}, **other)  # type: ignore[arg-type]
    well, lines = check.verdict(COUNTS, now)
    assert well and lines[0].startswith("Not compared: ")


def test_the_check_exits_with_1_on_a_rise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = check.Counts(check._python(), check.platform.machine(), "a", 1000, {"a small bundle": 100})
    stored = tmp_path / "instructions.json"
    stored.write_text(replace(now, work={"a small bundle": 80}).text())
    monkeypatch.setattr(check, "BASELINE", stored)
    monkeypatch.setattr(check, "count", lambda made: now)
    monkeypatch.setattr(check.shutil, "which", lambda name: "/usr/bin/valgrind")
    assert check.main([]) == 1
    assert "+25.0%" in capsys.readouterr().out
    monkeypatch.setattr(check.shutil, "which", lambda name: None)
    assert check.main([]) == 0
    assert "valgrind" in capsys.readouterr().out


def test_the_stored_counts_are_there() -> None:
    stored = check.Counts.read(check.BASELINE.read_text())
    assert stored.calibration > 0 and len(stored.work) == 2 and all(count > 0 for count in stored.work.values())


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind")
def test_a_count_is_the_same_twice_and_grows_with_the_work() -> None:
    command = [sys.executable, "-S", "-c", "sum(range(100_000))"]
    first = check.instructions(command)
    assert abs(check.instructions(command) - first) < first / 1000
    assert check.instructions([*command[:-1], "sum(number * 2 for number in range(100_000))"]) > first + 1_000_000


def test_a_document_s_counts_are_those_of_whole_signatures() -> None:
    """A signature's first row counts all its lines; rows of single lines beside it, and the timeline, do not add to it."""

    def row(signature: str, count: int) -> dict[str, object]:
        return {"signature": signature, "count": count, "excerpt": "x"}

    evidence = [row("bench.planted-a", 7), row("bench.planted-a", 1), row("bench.planted-b", 2), row("other", 99)]
    document = {"incidents": [{"hypotheses": [{"evidence": evidence}]}], "timeline": [row("bench.planted-a", 500)]}
    assert found.summary(document) == {"planted": 9, "most": 99, "incidents": 1}
