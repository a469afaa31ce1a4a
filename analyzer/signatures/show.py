"""Prints what the catalogue holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analyzer.diagnosis.knowledge import knowledge
from analyzer.signatures.loader import load


def listing(folders: Sequence[Path] = (), cause: str | None = None) -> str:
    """One line per signature: cause, role, strength, id, condition."""
    order = {name: entry.order for name, entry in knowledge().causes.items()}
    found = [signature for signature in load(folders).signatures if cause in (None, signature.cause)]
    found.sort(key=lambda signature: (order.get(signature.cause, len(order)), signature.role.value != "for", signature.id))
    return "\n".join(f"{s.cause:30} {s.role.value:8} {s.strength.value:9} {s.id:46} {s.condition}" for s in found)


def coverage() -> str:
    """Per cause how many signatures speak for and against it, and by which strength."""
    lines = ["| cause | os | decisive | strong | hint | against |", "| --- | --- | --- | --- | --- | --- |"]
    signatures = load().signatures
    for cause in knowledge().causes.values():
        mine = [s for s in signatures if s.cause == cause.id]
        counts = [sum(s.role.value == "for" and s.strength.value == strength for s in mine) for strength in ("decisive", "strong", "hint")]
        against = sum(s.role.value == "against" for s in mine)
        shown = [str(count or "") for count in (*counts, against)]
        if cause.decided_by == "platform" and not mine:
            shown[0] = "platform documents"
        lines.append(f"| {cause.id} | {cause.os} | {' | '.join(shown)} |")
    return "\n".join(lines)
