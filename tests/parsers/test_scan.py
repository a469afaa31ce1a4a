"""One pass over a log finds the same, however its bytes arrive; nothing hides anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.model import Clock, Event, Stamp
from analyzer.parsers import hits, outputs, records, repeats, scan, waagent_log
from analyzer.parsers.logs import Reading
from analyzer.parsers.pattern import KindPatterns, Pattern
from analyzer.parsers.scan import LogScan

KIND = "waagent-log"
FORM = waagent_log.FORMAT


def patterns(*anchors: str) -> KindPatterns:
    return KindPatterns([Pattern(anchor, frozenset({KIND}), (anchor,)) for anchor in anchors], FORM.unwrap)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def run(data: bytes, *anchors: str, size: int = 1 << 20) -> LogScan:
    return scan.scan(cut(data, size), KIND, "waagent.log", FORM, patterns(*anchors))


def facts(found: LogScan) -> object:
    hits = [(hit.pattern, hit.line, hit.event.line, hit.event.until_line, hit.event.text, hit.event.stamp) for hit in found.hits]
    return hits, found.lines, found.marks, [(s.line, s.until_line) for s in found.silences]


def utc(minute: float, text: str, columns: str = "INFO ExtHandler ExtHandler") -> str:
    moment = datetime(2024, 5, 30, 0, 0) + timedelta(minutes=minute)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z {columns} {text}\n"


def local(minute: float, text: str, columns: str = "INFO ExtHandler") -> str:
    return f"{datetime(2024, 5, 30, 0, 0) + timedelta(minutes=minute):%Y/%m/%d %H:%M:%S.%f} {columns} {text}\n"


OUTPUT = (
    utc(10, "Command: main/handle.sh enable", "INFO ExtHandler [Microsoft.X-1.0]").rstrip("\n")
    + "\n[stdout]\n"
    + local(9, "needle in old format, printed by the extension")
    + utc(9, "needle in the agent's own format, printed by the extension")
    + "plain line\n\n[stderr]\n"
    + local(9, "second needle on standard error")
    + "Traceback (most recent call last):\n"
)


def test_line_printed_by_a_command_belongs_to_the_record_of_the_command() -> None:
    found = run((utc(5, "before") + OUTPUT + utc(10.1, "needle of the agent")).encode(), "needle")
    assert [(hit.event.line, hit.line, hit.event.component) for hit in found.hits] == [(2, 4, "Microsoft.X"), (11, 11, "ExtHandler")]


def test_output_that_holds_output_ends_where_the_agent_goes_on() -> None:
    inner = "[stdout]\n" + utc(3, "old needle") + "\n[stderr]\n" + utc(4, "old needle") + "\n"
    log = (
        utc(10, "Command: tail waagent.log")
        + "[stdout]\n"
        + inner
        + utc(4.5, "old needle")
        + "\n[stderr]\n\n"
        + utc(11, "needle of the agent")
    )
    found = run(log.encode(), "needle")
    assert [hit.event.line for hit in found.hits] == [1, 13]


def test_lines_after_an_output_cut_off_in_the_middle_are_not_swallowed() -> None:
    log = utc(10, "Command: x") + "[stdout]\n" + utc(9, "printed") + utc(11, "needle 1") + utc(12, "needle 2")
    assert [hit.event.line for hit in run(log.encode(), "needle").hits] == [4, 5]


def test_line_of_the_old_daemon_behind_an_output_is_a_record() -> None:
    log = OUTPUT + local(70, "needle: Agent WALinuxAgent-2.2.45 discovered update", "INFO Daemon") + utc(10.3, "needle 2")
    assert [hit.event.line for hit in run(log.encode(), "needle").hits] == [1, 10, 11]


def test_clock_set_back_swallows_no_more_than_an_output_can_hold() -> None:
    log = OUTPUT + "".join(utc(1 + i / 600, f"needle {i:04d}") for i in range(500))
    assert len(run(log.encode(), "needle").hits) > 440


def test_output_without_a_header_before_it_is_one_record() -> None:
    log = (
        "[ExtensionOperationError] Non-zero exit code: 3, main/handle.sh install\n[stdout]\n"
        + local(1, "Added PID 53989 to cgroup")
        + "\n[stderr]\n"
    )
    (hit,) = run(log.encode(), "Added PID").hits
    assert (hit.event.line, hit.line, hit.event.level) == (1, 3, "")


def test_hit_hides_no_other_hit_of_its_record_and_none_of_the_next() -> None:
    log = utc(1, "first anchor, second anchor") + "third anchor\n" + utc(2, "second anchor") + utc(2, "first anchor")
    found = run(log.encode(), "first anchor", "second anchor", "third anchor", "t anchor, sec")
    assert sorted((hit.pattern, hit.line) for hit in found.hits) == [
        ("first anchor", 1), ("first anchor", 4), ("second anchor", 1), ("second anchor", 3), ("t anchor, sec", 1), ("third anchor", 2),
    ]  # fmt: skip


def test_hit_in_the_far_end_of_a_huge_record_is_kept_with_stamp_and_line() -> None:
    body = "".join(f"row {i:06d} of a very long table\n" for i in range(20_000))
    log = utc(1, "begin") + body + "needle at the end\n" + utc(2, "needle")
    for size in (1 << 14, 1 << 20, 1 << 24):
        first, second = run(log.encode(), "needle", size=size).hits
        assert (first.line, second.line) == (20_002, 20_003)
        assert first.event.stamp == Stamp(datetime(2024, 5, 30, 0, 1), Clock.UTC)
        assert first.event.level == "INFO"
        assert "needle at the end" in first.event.raw
        assert len(first.event.raw) <= records.PIECE


def test_line_without_end_is_read_in_pieces() -> None:
    log = utc(1, "begin").encode() + b"x" * 3_000_000 + b"needle" + b"y" * 3_000_000
    for size in (1 << 16, 1 << 23):
        found = run(log, "needle", size=size)
        assert [hit.line for hit in found.hits] == [2]
        assert found.lines == 2


def test_log_without_any_stamp_is_read_line_by_line() -> None:
    log = "ERROR:socket IOError  args: (110, 'Connection timed out')\nERROR:needle 1\n  File needle 2\n"
    found = run(log.encode(), "needle")
    assert [(hit.event.line, hit.event.level) for hit in found.hits] == [(2, "ERROR"), (3, "")]
    assert found.marks[0].first is None


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\0" * 5000, b"\xff\xfe\xfd", b"x", b"\r\n\r\n", b"[stdout]", b"[stderr]\n[stdout]\n[stderr]"]
)
def test_damaged_log_is_counted_and_nothing_else(data: bytes) -> None:
    found = run(data, "needle")
    assert found.hits == []
    assert found.lines == data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def test_windows_line_ends_change_no_line() -> None:
    log = (utc(1, "a") + utc(2, "needle") + "more\n").replace("\n", "\r\n")
    (hit,) = run(log.encode(), "needle").hits
    assert (hit.line, hit.event.text) == (2, "needle\nmore")


LINE = st.one_of(
    st.builds(lambda t: ("utc", t), st.sampled_from(["needle A", "calm", "haystack", "needle B needle A"])),
    st.builds(lambda t: ("local", t), st.sampled_from(["needle A", "calm"])),
    st.builds(
        lambda t: ("more", t), st.sampled_from(["  continued", "needle A continued", "", "{", "[stdout]", "[stderr]", "\x00\x00", "é中"])
    ),
    st.just(("output", "")),
    st.builds(lambda n: ("long", str(n)), st.integers(1, 400)),
    st.just(("pause", "")),
)


def built(lines: list[tuple[str, str]]) -> bytes:
    text, minute = "", 0.0
    for shape, content in lines:
        minute += 40 if shape == "pause" else 0.01
        if shape == "utc":
            text += utc(minute, content)
        elif shape == "local":
            text += local(minute - 5, content)
        elif shape == "output":
            text += utc(minute, "Command: x") + "[stdout]\n" + local(minute - 1, "needle A") + "\n[stderr]\n" + utc(minute - 1, "needle B")
        elif shape == "long":
            text += utc(minute, "table") + f"row {content} needle B\n" * int(content)
        elif shape == "more":
            text += content + "\n"
    return text.encode()


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, max_size=60), st.integers(1, 3000))
def test_blocks_may_be_cut_anywhere(lines: list[tuple[str, str]], size: int) -> None:
    data = built(lines)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("PIECE", 2048), ("_MARGIN", 1536), ("_GRID", 5000)):
            patch.setattr(records, name, value)
        patch.setattr(outputs, "REACH", 1024)
        patch.setattr(outputs, "_OUTPUT", 800)
        whole = run(data, "needle A", "needle B", size=max(len(data), 1))
        assert facts(run(data, "needle A", "needle B", size=size)) == facts(whole)
    assert whole.lines == data.count(b"\n")


@settings(max_examples=100, deadline=None)
@given(st.lists(LINE, max_size=60), st.integers(2500, 9000))
@example([("more", "[stdout]"), ("more", "[stdout]"), ("output", ""), ("more", "[stderr]"), ("long", "224"), ("more", "[stderr]")], 2500)
def test_where_a_region_ends_changes_no_hit(lines: list[tuple[str, str]], grid: int) -> None:
    data = built(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outputs, "REACH", 4096)  # of both: what belongs to an output must not differ
        whole = run(data, "needle A", "needle B")
        patch.setattr(records, "_MARGIN", 4096 + (8 << 10))  # as the module has it: the reach and a line
        patch.setattr(records, "_GRID", grid)
        cut_up = run(data, "needle A", "needle B", size=1000)
    assert [(hit.pattern, hit.line, hit.event) for hit in cut_up.hits] == [(hit.pattern, hit.line, hit.event) for hit in whole.hits]
    assert cut_up.lines == whole.lines


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, max_size=60))
def test_every_line_with_an_anchor_stands_in_a_hit(lines: list[tuple[str, str]]) -> None:
    data = built(lines)
    found = run(data, "needle A")
    held = {number for hit in found.hits for number in range(hit.event.line or 0, (hit.event.until_line or hit.event.line or 0) + 1)}
    assert {number for number, line in enumerate(data.split(b"\n"), 1) if b"needle A" in line} <= held


def linear(events: list[Event], limit: timedelta) -> list[tuple[int | None, int | None]]:
    stamped = [event for event in events if event.stamp is not None]
    return [
        (before.line, after.line)
        for before, after in pairwise(stamped)
        if before.stamp and after.stamp and not timedelta(0) <= after.stamp.value - before.stamp.value <= limit
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0, 1, 10, 30, 34, 36, 600]), st.integers(0, 40)), max_size=80), st.integers(200, 20_000))
def test_silences_by_bisection_are_those_of_a_linear_search(steps: list[tuple[int, int]], size: int) -> None:
    text, minute = "", 0
    for step, rows in steps:
        minute += step
        text += utc(minute, "x") + "row of a table\n" * rows
    data = text.encode()
    found = run(data, size=size)
    every = [event for region in records.regions([data], FORM) for event in scan.records(region, KIND, "waagent.log", FORM)]
    assert waagent_log.SILENCE is not None
    assert [(s.line, s.until_line) for s in found.silences] == linear(every, waagent_log.SILENCE)


def test_many_small_records_before_a_huge_one_need_no_recursion() -> None:
    log = "".join(utc(i * 40, "x") for i in range(5000)) + utc(5000 * 40, "big") + "row\n" * 60_000 + utc(5001 * 40, "end")
    assert len(run(log.encode()).silences) == 5001


def test_stamps_printed_by_a_command_are_no_gap() -> None:
    log = (
        "".join(utc(m, "x") for m in range(0, 120, 10))
        + utc(121, "Command: x")
        + "[stdout]\n"
        + utc(20, "old")
        + "\n[stderr]\n"
        + utc(122, "x")
    )
    assert run(log.encode()).silences == []


def test_alternating_clocks_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_SILENCES", 100)
    log = "".join(utc(m * 40, "x") + local(m * 40 + 60, "x", "INFO Daemon") for m in range(2000))
    found = run(log.encode())
    assert len(found.silences) == 100
    assert found.omitted == {"silence": 3899}


def test_region_read_again_gives_the_records_of_the_scan() -> None:
    data = (OUTPUT + utc(11, "needle") + "more\n") * 3
    (region,) = records.regions([data.encode()], FORM)
    again = list(scan.records(region, KIND, "waagent.log", FORM))
    assert [event.line for event in again] == [1, 10, 12, 21, 23, 32]
    assert [event for event in again if "needle" in event.text] == [hit.event for hit in run(data.encode(), "needle").hits]


def test_more_hits_than_are_kept_are_counted() -> None:
    log = "".join(utc(i / 600, "needle") for i in range(hits.MOST + 25))
    found = run(log.encode(), "needle")
    assert len(found.hits) == hits.MOST
    assert found.omitted == {"needle": 25}
    assert (found.hits[0].line, found.hits[-1].line) == (1, hits.MOST + 25)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([b"\n", b"x"]), min_size=1, max_size=40).map(b"".join), st.lists(st.integers(0, 40), max_size=12))
def test_a_line_number_does_not_depend_on_what_was_asked_before(data: bytes, places: list[int]) -> None:
    region = records.Region(data, len(data), 0, 7)
    for at in places:
        at = min(at, len(data))
        assert region.line_of(at) == 7 + data.count(b"\n", 0, at)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, max_size=6), st.lists(st.integers(0, 5), max_size=80), st.integers(400, 3000))
def test_what_repeats_is_found_as_if_it_was_met_for_the_first_time(lines: list[tuple[str, str]], order: list[int], grid: int) -> None:
    data = built([lines[number] for number in order if number < len(lines)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits, "MOST", 12)
        patch.setattr(outputs, "REACH", 1024)
        patch.setattr(records, "_MARGIN", 1536)
        patch.setattr(records, "_GRID", grid)
        patch.setattr(repeats, "_REMEMBERED", 0)
        each = run(data, "needle A", "needle B", "needle")
        patch.setattr(repeats, "_REMEMBERED", 2_000)
        for often in (1, 3, 10_000):
            patch.setattr(repeats, "_OFTEN", often)
            again = run(data, "needle A", "needle B", "needle")
            assert facts(again) == facts(each)
            assert again.omitted == each.omitted
            assert [hit.event for hit in again.hits] == [hit.event for hit in each.hits]


def test_a_flood_is_neither_parsed_nor_searched_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    plain = FORM.read

    def counted(shape: str, columns: Mapping[str, str], text: str) -> Reading:
        read.append(text)
        return plain(shape, columns, text)

    log = "".join(utc(i / 600, "needle") for i in range(30_000)) + utc(100, "needle and another")
    found = scan.scan(cut(log.encode(), 1 << 20), KIND, "waagent.log", replace(FORM, read=counted), patterns("needle", "another"))
    assert len(found.hits) + sum(found.omitted.values()) == 30_002
    assert (found.hits[0].line, found.hits[-1].line, found.lines) == (1, 30_001, 30_001)
    assert len(read) < hits.MOST + 5
