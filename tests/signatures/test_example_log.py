"""Event logs in a signature's examples: records as a list give the same events as a real log does."""

from __future__ import annotations

import pytest

from analyzer.bundle import Bundle
from analyzer.parsers.pattern import Condition, Pattern, PatternSet
from analyzer.parsers.reading import read
from analyzer.signatures.example_log import example_log
from tests.support.evtxwriter import EvtxWriter, presets

STOPPED = Pattern(
    "stopped", frozenset(["evtx"]), where=(Condition("component", "is", ("Service Control Manager",)), Condition("code", "is", ("7034",)))
)
PATTERNS = PatternSet([STOPPED])


def test_an_example_reads_as_the_written_log_does() -> None:
    data = EvtxWriter().add_all([presets.scm(7034, "2026-03-10T02:00:00Z", "app01", ["Volume Shadow Copy", "1"], svc="VSS")]).to_bytes()
    with Bundle.from_files({"System.evtx": data}) as bundle:
        written = read(bundle, bundle.members[0], PATTERNS).hits[0].event
    spelt = example_log(
        "System.evtx",
        [{"provider": "Service Control Manager", "id": 7034, "service": "VSS", "data": ["Volume Shadow Copy", "1"]}],
        PATTERNS,
    )
    shown = spelt.hits[0].event
    assert (shown.text, shown.component, shown.code, shown.level) == (written.text, written.component, written.code, written.level)
    assert shown.stamp is not None and written.stamp is not None and shown.stamp.value == written.stamp.value
    for name in ("param1", "param2", "binary_text", "channel", "event_id", "provider"):
        assert shown.fields[name] == written.fields[name], name


def test_what_is_not_asked_for_is_no_hit() -> None:
    assert not example_log("System.evtx", [{"provider": "Service Control Manager", "id": 7036}], PATTERNS).hits


@pytest.mark.parametrize("record", [{"provider": "VSS"}, {"id": 8193}, {"provider": "VSS", "id": 8193, "param1": "x"}])
def test_a_record_that_says_too_little_or_too_much_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="record 1"):
        example_log("Application.evtx", [record], PATTERNS)
