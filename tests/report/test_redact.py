"""No secret that a log may hold reaches a report; what identifies a failure does."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest

from analyzer.report.redact import MASK, mask, redact

SECRET = "S3cr3tV4lue"
SIG = "Zx9%2BabQ%2Fqq7Kd%3D"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

MASKED = [
    (f"https://md-1.blob.core.windows.net/c/abcd?sv=2018-03-28&sr=b&sig={SIG}&se=2026-03-15", "Zx9"),
    (f"https://h/c?sig={SIG}", "Zx9"),
    (f"?sv=1&amp;sig={SIG}&amp;se=2026", "Zx9"),
    (f'{{"url":"https://h/c?sv=1\\u0026sig={SIG}\\u0026se=2026"}}', "Zx9"),
    (f'"{{\\"url\\":\\"https://h/c?sv=1\\\\u0026sig={SIG}\\"}}"', "Zx9"),
    ("url=https%3A%2F%2Fh%2Fc%3Fsv%3D1%26sig%3DZx9%252BabQ%26se%3D2026", "Zx9"),
    ('sig=Zx9\\u002BabQ\\/q\\u003d"', "abQ"),
    ("a cut URL https://h/c?sv=1&sig=Zx9", "Zx9"),
    (f"DefaultEndpointsProtocol=https;AccountName=acc;AccountKey={SECRET}+/==;EndpointSuffix=core.windows.net", SECRET),
    (f"Endpoint=sb://ns/;SharedAccessKeyName=Root;SharedAccessKey={SECRET}=", SECRET),
    (f"SharedAccessSignature={SECRET}", SECRET),
    (f"password={SECRET}", SECRET),
    (f"Password : {SECRET}", SECRET),
    (f"adminPassword => '{SECRET}'", SECRET),
    (f'{{"password": "{SECRET}"}}', SECRET),
    (f'{{"password": "a\\"{SECRET}"}}', SECRET),
    (f'"{{\\"password\\": \\"a\\\\\\"{SECRET}\\"}}"', SECRET),
    (f'{{"password":"cut {SECRET}', SECRET),
    (f'\\"password\\":\\"cut {SECRET}', SECRET),
    (f"&quot;password&quot;:&quot;{SECRET}&quot;", SECRET),
    (f"%22password%22%3A%22{SECRET}%22", SECRET),
    (f"<UserPassword>{SECRET}</UserPassword>", SECRET),
    (f'<wa:UserPassword xml:space="preserve">{SECRET}</wa:UserPassword>', SECRET),
    (f"&lt;UserPassword&gt;{SECRET}&lt;/UserPassword&gt;", SECRET),
    ("<token>tok123456</token>", "tok123456"),
    (f"<CustomData>\nabc\n{SECRET}", SECRET),
    (f"net use z: --password {SECRET} --user x", SECRET),
    (f"['az', '--client-secret', '{SECRET}']", SECRET),
    (f'ConvertTo-SecureString -String "{SECRET}" -AsPlainText', SECRET),
    (f"PASSWD={SECRET}", SECRET),
    (f";Pwd={SECRET};Database=x", SECRET),
    (f'"protectedSettings": "{SECRET}"', SECRET),
    (f'"protectedSettings": {{"a": "}}x", "b": ["{SECRET}"]}}, "seq": 4', SECRET),
    (f'\\"protectedSettings\\": {{\\"a\\": \\"}}{SECRET}\\"}}', SECRET),
    ('"objectStr": "eyJiYWNrdXBNZXRhZGF0YSI6IFt7IktleSI6"', "YWNrdXB"),
    ("objectStr decoded from eyJiYWNrdXBNZXRhZGF0YSI6IFt7Ikt", "YWNrdXB"),
    ("[VMSnapshotLinux-1.0]snapshotTaskToken : tok123456", "tok123456"),
    ('Host Request body : {"taskId": "767b", "snapshotTaskToken": "tok123456"}', "tok123456"),
    ('{"Key": "snapshotTaskToken", "Value": "tok123456"}', "tok123456"),
    (f"Authorization: Bearer {JWT}", "dozjg"),
    (f"got {JWT} back", "dozjg"),
    (JWT[:30], "bGciOi"),
    ("Authorization: SharedKey acct:Zx9abQ==", "Zx9abQ"),
    (f"client_secret={SECRET}&grant_type=x", SECRET),
    (f"clientSecret: {SECRET}", SECRET),
    (f'"connectionString": "Server=x;Uid=y;{SECRET}"', SECRET),
    (f'"customData": "{SECRET}"', SECRET),
    (f"http_proxy=http://user:{SECRET}@proxy:3128", SECRET),
    (f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\nabc\n-----END RSA PRIVATE KEY-----", SECRET),
    (f"-----BEGIN PRIVATE KEY-----\\n{SECRET}", SECRET),
    (f"MIIEvQIBADANBgkqhkiG9w0\n{SECRET}AAAAAAAA\n-----END PRIVATE KEY-----", SECRET),
]

KEPT = [
    "protectedSettingsCertThumbprint: 3F1A2B3C4D5E6F708192A3B4C5D6E7F801234567",
    '{"taskId": "767baff0-3f1e-4363-a974-5d801189250d", "seq": 7}',
    "Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0 /var/lib/waagent/7.settings",
    "https://md-ab12.z7.blob.storage.azure.net/container/abcd?snapshot=2026-03-14",
    "Provisioning.DeleteRootPassword=n",
    "sudo: root : PWD=/root ; USER=root ; COMMAND=/bin/ls",
    "Permission denied (publickey,password). Failed password for root from 10.0.0.4",
    "cat: /etc/passwd: Permission denied",
    "secretUrl https://kv.vault.azure.net/secrets/abc/123",
    "Basic authentication is off; the bearer of this message",
    "design=blue sigma=3 assign=4",
    "Extensions.Enabled=n",
    "System.Net.Http, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a",
]


@pytest.mark.parametrize(("text", "secret"), MASKED)
def test_secret_is_masked(text: str, secret: str) -> None:
    masked = mask(text)
    assert secret not in masked
    assert MASK in masked
    assert mask(masked) == masked
    assert masked.count("\n") == text.count("\n")


@pytest.mark.parametrize("text", KEPT)
def test_evidence_is_kept(text: str) -> None:
    assert mask(text) == text


def test_rest_of_a_url_is_kept() -> None:
    assert mask(MASKED[0][0]) == f"https://md-1.blob.core.windows.net/c/abcd?sv=2018-03-28&sr=b&sig={MASK}&se=2026-03-15"
    assert mask(MASKED[3][0]).endswith('\\u0026se=2026"}')


def test_rest_behind_a_masked_object_is_kept() -> None:
    assert mask('"protectedSettings": {"a": "}x", "b": ["y"]}, "seq": 4') == f'"protectedSettings": {MASK}, "seq": 4'


@pytest.mark.parametrize("depth", range(5))
@pytest.mark.parametrize("value", [SECRET, f'a"{SECRET}', f"a\\{SECRET}", f'\\"{SECRET}\\', f'{{"x":["{SECRET}"]}}'])
def test_secret_in_json_in_json_is_masked_to_its_end(depth: int, value: str) -> None:
    text: str = json.dumps({"before": 1, "password": value, "after": "kept"})
    for _ in range(depth):
        text = json.dumps({"m": text, "z": "kept too"})
    masked = mask(text)
    assert SECRET not in masked
    assert "kept" in masked
    for _ in range(depth):
        masked = json.loads(masked)["m"]
    assert json.loads(masked) == {"before": 1, "password": MASK, "after": "kept"}


@pytest.mark.parametrize("depth", range(3))
def test_secret_cut_anywhere_is_masked(depth: int) -> None:
    text = json.dumps({"before": "x", "password": f'a"b{SECRET}'})
    for _ in range(depth):
        text = json.dumps({"m": text})
    begin = text.index(SECRET)
    for end in range(begin + 1, len(text)):
        assert SECRET[: min(end - begin, len(SECRET))] not in mask(text[:end]).replace("S\\", "") or end - begin < 4


def test_keys_that_name_secrets_are_masked_in_structures() -> None:
    document: dict[str, Any] = {
        "a": [{"password": SECRET, "clientSecret": [SECRET], "sig": "x", "id": "767baff0", "line": 3}],
        "pair": {"Key": "snapshotTaskToken", "Value": SECRET},
        f"?sig={SECRET}": "key",
        "protectedSettings": {"x": SECRET},
        "protectedSettingsCertThumbprint": "3F1A",
        "none": None,
        "n": 1.5,
    }
    before = copy.deepcopy(document)
    masked = redact(document)
    assert SECRET not in json.dumps(masked)
    assert masked["a"][0]["id"] == "767baff0"
    assert masked["protectedSettingsCertThumbprint"] == "3F1A"
    assert (masked["none"], masked["n"], masked["a"][0]["line"]) == (None, 1.5, 3)
    assert document == before


def test_key_block_over_context_lines_is_masked() -> None:
    lines = ["start", "-----BEGIN PRIVATE KEY-----", "MIIEvQ", SECRET, "-----END PRIVATE KEY-----", "end"]
    masked = redact({"context": [{"line": n, "text": text, "match": False} for n, text in enumerate(lines, 1)]})
    assert [row["text"] for row in masked["context"]] == [lines[0], lines[1], MASK, MASK, lines[4], lines[5]]


def test_lone_surrogate_becomes_visible() -> None:
    assert mask("a\udc80b") == "a\\udc80b"


@pytest.mark.parametrize(
    "unit",
    ["password", "password=", 'password="', "password='\\", '\\"', "sig=", "&sig", "eyJ", "eyJ.", "<UserPassword", "<UserPassword>",
     "&lt;", "-----BEGIN PRIVATE KEY-----", "A" * 20 + "\n", "--password ", "Bearer ", "://a:",
     '"protectedSettings":{', "{", "%2525", " ", ";a", "\\",
     "authorization:", "&amp;", "token,value", "-----END PRIVATE KEY", 'password=\\"\\\\\\"'],
)  # fmt: skip
@pytest.mark.parametrize("head", ["", 'password="', 'protectedSettings={"', "-----BEGIN PRIVATE KEY-----", "sig="])
def test_hostile_megabyte_is_masked_in_linear_time(unit: str, head: str) -> None:
    text = head + unit * (1_000_000 // len(unit))
    started = time.perf_counter()
    mask(text)
    assert time.perf_counter() - started < 8
