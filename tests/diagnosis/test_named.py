"""CONTRACT.md, "State": a state of the platform counts for the time of the failure if it is dated before it, or the platform's message names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.parsers.platform.documents import EXAMPLES
from tests.support.cases import failed_job, signature, status

EVENTS = {
    "said": {"kind": "job-code", "where": {"code": "UserErrorOfThisTest"}},
    "locked": {"kind": "azure-lock", "where": {"code": "CanNotDelete"}},
}


def judged(tmp_path: Path, since: str | None, **changes: Any) -> tuple[str, str]:
    lock = json.dumps({**EXAMPLES["lock"], "systemData": {"createdAt": since}})
    entry = signature(events=EVENTS, when="said and locked", scope="state", **changes)
    return status(tmp_path, {"job.json": failed_job(), "lock.json": lock}, entry)


@pytest.mark.parametrize(
    ("since", "named", "expected"),
    [
        (None, True, ("confirmed", "decisive")),
        (None, False, ("likely", "state-undated")),
        ("2026-03-01T00:00:00Z", False, ("confirmed", "decisive")),
        ("2026-03-01T00:00:00Z", True, ("confirmed", "decisive")),
    ],
)
def test_a_state_of_the_platform(tmp_path: Path, since: str | None, named: bool, expected: tuple[str, str]) -> None:
    assert judged(tmp_path, since, named=named) == expected


@pytest.mark.parametrize("named", [True, False])
def test_a_state_that_began_after_the_failure_is_none_of_it(tmp_path: Path, named: bool) -> None:
    """Even where the message names it: what is there now was made later."""
    assert judged(tmp_path, "2026-03-11T00:00:00Z", named=named)[0] not in ("possible", "likely", "confirmed")
