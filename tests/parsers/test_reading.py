"""Reading a member: a parser that fails loses only what it did not read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analyzer.bundle import Bundle
from analyzer.model import ArtifactStatus, Event
from analyzer.parsers import waagent_conf
from analyzer.parsers.document import Document
from analyzer.parsers.pattern import Pattern, PatternSet
from analyzer.parsers.reading import Read, read
from tests.support.cases import AGENT_LOG

CONF = "etc/waagent.conf"


def member(path: str, content: bytes, *patterns: Pattern) -> tuple[Read, Bundle]:
    bundle = Bundle.from_files({path: content})
    return read(bundle, bundle.members[0], PatternSet(patterns)), bundle


@pytest.mark.parametrize(("before", "status"), [(0, ArtifactStatus.FAILED), (2, ArtifactStatus.PARTLY)])
def test_what_was_read_before_a_parser_fails_is_kept(monkeypatch: pytest.MonkeyPatch, before: int, status: ArtifactStatus) -> None:
    def parse(document: Document) -> Iterator[Event]:
        for number in range(1, before + 1):
            yield Event(document.kind, document.path, "x", line=number, fields={"key": "k"})
        raise RuntimeError("a mistake in a parser")

    monkeypatch.setattr(waagent_conf, "parse", parse)
    found, bundle = member(CONF, b"a=b\n", Pattern("p", frozenset({"waagent-conf"})))
    assert (len(found.events), len(found.hits), found.artifact.status) == (before, before, status)
    assert [(problem.artifact, "RuntimeError" in problem.problem) for problem in bundle.problems] == [(CONF, True)]


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"\xff\xfe", b"[" * 100_000, b"{" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"])
@pytest.mark.parametrize("path", ["job.json", CONF, AGENT_LOG, "var/lib/waagent/GoalState.xml", "results.txt", "var/log/syslog"])
def test_hostile_content_never_stops_the_reading(path: str, content: bytes) -> None:
    found, _ = member(path, content)
    assert found.artifact.sha256


def test_lines_are_counted_exactly() -> None:
    assert [member(CONF, content)[0].artifact.lines for content in (b"", b"a=1", b"a=1\n", b"a=1\nb=2")] == [0, 1, 1, 2]
