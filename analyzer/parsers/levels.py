"""Levels of log lines: every writer's word for how bad it is, as one of four."""

from __future__ import annotations

import re

_WORDS = {
    "ERROR": "emerg emergency alert crit critical fatal panic severe err error eror",
    "WARNING": "warn warning",
    "INFO": "notice info information informational",
    "VERBOSE": "debug debg trace verbose",
}
_LEVELS = {word: level for level, words in _WORDS.items() for word in words.split()}
SEVERITIES = ("ERROR", "ERROR", "ERROR", "ERROR", "WARNING", "INFO", "INFO", "VERBOSE")  # syslog's 0 to 7 (RFC 5424, 6.2.1)
GLOG = {"I": "INFO", "W": "WARNING", "E": "ERROR", "F": "ERROR"}

_WORD = "|".join(sorted(_LEVELS, key=len, reverse=True))
_KEYS = ("level", "lvl", "severity")
_KEYED = re.compile(rf"""["'\s]?(?:^|(?<=[\s"'{{,]))(?:{"|".join(_KEYS)}|loglevel)["']?\s*[=:]\s*["']?({_WORD})(?![\w-])""", re.IGNORECASE)
_BRACKETED = re.compile(rf"[\[<(|]\s?({_WORD})\s?[\]>)|]", re.IGNORECASE)
_BARE = re.compile(rf"(?:^(?:\S{{1,40}} ){{0,2}}|[\]|-] ?)({_WORD.upper()})(?=[\s:|,\]-]|$)")
_FIRST = re.compile(rf"\W{{0,3}}({_WORD})\s?(?::|\||-\s)", re.IGNORECASE)
_NEAR = 80  # characters in which a level column stands; further on the word belongs to the message


def of_word(word: str) -> str:
    """ERROR, WARNING, INFO or VERBOSE for a writer's word, in any case; '' if it is no level."""
    return _LEVELS.get(word.strip().lower(), "")


def of_line(text: str) -> str:
    """The level that a line states: `level=error`, `"level": "warn"`, `[ERROR]`, `- ERROR -`, `Error: …`; '' if it states none.

    A word in the middle of a message is none ("0 errors found").
    """
    near = text[:_NEAR].split("\n", 1)[0]
    found = _keyed(text[:2000]) or _BRACKETED.search(near) or _FIRST.match(near) or _BARE.search(near)
    return of_word(found[1]) if found else ""


def _keyed(text: str) -> re.Match[str] | None:
    """A level behind its key. Hardly a line has one, and to look for the words alone takes a tenth of the time."""
    lowered = text.lower()
    return _KEYED.search(text) if any(key in lowered for key in _KEYS) else None
