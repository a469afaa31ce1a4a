"""The recovery table: what is read of a damaged log, and that nothing of it is taken at face value.

The rows are the damages that logs were tested with against python-evtx, evtx and libevtx; each must give at least what the best of them
gives. `SAMPLES` may name a folder of public logs: the same is then asked of one of those.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from analyzer.parsers.evtx import EvtxScan, backend, is_evtx
from tests.parsers.evtx.sample import PER_CHUNK, log, mixed, read, said
from tests.support.evtxwriter import EvtxWriter, damage

SAMPLES = os.environ.get("SAMPLES")
TEN_CHUNKS = 4096 + 10 * 65536
CHUNK = 4


def sound() -> bytes:
    return log()


@cache
def told(data: bytes) -> frozenset[tuple[object, ...]]:
    return frozenset(said(event) for event in read(data).events)


def right(scan: EvtxScan) -> int:
    """How many events say exactly what they say in the sound log."""
    return len({said(event) for event in scan.events} & told(sound()))


ALL = 888
ROWS: dict[str, tuple[Callable[[bytes], bytes], int, bool]] = {
    # damage, records that must be read right, whether a checksum tells
    "none": (lambda data: data, ALL, False),
    "truncated in chunk 8": (lambda data: damage.cut(data, damage.places(data, 8)[40][0] + 50), 8 * PER_CHUNK + 40, True),
    "chunk zeroed": (lambda data: damage.chunk_zeroed(data, CHUNK), ALL - PER_CHUNK, False),
    "file magic lost": (damage.file_magic, ALL, False),
    "file header zeroed": (damage.file_header_zeroed, ALL, False),
    "chunk magic bit flip": (lambda data: damage.chunk_magic(data, CHUNK), ALL, True),
    "chunk offsets absurd": (lambda data: damage.chunk_offsets(data, CHUNK), ALL, True),
    "record magic": (lambda data: damage.record_magic(data, CHUNK, 20), ALL, True),
    "record size": (lambda data: damage.record_size(data, CHUNK, 20), ALL, True),
    "record id": (lambda data: damage.record_id(data, CHUNK, 20), ALL, True),
    "record zeroed": (lambda data: damage.record_zeroed(data, CHUNK, 20), ALL - 1, True),
    "template body": (lambda data: damage.inverted(data, damage.rare_template(data, CHUNK)[0] + 16, 40), ALL - PER_CHUNK // 8, True),
    "1,000 garbage bytes": (lambda data: damage.garbage(data, 6, 1000), ALL, False),
    "64 KiB of garbage": (lambda data: damage.garbage(data, 6, 65536), ALL, False),
    "dirty, one chunk known": (damage.stale_header, ALL, False),
    "bare chunks": (damage.bare_chunks, ALL, False),
    "record body": (lambda data: damage.inverted(data, damage.places(data, CHUNK)[20][0] + 60, 80), ALL - 1, True),
    "second half zeroed": (damage.half_zeroed, 6 * PER_CHUNK, False),
    "string table": (lambda data: damage.string_table(data, CHUNK), ALL, True),
    "first chunk nameless and header lost": (lambda data: damage.file_header_zeroed(damage.chunk_magic(data, 0)), ALL, True),
    "garbage before a nameless chunk": (lambda data: damage.garbage(damage.chunk_magic(data, 6), 6, 1000), ALL, True),
}


@pytest.mark.parametrize("row", ROWS)
def test_damaged_log_gives_at_least_what_the_best_reader_gives(row: str) -> None:
    harm, expected, _ = ROWS[row]
    scan = read(harm(sound()))
    assert right(scan) >= expected
    assert scan.records <= ALL


@pytest.mark.parametrize("row", [row for row in ROWS if row not in ("none", "dirty, one chunk known")])
def test_no_damage_is_passed_over_in_silence(row: str) -> None:
    scan = read(ROWS[row][0](sound()))
    assert scan.problems or scan.gaps
    assert all(problem.artifact == "System.evtx" and problem.lost for problem in scan.problems)


@pytest.mark.parametrize("row", ROWS)
def test_events_of_a_chunk_whose_checksum_fails_are_kept_and_marked(row: str) -> None:
    harm, _, told_by_checksum = ROWS[row]
    scan = read(harm(sound()))
    marked = [event for event in scan.events if event.fields.get("distrust") is True]
    assert len(marked) == scan.distrusted
    assert bool(marked) == told_by_checksum
    assert not {said(event) for event in scan.events if event not in marked} - told(sound())


def test_chunks_that_the_header_counts_but_nobody_finds_are_told() -> None:
    scan = read(damage.half_zeroed(sound()))
    assert [problem.problem for problem in scan.problems] == ["only 6 of the 12 chunks are there that the file header counts"]


@pytest.mark.parametrize("seed", range(6))
def test_after_bit_flips_every_wrong_value_is_marked(seed: int) -> None:
    data = damage.bit_flips(sound(), 50, seed)
    scan = read(data)
    wrong = [event for event in scan.events if said(event) not in told(sound())]
    assert all(event.fields.get("distrust") is True for event in wrong)
    plain = sum(len(backend.render(data[at : at + 65536]).records) for at in range(4096, len(data), 65536))
    assert scan.records >= plain
    assert right(scan) >= ALL - 50 - 2 * PER_CHUNK


def test_no_row_makes_detection_by_content_fail() -> None:
    for harm, _, _ in ROWS.values():
        assert is_evtx(harm(sound())[:8192]) or harm is ROWS["first chunk nameless and header lost"][0]


def test_record_behind_a_stale_chunk_header_is_read_and_marked() -> None:
    scan = read(damage.stale_chunk(sound(), CHUNK, 60))
    assert right(scan) == ALL
    assert scan.recovered == {"slack": 20}
    assert {event.record for event in scan.events if event.fields.get("recovered") == "slack"} == set(range(381, 401))
    assert not scan.distrusted


def test_what_an_earlier_use_of_a_chunk_left_behind_is_not_revived() -> None:
    old = log(PER_CHUNK)
    new = EvtxWriter(first_record_id=5001).add_all(mixed(number) for number in range(8)).to_bytes()
    at, size = damage.places(new, 0)[-1]
    reused = new[: at + size] + old[at + size :]
    assert read(reused).records == 8
    assert read(damage.string_table(reused, 0)).records == 8


def test_chunks_behind_a_stale_file_header_are_read_and_marked() -> None:
    scan = read(damage.stale_header(sound()))
    assert scan.dirty and scan.claimed == 1 and scan.chunks == 12
    assert scan.recovered == {"header": ALL - PER_CHUNK}
    assert not scan.problems


def test_truncated_tail_tells_how_much_is_lost() -> None:
    scan = read(ROWS["truncated in chunk 8"][0](sound()))
    tail, missing = scan.problems
    assert tail.problem.startswith("chunk 8 at byte 528384: only ")
    assert "40 of 80 records" in tail.lost
    assert missing.problem == "only 9 of the 12 chunks are there that the file header counts"


def test_record_that_only_python_evtx_reads_is_taken_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    render = backend.render

    def refusing(chunk: bytes | bytearray) -> backend.Rendered:
        rendered = render(chunk)
        kept = [record for record in rendered.records if record["event_record_id"] % 9]
        return backend.Rendered(kept, len(rendered.records) - len(kept))

    monkeypatch.setattr(backend, "render", refusing)
    scan = read(log(80))
    assert {said(event) for event in scan.events} == told(log(80))
    assert scan.recovered == {"fallback": 8}


@pytest.mark.skipif(not SAMPLES, reason="SAMPLES names no folder of public logs")
class TestPublicLog:
    """The same table over ten dense chunks of a real security log, with the figures of the best reader (of bit flips: read right)."""

    FIGURES = (
        ("none", 888, lambda data: data),
        ("truncated in chunk 8", 747, lambda data: damage.cut(data, 4096 + 8 * 65536 + 30000)),
        ("chunk 5 zeroed", 799, lambda data: damage.chunk_zeroed(data, 5)),
        ("file magic", 888, damage.file_magic),
        ("file header zeroed", 888, damage.file_header_zeroed),
        ("chunk magic", 888, lambda data: damage.chunk_magic(data, 5)),
        ("chunk offsets", 888, lambda data: damage.chunk_offsets(data, 5)),
        ("record magic", 888, lambda data: damage.record_magic(data, 5, 20)),
        ("record size", 888, lambda data: damage.record_size(data, 5, 20)),
        ("template body", 885, lambda data: damage.inverted(data, damage.rare_template(data, 5)[0] + 16, 40)),
        ("record body", 887, lambda data: damage.inverted(data, damage.places(data, 5)[20][0] + 60, 80)),
        ("garbage 1,000", 888, lambda data: damage.garbage(data, 6, 1000)),
        ("garbage 64 KiB", 888, lambda data: damage.garbage(data, 6, 65536)),
        ("stale header", 888, damage.stale_header),
        ("bare chunks", 888, damage.bare_chunks),
        ("50 bit flips", 801 - 84, lambda data: damage.bit_flips(data, 50, 14)),
        ("second half zeroed", 441, damage.half_zeroed),
        ("string table", 888, lambda data: damage.string_table(data, 5)),
    )

    @staticmethod
    @cache
    def sample() -> bytes:
        return (Path(str(SAMPLES)) / "om_security_bad_string_cache.evtx").read_bytes()[:TEN_CHUNKS]

    @pytest.mark.parametrize(("row", "expected", "harm"), FIGURES, ids=[row for row, _, _ in FIGURES])
    def test_gives_at_least_what_the_best_reader_gives(self, row: str, expected: int, harm: Callable[[bytes], bytes]) -> None:
        assert len({said(event) for event in read(harm(self.sample())).events} & told(self.sample())) >= expected

    def test_every_log_of_the_folder_gives_what_the_rust_reader_gives(self) -> None:
        for path in sorted(Path(str(SAMPLES)).glob("*.evtx")):
            data = path.read_bytes()
            plain = sum(
                len(backend.render(data[at : at + 65536]).records)
                for at in range(4096, len(data), 65536)
                if data[at : at + 7] == b"ElfChnk"
            )
            assert read(data).records >= plain, path.name
