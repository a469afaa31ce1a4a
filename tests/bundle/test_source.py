"""Random access and the spool."""

from __future__ import annotations

import io
from pathlib import Path

from analyzer.bundle import Bundle, open_bundle
from analyzer.bundle.source import MemorySource, SliceSource, Spool, Window

from .making import contents, put, tar_bytes, zip_bytes


def test_the_spool_gives_back_what_it_stored_from_memory_and_from_disk() -> None:
    spool = Spool(in_memory=1000)
    parts = [bytes([number]) * size for number, size in enumerate((400, 900, 500, 3000, 100))]
    sources = [spool.store([part[:250], part[250:]]) for part in parts]
    for source, part in zip(sources, parts, strict=True):
        assert source.size == len(part)
        assert source.read(0, 10_000) == part
        assert source.read(len(part) - 3, 100) == part[-3:]
        assert source.read(len(part) + 5, 100) == b""
    spool.close()


def test_a_slice_never_reaches_beyond_itself() -> None:
    source = SliceSource(MemorySource(b"0123456789"), 3, 4)
    assert source.read(0, 100) == b"3456"
    assert source.read(4, 1) == b""
    assert SliceSource(MemorySource(b"01"), 1, 100).size == 1


def test_a_needle_on_the_border_of_two_windows_is_found() -> None:
    data = bytearray(600 << 10)
    at = (256 << 10) - 2
    data[at : at + 4] = b"PK\3\4"
    assert Window(MemorySource(bytes(data))).find(b"PK\3\4", 0) == at
    assert Window(MemorySource(bytes(data))).find(b"none", 0) == -1


def test_many_archives_in_a_folder_need_few_open_files(tmp_path: Path) -> None:
    put(tmp_path, {f"history/{number:04}.zip": zip_bytes({"GoalState.xml": b"<x/>"}) for number in range(300)})
    with open_bundle([tmp_path]) as bundle:
        assert len(contents(bundle)) == 300
        assert bundle.problems == []


def test_large_archives_inside_archives_go_through_the_temporary_file() -> None:
    inner = tar_bytes({"big.log": bytes(range(256)) * 4096 * 5})
    data = zip_bytes({f"{number}.tar": inner for number in range(8)})
    with open_bundle(["-"], stdin=io.BytesIO(data)) as bundle:
        assert {len(content) for content in contents(bundle).values()} == {5 << 20}
        assert len(bundle.members) == 8


def test_files_in_memory_are_a_bundle() -> None:
    bundle = Bundle.from_files({"var/log/waagent.log": b"x", "h.zip": zip_bytes({"a": b"1"})}, name="sample")
    assert contents(bundle) == {"h.zip!/a": b"1", "var/log/waagent.log": b"x"}
    assert bundle.name == "sample"
