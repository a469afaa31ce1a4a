"""What a log becomes: events, counts, times and gaps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from analyzer.model import Clock
from analyzer.parsers.evtx import Loss, Wanted, is_evtx, read_evtx
from tests.parsers.evtx.sample import ALL, log, mixed, one, read, said
from tests.support.evtxwriter import Event as Written
from tests.support.evtxwriter import EvtxWriter, damage, presets
from tests.support.evtxwriter.grow import grow

T = "2024-02-28T03:12:01.1234567Z"
VM = "vm1.contoso.com"


def test_service_that_crashed_is_an_event_with_its_inserts() -> None:
    inserts = ["Windows Azure Guest Agent", "1", "60000", "1", "Restart the service"]
    (event,) = read(one(presets.scm(7031, T, VM, inserts, "WindowsAzureGuestAgent"), first_record_id=41233)).events
    assert (event.kind, event.artifact, event.record, event.line) == ("evtx", "System.evtx", 41233, None)
    assert (event.component, event.code, event.level) == ("Service Control Manager", "7031", "ERROR")
    assert event.stamp is not None
    assert (event.stamp.value, event.stamp.clock) == (datetime(2024, 2, 28, 3, 12, 1, 123456), Clock.UTC)
    assert event.text == (
        "Service Control Manager 7031: param1=Windows Azure Guest Agent; param2=1; param3=60000; param4=1; param5=Restart the service"
    )
    assert event.raw == event.text
    fields = event.fields
    assert (fields["channel"], fields["provider"], fields["event_id"], fields["computer"]) == (
        "System",
        "Service Control Manager",
        7031,
        VM,
    )
    assert (fields["param1"], fields["written"], fields["pid"]) == ("Windows Azure Guest Agent", T, 620)
    assert fields["binary_text"] == "WindowsAzureGuestAgent"
    assert "distrust" not in fields and "recovered" not in fields


def test_inserts_without_names_are_numbered() -> None:
    (event,) = read(one(presets.app_error_1000(T, VM))).events
    assert event.fields["param1"] == "IaaSBcdrExtension.exe"
    assert str(event.fields["param11"]).endswith("VMSnapshot\\1.0.68.0\\IaaSBcdrExtension.exe")
    assert event.fields["param14"] == ""
    assert "param14" not in event.text


def test_provider_element_gives_its_leaves_by_name() -> None:
    (event,) = read(one(presets.applocker(8004, T, VM))).events
    assert event.fields["PolicyName"] == "EXE"
    assert (
        event.fields["FilePath"]
        == "%OSDRIVE%\\PACKAGES\\PLUGINS\\MICROSOFT.AZURE.RECOVERYSERVICES.VMSNAPSHOT\\1.0.68.0\\IAASBCDREXTENSION.EXE"
    )
    assert event.fields["user"] == "S-1-5-18"


def test_long_binary_is_cut_and_its_text_is_kept() -> None:
    (event,) = read(one(presets.vss(8193, T, VM, ["CoCreateInstance", "0x80070005, Access is denied.\n"]))).events
    assert len(str(event.fields["binary"])) == 256
    assert "CMD:  C:\\Windows\\system32\\vssvc.exe" in str(event.fields["binary_text"])


@pytest.mark.parametrize(("level", "word"), [(0, "INFO"), (1, "ERROR"), (2, "ERROR"), (3, "WARNING"), (4, "INFO"), (5, "VERBOSE")])
def test_level_is_named_by_its_number(level: int, word: str) -> None:
    assert read(one(Written(provider="P", event_id=1, level=level, data=[]))).events[0].level == word


def test_time_is_what_the_event_says_and_the_headers_time_is_kept() -> None:
    (event,) = read(one(Written(provider="P", event_id=1, time=T, written_time="1601-01-01T00:00:00Z", data=[]))).events
    assert event.stamp is not None and event.stamp.value == datetime(2024, 2, 28, 3, 12, 1, 123456)
    assert str(event.fields["written"]).startswith("1601-01-01T00:00:00")


def test_time_that_no_record_can_have_is_replaced_by_the_headers_and_is_no_end_of_the_log() -> None:
    scan = read(one(Written(event_id=1, time="1601-01-01T00:00:00Z", written_time=T), Written(event_id=2, time="2024-02-28T04:00:00Z")))
    assert [event.stamp.value.hour for event in scan.events if event.stamp] == [3, 4]
    assert scan.first == scan.last == datetime(2024, 2, 28, 4)


def test_names_of_data_do_not_hide_what_the_reader_says_itself() -> None:
    data = [("level", "9"), ("pid", "77"), ("a", "x"), ("a", "y"), ("provider", "Q")]
    (event,) = read(one(Written(provider="P", event_id=1, data=data, pid=4))).events
    assert (event.level, event.fields["pid"], event.fields["provider"]) == ("INFO", 4, "P")
    assert (event.fields["data.level"], event.fields["data.pid"], event.fields["data.provider"]) == ("9", "77", "Q")
    assert (event.fields["a"], event.fields["a_1"]) == ("x", "y")


def test_direction_marks_of_localized_dates_are_dropped() -> None:
    (event,) = read(one(presets.eventlog(6008, T, VM, ["3:11:58 AM", "\u200e2/\u200e28/\u200e2024"]))).events
    assert event.fields["param2"] == "2/28/2024"


def test_only_wanted_records_become_events_and_all_are_counted() -> None:
    scan = read(log(), Wanted({"service control MANAGER": frozenset({7031}), "Disk": None, "VSS": None}))
    assert {(event.component, event.code) for event in scan.events} == {("Service Control Manager", "7031"), ("disk", "153")}
    assert len(scan.events) == 222
    assert scan.records == 888 == sum(scan.channels.values()) == sum(scan.counts.values())
    assert scan.counts["Microsoft-Windows-Kernel-General", 13] == 111
    assert scan.channels["Microsoft-Windows-AppLocker/EXE and DLL"] == 111
    assert (scan.first, scan.last) == (datetime(2024, 2, 29, 23, 59, 58, 123456), datetime(2024, 3, 1, 1, 43, 27, 123456))


def test_provider_and_id_are_wanted_together() -> None:
    events = [Written("Application", "Microsoft-Windows-EventSystem", 4625), Written("Application", "Other", 8194)]
    assert not read(one(*events), Wanted({"Other": frozenset({4625}), "Microsoft-Windows-EventSystem": frozenset({8194})})).events


def test_warnings_and_errors_in_a_span_are_wanted_too() -> None:
    span = (datetime(2024, 3, 1), datetime(2024, 3, 1, 0, 2))
    scan = read(log(), Wanted(spans=(span,)))
    assert {event.level for event in scan.events} == {"ERROR", "WARNING"}
    assert all(event.stamp is not None and span[0] <= event.stamp.value <= span[1] for event in scan.events)
    assert len(scan.events) == 9


def test_events_stand_in_the_order_of_their_record_ids_after_a_log_wrapped() -> None:
    data = EvtxWriter(max_records_per_chunk=20, rollover=2, first_record_id=7001).add_all(mixed(number) for number in range(100)).to_bytes()
    scan = read(data)
    assert [event.record for event in scan.events] == list(range(7001, 7101))
    assert not scan.gaps and not scan.problems


def test_size_of_the_blocks_changes_nothing() -> None:
    whole = read(log(200))
    for block in (1000, 4096, 65537):
        part = read(log(200), block=block)
        assert [said(event) for event in part.events] == [said(event) for event in whole.events]


def test_jump_of_record_ids_is_a_gap_between_its_neighbours() -> None:
    times = ("2024-02-28T01:00:00Z", "2024-02-28T02:00:00Z", "2024-02-28T05:00:00Z")
    events = [Written("System", "P", 1, time, record_id=record) for time, record in zip(times, (10, 11, 20), strict=True)]
    (gap,) = read(one(*events)).gaps
    assert (gap.reason, gap.channel, gap.after, gap.before, gap.missing) == (Loss.MISSING, "System", 11, 20, 8)
    assert (gap.since, gap.until) == (datetime(2024, 2, 28, 2), datetime(2024, 2, 28, 5))


@pytest.mark.parametrize(
    ("event_id", "home", "named", "reason", "channel"),
    [
        (104, "System", "Application", Loss.CLEARED, "Application"),
        (1102, "System", None, Loss.CLEARED, "System"),
        (105, "System", "Application", Loss.ARCHIVED, "Application"),
    ],
)
def test_log_services_note_is_a_gap_of_the_log_it_speaks_of(
    event_id: int, home: str, named: str | None, reason: Loss, channel: str
) -> None:
    what = [("Channel", named)] if named else [("SubjectUserName", "admin")]
    written = Written(home, "Microsoft-Windows-Eventlog", event_id, T, user_data=("LogFileCleared", "urn:x", what))
    scan = read(one(written), Wanted())
    assert not scan.events
    (gap,) = scan.gaps
    assert (gap.reason, gap.channel, gap.since) == (reason, channel, datetime(2024, 2, 28, 3, 12, 1, 123456))


def test_id_104_of_another_provider_is_no_note() -> None:
    assert not read(one(Written("System", "P", 104, T)), Wanted()).gaps


def test_security_log_is_read_only_if_wanted() -> None:
    data = one(*(Written("Security", "Microsoft-Windows-Security-Auditing", 4624, T) for _ in range(9)))
    left = read(data, Wanted({"Service Control Manager": None}))
    assert left.skipped and not left.records and not left.events
    assert len(read(data, Wanted({"Microsoft-Windows-Security-Auditing": frozenset({4624})})).events) == 9


def test_record_that_stands_in_the_file_twice_is_one_event() -> None:
    data = log(160)
    scan = read(data + data[4096 : 4096 + 65536])
    assert [event.record for event in scan.events] == list(range(1, 161))
    assert scan.problems[-1].problem.startswith("80 of the records")


@pytest.mark.parametrize("data", [b"", b"ElfFile\0", bytes(70000), b"not an event log" * 9000, log(8)[:4096], log(8)[:5000]])
def test_what_is_no_whole_log_is_told_and_raises_nothing(data: bytes) -> None:
    scan = read(data)
    assert not scan.events
    assert scan.problems


def test_log_that_nobody_wrote_to_is_sound_and_empty() -> None:
    scan = read(EvtxWriter().to_bytes())
    assert (scan.records, scan.problems, scan.first) == (0, [], None)


def test_log_is_known_by_content() -> None:
    assert is_evtx(log(8)[:8192])
    assert is_evtx(damage.bare_chunks(log(8))[:8192])
    assert is_evtx(damage.file_header_zeroed(log(8))[:8192])
    assert not is_evtx(b"PK\x03\x04" + bytes(8000))
    assert not is_evtx(b"")


def test_memory_does_not_grow_with_the_log() -> None:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("no /proc")

    def resident() -> int:
        return int(statm.read_text().split()[1]) * 4096

    read(log())
    before = resident()
    scan = read_evtx(grow(log(), 600), "System.evtx", Wanted({"VSS": None}))
    assert scan.chunks == 600 and scan.records > 40_000
    assert not scan.gaps and not scan.problems
    assert resident() - before < 16 << 20


def test_of_a_flood_the_first_and_the_last_are_kept_and_the_rest_is_counted() -> None:
    scan = read_evtx(grow(log(), 1100), "System.evtx", Wanted({"disk": None}))
    assert len(scan.events) == 10_000
    assert scan.omitted == {"disk 153": scan.counts["disk", 153] - 10_000}
    assert scan.events[0].record == 6
    assert scan.events[-1].record is not None and scan.events[-1].record > scan.records - 8
    assert ALL.security
