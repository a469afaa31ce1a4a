"""What must hold between two bundles: the same evidence in another form gives the same verdict, and less evidence never a bolder one.

By default each fixture meets one other form or cut of its logs and the loss of one artifact, chosen by its name, so that all changes are met by
many fixtures; `METAMORPHIC=all` makes every fixture meet every change (some seven times as long). What a change makes of a verdict that it ideally would not stands in
`golden/metamorphic.csv`, each line an open question to a rule; the confusion matrix is `golden/confusion.csv`. `make golden` writes both anew.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle import Bundle
from analyzer.bundle.encoding import detect_encoding, is_binary
from analyzer.bundle.layouts import Form, Row, identify
from analyzer.model import Clock
from analyzer.parsers.logs import LogFormat
from analyzer.parsers.reading import log_format
from analyzer.pipeline import analyze_bundle
from tests.test_fixtures import FIXTURES, extra, tree

GOLDEN = Path(__file__).parent / "golden/confusion.csv"
KNOWN = Path(__file__).parent / "golden/metamorphic.csv"
_RANK = {"undetermined": 0, "possible": 1, "likely": 2, "confirmed": 3}
_SILENT = ("ruled_out", "no_evidence", "not_applicable")  # what the whole bundle says of a cause that no part of it may blame
_STEMS = ("waagent.log", "syslog", "messages", "WaAppAgent.log")  # logs that are rotated as x.log.1 whatever their writer is at

Files = dict[str, bytes]


@dataclass(frozen=True)
class Told:
    """What a bundle comes to: per incident its verdict and what is said of each cause, and which artifacts are said to be missing."""

    verdicts: Mapping[str, tuple[str | None, str]]
    statuses: Mapping[str, Mapping[str, str]]
    noise: frozenset[str]
    missing: frozenset[str]
    outcomes: Mapping[str, str]

    def of_all(self, cause: str) -> set[str]:
        """The statuses of a cause over all incidents."""
        return {status for causes in self.statuses.values() for name, status in causes.items() if name == cause}


def told(files: Mapping[str, bytes]) -> Told:
    with Bundle.from_files(files) as bundle:
        result = analyze_bundle(bundle)
    incidents = result.document["incidents"]
    outcomes: dict[str, str] = {}
    for judged in result.diagnosis.judged:
        for finding in judged.findings:
            if finding.truth.name == "TRUE" and outcomes.get(finding.signature.id) != "fires":
                outcomes[finding.signature.id] = "fires" if finding.cleared is None else "cleared"
    return Told(
        {_identity(one): (one["verdict"]["cause"], one["verdict"]["status"]) for one in incidents},
        {_identity(one): {row["cause"]: row["status"] for row in one["hypotheses"]} for one in incidents},
        frozenset(row["cause"] for row in result.document["context"] if row["kind"] == "noise" and row["cause"]),
        frozenset(_named(incidents)),
        outcomes,
    )


def _identity(incident: dict[str, Any]) -> str:
    """The job, or where there is none the kind of incident: the ids of others are made of what the bundle holds."""
    return str(incident["job_id"] or incident["source"])


def _named(incidents: list[dict[str, Any]]) -> Iterator[str]:
    for incident in incidents:
        yield from (row["kind"] for row in incident["verdict"]["decides"])
        for hypothesis in incident["hypotheses"]:
            if hypothesis["reason_id"] == "time-not-sure":  # its words are that no zone is stated
                yield "timezone"
            yield from (row["kind"] for row in hypothesis["missing"])


@cache
def whole(name: str) -> Told:
    return told(tree(name))


def _row(path: str, data: bytes) -> Row:
    return identify(path, data[:8192].decode(detect_encoding(data[:8192]).codec, "replace"))


def _kind(path: str, data: bytes) -> str:
    return _row(path, data).kind


def _is_text(path: str, data: bytes) -> bool:
    return not is_binary(data[:8192]) and _row(path, data).form in (Form.LOG, Form.DOCUMENT)


# The same evidence in another form.


def crlf(files: Files) -> Files:
    return {path: re.sub(rb"\r?\n", b"\r\n", data) if _is_text(path, data) and _plain(data) else data for path, data in files.items()}


def utf16(files: Files) -> Files:
    return {
        path: b"\xff\xfe" + data.decode().encode("utf-16-le") if _is_text(path, data) and _plain(data) else data
        for path, data in files.items()
    }


def _plain(data: bytes) -> bool:
    """Whether it is UTF-8 without a byte order mark and without NULs: else it is in another form already."""
    try:
        return "\0" not in data.decode("utf-8") and not data.startswith(b"\xef\xbb\xbf")
    except UnicodeDecodeError:
        return False


def rotated(files: Files) -> Files:
    """The older half of each live log as `.1`."""
    made = {}
    for path, data in files.items():
        lines = data.splitlines(keepends=True)
        if path.rsplit("/", 1)[-1] in _STEMS and f"{path}.1" not in files and len(lines) > 9 and not is_binary(data[:8192]):
            cut = next((at for at in range(len(lines) // 2, len(lines)) if re.match(rb"[\[\dA-Z]", lines[at]) and _stamped(lines[at])), 0)
            if cut:
                made[f"{path}.1"], made[path] = b"".join(lines[:cut]), b"".join(lines[cut:])
                continue
        made[path] = data
    return made


def _stamped(line: bytes) -> bool:
    return re.match(rb"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\[[0-9A-F]{8}\]", line) is not None


def below_a_folder(files: Files) -> Files:
    return {f"case 1/collected/{path}": data for path, data in files.items()}


def in_tokyo(files: Files) -> Files | None:
    """The same machine with its clock nine hours ahead, and saying so: local stamps of logs are moved. None where the bundle does not say that
    its clock is UTC, or holds local time elsewhere than in logs."""
    zones = [path for path, data in files.items() if _kind(path, data) == "timezone"]
    if [files[path].strip() for path in zones] not in ([b"Etc/UTC"], [b"UTC"]):
        return None
    made: Files = {zones[0]: b"Asia/Tokyo\n"}
    for path, data in files.items():
        row = _row(path, data)
        if row.form is Form.LOG and _cut(path, data):
            moved = _moved(data, log_format(row))
            if moved is None:
                return None
            made[path] = moved
        elif row.kind.startswith("cmd-") or row.kind == "results":
            return None
        else:
            made.setdefault(path, data)
    return made


_CLOCKS = (
    (re.compile(rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"), "%b %e %H:%M:%S"),
    (re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
)


def _moved(data: bytes, form: LogFormat) -> bytes | None:
    """A log with its local stamps nine hours later; None if one has a form that is not known here."""
    form, lines = form.of_file(data[: 64 << 10]), data.split(b"\n")
    for number, line in enumerate(lines):
        match = form.start.match(line)
        stamp = form.stamp(match) if match is not None and match.lastgroup else None
        if stamp is None or stamp.clock is Clock.UTC:
            continue
        found, shape = next(((found, shape) for clock, shape in _CLOCKS if (found := clock.search(line[:60]))), (None, ""))
        if found is None:
            return None
        moved = (stamp.value + timedelta(hours=9)).strftime(shape).encode()
        lines[number] = line[: found.start()] + moved + line[found.end() :]
    return b"\n".join(lines)


FORMS: dict[str, Callable[[Files], Files | None]] = {
    "crlf": crlf,
    "utf-16": utf16,
    "rotation": rotated,
    "folder": below_a_folder,
    "zone": in_tokyo,
}


# Less evidence.


def gzipped(files: Files) -> Files:
    """Every log as `.gz`: that it was compressed says that it is no longer the live one, so its silence proves less."""
    return {
        f"{path}.gz" if _cut(path, data) else path: gzip.compress(data, mtime=0) if _cut(path, data) else data
        for path, data in files.items()
    }


def tails(files: Files) -> Files:
    """The newer half of each log, as collectors cut them."""
    return {
        path: b"".join(data.splitlines(keepends=True)[data.count(b"\n") // 2 :]) if _cut(path, data) else data
        for path, data in files.items()
    }


def _cut(path: str, data: bytes) -> bool:
    return _row(path, data).form is Form.LOG and not is_binary(data[:8192]) and _plain(data)


LESS = {"tails": tails, "gzip": gzipped}


CHANGES = {**FORMS, **LESS}


def changes_of(name: str) -> list[str]:
    """The changes that a fixture can meet: each form, each loss, and each of its artifacts taken away."""
    return [*CHANGES, *(f"without {path}" for path in sorted(tree(name)) if len(tree(name)) > 1)]


def _chosen(name: str) -> list[str]:
    """The changes that a fixture meets: all, or of each sort the one that its name chooses."""
    if os.environ.get("METAMORPHIC") == "all":
        return changes_of(name)
    sorts = ([*CHANGES], [change for change in changes_of(name) if change.startswith("without ")])
    return [min(sort, key=lambda change: sha256(f"{name}{change}".encode()).digest()) for sort in sorts if sort]


def _plain_fixtures() -> list[str]:
    return [name for name in FIXTURES if not extra(name)]


def differences(name: str, change: str) -> list[str]:
    """What a change makes of the verdict that it must not."""
    full, files = whole(name), dict(tree(name))
    if change in FORMS:
        changed = FORMS[change](files)
        return [] if changed is None else other(full, told(changed))
    if change in LESS:
        return bolder(full, told(LESS[change](files)))
    path = change.removeprefix("without ")
    kind = _kind(path, files.pop(path))
    less = told(files)
    return bolder(full, less) + unnamed(full, less, kind)


@cache
def _known() -> dict[tuple[str, str], list[str]]:
    known: dict[tuple[str, str], list[str]] = {}
    with KNOWN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known.setdefault((row["fixture"], row["change"]), []).append(row["difference"])
    return known


@pytest.mark.parametrize(("name", "change"), [(name, change) for name in _plain_fixtures() for change in _chosen(name)])
def test_a_changed_bundle_claims_nothing_else(name: str, change: str) -> None:
    assert differences(name, change) == _known().get((name, change), []), "run `make golden` only if the new state is the better one"


def other(full: Told, changed: Told) -> list[str]:
    """Verdicts that another form of the same evidence gives."""
    return [
        f"{incident}: {changed.verdicts.get(incident)} instead of {full.verdicts.get(incident)}"
        for incident in sorted({*full.verdicts, *changed.verdicts})
        if changed.verdicts.get(incident) != full.verdicts.get(incident)
    ]


def bolder(full: Told, less: Told) -> list[str]:
    """Where a part of a bundle claims what the whole does not: another cause that the whole has nothing for, or the same more surely."""
    wrong = []
    for incident, (cause, status) in less.verdicts.items():
        if cause is None:
            continue
        said = {full.statuses[incident].get(cause, "no_evidence")} if incident in full.statuses else full.of_all(cause) or {"no_evidence"}
        if said <= set(_SILENT) or (cause in full.noise and not said & set(_RANK)):
            wrong.append(f"{incident}: {cause} is {status}; the whole bundle says {', '.join(sorted(said))}")
        before = full.verdicts.get(incident)
        if before is not None and before[0] == cause and _RANK[status] > _RANK[before[1]]:
            wrong.append(f"{incident}: {cause} is {status} with less evidence, and {before[1]} with all of it")
    return wrong


def unnamed(full: Told, less: Told, kind: str) -> list[str]:
    """Verdicts that fell with an artifact that nobody says is missing."""
    wrong = []
    for incident, (cause, status) in full.verdicts.items():
        if cause is None or incident not in less.verdicts:
            continue
        after = less.verdicts[incident]
        fell = after[0] is None or _RANK[after[1]] < _RANK[status]
        if fell and kind != "unknown" and not _says(less.missing, kind):
            wrong.append(f"{incident}: {cause} fell from {status} to {after[1]}, and {kind} is not said to be missing")
    return wrong


def _says(missing: frozenset[str], kind: str) -> bool:
    """Whether an artifact of this kind is named; of a document of the platform it shows only when it is read what it is about."""
    return kind in missing or (kind == "azure-document" and any(one.startswith(("azure-", "job")) for one in missing))


# The confusion matrix.


def confusion() -> str:
    """Which signatures fire in which fixtures, and which fire and are cleared: one line each, in order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("fixture", "signature", "outcome"))
    for name in _plain_fixtures():
        writer.writerows((name, signature, outcome) for signature, outcome in sorted(whole(name).outcomes.items()))
    return text.getvalue()


def test_which_signatures_fire_in_which_fixtures() -> None:
    known, found = (set(text.splitlines()) for text in (GOLDEN.read_text("utf-8"), confusion()))
    changes = [f"+ {line}" for line in sorted(found - known)] + [f"- {line}" for line in sorted(known - found)]
    assert not changes, "if this is meant, run `make golden` and look at its diff:\n" + "\n".join(changes[:60])


def known() -> str:
    """All differences of all changes of all fixtures. Takes some minutes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("fixture", "change", "difference"))
    for name in _plain_fixtures():
        for change in changes_of(name):
            writer.writerows((name, change, difference) for difference in differences(name, change))
    return text.getvalue()


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(confusion(), "utf-8", newline="\n")
    KNOWN.write_text(known(), "utf-8", newline="\n")
    sys.exit(0)
