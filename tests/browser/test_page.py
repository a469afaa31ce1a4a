"""The page as a whole in a real browser: accessible, inert, complete without scripts and on paper."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import Open, until

_REPEATED = (
    ".ev:nth-child(n+4), .tl-near tr:nth-child(n+6), .artifacts tbody tr:nth-child(n+6), .checks tbody tr:nth-child(n+5), "
    ".causes:not(.checks) tbody tr:nth-child(n+6), #tl-rows tbody tr:nth-child(n+8)"
)


def _violations(page: Any, *, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds with all folds open; of rows that are written alike it sees the first few, since contrast is slow to look at."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    page.evaluate("selector => document.querySelectorAll(selector).forEach(row => row.remove())", _REPEATED)
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("name", ["confirmed", "undetermined", "chinese"])
def test_axe_finds_nothing_in_light_and_dark(show: Open, name: str) -> None:
    page = show(name, color_scheme="light")
    page.locator("#tl-rows tbody tr[data-i]").nth(2).click()  # with a row selected, so that its details are looked at too
    assert _violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert _violations(page, rules=("color-contrast",)) == []


def test_axe_finds_nothing_without_the_live_timeline_on_a_phone(show: Open) -> None:
    page = show("confirmed", before="delete window.DecompressionStream", ready=False)
    page.set_viewport_size({"width": 400, "height": 800})
    assert _violations(page) == []


@pytest.mark.parametrize("name", ["confirmed", "undetermined", "chinese", "zoned", "hostile", "large"])
def test_hashes_of_the_policy_are_those_of_the_file(reports: dict[str, Path], name: str) -> None:
    text = reports[name].read_text(encoding="utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        wanted = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{wanted}'" in policy.replace("&#39;", "'")
    assert "unsafe" not in policy and "default-src 'none'" in policy.replace("&#39;", "'")


def test_a_hostile_report_shows_its_texts_and_runs_none(show: Open) -> None:
    page = show("hostile")
    assert page.locator("img").count() == 0
    assert "</script><img src=x onerror=alert(1)>" in page.locator("#tl-rows").inner_text()


def test_without_scripts_verdict_evidence_and_nearest_events_are_there(show: Open) -> None:
    page = show("confirmed", java_script_enabled=False, ready=False)
    assert page.locator("h1").is_visible()
    assert page.locator(".ev").first.is_visible()
    assert page.locator(".tl-figure svg").first.is_visible() and page.locator(".tl-near tbody tr").count() == 200
    assert re.search(r"200 of [\d,]+ events", page.locator(".tl-near .note").inner_text())
    assert not page.locator("#tl-canvas").is_visible() and not page.locator("button:visible").count()


def test_where_the_browser_cannot_unpack_the_static_table_stays(show: Open) -> None:
    page = show("confirmed", before="delete window.DecompressionStream", ready=False)
    page.wait_for_timeout(200)
    assert page.locator(".tl-near tbody tr").first.is_visible() and not page.locator("#tl-live").is_visible()


def test_on_paper_controls_are_gone_and_selected_rows_are_there(show: Open) -> None:
    page = show("confirmed", address="#lane=platform")
    page.emulate_media(media="print")
    assert (
        not page.locator("#filter").is_visible() and not page.locator("#tl-canvas").is_visible() and not page.locator(".toc").is_visible()
    )
    assert page.locator(".tl-figure svg").first.is_visible()
    assert page.locator("#tl-rows tbody tr[data-i]").count() == 6
    assert page.evaluate("document.getElementById('tl-rows').scrollHeight - document.getElementById('tl-rows').clientHeight") <= 1
    assert page.locator("thead").first.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert len(page.pdf()) > 30_000
    page.emulate_media(media="screen")
    assert page.locator("#tl-canvas").is_visible()


def test_a_long_selection_is_cut_on_paper_and_says_so(show: Open) -> None:
    page = show("large")
    page.emulate_media(media="print")
    until(page, "document.querySelectorAll('#tl-rows tbody tr[data-i]').length > 200")
    assert page.locator("#tl-rows tbody tr[data-i]").count() == 400
    note = page.locator("#tl-read")
    assert note.is_visible() and "400 of 20000" in note.inner_text()


def test_text_is_copied(show: Open) -> None:
    page = show("confirmed")
    button = page.locator(".cmd button.copy").first
    command = page.locator(".cmd code").first.text_content()
    button.click()
    assert page.evaluate("navigator.clipboard.readText()") == command
    assert button.inner_text() == "Copied"


def test_text_is_copied_where_the_clipboard_is_refused(show: Open) -> None:
    page = show("confirmed", before="navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    page.locator(".cmd button.copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".cmd code").first.text_content()


def test_j_and_k_go_from_evidence_to_evidence_and_back_works(show: Open) -> None:
    page = show("confirmed")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("j")
    assert first.startswith("e-") and page.evaluate("document.activeElement.id") != first
    page.keyboard.press("k")
    assert page.evaluate("[document.activeElement.id, location.hash]") == [first, f"#{first}"]


def test_motion_is_reduced_on_request(show: Open) -> None:
    page = show("confirmed", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_nothing_is_wider_than_a_phone(show: Open) -> None:
    page = show("confirmed")
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
