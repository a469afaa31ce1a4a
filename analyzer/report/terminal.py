"""The verdict for a terminal: 80 columns of plain text that a person can act on without opening the report."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator
from typing import Any

import click

from . import wording
from .document import Redacted
from .messages import Messages
from .shape import without_timeline
from .visible import visible

WIDTH = 80
STEPS = 3
LINES_OF_EXCERPT = 3
_FIRST_INCIDENTS = 3  # that are named before the logs are read

_COLOURS = {"confirmed": "green", "likely": "cyan", "possible": "yellow", "undetermined": "magenta"}


def render(document: Redacted, lang: str = "en", *, colour: bool = False) -> str:
    """Verdict, proof, first steps and what would change it, for every group of incidents; newline at the end."""
    page, messages = without_timeline(document), Messages(lang)
    return "\n".join(_Writer(messages, colour).page(page)) + "\n"


def render_first(document: Redacted, logs: int, size: int, lang: str = "en", *, colour: bool = False) -> str:
    """What is known before `logs` logs of `size` bytes are read: what failed, and what points to a cause already. A few lines that the
    verdict replaces."""
    page, messages = without_timeline(document), Messages(lang)
    return "\n".join(_Writer(messages, colour).first_look(page, logs, size)) + "\n"


class _Writer:
    def __init__(self, messages: Messages, colour: bool) -> None:
        self.t, self.label, self.count, self.colour = messages.get, messages.label, messages.count, colour

    def page(self, page: dict[str, Any]) -> Iterator[str]:
        bundle = page["bundle"]
        yield from self.text(" · ".join(str(part) for part in (self.t("app"), bundle["name"], bundle["vm"].get("name")) if part))
        for group in wording.groups(page["incidents"]):
            yield ""
            yield from self.incident(group[0])
            if len(group) > 1:
                yield ""
                yield from self.text(self.count("also_incidents", len(group) - 1), "  ")
        yield ""
        if page["checklist"]:
            count = self.t("checklist.count", **wording.checked(page["checklist"]))
            yield from self.text(self.t("checklist.line", count=count))
        yield from self.problems(page["problems"])

    def first_look(self, page: dict[str, Any], logs: int, size: int) -> Iterator[str]:
        yield from self.text(self.count("first_look", logs, size=f"{size / 1e6:,.0f}"))
        for group in wording.groups(page["incidents"])[:_FIRST_INCIDENTS]:
            incident = group[0]
            title = wording.headline(incident)
            said = f"{self.label('status', incident['verdict']['status'])}: {title}" if title else self.t("first_look.open")
            failed_at, symptom = wording.failed_at(incident), incident["symptom"]
            parts = (f"{self.t('failed_at')}: {wording.utc(failed_at)}" if failed_at else "", symptom, said)
            yield from self.text(" · ".join(part for part in parts if part), "  ")

    def incident(self, incident: dict[str, Any]) -> Iterator[str]:
        verdict, status = incident["verdict"], incident["verdict"]["status"]
        title = wording.headline(incident) or self.t(wording.open_title(incident))
        said = title if wording.is_calm(incident) else f"{self.label('status', status)}: {title}"
        yield from self.text(said, style=_COLOURS.get(status))
        sure = wording.sure(incident)
        yield from self.text(self.t(sure) if sure else "", "  ")
        yield from self.text(verdict["summary"], "  ")
        for line in wording.editions(incident, self.t):
            yield from self.text(line, "  ")
        yield from self.facts(incident)
        yield from self.section(self.t("proof") if verdict["cause"] else self.t("proof.leading"), self.proof(incident))
        if verdict["cause"]:
            yield from self.section(self.t("fix"), self.steps(incident))
        else:
            yield from self.section(self.t("leading.calm" if wording.is_calm(incident) else "leading"), self.leading(incident))
        yield from self.section(self.t("change"), self.changes(incident))
        yield from self.section(self.t("why_not"), self.text(verdict["misled"]["text"], "    "))
        yield from self.section(self.t("ruled_out"), self.ruled_out(incident))
        unexplained = [line for row in verdict["unexplained"][:3] for line in self.row(row)]
        yield from self.section(self.t("unexplained"), unexplained)
        if wording.scripts(incident):
            yield ""
            yield from self.text(self.t("script.line"), "  ")

    def facts(self, incident: dict[str, Any]) -> Iterator[str]:
        source = [self.label("operation", incident["operation"])] if incident["operation"] else []
        job = " · ".join([*source, str(incident["job_id"] or self.label("source", incident["source"]))])
        broken = wording.first_broken(incident["attempts"])
        stage = ""
        if broken:
            stage = f"{self.label('stage', broken['stage'])} ({self.label('stage_state', wording.stage_state(broken['state']))})"
        failed_at, window = wording.failed_at(incident), incident["window"]
        span = {"first": wording.utc(window["from"]), "last": wording.utc(window["to"])}
        covered = "" if failed_at or not window["from"] else self.t("covered_time.span", **span)
        for name, value in (
            ("job", job),
            ("failed_at", wording.utc(failed_at) if failed_at else ""),
            ("covered_time", covered),
            ("symptom", incident["symptom"]),
            ("stopped_at", stage),
            ("reach", incident["verdict"]["coverage"]["text"]),
        ):
            if value:
                yield from self.text(str(value), f"  {self.t(name)}: ", style=None)

    def proof(self, incident: dict[str, Any]) -> Iterator[str]:
        for row in wording.proof(incident):
            yield from self.row(row)

    def row(self, row: dict[str, Any]) -> Iterator[str]:
        at = f"  {wording.utc(row['time'])}" if row["time"] else ""
        yield from self.text(f"{wording.locator(row)}{at}", "    ", style="bold")
        lines = [line for line in str(row["excerpt"]).split("\n") if line.strip()][:LINES_OF_EXCERPT]
        for line in lines:
            yield from self.text(textwrap.shorten(line, 3 * WIDTH, placeholder=" …"), "      | ")
        if row["why"]:
            yield from self.text(row["why"], "      ")

    def steps(self, incident: dict[str, Any]) -> Iterator[str]:
        steps = [step for hypothesis in wording.shown_causes(incident) for step in hypothesis["remedy"]]
        for number, step in enumerate(steps[:STEPS], 1):
            systems = self.t("comma").join(system["title"] for system in step["systems"])
            yield from self.text(f"{self.t('only_on', systems=systems)} {step['text']}" if systems else step["text"], f"    {number}. ")
            if step["corrects"]:
                yield from self.text(self.t("corrects", text=step["corrects"]), "       ")
            yield from self.command(step["command"], "       ")
        if len(steps) > STEPS:
            yield from self.text(self.count("more_steps", len(steps) - STEPS), "    ")
        for row in wording.sources(incident)[:1] if steps else ():
            edition = self.t("edition", date=row["date"]) if row["date"] else self.t("edition.none")
            yield from self.text(self.t("read_more", title=row["title"] or row["url"], edition=edition), "    ")

    def leading(self, incident: dict[str, Any]) -> Iterator[str]:
        for hypothesis in wording.shown_causes(incident):
            yield from self.text(f"{hypothesis['title'] or hypothesis['cause']}: {hypothesis['reason']}".rstrip(": "), "    - ")

    def changes(self, incident: dict[str, Any]) -> Iterator[str]:
        decides, lacking = incident["verdict"]["decides"], wording.missing(incident)
        for row in decides:
            causes = ", ".join(wording.title_of(incident, cause) for cause in row["separates"])
            yield from self.text(f"{row['artifact']}{self.t('separates', causes=causes) if causes else ''}", "    - ")
            yield from self.how(row)
        named = {name for other in decides for name in (other["artifact"], other["kind"])}
        for row in [row for row in lacking if row["kind"] not in named]:
            yield from self.text(self.t("not_collected", kind=row["title"] or self.label("kind", row["kind"])), "    - ")
            yield from self.how(row)
        if not decides and not lacking:
            yield from self.text(self.t("change.none"), "    ")

    def how(self, row: dict[str, Any]) -> Iterator[str]:
        yield from self.command(row["command"], "      ")
        if row.get("portal_path"):
            yield from self.text(row["portal_path"], "      ")

    def command(self, command: object, indent: str) -> Iterator[str]:
        """A command as it must be typed: never wrapped, so it can be copied; a continued line has no prompt."""
        sign = "$"
        for line in str(command or "").splitlines():
            yield f"{indent}{sign} {visible(line, keep='')}"
            sign = " " if line.endswith(("\\", "`", "^")) else "$"

    def ruled_out(self, incident: dict[str, Any]) -> Iterator[str]:
        for hypothesis in wording.ruled_out(incident):
            yield from self.text(f"{hypothesis['title'] or hypothesis['cause']}: {hypothesis['reason']}".rstrip(": "), "    - ")

    def problems(self, problems: list[dict[str, Any]]) -> Iterator[str]:
        yield from self.text(self.count("problems.count", len(problems)) if problems else self.t("problems.none"))
        for row in problems[:3]:
            yield from self.text(f"{row['artifact']}: {row['problem']}", "  - ")

    def section(self, title: str, lines: Iterator[str] | list[str]) -> Iterator[str]:
        found = list(lines)
        if found:
            yield ""
            yield from self.text(title, "  ", style="bold")
            yield from found

    def text(self, text: object, indent: str = "", *, style: str | None = None) -> Iterator[str]:
        """`text` wrapped to the width with nothing hidden in it; the first line stands behind `indent`, the others below its end."""
        shown = visible(str(text or ""), keep="")
        for number, line in enumerate(_wrap(shown, WIDTH - _columns(indent))):
            styled = click.style(line, bold=True, fg=None if style == "bold" else style) if self.colour and style else line
            yield (indent if number == 0 else " " * _columns(indent)) + styled


def _wrap(text: str, width: int) -> Iterator[str]:
    """Lines of at most `width` columns, broken at blanks where there are any; wide characters take two columns."""
    if len(text) == _columns(text):
        yield from textwrap.wrap(text, width, break_on_hyphens=False)
        return
    line, used = "", 0
    for word in _pieces(text):
        columns = _columns(word)
        if line and used + columns > width:
            yield line.rstrip()
            line, used, word = "", 0, word.lstrip()
            columns = _columns(word)
        while columns > width:
            head = _head(word, width)
            yield head
            word = word[len(head) :]
            columns = _columns(word)
        line, used = line + word, used + columns
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Words with the blank before them; each wide character is a piece of its own."""
    piece = ""
    for char in text:
        if piece and (char == " " or _columns(char) == 2 or _columns(piece[-1]) == 2):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _head(word: str, width: int) -> str:
    used = 0
    for index, char in enumerate(word):
        used += _columns(char)
        if used > width:
            return word[: max(index, 1)]
    return word


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in text)
