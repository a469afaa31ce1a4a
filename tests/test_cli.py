"""CONTRACT.md, "Command line": words, outputs, exit codes, and what is never overwritten."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main
from tests.support.cases import signature, write

ROOT = Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "fixtures/linux-extensions-disabled/bundle"
CALM = ROOT / "fixtures/linux-extensions-commented-out/bundle"


def analyze(*words: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)


def packed() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(FIXTURE.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(FIXTURE).as_posix())
    return data.getvalue()


def test_without_outputs_the_verdict_is_printed() -> None:
    result = analyze(FIXTURE)
    assert (result.exit_code, "Confirmed: " in result.output) == (0, True)


def test_an_analysis_that_finds_nothing_ends_with_0(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    assert analyze(tmp_path).exit_code == 0


def test_several_inputs_are_one_case(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/waagent.conf").write_bytes((FIXTURE / "etc/waagent.conf").read_bytes())
    result = analyze(FIXTURE / "job.json", FIXTURE / "var/log/waagent.log", tmp_path / "conf", "--json", "-")
    assert [i["verdict"]["cause"] for i in json.loads(result.output)["incidents"]] == ["linux-agent-options"]


def test_a_dash_is_standard_input() -> None:
    result = analyze("-", "--json", "-", stdin=packed())
    assert json.loads(result.output)["incidents"][0]["verdict"]["status"] == "confirmed"


def test_json_to_standard_output_is_all_that_stands_there() -> None:
    run = subprocess.run([sys.executable, "-m", "analyzer", str(FIXTURE), "--json", "-"], capture_output=True, cwd=ROOT, check=True)
    assert json.loads(run.stdout)["schema"] == "diagnosis/1"


# subcommand words


def test_a_first_word_that_is_a_subcommands_name_is_the_subcommand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "verify").mkdir()
    (tmp_path / "verify/notes.txt").write_text("nothing", encoding="utf-8")
    assert analyze("verify").exit_code == 2  # no fixtures named
    assert analyze("./verify").exit_code == 0
    assert analyze("verify/").exit_code == 0


@pytest.mark.parametrize("name", ["bundle", "list", "explain", "Verify"])
def test_any_other_word_is_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    (tmp_path / name / "notes.txt").write_text("nothing", encoding="utf-8")
    assert analyze(name).exit_code == 0


def test_options_may_come_first(tmp_path: Path) -> None:
    assert analyze("--json", tmp_path / "out.json", FIXTURE).exit_code == 0


# exit codes


@pytest.mark.parametrize(("level", "code"), [("confirmed", 1), ("likely", 1), ("possible", 1)])
def test_fail_on_a_confirmed_verdict(level: str, code: int) -> None:
    assert analyze(FIXTURE, "--fail-on", level).exit_code == code


def test_fail_on_does_not_match_an_open_verdict() -> None:
    assert analyze(CALM, "--fail-on", "possible").exit_code == 0


@pytest.mark.parametrize("words", [[], ["--no-such-option", "x"], [FIXTURE, "--lang", "xx"], [FIXTURE, "--fail-on", "undetermined"]])
def test_wrong_usage_is_2(words: list[object]) -> None:
    assert analyze(*words).exit_code == 2


def test_no_bundle_that_can_be_read_is_3(tmp_path: Path) -> None:
    result = analyze(tmp_path / "missing.zip")
    assert (result.exit_code, "missing.zip" in result.output) == (3, True)


def test_one_input_of_two_is_enough(tmp_path: Path) -> None:
    result = analyze(FIXTURE, tmp_path / "missing.zip", "--json", "-")
    assert result.exit_code == 0
    assert any(row["artifact"] == "missing.zip" for row in json.loads(result.output)["problems"])


def test_a_damaged_member_changes_no_exit_code(tmp_path: Path) -> None:
    data = bytearray(packed())
    at = data.index(b"INFO Daemon Azure Linux Agent")
    data[at : at + 4] = b"\x00\x00\x00\x00"  # the checksum no longer fits
    (tmp_path / "b.zip").write_bytes(bytes(data))
    result = analyze(tmp_path / "b.zip", "--json", "-")
    assert result.exit_code == 0
    assert [row["artifact"] for row in json.loads(result.output)["problems"]] == ["var/log/waagent.log"]


# outputs


@pytest.mark.parametrize(("option", "name"), [("-o", "r.html"), ("--json", "d.json"), ("--evidence", "e.zip")])
def test_our_own_file_is_replaced_and_any_other_needs_force(tmp_path: Path, option: str, name: str) -> None:
    target = tmp_path / name
    assert analyze(FIXTURE, option, target).exit_code == 0
    first = target.read_bytes()
    assert analyze(FIXTURE, option, target).exit_code == 0
    assert target.read_bytes() == first
    target.write_text("mine", encoding="utf-8")
    assert analyze(FIXTURE, option, target).exit_code == 2
    assert target.read_text(encoding="utf-8") == "mine"
    assert analyze(FIXTURE, option, target, "--force").exit_code == 0
    assert target.read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_an_input_is_never_an_output(tmp_path: Path) -> None:
    bundle = tmp_path / "b.zip"
    bundle.write_bytes(packed())
    assert analyze(bundle, "-o", bundle, "--force").exit_code == 2
    assert bundle.read_bytes() == packed()


def test_a_refusal_comes_before_anything_is_written(tmp_path: Path) -> None:
    taken = tmp_path / "t.csv"
    taken.write_text("mine", encoding="utf-8")
    assert analyze(FIXTURE, "-o", tmp_path / "r.html", "--timeline", taken).exit_code == 2
    assert not (tmp_path / "r.html").exists()


def test_two_outputs_of_one_name_are_wrong_usage(tmp_path: Path) -> None:
    result = analyze(FIXTURE, "-o", tmp_path / "x", "--json", tmp_path / "x")
    assert (result.exit_code, "named for two outputs" in result.output) == (2, True)


def test_a_timeline_of_unknown_format_is_wrong_usage(tmp_path: Path) -> None:
    result = analyze(FIXTURE, "-o", tmp_path / "r.html", "--timeline", tmp_path / "t.xlsx")
    assert result.exit_code == 2 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_the_timeline_is_written(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"t{suffix}"
    assert analyze(FIXTURE, "--timeline", target).exit_code == 0
    assert "Extensions.Enabled is set to False" in target.read_text(encoding="utf-8")


def test_the_users_signatures_are_judged(tmp_path: Path) -> None:
    events = {"alpha": {"kind": "waagent-log", "anchor": "Checking for agent updates"}}
    own = write(tmp_path, signature(events=events, strength="hint"))
    found = json.loads(analyze(FIXTURE, "--signatures", own, "--json", "-").output)
    assert next(h["status"] for h in found["incidents"][0]["hypotheses"] if h["cause"] == "disk-size") == "possible"


def test_chinese_is_written_as_utf_8_whatever_the_console(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp437", "LC_ALL": "C"}
    command = [sys.executable, "-m", "analyzer", str(FIXTURE), "--lang", "zh-CN", "-o", str(tmp_path / "r.html")]
    run = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=True)
    assert b"?" in run.stdout
    assert "备份" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_for_terminals_that_take_it(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, environment: dict[str, str], coloured: bool
) -> None:
    from analyzer import command

    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert command._coloured() is coloured


def test_version_and_help() -> None:
    assert analyze("--version").output.startswith("analyze, version ")
    assert "--fail-on" in analyze(FIXTURE, "--help").output


# signatures


def test_signatures_list_lint_explain_coverage(tmp_path: Path) -> None:
    assert "options.extensions-disabled-config" in analyze("signatures", "list", "--cause", "linux-agent-options").output
    assert "linux-agent-options" in analyze("signatures", "coverage").output
    broken = write(tmp_path, signature(when="nothing"))
    assert analyze("signatures", "lint", broken).exit_code == 1
