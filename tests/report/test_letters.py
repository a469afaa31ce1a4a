"""The letters say what the report says, in both languages, for every kind of verdict."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest

from analyzer.report import LANGUAGES, Redacted, document, render_html
from analyzer.report.letters import customer, escalation, load

from . import sample


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def verdict(status: str) -> Redacted:
    found = sample.confirmed()
    for incident in found["incidents"]:
        incident["verdict"]["status"] = incident["hypotheses"][0]["status"] = status
        incident["verdict"]["decides"] = [
            {"artifact": "job JSON", "kind": "job", "command": "az backup job show", "portal_path": None, "separates": []}
        ]
    return document(found)


def test_both_languages_have_the_same_words_and_placeholders() -> None:
    english, chinese = load("en"), load("zh-CN")
    assert english.keys() == chinese.keys()
    assert {key: placeholders(text) for key, text in english.items()} == {key: placeholders(text) for key, text in chinese.items()}
    assert {key for key in english if english[key] == chinese[key]} <= {"escalation.subject"}


def test_a_confirmed_cause_is_told_with_proof_steps_and_pages() -> None:
    text = customer(verdict("confirmed"), "en")
    parts = ["Azure Backup of web-01: VM-Agent", "They show why the backup failed on 2026-03-14 02:43:31 UTC", "switched off in /etc/waagent.conf",
             "etc/waagent.conf:37", "     Extensions.Enabled=n", "1. Set the option back to y.", "     sudo sed -i", "https://learn.microsoft.com", "Backup now"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "az backup job show" not in text


@pytest.mark.parametrize(("status", "said"), [("likely", "Most likely"), ("possible", "signs, but no proof")])
def test_what_is_not_proven_is_not_told_as_proven(status: str, said: str) -> None:
    text = customer(verdict(status), "en")
    assert said in text and "They show why" not in text
    assert "job JSON\n     az backup job show" in text


def test_an_open_verdict_names_what_leads_and_what_to_collect(undetermined: Redacted) -> None:
    text = customer(undetermined, "en")
    for part in ("cannot yet say why", "It could be one of these:", "DHCP", "We could rule out:", "sudo waagent -collect-logs -full"):
        assert part in text
    assert "Please do the following" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bundle_without_a_failed_backup_is_said_to_be_one(lang: str) -> None:
    found = sample.undetermined()
    found["incidents"][0] |= {"source": "bundle", "job_id": None}
    assert load(lang)["customer.closing.bundle"] in customer(document(found), lang)
    assert customer(document({"schema": "diagnosis/1"}), lang) and escalation(document({"schema": "diagnosis/1"}), lang)


def test_the_escalation_has_all_that_an_engineer_needs() -> None:
    found = sample.confirmed()
    for incident in found["incidents"]:
        incident["activity_id"] = "0f7e5a52-55a1-4f25-8f4a-1c9c35c8f3d1"
    text = escalation(document(found), "en")
    for part in ("[Confirmed] VM-Agent", "Job ID: 5a2e9c11", "Activity ID: 0f7e5a52", "Started: 2026-03-14 02:00:07 UTC", "take-snapshot-task",
                 "GuestAgentSnapshotTaskStatusError (outer, job.json#/properties/errorDetails/0)", "Agent version: 2.9.1.1",
                 "Extension version: 1.0.9225.0", f"{sample.TASK}: first broken stage Enabling the extension (missing)", "RULED OUT", "168.63.129.16",
                 "NOT IN THE BUNDLE", f"{1:064x}  {sample.CONF}", f"{'ab' * 32}  case-4711.zip", "cut by the collector"):  # fmt: skip
        assert part in text, part


def test_an_escalation_without_a_verdict_has_what_nobody_explained(undetermined: Redacted) -> None:
    text = escalation(undetermined, "en")
    for part in ("LEADING CAUSES", "code 0x7f", "extension.log of VMSnapshotLinux"):
        assert part in text


@pytest.mark.parametrize("write", [customer, escalation])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_texts_cannot_steer(hostile: Redacted, lang: str, write: Any) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", write(hostile, lang))


def test_the_page_has_the_letters_in_both_languages(confirmed: Redacted) -> None:
    page = render_html(confirmed, "en", {"zh-CN": document(sample.confirmed())})
    assert load("en")["customer.signature"] in page and load("zh-CN")["customer.signature"] in page
    assert page.count('lang="zh-CN"') == 1
