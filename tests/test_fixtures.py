"""The fixtures are the regression set. And a diagnosis depends on what the artifacts say, not on how they came."""

from __future__ import annotations

import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle.layouts import UNKNOWN, identify
from analyzer.pipeline import analyze
from analyzer.report import render_json
from analyzer.resources import read_yaml
from analyzer.verify import differences, fixtures
from tests.bundle.making import PACKERS, tar_bytes, zip_bytes

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = {folder.name: folder for folder in fixtures([ROOT / "fixtures"])}
_PACKED_BUNDLE = ("name", "sha256", "size", "layout")  # what packing may change (CONTRACT.md, "Same content, same bytes")
_ROW_ID = re.compile(rb"\be-[0-9a-f]{8}-")  # the id of a row of evidence begins with a digest of its artifact's path
_FEW = 3  # fixtures that are analysed in other processes


@cache
def tree(name: str) -> dict[str, bytes]:
    folder = FIXTURES[name] / "bundle"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def extra(name: str) -> list[Path]:
    return [FIXTURES[name] / path for path in read_yaml(FIXTURES[name] / "expected.yaml").get("inputs", ())]


def dated(name: str) -> bool:
    """Whether anything in the tree is dated: an error's text alone has only its archive's dates, which are part of the packing."""
    return any(re.search(rb"20\d\d[-/]|\.evtx", path.encode() + data) for path, data in tree(name).items())


@cache
def covering() -> tuple[str, ...]:
    """Few fixtures that together hold every artifact kind of all of them, smallest first: the greedy choice."""
    kinds = {
        name: {identify(path, data[:4096].decode("latin-1")).kind for path, data in tree(name).items()} - {UNKNOWN.kind}
        for name in FIXTURES
        if not extra(name) and dated(name)
    }
    wanted, chosen = set().union(*kinds.values()), []
    while wanted:
        best = max(sorted(kinds), key=lambda name: (len(kinds[name] & wanted), -sum(map(len, tree(name).values()))))
        wanted -= kinds[best]
        chosen.append(best)
    return tuple(chosen)


@cache
def original(name: str) -> bytes:
    return render_json(analyze([FIXTURES[name] / "bundle"]).document)


def comparable(text: bytes, prefix: str = "") -> dict[str, Any]:
    """A diagnosis without what packing may change: four fields of the bundle, a prefix of every path, and digests of paths."""
    seen: dict[bytes, bytes] = {}
    plain = _ROW_ID.sub(lambda found: seen.setdefault(found[0], b"e-%d-" % len(seen)), text.replace(prefix.encode(), b""))
    document: dict[str, Any] = json.loads(plain)
    for key in _PACKED_BUNDLE:
        document["bundle"].pop(key, None)
    return document


def told(document: dict[str, Any]) -> dict[str, Any]:
    """What the case comes to: all that a member more or less in the bundle may not change."""
    document["bundle"] = {"vm": document["bundle"]["vm"], "collected": document["bundle"]["collected"]["time"]}
    document.pop("coverage", None)
    return document


def differing(left: Any, right: Any, where: str = "") -> list[str]:
    """Places at which two documents differ, readable where an assertion over the whole would not be."""
    if isinstance(left, dict) and isinstance(right, dict):
        return [line for key in sorted({*left, *right}) for line in differing(left.get(key), right.get(key), f"{where}/{key}")][:12]
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [line for i, (a, b) in enumerate(zip(left, right, strict=True)) for line in differing(a, b, f"{where}/{i}")][:12]
    return [] if left == right else [f"{where}: {str(left)[:200]} is not {str(right)[:200]}"]


def packed(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def as_zip(files: Mapping[str, bytes]) -> bytes:
    return zip_bytes(files)


def as_tar_gz(files: Mapping[str, bytes]) -> bytes:
    return PACKERS["gz"](tar_bytes(files))


def as_tar_xz(files: Mapping[str, bytes]) -> bytes:
    return PACKERS["xz"](tar_bytes(files))


def as_shuffled_zip(files: Mapping[str, bytes]) -> bytes:
    pairs = list(files.items())
    random.Random(20260310).shuffle(pairs)
    return zip_bytes(pairs)


def as_stored_reversed_tar(files: Mapping[str, bytes]) -> bytes:
    return tar_bytes(list(files.items())[::-1])


def as_zip_in_zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("logs.zip"), zip_bytes(files))
    return buffer.getvalue()


PACKINGS: dict[str, tuple[Callable[[Mapping[str, bytes]], bytes], str]] = {
    "case.zip": (as_zip, ""),
    "case.tar.gz": (as_tar_gz, ""),
    "case.tar.xz": (as_tar_xz, ""),
    "shuffled.zip": (as_shuffled_zip, ""),
    "reversed.tar": (as_stored_reversed_tar, ""),
    "nested.zip": (as_zip_in_zip, "logs.zip!/"),
}


def test_there_are_fixtures() -> None:
    assert len(FIXTURES) > 20
    assert 0 < len(covering()) <= len(FIXTURES)


@pytest.mark.parametrize("name", FIXTURES)
def test_fixture_gives_what_it_expects(name: str) -> None:
    assert list(differences(FIXTURES[name])) == []


