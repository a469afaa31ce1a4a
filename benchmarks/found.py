"""Runs an analysis that is not measured and prints what its document holds: the counts that a comparison is checked by.

    python -m benchmarks.found BUNDLE [--signatures DIR]

A process of its own, because a document is large and the measuring process must stay small.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence


def rows(document: object) -> list[dict[str, object]]:
    """Every evidence row and unexplained row anywhere in a document, the timeline's apart."""
    if isinstance(document, list):
        return [row for item in document for row in rows(item)]
    if isinstance(document, dict):
        inside = [row for key, item in document.items() if key != "timeline" for row in rows(item)]
        return [document, *inside] if "count" in document and "excerpt" in document else inside
    return []


def counted(evidence: Sequence[dict[str, object]], prefix: str = "bench.planted-") -> int:
    """How many lines our planted signatures found: per signature the row of all, not those of single lines beside it."""
    most: dict[str, int] = {}
    for row in evidence:
        signature = str(row.get("signature", ""))
        if signature.startswith(prefix):
            most[signature] = max(most.get(signature, 0), int(str(row["count"])))
    return sum(most.values())


def summary(document: dict[str, list[object]]) -> dict[str, int]:
    """`planted`: lines that planted signatures found; `most`: the largest count of any row; `incidents`: how many."""
    evidence = rows(document)
    most = max((int(str(row["count"])) for row in evidence), default=0)
    return {"planted": counted(evidence), "most": most, "incidents": len(document["incidents"])}


def main(arguments: Sequence[str]) -> None:
    command = [sys.executable, "-m", "analyzer", *arguments, "--json", "-"]
    print(json.dumps(summary(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))))


if __name__ == "__main__":
    main(sys.argv[1:])
