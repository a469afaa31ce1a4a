"""What must hold between two bundles: the same evidence in another form gives the same verdict, and less evidence never a bolder one.

By default each fixture meets a few of the changes, chosen by its name, so that all changes are met by many fixtures; `METAMORPHIC=all` makes
every fixture meet every change (some ten times as long). The confusion matrix is `golden/confusion.csv`; `make golden` writes it anew.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle import Bundle
from analyzer.bundle.encoding import detect_encoding, is_binary
from analyzer.bundle.layouts import Form, identify
from analyzer.pipeline import analyze_bundle
from tests.test_fixtures import FIXTURES, extra, tree

GOLDEN = Path(__file__).parent / "golden/confusion.csv"
_EACH = 1  # changes of each sort that a fixture meets by default
_RANK = {"undetermined": 0, "possible": 1, "likely": 2, "confirmed": 3}
_SILENT = ("ruled_out", "no_evidence", "not_applicable")  # what the whole bundle says of a cause that no part of it may blame
_STEMS = ("waagent.log", "extension.log", "syslog", "messages", "WaAppAgent.log")  # logs that their writer rotates as x.log.1

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
            yield from (row["kind"] for row in hypothesis["missing"])


@cache
def whole(name: str) -> Told:
    return told(tree(name))


def _kind(path: str, data: bytes) -> tuple[str, Form]:
    row = identify(path, data[:8192].decode(detect_encoding(data[:8192]).codec, "replace"))
    return row.kind, row.form


def _is_text(path: str, data: bytes) -> bool:
    return not is_binary(data[:8192]) and _kind(path, data)[1] in (Form.LOG, Form.DOCUMENT)


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


def gzipped(files: Files) -> Files:
    """Every log that is not the live one's name alone: collectors compress all of them."""
    return {
        f"{path}.gz" if _kind(path, data)[1] is Form.LOG else path: gzip.compress(data, mtime=0)
        if _kind(path, data)[1] is Form.LOG
        else data
        for path, data in files.items()
        if not path.endswith((".gz", ".xz", ".zip"))
    }


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


SAME = {"crlf": crlf, "utf-16": utf16, "gzip": gzipped, "rotation": rotated, "folder": below_a_folder}


# Less evidence.


def tails(files: Files) -> Files:
    """The newer half of each log, as collectors cut them."""
    return {
        path: b"".join(data.splitlines(keepends=True)[data.count(b"\n") // 2 :]) if _cut(path, data) else data
        for path, data in files.items()
    }


def _cut(path: str, data: bytes) -> bool:
    return _kind(path, data)[1] is Form.LOG and not is_binary(data[:8192]) and _plain(data)


def other_zone(files: Files) -> Files:
    """The machine says that its clock is nine hours ahead: what is written in local time moves, what is in UTC stays."""
    return {path: data for path, data in files.items() if _kind(path, data)[0] != "timezone"} | {"etc/timezone": b"Asia/Tokyo\n"}


LESS = {"tails": tails, "zone": other_zone}


def _chosen(name: str, options: list[str], salt: str) -> list[str]:
    """The options that a fixture meets: all, or a few by its name."""
    if os.environ.get("METAMORPHIC") == "all":
        return options
    return sorted(options, key=lambda option: sha256(f"{salt}{name}{option}".encode()).digest())[:_EACH]


def _plain_fixtures() -> list[str]:
    return [name for name in FIXTURES if not extra(name)]


def _cases(options: list[str], salt: str) -> list[tuple[str, str]]:
    return [(name, option) for name in _plain_fixtures() for option in _chosen(name, options, salt)]


def _removals() -> list[tuple[str, str]]:
    return [(name, path) for name in _plain_fixtures() if len(tree(name)) > 1 for path in _chosen(name, sorted(tree(name)), "removed")]


@pytest.mark.parametrize(("name", "change"), _cases(list(SAME), "same"))
def test_the_same_evidence_in_another_form(name: str, change: str) -> None:
    found = told(SAME[change](dict(tree(name))))
    assert found.verdicts == whole(name).verdicts


@pytest.mark.parametrize(("name", "change"), _cases(list(LESS), "less"))
def test_less_evidence_is_no_other_evidence(name: str, change: str) -> None:
    assert bolder(whole(name), told(LESS[change](dict(tree(name))))) == []


@pytest.mark.parametrize(("name", "path"), _removals())
def test_without_one_artifact(name: str, path: str) -> None:
    files = dict(tree(name))
    kind = _kind(path, files.pop(path))[0]
    less = told(files)
    assert bolder(whole(name), less) == []
    assert unnamed(whole(name), less, kind) == []


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
        if fell and kind not in less.missing and kind != "unknown":
            wrong.append(f"{incident}: {cause} fell from {status} to {after[1]}, and {kind} is not said to be missing")
    return wrong


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


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(confusion(), "utf-8", newline="\n")
    sys.exit(0)
