"""A disk that fills up, an interrupt, a kill: under the final name stands the old file or the whole new one, never a part."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analyzer.cli import main
from analyzer.report import OutputError, write

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "fixtures/linux-extensions-disabled/bundle"
OURS = b'{"schema": "diagnosis/1"}\n'


def _full(*_: Any) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _interrupt(*_: Any) -> int:
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["os.fsync", "pathlib.Path.replace", "os.open", "shutil.copymode"])
@pytest.mark.parametrize(("fault", "raised"), [(_full, OutputError), (_interrupt, KeyboardInterrupt)])
def test_a_fault_while_writing_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, fault: Callable[..., int], raised: type[BaseException]
) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(OURS)
    with monkeypatch.context() as broken:
        if place == "pathlib.Path.open":  # only of the temporary file: the old one is opened to see whose it is
            plain = Path.open
            broken.setattr(place, lambda path, mode="r", *rest, **more: fault() if "x" in mode else plain(path, mode, *rest, **more))
        else:
            broken.setattr(place, fault)
        with pytest.raises(raised):
            write(target, b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.json": OURS}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_is_wrong_usage_and_says_why() -> None:
    result = CliRunner().invoke(main, [str(FIXTURE), "--json", "/dev/full"])
    assert result.exit_code == 2 and "No space left" in result.output


@pytest.mark.parametrize("ending", ["html", "json", "csv"])
def test_a_disk_that_fills_up_in_the_middle(tmp_path: Path, ending: str) -> None:
    """A limit on the size of files stands for a full disk: the system refuses in the middle of the file."""
    target = tmp_path / f"out.{ending}"
    option = {"html": "-o", "json": "--json", "csv": "--timeline"}[ending]
    script = f"""
        import resource, signal, sys
        from analyzer.cli import main
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        sys.argv = ["analyze", {str(FIXTURE)!r}, {option!r}, {str(target)!r}]
        main()
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "could not be written: File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "cleaned"), [(signal.SIGINT, True), (signal.SIGKILL, False)])
def test_a_killed_writer_leaves_no_part_under_the_final_name(tmp_path: Path, number: signal.Signals, cleaned: bool) -> None:
    """An interrupt also takes the temporary file away; a kill cannot, and leaves one that is hidden and named `.tmp`."""
    target = tmp_path / "out.html"
    script = f"""
        import os, time
        from pathlib import Path
        from analyzer.report import write
        plain = os.fsync
        def slow(descriptor):
            plain(descriptor)
            print("written", flush=True)
            time.sleep(60)
        os.fsync = slow
        write(Path({str(target)!r}), b"x" * 5_000_000)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    time.sleep(0.05)
    process.send_signal(number)
    process.wait(30)
    process.stdout.close()
    assert not target.exists()
    left = [path.name for path in tmp_path.iterdir()]
    assert left == [] if cleaned else all(name.startswith(".out.html.") and name.endswith(".tmp") for name in left)
    write(target, b"next")  # what was left does not stand in the way
    assert target.read_bytes() == b"next"


def test_outputs_before_the_one_that_fails_are_whole(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_bytes(b"not ours")
    result = CliRunner().invoke(main, [str(FIXTURE), "-o", str(tmp_path / "out.html"), "--json", str(tmp_path / "out.json")])
    assert result.exit_code == 2 and sorted(path.name for path in tmp_path.iterdir()) == ["out.json"], (
        "refused before anything was analysed"
    )
