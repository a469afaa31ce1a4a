"""The evidence pack: the same bytes for the same document, and every line can be checked against its artifact's hash."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from analyzer.report import OutputExists, Redacted, document, write
from analyzer.report.pack import members, pack

from . import sample


def test_same_document_same_bytes(confirmed: Redacted) -> None:
    again = document(sample.confirmed())
    assert pack(members(confirmed, "en", {"zh-CN": confirmed})) == pack(members(again, "en", {"zh-CN": again}))


def test_it_holds_what_is_passed_on_and_a_manifest_of_it(confirmed: Redacted) -> None:
    with zipfile.ZipFile(io.BytesIO(pack(members(confirmed, "en", {"zh-CN": confirmed})))) as archive:
        names = archive.namelist()
        assert names == sorted(names) and archive.testzip() is None
        for wanted in (
            "README.txt",
            "diagnosis.json",
            "report.md",
            "report.zh-CN.md",
            "letters/customer.en.txt",
            "letters/escalation.zh-CN.txt",
        ):
            assert wanted in names
        listed = dict(line.split("  ", 1)[::-1] for line in archive.read("MANIFEST.txt").decode().splitlines())
        assert listed == {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names if name != "MANIFEST.txt"}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_evidence_stands_with_its_lines_and_its_artifacts_hash(confirmed: Redacted) -> None:
    files = {name: data.decode() for name, data in members(confirmed, "en").items() if name.startswith("evidence/")}
    text = next(text for text in files.values() if text.startswith(sample.CONF))
    assert text.splitlines()[1] == f"SHA-256 {1:064x}"
    assert f"== {sample.CONF}:37" in text
    assert ">       37 | Extensions.Enabled=n" in text and "        36 | # backup, monitoring" in text
    assert "for linux-agent-options (decisive, state)" in text


def test_names_of_files_are_harmless() -> None:
    found = sample.confirmed()
    for name in ("../../etc/passwd", "a/\x00\u202eb c", "..", "con\\..\\x"):
        found["incidents"][0]["hypotheses"][0]["evidence"].append(sample.evidence("s", name, "x", "y", line=1))
    for name in members(document(found), "en"):
        assert ".." not in name and name.isascii() and name.isprintable() and "\\" not in name


def test_our_own_pack_is_replaced_and_any_other_zip_needs_force(tmp_path: Path, confirmed: Redacted) -> None:
    target = tmp_path / "pack.zip"
    data = pack(members(confirmed, "en"))
    write(target, data)
    write(target, data)
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mine.txt", "azure-vm-backup-analyzer evidence/1")
    with pytest.raises(OutputExists):
        write(target, data)
    target.write_bytes(b"PK\x03\x04")
    with pytest.raises(OutputExists):
        write(target, data)
