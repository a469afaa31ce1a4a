"""What is fuzzed: one function per reader, from bytes to nothing. It raises where the reader breaks a promise.

The promises: nothing raises but what is documented, every event can be searched and written, a document that gives nothing says why, and
no input takes long for its size. `tests/fuzz/run.py` drives these with atheris, `test_corpus.py` with what stands in `corpus/`.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module

from analyzer.bundle import Budget, Bundle, BundleError, Text, detect_encoding, open_bundle, transcode
from analyzer.bundle.layouts import TABLE, Form, identify, identify_binary
from analyzer.model import Event, Problem
from analyzer.parsers.document import Document
from analyzer.parsers.evtx import Wanted, read_evtx
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.records import regions
from analyzer.parsers.scan import records, scan
from analyzer.report import mask
from analyzer.report.visible import visible
from analyzer.signatures.conditions import ConditionError, parse

Harness = Callable[[bytes], None]

SECONDS = 5.0  # no input of a fuzzer is large enough to need a hundredth of it
_PATHS = {
    "goal-state": "GoalState.1.xml", "dhcp-lease": "var/lib/dhcp/dhclient.eth0.leases", "settings": "A.B-1.0/config/7.settings",
    "status": "A.B-1.0/status/7.status", "handler-state": "A.B-1.0/config/HandlerState", "script-config": "VMSnapshotPluginHost.conf",
    "role-config": "WindowsAzure/Config/0a.xml", "cmd-ps": "ps.txt", "registry-value": "a.reg",
}  # fmt: skip


class Broken(AssertionError):
    """A promise that a reader did not keep."""


def sound(events: Iterable[Event]) -> int:
    """How many events there are. Raises where one cannot be written or searched: a lone surrogate, a container in a field."""
    count = 0
    for event in events:
        count += 1
        texts = [event.text, event.raw, event.component, event.code, event.level, event.pointer or ""]
        texts += [value for value in event.fields.values() if isinstance(value, str)]
        for text in texts:
            text.encode("utf-8")
        if not all(value is None or isinstance(value, str | int | float) for value in event.fields.values()):
            raise Broken(f"a field of {event.kind} holds a container")
    return count


def told(problems: Iterable[Problem]) -> None:
    if not all(problem.artifact and problem.problem and problem.lost for problem in problems):
        raise Broken("a problem says not what, where or what was lost")


def timed(harness: Harness) -> Harness:
    """The same harness; raises if one input takes longer than any input of a fuzzer may."""

    def run(data: bytes) -> None:
        begun = time.process_time()
        harness(data)
        taken = time.process_time() - begun
        if taken > SECONDS:
            raise Broken(f"{len(data)} bytes took {taken:.1f} s")

    return run


def document_harness(kind: str, module: str) -> Harness:
    """Reads the bytes as a document of this kind, as the program would: decoded, and once more cut at its end."""
    parser = import_module(f"analyzer.parsers.{module}")
    path = _PATHS.get(kind, f"{kind}.txt")

    def run(data: bytes) -> None:
        document = Document(path, kind, Text.of(data).text)
        sound(parser.parse(document))
        told(document.problems)

    return run


def log_harness(kind: str, module: str) -> Harness:
    """Scans the bytes as a log in two block sizes: both must find the same records at the same lines."""
    form = import_module(f"analyzer.parsers.{module}").FORMAT
    path = f"var/log/{kind}.log"

    def run(data: bytes) -> None:
        encoding = detect_encoding(data[:8192])
        found = []
        for step in (1 << 20, 61):
            blocks = transcode((data[at : at + step] for at in range(0, len(data), step)), encoding)
            scanned = scan(blocks, kind, path, form, _patterns().of_kind(kind, form.unwrap))
            sound(hit.event for hit in scanned.hits)
            found.append([(hit.pattern, hit.line, hit.event.text) for hit in scanned.hits] + [scanned.lines])
        if found[0] != found[1]:
            raise Broken("the size of the blocks decides what is found")
        of_file = form.of_file(data[:8192])
        for region in regions([data], of_file):
            sound(records(region, kind, path, of_file))

    return run


@cache
def _patterns() -> PatternSet:
    from analyzer.diagnosis.noise import noise_patterns
    from analyzer.signatures.loader import load

    return PatternSet([*load(examples=False).patterns(), *noise_patterns()])


def _bundle(data: bytes) -> None:
    """The bytes as an input: opened, every member read to its end, every problem with its three parts."""
    budget = Budget(max_members=1_000, max_bytes=64 << 20, max_member_bytes=32 << 20, ratio_free=1 << 20, max_ratio=100)
    try:
        bundle = open_bundle(["-"], stdin=io.BytesIO(data), budget=budget)
    except BundleError as error:
        told(error.problems)
        return
    with bundle:
        total = 0
        for member in bundle.members:
            if not member.path or member.path.startswith("/") or ".." in member.path.split("/"):
                raise Broken(f"a path that leads out: {member.path!r}")
            bundle.head(member)
            total += sum(map(len, bundle.stream(member, digest=True)))
        if total > budget.max_bytes + (2 << 20):
            raise Broken("more bytes than the budget")
        told(bundle.problems)
        _ = bundle.sha256


def _zip(data: bytes) -> None:
    _bundle(b"PK\x03\x04" + data)


def _tar(data: bytes) -> None:
    """The bytes as headers of a tar, with the checksums put right: a fuzzer would not guess them."""
    blocks = []
    for at in range(0, len(data), 512):
        block = bytearray(data[at : at + 512].ljust(512, b"\0"))
        if block[0] & 1:  # a header; the others are data
            block[257:263] = b"ustar\0"
            block[148:156] = b" " * 8
            block[148:156] = b"%06o\0 " % sum(block)
        blocks.append(bytes(block))
    _bundle(b"".join(blocks))


def _evtx(data: bytes) -> None:
    for step in (1 << 20, 4099):
        found = read_evtx((data[at : at + step] for at in range(0, len(data), step)), "a.evtx", Wanted(everything=True))
        sound(found.events)
        told(found.problems)


def _hive(data: bytes) -> None:
    from analyzer.parsers.hives import parse_bytes

    events, problems = parse_bytes(data, "SYSTEM", "registry-value")
    sound(events)
    told(problems)


def _condition(data: bytes) -> None:
    try:
        parse(data.decode("latin-1"))
    except ConditionError:  # the answer to what is no condition
        return


def _layout(data: bytes) -> None:
    path, _, head = data.partition(b"\n")
    identify(path.decode("latin-1"), Text.of(head[:8192]).text)
    identify_binary(head[:8192])


def _redact(data: bytes) -> None:
    shown = visible(mask(data.decode("utf-8", "surrogateescape")))
    shown.encode("utf-8")
    if any(char < " " and char not in "\n\t" for char in shown) or "\x7f" in shown:
        raise Broken("a control character is left")


def _whole(data: bytes) -> None:
    """The bytes cut into members at `\\0/`: path, newline, content. A whole analysis with all writers."""
    from analyzer.pipeline import analyze_bundle
    from analyzer.report import document, render_html, render_json, render_terminal
    from analyzer.report.timeline_export import render

    files = {}
    for part in data.split(b"\0/"):
        path, _, content = part.partition(b"\n")
        files[path.decode("latin-1")] = content
    with Bundle.from_files(files) as bundle:
        redacted = document(analyze_bundle(bundle).document)
        render_json(redacted), render_html(redacted), render_terminal(redacted), render(redacted, ".csv"), render(redacted, ".jsonl")
        told(bundle.problems)
        if any("please report this" in problem.problem for problem in bundle.problems):
            raise Broken(str(bundle.problems))


def _broken_json(data: bytes) -> None:
    from analyzer.parsers.broken_json import until_break

    until_break(data.decode("utf-8", "replace"))


def _of_table() -> Iterator[tuple[str, Harness]]:
    """A harness for each parser of a document and each log format that the table of artifact kinds names."""
    for row in TABLE:
        name = row.module.replace("commands.", "cmd_")
        if row.form is Form.DOCUMENT and row.module and not row.secret:
            several = row.module in ("goal_state", "handler_state")
            yield f"{name}.{row.kind}" if several else name, document_harness(row.kind, row.module)
        elif row.form is Form.LOG:
            yield f"log.{name}", log_harness(row.kind, row.module)


HARNESSES: dict[str, Harness] = {
    name: timed(harness)
    for name, harness in {
        **dict(_of_table()), "broken_json": _broken_json,
        "bundle": _bundle, "bundle.zip": _zip, "bundle.tar": _tar, "evtx": _evtx, "hive": _hive, "condition": _condition,
        "layout": _layout, "redact": _redact, "whole": _whole,
    }.items()
}  # fmt: skip
