"""Nothing that must stay secret leaves in any output, and `--redact ids` replaces every name (docs/privacy.md)."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main
from tests.support.cases import AGENT_LOG, RUN_LOG, agent_log, failed_job, mark, signature, write

# every kind of secret: how it stands beside its name, and the part that may be seen nowhere
SECRETS = {
    "sas": ("https://acct9.blob.core.windows.net/c?sv=1&sr=b&sig={}&se=2026", "Zx9AbQ2Fqq7KdSAS"),
    "password": ("password={}", "p4ssW0rd-plain"),
    "json": ('{{"adminPassword": "{}"}}', "p4ss-in-json-77"),
    "escaped": ('"{{\\"password\\": \\"{}\\"}}"', "p4ss-escaped-88"),
    "key": ("AccountName=a;AccountKey={};EndpointSuffix=x", "QUNDT1VOVEtFWTEyMzQ1Njc4OTA9PQ=="),
    "bearer": ("Authorization: Bearer {}", "tok-abc.DEF-123.ghi456789"),
    "xml": ("<UserPassword>{}</UserPassword>", "p4ss-xml-99"),
    "option": ("net use z: --password {} --user x", "p4ss-option-66"),
    "proxy": ("http_proxy=http://svc:{}@proxy:3128", "pr0xy-pass-55"),
    "token": ('"snapshotTaskToken": "{}"', "tok-snapshot-4411"),
    "protected": ('"protectedSettings": {{"inner": "{}"}}', "leaf-of-protected-3"),
    "pem": ("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ12"),
}  # fmt: skip
NAMES = {
    "host": "zeta-db-41", "sub": "12345678-aaaa-bbbb-cccc-1234567890ab", "rg": "rg-quokka", "vault": "vlt-wombat", "ip": "10.77.66.55", "user": "gwendolyn",
    "mail": "gwen@quokka-corp.example", "mac": "00:0d:3a:ab:cd:ef", "storage": "acct9",
}  # fmt: skip
OUTPUTS = ("r.html", "d.json", "t.csv", "t.jsonl", "t.parquet", "e.zip")


def files() -> dict[str, str]:
    """A failed backup whose every artifact holds every secret, beside its name and alone, and every name."""
    said: list[tuple[float, str]] = []
    for number, (text, secret) in enumerate(SECRETS.values()):
        said.append((1 + number / 10, f"ERROR ALPHA-MARK {text.format(secret)}"))
        said.append((1.05 + number / 10, f"WARNING then {secret} was refused"))
    said.append((5, f"ALPHA-MARK on {NAMES['host']} from {NAMES['ip']} by /home/{NAMES['user']}/x, {NAMES['mail']}, {NAMES['mac']}"))
    everything = "\n".join(text.format(secret) for text, secret in SECRETS.values())
    log = agent_log(*said)
    scope = f"/subscriptions/{NAMES['sub']}/resourceGroups/{NAMES['rg']}"
    job = json.loads(failed_job(message=f"It failed: password={SECRETS['password'][1]} on {NAMES['host']} {scope}"))
    text = json.dumps(job).replace("app01", NAMES["host"]).replace("vault1", NAMES["vault"])
    return {
        AGENT_LOG: log.text(),
        RUN_LOG: "".join(f"2026-03-10 02:01:00.000000 [Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0] ERROR {line}\n" for line in everything.split("\n")),
        "etc/waagent.conf": f"HttpProxy.Host={SECRETS['proxy'][1]}\npassword={SECRETS['password'][1]}\nExtensions.Enabled=n\n# {SECRETS['proxy'][1]}\n",
        f"var/log/{NAMES['host']}/syslog": "".join(f"Mar 10 02:02:00 {NAMES['host']} app[1]: error: {line}\n" for line in everything.split("\n")),
        f"logs?sig={SECRETS['sas'][1]}&x/notes.txt": everything,
        "job.json": text,
    }  # fmt: skip


def bundle(folder: Path) -> Path:
    for name, text in files().items():
        path = folder / "bundle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "bundle"


def zipped(folder: Path, prefix: str, *, reverse: bool) -> Path:
    target = folder / f"{prefix}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in sorted(files().items(), reverse=reverse):
            archive.writestr(f"{prefix}/{name}", text)
    return target


def own(folder: Path) -> Path:
    return write(folder, signature(events={"alpha": mark()}))


def analyze(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def all_outputs(folder: Path, source: Path, *more: object) -> tuple[dict[str, str], str]:
    """Every file that the program writes, as text with everything unpacked; and what it says on the terminal."""
    said = ""
    found: dict[str, str] = {}
    for timeline in ("t.csv", "t.jsonl", "t.parquet"):
        words = [
            "-o",
            folder / "r.html",
            "--json",
            folder / "d.json",
            "--timeline",
            folder / timeline,
            "--evidence",
            folder / "e.zip",
            "--force",
        ]
        result = analyze(source, "--signatures", own(folder), *words, *more)
        assert result.exit_code == 0, result.output
        said += result.output
    for name in OUTPUTS:
        data = (folder / name).read_bytes()
        if name == "e.zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found.update({f"e.zip/{one}": one + archive.read(one).decode() for one in archive.namelist()})
        elif name == "t.parquet":
            import pandas

            found[name] = pandas.read_parquet(io.BytesIO(data)).to_csv()
        else:
            found[name] = data.decode()
    return found, said


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str, Path]:
    folder = tmp_path_factory.mktemp("plain")
    return *all_outputs(folder, bundle(folder)), folder


@pytest.fixture(scope="module")
def pseudonymous(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str, Path]:
    folder = tmp_path_factory.mktemp("ids")
    return *all_outputs(folder, bundle(folder), "--redact", "ids"), folder


@pytest.mark.parametrize("kind", SECRETS)
def test_no_output_shows_a_secret(plain: tuple[dict[str, str], str, Path], kind: str) -> None:
    found, said, _ = plain
    secret = SECRETS[kind][1]
    assert [name for name, text in found.items() if secret in text] == []
    assert secret not in said
    assert re.sub(r"\s", "", said).count(secret) == 0


def test_the_evidence_is_still_there(plain: tuple[dict[str, str], str, Path]) -> None:
    found, said, _ = plain
    for name in ("r.html", "d.json", "t.csv"):
        assert "ALPHA-MARK" in found[name] and "[masked]" in found[name] and NAMES["host"] in found[name]
    assert "ALPHA-MARK" in said


@pytest.mark.parametrize("kind", SECRETS)
def test_the_explanation_of_a_signature_shows_no_secret(plain: tuple[dict[str, str], str, Path], kind: str) -> None:
    folder = plain[2]
    result = analyze("signatures", "explain", "test.alpha", folder / "bundle", "--signatures", own(folder))
    assert result.exit_code == 0 and "ALPHA-MARK" in result.output
    assert SECRETS[kind][1] not in result.output


@pytest.mark.parametrize("kind", NAMES)
def test_redact_ids_shows_no_name(pseudonymous: tuple[dict[str, str], str, Path], kind: str) -> None:
    found, said, folder = pseudonymous
    shown = re.compile(rf"(?i)(?<![a-z0-9]){re.escape(NAMES[kind])}(?![a-z0-9])")
    said = said.replace(str(folder), "")
    assert [name for name, text in {**found, "terminal": said}.items() if shown.search(text)] == []


def test_redact_ids_keeps_what_is_needed(pseudonymous: tuple[dict[str, str], str, Path]) -> None:
    document = json.loads(pseudonymous[0]["d.json"])
    incident = document["incidents"][0]
    assert incident["job_id"] == "8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11"
    assert re.fullmatch(r"host-\d+", incident["vm"]) and incident["vault"] == "vault-1"
    assert document["tool"]["options"]["redact"] == "ids"


def test_the_map_is_for_its_owner_alone_and_leads_back(pseudonymous: tuple[dict[str, str], str, Path]) -> None:
    found, said, folder = pseudonymous
    path = folder / "r.html.map.json"
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    names = json.loads(path.read_text(encoding="utf-8"))["names"]
    assert set(NAMES.values()) <= set(names.values())
    assert str(path) in said
    assert names[json.loads(found["d.json"])["incidents"][0]["vm"]] == NAMES["host"]
    assert not any(secret in json.dumps(names) for _, secret in SECRETS.values())


def test_pseudonyms_are_the_same_in_all_outputs_and_for_every_packing(
    pseudonymous: tuple[dict[str, str], str, Path], tmp_path: Path
) -> None:
    expected = json.loads((pseudonymous[2] / "r.html.map.json").read_text(encoding="utf-8"))
    host = next(key for key, name in expected["names"].items() if name == NAMES["host"])
    for name in ("r.html", "d.json", "t.csv", "e.zip/report.md"):
        assert host in pseudonymous[0][name]
    for prefix, reverse in (("one", False), ("other", True)):
        target = tmp_path / prefix
        target.mkdir()
        result = analyze(
            zipped(target, prefix, reverse=reverse), "--signatures", own(target), "--json", target / "d.json", "--redact", "ids"
        )
        assert result.exit_code == 0
        assert json.loads((target / "d.json.map.json").read_text(encoding="utf-8")) == expected


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    source, signatures = bundle(tmp_path), own(tmp_path)
    for name in ("a.zip", "b.zip"):
        assert analyze(source, "--signatures", signatures, "--evidence", tmp_path / name, "--redact", "ids").exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_without_an_output_file_there_is_no_map_and_it_is_said(tmp_path: Path) -> None:
    result = analyze(bundle(tmp_path), "--redact", "ids")
    assert result.exit_code == 0 and "not kept" in result.output
    assert not list(tmp_path.rglob("*.map.json"))


def test_a_map_that_is_not_ours_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "r.html.map.json").write_text("mine", encoding="utf-8")
    assert analyze(bundle(tmp_path), "-o", tmp_path / "r.html", "--redact", "ids").exit_code == 2
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize("option", ["-o", "--json", "--timeline", "--evidence"])
def test_an_output_that_would_show_a_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setattr(importlib.import_module("analyzer.report.document"), "hide", lambda found, _: found)  # a bug in the masking
    target = tmp_path / {"-o": "r.html", "--json": "d.json", "--timeline": "t.csv", "--evidence": "e.zip"}[option]
    result = analyze(bundle(tmp_path), "--signatures", own(tmp_path), option, target)
    assert result.exit_code == 2 and "would have shown what must be masked" in result.output
    assert not target.exists()
    assert not any(secret in result.output for _, secret in SECRETS.values())


def test_a_problem_of_an_input_cannot_steer_the_terminal(tmp_path: Path) -> None:
    output = analyze(tmp_path / "\x1b[31m?sig=Zx9AbQ2Fqq7KdSAS.zip").output
    assert "\x1b" not in output and "Zx9AbQ" not in output


def hostile_cells() -> list[dict[str, Any]]:
    return [{"text": f"{first}cmd|' /C calc'!A0", "artifact": f"{first}x"} for first in ("=", "+", "-", "@", "\t=", "\r=", "a\r=", "＝")]


def test_a_spreadsheet_runs_no_formula_from_a_log() -> None:
    import csv

    from analyzer.report import document
    from analyzer.report.timeline_export import render

    data = render(document({"timeline": hostile_cells()}), ".csv").decode()
    rows = list(csv.DictReader(io.StringIO(data, newline="")))
    assert len(rows) == len(hostile_cells()) and "\r" not in data
    for row in rows:
        assert row["text"][0] in "'<a" and row["artifact"][0] in "'<a"
