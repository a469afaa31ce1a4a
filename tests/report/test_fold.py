"""What stands above the fold, why not the others, what is missing: in the page and on the terminal."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html as lxml_html

from analyzer.report import document, render_html, render_terminal

from . import sample

LANGUAGES = ("en", "zh-CN")
REACH = "waagent.log ends 3 h 12 min before the failure."
SCRIPT = "#!/usr/bin/env bash\n(\nsudo tar czf a.tgz /var/log/waagent.log*\n)\n"


def confirmed() -> dict[str, Any]:
    """The sample with what newer documents hold."""
    found = sample.confirmed()
    for incident in found["incidents"]:
        incident["documented"] = ["dhcp-unavailable", "snapshot-delayed", "linux-agent-options"]
        incident["noise"] = [
            {"id": "agent.x", "text": "A known harmless line.", "evidence": [{"artifact": "a.log", "line": 7, "excerpt": "boo"}]}
        ]
        verdict = incident["verdict"]
        verdict["coverage"] = {"state": "ends", "kind": "waagent-log", "artifact": "var/log/waagent.log", "text": REACH}
        verdict["misled"] = {"code": "X", "points_to": ["dhcp-unavailable"], "text": "The portal's code X points elsewhere."}
        chosen = next(row for row in incident["hypotheses"] if row["cause"] == verdict["cause"])
        chosen["proof"] = {
            "rules": [{"signature": chosen["evidence"][0]["signature"], "strength": "decisive", "says": "It is off.", "condition": "“off” is there",
                       "events": [{"name": "off", "text": "the file: key = y", "proof": True}], "source": None}],
            "cleared_by": [{"how": "against", "signature": "x", "text": "It ran.", "state": "not_found", "missing": []}],
            "searched": [{"kind": "waagent-log", "title": "agent log", "artifacts": ["var/log/waagent.log"], "more": 0, "first": None,
                          "last": None, "covers": True},
                         {"kind": "x", "title": "no such log", "artifacts": [], "more": 0, "first": None, "last": None, "covers": False}],
        }  # fmt: skip
    found["bundle"]["expected"] = {"waagent_log": "always", "syslog": "always", "ghost": "always", "vmsnapshot_log": "sometimes"}
    states = {"waagent_log": "present", "syslog": "cut", "vmsnapshot_log": "present", "instance-view": "missing"}
    for row in found["coverage"]:
        row["presence"] = states[row["kind"]]
    return found


def undetermined() -> dict[str, Any]:
    found = sample.undetermined()
    incident = found["incidents"][0]
    incident["verdict"] |= {"script": {"linux": SCRIPT, "platform": "az </script> vm show"}}
    incident["contrast"] = {"last_good": {"id": "1"}, "changes": []}
    incident["verdict"]["unexplained"][0]["new"] = True
    return found


def tree(found: dict[str, Any], lang: str = "en") -> Any:
    page = render_html(document(found), lang)
    return lxml_html.document_fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def text_of(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_the_head_has_everything_in_the_order_in_which_it_is_asked() -> None:
    text = text_of(tree(confirmed()).find("body"))
    parts = ["Confirmed", "Proven: these lines name the mechanism", "VM-Agent configuration options", "2026-03-14 02:43:31 UTC", REACH,
             "The lines that prove it", "etc/waagent.conf:37", "Fix it – first step", "What would change this verdict", "How it is proven",
             "Why not the others", "The portal's code X", "Looks like a fault and is none"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_proof_card_has_rule_lines_and_what_would_have_cleared_it() -> None:
    (card,) = tree(confirmed()).xpath("//article[@id='i-job-5a2e9c11']//section[contains(@class, 'proofcard')]")
    said = text_of(card)
    for part in (
        "It is off.",
        "Holds when “off” is there",
        "the file: key = y",
        "looked for, not found",
        "It ran.",
        "var/log/waagent.log",
        "Not in this bundle: no such log",
    ):
        assert part in said
    assert [link.startswith("#e-conf-37") for link in card.xpath(".//a[@class='loc']/@href")] == [True]


def test_documented_causes_stand_in_their_order_and_all_others_are_folded() -> None:
    (article,) = tree(confirmed()).xpath("//article[@id='i-job-5a2e9c11']")
    shown = article.xpath(".//table[@class='causes'][not(ancestor::details)]//code[@class='id']/text()")
    assert shown == ["dhcp-unavailable", "snapshot-delayed", "linux-agent-options"]
    folded = article.xpath(".//details//table[@class='causes']//code[@class='id']/text()")
    assert folded and not set(folded) & set(shown)


def test_known_noise_is_greyed_with_its_explanation() -> None:
    (shelf,) = tree(confirmed()).xpath("//article[@id='i-job-5a2e9c11']//section[contains(@class, 'herrings')]")
    assert "A known harmless line." in text_of(shelf) and "boo" in text_of(shelf)


def test_expected_artifacts_are_counted_and_the_rest_is_folded() -> None:
    page = tree(confirmed())
    (section,) = page.xpath("//section[@aria-labelledby='coverage']")
    assert "always brings 2 kinds of artifacts. Of these 1 are here, 1 are cut" in text_of(section)
    assert "1 problem" in text_of(section)
    shown = [text_of(row) for row in section.xpath(".//table[@class='figure']/tbody/tr")]
    assert len(shown) == 3 and "cut" in shown[1] and "sometimes brought" in shown[2]
    assert "VM instance view" in text_of(section.xpath(".//details")[0])


def test_the_report_says_how_it_was_made() -> None:
    said = text_of(tree(confirmed()).xpath("//footer")[0])
    for part in ("9f" * 32, "lang=en", "ab" * 32, "cd" * 32, "waagent-collect-logs", "2026-03-14 06:00:12 UTC", "read 4", "zone declared"):
        assert part in said, part


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_open_verdict_is_as_helpful(lang: str) -> None:
    page = tree(undetermined(), lang)
    scripts = page.xpath("//details[contains(@class, 'script')]")
    assert [text_of(one).count("tar czf") for one in scripts] == [1, 0]
    assert all(one.xpath(".//button[@class='copy']") for one in scripts)
    assert scripts[0].xpath(".//code")[0].text_content() == SCRIPT
    (errors,) = page.xpath("//section[contains(@aria-labelledby, '-u')]")
    assert ("new since the last good backup" if lang == "en" else "上次成功备份之后新出现") in text_of(errors)
    text = text_of(page.find("body"))
    assert text.index("code 0x7f") < text.index("tar czf") < text.index(text_of(page.xpath("//h2[contains(@id, '-h2')]")[0]))


def test_errors_are_called_new_only_beside_a_last_good_backup() -> None:
    found = undetermined()
    found["incidents"][0]["contrast"] = {"last_good": None, "changes": []}
    assert "new since the last good backup" not in render_html(document(found))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_terminal_has_the_same_order_and_one_line_each(lang: str) -> None:
    said = render_terminal(document(confirmed()), lang)
    lines = said.splitlines()
    assert any(line.strip().endswith(REACH) and len(line) <= 80 for line in lines)
    sure = "Proven: these lines" if lang == "en" else "已证实：这些行"
    places = [said.index(part) for part in (sure, REACH, "etc/waagent.conf:37", "The portal's code X")]
    assert places == sorted(places)


def test_the_terminal_tells_of_the_scripts() -> None:
    assert "Scripts that collect what is missing" in render_terminal(document(undetermined()))
    assert "Scripts that collect" not in render_terminal(document(confirmed()))


@pytest.mark.parametrize("status", ["confirmed", "likely", "possible", "undetermined"])
def test_every_status_says_how_sure_it_is(status: str) -> None:
    found = confirmed()
    found["incidents"] = found["incidents"][1:]
    for source in ("job", "extension", "bundle"):
        found["incidents"][0]["source"] = source
        found["incidents"][0]["verdict"]["status"] = status
        assert tree(found).xpath("//span[@class='sure']")


def test_a_healthy_bundle_is_not_said_to_be_unsure() -> None:
    healthy = {"incidents": [{"source": "bundle", "verdict": {"status": "undetermined", "cause": None}}]}
    assert not tree(healthy).xpath("//span[@class='sure']")
