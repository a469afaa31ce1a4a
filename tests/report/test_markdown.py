"""The verdict as Markdown says what the page says, and nothing that a log holds becomes markup."""

from __future__ import annotations

import re

import pytest

from analyzer.report import Redacted, document
from analyzer.report.markdown import code, escaped, fence, render

from . import sample


def test_it_has_verdict_facts_proof_fix_change_and_hashes(confirmed: Redacted) -> None:
    text = render(confirmed)
    parts = ["## Confirmed: VM-Agent", "2026-03-14 02:43:31 UTC", "### The lines that prove it", "`waagent-logs.zip!/etc/waagent.conf:37`",
             "Extensions.Enabled=n\n```", "### Fix it", "1. Set the option", "```sh", "### What would change", "### Ruled out", "## SHA-256",
             f"{1:064x}  {sample.CONF}", f"{'ab' * 32}  case-4711.zip", "azure-vm-backup-analyzer 0.1.0"]  # fmt: skip
    places = [text.index(part) for part in parts if part != "2026-03-14 02:43:31 UTC"]
    assert places == sorted(places) and parts[1] in text


def test_an_open_verdict_says_what_leads_and_what_decides(undetermined: Redacted) -> None:
    text = render(undetermined)
    for part in ("Undetermined", "Leading causes", "sudo waagent -collect-logs -full", "tells apart", "Ruled out"):
        assert part in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("<b>x</b>", "\\<b\\>x\\</b\\>"), ("[a](javascript:x)", "\\[a\\](javascript:x)"), ("a`b``c", "a\\`b\\`\\`c"), ("# x", "\\# x"), ("- x", "\\- x"),
     ("1. x", "1\\. x"), ("168.63.129.16 x", "168.63.129.16 x"), ("two\nlines", "two lines"), ("see http://evil.test", "see http\\://evil.test"),
     ("www.evil.test", "www\\.evil.test"), ("a|b", "a\\|b"), ("&lt;", "\\&lt;"), ("x\u202ey", "x\\<U+202E\\>y")],
)  # fmt: skip
def test_texts_are_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize("text", ["a", "`", "``a`b", "```\nrm -rf\n```", "~~~", "````x"])
def test_a_fence_is_longer_than_any_run_of_backticks_in_it(text: str) -> None:
    lines = fence(text)
    ticks = re.match("`+", lines[0])
    assert ticks and len(ticks[0]) >= 3 and lines[-1] == ticks[0]
    assert ticks[0] not in text


@pytest.mark.parametrize("text", ["plain", "a`b", "`a`", "``"])
def test_inline_code_holds_backticks(text: str) -> None:
    shown = code(text)
    ticks = re.match("`+", shown)
    assert ticks and shown.endswith(ticks[0]) and text in shown and ticks[0] not in text.replace(ticks[0] + "`", "")


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_hostile_texts_stay_text(hostile: Redacted, lang: str) -> None:
    text = render(hostile, lang)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b]", text)
    outside = re.sub(r"(?ms)^\s*(`{3,})\w*$.*?^\s*\1$", "", text)
    outside = re.sub(r"(`+) ?.*?\1", "", outside)
    assert not re.search(r"(?<!\\)<(?!https://learn)", outside)
    assert "javascript:" not in outside


def test_same_document_same_text_and_the_least_one_renders(confirmed: Redacted) -> None:
    assert render(confirmed, "zh-CN") == render(document(sample.confirmed()), "zh-CN")
    assert render(document({"schema": "diagnosis/1"})).startswith("# Azure VM backup diagnosis")
