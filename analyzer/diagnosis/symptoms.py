"""Which documented code does an error text carry, and what do the documents say of its causes?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from analyzer.diagnosis.knowledge import Symptom, knowledge
from analyzer.known_errors import messages_in, names, names_in, normal, plain
from analyzer.model import Event

_OUTER, _INNER, _NUMERIC = "outer", "inner", "numeric"
_RANKS = {
    "title": 0,
    "code": 0,
    "message": 1,
    "number": 2,
    "dynamic": 4,
}  # the part of an error that names it comes before what explains it
_WRAPS = "UserErrorCrpReportedUserError"  # says no more than that the message behind it tells what happened

# words of the platform that are codes even where no document lists them
_FAMILIES = re.compile(
    r"(?<![A-Za-z0-9])(?:UserError|SystemError|ExtensionSnapshot|ExtensionOperation|ExtentionOperation|ExtensionInstallation|ExtensionFailed"
    r"|ExtensionStuck|ExtensionConfig|ExtensionVC|GuestAgent|BackUpOperation|VMRestorePoint|VMAgentStatus|BCM|BMS|Cloud|CopyingVHDs|Olr|Restore"
    r"|Pre-Script|Post-Script)[A-Za-z0-9-]{4,80}(?![A-Za-z0-9])"
)
_LABELLED = re.compile(
    r"(?:\berror ?code|(?<!status )(?<!exit )\bcode)[\"'*`]{0,3}\s*[:=|]\s*[\"'*`]{0,3}(?P<code>[A-Za-z][\w.-]{5,99})", re.IGNORECASE
)
_FAILURE = re.compile(r"Error|Fail|Exceeded|Reached|NotFound|Timeout|TimedOut|Unavailable|Unreachable|Disallowed|Invalid|BadState|Stuck")
_CAMEL = re.compile(r"[A-Z][a-z]+(?:[A-Z]+[a-z0-9]*)+")
_SYMBOL = re.compile(r"[A-Za-z][\w.-]{2,119}")
_CUT = 20  # letters of a code from which its beginning is enough


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was found: canonical spelling (or verbatim if unknown), how it was written, and where."""

    code: str
    as_written: str
    level: str  # outer, inner, numeric
    event: Event
    known: bool = True


def codes(errors: Iterable[Event]) -> list[Code]:
    """All codes of an error, outermost first, each once. What stands inside another one (a dynamic message, details, the message behind a
    wrapper) is inner; a number is numeric. A code is known by its name, its number or its documented message."""
    found: list[Code] = []
    events = [event for event in errors if _part(event) in _RANKS]
    for event in sorted(events, key=lambda event: _RANKS[_part(event)]):
        if _part(event) == "number":
            _add(found, _of_number(event))
            continue
        named = _of_text(event)
        for code in [*named, *(() if any(code.known for code in named) else _of_message(event, found))]:
            _add(found, replace(code, level=code.level or _level(event, found)))
    if not any(code.known for code in found):  # the recommendation may be the only text that tells
        for event in (event for event in errors if _part(event) == "recommendation"):
            for code in _of_message(event, found):
                _add(found, replace(code, level=_level(event, found)))
    return found


def outermost(found: list[Code]) -> str | None:
    """The code an incident opens with: outer, else a known number, else inner, else whatever was written."""
    for wanted in (lambda c: c.level == _OUTER and c.known, lambda c: c.known and c.level == _NUMERIC, lambda c: c.known, lambda c: True):
        for code in found:
            if wanted(code):
                return code.code
    return None


def documented(found: Iterable[Code], errors: Iterable[Event]) -> list[str]:
    """The causes that the documents name for these codes, in their order, those of the symptom first. Where one code stands for many
    errors, its message decides."""
    known = knowledge()
    said = [normal(event.text) for event in errors]
    ordered = list(found)
    symptom = outermost(ordered)
    order: list[str] = []
    for code in sorted(ordered, key=lambda code: code.code != symptom):
        if code.code in known.symptoms:
            order += _causes(known.symptoms[code.code], said)
    for sentence in known.sentences:
        if _says(sentence.messages, said):
            order += sentence.causes
    return list(dict.fromkeys(order))


