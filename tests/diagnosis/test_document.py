"""CONTRACT.md, "diagnosis.json": locators, excerpts, sameness, and the shipped schema."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer import resources
from analyzer.pipeline import Result, analyze
from analyzer.report import document, render_json
from tests.support.cases import (
    AGENT_LOG,
    CAUSE,
    JOB_ID,
    MINUTE,
    OTHER,
    RUN_LOG,
    START,
    agent_log,
    failed_job,
    hypothesis,
    mark,
    run,
    signature,
    write,
)
from tests.support.scenes import SnapshotRun

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/linux-extensions-disabled/bundle"
FILES = {"job.json": failed_job(), AGENT_LOG: agent_log((10, "ALPHA-MARK one\nand two")).text()}


def rows(result: Result, cause: str = CAUSE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hypothesis(result, cause)["evidence"]
    return found


@pytest.mark.parametrize("files", [FILES, {"job.json": FILES["job.json"]}, {AGENT_LOG: FILES[AGENT_LOG]}, {"notes.txt": "nothing"}])
def test_every_document_fits_the_shipped_schema(tmp_path: Path, files: dict[str, str]) -> None:
    schema = json.loads(resources.catalogue("diagnosis.schema.json").read_text(encoding="utf-8"))
    found = json.loads(render_json(document(run(tmp_path, files, signature()).document)))
    jsonschema.Draft202012Validator(schema).validate(found)


def test_a_row_names_the_line_and_copies_it(tmp_path: Path) -> None:
    row = rows(run(tmp_path, FILES, signature()))[0]
    lines = FILES[AGENT_LOG].split("\n")
    assert "ALPHA-MARK" in lines[row["line"] - 1]
    assert row["excerpt"] == "\n".join(lines[row["line"] - 1 : row["line"] + 1])


def test_the_line_is_that_of_the_match_inside_a_record(tmp_path: Path) -> None:
    entry = signature(events={"alpha": {"kind": "waagent-log", "anchor": "ALPHA-MARK", "match": "and two"}})
    row = rows(run(tmp_path, FILES, entry))[0]
    assert FILES[AGENT_LOG].split("\n")[row["line"] - 1] == "and two"


def test_lines_of_a_utf_16_log_are_those_of_its_text(tmp_path: Path) -> None:
    text = FILES[AGENT_LOG].replace("\n", "\r\n")
    row = rows(run(tmp_path, {"job.json": FILES["job.json"], AGENT_LOG: text.encode("utf-16")}, signature()))[0]
    assert "ALPHA-MARK" in text.split("\r\n")[row["line"] - 1]


def test_an_excerpt_is_at_most_2000_characters_around_the_match(tmp_path: Path) -> None:
    log = agent_log((10, "x" * 9000 + " ALPHA-MARK " + "y" * 9000)).text()
    row = rows(run(tmp_path, {"job.json": FILES["job.json"], AGENT_LOG: log}, signature()))[0]
    assert len(row["excerpt"]) == 2000 and "ALPHA-MARK" in row["excerpt"] and row["excerpt"] in log


def test_silence_has_both_lines_and_shows_them(tmp_path: Path) -> None:
    log = agent_log(start=-300, end=-60)
    log.alive(START + 100 * MINUTE, START + 200 * MINUTE)
    entry = signature(events={"alpha": {"kind": "gap", "where": {"of": "waagent-log"}}})
    row = rows(run(tmp_path, {"job.json": FILES["job.json"], AGENT_LOG: log.text()}, entry))[0]
    lines = log.text().split("\n")
    assert row["until_line"] == row["line"] + 1
    assert row["excerpt"] == "\n".join(lines[row["line"] - 1 : row["until_line"]])


def test_a_pointer_leads_to_the_value_as_the_document_spells_it(tmp_path: Path) -> None:
    upper = (
        FILES["job.json"]
        .replace('"errorString"', '"ErrorString"')
        .replace('"properties"', '"Properties"')
        .replace('"errorDetails"', '"ErrorDetails"')
    )
    entry = signature(events={"alpha": {"kind": "job-error", "where": {"part": "message"}}, "beta": {"kind": "job"}}, when="alpha and beta")
    for text in (FILES["job.json"], upper):
        found = rows(run(tmp_path, {"job.json": text}, entry))
        for row in found:
            value: Any = json.loads(text)
            for part in row["pointer"].split("/")[1:]:
                value = value[int(part)] if isinstance(value, list) else value[part]
            assert value == row["excerpt"]
        assert {row["excerpt"] for row in found} == {"It failed.", "Failed"}


def test_a_job_at_the_root_has_pointers_from_the_root(tmp_path: Path) -> None:
    flat = json.dumps(json.loads(FILES["job.json"])["properties"])
    entry = signature(events={"alpha": {"kind": "job"}})
    assert [row["pointer"] for row in rows(run(tmp_path, {"job.json": flat}, entry))] == ["/status"]


def test_nested_archives_are_joined_by_an_exclamation_mark(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("waagent.log", FILES[AGENT_LOG])
    row = rows(run(tmp_path, {"job.json": FILES["job.json"], "logs.zip": inner.getvalue()}, signature()))[0]
    assert row["artifact"] == "logs.zip!/waagent.log"


def test_stages_use_the_reports_words(tmp_path: Path) -> None:
    early = SnapshotRun(START + MINUTE, task=JOB_ID).enable().end(2, "error").text()
    incident = run(tmp_path, {"job.json": FILES["job.json"], RUN_LOG: early}).document["incidents"][0]
    states = {stage["state"] for attempt in incident["attempts"] for stage in attempt["stages"]}
    assert states <= {"done", "failed", "missing", "not_reached", "unknown"} and "not_reached" in states


# same content, same bytes


def packed(path: Path, names: list[str], prefix: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if prefix else zipfile.ZIP_STORED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(prefix + name, (2031, 5, 6, 7, 8, 10)), (FIXTURE / name).read_bytes())
    return path


def same(result: Result, prefix: str = "") -> str:
    found = json.loads(render_json(document(result.document)))
    for key in ("name", "sha256", "size", "layout"):
        found["bundle"].pop(key)
    text = json.dumps(found, indent=1).replace(f'"{prefix}', '"') if prefix else json.dumps(found, indent=1)
    return "\n".join(line for line in text.split("\n") if '"id": "e-' not in line and '"evidence": "e-' not in line)


def test_packing_and_the_order_of_members_change_nothing(tmp_path: Path) -> None:
    names = sorted(str(path.relative_to(FIXTURE).as_posix()) for path in FIXTURE.rglob("*") if path.is_file())
    folder = same(analyze([FIXTURE]))
    assert same(analyze([packed(tmp_path / "a.zip", names, "")])) == folder
    assert same(analyze([packed(tmp_path / "b.zip", names[::-1], "some/where/")]), "some/where/") == folder


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns"])
def test_the_machines_zone_changes_nothing(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    import time

    before = render_json(document(analyze([FIXTURE]).document))
    monkeypatch.setenv("TZ", zone)
    if hasattr(time, "tzset"):
        time.tzset()
    try:
        assert render_json(document(analyze([FIXTURE]).document)) == before
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()


def test_languages_differ_in_texts_only(tmp_path: Path) -> None:
    english, chinese = (run(tmp_path, FILES, signature(), lang=lang).document for lang in ("en", "zh-CN"))
    for found in (english, chinese):
        found["tool"].pop("options")
    assert _without_texts(english) == _without_texts(chinese)
    assert english["incidents"][0]["verdict"]["summary"] != chinese["incidents"][0]["verdict"]["summary"]


def _without_texts(value: Any) -> Any:
    if isinstance(value, dict):
        texts = (
            "text",
            "title",
            "step_title",
            "reason",
            "summary",
            "why",
            "command",
            "docs",
            "remedy",
            "portal_path",
            "says",
            "condition",
            "script",
        )
        return {
            key: _without_texts(item)
            for key, item in value.items()
            if key not in texts and not (key == "artifact" and "separates" in value)
        }
    return [_without_texts(item) for item in value] if isinstance(value, list) else value


def test_no_path_outside_the_bundle_is_in_the_document(tmp_path: Path) -> None:
    folder = tmp_path / "secret-user-name"
    folder.mkdir()
    (folder / "test.yaml").write_text("- {id: broken}\n", encoding="utf-8")
    text = json.dumps(analyze([FIXTURE], signatures=[folder]).document)
    assert "secret-user-name" not in text and str(tmp_path) not in text and "'cause' is missing" in text


def test_the_users_signatures_change_the_catalogues_digest(tmp_path: Path) -> None:
    own = write(tmp_path, signature())
    assert analyze([FIXTURE], signatures=[own]).document["tool"]["catalogue"] != analyze([FIXTURE]).document["tool"]["catalogue"]


# an open verdict


def test_undetermined_has_leading_and_decides_and_what_nobody_explains(tmp_path: Path) -> None:
    log = agent_log()
    log.say(START + 5 * MINUTE, "Something nobody has seen happened to frobnicator 17", level="ERROR")
    verdict = run(tmp_path, {"job.json": FILES["job.json"], AGENT_LOG: log.text()}).document["incidents"][0]["verdict"]
    assert (verdict["status"], verdict["cause"]) == ("undetermined", None)
    assert verdict["leading"] and verdict["decides"]
    assert "frobnicator 17" in verdict["unexplained"][0]["excerpt"]


@pytest.mark.parametrize("files", [{"job.json": failed_job()}, {"notes.txt": "nothing"}, {AGENT_LOG: agent_log().text()}])
def test_it_is_never_empty(tmp_path: Path, files: dict[str, str]) -> None:
    verdict = run(tmp_path, files).document["incidents"][0]["verdict"]
    assert verdict["status"] == "undetermined" and verdict["leading"] and verdict["decides"] and verdict["summary"]


def test_what_the_last_good_run_said_too_is_not_new(tmp_path: Path) -> None:
    runs = SnapshotRun(START - 200 * MINUTE, sequence=6, task="11111111-1111-4111-8111-111111111111").good()
    mine = SnapshotRun(START + MINUTE, sequence=7, task=JOB_ID).enable().end(2, "error")
    log = agent_log()
    for minute, text in ((-199, "Old trouble 1"), (5, "Old trouble 2"), (6, "New trouble 1")):
        log.say(START + minute * MINUTE, text, level="ERROR")
    files = {"job.json": failed_job(), RUN_LOG: runs.text() + mine.text(), AGENT_LOG: log.text()}
    strangers = run(tmp_path, files).document["incidents"][0]["verdict"]["unexplained"]
    assert {row["excerpt"].rsplit(" ", 1)[0].split(" ", 4)[-1]: row["new"] for row in strangers if "trouble" in row["excerpt"]} == {
        "Old trouble": False,
        "New trouble": True,
    }


def test_explained_causes_keep_their_status_and_name_what_explains_them(tmp_path: Path) -> None:
    first = signature("test.one", cause="resource-group-lock")
    second = signature("test.two", cause="restore-point-limit", strength="strong", events={"alpha": mark("and two")})
    files = {"job.json": FILES["job.json"], AGENT_LOG: agent_log((10, "ALPHA-MARK"), (11, "and two-MARK")).text()}
    result = run(tmp_path, files, first, second)
    found = hypothesis(result, "restore-point-limit")
    assert (found["status"], found["explained_by"]) == ("likely", "resource-group-lock")
    assert result.document["incidents"][0]["verdict"]["cause"] == "resource-group-lock"


def test_equals_are_listed(tmp_path: Path) -> None:
    verdict = run(tmp_path, FILES, signature(), signature("test.other", cause=OTHER)).document["incidents"][0]["verdict"]
    assert (verdict["cause"], verdict["also"]) == (CAUSE, [OTHER])


def test_a_healthy_bundle_is_said_to_be_calm(tmp_path: Path) -> None:
    from analyzer.report import render_terminal

    text = render_terminal(document(run(tmp_path, {AGENT_LOG: agent_log().text()}).document))
    assert "No failed backup, and nothing that points to a cause" in text
    assert "Failed:" not in text and "Time covered: 2026-03-09 21:00:00 UTC to 2026-03-10" in text
