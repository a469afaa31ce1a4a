"""How the readable writers say a time, a place and a status, so that they agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

STATUS_RANK = {
    name: rank
    for rank, name in enumerate(
        ("confirmed", "likely", "possible", "undetermined", "ruled_out", "not_assessable", "no_evidence", "not_applicable")
    )
}
STRENGTH_RANK = {"decisive": 0, "strong": 1, "hint": 2}
PROOF_LINES = 3

_SYMBOLS = {
    "confirmed": "●●●", "likely": "●●○", "possible": "●○○", "undetermined": "○○○", "ruled_out": "✕", "no_evidence": "–",
    "not_assessable": "?", "not_applicable": "∅",
    "passed": "✓", "failed": "✕", "missing": "○", "not_reached": "–", "unknown": "?",
    "covers": "✓", "partly": "◐", "absent": "○", "not_collected": "–", "parsed": "✓", "unparsed": "–", "refused": "✕",
    "present": "✓", "cut": "◐", "left_behind": "○", "not_found": "✓", "not_read": "?", "found": "✕",
}  # fmt: skip
_VERDICTS = frozenset({"confirmed", "likely", "possible", "undetermined"})
_HELD = frozenset({"confirmed", "likely", "possible", "ruled_out"})
_PLACES = ("linux", "windows", "platform")
_PRESENCES = ("present", "cut", "unparsed", "refused", "left_behind", "missing")
_GONE = frozenset({"missing", "left_behind"})
_PASSED = frozenset({"passed", "done", "ok", "success", "succeeded", "completed", "present"})
_FAILED = frozenset({"failed", "error", "timeout", "timed_out"})
_MISSING = frozenset({"missing", "absent"})


def moment(value: object) -> datetime | None:
    """The UTC time of an ISO-8601 text; None for no time or an unreadable one. A text without zone is UTC."""
    return _moment(value) if isinstance(value, str) else None


@lru_cache(maxsize=1 << 15)  # each of thousands of events is asked for its time by several parts of the page
def _moment(value: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def utc(value: object, none: str = "–") -> str:
    """`2026-03-14 02:11:07 UTC`; a text that is no time is shown as it is, `none` stands for no time."""
    parsed = moment(value)
    if parsed is None:
        return str(value) if value else none
    return f"{parsed:%Y-%m-%d %H:%M:%S} UTC"


def locator(row: dict[str, Any]) -> str:
    """Where a person finds the row again: `etc/waagent.conf:37`, `System.evtx record 4711`, `job.json#/properties`."""
    place = str(row.get("artifact") or "")
    line, until, record, pointer = row.get("line"), row.get("until_line"), row.get("record"), row.get("pointer")
    if record is not None:
        return f"{place} record {record}"
    if line is not None:
        return f"{place}:{line}–{until}" if until not in (None, line) else f"{place}:{line}"
    if pointer is not None:
        return f"{place}#{pointer}" if str(pointer).startswith("/") else f"{place}#/{pointer}"
    return place


def symbol(state: str) -> str:
    """A sign that says the state without colour."""
    return _SYMBOLS.get(state, "·")


def stage_state(state: object) -> str:
    """The state of a stage in one vocabulary: passed, failed, missing, not_reached or unknown."""
    text = str(state or "unknown").lower()
    if text in _PASSED:
        return "passed"
    if text in _FAILED:
        return "failed"
    if text in _MISSING:
        return "missing"
    return text if text == "not_reached" else "unknown"


def first_broken(attempts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first failed or missing stage of the last attempt: where the backup stopped."""
    stages = attempts[-1]["stages"] if attempts else []
    return next((stage for stage in stages if stage_state(stage["state"]) in ("failed", "missing")), None)


def hypotheses(incident: dict[str, Any], causes: Iterable[str]) -> list[dict[str, Any]]:
    """The incident's hypotheses of these causes, in the order of `causes`."""
    by_cause = {row["cause"]: row for row in incident["hypotheses"]}
    return [by_cause[cause] for cause in causes if cause in by_cause]


