"""Whatever a message, a file, a VM or a host is called: no output runs it. Escape sequences never reach a terminal, HTML stays text, a table's cells
are no formulas."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from lxml import html as lxml_html

from analyzer.bundle import Bundle
from analyzer.cli import main
from analyzer.pipeline import analyze_bundle
from analyzer.report import Redacted, document, render_html, render_json, render_terminal
from analyzer.report.timeline_export import render
from tests.hostile.making import failure
from tests.support.scenes import AgentLog, at, conf, job

ATTACKS = {
    "harmless": "harmless",
    "script": "<script>alert(1)</script>",
    "attribute": "\"'><img src=x onerror=alert(1)>",
    "closing": "</title></style></script></textarea>--><svg/onload=alert(1)>",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "link": "javascript:alert(1)",
    "escape": "\x1b[2J\x1b]0;owned\x07\x1b[31m",
    "control": "\x9b31m\x08\x08\x7f\x00\x0c",
    "bidi": "\u202etxt.exe\u2066\u200b",
    "formula": '=HYPERLINK("http://x";"y")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "tab": "\t=1",
    "return": "\r=1",
    "newline": "\n=1",
    "wide": "\uff1d1",
    "markup": "[bold red]x[/]%s%n%(name)s{0}\\",
}
_ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")


def _files(attack: str) -> Mapping[str, bytes]:
    """A failure with the text in the job's message, code, VM and vault, in logs, in a host name, in a file name."""
    began = at("2026-03-10 02:00:00")
    plain = attack.replace("\n", " ").replace("\r", " ").replace("\0", "")
    log = AgentLog().start(at("2026-03-10 00:00:00"), distro=plain, python=plain)
    log.say(
        at("2026-03-10 02:01:00"),
        f"{plain} Extension Microsoft.Azure.RecoveryServices.VMSnapshotLinux will not be processed since extension processing is disabled.",
        "ERROR",
    )
    log.alive(at("2026-03-10 00:10:00"), at("2026-03-10 03:00:00"))
    syslog = f"Mar 10 02:00:30 app01 kernel: {plain} Out of memory: Killed process 1 (waagent)\n"
    return {
        "job.json": job(began, 21, code="GuestAgentSnapshotTaskStatusError", message=attack, title=attack).encode("utf-8", "surrogatepass"),
        "job2.json": job(began, 21, code=attack, message=attack, job_id=attack, dynamic=attack, vm=attack).encode("utf-8", "surrogatepass"),
        "job3.json": job(began, 21, code=attack, message=attack, job_id=attack, dynamic=attack).encode("utf-8", "surrogatepass"),
        "etc/waagent.conf": conf(Extensions__Enabled="n").encode() + f"{plain}={plain}\n".encode(),
        "etc/os-release": f'NAME="{plain}"\nPRETTY_NAME="{plain}"\nVERSION_ID="{plain}"\nID={plain}\n'.encode(),
        "etc/timezone": f"{plain}\n".encode(),
        "var/log/waagent.log": log.text().encode(),
        "var/log/syslog": syslog.encode(),
        "serial.log": f"Mar 10 02:00:31 {plain.replace(' ', '') or 'h'} kernel: {plain} Out of memory: Killed process 1 (waagent)\n".encode(),
        f"{attack}/{attack}": attack.encode(),
        f"{attack}.log": failure()["var/log/waagent.log"],
    }  # fmt: skip


@cache
def _redacted(name: str) -> Redacted:
    with Bundle.from_files(_files(ATTACKS[name]), name=ATTACKS[name]) as bundle:
        return document(analyze_bundle(bundle).document)


def _shown(found: Redacted) -> str:
    return json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_failure_is_found_and_the_text_is_in_the_report(name: str) -> None:
    found = _redacted(name)
    assert [incident["verdict"]["cause"] for incident in found["incidents"]].count("linux-agent-options") >= 1
    word = max(re.findall(r"\w+", ATTACKS[name]), key=len)
    assert word in _shown(found), "the attack did not get far enough to test anything"


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("name", ATTACKS)
def test_no_escape_reaches_the_terminal(name: str, colour: bool) -> None:
    for lang in ("en", "zh-CN"):
        text = render_terminal(_redacted(name), lang, colour=colour)
        assert not _ACTIVE.search(re.sub(r"\x1b\[\d+(?:;\d+)*m", "", text) if colour else text)
        if colour:
            assert set(re.findall(r"\x1b\[([\d;]*)m", text)) <= {"0", "1", "32", "33", "35", "36"}


def _scripts(tree: Any) -> list[tuple[str, str]]:
    """Scripts and styles of a page: those that run with what they do, those that are data by their type alone."""
    return [(one.get("type", ""), "" if one.get("type") else one.text) for one in tree.xpath("//script | //style")]


@pytest.mark.parametrize("name", ATTACKS)
def test_no_html_comes_alive(name: str) -> None:
    for lang in ("en", "zh-CN"):
        page = render_html(_redacted(name), lang)
        assert not _ACTIVE.search(page)
        tree: Any = lxml_html.document_fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
        assert _scripts(tree) == _scripts(lxml_html.document_fromstring(render_html(_redacted("harmless"), lang).encode()))
        assert not tree.xpath("//img | //iframe | //object | //embed | //link | //base | //textarea | //*[@srcdoc]")
        assert not tree.xpath("//svg[@onload]")
        named = [attribute for element in tree.iter() if isinstance(element.tag, str) for attribute in element.attrib]
        assert not [attribute for attribute in named if attribute.lower().startswith("on")]
        assert all(link.startswith(("#", "https://")) for link in tree.xpath("//@href"))


@pytest.mark.parametrize("name", ATTACKS)
def test_no_cell_is_a_formula(name: str) -> None:
    rows = list(csv.reader(io.StringIO(render(_redacted(name), ".csv").decode(), newline="")))
    assert len(rows) > 5
    for row in rows:
        for cell in row:
            assert not re.match(r"[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]", cell), cell


@pytest.mark.parametrize("name", ATTACKS)
def test_json_and_json_lines_hold_no_control_characters(name: str) -> None:
    found = _redacted(name)
    for data in (render_json(found), render(found, ".jsonl"), render(found, ".csv")):
        text = data.decode("utf-8")
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text), data[:0]
    for line in render(found, ".jsonl").splitlines():
        json.loads(line)


@pytest.mark.parametrize("name", ["escape", "control", "bidi", "script"])
def test_explain_and_verify_show_no_escapes(name: str, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    folder = tmp_path / "fixture"
    folder.mkdir()
    for path, data in _files(attack).items():
        if "\0" in path or (attack in path and "/" in attack):
            continue
        target = folder / "bundle" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    expected = {
        "incidents": [{"match": {}, "verdict": {"cause": "azure-policy"}, "cite": [{"artifact": attack}]}],
        "problems": [attack],
        "must_not": ["linux-agent-options"],
    }
    (folder / "expected.yaml").write_text(json.dumps(expected))
    shown = CliRunner().invoke(main, ["signatures", "explain", "options.extensions-disabled-config", str(folder / "bundle")])
    assert not _ACTIVE.search(shown.output)
    results = tmp_path / "results.xml"
    verified = CliRunner().invoke(main, ["verify", str(folder), "--junit", str(results)])
    assert verified.exit_code == 1 and "linux-agent-options" in verified.output
    assert not _ACTIVE.search(verified.output)
    text = results.read_text("utf-8")
    assert not _ACTIVE.search(text) and "<script" not in text
    assert ElementTree.fromstring(text).findall(".//failure")
