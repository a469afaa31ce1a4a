"""Values of the registry are the same event from an export, from registry.json and from `reg query`."""

from __future__ import annotations

import json
import time

import pytest

from analyzer.bundle.encoding import Text
from analyzer.parsers import registry
from analyzer.parsers.document import Document
from tests.parsers.members import DAMAGED, read

VSS = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\VSS"
EXPORT = (
    "Windows Registry Editor Version 5.00\r\n\r\n"
    f"[{VSS}]\r\n"
    '"Start"=dword:00000003\r\n'
    '"ImagePath"=hex(2):25,00,73,00,79,00,73,00,25,00,\\\r\n  5c,00,76,00,00,00\r\n'
    '"Sequence"=hex(b):00,00,00,00,01,00,00,00\r\n'
    '"Groups"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n'
    '"Data"=hex:01,02,ff\r\n'
    '"A \\"quoted\\" name"="C:\\\\Windows"\r\n'
    '"Two lines"="a\r\nb"\r\n'
    '@="text"\r\n'
    '"Gone"=-\r\n'
)


def test_every_type_of_an_export_is_read() -> None:
    found = {event.code: (event.fields["type"], event.fields["value"]) for event in read("vss.reg", EXPORT).events}
    assert found == {
        "Start": ("REG_DWORD", 3),
        "ImagePath": ("REG_EXPAND_SZ", "%sys%\\v"),
        "Sequence": ("REG_QWORD", 2**32),
        "Groups": ("REG_MULTI_SZ", "a; b"),
        "Data": ("REG_BINARY", "0102ff"),
        'A "quoted" name': ("REG_SZ", "C:\\Windows"),
        "Two lines": ("REG_SZ", "a\nb"),
        "": ("REG_SZ", "text"),
    }


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_an_export_say_the_same(codec: str) -> None:
    member = read("x.reg", EXPORT.encode(codec))
    assert (member.kind, len(member.events), member.problems) == ("registry-value", 8, [])
    start, path = member.events[:2]
    assert (start.line, start.raw, start.text) == (4, '"Start"=dword:00000003', r"CurrentControlSet\Services\VSS\Start = 3")
    assert (path.line, path.until_line, path.raw) == (5, 6, '"ImagePath"=hex(2):25,00,73,00,79,00,73,00,25,00,\\\n  5c,00,76,00,00,00')


def test_old_export_has_one_byte_per_character() -> None:
    member = read("x.reg", f"REGEDIT4\r\n\r\n[{VSS}]\r\n" + '"ImagePath"=hex(2):63,3a,5c,00\r\n')
    assert member.only.fields["value"] == "c:\\"


def test_key_and_hive_are_written_alike_whatever_the_spelling() -> None:
    for path in (
        VSS,
        VSS.replace("HKEY_LOCAL_MACHINE", "HKLM"),
        VSS.upper().replace("SERVICES\\VSS", "Services\\VSS"),
        r"HKEY_LOCAL_MACHINE\BROKENSYSTEM\ControlSet001\Services\VSS",
    ):
        event = read("x.reg", f'Windows Registry Editor Version 5.00\n\n[{path}]\n"Start"=dword:4\n').only
        assert (event.fields["hive"], event.fields["key"]) == ("SYSTEM", r"CurrentControlSet\Services\VSS")


def test_control_set_of_an_export_is_resolved_by_select() -> None:
    text = "Windows Registry Editor Version 5.00\n\n" + "".join(
        f'[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet00{number}\\Services\\VSS]\n"Start"=dword:0000000{number}\n\n' for number in (1, 2)
    )
    text += '[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n"Current"=dword:00000002\n'
    keys = [event.fields["key"] for event in read("x.reg", text).events]
    assert keys == [r"ControlSet001\Services\VSS", r"CurrentControlSet\Services\VSS", "Select"]


def test_existing_key_that_asks_for_a_restart_is_an_event() -> None:
    key = r"Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
    event = read("x.reg", f"Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\{key}]\n").only
    assert (event.fields["key"], event.fields["type"], event.fields["value"], event.line) == (key, "key", True, 3)


def test_deleted_key_says_nothing() -> None:
    member = read("x.reg", f'Windows Registry Editor Version 5.00\n\n[-{VSS}]\n"Start"=dword:4\n')
    assert member.events == []
    assert member.problems


@pytest.mark.parametrize(
    "line",
    [
        '"DefaultPassword"="hunter2"',
        '"Url"="https://x.blob.core.windows.net/a?sv=1&sig=hunter2"',
        '"Connection"="AccountName=a;AccountKey=hunter2"',
        '"ClientSecret"=hex:68,75,6e,74,65,72,32',
    ],
)
def test_secret_never_leaves_the_document(line: str) -> None:
    event = read("x.reg", f"Windows Registry Editor Version 5.00\n\n[{VSS}]\n{line}\n").only
    assert not any(
        "hunter2" in str(part) or "68,75" in str(part) or "68756e" in str(part) for part in (event.text, event.raw, *event.fields.values())
    )
    assert event.fields["value"] == "(not shown)"


