"""Dates as the command `date` prints them in any locale.

VMBackup's handle.sh writes `date -u` before each line of shell.log, in the locale of the agent's service: month before or after
the day, the year last or not, twelve hours or twenty-four, other languages. What is certain is taken; a date that could be two
days gives no stamp.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from analyzer.model import Clock, Stamp
from analyzer.parsers import stamps

# first letters of the months, without accents, of glibc's locales; names that mean two months in two languages are left out
_NAMES = (
    ("jan", "ene", "gen", "sty", "led", "oca", "янв", "ιαν"),
    ("feb", "fev", "lut", "uno", "sub", "фев", "φεβ"),
    ("mar", "mrt", "mae", "brez", "bre", "мар", "μαρ"),
    ("apr", "abr", "avr", "kwi", "dub", "nis", "апр", "απρ"),
    ("may", "mai", "maj", "mei", "mag", "kve", "май", "мая", "μαι"),
    ("jun", "giu", "juin", "cze", "cer", "haz", "июн", "ιουν"),
    ("jul", "lug", "juil", "lip", "cec", "cerven", "tem", "июл", "ιουλ"),
    ("aug", "ago", "aou", "sie", "srp", "agu", "авг", "αυγ"),
    ("sep", "set", "wrz", "zar", "eyl", "сен", "σεπ"),
    ("oct", "okt", "out", "ott", "paz", "rij", "eki", "окт", "οκτ"),
    ("nov", "lis", "kas", "ноя", "νοε"),
    ("dec", "dez", "dic", "des", "gru", "pro", "ara", "дек", "δεκ"),
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names}
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.](\d\d)[:.](\d\d)(?!\d)")
_AFTERNOON = re.compile(r"(?i)\bP\.?M\b|下午|午後|오후")
_MORNING = re.compile(r"(?i)\bA\.?M\b|上午|午前|오전")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBERS = re.compile(r"((?:19|20)\d\d)\D{1,4}(\d{1,2})\D{1,4}(\d{1,2})(?!\d)")  # year, month, day
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\. ?(\d{1,2})\. ?((?:19|20)\d\d)")  # day, month, year
_DAY = re.compile(r"(?<![\d:.])(\d{1,2})(?![\d:])")
_UTC = re.compile(r"\b(?:UTC|GMT)\b")


def read(text: str) -> Stamp | None:
    """The stamp of a date in words; None if it names no single day. `UTC` or `GMT` in it is heeded, any other zone is local time."""
    if stamp := stamps.read(text):
        return stamp
    time = _TIME.search(text)
    if time is None:
        return None
    day = _day_of(text[: time.start()] + " " + text[time.end() :])
    hour = int(time[1])
    if _AFTERNOON.search(text) or _MORNING.search(text):
        hour = hour % 12 + (12 if _AFTERNOON.search(text) else 0)
    try:
        value = datetime(*day, hour, int(time[2]), min(int(time[3]), 59)) if day else None
    except ValueError:  # names no real date
        return None
    return Stamp(value, Clock.UTC if _UTC.search(text) else Clock.LOCAL) if value else None


def _day_of(text: str) -> tuple[int, int, int] | None:
    if match := _NUMBERS.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DOTTED.search(text):
        return int(match[3]), int(match[2]), int(match[1])
    year, day = _YEAR.search(text), _DAY.search(text)
    months = [month for word in re.findall(r"[^\W\d_]{3,}", text) if (month := _month(word))]
    if len(months) == 2:
        months = months[1:]  # the first is a weekday: "mar." is a Tuesday too
    return (int(year[0]), months[0], int(day[1])) if year and day and len(months) == 1 else None


def _month(word: str) -> int | None:
    plain = "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))
    return next((_MONTHS[plain[:length]] for length in (6, 4, 3) if plain[:length] in _MONTHS), None)
