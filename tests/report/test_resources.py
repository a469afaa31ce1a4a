"""The program finds its own data from any working directory, packaged or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import resources


def test_data_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "<!doctype html>" in resources.text("reports/report.html.j2")
    assert resources.path("grammars").is_dir()
    assert resources.catalogue("messages/en.yaml").is_file()
    assert resources.catalogue().is_dir()


def test_packaged_copy_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "analyzer"
    for folder, text in ((package / "_reports", "packaged"), (tmp_path / "reports", "stranger")):
        folder.mkdir(parents=True)
        (folder / "style.css").write_text(text)
    monkeypatch.setattr(resources, "PACKAGE", package)
    assert resources.text("reports/style.css") == "packaged"


@pytest.mark.parametrize("name", ["reports/../pyproject.toml", "/etc/passwd", "other/x", "", "reports/none.css"])
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(resources.ResourceMissing):
        resources.path(name)