@pytest.mark.parametrize("name", FIXTURES)
def test_expectation_says_something(name: str) -> None:
    expected = read_yaml(FIXTURES[name] / "expected.yaml")
    assert set(expected) <= {"incidents", "must_not", "problems", "inputs", "exact", "unknown_code", "checklist"}
    assert expected.get("must_not") or any((entry.get("verdict") or {}).get("cause") for entry in expected.get("incidents", ()))
    assert (FIXTURES[name] / "bundle").is_dir()


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", covering())
def test_packing_changes_nothing(name: str, packing: str, tmp_path: Path) -> None:
    pack, prefix = PACKINGS[packing]
    found = render_json(analyze([packed(tmp_path, packing, pack(tree(name)))]).document)
    wanted, actual = comparable(original(name)), comparable(found, prefix)
    if prefix:  # paths are part of the content's hash
        wanted["bundle"].pop("content_sha256"), actual["bundle"].pop("content_sha256")
    assert differing(wanted, actual) == []


@pytest.mark.parametrize("name", covering())
def test_inspect_iaas_disk_layout(name: str, tmp_path: Path) -> None:
    """The same files below `device_0/`, with the collector's own log, which dates nothing."""
    if any(path.endswith(("results.txt", "diskinfo.txt")) or "device_0/" in path for path in tree(name)):
        pytest.skip("has a collector's layout of its own")
    files = {f"device_0/{path}": data for path, data in tree(name).items()}
    files["results.txt"] = b"Execution start time: 03:01:10.\nManifest requested: diagnostic\nExecution end time: 03:01:44.\n"
    document = analyze([packed(tmp_path, "disk.zip", zip_bytes(files))]).document
    assert document["bundle"]["layout"] == "inspect-iaas-disk"
    assert differing(told(comparable(original(name))), told(comparable(render_json(document), "device_0/"))) == []


@pytest.mark.parametrize("name", covering())
def test_waagent_collect_logs_layout(name: str, tmp_path: Path) -> None:
    """The same files as `waagent -collect-logs` packs them; results.txt states the collection time that was known before."""
    if any(path.endswith("results.txt") or ("/" in path and path.split("/")[0] not in ("var", "etc")) for path in tree(name)):
        pytest.skip("has a layout of its own")
    collected = json.loads(original(name))["bundle"]["collected"]["time"]
    if collected is None or "." in collected:
        pytest.skip("collected at no whole second; results.txt cannot say so")
    files = {**tree(name), "results.txt": f"{collected} INFO Running log collector mode normal\n".encode()}
    document = analyze([packed(tmp_path, "logs.zip", zip_bytes(files))]).document
    assert document["bundle"]["layout"] == "waagent-collect-logs"
    wanted, actual = told(comparable(original(name))), told(comparable(render_json(document)))
    for part in (wanted, actual):
        part.pop("timeline", None)  # the row that dates the collection is one of it
    assert differing(wanted, actual) == []


@pytest.mark.parametrize("name", covering())
def test_the_same_input_twice_gives_the_same_bytes(name: str) -> None:
    assert render_json(analyze([FIXTURES[name] / "bundle"]).document) == original(name)


_ENVIRONMENTS = {
    "Tokyo": {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
    "C": {"TZ": "America/St_Johns", "LC_ALL": "C", "LANG": "C"},
    "Chinese": {"TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.GB18030", "LANG": "zh_CN.GB18030", "PYTHONIOENCODING": "gb18030"},
    "hash seed": {"TZ": "UTC", "PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8"},
}
_SCRIPT = """
import hashlib, sys
from analyzer.pipeline import analyze
from analyzer.report import render_json
for path in sys.argv[1:]:
    text = render_json(analyze([path]).document)
    print(hashlib.sha256(text).hexdigest())
"""


def _elsewhere(changes: Mapping[str, str], *arguments: str) -> bytes:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("TZ", "LANG", "LANGUAGE", "PYTHONHASHSEED") and not key.startswith("LC_")
    }
    done = subprocess.run([sys.executable, *arguments], env={**kept, **changes}, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


@cache
def _here() -> bytes:
    return _elsewhere({"TZ": "UTC"}, "-c", _SCRIPT, *(str(FIXTURES[name] / "bundle") for name in covering()))


@pytest.mark.parametrize("environment", _ENVIRONMENTS)
def test_zone_locale_and_hash_seed_change_nothing(environment: str) -> None:
    paths = [str(FIXTURES[name] / "bundle") for name in covering()]
    there = _elsewhere(_ENVIRONMENTS[environment], "-c", _SCRIPT, *paths).split()
    assert [name for name, a, b in zip(covering(), _here().split(), there, strict=True) if a != b] == []


@pytest.mark.parametrize("name", covering()[:_FEW])
def test_the_command_writes_the_same_bytes(name: str) -> None:
    written = _elsewhere(_ENVIRONMENTS["Chinese"], "-m", "analyzer", str(FIXTURES[name] / "bundle"), "--json", "-")
    assert differing(json.loads(original(name)), json.loads(written)) == []
