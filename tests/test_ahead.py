"""What was read ahead of time is what the source says, and counts only as long as the source is the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer import ahead, resources
from analyzer.signatures.loader import load


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ahead, "FOLDER", tmp_path / "ahead")
    return ahead.build()


def _sources() -> list[Path]:
    return sorted(resources.catalogue().rglob("*.yaml"))


def test_every_kept_file_says_what_its_source_says(made: Path) -> None:
    for path in _sources():
        source = path.read_bytes()
        found = ahead.kept(path, source)
        assert found is not None, f"{path.name} cannot be kept as JSON: are there keys that are numbers?"
        if path.parent.name != "signatures":
            assert found["data"] == resources.parse_yaml(source.decode()), path.name


def test_signatures_are_the_same_but_for_their_examples(made: Path) -> None:
    slow, fast = load(), load(examples=False)
    assert not fast.mistakes
    assert [replace(one, matches=(), near_misses=()) for one in slow.signatures] == fast.signatures
    assert fast.shared == slow.shared


def test_a_file_with_a_mistake_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(resources.catalogue(), catalogue)
    monkeypatch.setattr(ahead, "FOLDER", tmp_path / "ahead")
    monkeypatch.setattr(ahead, "_CATALOGUE", catalogue)
    monkeypatch.setattr(resources, "catalogue", catalogue.joinpath)
    wrong, right = catalogue / "signatures" / "linux-agent.yaml", catalogue / "facts.yaml"
    wrong.write_text(wrong.read_text(encoding="utf-8").replace("match: ", "match: (", 1), encoding="utf-8")
    ahead.build()
    assert ahead.kept(wrong, wrong.read_bytes()) is None
    assert ahead.kept(right, right.read_bytes()) is not None
    assert [mistake.file for mistake in load(examples=False).mistakes] == ["linux-agent.yaml"]


def test_a_changed_source_is_read_itself(made: Path) -> None:
    path = resources.catalogue("facts.yaml")
    assert ahead.kept(path, path.read_bytes()) is not None
    assert ahead.kept(path, path.read_bytes() + b"# changed\n") is None


def test_a_damaged_or_missing_file_is_no_harm(made: Path) -> None:
    path = resources.catalogue("facts.yaml")
    (made / "facts.json").write_bytes(b'{"digest": "')
    assert ahead.kept(path, path.read_bytes()) is None
    (made / "facts.json").unlink()
    assert resources.read_yaml(path)["restore-points-per-vm"]["value"] == 18


def test_kept_templates_give_the_same_page(made: Path) -> None:
    from analyzer.pipeline import analyze
    from analyzer.report import document
    from analyzer.report.html import render

    fixture = Path(__file__).resolve().parents[1] / "fixtures" / "linux-extensions-disabled" / "bundle"
    shown = document(analyze([fixture]).document)
    assert len(list((made / "templates").iterdir())) == len(list(resources.path("reports").glob("*.j2")))
    fast = render(shown)
    for path in (made / "templates").iterdir():
        path.write_bytes(b"no code")
    assert render(shown) == fast


def test_files_of_others_are_never_taken_from_it(made: Path, tmp_path: Path) -> None:
    own = tmp_path / "facts.yaml"
    own.write_text("a: 1\n", encoding="utf-8")
    assert ahead.kept(own, own.read_bytes()) is None
