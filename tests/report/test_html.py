"""The page is complete without scripts, loads nothing, and stays inert whatever a log holds."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from typing import Any

import pytest
from lxml import html as lxml_html

from analyzer import resources
from analyzer.report import Redacted, document, render_html
from analyzer.report.html import STYLES

from . import sample


def _tree(page: str) -> Any:
    return lxml_html.document_fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def _text(page: str) -> str:
    return " ".join(_tree(page).find("body").text_content().split())


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_policy_names_the_very_style_and_script_of_the_page(confirmed: Redacted) -> None:
    page = render_html(confirmed)
    policy = _tree(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert policy == (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("make", [sample.confirmed, sample.undetermined, sample.hostile])
def test_nothing_is_loaded_and_nothing_is_inline(make: Any) -> None:
    tree = _tree(render_html(document(make())))
    assert not tree.xpath("//@src | //@srcset | //@style | //@action | //@background")
    assert not tree.xpath("//link | //img | //iframe | //object | //embed | //base")
    assert not [name for element in tree.iter() if isinstance(element.tag, str) for name in element.attrib if name.startswith("on")]
    assert [script.get("type") for script in tree.xpath("//script")] == ["application/json", None]
    assert len(tree.xpath("//style")) == 1
    assert {link.partition(":")[0] for link in tree.xpath("//a/@href") if not link.startswith("#")} <= {"https"}
    for name in STYLES:
        css = resources.text(f"reports/{name}")
        assert "url(" not in css and "@import" not in css


def test_hostile_texts_stay_text(hostile: Redacted) -> None:
    page = render_html(hostile)
    assert "<img" not in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b\ufffe]", page)
    assert "</script><img src=x onerror=alert(1)>\"'&<b><U+202E><U+2066><U+0000><U+001B>[31mred" in _text(page)
    assert "{{ 7*7 }}" in page
    assert "javascript:alert" not in " ".join(_tree(page).xpath("//@href"))


@pytest.mark.parametrize(
    "name",
    sorted(
        path.relative_to(resources.path("reports")).as_posix()
        for path in resources.path("reports").rglob("*.*")
        if not path.name.startswith("collect-")
    ),
)
def test_sources_use_no_escape_hatch(name: str) -> None:
    text = resources.text(f"reports/{name}")
    for banned in (
        "|safe",
        "| safe",
        "Markup(",
        "innerHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "insertAdjacentHTML",
        "new Function",
        'setAttribute("style',
        "://",
    ):
        assert banned not in text
    if not name.endswith(".j2"):
        assert not re.search(r"</(script|style)|\{\{|\{%|\{#", text)


@pytest.mark.parametrize("make", [sample.confirmed, sample.undetermined, sample.hostile])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_ids_are_unique_and_links_lead_somewhere(make: Any, lang: str) -> None:
    tree = _tree(render_html(document(make()), lang))
    ids = tree.xpath("//@id")
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert {link[1:] for link in tree.xpath("//a/@href") if link.startswith("#")} <= set(ids)
    assert set(tree.xpath("//@aria-labelledby")) <= set(ids)
    assert tree.get("lang") == lang
    assert len(tree.xpath("//h1")) == 1


def test_tables_have_caption_and_scope(confirmed: Redacted) -> None:
    tree = _tree(render_html(confirmed))
    tables = tree.xpath("//table")
    assert tables and all(len(table.xpath("./caption")) == 1 for table in tables)
    assert tree.xpath("//th[not(@scope)]") == []
    assert all(svg.xpath("./title") and svg.get("aria-label") for svg in tree.xpath("//svg"))
    assert {element.tag for element in tree.xpath("//header | //nav | //main | //footer")} == {"header", "nav", "main", "footer"}


def test_verdict_stands_first_with_proof_and_step(confirmed: Redacted) -> None:
    text = _text(render_html(confirmed))
    places = [text.index(part) for part in (
        "Confirmed", "VM-Agent configuration options", "2026-03-14 02:43:31 UTC", "GuestAgentSnapshotTaskStatusError",
        "waagent-logs.zip!/etc/waagent.conf:37", "sudo sed -i", "What would change this verdict", "How far the backup got",
    )]  # fmt: skip
    assert places == sorted(places)


def test_grouped_incident_is_folded_behind_the_latest(confirmed: Redacted) -> None:
    tree = _tree(render_html(confirmed))
    assert tree.xpath("//article[@id='i-job-0d1e2f30']/ancestor::details")
    assert not tree.xpath("//article[@id='i-job-5a2e9c11']/ancestor::details")


def test_every_evidence_row_has_a_permalink_and_its_line_number(confirmed: Redacted) -> None:
    tree = _tree(render_html(confirmed))
    row = tree.xpath("//li[@id='e-conf-37']")[0]
    assert row.xpath(".//a/@href") == ["#e-conf-37"]
    assert row.xpath(".//mark/text()") == ["Extensions.Enabled=n"]
    assert row.xpath(".//span[@class='l m']/span[@class='n']/text()") == ["37"]


def test_the_match_is_marked_in_its_line_and_the_artifacts_hash_stands_beside_it() -> None:
    found = sample.confirmed()
    for incident in found["incidents"]:
        row = incident["hypotheses"][0]["evidence"][0]
        row["matched"] = "Enabled=n"
        row["context"][3] |= {"text": "    all of it", "match": True}
    row = _tree(render_html(document(found))).xpath("//li[@id='e-conf-37']")[0]
    assert row.xpath(".//mark/text()") == ["Enabled=n", "all of it"]
    assert row.xpath(".//span[@class='l m']")[0].text_content().strip() == "37Extensions.Enabled=n"
    assert f"SHA-256 {1:064x}" in row.text_content()


def test_what_is_passed_on_can_be_copied_and_does_not_print() -> None:
    tree = _tree(render_html(document(sample.confirmed()), "en", {"zh-CN": document(sample.undetermined())}))
    section = tree.xpath("//section[@aria-labelledby='pass-on']")[0]
    copied = section.xpath(".//button[contains(@class, 'copy')]/preceding-sibling::pre/code")
    assert len(copied) == 7  # reply, escalation and Markdown in two languages, and the plain text
    assert "pass-on" in section.get("class")
    assert re.search(r"@media print \{.*\.pass-on[^}]*\{ display: none", resources.text("reports/style.css"), re.DOTALL)


def test_first_missing_stage_is_marked_in_words(confirmed: Redacted) -> None:
    broken = _tree(render_html(confirmed)).xpath("//tr[@class='broken']")
    assert "stopped here" in broken[0].text_content() and "missing" in broken[0].text_content()


def test_checklist_says_every_state_in_words_and_folds_what_is_open(confirmed: Redacted) -> None:
    tree = _tree(render_html(confirmed))
    assert [h.text for h in tree.xpath("//h3[starts-with(@id, 'step-')]")] == ["Step 2: The guest agent", "Step 3: The VM's extensions"]
    shown = [" ".join(tree.xpath(f"//tr[@id='check-{row}']")[0].text_content().split()) for row in ("S2.5", "S2.6", "S3.1")]
    assert "✓ passed" in shown[0] and "✕ failed" in shown[1] and "? not assessable" in shown[2]
    assert "Collect: status files" in shown[2] and "az vm extension list" in shown[2] and "VM > Extensions + applications" in shown[2]
    assert not tree.xpath("//tr[@id='check-S2.5' or @id='check-S2.6']/ancestor::details")
    assert "1 check that this bundle cannot answer: S3.1" in tree.xpath("//tr[@id='check-S3.1']/ancestor::details")[0].text_content()
    assert tree.xpath("//tr[@id='check-S2.6']/preceding::tr[@id='check-S2.5']") == []  # what failed stands first
    assert "1 passed, 1 failed (S2.6), 1 not assessable" in _text(render_html(confirmed))


def test_checklist_leads_to_the_row_where_it_stands_already(confirmed: Redacted) -> None:
    tree = _tree(render_html(confirmed))
    assert tree.xpath("//tr[@id='check-S2.6']//a/@href")[0] == "#e-conf-37"
    assert len(tree.xpath("//*[@id='e-conf-37']")) == 1 and not tree.xpath("//tr[@id='check-S2.6']//*[@id]")
    assert tree.xpath("//tr[@id='check-S2.5']//a[@id='e-agent-48230']/@href") == ["#e-agent-48230"]


def test_undetermined_page_says_what_leads_decides_and_is_ruled_out(undetermined: Redacted) -> None:
    text = _text(render_html(undetermined))
    for part in ("Undetermined", "What would decide", "sudo waagent -collect-logs -full", "Leading causes", "Ruled out", "code 0x7f"):
        assert part in text


def test_same_document_gives_the_same_page(confirmed: Redacted) -> None:
    assert render_html(confirmed, "zh-CN") == render_html(document(sample.confirmed()), "zh-CN")


def test_no_secret_reaches_the_page(confirmed: Redacted) -> None:
    assert "SECRET" not in render_html(confirmed)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_least_document_renders_and_is_small(lang: str) -> None:
    page = render_html(document({"schema": "diagnosis/1"}), lang)
    assert len(page.encode()) < 80_000
    assert page.startswith("<!doctype html>")
    least: dict[str, Any] = {
        "incidents": [{"verdict": {"cause": "x", "status": "likely"}, "hypotheses": [{"cause": "x", "evidence": [{"artifact": "a"}]}]}]
    }
    assert "<h1" in render_html(document(least), lang)


def test_nulls_everywhere_render() -> None:
    nothing = dict.fromkeys(("tool", "bundle", "clocks", "checklist", "context", "problems", "timeline", "gaps", "coverage"))
    incident = dict.fromkeys(sample.confirmed()["incidents"][0])
    render_html(document({**nothing, "incidents": [incident]}))


def test_without_scripts_the_rows_nearest_to_the_failure_are_there_and_say_how_many_more() -> None:
    found = sample.confirmed()
    row = {"basis": "declared", "artifact": "a.log", "line": 1, "lane": "agent", "level": "INFO", "component": "", "tags": []}
    outside = [{**row, "time": f"2026-03-10T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z", "text": f"outside {n}"} for n in range(2500)]
    found["timeline"] = [*outside, {**row, "time": "2026-03-14T02:10:00Z", "text": "in the window"}]
    tree = _tree(render_html(document(found)))
    shown = tree.xpath("//div[@class='tl-near']")[0].text_content()
    assert "in the window" in shown and "outside 2499" in shown and "outside 7" not in shown
    assert "200 of 2,501 events" in " ".join(shown.split())
    assert tree.xpath("//div[@id='tl-live']/@hidden") and tree.xpath("//button[contains(@class, 'go')][not(@hidden)]") == []


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "nonsense", "2026-03-14T02:43:20+08:00"])
def test_odd_times_render(end: str) -> None:
    found = sample.confirmed()
    found["incidents"][0]["window"] = {"from": end, "to": end, "basis": "x"}
    found["coverage"][0]["first"] = found["timeline"][0]["time"] = end
    render_html(document(found))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_contrast_is_at_least_4_5(scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", resources.text("reports/style.css"), re.DOTALL)[scheme]
    colours = {name: _luminance(value) for name, value in re.findall(r"--(\w+): (#\w+)", block)}
    pairs = [(ink, paper) for ink in ("ink", "soft", "faint", "link", "confirmed", "likely", "possible", "undetermined", "bad")
             for paper in ("bg", "card", "code")] + [("ink", "mark"), ("soft", "mark")]  # fmt: skip
    for ink, paper in pairs:
        darker, lighter = sorted((colours[ink], colours[paper]))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, paper)
