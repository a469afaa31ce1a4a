"""Which documented code does an error text carry?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.diagnosis.knowledge import Symptom, knowledge
from analyzer.model import Event

_CODE = re.compile(
    r"\b(?:UserError|SystemError|ExtensionSnapshot|ExtensionOperation|ExtentionOperation|ExtensionInstallation|ExtensionFailed|ExtensionStuck"
    r"|ExtensionConfig|ExtensionVC|GuestAgent|BackUpOperation|VMRestorePoint|VMAgentStatus|BCM|BMS|Cloud|CopyingVHDs|Olr|Restore"
    r"|Pre-Script|Post-Script)[A-Za-z0-9-]{4,80}\b"
)
_FAILURE = re.compile(r"Error|Fail|Exceeded|Reached|NotFound|Timeout|TimedOut|Unavailable|Unreachable|Disallowed|Invalid|BadState|Stuck")
_NOISE = re.compile(r"[\s\u3000]+")
_FULL_WIDTH = str.maketrans("，。：；（）“”‘’！？", ",.:;()\"\"''!?")


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was found: canonical spelling (or verbatim if unknown), how it was written, and where."""

    code: str
    as_written: str
    level: str  # outer, inner, numeric
    event: Event
    known: bool = True


def normal(text: str) -> str:
    """A message for comparison: one kind of blank, half-width punctuation, lower case."""
    return _NOISE.sub(" ", text.translate(_FULL_WIDTH)).strip().lower()


def codes(errors: Iterable[Event]) -> list[Code]:
    """All codes of a job's errors, outermost first. A code in a dynamic message is an inner one; a number alone is numeric."""
    found: list[Code] = []
    ranks = {"title": 0, "code": 0, "message": 1, "number": 2, "recommendation": 3, "dynamic": 4}
    for event in sorted(errors, key=lambda event: ranks.get(str(event.fields.get("part")), 5)):
        part = str(event.fields.get("part"))
        if part == "number":
            number = str(event.fields.get("number"))
            symptom = _by_number(number)
            found.append(Code(symptom.code if symptom else number, number, "numeric", event, symptom is not None))
            continue
        if part == "recommendation":
            continue
        outer = not any(code.level == "outer" for code in found)
        for code in _of_text(event):
            level = "outer" if outer and part != "dynamic" else "inner"
            if not any(known.code == code.code for known in found):
                found.append(Code(code.code, code.as_written, level, event, code.known))
            outer = False
    return found


def outermost(found: list[Code]) -> str | None:
    """The code an incident opens with: outer, else a known number, else inner, else whatever was written."""
    for wanted in (lambda c: c.level == "outer" and c.known, lambda c: c.known and c.level == "numeric", lambda c: c.known, lambda c: True):
        for code in found:
            if wanted(code):
                return code.code
    return None


def _of_text(event: Event) -> list[Code]:
    text = event.text
    found: list[tuple[int, Code]] = []
    by_name = _names()
    for match in _CODE.finditer(text):
        symptom = by_name.get(match[0].lower())
        if symptom is None and not _says_failure(match[0], event):
            continue
        found.append((match.start(), Code(symptom.code if symptom else match[0], match[0], "", event, symptom is not None)))
    lowered = text.lower()
    for name, symptom in by_name.items():
        at = lowered.find(name)
        if at >= 0 and not any(code.code == symptom.code for _, code in found) and _is_word(lowered, at, len(name)):
            found.append((at, Code(symptom.code, text[at : at + len(name)], "", event)))
    if not any(code.known for _, code in found):
        message = normal(text)
        for symptom in knowledge().symptoms.values():
            if any(normal(known) in message for known in symptom.messages):
                found.append((0, Code(symptom.code, text[:200], "", event)))
                break
    return [code for _, code in sorted(found, key=lambda item: item[0])]


def _says_failure(word: str, event: Event) -> bool:
    """Whether an unknown word is a code: it stands alone (a title, a code), or is spelt like one and not like a name in a sentence."""
    return event.text.strip() == word or word.startswith(("UserError", "SystemError")) or _FAILURE.search(word) is not None


def _is_word(text: str, at: int, length: int) -> bool:
    before, after = text[at - 1 : at], text[at + length : at + length + 1]
    return not before.isalnum() and not after.isalnum()


def _names() -> dict[str, Symptom]:
    return {name.lower(): symptom for symptom in knowledge().symptoms.values() for name in (symptom.code, *symptom.aliases)}


def _by_number(number: str) -> Symptom | None:
    return next((symptom for symptom in knowledge().symptoms.values() if number in map(str, symptom.numbers)), None)
