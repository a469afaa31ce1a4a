"""Archives made to fill memory, disk or time, to lead out of their folder, or to hide what they hold. The failure beside it is found all the same."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from analyzer.pipeline import analyze
from tests.bundle.making import PACKERS, tar_bytes, zip_bytes
from tests.hostile.making import MIB, Packed, beside, entry, failure, plain, repeated, tar_header, tarred, zipped
from tests.hostile.running import Run, diagnosed, run


def _on(folder: Path, data: bytes, name: str = "case.zip") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _run(folder: Path, data: bytes, name: str = "case.zip", **limits: float) -> Run:
    found = run(_on(folder, data, name), **limits)
    assert diagnosed(found.document), found.problems()
    return found


def _analysed(folder: Path, data: bytes, name: str = "case.zip") -> dict[str, Any]:
    document = analyze([_on(folder, data, name)]).document
    assert diagnosed(document), document["problems"]
    return document


def _told(document: dict[str, Any], artifact: str) -> str:
    """The problem lines about a member, and why it was refused if it was."""
    lines = [f"{row['problem']} ({row['lost']})" for row in document["problems"] if artifact in row["artifact"]]
    lines += [
        f"{row['status']}: {row['note']}"
        for row in document["bundle"]["artifacts"]
        if artifact in row["path"] and row["status"] == "refused"
    ]
    return "; ".join(lines)


# Bombs.


def test_flat_bomb(tmp_path: Path) -> None:
    found = _run(tmp_path, beside({"var/log/zeros.log": repeated(b"\0", 4096 * MIB)}), mebibytes=350)
    assert "expands more than 1000 times" in found.problems("zeros.log")[0]


def test_bomb_in_a_nest_of_zips(tmp_path: Path) -> None:
    inner = zipped([("zeros", repeated(b"\0", 2048 * MIB))])
    for _ in range(2):
        inner = zipped([(f"{number}.zip", inner) for number in range(2)])
    found = _run(tmp_path, beside({"nest.zip": inner}), mebibytes=400)
    assert any("expands more than 1000 times" in line or "budget" in line for line in found.problems("nest.zip"))


def test_zip_that_holds_itself_without_end_is_left_at_a_depth(tmp_path: Path) -> None:
    inner = zip_bytes({"a.txt": b"a"})
    for _ in range(30):
        inner = zip_bytes({"deeper.zip": inner})
    assert "nested deeper than 6" in _told(_analysed(tmp_path, beside({"deep.zip": inner})), "deep.zip")


def test_entries_that_share_one_stream(tmp_path: Path) -> None:
    data = zipped([*failure().items(), ("kernel", repeated(b"a", 200 * MIB))], overlapping=5_000)
    document = _analysed(tmp_path, data)
    assert "overlaps another member" in _told(document, "kernel")
    assert sum(row["status"] != "refused" and row["path"].startswith("kernel") for row in document["bundle"]["artifacts"]) <= 1


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_compressed_bomb_inside(tmp_path: Path, name: str) -> None:
    bomb = PACKERS[name](bytes(16 * MIB)) * 40  # streams one after the other are one content
    found = _run(tmp_path, beside({"var/log/syslog.1": bomb}), mebibytes=400)
    assert found.problems("syslog.1")


def test_tens_of_thousands_of_members(tmp_path: Path) -> None:
    """Each costs its row; that there is a most is tested where the budget is (tests/bundle/test_opening.py)."""
    found = _run(
        tmp_path, zipped([*failure().items(), *((f"many/{number}", Packed(b"", 0, 0, 0)) for number in range(20_000))]), mebibytes=500
    )
    assert len(found.document["bundle"]["artifacts"]) == 20_000 + len(failure())


def test_tar_headers_that_claim_much(tmp_path: Path) -> None:
    """PAX headers by the thousand, one that claims a gigabyte, sizes that are negative or beyond any disk, a map of nothing but holes."""
    many = b"".join(tar_header(b"x", 512, b"x") + b"20 path=/etc/passwd\n".ljust(512, b"\0") for _ in range(20_000))
    claims = tar_header(b"huge", 1 << 30, b"x") + tar_header(b"minus", b"\xff" * 12) + tar_header(b"beyond", b"\x80" + b"\xff" * 11)
    sparse = entry(
        "sparse.log",
        pax={"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "sparse.log", "GNU.sparse.realsize": "9" * 18},
        size=512,
    )
    grown = entry("grown.log", pax={"size": "9" * 18})
    data = tarred([(sparse, b"1\n0\n0\n".ljust(512, b"\0"))], before=many)
    document = analyze([_on(tmp_path, data, "case.tar")]).document
    assert diagnosed(document) and "oversized map" in _told(document, "sparse.log")
    behind = analyze([_on(tmp_path, tarred([(grown, b"")])[:-1024] + claims + bytes(1024), "behind.tar")]).document
    assert diagnosed(behind) and _told(behind, "")


# Names and kinds of members.

SPELLINGS = [
    "../../escaped", "..\\..\\escaped", "/etc/escaped", "//host/share/escaped", "\\\\host\\share\\escaped", "C:\\escaped", "C:escaped", "\\\\?\\C:\\escaped",
    "a/../../escaped", "a/./../.././escaped", "....//....//escaped", "%2e%2e/%2e%2e/escaped", "..%c0%afescaped", "..\uff0fescaped", "~/escaped", "$HOME/escaped",
    "escaped\0.log", "escaped.", "escaped ", "CON", "aux.log", "escaped:stream", "-rf escaped", "\u202egol.depacse", "escaped\n/x", "a!/escaped", "x" * 60_000 + "escaped",
]  # fmt: skip
NAMES = [name.replace("escaped", f"escaped{number}") for number, name in enumerate(SPELLINGS)]


def test_no_name_leads_out_or_hides(tmp_path: Path) -> None:
    """In a zip and in a tar, every spelling: nothing is written anywhere, and every member is listed under a harmless path."""
    inside = tmp_path / "a/b/c"
    inside.mkdir(parents=True)
    zip_ = zipped([*failure().items(), *((name, b"content of no kind") for name in NAMES)])
    tar = tarred([(entry(name[:200].replace("\0", ""), size=1), b"x") for name in NAMES])
    for data, name in ((zip_, "case.zip"), (tar, "case.tar")):
        document = _analysed(inside, data, name)
        paths = [row["path"] for row in document["bundle"]["artifacts"]]
        assert len(paths) == len(set(paths)) == len(failure()) + len(NAMES)
        for path in paths:
            assert not path.startswith("/") and not {"..", ".", ""} & set(path.split("/")) and path.isprintable() and len(path) < 2_000
        assert sum("leads out of the archive" in row["problem"] for row in document["problems"]) >= 4
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["case.tar", "case.zip"]


def test_links_and_devices_are_refused_and_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOP-SECRET Extensions.Enabled=y\n")
    odd = [
        (entry("link.log", tarfile.SYMTYPE, link=str(secret)), b""), (entry("up.log", tarfile.SYMTYPE, link="../../secret"), b""),
        (entry("hard.log", tarfile.LNKTYPE, link=str(secret)), b""), (entry("itself.log", tarfile.LNKTYPE, link="itself.log"), b""),
        (entry("null.log", tarfile.CHRTYPE), b""), (entry("sda.log", tarfile.BLKTYPE), b""), (entry("pipe.log", tarfile.FIFOTYPE), b""),
    ]  # fmt: skip
    document = _analysed(tmp_path, tarred(odd), "case.tar")
    refused = {row["path"] for row in document["bundle"]["artifacts"] if row["status"] == "refused"}
    assert refused == {info.name for info, _ in odd}
    link = Packed(plain(str(secret).encode()).data, len(str(secret)), mode=stat.S_IFLNK | 0o777)
    listed = _analysed(tmp_path, beside({"var/log/waagent.log.1": link}), "links.zip")
    assert "refused" in _told(listed, "waagent.log.1")
    assert "TOP-SECRET" not in str(document) + str(listed)


def test_names_twice_and_names_that_differ_in_case(tmp_path: Path) -> None:
    """Two files of one name are both read, the second as `#2`; a name that differs in case is another file."""
    data = zipped(
        [*failure().items(), ("etc/os-release", b"ID=other\n"), ("ETC/OS-RELEASE", b"ID=other\n"), ("etc", b"a file where a folder is")]
    )
    paths = {row["path"] for row in _analysed(tmp_path, data)["bundle"]["artifacts"]}
    assert paths == {*failure(), "etc/os-release#2", "ETC/OS-RELEASE", "etc"}


# Damage.


def test_encrypted_damaged_and_cut_members(tmp_path: Path) -> None:
    log = plain(b"2026-03-10T02:00:00.000000Z INFO Daemon Daemon all is well\n" * 500)
    middle = len(log.data) // 2
    broken = log.data[:middle] + bytes(byte ^ 0xFF for byte in log.data[middle : middle + 8]) + log.data[middle + 8 :]
    document = _analysed(tmp_path, beside({
        "encrypted.log": Packed(log.data, log.size, log.crc, flags=1), "aes.log": Packed(log.data, log.size, log.crc, method=99),
        "unknown.log": Packed(log.data, log.size, log.crc, method=97), "crc.log": Packed(log.data, log.size, log.crc ^ 1),
        "cut.log": Packed(log.data[:middle], log.size, log.crc), "broken.log": Packed(broken, log.size, log.crc),
        "longer.log": Packed(log.data, 7, log.crc), "shorter.log": Packed(log.data, log.size + 1, log.crc),
    }))  # fmt: skip
    for name, said in {
        "encrypted.log": "encrypted", "aes.log": "encrypted", "unknown.log": "not supported", "crc.log": "CRC-32", "cut.log": "cut",
        "broken.log": "", "longer.log": "the archive states 7 bytes", "shorter.log": "",
    }.items():  # fmt: skip
        told = _told(document, name)
        assert told and said in told, (name, told)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_an_upload_that_broke_off(tmp_path: Path, share: float) -> None:
    """Whatever of it is there is read; with the proof in the first half the verdict stands."""
    noise = zip_bytes({"x": bytes(range(256)) * 400}, zipfile.ZIP_STORED)
    whole = zipped([*failure().items(), ("noise.bin", Packed(noise, len(noise), method=0))])
    assert "cut" in _told(_analysed(tmp_path, whole[: int(len(whole) * share)]), "case.zip")


def test_a_zip_behind_and_before_other_data(tmp_path: Path) -> None:
    for number, data in enumerate((b"MZ\x90\0" + bytes(5000) + beside({}), beside({}) + bytes(60_000), b"#!/bin/sh\nexit\n" + beside({}))):
        _analysed(tmp_path, data, f"{number}.zip")


def test_a_name_that_lies_about_the_content(tmp_path: Path) -> None:
    tar = tar_bytes(failure())
    for name, data in (("case.zip", tar), ("case.tar.gz", beside({})), ("case.log", PACKERS["zst"](tar)), ("case.tar", PACKERS["xz"](tar))):
        _analysed(tmp_path, data, name)


def test_what_only_begins_like_an_archive_is_a_plain_file(tmp_path: Path) -> None:
    false = {"a.zip": b"PK\x03\x04" + b"\xff" * 3000, "b.tar": bytes(257) + b"ustar\0" + b"\xff" * 3000}
    document = _analysed(tmp_path, beside(false))
    for name in false:
        assert "none of its members can be read" in _told(document, name)
