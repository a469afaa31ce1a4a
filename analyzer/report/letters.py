"""Two drafts a support engineer passes on: a reply to the customer, and what a colleague needs to go on from here.

Plain text in the language of the document. The words stand in `catalogue/letters`; what is said of a cause and its steps comes from the
document, so the letters never say more than the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.resources import read_yaml

from . import wording
from .document import Redacted
from .messages import Messages
from .shape import without_timeline
from .visible import visible

STEPS = 3
_LINES = 2  # of evidence in the reply
_EXCERPT = 300  # characters of an excerpt
_FEW = 6


def customer(document: Redacted, lang: str) -> str:
    """The reply to the customer about the leading incident: the cause in plain words, what shows it, what to do next."""
    return _text(_customer(without_timeline(document), lang))


def escalation(document: Redacted, lang: str) -> str:
    """The draft for an engineer: ids, times, codes, versions, stages, evidence, what was ruled out and what is missing, hashes."""
    return _text(_escalation(without_timeline(document), lang))


def _customer(page: dict[str, Any], lang: str) -> Iterator[str]:
    say, messages = _say(lang), Messages(lang)
    groups = wording.groups(page["incidents"])
    incident = groups[0][0] if groups else None
    vm = _vm(page, incident) or say("vm.unknown")
    if incident is None or not (wording.is_failure(incident) or incident["verdict"]["cause"]):
        yield from _bundle_reply(page, vm, say, messages)
        return
    verdict = incident["verdict"]
    title = wording.headline(incident) or messages.get(wording.open_title(incident))
    failed = wording.failed_at(incident)
    when = say("customer.when", time=wording.utc(failed)) if failed else ""
    yield say("customer.subject", vm=vm, title=title)
    yield ""
    yield say("customer.greeting")
    yield ""
    yield say(f"customer.opening.{_opening(incident)}", vm=vm, when=when, title=title)
    if verdict["cause"] and verdict["summary"]:
        yield one_line(verdict["summary"])
    if not verdict["cause"]:
        shown = [row["title"] or row["cause"] for row in wording.shown_causes(incident)]
        yield from _listed(say("customer.leading"), shown)
        ruled = messages.get("comma").join(row["title"] or row["cause"] for row in wording.ruled_out(incident)[:_FEW])
        if ruled:
            yield from ("", say("customer.ruled_out", causes=ruled))
    yield from _listed(
        say("customer.evidence"), [evidence_line(row) for row in wording.proof(incident)[:_LINES]] if verdict["cause"] else []
    )
    steps = [step for row in wording.shown_causes(incident) for step in row["remedy"]] if verdict["cause"] else []
    yield from _steps(steps, say, messages)
    wanted = [] if verdict["status"] == "confirmed" else _wanted(incident, messages)
    yield from _listed(say("customer.collect"), wanted)
    yield from _listed(say("customer.docs"), _pages(incident) if verdict["cause"] else [])
    yield from ("", say("customer.closing.fixed" if steps else "customer.closing.open"), "", say("customer.signature"))


def _pages(incident: dict[str, Any]) -> list[str]:
    """The documentation's pages, each once."""
    named = [str(row["url"]) for row in wording.sources(incident)]
    return named or list(dict.fromkeys(str(url) for row in wording.shown_causes(incident) for url in row["docs"]))


def _bundle_reply(page: dict[str, Any], vm: str, say: Any, messages: Messages) -> Iterator[str]:
    yield from (say("customer.subject", vm=vm, title=messages.get("bundle.title")), "", say("customer.greeting"), "")
    yield from (say("customer.opening.bundle", vm=vm), "", say("customer.closing.bundle"), "", say("customer.signature"))


def _opening(incident: dict[str, Any]) -> str:
    status = str(incident["verdict"]["status"])
    return status if incident["verdict"]["cause"] and status in ("confirmed", "likely", "possible") else "undetermined"


