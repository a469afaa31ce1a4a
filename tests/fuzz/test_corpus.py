"""What fuzzing started from and what it found stays in `corpus/`, and every reader keeps its promises on it; so it does on a few inputs that
Hypothesis makes up. The long run is `make fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.harnesses import HARNESSES
from tests.fuzz.run import CORPUS
from tests.parsers.members import DAMAGED

FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file())
PARSERS = sorted(name for name in HARNESSES if name not in ("whole", "layout"))


def test_the_corpus_is_small_and_every_folder_has_a_harness() -> None:
    assert {path.parent.name for path in FILES} <= set(HARNESSES)
    assert max(path.stat().st_size for path in FILES) <= 16 << 10
    assert sum(path.stat().st_size for path in FILES) <= 1 << 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_mended(path: Path) -> None:
    HARNESSES[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", PARSERS)
def test_every_reader_survives_what_damages_files(name: str) -> None:
    for data in DAMAGED.values():
        HARNESSES[name](data)


def _samples(name: str) -> list[bytes]:
    return [path.read_bytes() for path in FILES if path.parent.name == name] or [b"a=1\n"]


def _spoiled(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with a stretch of them cut out, doubled, or replaced by others."""
    at = st.integers(0, len(data))
    put = st.one_of(
        st.just(b""),
        st.binary(max_size=12),
        st.sampled_from([b"\0", b"\n", b"\r\n", b"\xff\xfe", b"{", b"]", b'"', b"=", b"9" * 30, b"-1"]),
    )
    return st.tuples(at, at, put).map(lambda cut: data[: min(cut[0], cut[1])] + cut[2] + data[max(cut[0], cut[1]) :])


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_every_reader_survives_spoiled_samples(name: str) -> None:
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(*(_spoiled(sample) for sample in _samples(name)), st.binary(max_size=300)))
    def survives(data: bytes) -> None:
        HARNESSES[name](data)

    survives()
