"""Tar archives: every dialect, cut, damaged and hostile."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import tarfile
from datetime import datetime
from pathlib import Path

import pytest

from analyzer.bundle import Bundle, open_bundle

from .making import PACKERS, contents, tar_bytes


def opened(data: bytes) -> Bundle:
    return open_bundle(["-"], stdin=io.BytesIO(data))


LONG = "var/" + "deep/" * 60 + "日志.log"
FILES = {"a.log": b"a" * 3000, LONG: b"long", "z": b""}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_and_foreign_names_are_read(form: int) -> None:
    with opened(tar_bytes(FILES, form)) as bundle:
        assert contents(bundle) == dict(sorted(FILES.items()))
        assert bundle.problems == []


def test_a_tar_cut_anywhere_gives_a_beginning_of_every_member_it_lists() -> None:
    data = tar_bytes({"a.log": b"a" * 700, "b" * 130: b"b" * 600})
    for cut in range(512, len(data) - 1024, 37):
        with opened(data[:cut]) as bundle:
            for path, found in contents(bundle).items():
                assert found == path[:1].encode() * len(found)
            if cut < 4000:
                assert bundle.problems, cut


@pytest.mark.parametrize("name", PACKERS)
def test_a_compressed_tar_cut_anywhere_never_raises(name: str) -> None:
    noise = random.Random(3).randbytes(3000)
    data = PACKERS[name](tar_bytes({"a.log": noise, "b.log": b"b" * 2000}))
    best = 0
    for cut in range(0, len(data), 61):
        with opened(data[:cut]) if cut else opened(b"x") as bundle:
            found = contents(bundle)
            best = max(best, len(found.get("a.log", b"")))
            assert noise.startswith(found.get("a.log", b""))
            assert bundle.problems or not cut
    assert best > 1000 or name in ("bz2", "xz", "zst"), "block compressors give whole blocks only"


def test_a_damaged_header_costs_its_member_only() -> None:
    data = bytearray(tar_bytes({"a": b"1" * 600, "b": b"2" * 600, "c": b"3" * 600}))
    at = bytes(data).find(b"b\0\0\0")
    data[at + 100] ^= 0xFF
    with opened(bytes(data)) as bundle:
        assert contents(bundle) == {"a": b"1" * 600, "c": b"3" * 600}
        (problem,) = bundle.problems
        assert f"no valid header at byte {at}" in problem.problem


def test_links_devices_and_fifos_are_refused_and_hard_links_resolved() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        file = tarfile.TarInfo("real")
        file.size, file.mtime = 3, 1_700_000_000
        archive.addfile(file, io.BytesIO(b"abc"))
        kinds = {"soft": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "dev": tarfile.CHRTYPE, "pipe": tarfile.FIFOTYPE, "d": tarfile.DIRTYPE}
        for name, kind in kinds.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "real"
            archive.addfile(info)
        lost = tarfile.TarInfo("lost")
        lost.type, lost.linkname = tarfile.LNKTYPE, "../../etc/shadow"
        archive.addfile(lost)
    with opened(buffer.getvalue()) as bundle:
        assert contents(bundle) == {"hard": b"abc", "real": b"abc"}
        assert [path for path, _ in bundle.refused] == ["dev", "lost", "pipe", "soft"]
        assert bundle.members[1].modified == datetime(2023, 11, 14, 22, 13, 20)


@pytest.mark.skipif(shutil.which("tar") is None, reason="needs GNU tar")
@pytest.mark.parametrize("form", [("gnu",), *(("pax", f"--sparse-version={version}") for version in ("0.0", "0.1", "1.0"))])
def test_sparse_files_are_whole(tmp_path: Path, form: tuple[str, ...]) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        for position in range(0, 6 << 20, 1 << 20):
            file.seek(position + 4096)
            file.write(b"data" * 1024)
        file.truncate(7 << 20)
    command = ["tar", "-S", "--format", *form, "-cf", str(tmp_path / "out.tar"), "-C", str(tmp_path), "sparse"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this tar writes no sparse files")
    with open_bundle([tmp_path / "out.tar"]) as bundle:
        assert contents(bundle) == {"sparse": (tmp_path / "sparse").read_bytes()}
        assert bundle.problems == []


def test_a_tar_without_end_mark_says_it_may_be_cut() -> None:
    data = tar_bytes({"a": b"x" * 512})[:1024]
    with opened(data) as bundle:
        assert contents(bundle) == {"a": b"x" * 512}
        assert "without its end mark" in bundle.problems[0].problem


def test_hostile_numbers_do_not_hang() -> None:
    data = bytearray(tar_bytes({"a": b"x"}))
    for field in (b"\xff" * 12, b"\x80" + b"\x7f" * 11, b"77777777777\0", b"-0000000001\0"):
        damaged = data[:]
        damaged[124:136] = field
        damaged[148:156] = b" " * 8
        damaged[148:156] = b"%06o\0 " % sum(damaged[:512])
        with opened(bytes(damaged)) as bundle:
            assert sum(map(len, contents(bundle).values())) < 20_000
            assert bundle.problems or bundle.refused
