"""Telemetry events of an extension: the lines of its log above a severity."""

from __future__ import annotations

import json
from datetime import datetime

from analyzer.model import Clock, Stamp
from tests.parsers.members import Member, read

PATH = "var/log/azure/Microsoft.Azure.RecoveryServices.VMSnapshotLinux/events/1709287205000000000.json"
TASK = "4f6c1d0e-7d4b-4a52-9f3f-2f5f6d1c8e10"


def event(message: object, **other: object) -> dict[str, object]:
    return {
        "Version": "Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0", "Timestamp": "2024-03-01T10:00:05.000001", "TaskName": "Enable",
        "EventLevel": "Info", "Message": message, "EventPid": "1", "EventTid": "2", "OperationId": TASK,
    } | other  # fmt: skip


def member(*events: object) -> Member:
    return read(PATH, json.dumps(list(events)))


def test_each_line_of_a_message_is_an_event_with_its_own_time_and_level() -> None:
    found = member(
        event("2024-03-01T10:00:01.5\t[Warning]:\tstarting daemon initially \n2024-03-01T10:00:02\t[Error]:\tT:S Enable failed \n")
    )
    assert [(e.text, e.level, e.stamp) for e in found.events] == [
        ("starting daemon initially", "WARNING", Stamp(datetime(2024, 3, 1, 10, 0, 1, 500000), Clock.UTC)),
        ("T:S Enable failed", "ERROR", Stamp(datetime(2024, 3, 1, 10, 0, 2), Clock.UTC)),
    ]
    first = found.events[0]
    assert (first.kind, first.component, first.pointer) == (
        "extension-events",
        "Microsoft.Azure.RecoveryServices.VMSnapshotLinux",
        "/0/Message",
    )
    assert first.fields == {"task": TASK, "version": "1.0.9225.0", "operation": "Enable"}


def test_traceback_belongs_to_the_line_before_it() -> None:
    found = member(
        event('2024-03-01T10:00:01\t[Error]:\tException 556, stack trace: Traceback:\n  File "x.py", line 1\nKeyError: 556\n \n')
    )
    assert found.only.text == 'Exception 556, stack trace: Traceback:\n  File "x.py", line 1\nKeyError: 556'
    assert found.only.raw in found.text


def test_pieces_of_a_long_line_become_one_line() -> None:
    message = (
        "2024-03-01T10:00:00\t[Info]:\tbefore \n2024-03-01T10:00:01.1Z [1/2] 2024-03-01T10:00:01.0\t[Error]:\tFailed to call http with er"
        "2024-03-01T10:00:01.1Z [2/2] ror: timed out \n2024-03-01T10:00:03\t[Info]:\tafter \n"
    )
    found = member(event(message))
    assert [e.text for e in found.events] == ["before", "Failed to call http with error: timed out", "after"]
    assert [e.level for e in found.events] == ["INFO", "ERROR", "INFO"]
    assert all(e.raw in found.text for e in found.events)


def test_later_piece_at_the_begin_of_a_message_stands_alone() -> None:
    found = member(event("2024-03-01T10:00:01.1Z [2/2] ror: timed out \n2024-03-01T10:00:03\t[Info]:\tafter \n"))
    assert [e.text for e in found.events] == ["ror: timed out", "after"]


def test_message_of_another_extension_is_one_line_at_the_events_time() -> None:
    entry = {
        "eventlevel": "Informational", "MESSAGE": "Files downloaded", "Version": "1", "TASKNAME": "Downloading files", "EventPid": 3228,
        "OperationId": "00000000-0000-0000-0000-000000000000", "tIMEsTAMP": "2024-03-01T10:00:05.1960563Z",
    }  # fmt: skip
    found = read("var/log/azure/Microsoft.Azure.Extensions.CustomScript/2.1.6/events/1.json", json.dumps(entry))
    only = found.only
    assert (only.component, only.fields["version"], only.fields["task"], only.level) == (
        "Microsoft.Azure.Extensions.CustomScript",
        "2.1.6",
        "",
        "INFO",
    )
    assert only.stamp == Stamp(datetime(2024, 3, 1, 10, 0, 5, 196056), Clock.UTC)
    assert only.pointer == "/MESSAGE"


def test_events_without_a_message_are_legal_but_not_without_the_key() -> None:
    found = member(event(None), event(""), {"Version": "1", "TaskName": "x"})
    assert not found.events and [problem.problem for problem in found.problems] == ["no Message at /2"]


def test_what_is_not_ascii_is_quoted_as_it_is_spelt() -> None:
    for spelling in (True, False):
        data = json.dumps([event("2024-03-01T10:00:01\t[Error]:\t错误 é \n")], ensure_ascii=spelling)
        found = read(PATH, data)
        assert found.only.text == "错误 é" and found.only.raw in found.text
