"""`vssadmin list writers`: the state of each VSS writer.

Labels and state words are translated, numbers and GUIDs are not: a writer begins with its quoted name in a line that is not indented,
its class id is the first GUID, its state the number in brackets, and its last error the value behind it. States are those of
VSS_WRITER_STATE: 1 stable, 2 to 5 waiting, above that failed (Microsoft Learn, "VSS_WRITER_STATE enumeration").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import saved
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-vssadmin"

_SIGN = r"[ \u00a0]?[:：][ \u00a0]?"
_NAME = re.compile(rf"[ \t]{{0,2}}(?P<label>[^\s:：][^:：\n]{{0,60}}?){_SIGN}['\"„“«‘「『]\s?(?P<name>[^\n]+?)\s?['\"”“»’」』]\s*")
_ID = re.compile(rf"[^:：\n]{{1,60}}?{_SIGN}(?P<id>\{{[0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}\}})\s*")
_STATE = re.compile(rf"[^:：\n]{{1,60}}?{_SIGN}\[(?P<state>\d{{1,3}})\]\s*(?P<text>[^\n]*)")
_ERROR = re.compile(rf"[^:：\n]{{1,60}}?{_SIGN}(?P<error>[^\n]*)")
_STABLE = 1


def parse(document: Document) -> Iterator[Event]:
    """One state event per writer: fields `writer`, `writer_id` (lower case, in braces), `state`, `state_text`, `last_error` (as
    written); level ERROR if the state is not 1."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    name, identifier, begin = "", "", 0
    raw: list[str] = []
    state: re.Match[str] | None = None
    last = 0
    for number, line in section.lines:
        if state is not None and line.strip():
            error = _ERROR.fullmatch(line.rstrip()) if line[:1].isspace() and not _ID.fullmatch(line) else None
            rest = ([line], number, error["error"].strip()) if error else ([], last, "")
            yield _event(section, name, identifier, state, rest[2], (begin, rest[1]), raw + rest[0])
            state, name, identifier = None, "", ""
            if error:
                continue
        if match := _NAME.fullmatch(line.rstrip()):
            name, identifier, begin, raw = match["name"].strip(), "", number, []
        if name and line.strip():
            raw.append(line)
            last = number
        if name and not identifier and (found := _ID.fullmatch(line)):
            identifier = found["id"].lower()
        elif name and (found := _STATE.fullmatch(line.rstrip())):
            state = found
    if state is not None:
        yield _event(section, name, identifier, state, "", (begin, last), raw)


def _event(
    section: Section, name: str, identifier: str, state: re.Match[str], error: str, span: tuple[int, int], raw: list[str]
) -> Event:  # fmt: skip
    number, words = int(state["state"]), state["text"].strip()
    fields: dict[str, Value] = {"writer": name, "writer_id": identifier, "state": number, "state_text": words, "last_error": error}
    text = f"{name}: [{number}] {words}" + (f", {error}" if error else "")
    level = "" if number == _STABLE else "ERROR"
    return Event(
        KIND,
        section.path,
        text,
        line=span[0],
        until_line=span[1],
        component=name,
        level=level,
        fields=fields,
        raw="\n".join(raw),
        state=True,
    )
