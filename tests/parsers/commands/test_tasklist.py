"""A whole list proves that the agent runs or that it does not; a chosen part proves only what it shows."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

HEAD = "\nImage Name                     PID Session Name        Session#    Mem Usage\n========================= ======== ================ =========== ============\n"
SYSTEM = "System                           4 Services                   0        140 K\n"
AGENT = "WindowsAzureGuestAgent.ex     2264 Services                   0     38,132 K\n"
RD = "WaAppAgent.exe                1404 Services                   0     38,132 K\n"
OTHER = "svchost.exe                    880 Services                   0     18,132 K\n"


@pytest.mark.parametrize(
    ("text", "running"),
    [
        (HEAD + SYSTEM + RD, True),
        (HEAD + SYSTEM + OTHER, False),
        (HEAD + OTHER, None),
        ("C:\\>tasklist | findstr /i WaAppAgent\n" + RD, True),
        ('C:\\>tasklist /fi "imagename eq WaAppAgent.exe"\nINFO: No tasks are running which match the specified criteria.\n', False),
        ('"Image Name","PID","Session Name","Session#","Mem Usage"\n"System","4","Services","0","140 K"\n"WaAppAgent.exe","1404","Services","0","1 K"\n', True),
        ('"映像名称","PID","会话名","会话#","内存使用"\n"System","4","Services","0","140 K"\n', False),
        ("\nHandles  NPM(K)    PM(K)      WS(K)     CPU(s)     Id  SI ProcessName\n-------  ------    -----      -----     ------     --  -- -----------\n    612      32    50096      54864      58.34   2264   0 WaAppAgent\n   1234       0      140        140       0.11      4   0 System\n", True),
    ],
)  # fmt: skip
def test_list_tells_whether_the_agent_runs(text: str, running: bool | None) -> None:
    member = read("tasklist.txt", text)
    assert member.events[0].fields.get("agent_running") is running


def test_every_process_is_an_event() -> None:
    listed, system, agent = read("a.txt", HEAD + SYSTEM + RD).events
    assert (listed.kind, listed.fields["processes"], listed.line, listed.until_line) == ("cmd-tasklist", 2, 4, 5)
    assert (system.fields, agent.fields, agent.line) == ({"image": "System", "pid": 4}, {"image": "WaAppAgent.exe", "pid": 1404}, 5)


def test_name_that_the_column_cuts_is_still_the_agent() -> None:
    assert read("tasklist.txt", HEAD + SYSTEM + AGENT).events[0].fields["agent_running"] is True
