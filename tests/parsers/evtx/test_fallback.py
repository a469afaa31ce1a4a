"""Both readers say the same of every record, so a signature need not know which one read it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.parsers.evtx import backend, fallback
from analyzer.parsers.evtx.framing import Slot, frame
from analyzer.parsers.evtx.image import walk
from analyzer.parsers.evtx.normalise import Record, read_json, record_of
from analyzer.parsers.evtx.structure import Place, chunk_header
from tests.parsers.evtx.sample import log, one
from tests.support.evtxwriter import Event, presets

SAMPLES = os.environ.get("SAMPLES")
T = "2024-02-28T03:12:01.1234567Z"

SHAPES = [
    Event(provider="P", event_id=1, classic=[]),
    Event(provider="P", event_id=2, classic=["one"]),
    Event(provider="P", event_id=3, classic=["", "", "last"]),
    Event(provider="P", event_id=4, data=[(None, "x"), (None, "y")]),
    Event(provider="P", event_id=5, data=[("a", "x"), ("a", "y")], binary=b"abc"),
    Event(provider="P", event_id=6, data=[("n", 'control \x02 <&> "quoted"')]),
    Event(provider="P", event_id=7, user_data=("R", "urn:x", [("Channel", "System"), ("Path", ""), ("a", "1"), ("a", "2")])),
    Event(provider="P", event_id=8, related_activity_id="6E1A750F-42C6-491E-941A-12F6AF57EBD2"),
    presets.defender_1116(T, "vm"),
    presets.code_integrity_3077(T, "vm"),
    presets.vss(8193, T, "vm", ["a", "\n\nOperation:\n   x"]),
    presets.wu(20, T, "vm"),
]


def both(data: bytes, chunks: int = 99) -> Iterator[tuple[Record | None, Record | None, Place]]:
    """Each record of the sound chunks as the Rust reader and as python-evtx read it."""
    for part in frame([data]):
        if isinstance(part, Slot) and (header := chunk_header(part.data)).sound and (chunks := chunks - 1) >= 0:
            places = {place.record: place for place in walk(part.data, header)}
            for rendered in backend.render(part.data).records:
                place = places[rendered["event_record_id"]]
                tree = fallback.read(part.data, place)
                yield read_json(rendered["data"]), record_of(tree) if tree is not None else None, place


@pytest.mark.parametrize("data", [log(160), one(*SHAPES)], ids=["mixed", "shapes"])
def test_both_readers_say_the_same(data: bytes) -> None:
    for rust, python, place in both(data):
        assert rust is not None
        assert python == rust, place


def test_damaged_record_is_refused_not_raised() -> None:
    data = bytearray(log(80)[4096:])
    place = walk(bytes(data), chunk_header(bytes(data)))[20]
    data[place.offset + 30 : place.end - 8] = b"\xff" * (place.size - 38)
    assert fallback.read(data, place) is None


@pytest.mark.skipif(not SAMPLES, reason="SAMPLES names no folder of public logs")
def test_both_readers_say_the_same_of_public_logs() -> None:
    refused = compared = 0
    for path in sorted(Path(str(SAMPLES)).glob("*.evtx")):
        for rust, python, place in both(path.read_bytes(), 1):
            refused += python is None
            compared += python is not None
            assert python is None or python == rust, (path.name, place)
    assert compared > 50 * refused
