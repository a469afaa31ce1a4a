"""`--redact ids`: every name of a case has one pseudonym, wherever it stands, and what the verdict needs stays readable."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.model import Event
from analyzer.report.document import Names, prepare
from analyzer.report.pseudonyms import Pseudonyms, of_events, pseudonyms

SUB, TENANT = "11111111-2222-3333-4444-555555555555", "99999999-8888-7777-6666-555555555555"


def of(*texts: str, known: tuple[tuple[str, str], ...] = ()) -> Pseudonyms:
    return pseudonyms([{"texts": list(texts)}], [], known)


def replaced(text: str, *more: str, known: tuple[tuple[str, str], ...] = ()) -> str:
    found: dict[str, Any] = of(text, *more, known=known).replace({"text": text})
    return str(found["text"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"/subscriptions/{SUB}/resourceGroups/RG-Prod/providers/Microsoft.Compute/virtualMachines/db-7",
         "/subscriptions/sub-1/resourceGroups/rg-1/providers/Microsoft.Compute/virtualMachines/host-1"),
        (f'"subscriptionId": "{SUB}", "tenantId": "{TENANT}"', '"subscriptionId": "sub-1", "tenantId": "tenant-1"'),
        (f"https://login.microsoftonline.com/{TENANT}/oauth2", "https://login.microsoftonline.com/tenant-1/oauth2"),
        ("from 10.1.0.4 to 20.60.1.2:443", "from ip-1 to ip-2:443"),
        ("GET http://4.231.2.3/x", "GET http://ip-1/x"),
        ("inet6 fe80::20d:3aff:fe12:3456/64 at 02:21:00", "inet6 ip-1/64 at 02:21:00"),
        ("ether 00:0d:3a:12:34:56, 00-0D-3A-A7-71-D0", "ether mac-2, mac-1"),
        ("/home/alice/x and C:\\Users\\bob.smith\\y", "/home/user-1/x and C:\\Users\\user-2\\y"),
        ("sudo:    carol : TTY=pts/0 ; USER=root", "sudo:    user-1 : TTY=pts/0 ; USER=root"),
        ("Accepted publickey for dave from 10.9.9.9 port 1", "Accepted publickey for user-1 from ip-1 port 1"),
        ("write to ann@contoso.com about user@1000.service", "write to mail-1 about user@1000.service"),
        ("https://mystore7.blob.core.windows.net/c?x", "https://storage-1.blob.core.windows.net/c?x"),
        ("https://md-hdd-ab.z21.blob.storage.azure.net/c", "https://storage-1.z21.blob.storage.azure.net/c"),
        ("VM;iaasvmcontainerv2;rg-prod;db-7", "VM;iaasvmcontainerv2;rg-1;host-1"),
        ("   Host Name . . . . . . . . . . . . : WEB7", "   Host Name . . . . . . . . . . . . : host-1"),
        ("account S-1-5-21-1004336348-1177238915-682003330-1104", "account sid-1"),
    ],
)  # fmt: skip
def test_names_are_replaced(text: str, shown: str) -> None:
    assert replaced(text) == shown


@pytest.mark.parametrize(
    "text",
    ["WALinuxAgent-2.9.1.1 is running", "Azure Linux Agent Version: 2.15.0.1", "version 11.0.1.2", "VMSnapshotLinux-1.0.9225.0 Python 3.10.12",
     "WireServer 168.63.129.16, IMDS 169.254.169.254, 127.0.0.1:53, 0.0.0.0/0, mask 255.255.255.0", "02:21:00 ::1", "user=root uid=0",
     "8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11", "C:\\Users\\Public\\x", "S-1-5-18", "ff:ff:ff:ff:ff:ff", "/extensions/VMSnapshot"],
)  # fmt: skip
def test_what_names_nobody_stays(text: str) -> None:
    assert replaced(text) == text


def test_a_name_is_found_where_nothing_tells_that_it_is_one() -> None:
    known = (("host", "db-7.contoso.local"), ("vault", "vlt9"))
    assert replaced("db-7_OsDisk_1 DB-7: vlt9 of db-7.contoso.local", known=known) == "host-1_OsDisk_1 host-1: vault-1 of host-1.domain-1"


def test_a_name_that_is_a_word_of_the_report_is_replaced_in_fields_only() -> None:
    found = of("the backup failed", known=(("vault", "Backup"), ("host", "a1")))
    shown = found.replace({"vault": "Backup", "vm": "a1", "operation": "Backup", "text": "the backup of a1 failed"})
    assert shown == {"vault": "vault-1", "vm": "host-1", "operation": "Backup", "text": "the backup of a1 failed"}
    assert found.originals() == [] and json.loads(found.map_file())["names"] == {"host-1": "a1", "vault-1": "Backup"}


def test_numbers_follow_the_sorted_names_and_not_their_order() -> None:
    texts = [f"from 10.0.0.{number} to x" for number in (9, 3, 7)]
    assert of(*texts) == of(*reversed(texts))


def test_names_of_paths_alone_come_last() -> None:
    with_prefix = pseudonyms([{"artifact": "case-of-10.0.0.1.zip!/a", "text": "from 10.0.0.9"}], [], [])
    without = pseudonyms([{"artifact": "a", "text": "from 10.0.0.9"}], [], [])
    assert with_prefix.names["10.0.0.9"] == without.names["10.0.0.9"] == "ip-1"


def test_a_machine_that_is_called_like_a_pseudonym_is_not_mixed_up() -> None:
    found = of("host-1 and host-2", known=(("host", "host-2"), ("host", "host-1")))
    assert found.replace({"t": "host-1 and host-2"}) == {"t": "hostx-1 and hostx-2"}


def test_the_map_has_the_names_as_they_were_written() -> None:
    names = json.loads(of("x", known=(("host", "DB-7"), ("rg", "RG-Prod"))).map_file())
    assert names == {"schema": "pseudonyms/1", "names": {"host-1": "DB-7", "rg-1": "RG-Prod"}}


def test_ten_thousands_of_addresses_are_replaced() -> None:
    texts = [f"Failed password for x from 10.{n >> 16}.{n >> 8 & 255}.{n & 255} port 22" for n in range(20_000)]
    found = pseudonyms([{"texts": texts}], [], [])
    assert len(found.names) == 20_000
    assert all(" ip-" in text and " 10." not in text for text in found.replace({"texts": texts})["texts"])


def test_fields_of_events_tell_names() -> None:
    event = Event("evtx", "System.evtx", "x", fields={"computer": "WEB7.contoso.local", "TargetUserName": "eve", "other": "no"})
    assert list(of_events([event])) == [("host", "WEB7.contoso.local"), ("user", "eve")]


def test_every_document_of_a_case_has_the_same_pseudonyms_and_says_that_it_has_them() -> None:
    documents: list[dict[str, Any]] = [{"tool": {"options": {"lang": lang}}, "text": f"{lang} from 10.0.0.4"} for lang in ("en", "zh-CN")]
    prepared = prepare(documents, Names([], []))
    assert [found["text"] for found in prepared.documents] == ["en from ip-1", "zh-CN from ip-1"]
    assert [found["tool"]["options"]["redact"] for found in prepared.documents] == ["ids", "ids"]
    assert documents[0]["text"] == "en from 10.0.0.4"
