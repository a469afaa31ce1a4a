"""What the documents show is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from analyzer.bundle.layouts import TABLE
from analyzer.cli import main
from analyzer.signatures.lint import kinds, lint

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for number, text in enumerate(
            re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE), 1
        ):
            found.append((f"{page.name}-{number}", text))
    return found


@pytest.mark.parametrize(("name", "code"), blocks("python"), ids=[name for name, _ in blocks("python")])
def test_python_examples_run(name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, name, "exec"), {})


@pytest.mark.parametrize(("name", "text"), blocks("yaml"), ids=[name for name, _ in blocks("yaml")])
def test_yaml_examples_are_signatures_without_mistakes(name: str, text: str, tmp_path: Path) -> None:
    entries = yaml.safe_load(text)
    for entry in entries:
        entry["id"] = f"example.{entry['id']}"
        entry["says"] = {"en": "x", "zh-CN": "x"}
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "example.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    assert [str(mistake) for mistake in lint([folder]) if mistake.file.startswith("mine/")] == []


def test_every_option_of_the_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = CliRunner().invoke(main, ["bundle", "--help"]).output
    for option in re.findall(r"--[a-z-]+", shown):
        assert option in readme or option in ("--help", "--output"), f"{option} is missing in README.md"


def test_every_kind_of_event_is_documented() -> None:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    unread = {row.kind for row in TABLE if not row.module}
    assert [kind for kind in sorted(kinds() - unread) if f"`{kind}`" not in page] == []


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_coverage_table_is_current() -> None:
    from analyzer.signatures.show import coverage

    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert coverage() in page, "run: make coverage"
