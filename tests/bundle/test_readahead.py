"""Blocks pulled by a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from analyzer.bundle import read_ahead


def _threads() -> int:
    return sum(thread.name == "read-ahead" for thread in threading.enumerate())


def test_blocks_come_whole_and_in_order() -> None:
    assert list(read_ahead(iter([b"%d" % number for number in range(500)]), depth=3)) == [b"%d" % number for number in range(500)]
    assert list(read_ahead(iter([]))) == []
    assert _threads() == 0


def test_an_exception_of_the_producer_is_raised_in_the_consumer() -> None:
    def blocks() -> Iterator[bytes]:
        yield b"one"
        raise ValueError("lost")

    ahead = read_ahead(blocks())
    assert next(ahead) == b"one"
    with pytest.raises(ValueError, match="lost"):
        next(ahead)
    assert _threads() == 0


def test_closing_early_ends_the_thread_and_the_source() -> None:
    ended = []

    def blocks() -> Iterator[bytes]:
        try:
            while True:
                yield b"x"
        finally:
            ended.append(True)

    ahead = read_ahead(blocks(), depth=2)
    assert next(ahead) == b"x"
    ahead.close()  # type: ignore[attr-defined]  # a generator, declared as the iterator it is
    assert ended == [True]
    assert _threads() == 0


def test_no_more_than_depth_blocks_are_pulled_ahead() -> None:
    pulled = []

    def blocks() -> Iterator[bytes]:
        for number in range(100):
            pulled.append(number)
            yield b"x"

    ahead = read_ahead(blocks(), depth=4)
    next(ahead)
    threading.Event().wait(0.1)
    assert len(pulled) <= 6
    ahead.close()  # type: ignore[attr-defined]
