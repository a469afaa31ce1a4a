"""The way of the data, end to end, on whatever a user may hand in."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.bundle import BundleError
from analyzer.pipeline import analyze
from tests.support.cases import AGENT_LOG, RUN_LOG, START, agent_log, failed_job, run
from tests.support.scenes import SnapshotRun

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures/linux-extensions-disabled/bundle"


def test_a_result_has_the_document_and_the_objects() -> None:
    result = analyze([FIXTURE])
    assert result.document["schema"] == "diagnosis/1"
    assert len(result.diagnosis.judged) == 1 and result.timeline.events and result.catalogue.signatures


def test_progress_names_every_member_once() -> None:
    told: list[tuple[str, int, int]] = []
    analyze([FIXTURE], progress=lambda *step: told.append(step))
    assert [path for path, _, _ in told] == sorted(path.relative_to(FIXTURE).as_posix() for path in FIXTURE.rglob("*") if path.is_file())
    assert sum(size for _, size, _ in told) == told[0][2]


def test_nothing_that_can_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        analyze([tmp_path / "missing"])


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 5000, b"\xff" * 5000, b"2026-03-10T02:00:00.000000Z ", b"9999-12-31T23:59:59.999999Z INFO x x y\n", b"\n" * 5000],
)
@pytest.mark.parametrize("path", [AGENT_LOG, RUN_LOG, "var/log/syslog", "job.json", "etc/waagent.conf", "results.txt", "etc/timezone", "x"])
def test_hostile_members_never_stop_an_analysis(tmp_path: Path, path: str, content: bytes) -> None:
    document = run(tmp_path, {path: content, "a/job.json": failed_job()}).document
    assert len(document["incidents"]) >= 1


def test_a_job_with_hostile_values_never_stops_an_analysis(tmp_path: Path) -> None:
    for old, new in (
        ('"PT21M0S"', "1e999"), ('"PT21M0S"', "9" * 400), ("400000", "9" * 5000), ("400000", '"²"'), ('"Failed"', "null"),
        ('"2026-03-10T02:00:05.0000000Z"', '"9999-12-31T23:59:59Z"'), ('"2026-03-10T02:21:00.0000000Z"', "[]"),
        ('"tasksList"', '"tasksList": 3, "x"'), ('"propertyBag"', '"propertyBag": 3, "x"'),
        ('"extendedInfo"', '"extendedInfo": [1], "x"'), ('"errorDetails"', '"errorDetails": {"a": 1}, "x"'),
    ):  # fmt: skip
        assert run(tmp_path, {"job.json": failed_job().replace(old, new), AGENT_LOG: agent_log().text()}).document["incidents"], (
            old,
            new[:20],
        )


def test_a_huge_record_is_cut_and_its_neighbours_are_read(tmp_path: Path) -> None:
    log = agent_log((5, "x" * 3_000_000), (6, "Extensions.Enabled is set to False"))
    lines = run(tmp_path, {"job.json": failed_job(), AGENT_LOG: log.text()}).document["bundle"]["artifacts"]
    assert next(row["lines"] for row in lines if row["path"] == AGENT_LOG) == len(log.lines)


def test_the_same_files_twice_say_the_same(tmp_path: Path) -> None:
    files = {"job.json": failed_job(), AGENT_LOG: agent_log().text(), RUN_LOG: SnapshotRun(START).good().text()}
    twice = files | {f"copy/{path}": text for path, text in files.items()}
    one, two = run(tmp_path, files).document["incidents"], run(tmp_path, twice).document["incidents"]
    assert [(i["job_id"], i["verdict"]["cause"], i["verdict"]["status"]) for i in one] == [
        (i["job_id"], i["verdict"]["cause"], i["verdict"]["status"]) for i in two
    ]
