"""The scripts that collect what is missing are valid, go on after a failure, and hold nothing that a bundle could smuggle in."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from analyzer.bundle.layouts import identify
from analyzer.diagnosis.collect import Wanted, scripts, wanted
from analyzer.diagnosis.documented import checks
from analyzer.diagnosis.knowledge import Kind, knowledge
from analyzer.diagnosis.remedy import PLACEHOLDER
from analyzer.report.redact import redact
from tests.support.cases import AGENT_LOG, agent_log, failed_job, run, signature

COLLECTED = [kind for kind in knowledge().kinds.values() if kind.command]
LANGUAGES = ("en", "zh-CN")


def is_bash(text: str) -> bool:
    return subprocess.run(["bash", "-n"], input=text.encode(), capture_output=True).returncode == 0


@pytest.mark.parametrize("kind", COLLECTED, ids=[kind.kind for kind in COLLECTED])
def test_the_script_of_every_kind_is_valid(kind: Kind) -> None:
    for lang in LANGUAGES:
        for system in ("linux", "windows", "unknown"):
            for place, text in scripts(wanted(kind, system, lang), {}, lang).items():
                if place == "windows":
                    assert text.isascii() and text.count("{") == text.count("}") and text.count("'") % 2 == 0
                else:
                    assert is_bash(text), text


def test_nothing_is_made_where_there_is_nothing_to_collect() -> None:
    assert scripts(wanted(Kind("x", {"en": "x"}), "linux", "en"), {}, "en") == {}
    assert scripts([], {}, "en") == {}


def test_a_kind_is_collected_by_the_commands_of_its_system() -> None:
    kind = knowledge().kinds["agent-status"]
    assert list(scripts(wanted(kind, "linux", "en"), {}, "en")) == ["linux"]
    assert list(scripts(wanted(kind, "windows", "en"), {}, "en")) == ["windows"]
    assert list(scripts(wanted(kind, "unknown", "en"), {}, "en")) == ["linux", "windows"]
    assert scripts(wanted(knowledge().kinds["file-listed"], "windows", "en"), {}, "en") == {}  # only Linux has a command for it


def test_what_the_bundle_does_not_tell_is_asked_for_before_anything_runs(tmp_path: Path) -> None:
    text = scripts(wanted(knowledge().kinds["azure-vm"], "linux", "en"), {"vm": "app01"}, "en")["platform"]
    assert "--name app01" in text and '--resource-group "$group"' in text
    done = subprocess.run(["bash"], input=text.encode(), cwd=tmp_path, capture_output=True)
    assert done.returncode != 0 and b"fill it in" in done.stderr and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["$(reboot)", "a;reboot", "`x`", "a\nreboot", "'; reboot #", "--help", "{vault}"])
def test_no_name_of_a_bundle_is_run(name: str) -> None:
    text = scripts(wanted(knowledge().kinds["azure-vm"], "linux", "en"), {"vm": name, "group": name}, "en")["platform"]
    assert name not in text and is_bash(text)


@pytest.mark.parametrize("title", ["a\nreboot", "a\rreboot"])
def test_a_title_stays_in_its_comment(title: str) -> None:
    text = scripts([Wanted("x", title, "true", os="linux")], {}, "en")["linux"]
    assert not re.search(r"^reboot", text, re.MULTILINE)


def test_a_script_goes_on_after_a_failure_and_packs_what_it_got(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "az").write_text('#!/bin/sh\ncase "$*" in *lock*) echo "no right" >&2; exit 3;; esac\necho "{}"\n', encoding="utf-8")
    (tools / "az").chmod(0o755)
    items = [item for kind in ("azure-lock", "azure-vm") for item in wanted(knowledge().kinds[kind], "linux", "en")]
    text = scripts(items, {"vm": "app01", "group": "rg"}, "en")["platform"]
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(["bash"], input=text.encode(), cwd=tmp_path, env=environment, capture_output=True, check=True)
    packed = Path(done.stdout.decode().splitlines()[-1])
    with tarfile.open(packed) as archive:
        names = {name.rpartition("/")[2]: name for name in archive.getnames()}
        assert {"vm.json", "collect-errors.txt"} <= names.keys() and "locks.json" not in names
        log = archive.extractfile(names["collect-errors.txt"])
        assert log is not None and b"no right" in log.read()
    assert b"failed with code 3" in done.stdout


def test_a_command_that_another_one_includes_is_left_out() -> None:
    items = [item for kind in ("evtx:System", "evtx", "evtx:Application") for item in wanted(knowledge().kinds[kind], "windows", "en")]
    assert scripts(items, {}, "en")["windows"].count("wevtutil") == 2


def test_every_command_leaves_a_file() -> None:
    makes = re.compile(r" > \S|\btar czf \S|Compress-Archive |wevtutil epl |reg export ")
    for kind in COLLECTED:
        for said in (kind.command, kind.command_windows):
            assert not said or makes.search(said), kind.kind


@pytest.mark.parametrize(("kind", "name"), [("waagent-conf", "waagent.conf"), ("os-release", "os-release"), ("cmd-df", "df.txt"),
                                            ("cmd-mount", "mount.txt"), ("cmd-ps", "ps.txt"), ("cmd-systemctl", "systemctl_status.txt")])  # fmt: skip
def test_the_analyzer_knows_again_what_a_script_saves(kind: str, name: str) -> None:
    assert f"> {name}" in knowledge().kinds[kind].command
    assert identify(name, "").kind == kind


def test_placeholders_stand_outside_of_quotes_and_only_where_a_shell_fills_them_in() -> None:
    for kind in COLLECTED:
        assert not PLACEHOLDER.search(kind.command_windows)
        for found in PLACEHOLDER.finditer(kind.command):
            before = kind.command[: found.start()]
            assert before.count("'") % 2 == 0 and before.count('"') % 2 == 0, kind.kind
    assert not [look for check in checks().values() for look in check.look.values() if PLACEHOLDER.search(look)]


def test_masking_leaves_a_script_as_it_is() -> None:
    items = [item for kind in COLLECTED for item in wanted(kind, "unknown", "en")]
    found = {"script": scripts(items, {}, "en")}
    assert redact(found) == found


def test_an_open_verdict_has_scripts_and_a_confirmed_one_none(tmp_path: Path) -> None:
    files = {"job.json": failed_job(code="GuestAgentSnapshotTaskStatusError"), AGENT_LOG: agent_log((10, "ALPHA-MARK")).text()}
    confirmed = run(tmp_path, files, signature()).document["incidents"][0]["verdict"]
    assert (confirmed["status"], confirmed["script"]) == ("confirmed", {})
    verdict = run(tmp_path, files).document["incidents"][0]["verdict"]
    assert verdict["status"] == "undetermined"
    told = "".join(verdict["script"].values())
    for row in verdict["decides"]:
        assert row["command"] is None or row["kind"] in told
    assert verdict["script"].keys() <= {"linux", "platform"}
