"""Whether the agent runs: a list can prove that it does, and only a whole list of commands that it does not."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

EF = "UID          PID    PPID  C STIME TTY          TIME CMD\nroot           1       0  0 Nov22 ?        00:00:04 /sbin/init\nroot           2       0  0 Nov22 ?        00:00:00 [kthreadd]\n"
AUX = "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot         1  0.0  0.1 168140 11324 ?        Ss   Nov22   0:04 /sbin/init\n"
LONG = "F S   UID     PID    PPID    PGID     SID CLS PRI ADDR     SZ WCHAN                                 STARTED TT           TIME CMD\n4 S     0       1       0       1       1 TS   19 -     42035 ep_poll          Mon Nov 23 04:00:00 2026 ?        00:00:04 /sbin/init\n"


@pytest.mark.parametrize(
    ("text", "running"),
    [
        (EF + "root         811       1  0 Nov22 ?        00:00:01 /usr/bin/python3 -u /usr/sbin/waagent -daemon\n", True),
        (EF + "root        1454     811  0 Nov22 ?        00:03:01 python3 -u bin/WALinuxAgent-2.9.1.1-py3.8.egg -run-exthandlers\n", True),
        (EF + "root        1454     811  0 Nov22 ?        00:03:01  \\_ python -u /usr/sbin/waagent -run-exthandlers\n", True),
        (AUX + "root       811  0.1  0.3 123456 23456 ?        Ss   Nov22   0:01 /usr/sbin/waagent -daemon\n", True),
        (LONG + "4 S     0       811       1       1       1 TS   19 -     42035 ep_poll          Mon Nov 23 04:00:00 2026 ?        00:00:04 /usr/bin/python3 -u /usr/sbin/waagent -daemon\n", True),
        ("    PID TTY          TIME CMD\n      1 ?        00:00:04 systemd\n    811 ?        00:00:01 waagent\n", True),
        (EF, False),
        (EF + "u           2000     811  0 Nov22 ?        00:03:01 tail -f /var/log/waagent.log\n", False),
        (EF + "root        2000     811  0 Nov22 ?        00:03:01 python3 -u /usr/sbin/waagent -collect-logs -full\n", False),
        (AUX + "root         5  0.0  0.0      0     0 ?        Z    Nov22   0:00 [waagent] <defunct>\n", False),
        ("$ ps aux | grep waagent\nu  2001  0.0  0.0  6432   720 pts/0    S+   04:00   0:00 grep --color=auto waagent\n", False),
        ("    PID TTY          TIME CMD\n      1 ?        00:00:04 systemd\n      2 ?        00:00:00 kthreadd\n    811 ?        00:00:01 python3\n", None),
        ("    PID TTY          TIME CMD\n   2001 pts/0    00:00:00 bash\n   2002 pts/0    00:00:00 ps\n", None),
    ],
)  # fmt: skip
def test_list_tells_whether_the_agent_runs(text: str, running: bool | None) -> None:
    first = read("ps.txt", text).events[0]
    assert first.fields.get("agent_running") is running


def test_process_of_the_agent_is_an_event_with_its_command() -> None:
    text = EF + "root         811       1  0 Nov22 ?        00:00:01 /usr/bin/python3 -u /usr/sbin/waagent -daemon\n"
    listed, process = read("sos_commands/process/ps_-elf", text).events
    assert (listed.line, listed.until_line, listed.fields["processes"]) == (1, 4, 3)
    assert (process.line, process.fields) == (4, {"pid": 811, "command": "/usr/bin/python3 -u /usr/sbin/waagent -daemon", "role": "daemon"})
