"""What an administrator set for the backup extension."""

from __future__ import annotations

from tests.parsers.members import read

CONF = """# tuned by operations
[SnapshotThread]
fsfreeze: True
timeout = 120
MountsToSkip=/mnt/resource,
  /data/tmp
seqsnapshot = 1
seqsnapshot = 2

[Monitor]
Run=no
"""


def test_each_option_is_a_state_with_section_and_key() -> None:
    member = read("etc/azure/vmbackup.conf", CONF)
    assert [(event.code, event.fields["value"], event.line) for event in member.events] == [
        ("SnapshotThread.fsfreeze", "True", 3), ("SnapshotThread.timeout", "120", 4), ("SnapshotThread.MountsToSkip", "/mnt/resource,\n/data/tmp", 5),
        ("SnapshotThread.seqsnapshot", "1", 7), ("SnapshotThread.seqsnapshot", "2", 8), ("Monitor.Run", "no", 11),
    ]  # fmt: skip
    assert all(event.state and event.raw in member.text for event in member.events)
    assert not member.problems


def test_only_the_last_of_equal_options_is_effective() -> None:
    assert read("etc/azure/vmbackup.conf", CONF).column("effective") == [True, True, True, False, True, True]


def test_commented_out_option_is_not_evidence() -> None:
    member = read("etc/azure/vmbackup.conf", "[SnapshotThread]\n#timeout = 1\n; timeout = 2\n")
    assert (member.events, member.problems) == ([], [])


def test_line_that_config_parser_refuses_is_reported_with_what_it_costs() -> None:
    member = read("etc/azure/vmbackup.conf", "timeout = 1\n[SnapshotThread]\ntimeout 60\n")
    assert [problem.problem for problem in member.problems] == [
        "line 1 sets an option before any [section]", "line 3 is neither an option nor a [section]",
    ]  # fmt: skip
    assert {problem.lost for problem in member.problems} == {"the reader of this file refuses it as a whole"}


def test_carriage_returns_do_not_enter_a_value() -> None:
    assert read("etc/azure/vmbackup.conf", b"[SnapshotThread]\r\ntimeout = 60\r\n").only.fields["value"] == "60"
