"""A verdict rests on what documents of the platform say, not on which tool printed them, into how many files, in which order or encoding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analyzer.pipeline import analyze
from analyzer.verify import fixtures
from tests.bundle.making import zip_bytes
from tests.support.platform_scenes import flat, old_az, pascal, several, utf16

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = {folder.name: folder / "bundle" for folder in fixtures([ROOT / "fixtures"]) if folder.name.startswith("platform-")}
# the tests below read every document anew; a guest's logs beside them are slow to read and are none of their matter
BARE = [name for name, bundle in FIXTURES.items() if not any(path.is_dir() for path in bundle.iterdir())]
_JOBS = "Microsoft.RecoveryServices/vaults/backupJobs"  # az prints them as REST does


def outcome(inputs: list[str | Path], lang: str = "en") -> list[dict[str, Any]]:
    """What is told of each incident that no artifact's name, line or language is part of."""
    return [
        {
            "id": incident["id"].split(":")[-1],
            "symptom": incident["symptom"],
            "verdict": {key: incident["verdict"][key] for key in ("cause", "status", "also", "leading")},
            "hypotheses": {one["cause"]: (one["status"], one["explained_by"]) for one in incident["hypotheses"]},
        }
        for incident in analyze(inputs, lang=lang).document["incidents"]
    ]


@cache
def original(name: str) -> list[dict[str, Any]]:
    return outcome([FIXTURES[name]])


def documents(text: str) -> Iterator[Any]:
    """The JSON values that stand in a text one behind the other."""
    decoder, place = json.JSONDecoder(), 0
    while (place := len(text) - len(text[place:].lstrip())) < len(text):
        value, place = decoder.raw_decode(text, place)
        yield value


def decoded(data: bytes) -> str | None:
    """The text of a document; None for what is no JSON."""
    text = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8", "replace")
    return text if text.lstrip()[:1] in ("{", "[") else None


def printed(value: Any, how: Any) -> Any:
    """Resources as a tool prints them; jobs keep their nesting, and so do lists of them."""
    if isinstance(value, list):
        return [printed(one, how) for one in value]
    if isinstance(value, dict) and isinstance(value.get("value"), list):
        return {"value": printed(value["value"], how)}
    return value if isinstance(value, dict) and value.get("type") == _JOBS else how(value)


def members(name: str) -> Iterator[tuple[str, bytes]]:
    return ((path.name, path.read_bytes()) for path in sorted(FIXTURES[name].iterdir()))


def test_there_are_fixtures() -> None:
    assert len(BARE) > 50


@pytest.mark.parametrize("name", list(FIXTURES)[::4])
def test_language_changes_no_verdict(name: str) -> None:
    assert outcome([FIXTURES[name]], lang="zh-CN") == original(name)


def as_powershell(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Keys with a capital, UTF-16, members in the other order."""
    return [
        (path, data if text is None else utf16(several(*(pascal(one) for one in documents(text)))))
        for path, data in files[::-1]
        for text in [decoded(data)]
    ]


def as_az(files: list[tuple[str, bytes]], how: Any = flat) -> list[tuple[str, bytes]]:
    """Flattened, all documents in one file, the last one first."""
    texts = [(path, decoded(data)) for path, data in files]
    values = [printed(one, how) for _, text in texts if text is not None for one in documents(text)]
    copied = [(path, data) for path, data in files if decoded(data) is None]
    return [*copied, ("all.json", several(*values[::-1]).encode())]


def as_old_az(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return as_az(files, old_az)


TOOLS = (as_powershell, as_az, as_old_az)  # every fixture goes through one of them, in turn: all through all takes minutes


@pytest.mark.parametrize(("name", "tool"), [(name, TOOLS[i % len(TOOLS)]) for i, name in enumerate(BARE)])
def test_tool_files_order_and_encoding_change_nothing(name: str, tool: Any, tmp_path: Path) -> None:
    bundle = tmp_path / "case.zip"
    bundle.write_bytes(zip_bytes(tool(list(members(name)))))
    assert outcome([bundle]) == original(name)
