"""The long run: `python -m tests.fuzz.run [--seconds N] [HARNESS...]` fuzzes each harness for N seconds with atheris (Linux only).

Each harness runs in a process of its own, guided by the coverage of `analyzer`. It starts from `corpus/<harness>`, and from the members of
all fixtures that its reader reads. What it finds is written to `crashes/<harness>-<digest>`; give it a name that says what it was, put it into
the corpus, and mend the reader.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from analyzer.bundle.layouts import identify
from analyzer.signatures.loader import load

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
FIXTURES = HERE.parents[1] / "fixtures"
_LARGEST = 72 << 10  # bytes of an input: an event log of one chunk
_MEMORY = 2048  # MiB of one harness


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("harness", nargs="*", help="all of them, if none is named")
    parser.add_argument("--seconds", type=int, default=60, help="how long each is fuzzed")
    parser.add_argument("--crashes", type=Path, default=Path("crashes"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return _inside(options.harness[0], options.seconds, options.crashes)
    from tests.fuzz.harnesses import HARNESSES

    failed = []
    for name in options.harness or sorted(HARNESSES):
        command = [sys.executable, "-m", "tests.fuzz.run", "--inside", name, "--seconds", str(options.seconds)]
        done = subprocess.run([*command, "--crashes", str(options.crashes)], capture_output=True, text=True, check=False)
        last = [line for line in done.stderr.splitlines() if line.strip()][-12:]
        print(
            f"{name}: {'nothing found' if done.returncode == 0 else 'FOUND'}",
            *([] if done.returncode == 0 else last),
            sep="\n  ",
            flush=True,
        )
        failed += [name] if done.returncode else []
    return 1 if failed else 0


def _inside(name: str, seconds: int, crashes: Path) -> int:
    """Fuzzes one harness in this process; does not come back."""
    import atheris

    with atheris.instrument_imports(include=["analyzer"]):
        from tests.fuzz.harnesses import HARNESSES

    crashes.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        for data in seeds(name):
            (Path(work) / sha256(data).hexdigest()[:16]).write_bytes(data)
        arguments = [
            f"-max_total_time={seconds}", f"-max_len={_LARGEST}", f"-rss_limit_mb={_MEMORY}", "-timeout=30", "-verbosity=0",
            f"-artifact_prefix={crashes}{os.sep}{name}-", work,
        ]  # fmt: skip
        atheris.Setup([name, *arguments], HARNESSES[name])
        atheris.Fuzz()
    return 0


def seeds(name: str) -> Iterator[bytes]:
    """What a harness starts from: its corpus, and the members of the fixtures that it would be given."""
    folder = CORPUS / name
    yield from (path.read_bytes() for path in sorted(folder.iterdir())) if folder.is_dir() else ()
    for path, data in [*_of_fixtures(), *_of_examples()]:
        row = identify(path, data[:8192].decode("utf-8", "replace"))
        if row.module and name in (row.module.replace("commands.", "cmd_"), f"log.{row.module}", f"{row.module}.{row.kind}"):
            yield data[: 8 << 10]
        elif (name == "evtx" and row.module == "event_log") or (name == "hive" and row.module == "hives"):
            yield data


def _of_fixtures() -> Iterator[tuple[str, bytes]]:
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file() and "bundle" in path.parts:
            with path.open("rb") as file:
                yield path.relative_to(FIXTURES).as_posix(), file.read(_LARGEST)


def _of_examples() -> Iterator[tuple[str, bytes]]:
    """The examples of all signatures: small, and of nearly every kind."""
    for signature in load().signatures:
        for example in (*signature.matches, *signature.near_misses):
            yield from ((path, text.encode()) for path, text in example.items() if isinstance(text, str))


if __name__ == "__main__":
    sys.exit(main())