def _causes(symptom: Symptom, said: list[str]) -> list[str]:
    meant = [cause for variant in symptom.variants if _says(variant.messages, said) for cause in variant.causes]
    return meant or list(symptom.causes)


def _says(messages: Iterable[str], said: list[str]) -> bool:
    wanted = [normal(message) for message in messages]
    return any(message in text for message in wanted for text in said)


def _part(event: Event) -> str:
    return str(event.fields.get("part"))


def _level(event: Event, found: list[Code]) -> str:
    return _INNER if _part(event) == "dynamic" or any(code.level == _OUTER for code in found) else _OUTER


def _add(found: list[Code], code: Code) -> None:
    if not any(known.code == code.code for known in found):
        found.append(code)


def _of_number(event: Event, written: str = "") -> Code:
    number = (written or str(event.fields.get("number") or event.text)).strip()
    symptom = next((symptom for symptom in knowledge().symptoms.values() if number in map(str, symptom.numbers)), None)
    return Code(symptom.code if symptom else number, number, _NUMERIC, event, symptom is not None)


def _of_text(event: Event) -> list[Code]:
    """The codes that a text names, known or not, in its order."""
    if _part(event) == "code" and (alone := _alone(event)):
        return alone
    text = plain(event.text)
    found = {one.at: Code(one.code, one.as_written, "", event) for one in names_in(text)}
    for match in _FAMILIES.finditer(text):
        if match[0].lower() not in names() and _says_failure(match[0], text):
            found.setdefault(match.start(), Code(match[0], match[0], "", event, known=False))
    for match in _LABELLED.finditer(text):
        if match["code"].lower() not in names() and _CAMEL.fullmatch(match["code"]):
            found.setdefault(match.start("code"), Code(match["code"], match["code"], "", event, known=False))
    return [found[at] for at in sorted(found)]


def _alone(event: Event) -> list[Code]:
    """The codes of a field that holds nothing else: whatever a single word there is, it is the code."""
    words = [word for word in re.split(r"[\s,/;，、]+", plain(event.text).strip(" \t.\"'*`")) if word]
    if len(words) > 3 or not all(_SYMBOL.fullmatch(word) or word.isdecimal() for word in words):
        return []
    if len(words) > 1 and not all(word.lower() in names() or word.isdecimal() for word in words):
        return []
    return [
        *(_word(word, event) for word in words if not word.isdecimal()),
        *(_of_number(event, word) for word in words if word.isdecimal()),
    ]


def _word(word: str, event: Event) -> Code:
    name = names().get(word.lower())
    code = name.code if name else _whole(word) if event.fields.get("cut") else None
    return Code(code or word, word, "", event, code is not None)


def _whole(begun: str) -> str | None:
    """The one known code that begins so: of a document that breaks off."""
    if len(begun) < _CUT:
        return None
    meant = {name.code for written, name in names().items() if written.startswith(begun.lower())}
    return meant.pop() if len(meant) == 1 else None


def _of_message(event: Event, found: list[Code]) -> list[Code]:
    """The codes whose documented message a text is. Where a code is known already its message is no further one, but what stands behind
    a wrapper or in a dynamic message is."""
    known = [code.code for code in found if code.known]
    if known and known != [_WRAPS] and _part(event) != "dynamic":
        return []
    return [Code(code, event.text[:200], "", event) for code in messages_in(event.text) if code]


def _says_failure(word: str, text: str) -> bool:
    """Whether an unknown word is a code: it stands alone (a title, a code), or is spelt like one and not like a name in a sentence."""
    return text.strip() == word or word.startswith(("UserError", "SystemError")) or _FAILURE.search(word) is not None