def _steps(steps: list[dict[str, Any]], say: Any, messages: Messages) -> Iterator[str]:
    if not steps:
        return
    yield from ("", say("customer.steps"))
    for number, step in enumerate(steps[:STEPS], 1):
        systems = messages.get("comma").join(system["title"] for system in step["systems"])
        only = messages.get("only_on", systems=systems) + " " if systems else ""
        yield f"{number}. {only}{one_line(step['text'])}"
        yield from (f"     {line}" for line in str(step["command"] or "").splitlines())
    more = len(steps) - STEPS
    if more > 0:
        yield say("customer.more.one" if more == 1 else "customer.more.other", n=more)


def _wanted(incident: dict[str, Any], messages: Messages) -> list[str]:
    """What to collect, each with how."""
    rows = [(row["artifact"], row) for row in incident["verdict"]["decides"]]
    named = {name for row in incident["verdict"]["decides"] for name in (row["artifact"], row["kind"])}
    rows += [(row["title"] or messages.label("kind", row["kind"]), row) for row in wording.missing(incident) if row["kind"] not in named]
    return [f"{one_line(name)}{_how(row)}" for name, row in rows[:_FEW]]


def _how(row: dict[str, Any]) -> str:
    ways = [one_line(way) for way in (row["command"], row.get("portal_path")) if way]
    return "".join(f"\n     {way}" for way in ways)


def _escalation(page: dict[str, Any], lang: str) -> Iterator[str]:
    say, messages = _say(lang), Messages(lang)
    groups = wording.groups(page["incidents"])
    incident = groups[0][0] if groups else None
    vm = _vm(page, incident) or say("vm.unknown")
    if incident is None:
        yield messages.get("no_incidents")
        return
    verdict, facts = incident["verdict"], page["bundle"]["vm"]
    title = wording.headline(incident) or messages.get(wording.open_title(incident))
    yield say("escalation.subject", status=messages.label("status", verdict["status"]), title=title, vm=vm)
    yield from _section(say("escalation.case"), [
        _pair(messages.get("vm"), vm), _pair(messages.get("vault"), incident["vault"]),
        _pair(say("escalation.operation"), incident["operation"]), _pair(say("escalation.job_id"), incident["job_id"]),
        _pair(say("escalation.activity_id"), incident["activity_id"]),
        _pair(say("escalation.os"), " ".join(str(facts[key]) for key in ("os", "os_version") if facts.get(key))),
        *(_pair(say(f"escalation.{key}"), facts.get(key)) for key in ("kernel", "agent_version", "extension_version", "python")),
    ])  # fmt: skip
    collected = page["bundle"]["collected"]
    window = incident["window"]
    span = f"{wording.utc(window['from'])} - {wording.utc(window['to'])} ({window['basis']})" if window["from"] else ""
    yield from _section(say("escalation.time"), [
        _pair(say("escalation.started"), wording.utc(incident["started"], "")),
        _pair(say("escalation.ended"), wording.utc(incident["ended"], "")),
        _pair(say("escalation.window"), span),
        _pair(say("escalation.collected"), wording.utc(collected.get("time") if isinstance(collected, dict) else collected, "")),
    ])  # fmt: skip
    codes = [
        f"{row['as_written'] or row['code']} ({messages.label('level', row['level'])}, {wording.locator(row)})" for row in incident["codes"]
    ]
    yield from _section(say("escalation.codes"), codes)
    yield from _section(say("escalation.message"), [incident["message"]])
    yield from _section(say("escalation.attempts"), [_attempt(row, say, messages) for row in incident["attempts"]])
    also = messages.get("comma").join(wording.title_of(incident, cause) for cause in verdict["also"])
    said = f"{messages.label('status', verdict['status'])}: {title}"
    yield from _section(say("escalation.verdict"), [said, verdict["summary"], say("escalation.also", causes=also) if also else ""])
    leading = [reasoned(row) for row in wording.shown_causes(incident)] if not verdict["cause"] else []
    yield from _section(say("escalation.leading"), leading)
    rows = _proofs(incident)
    yield from _section(say("escalation.evidence"), [evidence_line(row) for row in rows])
    yield from _section(say("escalation.ruled_out"), [reasoned(row) for row in wording.ruled_out(incident)], say("escalation.none"))
    yield from _section(say("escalation.missing"), _wanted(incident, messages), say("escalation.none"))
    yield from _section(say("escalation.unexplained"), [evidence_line(row) for row in verdict["unexplained"][:_FEW]])
    problems = [f"{row['artifact']}: {row['problem']}" for row in page["problems"][:_FEW]]
    yield from _section(say("escalation.problems"), problems)
    yield from _section(say("escalation.hashes"), hashes(page, rows))
    if len(groups) > 1:
        yield from ("", say("escalation.others", n=sum(len(group) for group in groups) - len(groups[0])))
    tool = page["tool"]
    yield from ("", say("escalation.made", tool=tool["name"], version=tool["version"], catalogue=str(tool["catalogue"])[:16]))


