"""The timeline as a table: CSV, JSON lines, or Parquet (with the extra `timeline`)."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson

from analyzer.report.document import Redacted
from analyzer.report.json_writer import inert
from analyzer.report.output import OutputError
from analyzer.report.visible import visible

COLUMNS = ("time", "basis", "artifact", "line", "record", "pointer", "lane", "level", "component", "text", "tags")


_FORMULA = frozenset(
    "=+-@\uff1d\uff0b\uff0d\uff20"
)  # how a formula begins, full-width ones in Chinese and Japanese versions; blanks before it are passed over


def render(document: Redacted, suffix: str) -> bytes:
    """The rows of the timeline in the format that the file name's ending says. Raises `OutputError` for another ending."""
    rows = [_row(row) for row in document.get("timeline") or ()]
    match suffix.lower():
        case ".jsonl":
            return b"".join(inert(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)) for row in rows)
        case ".csv":
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: _inert(value) for key, value in row.items()} for row in rows)
            return text.getvalue().encode("utf-8")
        case ".parquet":
            return _parquet(rows)
    raise OutputError(f"--timeline writes .csv, .jsonl or .parquet, not {suffix or 'a name without ending'!r}")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {column: row.get(column) for column in COLUMNS} | {"tags": ",".join(row.get("tags") or ())}


def _inert(value: object) -> object:
    """A cell that no spreadsheet runs as a formula and no terminal as an order: log text is hostile."""
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if text[:1] == "\t" or text.lstrip()[:1] in _FORMULA else text


def _parquet(rows: list[dict[str, object]]) -> bytes:
    try:
        import pandas
    except ImportError as error:
        raise OutputError("Parquet needs the extra 'timeline': pip install 'azure-vm-backup-analyzer[timeline]'") from error
    frame = pandas.DataFrame(rows, columns=list(COLUMNS))
    frame["time"] = pandas.to_datetime(frame["time"], utc=True, format="ISO8601")
    for column in ("basis", "artifact", "lane", "level", "component"):
        frame[column] = frame[column].astype("category")
    target = io.BytesIO()
    frame.to_parquet(target, index=False)
    return target.getvalue()
