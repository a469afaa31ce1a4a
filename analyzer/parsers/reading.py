"""Reads one member: finds its kind, and turns it into events and hits with the parser of that kind."""

from __future__ import annotations

import mmap
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from analyzer.bundle import Bundle, Encoding, Member, Text, detect_encoding, is_binary, read_ahead, transcode
from analyzer.bundle.layouts import EVENT_LOG, UNKNOWN, Form, Row, identify, identify_binary
from analyzer.model import Artifact, ArtifactStatus, Clock, Event, Problem, Stamp
from analyzer.parsers import event_log, patience
from analyzer.parsers.document import Document, DocumentParser
from analyzer.parsers.evtx import is_evtx
from analyzer.parsers.hits import fit
from analyzer.parsers.logs import LogFormat
from analyzer.parsers.pattern import Hit, PatternSet
from analyzer.parsers.scan import LogScan, Near, scan

if TYPE_CHECKING:
    from analyzer.parsers.evtx import EvtxScan, LogGap

DOCUMENT_LIMIT = 32 << 20  # bytes of a document; no format here is larger unless it is damaged
BINARY_LIMIT = 512 << 20  # bytes of a binary document; a SOFTWARE hive of an old server has 200 MB
_IN_MEMORY = 16 << 20  # bytes of a binary document that are held in memory; a larger one is mapped from a temporary file
_THREAD_FROM = 4 << 20  # bytes from which it pays to inflate in a thread of its own

Kind = tuple[Row, Encoding]


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
    span: tuple[Stamp, Stamp] | None = None  # first and last record of an event log
    channels: tuple[str, ...] = ()
    log_gaps: list[LogGap] = field(default_factory=list)  # of an event log


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


def classify(bundle: Bundle, member: Member) -> Kind:
    """The kind of a member, by its path and first bytes, and its encoding."""
    head = bundle.head(member)
    encoding = detect_encoding(head)
    if is_evtx(head):
        return EVENT_LOG, encoding
    if is_binary(head):
        named = identify(member.path, "")
        known = named is not UNKNOWN and named.form in (Form.NONE, Form.EVENTS)
        return (named if known else identify_binary(head)), encoding
    return identify(member.path, head.decode(encoding.codec, "replace")), encoding


def read(bundle: Bundle, member: Member, patterns: PatternSet, known: Kind | None = None, near: Near | None = None) -> Read:
    """Reads a member whole (document) or streams it once (log). Damage is a problem of the bundle; the rest goes on.

    `known` is what `classify` says of it, for those who have it; `near` says which stretches of a log will be read again.
    """
    before = bundle.problems_of(member.path)
    row, encoding = known or classify(bundle, member)
    artifact = Artifact(member.path, row.kind, member.size, encoding=encoding.name, note=encoding.note)
    result = Read(member, row, encoding, artifact)
    try:
        if row.form is Form.LOG:
            _read_log(bundle, result, patterns, near)
        elif row.form is Form.DOCUMENT and not row.secret:
            _read_document(bundle, result)
        elif row.form is Form.BINARY:
            _read_binary(bundle, result)
        elif row.form is Form.EVENTS:
            _read_events(bundle, result, patterns)
        else:
            _digest_only(bundle, result)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = f"the reader of {row.kind} failed ({type(error).__name__} in {where.name}); please report this"
        bundle.tell(Problem(member.path, what, "what this artifact says"))
        artifact.status = ArtifactStatus.PARTLY if result.events or result.hits else ArtifactStatus.FAILED
    for event in result.events:
        result.hits += patterns.of_kind(event.kind).of_event(event)
    artifact.events = _events(result)
    if bundle.problems_of(member.path) > before and artifact.status is ArtifactStatus.PARSED:
        artifact.status = ArtifactStatus.PARTLY
    return result


def settle(read_: Read, room: int) -> int:
    """Makes the hits of a log fit into `room` bytes; gives the room that they leave."""
    if read_.scan is None:
        return room
    if read_.scan.held > room:
        kept = fit(read_.hits, room)
        read_.hits = read_.scan.hits = kept.all()
        read_.scan.held = kept.held
        read_.scan.omitted = dict(Counter(read_.scan.omitted) + Counter(kept.omitted))
        read_.artifact.events = _events(read_)
    return max(0, room - read_.scan.held)


def _events(read_: Read) -> int:
    return len(read_.events) or len({id(hit.event) for hit in read_.hits})


def tell_omitted(bundle: Bundle, read_: Read) -> None:
    """Lists what a log holds more of than is kept."""
    for pattern, count in sorted(read_.scan.omitted.items() if read_.scan is not None else ()):
        what = f"{count} more matches of {pattern} than are kept"
        bundle.tell(Problem(read_.member.path, what, "their lines in the report; they were counted"))


