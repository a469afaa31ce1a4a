"""Codes as the platform writes them: canonical spelling, level, place."""

from __future__ import annotations

import pytest

from analyzer.diagnosis.symptoms import Code, codes, outermost
from analyzer.model import Event


def error(part: str, text: str, number: int | str | None = None) -> Event:
    return Event("job-error", "job.json", text, pointer="/x", fields={"part": part, "number": number})


def shown(found: list[Code]) -> list[tuple[str, str, str]]:
    return [(code.code, code.as_written, code.level) for code in found]


def test_a_code_has_its_canonical_spelling_and_keeps_how_it_was_written() -> None:
    found = codes([error("title", "userErrorKeyVaultPermissionsNotConfigured")])
    assert shown(found) == [("UserErrorKeyvaultPermissionsNotConfigured", "userErrorKeyVaultPermissionsNotConfigured", "outer")]


def test_the_misspelt_code_of_old_jobs_is_known() -> None:
    assert outermost(codes([error("title", "ExtentionOperationFailed")])) == "ExtensionOperationFailedForManagedDisks"


def test_an_unknown_code_stays_verbatim() -> None:
    assert outermost(codes([error("title", "UserErrorNobodyKnows")])) == "UserErrorNobodyKnows"


def test_the_title_is_outer_and_the_dynamic_message_inner() -> None:
    found = codes([error("dynamic", "... ExtensionFailedVssWriterInBadState ..."), error("title", "BackUpOperationFailed")])
    assert [(code.code, code.level) for code in found] == [
        ("BackUpOperationFailed", "outer"),
        ("ExtensionFailedVssWriterInBadState", "inner"),
    ]
    assert outermost(found) == "BackUpOperationFailed"


def test_a_known_inner_code_beats_an_unknown_outer_one() -> None:
    found = codes([error("title", "UserErrorNobodyKnows"), error("dynamic", "GuestAgentSnapshotTaskStatusError")])
    assert outermost(found) == "GuestAgentSnapshotTaskStatusError"


@pytest.mark.parametrize("text", ["Could not communicate with the VM agent for snapshot status.", "无法与 VM 代理通信，无法获取快照状态"])
def test_a_message_without_a_code_is_known_by_its_text(text: str) -> None:
    assert outermost(codes([error("message", text)])) == "GuestAgentSnapshotTaskStatusError"


def test_names_in_a_sentence_are_no_codes() -> None:
    text = "The RestorePointCollection of GuestAgentService in CloudServices was not changed."
    assert codes([error("message", text)]) == []


def test_a_recommendation_names_no_code() -> None:
    assert codes([error("recommendation", "See UserErrorGuestAgentStatusUnavailable")]) == []


@pytest.mark.parametrize("number", ["400094", "9" * 5000, "²"])
def test_numbers_are_numeric_codes(number: str) -> None:
    found = codes([error("number", number, number)])
    assert [code.level for code in found] == ["numeric"]
    assert found[0].code == ("BCMV2VMNotFound" if number == "400094" else number)


def test_no_code_at_all_is_none() -> None:
    assert outermost(codes([error("message", "It failed.")])) is None
