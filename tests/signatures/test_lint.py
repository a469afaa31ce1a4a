"""Lint: what would make a signature slow, silent or unfounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.signatures.lint import lint
from tests.support.cases import mark, signature, write

LINE = "2026-03-10T02:00:00.000000Z INFO ExtHandler ExtHandler {}\n"
GOOD = signature(matches=[{"var/log/waagent.log": LINE.format("ALPHA-MARK")}], near_misses=[{"var/log/waagent.log": LINE.format("ALPHA")}])


def found(tmp_path: Path, **changes: Any) -> list[str]:
    return [mistake.what for mistake in lint([write(tmp_path, GOOD | changes)]) if mistake.where == "test.alpha"]


def test_a_good_signature_has_no_mistakes(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cause": "UserErrorRpCollectionLimitReached"}, "is not in causes.yaml"),  # a symptom is no cause
        ({"events": {"alpha": {"kind": "waagent-log"}}}, "needs an anchor"),
        ({"events": {"alpha": {"kind": "waagent-log", "anchor": "short"}}}, "shorter than 6 bytes"),
        ({"events": {"alpha": {"kind": "waagent-log", "anchor": "ÄLPHA-MARK"}}}, "must be ASCII"),
        ({"events": {"alpha": {"kind": "no-such-log", "anchor": "ALPHA-MARK"}}}, "unknown artifact kind 'no-such-log'"),
        ({"events": {"alpha": mark() | {"match": ".*ALPHA-MARK"}}}, "begins with a wildcard"),
        ({"events": {"alpha": mark(), "beta": mark("BETA")}}, "'beta' is not used"),
        ({"needs": ["no-such-log"]}, "unknown artifact kind 'no-such-log'"),
        ({"says": {"en": "x"}}, "says nothing in zh-CN"),
        ({"source": ""}, "names no source"),
        ({"matches": []}, "needs at least one example"),
        ({"when": "not alpha"}, "no event that could be cited"),
        ({"matches": GOOD["near_misses"]}, "match 1 does not fire"),
        ({"near_misses": GOOD["matches"]}, "near miss 1 fires"),
        ({"matches": ["text"]}, "match 1 is not readable"),
    ],
)
def test_lint_says(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    assert any(said in what for what in found(tmp_path, **changes)), found(tmp_path, **changes)


def test_an_example_may_be_a_job_or_a_copied_text(tmp_path: Path) -> None:
    from tests.support.cases import failed_job

    job = {"events": {"alpha": {"kind": "job-error", "where": {"text|contains": "ALPHA-MARK"}}}}
    assert found(tmp_path, **job, matches=[{"job.json": failed_job(message="ALPHA-MARK")}], near_misses=[{"job.json": failed_job()}]) == []
    text = {"events": {"alpha": {"kind": "portal-text", "where": {"text|contains": "ALPHA-MARK"}}}}
    assert (
        found(tmp_path, **text, matches=[{"p.txt": "Error Code | X\nMessage | ALPHA-MARK\n"}], near_misses=[{"p.txt": "Error Code | X\n"}])
        == []
    )
