"""Codes as the platform writes them: canonical spelling, level, place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from analyzer import resources
from analyzer.diagnosis.knowledge import knowledge
from analyzer.diagnosis.symptoms import Code, codes, documented, outermost
from analyzer.known_errors import normal
from analyzer.model import Event
from analyzer.resources import read_yaml
from tests.parsers.job.reading import hear


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


# every documented code, in every way that people and tools write it

SYMPTOMS = list(knowledge().symptoms.values())
NAMES = [(symptom.code, name) for symptom in SYMPTOMS for name in (symptom.code, *symptom.aliases)]
MESSAGES = [(symptom.code, message) for symptom in SYMPTOMS for message in symptom.messages]
VARIANTS = [(symptom.code, message, variant.causes) for symptom in SYMPTOMS for variant in symptom.variants for message in variant.messages]
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x30)})  # punctuation as Chinese keyboards have it
FORMS: dict[str, Callable[[str], str]] = {
    "as documented": str,
    "lower case": str.lower,
    "upper case": str.upper,
    "full width": lambda text: text.translate(WIDE),
    "wrapped": lambda text: text.replace(" ", "\n   "),
    "without blanks around Chinese": lambda text: re.sub(r"(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])", "", text),
    "in a sentence": lambda text: f"It said: \u201c{text}.\u201d Please retry.",
}
SHAPES: dict[str, Callable[[str, str], Any]] = {
    "rest": lambda code, said: {"properties": {"jobType": "AzureIaaSVMJob", "operation": "Backup", "status": "Failed", "errorDetails": [{"errorCode": 400999, "errorTitle": code, "errorString": said}]}},
    "PowerShell": lambda code, said: {"JobId": "1", "Operation": "Backup", "Status": "Failed", "VmVersion": "Compute", "ErrorDetails": [{"ErrorCode": 400999, "ErrorMessage": f"{code}: {said}"}]},
    "operation": lambda code, said: {"status": "Failed", "error": {"code": code, "message": said}},
    "protection": lambda code, said: {"protectionStatus": "ProtectionFailed", "errorCode": code, "errorMessage": said, "vaultId": ""},
    "pre-check": lambda code, said: {"status": "Failed", "errorCode": code, "errorMessage": said, "recommendation": ""},
    "health": lambda code, said: {"healthDetails": [{"code": 400999, "title": code, "message": said}]},
    "row": lambda code, said: [{"JobUniqueId": "1", "JobStatus": "Failed", "JobFailureCode": code}],
    "error": lambda code, said: {"error": {"code": code, "message": said}},
    "English text": lambda code, said: f"Error Code: {code}\nError Message: {said}\n",
    "Chinese text": lambda code, said: f"错误代码：{code}\n错误消息：{said}\n",
    "one line": lambda code, said: f"It failed. Error Code: {code}. Error Message: {said}\n",
    "heading": lambda code, said: f"{code} : {said}\n",
    "repr": lambda code, said: f"{{'code': '{code}', 'message': 'x'}}",
}  # fmt: skip


@pytest.mark.parametrize(("code", "name"), NAMES)
@pytest.mark.parametrize("spelt", [str, str.lower, str.upper])
def test_every_name_in_any_case(code: str, name: str, spelt: Callable[[str], str]) -> None:
    for part in ("title", "code"):
        assert shown(codes([error(part, spelt(name))])) == [(code, spelt(name), "outer")]
    assert outermost(codes([error("message", f"({spelt(name)}) It failed.")])) == code
    assert outermost(codes([error("message", f"{spelt(name)} : it failed")])) == code
    assert [found.level for found in codes([error("dynamic", f'{{"code": "{spelt(name)}"}}')])] == ["inner"]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_code_in_every_shape(shape: str) -> None:
    for code, name in NAMES:
        heard = hear(SHAPES[shape](name, "It failed."))
        assert heard.symptom == code, (shape, name, heard)


@pytest.mark.parametrize("form", FORMS)
def test_every_message_in_every_form(form: str) -> None:
    for code, message in MESSAGES:
        assert outermost(codes([error("message", FORMS[form](message))])) == code, (form, message)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape not in ("row", "one line", "heading", "repr")])
def test_every_message_behind_an_unknown_code(shape: str) -> None:
    for code, message in MESSAGES:
        assert hear(SHAPES[shape]("UserErrorNobodyKnows", message)).symptom == code, (shape, message)


def test_no_two_codes_have_the_same_message() -> None:
    """Else the order of the catalogue would decide. Where one message is a part of another, the longer one is meant."""
    said: dict[str, set[str]] = {}
    for code, message in MESSAGES + [(code, message) for code, message, _ in VARIANTS]:
        said.setdefault(normal(message), set()).add(code)
    assert {message: both for message, both in said.items() if len(both) > 1} == {}


@pytest.mark.parametrize(("code", "message", "causes"), VARIANTS)
def test_the_message_decides_where_one_code_has_many_causes(code: str, message: str, causes: tuple[str, ...]) -> None:
    for form in FORMS.values():
        errors = [error("title", code), error("message", form(message))]
        assert documented(codes(errors), errors) == list(causes)
        assert shown(codes(errors)) == [(code, code, "outer")]
    behind = [error("title", "UserErrorCrpReportedUserError"), error("dynamic", f'{{"code": "{code}", "message": "{message}"}}')]
    assert [(found.code, found.level) for found in codes(behind)] == [("UserErrorCrpReportedUserError", "outer"), (code, "inner")]
    assert documented(codes(behind), behind) == list(causes)


def test_a_code_of_many_errors_alone_has_no_cause() -> None:
    errors = [error("title", "VMRestorePointClientError"), error("message", "It failed.")]
    assert documented(codes(errors), errors) == []


def test_what_stands_behind_a_wrapper_leads_to_its_causes() -> None:
    wrapped = [error("title", "UserErrorCrpReportedUserError"), error("message", "Backup failed due to an error. For details, see Job Error Message Details"), error("dynamic", "Snapshot operation failed because VSS writers were in a bad state.")]  # fmt: skip
    assert [(found.code, found.level) for found in codes(wrapped)] == [
        ("UserErrorCrpReportedUserError", "outer"),
        ("ExtensionFailedVssWriterInBadState", "inner"),
    ]
    assert documented(codes(wrapped), wrapped) == ["vss-writers", "vm-resources"]
    behind = [error("message", "由于出现错误，备份失败。 有关详细信息，请参阅“作业错误消息详细信息”。VSS 编写器处于错误状态。")]
    assert [found.code for found in codes(behind)] == [found.code for found in codes(wrapped)]


def test_an_unmapped_number_does_not_hide_what_the_message_tells() -> None:
    errors = [error("number", "400000", 400000), error("message", "VM Agent unable to communicate with Azure Backup.")]
    assert shown(codes(errors)) == [
        ("UserErrorGuestAgentStatusUnavailable", "VM Agent unable to communicate with Azure Backup.", "outer"),
        ("400000", "400000", "numeric"),
    ]
    assert outermost(codes(errors[:1])) == "400000"


def test_numbers_are_only_those_that_a_source_states() -> None:
    data = read_yaml(resources.catalogue("numbers.yaml"))
    assert all(entry["source"] for entry in data)
    assert {entry["code"] for entry in data if "code" in entry} <= set(knowledge().symptoms)
    assert outermost(codes([error("number", "400239", 400239)])) == "400239"  # a state of health


def test_a_recommendation_tells_only_where_nothing_else_does() -> None:
    advice = error("recommendation", "Another operation is currently in progress on this item. Please wait.")
    assert (
        outermost(codes([error("number", "400001", 400001), error("message", "Command execution failed."), advice]))
        == "UserErrorBackupOperationInProgress"
    )
    assert [found.code for found in codes([error("title", "UserErrorVmProvisioningStateFailed"), advice])] == [
        "UserErrorVmProvisioningStateFailed"
    ]


@pytest.mark.parametrize(
    "name", ["BadRequest", "InternalError", "ResourceNotFound", "OperationNotAllowed", "ScopeLocked", "AllocationFailed"]
)
def test_a_common_word_is_a_code_only_where_it_stands_as_one(name: str) -> None:
    assert codes([error("message", f"The service answered with {name} for the second time, and {name.lower()} again.")]) == []
    for text in (name, f"{name} : no", f"Code: {name}", f'{{"error":{{"code":"{name}"}}}}', f"({name}) no", f"错误代码：{name}"):
        assert outermost(codes([error("message", text)])) == name, text


def test_the_beginning_of_a_code_counts_only_where_the_document_breaks_off() -> None:
    begun = "UserErrorGuestAgentStat"
    assert outermost(codes([error("code", begun)])) == begun
    cut = replace(error("code", begun), fields={"part": "code", "cut": True})
    assert shown(codes([cut])) == [("UserErrorGuestAgentStatusUnavailable", begun, "outer")]
    for short in ("UserErrorCrossSubscriptionRestore", "UserErrorGuest"):  # of several codes, or too short
        assert outermost(codes([replace(cut, text=short)])) == short


def test_an_unknown_code_behind_its_label_is_kept() -> None:
    errors = [
        error("title", "UserErrorCrpReportedUserError"),
        error("dynamic", 'Compute said {"code": "DiskBlobNotReachable", "message": "x"}, exit code: BadThing'),
    ]
    assert [(found.code, found.known) for found in codes(errors)] == [
        ("UserErrorCrpReportedUserError", True),
        ("DiskBlobNotReachable", False),
    ]


def test_every_cause_of_the_catalogue_is_known() -> None:
    variants = [variant for symptom in SYMPTOMS for variant in symptom.variants] + list(knowledge().sentences)
    named = {cause for variant in variants for cause in variant.causes} | {cause for symptom in SYMPTOMS for cause in symptom.causes}
    assert named <= set(knowledge().causes)
