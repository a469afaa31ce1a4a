"""A transcript of cmd.exe or PowerShell: each output is read by its own parser, in any encoding, and no damage stops it."""

from __future__ import annotations

import time
from importlib import import_module

import pytest

from analyzer.bundle.encoding import Text
from analyzer.parsers.commands import saved
from analyzer.parsers.document import Document
from tests.parsers.members import DAMAGED, read

MODULES = ("installed_programs", "ipconfig", "sc", "systeminfo", "tasklist", "vssadmin")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (r"C:\Windows\system32>sc query VSS", "sc query VSS"),
        (r"C:\>vssadmin list writers", "vssadmin list writers"),
        (r"PS C:\Users\azureuser> Get-Service RdAgent", "Get-Service RdAgent"),
        ("PS> ipconfig /all", "ipconfig /all"),
        (r"[vm1]: PS C:\> tasklist", "tasklist"),
        ("===== systeminfo =====", "systeminfo"),
        ("> sc.exe qc VSS", "sc.exe qc VSS"),
        ("Output of command [ipconfig /all]:", "ipconfig /all"),
    ],
)
def test_prompt_of_windows_shows_the_command(line: str, command: str) -> None:
    assert [section.command for section in saved.sections(Document("a.txt", "x", f"{line}\ntext\n"))] == [command]


@pytest.mark.parametrize(
    "command",
    [
        r"C:\Windows\System32\vssadmin.exe list writers",
        "vssadmin list writers",
        "VSSADMIN LIST WRITERS",
        "cmd /c vssadmin list writers",
        '& "C:\\Windows\\System32\\vssadmin.exe" list writers',
    ],
)
def test_command_is_known_however_it_is_called(command: str) -> None:
    reader = saved._reader(command)
    assert reader is not None
    assert reader.__module__.endswith(".vssadmin")


def test_every_output_of_a_transcript_is_read_by_its_own_parser() -> None:
    text = (
        "Microsoft Windows [Version 10.0.17763.5329]\r\n(c) 2018 Microsoft Corporation. All rights reserved.\r\n\r\n"
        "C:\\Windows\\system32>sc qc VSS\r\n[SC] QueryServiceConfig SUCCESS\r\n\r\nSERVICE_NAME: VSS\r\n        START_TYPE         : 4   DISABLED\r\n\r\n"
        "C:\\Windows\\system32>vssadmin list writers\r\nWriter name: 'System Writer'\r\n   Writer Id: {e8132975-6f93-4464-a53e-1050253ae220}\r\n   State: [1] Stable\r\n   Last error: No error\r\n\r\n"
        "C:\\Windows\\system32>reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\VSS\r\n\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS\r\n    Start    REG_DWORD    0x4\r\n\r\n"
        "C:\\Windows\\system32>ver\r\n\r\nMicrosoft Windows [Version 10.0.17763.5329]\r\n\r\nC:\\Windows\\system32>"
    )
    for data in (text.encode(), text.encode("utf-16")):
        member = read("notes.txt", data)
        assert [event.kind for event in member.events] == ["cmd-sc", "cmd-vssadmin", "registry-value", "cmd-systeminfo"]
        assert member.problems == []


@pytest.mark.parametrize("name", sorted(DAMAGED))
@pytest.mark.parametrize("module", MODULES)
def test_damage_is_survived_and_said(module: str, name: str) -> None:
    document = Document("a.txt", f"cmd-{module}", Text.of(DAMAGED[name]).text)
    begun = time.perf_counter()
    events = list(import_module(f"analyzer.parsers.commands.{module}").parse(document))
    assert time.perf_counter() - begun < 2
    assert events or document.problems


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    "line",
    [
        "a" * 200_000,
        " " * 100_000 + "x",
        "- " * 50_000,
        "Name : " * 20_000,
        "a,b;c\t" * 20_000,
        "1 " * 60_000,
        ": " * 60_000,
        "   DHCP" + " ." * 50_000,
    ],
)
def test_hostile_line_costs_little(module: str, line: str) -> None:
    text = f"Name : x\n{line}\n{line}\n\nName  Status  DisplayName\n----  ------  -----------\n{line}\n"
    begun = time.perf_counter()
    list(import_module(f"analyzer.parsers.commands.{module}").parse(Document("a.txt", "cmd", text)))
    assert time.perf_counter() - begun < 2
