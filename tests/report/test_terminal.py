"""The terminal says the verdict in 80 columns, and no log can steer the terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest

from analyzer.report import Redacted, document, render_terminal

from . import sample


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in line)


def test_verdict_proof_fix_and_change_in_this_order(confirmed: Redacted) -> None:
    text = render_terminal(confirmed)
    parts = ["Confirmed: VM-Agent", "5a2e9c11", "2026-03-14 02:43:31 UTC", "GuestAgentSnapshotTaskStatusError", "etc/waagent.conf:37",
             "| Extensions.Enabled=n", "1. Set the option", "$ sudo sed", "What would change", "1 problem"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_undetermined_is_as_helpful(undetermined: Redacted) -> None:
    text = render_terminal(undetermined)
    for part in ("Undetermined", "Leading causes", "DHCP", "tells apart", "waagent -collect-logs", "Ruled out", "code 0x7f"):
        assert part in text


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_lines_fit_80_columns_except_commands(confirmed: Redacted, undetermined: Redacted, hostile: Redacted, lang: str) -> None:
    for found in (confirmed, undetermined, hostile):
        lines = render_terminal(found, lang).splitlines()
        commands = re.compile(r"^ +(\$ |  +-c web)")
        assert [line for line in lines if _columns(line) > 80 and not commands.match(line)] == []


@pytest.mark.parametrize("colour", [False, True])
def test_hostile_text_cannot_steer_the_terminal(hostile: Redacted, colour: bool) -> None:
    text = render_terminal(hostile, colour=colour)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text) if colour else text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", plain)
    assert "<U+001B>[31mred" in plain
    assert "\x1b[31m" not in text


def test_colour_changes_no_words(confirmed: Redacted) -> None:
    assert re.sub(r"\x1b\[[0-9;]*m", "", render_terminal(confirmed, colour=True)) == render_terminal(confirmed)


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "Checklist: 1 passed, 1 failed (S2.6), 1 not assessable"), ("zh-CN", "检查清单：1 项通过，1 项未通过 (S2.6)，1 项无法评估")],
)
def test_the_checklist_is_one_line(confirmed: Redacted, lang: str, said: str) -> None:
    assert said in render_terminal(confirmed, lang).splitlines()
    assert "Checklist" not in render_terminal(document({"schema": "diagnosis/1"}))


def test_least_document_is_written() -> None:
    assert "could be read" in render_terminal(document({"schema": "diagnosis/1"}))


LONG = "very-long-name-without-any-blank-" * 6
NAMES = [LONG, "备份保管库" * 30, "\u202eevil\u2066\x1b]0;title\x07", "a\x1b[2Jb\rc\nd", "e\u0301" * 50, "🙂" * 60, "x" * 79 + "漢"]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("name", NAMES)
def test_names_of_any_kind_fit_and_steer_nothing(name: str, lang: str) -> None:
    found = sample.undetermined()
    found["bundle"] |= {"name": name, "vm": {"name": name}}
    incident = found["incidents"][0]
    incident |= {"vm": name, "vault": name, "job_id": name, "symptom": name, "operation": name}
    for row in [row for hypothesis in incident["hypotheses"] for row in hypothesis["evidence"]] + incident["verdict"]["unexplained"]:
        row["artifact"] = row["excerpt"] = name
    found["problems"] = [{"artifact": name, "problem": name, "lost": name}]
    text = render_terminal(document(found), lang)
    commands = re.compile(r"^ +\$ ")
    assert [line for line in text.splitlines() if _columns(line) > 80 and not commands.match(line)] == []
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", text)


def test_a_command_that_hides_a_character_shows_it() -> None:
    found = sample.confirmed()
    found["incidents"][1]["hypotheses"][0]["remedy"][0]["command"] = "echo a\u202eb\x1b[0m"
    assert "$ echo a<U+202E>b<U+001B>[0m" in render_terminal(document(found))
