"""Zip archives: whole, foreign, cut and hostile."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import zstandard

from analyzer.bundle import Bundle, open_bundle

from .making import contents, zip_bytes


def opened(data: bytes) -> Bundle:
    return open_bundle(["-"], stdin=io.BytesIO(data))


def text(seed: int, size: int = 20_000) -> bytes:
    chance = random.Random(seed)
    return bytes(chance.choices(b"abcdefghijklmnop \n", k=size))


FILES = {"var/log/waagent.log": text(1), "var/log/b.log": text(2), "etc/c.conf": b"short"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_method_is_read(method: int) -> None:
    with opened(zip_bytes(FILES, method)) as bundle:
        assert contents(bundle) == dict(sorted(FILES.items()))
        assert bundle.problems == []


def _with_method(data: bytes, packed: bytes, content: bytes, method: int) -> bytes:
    """A zip of one member, packed by other means than zipfile has."""
    archive = bytearray(zip_bytes({"m.log": packed}, zipfile.ZIP_STORED))
    central = archive.find(b"PK\x01\x02")
    crc = zipfile.crc32(content)  # type: ignore[attr-defined]  # zipfile re-exports binascii's or zlib's
    struct.pack_into("<H4xIII", archive, 8, method, crc, len(packed), len(content))
    struct.pack_into("<H4xIII", archive, central + 10, method, crc, len(packed), len(content))
    return bytes(archive)


def test_zstandard_members_are_read() -> None:
    content = text(3)
    with opened(_with_method(b"", zstandard.compress(content), content, 93)) as bundle:
        assert contents(bundle) == {"m.log": content}
        assert bundle.problems == []


def test_deflate64_and_encrypted_members_are_refused_with_a_problem() -> None:
    with opened(_with_method(b"", b"xxx", b"yyyy", 9)) as bundle:
        assert bundle.refused == (("m.log", "compressed with Deflate64, which is not supported"),)
        assert len(bundle.problems) == 1
    locked = bytearray(zip_bytes({"secret": b"x"}))
    locked[6] |= 1
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    with opened(bytes(locked)) as bundle:
        assert bundle.refused == (("secret", "encrypted"),)
        assert bundle.problems[0].lost == "the member"


def test_zip64_and_data_descriptors_are_read(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):  # what cannot seek gets descriptors
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: object) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    whole = pipe.getvalue()
    for data in (whole, whole[: whole.find(b"PK\x01\x02")]):  # the second: only local headers say what is there
        with opened(data) as bundle:
            assert contents(bundle) == dict(sorted(FILES.items()))


def test_a_crc_mismatch_keeps_the_content_and_says_it_is_suspect() -> None:
    data = bytearray(zip_bytes(FILES, zipfile.ZIP_STORED))
    data[data.find(FILES["var/log/b.log"]) + 100] ^= 1
    with opened(bytes(data)) as bundle:
        found = contents(bundle)
        assert len(found["var/log/b.log"]) == 20_000
        (problem,) = bundle.problems
        assert problem.artifact == "var/log/b.log"
        assert "CRC-32" in problem.problem
        contents(bundle)
        assert len(bundle.problems) == 1, "a second reading tells nothing twice"


def test_a_truncated_zip_gives_what_its_local_headers_hold() -> None:
    data = zip_bytes(FILES)
    cut = data.find(b"PK\x03\x04", 10) + 3000
    with opened(data[:cut]) as bundle:
        found = contents(bundle)
        assert found["var/log/waagent.log"] == FILES["var/log/waagent.log"]
        part = found["var/log/b.log"]
        assert 1000 < len(part) < 20_000
        assert FILES["var/log/b.log"].startswith(part)
        assert "central directory" in bundle.problems[0].problem
        assert f"{len(part)} bytes were read" in bundle.problems[1].problem
        assert bundle.problems[1].artifact == "var/log/b.log"
        assert len(bundle.problems) == 2


def test_a_zip_cut_anywhere_gives_a_beginning_of_every_member_it_lists() -> None:
    small = {"a.log": text(1, 300), "b/c.log": text(2, 300), "d.zip": zip_bytes({"e": text(3, 100)})}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        data = zip_bytes(small, method)
        for cut in range(1, len(data)):
            with opened(data[:cut]) as bundle:
                for path, found in contents(bundle).items():
                    if path in small:
                        assert small[path].startswith(found), (method, cut, path)
                assert bundle.problems or cut < 4, (method, cut)


def test_damage_inside_a_deflated_member_keeps_all_bytes_before_it() -> None:
    data = bytearray(zip_bytes({"a.log": text(5, 400_000), "b.log": b"whole"}))
    data[100_000:100_040] = b"\xff" * 40
    with opened(bytes(data)) as bundle:
        found = contents(bundle)
        same = next(at for at, (one, other) in enumerate(zip(found["a.log"], text(5, 400_000), strict=False)) if one != other)
        assert same > 150_000
        assert found["b.log"] == b"whole"
        assert [problem.artifact for problem in bundle.problems] == ["a.log"]


def test_a_damaged_central_directory_is_mended_from_local_headers() -> None:
    data = bytearray(zip_bytes(FILES))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[second : second + 4] = b"XXXX"
    with opened(bytes(data)) as bundle:
        assert contents(bundle) == dict(sorted(FILES.items()))
        assert "central directory is damaged" in bundle.problems[0].problem


def test_junk_before_a_zip_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"MZ some program" * 999 + zip_bytes(FILES))
    with open_bundle([tmp_path / "x"]) as bundle:
        assert contents(bundle) == dict(sorted(FILES.items()))
        assert bundle.problems == []


def test_names_that_lead_out_are_made_harmless() -> None:
    names = ["../../etc/passwd", "/abs/file", "C:\\Windows\\x.log", "a\\..\\..\\b.log", "..", "tab\there", "right\u202eleft", "odd!/x"]
    with opened(zip_bytes([(name, b"1") for name in names])) as bundle:
        paths = [member.path for member in bundle.members]
    assert sorted(paths) == sorted(
        ["etc/passwd", "abs/file", "C/Windows/x.log", "a/b.log", "unnamed", "tab\\x09here", "right\\u202eleft", "odd\\x21/x"]
    )


@pytest.mark.parametrize(("encoding", "name"), [("gb18030", "日志/备份.log"), ("cp437", "é.log"), ("utf-8", "журнал.log")])
def test_names_without_the_utf8_flag_are_decoded(encoding: str, name: str) -> None:
    stored = name.encode(encoding)
    data = zip_bytes({"x" * len(stored): b"1"}).replace(b"x" * len(stored), stored)
    with opened(data) as bundle:
        assert [member.path for member in bundle.members] == [name]


def test_symbolic_links_are_refused_and_folders_are_no_members() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("folder/", b"")
        archive.writestr("folder/file", b"x")
    with opened(buffer.getvalue()) as bundle:
        assert contents(bundle) == {"folder/file": b"x"}
        assert bundle.refused == (("link", "symbolic link"),)
        assert bundle.problems == []


def test_overlapping_members_are_refused() -> None:
    data = bytearray(zip_bytes({"a": b"x" * 100, "b": b"y" * 100}, zipfile.ZIP_STORED))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    struct.pack_into("<I", data, second + 42, 0)
    with opened(bytes(data)) as bundle:
        assert len(bundle.members) == 1
        assert "overlaps" in bundle.refused[0][1]


def test_the_stamp_is_naive_and_nonsense_is_none() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a", (2024, 5, 6, 7, 8, 10)), b"")
    with opened(buffer.getvalue()) as bundle:
        assert bundle.members[0].modified == datetime(2024, 5, 6, 7, 8, 10)
    with opened(buffer.getvalue().replace(b"\xa6\x58", b"\0\0")) as bundle:
        assert bundle.members[0].modified is None


def test_an_empty_zip_and_a_false_zip_are_told_apart() -> None:
    with opened(zip_bytes({})) as bundle:
        assert bundle.members == ()
        assert "holds no files" in bundle.problems[0].problem
    with opened(b"PK\x03\x04 is how a zip begins") as bundle:
        assert [member.path for member in bundle.members] == ["stdin"]
        assert len(bundle.problems) == 1


def test_a_cut_zip_is_not_taken_for_the_archive_stored_inside_it() -> None:
    data = zip_bytes({"a.log": b"outer", "h.zip": zip_bytes({"b": b"inner"}), "z.log": b"x" * 500}, zipfile.ZIP_STORED)
    with opened(data[: data.find(b"x" * 500) + 100]) as bundle:
        assert [member.path for member in bundle.members] == ["a.log", "h.zip!/b", "z.log"]
        assert contents(bundle)["z.log"] == b"x" * 100


def test_headers_made_to_overlap_cost_no_more_than_their_file() -> None:
    header = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 8, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    with opened(header * 20_000) as bundle:  # without the limit this takes minutes: 20,000 searches to the end
        assert len(bundle.members) == 20_000
