"""Limits, versions and lists are data with a date: they stand in facts.yaml alone, and a verdict says which edition it applied."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer import resources
from analyzer.facts import Fact, fact, facts
from analyzer.pipeline import Result
from analyzer.report import document, render_html, render_json, render_terminal
from analyzer.report.visible import visible
from analyzer.signatures.loader import load
from tests.parsers.platform.documents import DISK, VM
from tests.support.cases import AGENT_LOG, CAUSE, failed_job, hypothesis, run, signature
from tests.support.scenes import AgentLog, at, job

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "zh-CN")
OUTDATED = "linux-agent-outdated"


@pytest.mark.parametrize("name", facts())
def test_a_fact_names_its_document_and_date_in_both_languages(name: str) -> None:
    found = fact(name)
    assert found.page
    assert found.url.startswith(("https://learn.microsoft.com/azure/", "https://learn.microsoft.com/troubleshoot/azure/"))
    assert date.fromisoformat(found.date) <= date(2026, 12, 31)
    assert set(found.titles) == set(LANGUAGES) and all(found.titles.values())
    assert found.values and None not in found.values
    for other in found.others:
        assert other.title and date.fromisoformat(other.date)
        assert set(other.about) == set(LANGUAGES) and all(other.about.values())


def test_what_is_disputed_says_by_whom() -> None:
    assert [name for name, found in facts().items() if found.disputed and not found.others] == []


def test_a_version_is_not_read_as_a_number() -> None:
    """2.10 in YAML is 2.1."""
    assert [name for name, found in facts().items() if any(isinstance(value, float) for value in found.values)] == []


def named() -> Iterator[tuple[str, str]]:
    """Every `fact:` in a file of the catalogue, and every call of `fact` in code."""
    for path in sorted(resources.catalogue().rglob("*.yaml")):
        for name in re.findall(r"\bfact:([a-z0-9-]+)", re.sub(r"(?m)^#.*$", "", path.read_text(encoding="utf-8"))):
            yield path.name, name
    for path in sorted((ROOT / "analyzer").rglob("*.py")):
        for name in re.findall(r"\bfact\(\s*\"([a-z0-9-]+)\"", path.read_text(encoding="utf-8")):
            yield path.name, name


def test_every_fact_that_is_named_exists() -> None:
    found = set(named())
    assert len(found) > 10
    assert {(file, name) for file, name in found if name not in facts()} == set()


def test_an_unknown_fact_in_a_signature_is_a_mistake(tmp_path: Path) -> None:
    entry = signature(events={"alpha": {"kind": "azure-disk", "where": {"size_gb|gt": "fact:no-such"}}})
    result = run(tmp_path, {"job.json": failed_job()}, entry)
    assert any("'fact:no-such' is no fact" in problem["problem"] for problem in result.document["problems"])


# numbers of facts.yaml in code: what else they mean there
ELSEWHERE: dict[object, tuple[frozenset[str], str]] = {
    4096: (
        frozenset(("compressed.py", "structure.py", "hives.py", "output.py", "redact.py", "conditions.py")),
        "sizes of headers, dictionaries and caches in bytes or entries",
    ),
    65536: (frozenset(("names.py", "structure.py")), "two bytes, and a chunk of an event log"),
    18: (frozenset(("values.py", "registry_values.py")), "digits of a 64-bit number, letters of a key's name"),
    500: (frozenset(("tar_archive.py", "hives.py")), "limits of damaged archives and hives"),
}
MINIMUMS_OF_A_LOG = {"health_report.py": "which agents write the report"}


def limits() -> set[object]:
    """Values that would be a limit if they stood in code: no small numbers, which mean anything."""
    stated = [value for found in facts().values() for value in (*found.values, *_flat(found))]
    return {value for value in stated if (isinstance(value, int) and value not in range(10)) or re.fullmatch(r"\d+(\.\d+){2,}", str(value))}


def _flat(found: Fact) -> list[Any]:
    values = [other.value for other in found.others]
    return [item for value in values for item in (value if isinstance(value, list) else [value]) if item is not None]


def test_no_limit_stands_in_code() -> None:
    """Constants and text of every module; 32, 80 and 443 alone are too common to tell."""
    telling = limits() - {32, 80, 443}
    assert {18, 32768, 65536, 4096, 32526, "2.2.53.1", "2.7.41491.1010"} <= telling
    found = set()
    for path in sorted((ROOT / "analyzer").rglob("*.py")):
        if path.name == "_formats.py":  # made from the grammars
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
                continue
            found |= {(path.name, value) for value in telling if _says(node.value, value)}
    excused = {(name, value) for value, (names, _) in ELSEWHERE.items() for name in names}
    assert {one for one in found if one not in excused and one[0] not in MINIMUMS_OF_A_LOG} == set()
    assert excused <= found, "an exception that is not needed any more"


def _says(constant: object, limit: object) -> bool:
    if isinstance(constant, str):
        return isinstance(limit, str) and limit in constant
    return not isinstance(limit, str) and constant == limit


# tests of signatures with a number that is also a fact's: what it means there
OTHER_LIMITS = {("shares", 1): "a disk that more than one VM may attach is shared: that is what the word means"}


def test_no_limit_stands_in_a_signature() -> None:
    telling = limits() | {value for found in facts().values() for value in found.values if isinstance(value, int)}
    compared, matched = set(), set()
    for pattern in load().patterns():
        for condition in pattern.where:
            if condition.modifier in ("gt", "gte", "lt", "lte", "below", "notbelow") and not pattern.facts:
                compared |= {(condition.name, value) for value in condition.values if value in telling}
        versions = {str(value).replace(".", r"\.") for value in telling if isinstance(value, str)}
        matched |= {(pattern.name, version) for version in versions if version in (pattern.match or "")}
    assert compared == set(OTHER_LIMITS)
    assert matched == set()


# an incident is judged by the edition of its time


def old_agent(year: int) -> Result:
    log = AgentLog(version="2.2.46").start(at(f"{year}-03-09 01:00:00")).alive(at(f"{year}-03-09 21:00:00"), at(f"{year}-03-10 03:00:00"))
    failed = job(at(f"{year}-03-10 02:00:00"), 21, code="UserErrorOfThisTest", message="It failed.")
    return run(Path(), {"job.json": failed, AGENT_LOG: log.text()})


def advice(result: Result) -> list[str]:
    return [row["cause"] for row in result.document["context"] if row["kind"] == "advice"]


def test_a_minimum_is_not_asked_of_an_incident_before_it() -> None:
    since = fact("linux-agent-minimum").since
    assert since is not None and 2021 < since.year < 2024
    assert OUTDATED not in advice(old_agent(2021))
    assert OUTDATED in advice(old_agent(2024))


def test_a_fact_holds_from_its_day_on_and_where_no_time_is_known() -> None:
    minimum = fact("fact:linux-agent-minimum")
    assert minimum.since is not None
    assert minimum.holds_at(minimum.since) and not minimum.holds_at(minimum.since - timedelta(seconds=1))
    assert minimum.holds_at(None) and fact("data-disks").holds_at(None)


def test_a_bundle_that_states_no_time_is_judged_by_what_holds_today(tmp_path: Path) -> None:
    view = json.dumps({"vmAgent": {"vmAgentVersion": "2.2.46", "statuses": [{"displayStatus": "Ready"}]}})
    assert advice(run(tmp_path, {"view.json": view})) == [OUTDATED]


# what a verdict rests on


def disk_case(size: int, *, encrypted: bool = False, lang: str = "en") -> Result:
    properties = {"diskSizeGB": size, "diskState": "Attached", "encryptionSettingsCollection": {"enabled": True} if encrypted else None}
    disk = json.dumps({"id": DISK, "name": "data1", "managedBy": VM, "properties": properties})
    return run(Path(), {"job.json": failed_job(code="UserErrorUnsupportedDiskSize", vm="app01"), "disk.json": disk}, lang=lang)


def test_a_hypothesis_names_the_facts_that_it_rests_on() -> None:
    found = hypothesis(disk_case(40000))
    page = fact("disk-size-page")
    assert (found["status"], [one["id"] for one in found["facts"]]) == ("likely", ["disk-size-page"])
    (other,) = page.others
    assert found["facts"][0] == {
        "id": page.id, "title": page.titles["en"], "value": page.value, "source": page.page, "date": page.date, "url": page.url,
        "disputed": True, "others": [{"value": other.value, "source": other.title, "date": other.date, "about": other.about["en"]}],
    }  # fmt: skip


def test_only_facts_of_tests_that_passed_are_named() -> None:
    """Beyond every edition nothing is disputed by the finding that proves it, and a small disk needs no fact at all."""
    assert {one["id"] for one in hypothesis(disk_case(70000))["facts"]} == {"disk-size-largest", "disk-size-page"}
    assert hypothesis(disk_case(128))["facts"] == []


def test_a_derived_event_says_which_fact_it_was_made_with(tmp_path: Path) -> None:
    over = {"kind": "azure-restore-points", "where": {"component": "count", "over": True}}
    points = [{"name": f"rp{n}", "properties": {"timeCreated": "2026-02-01T02:05:00Z"}} for n in range(fact("restore-points-per-vm").value)]
    group = f"{VM.split('/resourceGroups/')[0]}/resourceGroups/AzureBackupRG_westeurope_1"
    collection = {
        "id": f"{group}/providers/Microsoft.Compute/restorePointCollections/c",
        "properties": {"source": {"id": VM}, "restorePoints": points},
    }
    result = run(
        tmp_path, {"job.json": failed_job(vm="app01"), "c.json": json.dumps(collection)}, signature(events={"alpha": over}, scope="state")
    )
    assert [(one["id"], one["disputed"]) for one in hypothesis(result, CAUSE)["facts"]] == [("restore-points-per-vm", False)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("size", "encrypted", "name"), [(40000, False, "disk-size-page"), (8192, True, "encrypted-disk-size")])
def test_a_disputed_edition_is_told_in_one_line(lang: str, size: int, encrypted: bool, name: str) -> None:
    redacted = document(disk_case(size, encrypted=encrypted, lang=lang).document)
    schema = json.loads(resources.catalogue("diagnosis.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(render_json(redacted)))
    found = fact(name)
    terminal = "".join(line.strip() for line in render_terminal(redacted, lang).replace(" ", "").splitlines())
    page = render_html(redacted, lang).replace(" ", "")
    said = [found.date, found.page, str(found.value), *(word for one in found.others for word in (one.title, one.date, one.about[lang]))]
    for word in said:
        assert visible(word).replace(" ", "") in terminal, word
        assert visible(word).replace(" ", "") in page, word


def test_an_undisputed_fact_needs_no_line(tmp_path: Path) -> None:
    entry = signature(events={"alpha": {"kind": "azure-vm", "where": {"data_disks|gt": "fact:data-disks"}}}, scope="state")
    disks = [{"name": f"d{n}", "diskSizeGB": 8} for n in range(fact("data-disks").value + 1)]
    vm = json.dumps({"id": VM, "properties": {"storageProfile": {"dataDisks": disks}}})
    result = run(tmp_path, {"job.json": failed_job(vm="app01"), "vm.json": vm}, entry)
    assert [one["id"] for one in hypothesis(result)["facts"]] == ["data-disks"]
    assert "by the edition of" not in render_terminal(document(result.document))
