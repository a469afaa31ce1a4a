"""What the agent remembers of a handler."""

from __future__ import annotations

import pytest

from tests.parsers.members import HANDLER, read


@pytest.mark.parametrize("word", ["NotInstalled", "Installed", "Enabled", "FailedUpgrade"])
def test_state_belongs_to_the_handler_of_its_folder(word: str) -> None:
    member = read(f"{HANDLER}/config/HandlerState", f"{word}\n")
    event = member.only
    assert (event.component, event.text, event.state) == ("Microsoft.Azure.RecoveryServices.VMSnapshotLinux", word, True)
    assert event.fields == {"version": "1.0.9225.0", "state": word, "extension": ""}
    assert not member.problems


def test_state_of_one_of_several_extensions_names_it() -> None:
    member = read("var/lib/waagent/Microsoft.CPlat.Core.RunCommandHandlerLinux-1.3.2/config/first.HandlerState", "disabled")
    assert (member.kind, member.only.fields["extension"], member.only.fields["state"]) == ("handler-state", "first", "disabled")


def test_empty_state_file_is_an_event_and_a_problem() -> None:
    member = read(f"{HANDLER}/config/HandlerState", b"")
    assert member.only.fields["state"] == "" and member.problems[0].problem == "the file is empty"


def test_text_in_place_of_a_word_is_reported() -> None:
    member = read(f"{HANDLER}/config/HandlerState", "this is no state at all")
    assert not member.events and member.problems


def test_status_that_is_not_ready_is_an_error() -> None:
    data = (
        '{"name": "Microsoft.Azure.RecoveryServices.VMSnapshotLinux", "version": "1.0.9225.0", "status": "NotReady", "code": 1009,'
        ' "message": "[ExtensionOperationError] Non-zero exit code: 1, main/handle.sh enable", "supports_multi_config": false}'
    )
    event = read(f"{HANDLER}/config/HandlerStatus", data).only
    assert (event.kind, event.level, event.code, event.state) == ("handler-status", "ERROR", "1009", True)
    assert event.text == "[ExtensionOperationError] Non-zero exit code: 1, main/handle.sh enable"
    assert event.fields["code"] == 1009 and event.raw in data


def test_ready_is_no_error_and_the_name_may_come_from_the_document() -> None:
    event = read("HandlerStatus", '{"name": "A.B", "version": "2.1", "status": "Ready", "code": 0, "message": "Plugin enabled"}').only
    assert (event.level, event.component, event.fields["version"]) == ("INFO", "A.B", "2.1")


def test_message_may_be_missing() -> None:
    event = read(f"{HANDLER}/config/HandlerStatus", '{"status": "NotReady", "code": 0, "message": null}').only
    assert (event.text, event.raw) == ("NotReady", '"status": "NotReady"')


def test_cut_status_is_reported() -> None:
    member = read(f"{HANDLER}/config/HandlerStatus", '{"name": "A.B", "status": "NotR')
    assert not member.events and member.problems[0].lost == "the whole document"
