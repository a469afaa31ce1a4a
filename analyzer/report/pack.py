"""The evidence pack: what a colleague needs to check the verdict without the bundle, as one zip.

Same documents, same bytes: fixed dates and modes, sorted names, nothing of the run. Every member's SHA-256 stands in MANIFEST.txt, in the
form that `sha256sum -c` reads.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer import resources

from . import letters, markdown, wording
from .document import Redacted
from .json_writer import render as render_json
from .output import ZIP_COMMENT
from .shape import complete
from .visible import visible

_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+|\.{2,}")


def members(document: Redacted, lang: str, others: Mapping[str, Redacted] | None = None) -> dict[str, bytes]:
    """The files of the pack by name, MANIFEST.txt among them."""
    texts = {"README.txt": resources.catalogue("letters/pack-readme.txt").read_text(encoding="utf-8")}
    for one, found in {lang: document, **(others or {})}.items():
        texts["report.md" if one == lang else f"report.{one}.md"] = markdown.render(found, one)
        texts[f"letters/customer.{one}.txt"] = letters.customer(found, one)
        texts[f"letters/escalation.{one}.txt"] = letters.escalation(found, one)
    texts.update(evidence_files(complete(document)))
    files = {"diagnosis.json": render_json(document), **{name: text.encode("utf-8") for name, text in texts.items()}}
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    return dict(sorted({**files, "MANIFEST.txt": listed.encode()}.items()))


def pack(files: Mapping[str, bytes]) -> bytes:
    """The zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system, info.external_attr, info.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
        archive.comment = ZIP_COMMENT
    return target.getvalue()


def evidence_files(page: dict[str, Any]) -> dict[str, str]:
    """One text per cited artifact: its hash, and every cited place with the lines around it and what it speaks for."""
    artifacts = {row["path"]: row for row in page["bundle"]["artifacts"]}
    cited: dict[str, dict[str, list[str]]] = {}
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for said, row in _rows(page):
        place = wording.locator(row)
        rows.setdefault(row["artifact"], {}).setdefault(place, row)
        notes = cited.setdefault(row["artifact"], {}).setdefault(place, [])
        if said and said not in notes:
            notes.append(said)
    files = {}
    for number, path in enumerate(sorted(path for path in rows if path), 1):
        name = _NO_NAME.sub("-", path.rpartition("/")[2]).strip("-.")[:60] or "artifact"
        lines = [visible(path, keep=""), f"SHA-256 {artifacts.get(path, {}).get('sha256') or '-'}"]
        for place, row in sorted(rows[path].items(), key=_order):
            lines += ["", *_place(place, row, cited[path][place])]
        files[f"evidence/{number:02d}-{name}.txt"] = "\n".join(lines) + "\n"
    return files


def _rows(page: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for incident in page["incidents"]:
        for hypothesis in incident["hypotheses"]:
            for row in hypothesis["evidence"]:
                yield f"{row['role']} {hypothesis['cause']} ({row['strength']}, {row['relation']}): {row['why']}", row
        for row in incident["verdict"]["unexplained"]:
            yield "unexplained", row
    for note in page["context"]:
        for row in note["evidence"]:
            yield f"{note['kind']}: {note['text']}", row
    for check in page["checklist"]:
        for row in check["evidence"]:
            yield f"check {check['row']}: {check['state']}", row


def _order(item: tuple[str, dict[str, Any]]) -> tuple[int, str]:
    return item[1]["line"] or item[1]["record"] or 0, item[0]


def _place(place: str, row: dict[str, Any], notes: list[str]) -> Iterator[str]:
    at = f"  {wording.utc(row['time'])}" if row["time"] else ""
    yield visible(f"== {place}{at}", keep="")
    yield from (visible(f"   {' '.join(note.split())}", keep="") for note in notes)
    if row["context"]:
        for line in row["context"]:
            number = "" if line["line"] is None else str(line["line"])
            yield f"{'>' if line['match'] else ' '} {number:>8} | {visible(line['text'], keep='')}".rstrip()
    else:
        yield from (f"> {'':>8} | {visible(line, keep='')}".rstrip() for line in str(row["excerpt"] or "").split("\n"))
