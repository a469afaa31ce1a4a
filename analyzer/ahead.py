"""The catalogue as it was read ahead of time: YAML as JSON, conditions as trees, signatures without their examples; and the compiled
templates of the report.

To read YAML takes most of a small analysis. What is kept here (`analyzer/_ahead`, made by `make` and when a wheel is built, never checked
in) bears the digest of its source and counts only as long as the source is the same; else the source is read.

    python -m analyzer.ahead
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

PACKAGE = Path(__file__).resolve().parent
FOLDER = PACKAGE / "_ahead"
_CATALOGUE = PACKAGE / "catalogue"
_EXAMPLES = ("matches", "near_misses")


def kept(path: Path, source: bytes) -> Any:
    """What `path` of the catalogue, whose content is `source`, was read to: {"data": …, "conditions": {text: tree}}; None if that is not
    known."""
    if not path.is_relative_to(_CATALOGUE):
        return None
    try:
        found = orjson.loads(_kept_as(path).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if found["digest"] == _digest(source) else None


def _kept_as(path: Path) -> Path:
    return (FOLDER / path.relative_to(_CATALOGUE)).with_suffix(".json")


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


def build() -> Path:
    """Reads the whole catalogue and keeps it. Left to be read from its source is what JSON cannot hold as it is (numbers as keys) and what
    has mistakes: who reads what is kept does not look for them again."""
    from analyzer.report.html import keep_templates
    from analyzer.resources import parse_yaml
    from analyzer.signatures.conditions import parse
    from analyzer.signatures.loader import load

    shutil.rmtree(FOLDER, ignore_errors=True)
    unsound = {mistake.file for mistake in load().mistakes}
    for path in sorted(_CATALOGUE.rglob("*.yaml")):
        if path.name in unsound:
            continue
        source = path.read_bytes()
        data, conditions = parse_yaml(source.decode("utf-8")), {}
        if path.parent.name == "signatures":
            conditions = {str(entry["when"]): asdict(parse(str(entry["when"]))) for entry in data}
            data = [{key: value for key, value in entry.items() if key not in _EXAMPLES} for entry in data]
        if _as_json(data) == data:
            target = _kept_as(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(orjson.dumps({"digest": _digest(source), "data": data, "conditions": conditions}))
    keep_templates(FOLDER / "templates")
    return FOLDER


def _as_json(data: Any) -> Any:
    try:
        return orjson.loads(orjson.dumps(data))
    except orjson.JSONEncodeError:
        return None


if __name__ == "__main__":
    print(build())
