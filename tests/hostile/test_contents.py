"""Members made to fill memory or time, or to make a reader fetch something. What they are is told, and the failure beside them is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle import Bundle
from analyzer.bundle.layouts import TABLE, Form
from analyzer.pipeline import analyze_bundle
from tests.fuzz.harnesses import HARNESSES
from tests.hostile.making import MIB, Packed, beside, failure, repeated
from tests.hostile.running import Run, diagnosed, run

STAMP = b"2026-03-10T02:00:22.000000Z INFO ExtHandler ExtHandler "


def _run(folder: Path, hostile: dict[str, Packed | bytes], **limits: float) -> Run:
    path = folder / "case.zip"
    path.write_bytes(beside(hostile))
    found = run(path, **limits)
    assert diagnosed(found.document), found.problems()
    return found


def _analysed(hostile: dict[str, bytes]) -> dict[str, Any]:
    with Bundle.from_files({**failure(), **hostile}) as bundle:
        document = analyze_bundle(bundle).document
    assert diagnosed(document), document["problems"]
    assert not [row for row in document["problems"] if "please report this" in row["problem"]]
    return document


def _told(document: dict[str, Any], artifact: str) -> str:
    return "; ".join(f"{row['problem']} ({row['lost']})" for row in document["problems"] if row["artifact"] == artifact)


# Memory.


@pytest.mark.parametrize("unit", [b"A", b"\0", b"extension processing is disabled. "], ids=["one line", "nuls", "hits in one line"])
def test_a_gigabyte_line_does_not_fill_memory(tmp_path: Path, unit: bytes) -> None:
    """Beyond 256 MiB it is a bomb, which is cut; up to there it is read in pieces."""
    found = _run(tmp_path, {"var/log/waagent.log.1": repeated(unit, 1024 * MIB)}, mebibytes=350)
    assert found.problems("waagent.log.1")


@pytest.mark.parametrize(
    "unit",
    [b"\n", b"\xff", b"\r", STAMP, b" ", b"\x1b[2J\n"],
    ids=["empty lines", "no UTF-8", "returns", "stamps in one line", "blanks", "escapes"],
)
def test_lines_of_nothing(unit: bytes) -> None:
    _analysed({"var/log/waagent.log.1": unit * (8 * MIB // len(unit))})


def test_hits_in_records_of_64_kib_do_not_fill_memory(tmp_path: Path) -> None:
    said = b"Extension Microsoft.Azure.RecoveryServices.VMSnapshotLinux will not be processed since extension processing is disabled. "
    record = STAMP + said * 450 + b"\n"
    found = _run(tmp_path, {f"var/log/waagent.log.{number}": repeated(record, 100 * MIB) for number in (1, 2, 3)}, mebibytes=600)
    assert any("more matches" in line for line in found.problems("waagent.log.3")), found.problems("waagent.log.3")


MANY = {
    "etc/waagent.conf.txt": (b"", b"Extensions.Enabled=y\n"),
    "results.txt": (
        b"2026-03-10T10:15:03Z INFO Output of command [ls -alF /var/log]:\ntotal 4\n",
        b"-rw-r--r-- 1 root root 0 Mar  1 10:15 syslog\n",
    ),
    "mount.txt": (b"", b"/dev/sda1 on / type ext4 (rw)\n"),
}


@pytest.mark.parametrize("path", MANY)
def test_documents_of_hundreds_of_thousands_of_entries_are_cut(tmp_path: Path, path: str) -> None:
    head, unit = MANY[path]
    found = _run(tmp_path, {path: head + unit * (6 * MIB // len(unit))}, mebibytes=700, seconds=200)
    assert any("entries" in line for line in found.problems(path)), found.problems(path)


# Documents that reach for more.

XML = {
    "billion laughs": b'<!DOCTYPE GoalState [<!ENTITY a "lollollollol">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(12)
    ) + b"]><GoalState><Incarnation>&m;</Incarnation></GoalState>",
    "quadratic": b'<!DOCTYPE GoalState [<!ENTITY a "' + b"x" * 100_000 + b'">]><GoalState><Incarnation>' + b"&a;" * 100_000 + b"</Incarnation></GoalState>",
    "external entity": b'<!DOCTYPE GoalState [<!ENTITY f SYSTEM "file:///etc/passwd">]><GoalState><Incarnation>&f;</Incarnation></GoalState>',
    "external document type": b'<!DOCTYPE GoalState SYSTEM "http://169.254.169.254/x.dtd"><GoalState><Incarnation>&f;</Incarnation></GoalState>',
    "parameter entity": b'<!DOCTYPE GoalState [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><GoalState><Incarnation>%p;</Incarnation></GoalState>',
    "include": b'<GoalState xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></GoalState>',
    "deep": b"<GoalState>" + b"<a>" * 300_000,
    "attributes": b"<GoalState " + b" ".join(b'a%d="1"' % number for number in range(50_000)) + b"/>",
}  # fmt: skip


@pytest.mark.parametrize("name", XML)
def test_xml_reaches_for_nothing(name: str) -> None:
    path = "var/lib/waagent/GoalState.1.xml"
    document = _analysed({path: XML[name]})
    assert "root:" not in str(document) and "lollollollollol" not in str(document)
    assert _told(document, path) or b"<!" not in XML[name]


JSON = {
    "a million deep": b'{"jobType": ' + b"[" * 1_000_000,
    "a million deep, closed": b'{"jobType": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
    "a number of a million digits": b'{"properties": {"jobType": ' + b"9" * 1_000_000 + b"}}",
    "a string without end": b'{"jobType": "' + b"\\" * 1_000_001,
    "a key a hundred thousand times": b'{"properties": {' + b'"jobType": "x", ' * 100_000 + b'"a": 1}}',
    "lone surrogates": b'{"properties": {"jobType": "\\ud800", "\\udfff": "\\u0000"}}',
    "no UTF-8": b'{"properties": {"jobType": "\xff\xfe\xc0\x80"}',
    "infinities": b'{"properties": {"jobType": NaN, "duration": Infinity, "x": 1e999999}}',
    "many documents": b'{"jobType": 1}\n' * 100_000,
}


@pytest.mark.parametrize("name", JSON)
def test_json_costs_no_more_than_its_size(name: str) -> None:
    assert _told(_analysed({"var/azure/job2.json": JSON[name]}), "var/azure/job2.json")


def test_objects_by_the_thousand_cost_no_more_than_their_number(tmp_path: Path) -> None:
    """Restore points are looked at and make no incident; each has its place in the document found again by its key."""
    one = b'"k%d": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm%d", "properties": {"provisioningState": "Failed"}}'
    found = _run(tmp_path, {"vms.json": b"{" + b",".join(one % (i, i) for i in range(5_000)) + b"}"}, mebibytes=500)
    assert found.document["incidents"]


# Patterns. Repetitions are what makes a regular expression backtrack: they must cost linear time in every reader.

REPEATED = [
    b"a", b" ", b"\t", b"\n", b"\r\n", b"=", b"(", b"[", b"{", b'"', b"\\", b"/", b".", b"-", b":", b"0", b"a ", b"a=", b"a:", b" :", b"[a", b'"a', b"a,", b"../", b"\\\\",
    b"0:", b"0.", b"2026-03-10 ", b"2026-03-10T02:00:00Z ", b"Mar 10 02:00:00 ", b"<a ", b"<!--", b"&a;", b"[a-1.0] ", b"Error Code: ", b"= \n", b" \n", b"\n\n ", b"\xe4\xbd\xa0",
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(HARNESSES) - {"whole", "bundle", "bundle.zip", "bundle.tar", "evtx", "hive"}))
def test_repetition_costs_linear_time(name: str) -> None:
    """48 KiB of anything: what is quadratic takes a thousand times as long as what is not. Heads are what makes a reader look closer."""
    heads = (b"", b"2026-03-10T02:00:00.000000Z INFO ", b'{"a": "')
    for number, unit in enumerate(REPEATED):
        HARNESSES[name](heads[number % 3] + unit * ((48 << 10) // len(unit)))


def test_every_kind_meets_a_file_of_another_kind() -> None:
    """Names that promise one format, and the content of another: nothing fails, and the failure is found."""
    contents = [
        b"\xff\xfe" + "[]".encode("utf-16-le") * 99,
        b'{"a": [1, null, "x"]}',
        b"<a><b/></a>",
        b"regf" + b"\xff" * 9000,
        b"ElfFile\0" + bytes(9000),
        bytes(range(256)) * 9,
    ]
    names = [
        "var/lib/waagent/ExtensionsConfig.1.xml", "var/lib/waagent/VmSettings.1.json", "var/log/azure/a.b/c.log", "var/log/syslog", "System.evtx", "Windows/System32/config/SOFTWARE",
        "diskinfo.txt", "systeminfo.txt", "ipconfig.txt", "serial.log", "var/log/audit/audit.log", "etc/timezone", "a.reg", "ps.txt", "0.status", "0.settings",
    ]  # fmt: skip
    for number, content in enumerate(contents):
        _analysed({f"x{number}/{name}": content for name in names})
    assert {row.form for row in TABLE} == set(Form)
