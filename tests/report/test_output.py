"""An output is written whole or not at all, and never over a file that is not ours."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from analyzer.report import OutputError, OutputExists, Redacted, check, render_html, render_json, write
from analyzer.report.junit import junit


def test_new_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write(tmp_path / "r.html", b"x")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"r.html": b"x"}


def test_our_own_report_is_replaced(tmp_path: Path, confirmed: Redacted) -> None:
    for data in (render_html(confirmed).encode(), render_html(confirmed, "zh-CN").encode(), render_json(confirmed), junit([]).encode()):
        target = tmp_path / "out"
        target.write_bytes(data)
        write(target, b"new")
        assert target.read_bytes() == b"new"
        target.unlink()


@pytest.mark.parametrize(
    "data",
    [b"", b"notes", b'<meta name="generator" content="azure-vm-backup-analyzer">', b'{"a": {"schema": "diagnosis/1"}}', b'["diagnosis/1"]'],
)
def test_a_foreign_file_needs_force(tmp_path: Path, data: bytes) -> None:
    target = tmp_path / "mine.html"
    target.write_bytes(data)
    with pytest.raises(OutputExists, match="--force"):
        write(target, b"new")
    assert target.read_bytes() == data
    write(target, b"new", force=True)
    assert target.read_bytes() == b"new"


def test_an_input_is_never_an_output(tmp_path: Path) -> None:
    bundle, link = tmp_path / "bundle.zip", tmp_path / "link.zip"
    bundle.write_bytes(b"PK")
    link.symlink_to(bundle)
    for given in (bundle, link):
        with pytest.raises(OutputError, match="input"):
            write(given, b"new", inputs=[bundle], force=True)
    assert bundle.read_bytes() == b"PK"


def test_missing_folder_and_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        check(tmp_path / "no" / "r.html")
    with pytest.raises(OutputError, match="is a folder"):
        check(tmp_path, force=True)


def test_link_stays_a_link_and_its_target_is_judged(tmp_path: Path) -> None:
    target, link = tmp_path / "target.html", tmp_path / "link.html"
    link.symlink_to(target)
    write(link, b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"
    with pytest.raises(OutputExists):
        write(link, b"newer")


def test_loop_of_links_is_an_error(tmp_path: Path) -> None:
    loop = tmp_path / "a"
    loop.symlink_to(loop)
    with pytest.raises(OutputError):
        write(loop, b"x")


@pytest.mark.skipif(os.name == "nt", reason="POSIX devices")
def test_device_and_pipe_are_written_directly() -> None:
    write(Path("/dev/null"), b"x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    reader, writer = os.pipe()
    write(Path(f"/dev/fd/{writer}"), b"through")
    assert os.read(reader, 99) == b"through"
    os.close(reader)
    os.close(writer)


def test_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.html"
    target.write_bytes(b"old")

    def refuse(self: Path, other: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError, match="No space left"):
        write(target, b"new", force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"r.html": b"old"}


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_mode_of_a_replaced_file_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write(target, b"new", force=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