def test_zone_in_an_export_is_a_timezone_event() -> None:
    text = 'REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation]\n"TimeZoneKeyName"="Pacific Standard Time"\n"ActiveTimeBias"=dword:ffffffc4\n'
    events = read("x.reg", text).events
    assert [event.fields.get("zone") for event in events if event.kind == "timezone"] == ["America/Los_Angeles"]
    assert events[-1].fields["value"] == -60


SHAPES = [
    {VSS + r"\Start": 3},
    {VSS.replace("HKEY_LOCAL_MACHINE", "HKLM") + r"\Start": 3},
    {VSS: {"Start": 3}},
    {VSS: {"Start": {"Type": "REG_DWORD", "Value": "3"}}},
    [{"path": VSS, "name": "Start", "type": "REG_DWORD", "value": 3}],
    [{"Path": VSS + r"\Start", "Data": 3}],
    {"registry": {"HKEY_LOCAL_MACHINE": {"SYSTEM": {"CurrentControlSet": {"Services": {"VSS": {"Start": 3}}}}}}},
    {"results": [{VSS + r"\Start": 3}]},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_any_shape_of_registry_json_is_read(shape: object) -> None:
    event = read("registry.json", json.dumps(shape, indent=1)).only
    assert (event.fields["hive"], event.fields["key"], event.fields["name"]) == ("SYSTEM", r"CurrentControlSet\Services\VSS", "Start")
    assert (event.fields["value"], event.raw in json.dumps(shape, indent=1), bool(event.pointer)) == (3, True, True)


def test_json_without_a_path_of_the_registry_is_a_problem() -> None:
    member = read("registry.json", '{"a": {"b": 1}}')
    assert (member.events, member.problems[0].problem) == ([], "it holds no value of the registry")


def test_output_of_reg_query_is_read() -> None:
    text = f"\r\n{VSS}\r\n    DisplayName    REG_SZ    @%systemroot%\\system32\\vssvc.exe,-102\r\n    Start    REG_DWORD    0x3\r\n    (Default)    REG_SZ    \r\n\r\n"
    member = read("query.txt", text)
    assert member.kind == "registry-value"
    assert [(event.line, event.code, event.fields["value"]) for event in member.events] == [
        (3, "DisplayName", "@%systemroot%\\system32\\vssvc.exe,-102"),
        (4, "Start", 3),
        (5, "", ""),
    ]


def test_unreadable_data_is_a_problem_and_the_rest_is_read() -> None:
    member = read("x.reg", f'Windows Registry Editor Version 5.00\n\n[{VSS}]\n"Bad"=dword:zz\n"Start"=dword:4\n')
    assert (member.only.code, member.problems[0].problem) == ("Start", "the data of the value at line 4 cannot be read")


def test_export_of_a_whole_hive_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_MOST", 10)
    member = read("x.reg", f"Windows Registry Editor Version 5.00\n\n[{VSS}]\n" + "".join(f'"v{n}"=dword:{n}\n' for n in range(20)))
    assert (len(member.events), member.problems[0].problem) == (10, "more than 10 values")


@pytest.mark.parametrize(
    "line",
    [
        '"a"="' + "\\" * 60_000,
        '"a"=hex:' + "0," * 100_000 + "\\",
        "[HKEY_LOCAL_MACHINE\\" + "] " * 50_000,
        '"' * 60_000,
        "    a" + "    REG" * 20_000,
    ],
)
def test_hostile_line_costs_little(line: str) -> None:
    begun = time.perf_counter()
    list(registry.parse(Document("x.reg", "registry-value", f"REGEDIT4\n[{VSS}]\n{line}\n{line}\n")))
    assert time.perf_counter() - begun < 3


@pytest.mark.parametrize("path", ["registry.json", "x.reg"])
@pytest.mark.parametrize("name", sorted(DAMAGED))
def test_damage_is_survived_and_said(path: str, name: str) -> None:
    document = Document(path, "registry-value", Text.of(DAMAGED[name]).text)
    begun = time.perf_counter()
    events = list(registry.parse(document))
    assert time.perf_counter() - begun < 2
    assert events == []
    assert document.problems
    assert all(problem.problem and problem.lost for problem in document.problems)


@pytest.mark.parametrize("end", range(0, len(EXPORT), 7))
def test_every_cut_of_an_export_is_survived(end: int) -> None:
    for event in registry.parse(Document("x.reg", "registry-value", EXPORT[:end])):
        assert event.fields["hive"] == "SYSTEM"
