"""The Rust reader: every record of a chunk as JSON text.

Its iterator raises on a bad record and goes on when it is asked again, so it is never used in a plain `for` loop: a loop stops at the
first damage (2 of 335 records of a real System log).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import evtx

from analyzer.parsers.evtx.image import image

_MOST_ERRORS = 3000  # a chunk cannot hold as many records


@dataclass(slots=True)
class Rendered:
    """What the reader gave: `records` have `event_record_id`, `timestamp` (of the header) and `data` (JSON text)."""

    records: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0


def render(chunk: bytes | bytearray) -> Rendered:
    """All records of one chunk that the reader can read, in their order."""
    result = Rendered()
    try:
        records: Any = evtx.PyEvtxParser(io.BytesIO(image(chunk)), number_of_threads=1).records_json()
    except (RuntimeError, OSError, ValueError):
        result.refused = 1
        return result
    while result.refused < _MOST_ERRORS:
        try:
            result.records.append(next(records))
        except StopIteration:
            break
        except BaseException as error:
            # a panic of the library is a BaseException of a class that Python cannot import
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            result.refused += 1
    return result