def hashes(page: dict[str, Any], rows: Iterable[dict[str, Any]]) -> list[str]:
    """SHA-256 of the cited artifacts and of the bundle, as `sha256sum` writes them."""
    digests = {row["path"]: row["sha256"] for row in page["bundle"]["artifacts"]}
    cited = sorted({row["artifact"] for row in rows if digests.get(row["artifact"])})
    return [f"{digests[path]}  {path}" for path in cited] + (
        [f"{page['bundle']['sha256']}  {page['bundle']['name']}"] if page["bundle"]["sha256"] else []
    )


def evidence_line(row: dict[str, Any]) -> str:
    """One row of evidence: where, when, and the line that matters."""
    at = f" ({wording.utc(row['time'])})" if row["time"] else ""
    text = proof_text(row)
    return f"{wording.locator(row)}{at}" + (f"\n     {text}" if text else "")


def proof_text(row: dict[str, Any]) -> str:
    """The line that matters of an excerpt: the first one that holds the match, else the first."""
    lines = [line for line in str(row["excerpt"] or "").split("\n") if line.strip()]
    chosen = next((line for line in lines if row["matched"] and row["matched"] in line), lines[0] if lines else "")
    text = one_line(chosen)
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + " …"


def one_line(text: object) -> str:
    """A text on one line, with nothing hidden in it."""
    return visible(" ".join(str(text or "").split()), keep="")


def _proofs(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that speak for the causes of the verdict, each place once, at most twelve."""
    rows = [row for shown in wording.shown_causes(incident) for row in shown["evidence"] if row["role"] != "against"]
    return list({wording.locator(row): row for row in reversed(rows)}.values())[::-1][: 2 * _FEW]


def _attempt(attempt: dict[str, Any], say: Any, messages: Messages) -> str:
    broken = wording.first_broken([attempt])
    if broken is None:
        return str(say("escalation.attempt.whole", id=attempt["id"]))
    state = messages.label("stage_state", wording.stage_state(broken["state"]))
    return str(
        say(
            "escalation.attempt.broken",
            id=attempt["id"],
            stage=messages.label("stage", broken["stage"]),
            state=state,
            time=wording.utc(broken["at"]),
        )
    )


def reasoned(row: dict[str, Any]) -> str:
    """A cause with the reason for its state."""
    return f"{row['title'] or row['cause']}: {row['reason']}".rstrip(": ")


def _vm(page: dict[str, Any], incident: dict[str, Any] | None) -> str:
    return str((incident and incident["vm"]) or page["bundle"]["vm"].get("name") or "")


def _pair(name: str, value: object) -> str:
    return f"{name}: {one_line(value)}" if value else ""


def _listed(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield from ("", title, *(f"- {item}" for item in items))


def _section(title: str, lines: list[Any], none: str = "") -> Iterator[str]:
    kept = [str(line) for line in lines if line] or ([none] if none else [])
    if kept:
        yield from ("", title.upper() if title.isascii() else f"【{title}】")
        yield from (f"  {line}" for text in kept for line in text.split("\n"))


def _text(lines: Iterator[str]) -> str:
    return "\n".join(visible(line, keep="\n").rstrip() for line in lines).strip("\n") + "\n"


def _say(lang: str) -> Any:
    texts = load(lang)
    return lambda key, **params: texts[key].format(**params) if params else texts[key]


@cache
def load(lang: str) -> dict[str, str]:
    """All words of the letters in one language."""
    found: dict[str, str] = read_yaml(resources.catalogue(f"letters/{lang}.yaml"))
    return found
