"""What only the hives prove is read from them, and nothing that a damaged or foreign hive holds stops the reading."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from analyzer.bundle import Bundle
from analyzer.model import ArtifactStatus, Event, Problem, Value
from analyzer.parsers import hives, reading
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import Read, read
from tests.support.hivewriter import BINARY, EXPAND_SZ, QWORD, Key, hive

CBS = r"Microsoft\Windows\CurrentVersion\Component Based Servicing"
UPDATE = r"Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update"
ZONE = r"ControlSet001\Control\TimeZoneInformation"


def software() -> Key:
    root = Key()
    root.set(r"Microsoft\NET Framework Setup\NDP\v4\Full", "Release", 528049)
    root.set(r"Microsoft\Windows NT\CurrentVersion", "ProductName", "Windows Server 2019 Datacenter")
    root.set(r"Microsoft\Windows NT\CurrentVersion", "DigitalProductId", b"\x01" * 164)
    root.set(r"Microsoft\Virtual Machine\Guest", "GuestAgentVersion", "2.7.41491.1102")
    root.set(r"Microsoft\Windows Azure\GuestAgentUpdateState\2.7.41491.1102", "State", 2)
    root.at("Classes")
    return root


def system(current: int = 1) -> Key:
    root = Key()
    root.set("Select", "Current", current)
    root.set(r"ControlSet001\Services\VSS", "Start", 3)
    root.set(r"ControlSet001\Services\MSDTC", "ObjectName", r"NT AUTHORITY\NetworkService")
    root.set(r"ControlSet002\Services\VSS", "Start", 4)
    return root


def parsed(root: Key) -> tuple[list[Event], list[Problem]]:
    return hives.parse_bytes(hive(root), "SYSTEM", "registry-value")


def value_of(events: list[Event], key: str, name: str) -> Value:
    found = [event.fields["value"] for event in events if (event.fields.get("key"), event.fields.get("name")) == (key, name)]
    return found[0] if found else None


def member(path: str, content: bytes) -> tuple[Read, Bundle]:
    bundle = Bundle.from_files({path: content})
    return read(bundle, bundle.members[0], PatternSet(())), bundle


def test_net_release_product_and_agent_version_are_read() -> None:
    events, problems = parsed(software())
    assert value_of(events, r"Microsoft\NET Framework Setup\NDP\v4\Full", "Release") == 528049
    assert value_of(events, r"Microsoft\Windows NT\CurrentVersion", "ProductName") == "Windows Server 2019 Datacenter"
    assert value_of(events, r"Microsoft\Virtual Machine\Guest", "GuestAgentVersion") == "2.7.41491.1102"
    assert value_of(events, r"Microsoft\Windows Azure\GuestAgentUpdateState\2.7.41491.1102", "State") == 2
    assert (len(events), problems) == (4, [])


@pytest.mark.parametrize("key", [rf"{CBS}\RebootPending", rf"{CBS}\PackagesPending", rf"{UPDATE}\RebootRequired"])
def test_key_that_asks_for_a_restart_is_an_event_without_any_value(key: str) -> None:
    root = software()
    root.at(key)
    events = [event for event in parsed(root)[0] if event.fields["type"] == "key"]
    assert [(event.fields["key"], event.fields["value"], event.fields["hive"]) for event in events] == [(key, True, "SOFTWARE")]


def test_pending_renames_are_read_though_every_second_text_is_empty() -> None:
    root = system()
    root.set(r"ControlSet001\Control\Session Manager", "PendingFileRenameOperations", ["\\??\\C:\\a", "", "\\??\\C:\\b", "!\\??\\C:\\c"])
    found = value_of(parsed(root)[0], r"CurrentControlSet\Control\Session Manager", "PendingFileRenameOperations")
    assert found == "\\??\\C:\\a; \\??\\C:\\b; !\\??\\C:\\c"


@pytest.mark.parametrize(("current", "start"), [(1, 3), (2, 4)])
def test_control_set_is_the_one_that_select_names(current: int, start: int) -> None:
    events, problems = parsed(system(current))
    assert value_of(events, r"CurrentControlSet\Services\VSS", "Start") == start
    assert next(event.pointer for event in events) == rf"SYSTEM\ControlSet{current:03d}\Services\VSS\Start"
    assert problems == []


def test_hive_without_select_value_is_read_with_a_problem() -> None:
    root = system()
    root.keys["Select"].values.clear()
    events, problems = parsed(root)
    assert value_of(events, r"CurrentControlSet\Services\VSS", "Start") == 3
    assert "Select does not say" in problems[0].problem


def test_time_of_an_event_is_the_last_change_of_its_key() -> None:
    root = system()
    root.at(r"ControlSet001\Services\VSS").changed = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
    stamp = parsed(root)[0][0].stamp
    assert stamp is not None
    assert stamp.value == datetime(2024, 2, 29, 23, 59, 58)


def test_zone_of_the_machine_becomes_a_timezone_event_with_its_iana_name() -> None:
    root = system()
    root.set(ZONE, "TimeZoneKeyName", "W. Europe Standard Time\0rd Time")
    root.set(ZONE, "ActiveTimeBias", -60)
    events = parsed(root)[0]
    assert [event.fields["zone"] for event in events if event.kind == "timezone"] == ["Europe/Berlin"]
    assert value_of(events, r"CurrentControlSet\Control\TimeZoneInformation", "ActiveTimeBias") == -60


def test_zone_whose_summer_time_is_switched_off_is_not_claimed() -> None:
    root = system()
    root.set(ZONE, "TimeZoneKeyName", "W. Europe Standard Time")
    root.set(ZONE, "DynamicDaylightTimeDisabled", 1)
    assert [event.kind for event in parsed(root)[0] if event.kind == "timezone"] == []


def test_values_of_every_type_and_size_are_read() -> None:
    root = system()
    key = root.at(r"ControlSet001\Services\RdAgent")
    key.values["ImagePath"] = (EXPAND_SZ, "%SystemRoot%\\x.exe\0".encode("utf-16-le"))
    key.values["ObjectName"] = (BINARY, b"\x01\x02")
    key.values["Start"] = (QWORD, struct.pack("<Q", 2**63 - 1))
    key.values["DisplayName"] = (1, ("x" * 20_000 + "\0").encode("utf-16-le"))  # stored in segments
    events, problems = parsed(root)
    service = r"CurrentControlSet\Services\RdAgent"
    assert (value_of(events, service, "ImagePath"), value_of(events, service, "ObjectName")) == ("%SystemRoot%\\x.exe", "0102")
    assert (value_of(events, service, "Start"), value_of(events, service, "DisplayName")) == (2**63 - 1, "x" * 2_000)
    assert problems == []


@pytest.mark.parametrize("leaf", [b"lf", b"lh", b"li", b"ri"])
def test_every_kind_of_subkey_list_is_followed(leaf: bytes) -> None:
    events, _ = hives.parse_bytes(hive(system(), leaf=leaf), "SYSTEM", "registry-value")
    assert len(events) == 2


def test_names_are_found_in_any_case() -> None:
    root = Key()
    root.set("select", "CURRENT", 1)
    root.set(r"CONTROLSET001\services\vss", "START", 3)
    assert [event.text for event in parsed(root)[0]] == [r"CurrentControlSet\Services\VSS\START = 3"]


def test_dirty_hive_is_read_and_said_to_be_dirty() -> None:
    events, problems = hives.parse_bytes(hive(system(), sequence=(8, 7)), "SYSTEM", "registry-value")
    assert len(events) == 2
    assert "in use when it was copied" in problems[0].problem


@pytest.mark.parametrize("names", [("SAM",), ("Software", "Environment"), ()])
def test_no_other_hive_is_read(names: tuple[str, ...]) -> None:
    root = Key()
    for name in names:
        root.set(name, "Password", "hunter2")
    events, problems = parsed(root)
    assert events == []
    assert [problem.problem for problem in problems] == ["neither a SOFTWARE nor a SYSTEM hive"]


def test_transaction_log_is_no_hive_and_no_problem() -> None:
    assert hives.parse_bytes(hive(system(), kind=6), "SYSTEM.LOG1", "registry-value") == ([], [])


@pytest.mark.parametrize(
    "content", [b"", b"regf", b"regf" + bytes(5000), bytes(8192), b"\xff" * 9000, hive(system())[:4096], hive(system())[:4200]]
)
def test_damaged_hive_is_a_problem(content: bytes) -> None:
    events, problems = hives.parse_bytes(content, "SYSTEM", "registry-value")
    assert events == []
    assert problems
    assert all(problem.problem and problem.lost for problem in problems)


def test_any_damage_is_survived_in_a_bounded_time() -> None:
    sound = hive(system())
    chance = random.Random(7)
    begun = time.perf_counter()
    for _ in range(400):
        damaged = bytearray(sound)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        events, problems = hives.parse_bytes(bytes(damaged), "SYSTEM", "registry-value")
        assert all(isinstance(event.text, str) and event.text.encode() for event in events)
        assert all(problem.lost for problem in problems)
    assert time.perf_counter() - begun < 30


def test_hive_made_of_endless_lists_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hives, "_MOST_KEYS", 50)
    root = system()
    for number in range(200):
        root.at(rf"ControlSet001\Services\AAA{number}")
    data = hive(root)
    monkeypatch.setattr(hives._Hive, "__init__", _limited(hives._Hive.__init__))
    _, problems = hives.parse_bytes(data, "SYSTEM", "registry-value")
    assert "more keys than any machine has" in problems[-1].problem


def _limited(original: object) -> object:
    def __init__(self: hives._Hive, path: str, stream: hives._Stream) -> None:
        original(self, path, stream, left=50)  # type: ignore[operator]

    return __init__


@pytest.mark.parametrize("path", ["device_0/Windows/System32/config/SYSTEM", "C/Windows/System32/config/system", "export.dat"])
def test_hive_is_known_by_its_bytes_whatever_its_name(path: str) -> None:
    found, bundle = member(path, hive(system()))
    assert (found.row.kind, len(found.events), found.artifact.status) == ("registry-value", 2, ArtifactStatus.PARSED)
    assert (len(found.artifact.sha256), bundle.problems) == (64, [])


def test_large_hive_is_mapped_and_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_IN_MEMORY", 1000)
    found, _ = member("config/SYSTEM", hive(system()))
    assert len(found.events) == 2


def test_hive_over_the_limit_is_cut_with_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    content = hive(system())
    monkeypatch.setattr(reading, "BINARY_LIMIT", len(content) - 10)
    found, bundle = member("config/SYSTEM", content)
    assert (len(found.events), found.artifact.status) == (2, ArtifactStatus.PARTLY)
    assert ["larger than" in problem.problem or "cut" in problem.problem for problem in bundle.problems] == [True, True]


def test_broken_hive_is_listed_as_failed() -> None:
    found, bundle = member("Windows/System32/config/SOFTWARE", b"regf" + bytes(range(256)) * 40)
    assert found.artifact.status is ArtifactStatus.FAILED
    assert bundle.problems


def test_log_of_a_hive_is_not_read() -> None:
    found, bundle = member("Windows/System32/config/SYSTEM.LOG1", hive(system(), kind=6))
    assert (found.row.kind, found.events, bundle.problems) == ("registry-log", [], [])


def test_a_run_without_hives_does_not_load_the_reader_of_hives() -> None:
    code = "import sys, analyzer.parsers.hives, analyzer.parsers.reading; sys.exit('regipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
