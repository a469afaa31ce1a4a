"""The texts of all causes: whole, alike in both languages, fit for each system, and right where the page errs."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from typing import Any

import pytest

from analyzer import resources
from analyzer.diagnosis.distribution import OTHER, System, table
from analyzer.diagnosis.knowledge import Cause, knowledge
from analyzer.diagnosis.names import placeholders
from analyzer.diagnosis.remedy import PLACEHOLDER, remedy
from analyzer.report import document
from analyzer.resources import read_yaml

_LANGUAGES = ("en", "zh-CN")
_CAUSES = list(knowledge().causes.values())
_KEYS = {"id", "text", "command", "os", "distro", "row", "corrects"}
_ANGLES = re.compile(r"<[A-Za-z\u4e00-\u9fff][^<>/\[\]]*>")  # a placeholder of the reader's form, which only the program writes
_UNIX = re.compile(r"\b(sudo|apt-get|systemctl|yum|zypper|journalctl|waagent\.conf|/var/l(?:ib|og))\b")
_WINDOWS = re.compile(r"\b(icacls|sc\.exe|msiexec|netsh|Get-(?!Az)|Set-(?!Az)|Restart-Service|reg (?:add|query)|C:\\)")
_OTHERS = {
    "ubuntu": r"\b(yum|zypper|tdnf|firewall-cmd)\b|(restart|enable --now|status) waagent",
    "rhel": r"\b(apt-get|zypper|tdnf|netplan|ufw)\b|(restart|enable --now|status) walinuxagent",
    "sles": r"\b(apt-get|yum|tdnf|netplan|ufw)\b|(restart|enable --now|status) walinuxagent",
    "alpine": r"\b(apt-get|yum|zypper|tdnf|netplan|ufw|firewall-cmd)\b|walinuxagent",
}

named = pytest.mark.parametrize("cause", _CAUSES, ids=[cause.id for cause in _CAUSES])


@cache
def text(cause: str, language: str) -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(resources.catalogue("texts") / f"{cause}.{language}.yaml")
    return found


def systems(cause: Cause) -> list[System]:
    """Each system that the cause can be found on, the unknown ones included."""
    linux = [System("linux", (name,)) for name in table()["distributions"]]
    linux += [System("linux"), System("linux", ("never-heard-of",)), System("linux", ("linuxmint", "ubuntu", "debian"))]
    found = {"linux": linux, "windows": [System("windows")]}
    return found[cause.os] if cause.os != "any" else [*linux, System("windows"), System()]


def shown(cause: str, system: System) -> list[dict[str, Any]]:
    return remedy(text(cause, "en"), system, {}, "en")


@named
@pytest.mark.parametrize("language", _LANGUAGES)
def test_texts_in_both_languages(cause: Cause, language: str) -> None:
    found = text(cause.id, language)
    assert set(found) == {"summary", "steps", "docs"} and all(found.values())
    for step in found["steps"]:
        assert set(step) <= _KEYS and step["id"] and step["text"], step
        assert not {"os", "distro"} <= set(step), "a distribution is Linux"
        assert set(step.get("distro", ())) <= set(table()["distributions"]) and step.get("os", "linux") in table()["os"]
        assert cause.os == "any" or "os" not in step, f"{step['id']}: this cause is of {cause.os} alone"
    for url in found["docs"]:
        assert url.startswith("https://learn.microsoft.com/") and "/en-us/" not in url, "a link without a language fits every reader"


@named
def test_translations_say_the_same(cause: Cause) -> None:
    english, chinese = (text(cause.id, language) for language in _LANGUAGES)
    alike = [
        [
            (step["id"], step.get("os"), step.get("distro"), step.get("row"), step.get("command"), "corrects" in step)
            for step in found["steps"]
        ]
        for found in (english, chinese)
    ]
    assert alike[0] == alike[1]
    assert english["docs"] == chinese["docs"]
    for step, other in zip(english["steps"], chinese["steps"], strict=True):
        assert sorted(PLACEHOLDER.findall(step["text"])) == sorted(PLACEHOLDER.findall(other["text"])), step["id"]
        for key in ("text", "corrects"):
            assert (key in other) is (key in step)
            assert key not in other or any("\u4e00" <= letter <= "\u9fff" for letter in other[key])


@named
def test_every_system_reads_how_to_verify_the_fix(cause: Cause) -> None:
    for system in systems(cause):
        rows = shown(cause.id, system)
        assert rows[-1]["id"] == "verify", system
        verify = [row for row in rows if row["id"] == "verify"]
        assert rows[-len(verify) :] == verify, "nothing stands behind or between them"
        assert all(row["command"] or " > " in row["text"] for row in verify), "a command or a way in the portal"
        assert len(verify) == 1 or any(row["systems"] for row in verify), system


@named
def test_no_distribution_is_left_without_a_branch(cause: Cause) -> None:
    """Steps of one id are branches of one step: whoever it is, there is one, and one only."""
    for identity, steps in groupby(text(cause.id, "en")["steps"], key=lambda step: step["id"]):
        branches = list(steps)
        if not any("distro" in step for step in branches):
            continue
        assert OTHER in {name for step in branches for name in step.get("distro", ())}, identity
        for system in systems(cause):
            if system.names:
                assert len([row for row in shown(cause.id, system) if row["id"] == identity]) == 1, (identity, system)


@named
def test_branches_of_a_step_stand_together(cause: Cause) -> None:
    ids = [identity for identity, _ in groupby(text(cause.id, "en")["steps"], key=lambda step: step["id"])]
    assert len(ids) == len(set(ids))
    for identity, steps in groupby(text(cause.id, "en")["steps"], key=lambda step: step["id"]):
        branches = list(steps)
        assert len(branches) == 1 or all("os" in step or "distro" in step for step in branches), identity


@named
def test_nobody_reads_commands_of_another_system(cause: Cause) -> None:
    for system in systems(cause):
        said = "\n".join(f"{row['text']}\n{row['command']}" for row in shown(cause.id, system))
        if system.os == "windows":
            assert not _UNIX.search(said), _UNIX.search(said)
        if system.os == "linux":
            assert not _WINDOWS.search(said), _WINDOWS.search(said)
        for name in system.names[:1]:
            assert name not in _OTHERS or not re.search(_OTHERS[name], said), (name, re.search(_OTHERS[name], said))


@named
@pytest.mark.parametrize("language", _LANGUAGES)
def test_placeholders_are_known_and_written_in_one_form(cause: Cause, language: str) -> None:
    for step in text(cause.id, language)["steps"]:
        for key in ("text", "command"):
            said = step.get(key, "")
            assert set(PLACEHOLDER.findall(said)) <= set(placeholders()["words"]), said
            # of resource groups that Azure Backup makes the page gives the form of the name
            assert not _ANGLES.search(re.sub(r"AzureBackup(?:RG)?_<\w+>_<\w+>", "", said)), said


def test_placeholders_of_commands_that_collect_are_known_too() -> None:
    for kind in knowledge().kinds.values():
        for said in (kind.command, kind.command_windows):
            assert set(PLACEHOLDER.findall(said)) <= set(placeholders()["words"]) and not _ANGLES.search(said), said


def test_every_placeholder_has_a_word_in_both_languages_and_is_used() -> None:
    used = {
        name
        for cause in _CAUSES
        for step in text(cause.id, "en")["steps"]
        for key in ("text", "command")
        for name in PLACEHOLDER.findall(step.get(key, ""))
    }
    used |= {name for kind in knowledge().kinds.values() for name in PLACEHOLDER.findall(kind.command)}
    words = placeholders()["words"]
    assert set(words) - used <= {"subscription"}, "part of a resource's id only"
    assert all(words[name].get(language) for name in words for language in _LANGUAGES)
    told = {place for resource in placeholders()["resources"].values() for place in resource.values()} | set(placeholders()["evidence"])
    assert told <= set(words)


@named
def test_every_page_has_a_title_and_a_date_or_says_that_it_has_none(cause: Cause) -> None:
    known = read_yaml(resources.catalogue("documents.yaml"))
    for url in text(cause.id, "en")["docs"]:
        page = known[url.split("#")[0]]
        assert all(page["title"][language] for language in _LANGUAGES) and "date" in page
        assert page["date"] is None or re.fullmatch(r"\d{4}(-\d\d-\d\d)?", page["date"]), page["date"]


def test_no_page_is_listed_that_nobody_reads() -> None:
    read = {url.split("#")[0] for cause in _CAUSES for url in text(cause.id, "en")["docs"]}
    assert set(read_yaml(resources.catalogue("documents.yaml"))) == read


# what the page says


@pytest.mark.parametrize(
    "row",
    [
        "C1",
        "C1.x",
        "C2",
        "C2.v",
        "C3.a",
        "C3.b",
        "C4",
        "C5.1",
        "C5.2",
        "E1.c",
        "E3.a",
        "E3.b",
        "E4.a",
        "E4.b",
        "E4.c",
        "E4.d",
        "E4.n",
        "E5",
        "E9.a",
        "E9.b",
        "E10.a",
        "E10.b",
        "E12",
        "P1",
        "P2",
        "P2.0",
        "P2.a",
        "P2.b",
        "P3",
        "P4",
    ],
)
def test_rows_of_the_page_that_are_steps(row: str) -> None:
    assert any(step.get("row") == row for cause in _CAUSES for step in text(cause.id, "en")["steps"])


def test_the_details_of_a_job_are_where_an_open_verdict_sends_to() -> None:
    job = knowledge().kinds["job"]
    assert job.row == "P4" and isinstance(job.portal_path, dict) and set(job.portal_path) == set(_LANGUAGES)


@pytest.mark.parametrize(
    ("cause", "step", "wrong", "right"),
    [
        ("linux-agent-options", "enable", "Extensions.Enable.", "Extensions.Enabled"),
        ("linux-agent-options", "provisioning", "auto", "cloud-init"),
        ("restore-point-limit", "find", "AzureBackupRG_<VMName>_<number>", "AzureBackup_<VMName>_<number>"),
        ("resource-group-lock", "group", "AzureBackupRG_<VMName>_<number>", "source"),
        ("application-control", "allow-path", "/var/lib", "C:\\Packages\\Plugins"),
        ("vm-not-running", "state", "deallocated", "crash-consistent"),
        ("guest-shutdown", "stop", "stopped", "crash-consistent"),
        ("key-vault-permissions", "which", "UserErrorKeyvault", "UserErrorKeyVault"),
        ("windows-agent-outdated", "version", "2.6.1198.718", "2.7.41491.1010"),
        ("disk-size", "limit", "32 TB", "64 TB"),
    ],
)
def test_where_the_page_errs_the_step_says_so(cause: str, step: str, wrong: str, right: str) -> None:
    found = next(entry for entry in text(cause, "en")["steps"] if entry["id"] == step)
    assert wrong in found["corrects"] and right in found["corrects"]


def test_masking_secrets_leaves_the_steps_as_they_are() -> None:
    """`-RecoveryPassword <…>` would be masked, and the reader would not see what to put there."""
    for cause in _CAUSES:
        rows = shown(cause.id, System())
        masked = document({"schema": "diagnosis/1", "incidents": [{"hypotheses": [{"remedy": rows}]}]})
        assert masked["incidents"][0]["hypotheses"][0]["remedy"] == rows, cause.id
