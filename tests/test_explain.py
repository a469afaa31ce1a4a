"""`analyze signatures explain`: which parts hold, by which lines, and what was missing."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from analyzer.cli import main
from tests.support.cases import signature, write

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures/linux-extensions-disabled/bundle"


def explain(*words: object) -> Result:
    return CliRunner().invoke(main, ["signatures", "explain", *map(str, words)])


def test_it_shows_the_parts_and_the_lines() -> None:
    result = explain("options.extensions-disabled-config", FIXTURE)
    assert result.exit_code == 0
    for part in ("(take-snapshot)", "for linux-agent-options, decisive, scope state", "true     off", "etc/waagent.conf:15"):
        assert part in result.output


def test_it_shows_what_is_missing(tmp_path: Path) -> None:
    own = write(tmp_path, signature(events={"alpha": {"kind": "syslog", "anchor": "ALPHA-MARK"}}))
    result = explain("test.alpha", FIXTURE, "--signatures", own)
    assert "unknown  alpha" in result.output and "missing for this time: syslog" in result.output


def test_an_unknown_signature_is_wrong_usage_and_near_names_are_offered() -> None:
    result = explain("options.", FIXTURE)
    assert result.exit_code == 2 and "did you mean options." in result.output


def test_a_bundle_that_cannot_be_read_is_3(tmp_path: Path) -> None:
    assert explain("options.extensions-disabled-config", tmp_path / "missing.zip").exit_code == 3


def test_a_log_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "waagent.conf").write_bytes(b"Extensions.Enabled=n \x1b[31m\n")
    output = explain("options.extensions-disabled-config", tmp_path / "waagent.conf").output
    assert "\x1b" not in output
