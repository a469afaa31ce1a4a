"""What vmassist found, on Windows and on Linux."""

from __future__ import annotations

import pytest

from tests.parsers.loglines import local, utc
from tests.parsers.members import read

PATH = "C/logs/vmassist_APP01_20240229135959.log"


def windows(*texts: str) -> bytes:
    lines = [
        "2024-02-29 01:59:59Z 00:00 00.00s Log file: C:\\logs\\vmassist_APP01_20240229135959.log",
        *(f"2024-02-29 02:00:0{i}Z 00:0{i} 01.00s {text}" for i, text in enumerate(texts)),
    ]
    return "".join(line + "\r\n" for line in lines).encode("utf-16")  # as Out-File of Windows PowerShell writes


@pytest.mark.parametrize(
    ("text", "check", "result", "level"),
    [
        ("VM Agent installed: False", "VM Agent installed", "False", "ERROR"),
        ("VM Agent installed: True", "VM Agent installed", "True", "INFO"),
        ("RdAgent service: Status: Stopped (expected Running) StartType: Disabled (expected Automatic)", "RdAgent service", "Status: Stopped (expected Running) StartType: Disabled (expected Automatic)", "ERROR"),
        ("WindowsAzureGuestAgent service: Status: Running StartType: Automatic StartName: LocalSystem", "WindowsAzureGuestAgent service", "Status: Running StartType: Automatic StartName: LocalSystem", "INFO"),
        ("RdAgent service: Not Installed", "RdAgent service", "Not Installed", "ERROR"),
        ("WCF debugging enabled: True", "WCF debugging enabled", "True", "ERROR"),
        ("RdAgent service crashes: True 3 hours ago", "RdAgent service crashes", "True 3 hours ago", "ERROR"),
        ("RdAgent service crashes: False", "RdAgent service crashes", "False", "INFO"),
        ("WaAppAgent process errors: True", "WaAppAgent process errors", "True", "INFO"),  # it answers whether there are none
        ("WaAppAgent process errors: False", "WaAppAgent process errors", "False", "ERROR"),
        ("Wireserver endpoint 168.63.129.16:32526 reachable: False", "Wireserver endpoint 168.63.129.16:32526 reachable", "False", "ERROR"),
        ("Wireserver endpoint http://168.63.129.16/?comp=versions reachable: False", "Wireserver endpoint http://168.63.129.16/?comp=versions reachable", "False", "ERROR"),
        ("IMDS endpoint 169.254.169.254:80 reachable: False", "IMDS endpoint 169.254.169.254:80 reachable", "False", "INFO"),
        ("System drive has sufficient disk space: <1GB free (0.4GB free) on drive C", "System drive has sufficient disk space", "<1GB free (0.4GB free) on drive C", "WARNING"),
        ("TenantEncryptionCert installed: False", "TenantEncryptionCert installed", "False", "ERROR"),
    ],
)  # fmt: skip
def test_answer_of_a_check_is_judged_as_the_script_judges_it(text: str, check: str, result: str, level: str) -> None:
    event = read(PATH, windows(text)).events[1]
    assert (event.code, event.fields["result"], event.level, event.line, event.state) == (check, result, level, 2, True)
    assert event.raw.endswith(text)


def test_hour_of_twelve_is_not_taken_for_a_time() -> None:
    member = read(PATH, windows("VM Agent installed: True"))
    assert [event.stamp for event in member.events] == [None, None]
    assert member.column("written") == ["2024-02-29 01:59:59Z", "2024-02-29 02:00:00Z"]
    assert member.kind == "vmassist-log"


def test_line_that_is_no_check_judges_nothing() -> None:
    event = read(PATH, windows("VM Agent installed: True")).events[0]
    assert (event.code, event.level) == ("", "INFO") and "result" not in event.fields


def test_tables_between_the_lines_are_passed_over() -> None:
    text = windows("VM Agent installed: True").decode("utf-16") + "\r\nName    Value\r\n----    -----\r\nRdAgent Running\r\n"
    assert len(read(PATH, text).events) == 2


def test_linux_scripts_are_read_with_their_time() -> None:
    text = "2024-02-29T13:59:59+0100 bash: Distribution family found to be ubuntu\n2024-02-29 13:59:59,123 py WARNING Wire server port 80 check returned 7 - check connectivity\n"
    shell, python = read("var/log/azure/vmassist.sh.log", text).events
    assert (shell.stamp, shell.level, shell.text) == (utc(2024, 2, 29, 12, 59, 59), "INFO", "Distribution family found to be ubuntu")
    assert (python.stamp, python.level, python.line) == (local(2024, 2, 29, 13, 59, 59, 123000), "WARNING", 2)


def test_file_of_another_program_is_reported() -> None:
    assert read(PATH, "hello\n").problems
