"""How fast an event log is read: 200 MB through our reader, the bare Rust reader, and python-evtx on a part of it, in one run.

    python -m benchmarks.evtx_log [MB]

Each runs in a process of its own, so that its peak memory is its own. MB are 10^6 bytes of the uncompressed log.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import evtx

from analyzer.bundle import open_bundle, read_ahead
from analyzer.parsers.evtx import Wanted, backend, fallback, read_evtx
from analyzer.parsers.evtx.image import walk
from analyzer.parsers.evtx.structure import CHUNK, chunk_header
from tests.parsers.evtx.sample import mixed
from tests.support.evtxwriter import EvtxWriter
from tests.support.evtxwriter.grow import grow

CATALOGUE = Wanted(
    {"Service Control Manager": frozenset({7000, 7009, 7022, 7023, 7024}), "VSS": None, "Application Hang": frozenset({1002})}
)
EVERY_EIGHTH = Wanted({"Service Control Manager": frozenset({7031})})
PYTHON_CHUNKS = 8  # python-evtx needs minutes for the whole


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            yield block


def ours(path: Path) -> int:
    return read_evtx(_blocks(path), path.name, CATALOGUE).records


def ours_with_many_wanted(path: Path) -> int:
    return read_evtx(_blocks(path), path.name, EVERY_EIGHTH).records


def ours_from_zip(path: Path) -> int:
    """Inflated, hashed and read, as a run does it."""
    with open_bundle([path.with_suffix(".zip")]) as bundle:
        (member,) = bundle.members
        return read_evtx(read_ahead(bundle.stream(member, digest=True)), member.path, CATALOGUE).records


def bare_rust(path: Path) -> int:
    return sum(1 for _ in evtx.PyEvtxParser(str(path), number_of_threads=1).records_json())


def rust_chunk_by_chunk(path: Path) -> int:
    with path.open("rb") as stream:
        stream.seek(4096)
        return sum(len(backend.render(chunk).records) for chunk in iter(lambda: stream.read(CHUNK), b""))


def python_evtx(path: Path) -> int:
    """The reader behind our fallback, on the first chunks."""
    records = 0
    with path.open("rb") as stream:
        stream.seek(4096)
        for _ in range(PYTHON_CHUNKS):
            chunk = stream.read(CHUNK)
            records += sum(fallback.read(chunk, place) is not None for place in walk(chunk, chunk_header(chunk)))
    return records


def python_evtx_xml(path: Path) -> int:
    """python-evtx as it is usually called, on the first chunk."""
    from Evtx.Evtx import ChunkHeader

    with path.open("rb") as stream:
        stream.seek(4096)
        return sum(1 for record in ChunkHeader(stream.read(CHUNK), 0).records() if record.xml())


SIZES: dict[Callable[[Path], int], int] = {python_evtx: PYTHON_CHUNKS * CHUNK, python_evtx_xml: CHUNK}


def _peak() -> float:
    """The most memory that this process had, in MB."""
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def _measure(function: Callable[[Path], int], path: Path) -> None:
    before = _peak()
    wall, cpu = time.perf_counter(), time.process_time()
    records = function(path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    size = SIZES.get(function, path.stat().st_size) / 1e6
    speed = f"{size / wall:8.2f} MB/s ({size / cpu:7.2f} by CPU) {records / wall:9.0f} records/s"
    print(f"{function.__name__:24} {records:>8} records {speed}  peak {_peak():.0f} MB, {_peak() - before:.0f} of them its own")


def main(megabytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "System.evtx"
        seed = EvtxWriter().add_all(mixed(number) for number in range(8000)).to_bytes()
        with path.open("wb") as stream:
            for part in grow(seed, megabytes * 1_000_000 // CHUNK):
                stream.write(part)
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(path, path.name)
        spawn = multiprocessing.get_context("spawn")
        for function in (bare_rust, rust_chunk_by_chunk, ours, ours_with_many_wanted, ours_from_zip, python_evtx, python_evtx_xml):
            process = spawn.Process(target=_measure, args=(function, path))
            process.start()
            process.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
