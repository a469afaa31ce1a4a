"""Compressed single files: whole, in several streams, cut and damaged."""

from __future__ import annotations

import hashlib
import random
import zlib

import pytest

from analyzer.bundle import Bundle, compressed

from .making import PACKERS

_CHANCE = random.Random(2)
TEXT = bytes(_CHANCE.choices(b"abcdefgh \n", k=300_000))


def read(data: bytes, block: int = 1 << 20) -> tuple[bytes, Bundle]:
    bundle = Bundle.from_files({"log": data})
    return b"".join(bundle.stream(bundle.members[0], block)), bundle


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("block", [1, 1000, 1 << 20])
def test_content_is_the_same_in_every_block_size(name: str, block: int) -> None:
    found, bundle = read(PACKERS[name](TEXT[:20_000]), block)
    assert found == TEXT[:20_000]
    assert all(len(piece) <= block for piece in bundle.stream(bundle.members[0], block))
    assert bundle.problems == []


@pytest.mark.parametrize("name", PACKERS)
def test_streams_one_after_the_other_are_one_content(name: str) -> None:
    found, bundle = read(PACKERS[name](b"one\n") + PACKERS[name](b"two\n") * 50)
    assert found == b"one\n" + b"two\n" * 50
    assert bundle.problems == []


@pytest.mark.parametrize("name", PACKERS)
def test_other_data_behind_a_stream_is_named(name: str) -> None:
    for tail in (b"x", b"garbage that follows"):
        found, bundle = read(PACKERS[name](TEXT) + tail)
        assert found == TEXT
        assert len(bundle.problems) == 1


def test_zeros_behind_gzip_are_padding() -> None:
    found, bundle = read(PACKERS["gz"](TEXT) + bytes(5000))
    assert found == TEXT
    assert bundle.problems == []


@pytest.mark.parametrize("name", PACKERS)
def test_a_cut_stream_gives_its_beginning_and_says_where(name: str) -> None:
    whole = PACKERS[name](TEXT)
    found, bundle = read(whole[:-50])
    assert TEXT.startswith(found)
    assert found or name == "bz2", "bzip2 gives whole blocks only"
    (problem,) = bundle.problems
    assert f"cut at byte {len(whole) - 50}" in problem.problem
    assert f"{len(found)} bytes were read" in problem.problem


def test_a_damaged_gzip_gives_every_byte_before_the_damage() -> None:
    whole = bytearray(PACKERS["gz"](TEXT))
    whole[-8] ^= 1  # its checksum: the data itself is whole
    found, bundle = read(bytes(whole))
    assert found == TEXT
    assert len(bundle.problems) == 1


def test_a_digest_is_over_all_stored_bytes_even_when_content_ends_early() -> None:
    data = PACKERS["gz"](TEXT)[:5000] + b"\xff" * 5_000_000
    bundle = Bundle.from_files({"log": data})
    stream = bundle.stream(bundle.members[0], digest=True)
    for _ in stream:
        pass
    assert stream.sha256 == hashlib.sha256(data).hexdigest()


def test_without_isal_the_content_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "_fast", zlib)
    found, bundle = read(PACKERS["gz"](TEXT))
    assert found == TEXT
    assert bundle.problems == []
