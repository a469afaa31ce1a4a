"""Prints what the catalogue holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from analyzer.diagnosis.documented import checks, covered, rows
from analyzer.diagnosis.knowledge import knowledge
from analyzer.signatures.loader import load
from analyzer.signatures.model import Role, Signature, Strength


def listing(folders: Sequence[Path] = (), cause: str | None = None) -> str:
    """One line per signature: cause, role, strength, id, condition."""
    order = {name: entry.order for name, entry in knowledge().causes.items()}
    found = [signature for signature in load(folders).signatures if cause in (None, signature.cause)]
    found.sort(key=lambda signature: (order.get(signature.cause, len(order)), signature.role.value != "for", signature.id))
    return "\n".join(f"{s.cause:30} {s.role.value:8} {s.strength.value:9} {s.id:46} {s.condition}" for s in found)


def coverage() -> str:
    """Two tables: per row of the documented page what covers it, and per cause how many signatures speak for and against it."""
    signatures = load().signatures
    return "\n".join([*_by_row(signatures), "", *_by_cause(signatures)])


def _by_row(signatures: Sequence[Signature]) -> Iterator[str]:
    yield "| row | what it says | covered by | decisive | strong | hint | against |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    covers = covered()
    for row, cover in covers.items():
        causes = {cause for one in (cover, *(covers[part] for part in cover.parts)) for cause in one.causes}
        causes |= {cause for check in cover.checks if check in checks() for cause in checks()[check].causes}
        named = (
            ("cause", cover.causes),
            ("code", cover.symptoms),
            ("check", cover.checks),
            ("remedy", cover.remedies),
            ("its parts", cover.parts),
        )
        by = "; ".join(f"{word} {', '.join(names)}" for word, names in named if names) or "**nothing**"
        counts = _counts([signature for signature in signatures if signature.cause in causes])
        title = rows()[row].titles["en"] if row in rows() else "**no row of the page**"
        yield f"| {row} | {title} | {by} | {' | '.join(counts)} |"


def _by_cause(signatures: Sequence[Signature]) -> Iterator[str]:
    yield "| cause | os | decisive | strong | hint | against |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for cause in knowledge().causes.values():
        mine = [signature for signature in signatures if signature.cause == cause.id]
        shown = _counts(mine)
        if cause.decided_by == "platform" and not mine:
            shown[0] = "platform documents"
        yield f"| {cause.id} | {cause.os} | {' | '.join(shown)} |"


def _counts(signatures: Sequence[Signature]) -> list[str]:
    """How many are decisive, strong and hints for, and how many against; no number for none."""
    supporting = [signature for signature in signatures if signature.role is Role.FOR]
    by_strength = [
        sum(signature.strength is strength for signature in supporting) for strength in (Strength.DECISIVE, Strength.STRONG, Strength.HINT)
    ]
    return [str(count or "") for count in (*by_strength, len(signatures) - len(supporting))]
