"""What each collector brings is known, and every kind of a bundle is counted as what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import resources
from analyzer.bundle.layouts import TABLE, layout_of
from analyzer.diagnosis.expected import Presence, expected, presence, promised
from analyzer.diagnosis.knowledge import knowledge
from analyzer.model import Artifact, ArtifactStatus, Event
from tests.support.cases import AGENT_LOG, agent_log, failed_job, run

LAYOUTS = resources.read_yaml(resources.catalogue("layouts.yaml"))


def test_layouts_name_kinds_that_exist_and_have_titles() -> None:
    kinds = {row.kind for row in TABLE if row.module or row.form == "events"}
    for name, layout in LAYOUTS.items():
        assert layout["source"], name
        for system in layout.keys() - {"source"}:
            found = expected(name, system)
            assert {kind.partition(":")[0] for kind in found} <= kinds, name
            assert all(set(knowledge().kinds[kind].titles) == {"en", "zh-CN"} for kind in found), name
            assert all(knowledge().kinds[kind].os in ("any", system) for kind in found), name


def test_every_layout_of_the_list_is_one_that_bundles_have() -> None:
    paths = ["results.txt"], ["device_0/etc/waagent.conf"], ["x/sos_commands/process/ps"], ["VMAgentLogs.zip!/WaAppAgent.log"]
    assert {layout_of(found) for found in paths} == LAYOUTS.keys()


def test_a_layout_of_one_system_is_taken_at_its_word_and_others_promise_nothing() -> None:
    assert "waappagent-log" in expected("collect-guest-logs", "unknown")
    assert expected("inspect-iaas-disk", "unknown") == expected("folder", "linux") == expected("sosreport", "windows") == {}
    assert "waagent-log" in promised("linux") and "waappagent-log" not in promised("linux")


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ([], Presence.MISSING),
        ([ArtifactStatus.PARSED], Presence.PRESENT),
        ([ArtifactStatus.PARSED, ArtifactStatus.PARTLY], Presence.CUT),
        ([ArtifactStatus.FAILED], Presence.UNPARSED),
    ],
)
def test_the_best_artifact_of_a_kind_counts(states: list[ArtifactStatus], found: Presence) -> None:
    assert presence("waagent-log", [Artifact("a", "waagent-log", status=state) for state in states], [], {}) is found


def test_refused_and_left_behind_are_told_apart_from_missing() -> None:
    assert presence("waagent-log", [], [("var/log/waagent.log", "encrypted")], {}) is Presence.REFUSED
    assert presence("waagent-log", [], [], {"waagent-log": [Event("file-listed", "results.txt", "")]}) is Presence.LEFT_BEHIND


def test_the_document_says_what_was_promised_and_what_became_of_it(tmp_path: Path) -> None:
    files = {"job.json": failed_job(), "sos_commands/process/ps": "UID PID CMD\n", AGENT_LOG: agent_log().text()}
    document = run(tmp_path, files).document
    assert document["bundle"]["layout"] == "sosreport"
    assert document["bundle"]["expected"]["waagent-conf"] == "always"
    rows = {row["kind"]: row for row in document["coverage"]}
    assert rows["waagent-log"]["presence"] == "present" and rows["waagent-log"]["lines"] > 0
    assert rows["waagent-conf"]["presence"] == "missing"
