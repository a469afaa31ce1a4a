"""results.txt: the log a collector keeps of itself. It dates the collection, lists folders, and says what could not be collected.

`waagent -collect-logs` (Azure/WALinuxAgent ga/logcollector.py) stamps its records in UTC and puts the output of `ls -alF` behind them.
Inspect IaaS Disk (Azure/azure-diskinspect-service, docs/list_directory.md and pyServer/GuestFishWrapper.py of its history) writes the
time of day only, so it dates nothing; that a third of its copies fail is normal, its list of paths fits no machine as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from analyzer.model import Clock, Event, Stamp, Value
from analyzer.parsers import lines, listing, stamps
from analyzer.parsers.document import Document

_OUTPUT = re.compile(r"Output of command \[ls -\S+ (?P<folder>[^\]]+)\]:")
_LISTING = re.compile(r"Listing contents of (?P<folder>.+):")
_HEADER = re.compile(r"(?P<folder>/.*):")  # `ls` names each folder of several
_BEGIN = re.compile(r"Execution start time: \d\d:\d\d:\d\d\.?")
_MODE = re.compile(r"Using log collection mode (\w+)")
_MANIFEST = re.compile(r"Manifest requested: (\S+)")
_FOUND = re.compile(r"/[^\s].*")  # a file that the manifest's pattern named
_ADDED = re.compile(r"Adding (?:truncated )?file (?P<path>/.+), size \d+ ?b")
_TRUNCATED = re.compile(r"^/.*/logcollector/truncated/")
_FULL = "Archive too big, done with adding files."
_FAILURES = (  # reason, and the text of a record (waagent) or a line (Inspect IaaS Disk)
    ("gone", re.compile(r"File (?P<path>/.+) does not exist, skipping collection for this file")),
    ("too large", re.compile(r"Discarding large binary file (?P<path>/.+)")),
    ("not added", re.compile(r"Failed to add file (?P<path>/.+?) to the archive: .*")),
    (
        "command failed",
        re.compile(r"Command:? \[\w+ (?:-\S+ )*(?:\d+ )?(?P<path>/[^\]]+)\](?: raised unexpected exception: |, return code: ).*"),
    ),
    ("no such file", re.compile(r"Copying (?P<path>/.+) FAILED as no files were located\.")),
    ("copy failed", re.compile(r"Copying Step \[[\d.]+\] File: (?P<path>/.+) FAILED\..*")),
    ("no such folder", re.compile(r"Directory (?P<path>/.+) is not valid\.")),
    ("not mounted", re.compile(r"Mounting \S+ on (?P<path>/.*) FAILED\.")),
)
_REMOVED = re.compile(r"Removed File List: \[(?P<paths>[^\]]*)\]")
_DEVICE = re.compile(r"^device_\d+/")
_PARTIAL = "Partial results were collected"


@dataclass
class _State:
    """What has been read so far."""

    collected: datetime | None
    folder: str | None = None  # of the listing that is open
    found: dict[str, tuple[int, str]] = field(default_factory=dict)  # path to the line that named it
    added: set[str] = field(default_factory=set)
    full: tuple[int, str] | None = None
    odd: list[int] = field(default_factory=list)  # rows of a listing that were not understood


def parse(document: Document) -> Iterator[Event]:
    """`collected` (stamped by the last record; none for Inspect IaaS Disk), `file-listed` per row, `copy-failed` per path."""
    rows = [(number, line.strip("\x00").rstrip()) for number, line in document.lines()]
    event = _collected(document, rows)
    if event is None:
        document.problem("no record of a collector in this file", "when and what was collected")
    else:
        yield event
    state = _State(event.stamp.value.replace(tzinfo=UTC) if event and event.stamp else None)
    for number, line in rows:
        shape, columns = lines.read("results", line)
        text = columns.get("TEXT", "").strip() if shape else line.strip()
        if shape or _is_message(text):
            state.folder = None
            yield from _record(document, state, number, line, text)
        elif state.folder is not None:
            yield from _listed(document, state, number, line)
    yield from _left_out(document, state)
    if state.odd:
        more = f" and {len(state.odd) - 1} more" if len(state.odd) > 1 else ""
        document.problem(f"line {state.odd[0]}{more} of a folder's listing is no row of it", "the files that it names")


def _collected(document: Document, rows: list[tuple[int, str]]) -> Event | None:
    """The line that dates the collection: the last record, because the archive is closed then. Inspect IaaS Disk gives no date."""
    stamped = [(number, line, columns["TIME"]) for number, line in rows if (columns := lines.read("results", line)[1]).get("TIME")]
    mode = next((match[1] for _, line in rows if (match := _MODE.search(line) or _MANIFEST.fullmatch(line.strip()))), "")
    fields: dict[str, Value] = {"mode": mode, "partial": _PARTIAL in document.text}
    if stamped:
        number, line, time = stamped[-1]
        began = stamps.utc(stamped[0][2])
        fields |= {"collector": "waagent", "began": began.isoformat() if began else None}
        return Event("collected", document.path, line, line=number, stamp=_utc(time), fields=fields, raw=line)
    begin = next(((number, line) for number, line in rows if _BEGIN.fullmatch(line.strip())), None)
    if begin is None:
        return None
    return Event(
        "collected", document.path, begin[1].strip(), line=begin[0], fields=fields | {"collector": "inspect-iaas-disk"}, raw=begin[1]
    )


def _utc(time: str) -> Stamp | None:
    stamp = stamps.read(time, Clock.UTC)
    return stamp if stamp is not None and stamp.has_year else None


def _is_message(text: str) -> bool:
    """A line of Inspect IaaS Disk without a time that ends a listing."""
    return text.startswith(("Copying ", "Directory ", "Mounting ", "CredentialScanner: ", "Execution end time: ", "#####"))


def _record(document: Document, state: _State, number: int, line: str, text: str) -> Iterator[Event]:
    opened = _OUTPUT.fullmatch(text) or _LISTING.fullmatch(text)
    if opened is not None:
        state.folder = listing.folder_of(opened["folder"])
    elif added := _ADDED.fullmatch(text):
        state.added.add(added["path"])
    elif _FOUND.fullmatch(text):
        state.found.setdefault(text, (number, line))
    elif text == _FULL:
        state.full = (number, line)
    elif removed := _REMOVED.search(text):
        for path in filter(None, removed["paths"].split(", ")):
            yield _failed(document, number, line, text, _DEVICE.sub("", path), "removed: it held a secret")
    else:
        for reason, expression in _FAILURES:
            if match := expression.fullmatch(text):
                yield _failed(document, number, line, text, match["path"], reason)
                if text.startswith("Command: [ls ") and "stderr: [" not in text:  # what it could list follows all the same
                    state.folder = listing.folder_of(match["path"])
                return


def _failed(document: Document, number: int, line: str, text: str, path: str, reason: str) -> Event:
    fields: dict[str, Value] = {"path": path.lstrip("/"), "reason": reason}
    time = lines.read("results", line)[1].get("TIME", "")
    return Event("copy-failed", document.path, text, line=number, stamp=_utc(time) if time else None, fields=fields, raw=line)


def _listed(document: Document, state: _State, number: int, line: str) -> Iterator[Event]:
    """A line of an open listing."""
    if line.startswith("] stderr: ["):
        state.folder = None
        return
    header = _HEADER.fullmatch(line.strip())
    if header is not None and not listing.is_row(line.strip()):
        state.folder = listing.folder_of(header["folder"])
        return
    row = listing.read(line.strip(), state.folder or "/", state.collected)
    if row is None:
        if line.strip() and not line.strip().startswith("total ") and not listing.is_row(line.strip()):
            state.odd.append(number)
        return
    fields: dict[str, Value] = {"path": row.path, "size": row.size, "mode": row.mode, "owner": row.owner}
    if row.modified:
        fields["modified"] = row.modified
    if row.modified_local:
        fields["modified_local"] = row.modified_local
    if row.target:
        fields["target"] = row.target
    yield Event("file-listed", document.path, line.strip(), line=number, fields=fields, raw=line, state=True)


def _left_out(document: Document, state: _State) -> Iterator[Event]:
    """The files that an archive too big had no room for: found, but not added."""
    if state.full is None:
        return
    added = {_TRUNCATED.sub("", path) for path in state.added}
    for path, (number, line) in state.found.items():
        if path not in state.added and path.replace("/", "_") not in added and path.lstrip("/") not in added:
            yield _failed(document, number, line, f"{path}: {state.full[1]}", path, "archive full")
