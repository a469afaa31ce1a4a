"""Reads an event log with one reader and prints how many records it gave: one contestant of `make bench`, in a process of its own.

    python -m benchmarks.evtx_readers ours|bare|python-evtx|python-evtx-structure FILE

`ours` is the reader alone, as the analysis calls it (most records are dropped before they are decoded); `bare` the Rust reader rendering
every record; `python-evtx` renders every record as XML, its usual call; `python-evtx-structure` walks the records only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path


def ours(path: Path) -> int:
    from analyzer.parsers.evtx import Wanted, read_evtx

    services = frozenset({7000, 7009, 7022, 7023, 7024})
    wanted = Wanted({"Service Control Manager": services, "VSS": None, "Application Hang": frozenset({1002})})
    return read_evtx(_blocks(path), path.name, wanted).records


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            yield block


def bare(path: Path) -> int:
    import evtx

    return sum(1 for _ in evtx.PyEvtxParser(str(path), number_of_threads=1).records_json())


def python_evtx(path: Path) -> int:
    from Evtx.Evtx import Evtx

    with Evtx(str(path)) as log:
        return sum(1 for record in log.records() if record.xml())


def python_evtx_structure(path: Path) -> int:
    from Evtx.Evtx import Evtx

    with Evtx(str(path)) as log:
        return sum(1 for _ in log.records())


READERS = {"ours": ours, "bare": bare, "python-evtx": python_evtx, "python-evtx-structure": python_evtx_structure}

if __name__ == "__main__":
    print(READERS[sys.argv[1]](Path(sys.argv[2])))