def shown_causes(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """The hypotheses the verdict speaks of: its cause, or what leads where it names none."""
    verdict = incident["verdict"]
    return hypotheses(incident, [verdict["cause"]] if verdict["cause"] else verdict["leading"])


def proof(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """The two or three lines that carry the verdict: of its cause the strongest first, of leading causes the best one each."""
    candidates = []
    for hypothesis in shown_causes(incident):
        rows = [row for row in hypothesis["evidence"] if row["role"] != "against" and row["relation"] != "history"]
        rows.sort(key=lambda row: STRENGTH_RANK.get(row["strength"], 9))
        candidates += rows if incident["verdict"]["cause"] else rows[:1]
    unique = {locator(row): row for row in reversed(candidates)}
    return list(reversed(unique.values()))[:PROOF_LINES]


def headline(incident: dict[str, Any]) -> str | None:
    """The verdict's title, or None where it names no cause."""
    verdict = incident["verdict"]
    if not verdict["cause"]:
        return None
    titles = [row["title"] for row in hypotheses(incident, [verdict["cause"]])]
    return next((title for title in [verdict["title"], *titles] if title), str(verdict["cause"]))


def title_of(incident: dict[str, Any], cause: str) -> str:
    """The title of a cause, its id where none is given."""
    return next((row["title"] for row in hypotheses(incident, [cause]) if row["title"]), cause)


def sources(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """The documents behind the steps, each page once however many of its sections are named."""
    rows = [row for hypothesis in shown_causes(incident) for row in hypothesis["sources"]]
    return list({(row["title"] or row["url"], row["date"]): row for row in reversed(rows)}.values())[::-1]


def editions(incident: dict[str, Any], say: Callable[..., str]) -> list[str]:
    """One line per disputed fact that the shown causes rest on: the edition that was applied, and what other documents state."""
    facts = {fact["id"]: fact for hypothesis in shown_causes(incident) for fact in hypothesis["facts"] if fact["disputed"]}
    return [_edition(fact, say) for fact in facts.values()]


def _edition(fact: dict[str, Any], say: Callable[..., str]) -> str:
    others = [
        say("fact.edition.silent" if other["value"] is None else "fact.edition.other", **{**other, "value": _value(other["value"])})
        for other in fact["others"]
    ]
    return say(
        "fact.edition", title=fact["title"], date=fact["date"], source=fact["source"], value=_value(fact["value"]), others="".join(others)
    )


def _value(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def ruled_out(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """What the evidence disproved."""
    return [row for row in incident["hypotheses"] if row["status"] == "ruled_out"]


def missing(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """What was not collected and could change the verdict: of the causes it speaks of, each kind once."""
    rows = [row for hypothesis in shown_causes(incident) for row in hypothesis["missing"]]
    return list({(row["kind"], row["command"]): row for row in rows}.values())


def failed_at(incident: dict[str, Any]) -> object:
    """When it failed: the end, else the start of the job, else the end of its window; None where no failure is known."""
    if not is_failure(incident):
        return None
    return incident["ended"] or incident["started"] or (None if incident["window"]["basis"] == "bundle" else incident["window"]["to"])


def is_failure(incident: dict[str, Any]) -> bool:
    """Whether a backup failed; else the bundle as a whole was looked at."""
    return bool(incident["source"] != "bundle")


def is_calm(incident: dict[str, Any]) -> bool:
    """Whether no backup failed and nothing speaks for a cause."""
    held = any(row["status"] in ("confirmed", "likely", "possible") for row in incident["hypotheses"])
    return not is_failure(incident) and not incident["verdict"]["cause"] and not held


def open_title(incident: dict[str, Any]) -> str:
    """The key of the title of a verdict without a cause."""
    return "calm.title" if is_calm(incident) else "undetermined.title" if is_failure(incident) else "bundle.title"


def checked(checklist: list[dict[str, Any]]) -> dict[str, object]:
    """How many checks have which state, and which failed: what `checklist.count` asks for."""
    counts = {state: sum(row["state"] == state for row in checklist) for state in ("passed", "failed", "not_assessable")}
    failed = ", ".join(str(row["row"]) for row in checklist if row["state"] == "failed")
    return {
        "passed": counts["passed"],
        "failed": counts["failed"],
        "rows": f" ({failed})" if failed else "",
        "open": counts["not_assessable"],
    }


def sure(incident: dict[str, Any]) -> str:
    """The key of the sentence that says how sure the verdict is; empty where there is nothing to be sure of."""
    if is_calm(incident):
        return ""
    status = incident["verdict"]["status"]
    if status not in _VERDICTS:
        return ""
    return f"sure.{status}" if is_failure(incident) or status == "undetermined" else f"sure.{status}.bundle"


def why_not(incident: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The causes one by one: those that documents name for the codes in their order (`documented`), else those that something speaks
    for or against; `others` are the rest."""
    named = hypotheses(incident, incident["documented"])
    shown = named or [row for row in incident["hypotheses"] if row["status"] in _HELD]
    told = {row["cause"] for row in shown}
    return {"documented": named, "shown": shown, "others": [row for row in incident["hypotheses"] if row["cause"] not in told]}


def proof_cards(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """The hypotheses whose proof is laid open, each rule with the lines that carry it."""
    found = [row for row in incident["hypotheses"] if row["proof"]["rules"]]
    for hypothesis in found:
        for rule in hypothesis["proof"]["rules"]:
            rule["rows"] = [row for row in hypothesis["evidence"] if row["signature"] == rule["signature"]]
    return found


def scripts(incident: dict[str, Any]) -> list[tuple[str, str]]:
    """Where each collecting script runs, and its text."""
    return [(place, text) for place, text in incident["verdict"]["script"].items() if place in _PLACES and text]


def collected(coverage: list[dict[str, Any]], promised: dict[str, Any]) -> dict[str, Any]:
    """The kinds of artifacts: `shown` (what the collector always brings, then what is there besides) and `others`, which nobody promised
    and which are not there. `counts`: of the promised ones, how many became what."""
    promised = promised if isinstance(promised, dict) else {}
    rows = [{**row, "promise": promised.get(row["kind"])} for row in coverage]
    order = {kind: number for number, kind in enumerate(promised)}
    always = sorted((row for row in rows if row["promise"] == "always"), key=lambda row: order[row["kind"]])
    there = [row for row in rows if row["promise"] != "always" and row["presence"] not in _GONE]
    counts = {state: sum(row["presence"] == state for row in always) for state in _PRESENCES}
    counts["missing"] += counts.pop("left_behind")
    others = [row for row in rows if row not in always and row not in there and row["command"]]
    return {"shown": [*always, *there], "others": others, "promised": len(always), "counts": counts}


def groups(incidents: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Incidents folded by `group`, the latest of each first; the surest and then the latest group leads."""
    folded: dict[object, list[dict[str, Any]]] = {}
    for number, incident in enumerate(incidents):
        key = ("group", incident["group"]) if incident["group"] is not None else ("alone", number)
        folded.setdefault(key, []).append(incident)
    found = [sorted(group, key=_failed_at_text, reverse=True) for group in folded.values()]
    found.sort(key=lambda group: _failed_at_text(group[0]), reverse=True)
    return sorted(found, key=lambda group: STATUS_RANK.get(group[0]["verdict"]["status"], 99))


def _failed_at_text(incident: dict[str, Any]) -> str:
    return utc(failed_at(incident) or incident["window"]["to"], "")