def blocks(bundle: Bundle, read_: Read, *, digest: bool = False) -> Iterator[bytes]:
    """The content of a log in blocks that a byte scanner understands."""
    stream = bundle.stream(read_.member, digest=digest)
    content: Iterator[bytes] = read_ahead(stream) if read_.member.size >= _THREAD_FROM else stream
    yield from transcode(patience.in_time(content, bundle.budget, bundle.note(read_.member.path)), read_.encoding)
    if digest:
        for _ in content:  # what was not scanned still counts for the digest
            pass
        read_.artifact.sha256 = stream.sha256 or ""


def codec_after(read_: Read) -> str:
    """The codec of the bytes that `blocks` gives."""
    return "utf-8" if read_.encoding.codec.startswith(("utf-16", "utf-8")) else read_.encoding.codec


def _read_log(bundle: Bundle, result: Read, patterns: PatternSet, near: Near | None) -> None:
    form = log_format(result.row)
    wanted = patterns.of_kind(result.row.kind, form.unwrap)
    content = blocks(bundle, result, digest=True)
    result.scan = scan(content, result.row.kind, result.member.path, form, wanted, codec_after(result), near=near)
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
        for event in patience.few(document_parser(result.row).parse(document), len(data), bundle.meter, document.problem):
            result.events.append(event)  # one by one: what was read before a parser fails is kept
        result.artifact.kind = document.kind
    finally:
        _tell(bundle, document.problems)
    result.artifact.status = ArtifactStatus.FAILED if document.problems and not result.events else ArtifactStatus.PARSED


def _read_events(bundle: Bundle, result: Read, patterns: PatternSet) -> None:
    stream = bundle.stream(result.member, digest=True)
    content: Iterator[bytes] = read_ahead(stream) if result.member.size >= _THREAD_FROM else stream
    in_time = patience.in_time(content, bundle.budget, bundle.note(result.member.path))
    found = event_log.read(in_time, result.member.path, patterns.of_kind(event_log.KIND).patterns)
    for _ in content:  # a log that is not read (Security) still has its digest
        pass
    artifact = result.artifact
    artifact.sha256, artifact.encoding = stream.sha256 or "", ""
    artifact.note = "; ".join(_event_log_notes(found))
    artifact.status = ArtifactStatus.UNPARSED if found.skipped else ArtifactStatus.PARSED
    _tell(bundle, found.problems)
    result.events, result.channels, result.log_gaps = found.events, tuple(sorted(found.channels)), found.gaps
    if found.first is not None and found.last is not None:
        result.span = (Stamp(found.first, Clock.UTC), Stamp(found.last, Clock.UTC))


def _event_log_notes(found: EvtxScan) -> Iterator[str]:
    """What a reader of the artifact's row should know: what it holds, and what was not sound."""
    if found.skipped:
        yield found.skipped
    yield f"{found.records} records of {', '.join(sorted(found.channels)) or 'no channel'}"
    if found.recovered:
        yield "recovered: " + ", ".join(f"{count} {reason}" for reason, count in sorted(found.recovered.items()))
    if found.distrusted:
        yield f"{found.distrusted} records in chunks whose checksum fails"


def _read_binary(bundle: Bundle, result: Read) -> None:
    result.artifact.encoding = result.artifact.note = ""
    with _content(bundle, result) as content:
        events, problems = _module(result.row.module).parse_bytes(content, result.member.path, result.row.kind)
    result.events += events
    _tell(bundle, problems)
    result.artifact.status = ArtifactStatus.FAILED if problems and not events else ArtifactStatus.PARSED


@contextmanager
def _content(bundle: Bundle, result: Read) -> Iterator[bytes | mmap.mmap]:
    """The bytes of a binary document, at most `BINARY_LIMIT` of them: large ones lie in a temporary file, so memory does not grow."""
    size = 0
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        stream = bundle.stream(result.member, digest=True)
        for block in stream:  # to its end: the digest is over all of it
            kept = block[: max(0, BINARY_LIMIT - size)]
            spool.write(kept)
            size += len(kept)
            if len(kept) < len(block):
                bundle.note(result.member.path)(f"larger than the {BINARY_LIMIT} bytes that are read of such a file", "what follows in it")
        result.artifact.sha256 = stream.sha256 or ""
        if size <= _IN_MEMORY:
            spool.seek(0)
            yield spool.read()
            return
        spool.flush()
        with closing(mmap.mmap(spool.fileno(), size, access=mmap.ACCESS_READ)) as mapped:
            yield mapped


def _tell(bundle: Bundle, problems: Iterable[Problem]) -> None:
    for problem in problems:
        bundle.tell(problem)


def _digest_only(bundle: Bundle, result: Read) -> None:
    stream = bundle.stream(result.member, digest=True)
    stream.drain()
    result.artifact.sha256 = stream.sha256 or ""
