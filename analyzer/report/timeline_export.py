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

_FORMULA = frozenset("=+-@＝＋－＠")  # the wide ones count in East Asian editions
COLUMNS = ("time", "basis", "artifact", "line", "record", "pointer", "lane", "level", "component", "text", "tags")


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
    """A cell that a spreadsheet will not run as a formula, and that begins no row of its own: log text is hostile.

    Python writes a lone carriage return without quotes, and spreadsheets take it for the end of a row.
    """
    if not isinstance(value, str):
        return value
    shown = visible(value, keep="")
    return f"'{shown}" if shown[:1] == "\t" or shown.lstrip()[:1] in _FORMULA else shown


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
