"""Reads one member: finds its kind, and turns it into events and hits with the parser of that kind."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from analyzer.bundle import Bundle, Encoding, Member, Text, detect_encoding, is_binary, read_ahead, transcode
from analyzer.bundle.layouts import UNKNOWN, Form, Row, identify
from analyzer.model import Artifact, ArtifactStatus, Event, Problem
from analyzer.parsers.document import Document, DocumentParser
from analyzer.parsers.logs import LogFormat
from analyzer.parsers.pattern import Hit, PatternSet
from analyzer.parsers.scan import LogScan, scan

DOCUMENT_LIMIT = 32 << 20  # bytes of a document; no format here is larger unless it is damaged
_THREAD_FROM = 4 << 20  # bytes from which it pays to inflate in a thread of its own


@dataclass
class Read:
    """One member after reading: what is known of it, its events, the hits of patterns, and for a log what the scan left."""

    member: Member
    row: Row
    encoding: Encoding
    artifact: Artifact
    events: list[Event] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    scan: LogScan | None = None


@cache
def _module(name: str) -> Any:
    return import_module(f"analyzer.parsers.{name}")


def log_format(row: Row) -> LogFormat:
    """The format of a log kind."""
    form: LogFormat = _module(row.module).FORMAT
    return form


def document_parser(row: Row) -> DocumentParser:
    parser: DocumentParser = _module(row.module)
    return parser


def classify(bundle: Bundle, member: Member) -> tuple[Row, Encoding]:
    """The kind of a member, by its path and first bytes, and its encoding."""
    head = bundle.head(member)
    encoding = detect_encoding(head)
    if is_binary(head):
        named = identify(member.path, "")
        return (named if named.form is Form.NONE else UNKNOWN), encoding
    return identify(member.path, head.decode(encoding.codec, "replace")), encoding


def read(bundle: Bundle, member: Member, patterns: PatternSet) -> Read:
    """Reads a member whole (document) or streams it once (log). Damage is a problem of the bundle; the rest goes on."""
    before = len(bundle.problems)
    row, encoding = classify(bundle, member)
    artifact = Artifact(member.path, row.kind, member.size, encoding=encoding.name, note=encoding.note)
    result = Read(member, row, encoding, artifact)
    try:
        if row.form is Form.LOG:
            _read_log(bundle, result, patterns)
        elif row.form is Form.DOCUMENT and not row.secret:
            _read_document(bundle, result)
        else:
            _digest_only(bundle, result)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = f"the reader of {row.kind} failed ({type(error).__name__} in {where.name}); please report this"
        bundle.problems.append(Problem(member.path, what, "what this artifact says"))
        artifact.status = ArtifactStatus.PARTLY if result.events or result.hits else ArtifactStatus.FAILED
    for event in result.events:
        result.hits += patterns.of_kind(event.kind).of_event(event)
    artifact.events = len(result.events) or len({id(hit.event) for hit in result.hits})
    if len(bundle.problems) > before and artifact.status is ArtifactStatus.PARSED:
        artifact.status = ArtifactStatus.PARTLY
    for pattern, count in sorted(result.scan.omitted.items() if result.scan is not None else ()):
        what = f"{count} more matches of {pattern} than are kept"
        bundle.problems.append(Problem(member.path, what, "their lines in the report; they were counted"))
    return result


def blocks(bundle: Bundle, read_: Read, *, digest: bool = False) -> Iterator[bytes]:
    """The content of a log in blocks that a byte scanner understands."""
    stream = bundle.stream(read_.member, digest=digest)
    content: Iterator[bytes] = read_ahead(stream) if read_.member.size >= _THREAD_FROM else stream
    yield from transcode(content, read_.encoding)
    if digest:
        read_.artifact.sha256 = stream.sha256 or ""


def codec_after(read_: Read) -> str:
    """The codec of the bytes that `blocks` gives."""
    return "utf-8" if read_.encoding.codec.startswith(("utf-16", "utf-8")) else read_.encoding.codec


def _read_log(bundle: Bundle, result: Read, patterns: PatternSet) -> None:
    form = log_format(result.row)
    wanted = patterns.of_kind(result.row.kind, form.unwrap)
    result.scan = scan(blocks(bundle, result, digest=True), result.row.kind, result.member.path, form, wanted, codec_after(result))
    result.hits = result.scan.hits
    result.artifact.lines = result.scan.lines
    result.artifact.status = ArtifactStatus.PARSED


def _read_document(bundle: Bundle, result: Read) -> None:
    data = bundle.read(result.member, DOCUMENT_LIMIT)
    _digest_only(bundle, result)
    text = Text.of(data)
    result.artifact.encoding = text.encoding
    document = Document(result.member.path, result.row.kind, text.text)
    result.artifact.lines = text.text.count("\n") + (not text.text.endswith("\n") and bool(text.text))
    try:
        for event in document_parser(result.row).parse(document):
            result.events.append(event)  # one by one: what was read before a parser fails is kept
    finally:
        bundle.problems += document.problems
    result.artifact.status = ArtifactStatus.FAILED if document.problems and not result.events else ArtifactStatus.PARSED


def _digest_only(bundle: Bundle, result: Read) -> None:
    stream = bundle.stream(result.member, digest=True)
    for _ in stream:
        pass
    result.artifact.sha256 = stream.sha256 or ""
