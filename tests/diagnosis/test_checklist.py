"""The step-by-step checks: failed by a cause or advice, passed by proof and never by what is missing, else not assessable."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analyzer.diagnosis.documented import checks, excluded, rows
from analyzer.diagnosis.knowledge import knowledge
from analyzer.pipeline import Result, analyze
from analyzer.signatures.lint import kinds
from analyzer.signatures.loader import load
from analyzer.signatures.model import Role
from tests.support.cases import AGENT_LOG, RUN_LOG, START, agent_log, failed_job, mark, run, signature
from tests.support.scenes import SnapshotRun

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
VAULT = "key-vault-permissions"  # of S4.8; no shipped signature finds it in a guest's log
FILES = {"job.json": failed_job(), AGENT_LOG: agent_log((10, "ALPHA-MARK one"), (11, "BETA-MARK two")).text()}
LATER = START + timedelta(hours=3)
SECOND = {"second.json": failed_job(start=LATER, job_id="11111111-2222-4333-8444-555555555555")}


def answer(result: Result, check: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in result.document["checklist"] if row["row"] == check)
    return found


def vault(tmp_path: Path, *entries: dict[str, Any], **files: str) -> dict[str, Any]:
    return answer(run(tmp_path, FILES | files, *entries), "S4.8")


def against(identity: str = "test.against", **changes: Any) -> dict[str, Any]:
    return signature(identity, cause=VAULT, role="against", events={"beta": mark("BETA")}, when="beta", **changes)


# failed


@pytest.mark.parametrize(("strength", "says"), [("decisive", "Confirmed: Backup lacks"), ("strong", "Likely: Backup lacks")])
def test_a_cause_that_is_at_least_likely_fails_its_check(tmp_path: Path, strength: str, says: str) -> None:
    found = vault(tmp_path, signature(cause=VAULT, strength=strength))
    assert found["state"] == "failed"
    assert found["reason"].startswith(says) and "test.alpha holds." in found["reason"]
    assert [(row["artifact"], row["signature"]) for row in found["evidence"]] == [(AGENT_LOG, "test.alpha")]
    assert found["collect"] == []


def test_a_cause_that_another_explains_still_fails_its_check(tmp_path: Path) -> None:
    dhcp = signature(cause="dhcp-unavailable", strength="strong")
    storage = signature("test.beta", cause="storage-unreachable", strength="strong", events={"beta": mark("BETA")}, when="beta")
    result = run(tmp_path, FILES, storage, dhcp)
    assert result.document["incidents"][0]["verdict"]["cause"] == "dhcp-unavailable"
    assert answer(result, "S4.3")["state"] == answer(result, "S4.6")["state"] == "failed"


def test_one_failed_backup_of_several_is_enough_to_fail(tmp_path: Path) -> None:
    result = run(tmp_path, FILES | SECOND, signature(cause=VAULT))
    assert len(result.document["incidents"]) == 2
    assert answer(result, "S4.8")["state"] == "failed"


def test_advice_fails_a_check_and_is_called_advice(tmp_path: Path) -> None:
    found = vault(tmp_path, signature(cause=VAULT, strength="advice"))
    assert (found["state"], found["reason"]) == ("failed", "Advice, not proven to be the cause: test.alpha holds.")
    assert len(found["evidence"]) == 1


def test_advice_that_was_cleared_fails_nothing(tmp_path: Path) -> None:
    events = {"alpha": mark(), "beta": mark("BETA")}
    found = vault(tmp_path, signature(cause=VAULT, strength="advice", events=events, cleared_by={"waagent-log": "beta"}))
    assert found["state"] == "not_assessable"


def test_several_backups_a_day_fail_the_best_practices(tmp_path: Path) -> None:
    several = signature("points.several-a-day-by-jobs", cause="restore-point-limit", strength="advice")
    assert answer(run(tmp_path, FILES, several), "S4.9")["state"] == "failed"
    found = answer(run(tmp_path, FILES, several | {"id": "limit.other"}), "S4.9")
    assert found["state"] == "not_assessable"
    assert found["docs"] == ["https://learn.microsoft.com/azure/backup/backup-azure-vms-introduction#best-practices"]


# passed


def test_a_line_that_excludes_the_cause_passes_its_check(tmp_path: Path) -> None:
    found = vault(tmp_path, against())
    assert (found["state"], found["reason"]) == ("passed", "test.against holds.")
    assert [row["signature"] for row in found["evidence"]] == ["test.against"]
    assert found["collect"] == []


def test_what_is_excluded_for_one_backup_only_is_not_passed(tmp_path: Path) -> None:
    assert answer(run(tmp_path, FILES | SECOND, against()), "S4.8")["state"] == "not_assessable"


def test_signs_of_a_cause_beside_its_exclusion_pass_nothing(tmp_path: Path) -> None:
    found = vault(tmp_path, signature(cause=VAULT, strength="strong"), against())
    assert found["state"] == "not_assessable"
    assert found["reason"] == "Excluded as the cause of the failure, and yet there are signs of it: test.alpha holds."
    assert [row["signature"] for row in found["evidence"]] == ["test.alpha"]


def test_logs_that_cover_the_time_and_hold_nothing_pass_and_are_named() -> None:
    found = answer(analyze([FIXTURES / "windows-healthy-noisy/bundle"]), "S3.3")
    assert (found["state"], found["evidence"]) == ("passed", [])
    assert "event logs System and Application, 2026-03-09 00:00 to 2026-03-10 05:01 UTC" in found["reason"]


def without(fixture: str, *left_out: str) -> dict[str, bytes]:
    folder = FIXTURES / fixture / "bundle"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {path: data for path, data in files.items() if not any(part in path for part in left_out)}


@pytest.mark.parametrize(
    ("fixture", "left_out", "check", "kind"),
    [
        ("windows-healthy-noisy", [".evtx"], "S3.3", "evtx"),
        ("windows-healthy-noisy", [".evtx"], "S1.2", "evtx:System"),
        ("windows-healthy-noisy", ["WaAppAgent"], "S2.1", "waappagent-log"),
        ("linux-healthy-noisy", ["waagent.log", "extension.log"], "S2.5", "waagent-log"),
        ("linux-healthy-noisy", ["os-release"], "S2.8", "os-release"),
        ("linux-healthy-noisy", ["extension.log", "status"], "S4.1", "vmsnapshot-log"),
        ("linux-healthy-noisy", [".leases"], "S4.6", "dhcp-lease"),
    ],
)
def test_a_missing_file_passes_nothing_and_is_asked_for(tmp_path: Path, fixture: str, left_out: list[str], check: str, kind: str) -> None:
    assert answer(run(tmp_path, without(fixture)), check)["state"] == "passed"
    found = answer(run(tmp_path, without(fixture, *left_out)), check)
    assert found["state"] == "not_assessable"
    (asked,) = [row for row in found["collect"] if row["kind"] == kind]
    assert asked["title"] and asked["command"]


def test_what_clears_a_cause_of_blame_need_not_answer_the_check(tmp_path: Path) -> None:
    """The host answered, which does not show that DHCP is on; the extension ran, which does not make a system a supported one."""
    result = run(tmp_path, without("linux-healthy-noisy", ".leases", "os-release"))
    states = {row["cause"]: row["status"] for row in result.document["incidents"][0]["hypotheses"]}
    assert states["dhcp-unavailable"] == states["unsupported-os"] == "ruled_out"
    assert answer(result, "S4.6")["state"] == answer(result, "S2.8")["state"] == "not_assessable"


@pytest.mark.parametrize("ran", [True, False])
def test_the_silence_of_what_did_not_run_passes_nothing(tmp_path: Path, ran: bool) -> None:
    lines = SnapshotRun(START - timedelta(days=1)).say("a line of yesterday").lines  # so that the log covers the time
    lines += SnapshotRun(START + timedelta(minutes=1)).say("starting enable").lines if ran else []
    lines += SnapshotRun(START + timedelta(hours=1)).say("a line of later").lines
    result = run(tmp_path, {"job.json": failed_job(), RUN_LOG: "\n".join(lines) + "\n"})
    states = {row["cause"]: row["status"] for row in result.document["incidents"][0]["hypotheses"]}
    assert states["storage-unreachable"] == "no_evidence"
    assert answer(result, "S4.3")["state"] == ("passed" if ran else "not_assessable")


def test_an_installed_extension_stays_installed_when_it_fails() -> None:
    result = analyze([FIXTURES / "linux-safefreeze-binary-missing/bundle"])
    assert answer(result, "S4.1")["state"] == "failed"
    assert answer(result, "S4.0")["state"] == "passed"


def test_a_recent_agent_settles_what_only_old_agents_need() -> None:
    result = analyze([FIXTURES / "linux-storage-unreachable-reported-as-2/bundle"])
    assert answer(result, "S4.3")["state"] == "failed"
    assert answer(result, "S4.4")["state"] == "passed" == answer(result, "S2.6")["state"]


def test_an_agent_that_is_not_running_because_the_vm_is_off_is_not_passed() -> None:
    for fixture, check in (("linux-stopped-from-portal", "S2.5"), ("windows-stopped-by-the-platform", "S2.1")):
        assert answer(analyze([FIXTURES / fixture / "bundle"]), check)["state"] == "not_assessable"


# neither


def test_a_hint_neither_passes_nor_fails_and_is_cited(tmp_path: Path) -> None:
    found = vault(tmp_path, signature(cause=VAULT, strength="hint"))
    assert found["state"] == "not_assessable"
    assert found["reason"].startswith("Neither proven nor excluded: Backup lacks")
    assert [row["signature"] for row in found["evidence"]] == ["test.alpha"]


def test_what_nobody_can_tell_says_what_to_collect(tmp_path: Path) -> None:
    found = vault(tmp_path)
    assert found["state"] == "not_assessable"
    assert "Only documents of the platform" in found["reason"]
    assert [row["command"].split()[:2] for row in found["collect"]] == [["az", "keyvault"]]


def test_a_case_without_a_failed_backup_is_asked_the_same(tmp_path: Path) -> None:
    result = run(tmp_path, {AGENT_LOG: FILES[AGENT_LOG]}, signature(cause=VAULT, holds=True))
    assert result.document["incidents"][0]["source"] == "bundle"
    assert answer(result, "S4.8")["state"] == "failed"
    assert answer(result, "S2.5")["state"] == "passed"


def test_the_guest_of_another_vm_passes_and_fails_nothing(tmp_path: Path) -> None:
    other = '{"hostGAPluginVersion": "1.0.8.1", "vmSettingsSchemaVersion": "0.0", "inVMMetadata": {"vmName": "db07"}}'
    files = {"job.json": failed_job(vm="app01"), "var/lib/waagent/vmSettings.json": other}
    files |= {path: data.decode() for path, data in without("linux-healthy-noisy").items() if path.endswith((".leases", "os-release"))}
    result = run(tmp_path, files)
    assert {row["state"] for row in result.document["checklist"]} == {"not_assessable"}
    assert len(result.document["checklist"]) == 24  # what system the job's VM has is not known


# which checks, and how they are written


def test_checks_of_another_system_are_left_out(tmp_path: Path) -> None:
    asked = {
        name: [row["row"] for row in run(tmp_path, files).document["checklist"]]
        for name, files in {
            "unknown": {"job.json": failed_job()},
            "linux": {AGENT_LOG: FILES[AGENT_LOG]},
            "windows": {"WindowsAzure/Logs/WaAppAgent.log": "[00000005] [03/10/2026 02:00:00.00] [INFO] WindowsAzureGuestAgent starting."},
        }.items()
    }
    assert asked["unknown"] == [row.id for row in rows().values() if row.group == "step"]
    assert asked["linux"] == [row for row in asked["unknown"] if checks()[row].os != "windows"]
    assert asked["windows"] == [row for row in asked["unknown"] if checks()[row].os != "linux"]
    assert "S2.5" not in asked["windows"] and "S2.1" not in asked["linux"]


def test_at_most_three_rows_each_place_once(tmp_path: Path) -> None:
    log = agent_log(*((minute, "ALPHA-MARK one") for minute in range(1, 9))).text()
    found = vault(tmp_path, signature(cause=VAULT), signature("test.same", cause=VAULT), **{AGENT_LOG: log})
    assert len(found["evidence"]) == 3
    assert len({row["id"] for row in found["evidence"]}) == 3


def test_both_languages_give_the_same_states(tmp_path: Path) -> None:
    english, chinese = (run(tmp_path, FILES, signature(cause=VAULT), lang=lang).document["checklist"] for lang in ("en", "zh-CN"))
    assert [(row["row"], row["state"]) for row in english] == [(row["row"], row["state"]) for row in chinese]
    for one, other in zip(english, chinese, strict=True):
        assert one["title"] != other["title"] and one["reason"] != other["reason"]
        assert "{" not in one["reason"] + other["reason"]


# checklist.yaml


def test_the_checks_are_the_steps_of_the_page() -> None:
    assert list(checks()) == [row.id for row in rows().values() if row.group == "step"]
    assert all(row.startswith(f"S{check.step}.") for row, check in checks().items())


def test_a_check_asks_for_causes_that_name_it() -> None:
    causes = knowledge().causes
    for row, check in checks().items():
        assert set(check.causes) == {cause.id for cause in causes.values() if row in cause.seed}, row
        assert set(check.fails_with) <= set(causes) - set(check.causes), row


def test_names_in_the_checklist_exist() -> None:
    catalogue = load()
    by_id = {signature.id: signature for signature in catalogue.signatures}
    platform_is_read = any(name.startswith("azure.") for name in catalogue.shared)
    for row, check in checks().items():
        assert check.os in ("any", "linux", "windows") and check.enough in ("silence", "exclusion", "sign"), row
        patterns = {name for name in check.signs() if platform_is_read or not name.startswith("azure.")}
        assert patterns <= set(catalogue.shared), row
        assert {excluded(name) for name in check.settled_by} - {""} <= set(knowledge().causes), row
        for name in check.no_answer:
            assert by_id[name].role is Role.AGAINST and by_id[name].cause in check.causes, (row, name)
        assert set(check.look) <= {"any", "linux", "windows"}, row


def test_advice_named_in_the_checklist_exists() -> None:
    ids = [signature.id for signature in load().signatures]
    unread = [beginning for check in checks().values() for beginning in check.advice if not any(one.startswith(beginning) for one in ids)]
    assert unread in ([], ["points.several-a-day"])  # signatures of that name come with the documents of the platform


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_everything_that_silence_needs_is_asked_for(system: str) -> None:
    known = knowledge()
    for row, check in checks().items():
        assert all(kind in kinds() or kind.startswith("evtx:") for kind in check.collect), row
        assert all(known.kinds[kind].command or known.kinds[kind].portal_path for kind in check.collect), row
        if not check.on(system):
            continue
        if check.enough != "sign":
            needs = {kind for cause in check.causes for kind in known.causes[cause].on(system).needs}
            assert needs <= set(check.collect), row
        asked = [kind for kind in check.collect if known.kinds[kind].os in ("any", system)]
        assert asked or system in check.look or "any" in check.look or check.docs, row
