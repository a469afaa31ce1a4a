"""The program works from a wheel, from an sdist and from the checkout, wherever it is started."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "fixtures" / "linux-extensions-disabled" / "bundle"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it (so the sdist holds all that the wheel needs)."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True)
    return folder


def test_the_installed_wheel_analyses_outside_the_checkout(built: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    work = tmp_path / "elsewhere"
    work.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", "import analyzer, sys; print(analyzer.__file__); from analyzer.cli import main; main()"]
    done = subprocess.run(
        [*command, str(FIXTURE), "-o", "report.html"], cwd=work, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(site)), "the checkout was imported instead of the wheel"
    assert "Confirmed" in done.stdout
    assert (work / "report.html").stat().st_size > 10_000


def test_no_top_level_package_but_ours_is_installed(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"analyzer"}


def test_the_sdist_holds_fixtures_tests_and_grammars(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = sdist.getnames()
    for wanted in (
        "fixtures/linux-extensions-disabled/expected.yaml",
        "grammars/condition.lark",
        "reports/report.html.j2",
        "tests/test_packaging.py",
        "Makefile",
    ):
        assert any(name.endswith(wanted) for name in names), wanted
