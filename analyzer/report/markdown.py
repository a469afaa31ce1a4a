"""The verdict as Markdown, for a ticket or a wiki: what was found, what proves it, what to do, and the hashes to check it by.

What comes from a bundle is hostile: texts are escaped, and lines of logs stand in fences longer than any run of backticks in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import wording
from .document import Redacted
from .letters import hashes, one_line, reasoned
from .messages import Messages
from .shape import without_timeline
from .visible import visible

_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|$]|://|www(?=\.)")
_AT_BEGIN = re.compile(r"^(?:[-+#=]|\d{1,9}(?=[.)](?:\s|$)))")
_EXCERPT = 1_000  # characters of an excerpt


def render(document: Redacted, lang: str = "en") -> str:
    """The groups of incidents, the surest first, each by its latest; newline at the end. Same document, same text."""
    return "\n".join(_Writer(without_timeline(document), Messages(lang)).lines()).rstrip("\n") + "\n"


def escaped(text: object) -> str:
    """A text on one line that Markdown shows as it is: no markup, no link, no mention of a person."""
    shown = _SPECIAL.sub(lambda hit: f"{hit[0]}\\" if hit[0] == "www" else f"\\{hit[0]}", one_line(text))
    return _AT_BEGIN.sub(lambda hit: f"{hit[0]}\\" if hit[0].isdigit() else f"\\{hit[0]}", shown)


def code(text: object) -> str:
    """A text on one line as inline code, whatever backticks it holds."""
    shown = one_line(text)
    ticks = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}" if shown else ""


def fence(text: object, indent: str = "", kind: str = "text") -> list[str]:
    """Lines as a fenced block."""
    shown = visible(str(text or "")).rstrip("\n")
    ticks = "`" * max(3, _longest_run(shown) + 1)
    return [f"{indent}{line}".rstrip() for line in (f"{ticks}{kind}", *shown.split("\n"), ticks)]


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


class _Writer:
    def __init__(self, page: dict[str, Any], messages: Messages) -> None:
        self.page, self.t, self.label, self.count = page, messages.get, messages.label, messages.count

    def lines(self) -> Iterator[str]:
        bundle = self.page["bundle"]
        yield f"# {escaped(' · '.join(str(part) for part in (self.t('app'), bundle['vm'].get('name'), bundle['name']) if part))}"
        cited: list[dict[str, Any]] = []
        for group in wording.groups(self.page["incidents"]):
            yield from self.incident(group[0], cited)
            if len(group) > 1:
                yield from ("", escaped(self.count("also_incidents", len(group) - 1)))
        yield from ("", f"## {escaped(self.t('hashes'))}", "", *fence("\n".join(hashes(self.page, cited))))
        tool = self.page["tool"]
        yield from (
            "",
            f"{escaped(tool['name'])} {escaped(tool['version'])}, {escaped(self.t('catalogue'))} {code(str(tool['catalogue'])[:16])}",
        )

    def incident(self, incident: dict[str, Any], cited: list[dict[str, Any]]) -> Iterator[str]:
        verdict = incident["verdict"]
        title = wording.headline(incident) or self.t(wording.open_title(incident))
        yield from ("", f"## {escaped(title if wording.is_calm(incident) else self.label('status', verdict['status']) + ': ' + title)}")
        if verdict["summary"]:
            yield from ("", escaped(verdict["summary"]))
        yield ""
        yield from self.facts(incident)
        rows = wording.proof(incident)
        cited += rows
        if rows:
            yield from ("", f"### {escaped(self.t('proof') if verdict['cause'] else self.t('proof.leading'))}")
        for row in rows:
            at = f" · {wording.utc(row['time'])}" if row["time"] else ""
            yield from ("", f"{code(wording.locator(row))}{at}", "")
            yield from fence(str(row["excerpt"])[:_EXCERPT])
            if row["why"]:
                yield from ("", escaped(row["why"]))
        if verdict["cause"]:
            yield from self.steps(incident)
        else:
            yield from self.causes(self.t("leading.calm" if wording.is_calm(incident) else "leading"), wording.shown_causes(incident))
        yield from self.changes(incident)
        yield from self.causes(self.t("ruled_out"), wording.ruled_out(incident))

    def facts(self, incident: dict[str, Any]) -> Iterator[str]:
        broken = wording.first_broken(incident["attempts"])
        failed, window = wording.failed_at(incident), incident["window"]
        stage = (
            f"{self.label('stage', broken['stage'])} ({self.label('stage_state', wording.stage_state(broken['state']))})" if broken else ""
        )
        span = {"first": wording.utc(window["from"]), "last": wording.utc(window["to"])}
        for name, value in (
            ("vm", incident["vm"] or self.page["bundle"]["vm"].get("name")), ("vault", incident["vault"]), ("job", incident["job_id"]),
            ("symptom", incident["symptom"]),
        ):  # fmt: skip
            if value:
                yield f"- {escaped(self.t(name))}{self.t('colon')}{code(value)}"
        covered = "" if failed or not window["from"] else self.t("covered_time.span", **span)
        for name, value in (("failed_at", wording.utc(failed) if failed else ""), ("covered_time", covered), ("stopped_at", stage)):
            if value:
                yield f"- {escaped(self.t(name))}{self.t('colon')}{escaped(value)}"

    def steps(self, incident: dict[str, Any]) -> Iterator[str]:
        steps = [step for row in wording.shown_causes(incident) for step in row["remedy"]]
        if not steps:
            return
        yield from ("", f"### {escaped(self.t('fix'))}", "")
        for number, step in enumerate(steps, 1):
            systems = self.t("comma").join(system["title"] for system in step["systems"])
            only = f"**{escaped(self.t('only_on', systems=systems))}** " if systems else ""
            yield f"{number}. {only}{escaped(step['text'])}"
            if step["corrects"]:
                yield f"   {escaped(self.t('corrects', text=step['corrects']))}"
            if step["command"]:
                yield from ("", *fence(step["command"], "   ", "sh"), "")
        for row in wording.sources(incident):
            yield (
                f"- {escaped(row['title'] or row['url'])}{self.t('colon')}<{row['url']}>"
                if _is_web(row["url"])
                else f"- {escaped(row['title'])}"
            )

    def causes(self, title: str, rows: list[dict[str, Any]]) -> Iterator[str]:
        if rows:
            yield from ("", f"### {escaped(title)}", "")
            yield from ("- " + escaped(reasoned(row)) for row in rows)

    def changes(self, incident: dict[str, Any]) -> Iterator[str]:
        decides, lacking = incident["verdict"]["decides"], wording.missing(incident)
        yield from ("", f"### {escaped(self.t('change'))}", "")
        for row in decides:
            causes = self.t("comma").join(wording.title_of(incident, cause) for cause in row["separates"])
            yield f"- {escaped(str(row['artifact']) + (self.t('separates', causes=causes) if causes else ''))}"
            yield from self.how(row)
        named = {name for other in decides for name in (other["artifact"], other["kind"])}
        for row in [row for row in lacking if row["kind"] not in named]:
            yield f"- {escaped(self.t('not_collected', kind=row['title'] or self.label('kind', row['kind'])))}"
            yield from self.how(row)
        if not decides and not lacking:
            yield escaped(self.t("change.none"))

    def how(self, row: dict[str, Any]) -> Iterator[str]:
        if row["command"]:
            yield from ("", *fence(row["command"], "  ", "sh"), "")
        if row.get("portal_path"):
            yield f"  {escaped(row['portal_path'])}"


def _is_web(url: object) -> bool:
    return re.fullmatch(r"https://[\w./#?=&%-]+", str(url)) is not None
