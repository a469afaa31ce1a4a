"""Secrets and names that this run knows: hidden wherever they stand, and looked for in every output before it is written.

`redact.py` finds a secret by what stands beside it (`password=…`). The same value may stand elsewhere without a name, so each value
that was masked once is masked everywhere. That needs values that mean something: a short one, a plain word or a number would hit
by chance, and one that the report's own texts hold (`waagent.conf`) is no secret. docs/privacy.md says where the limits are.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import unquote

import re2
from markupsafe import escape

from analyzer import resources

from .redact import MASK
from .visible import visible

SHORTEST = 6  # characters of a secret that is looked for where no name stands beside it
SHORTEST_WORD = 12  # the same for one of letters alone or digits alone: words and numbers stand everywhere
_IDENTITY = ("id", "job_id", "path", "artifact", "vm", "vault", "operation", "symptom", "code", "component", "kind", "sha256", "name")
_NO_SECRET = re.compile(  # a path, a date, a version, a placeholder
    r"(?:/[a-z][\w.-]*){2,}/?|[A-Za-z]:\\.*|\d{4}-\d\d-\d\d[T ]?[\d:.Z+]*|\d+(?:\.\d+)+|[<{\[(].*[>}\])]|[*x.X-]+"
)
_INNER = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?')  # texts of a JSON object that was masked as a whole, and whether they are names
_WORD = re.compile(r"[A-Za-z0-9]+|[^\x00-\x7f]")
_PACKED = re.compile(rb"[A-Za-z0-9+/=]{200,}")  # base64 of data that was searched before it was packed
_MEMORY = 64 << 20
_CUT = 300  # characters of a text that may be a cut one
_REST = 6  # characters of a secret that are worth masking
_FEW = 512  # secrets of which rests are looked for
_CHUNK = 10_000  # bytes of literals in one expression
_LONGEST = 20_000  # characters of a secret that is looked for; a longer one is a whole document, masked where it stood


def values(document: object, key: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a document with the key that each stands under."""
    if isinstance(document, str):
        yield key, document
    elif isinstance(document, dict):
        for name, item in document.items():
            yield from values(item, name)
    elif isinstance(document, list):
        for item in document:
            yield from values(item, key)


def changed(document: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    """A copy of a document with every text put through `change`, which gets its key too."""
    if isinstance(document, str):
        return change(key, document)
    if isinstance(document, dict):
        return {name: changed(item, change, name) for name, item in document.items()}
    if isinstance(document, list):
        return [changed(item, change, key) for item in document]
    return document


def telling(found: Iterable[str], document: dict[str, Any]) -> list[str]:
    """The secrets among `found` that can be looked for by themselves, longest first."""
    candidates = {form for secret in found for form in _forms(secret) if _tells(form)}
    if not candidates:
        return []
    own = own_text()
    identity = {text for key, text in values(document) if key in _IDENTITY}
    return sorted((one for one in candidates if one not in identity and one.lower() not in own), key=lambda one: (-len(one), one))


def hide(document: dict[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    """A copy of the document with the secrets masked wherever they stand, also those of which the cut of a text left a part."""
    secrets = list(secrets)
    patterns = _any_of(secrets)
    if not patterns:
        return document
    copied: dict[str, Any] = changed(document, lambda _, text: _without_rests(_hidden(text, patterns), secrets))
    return copied


def hide_in(text: str, secrets: Iterable[str]) -> str:
    """The same for one text."""
    return _hidden(text, _any_of(secrets))


def shown_in(outputs: Iterable[tuple[str, bytes]], secrets: Iterable[str], names: Collection[str] = ()) -> str | None:
    """The name of the first output that holds a secret, or a name as a word of its own, in any of the forms that writers give it."""
    forms = {form for secret in secrets for form in _written(secret)}
    patterns = _any_of(forms)
    words = Words({form for name in names for form in _written(name)})
    for output, data in outputs:
        data = _PACKED.sub(b"", data)
        unbroken = b"".join(data.split()) if patterns else b""  # a line that was wrapped
        if any(pattern.search(data) or pattern.search(unbroken) for pattern in patterns):
            return output
        if names and any(words.find(data.decode("utf-8", "replace"))):
            return output
    return None


class Words:
    """Finds names as words of their own, however many there are: one look into a table per word of the text.

    Letters and digits of ASCII make a word; `_`, `-` and `.` end one, so a name is found in what is derived from it
    (`web01_OsDisk_1`). Any other character is a word by itself: Chinese has no blanks.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower() for name in names}
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            first = _WORD.match(name)
            if first is not None:
                lengths.setdefault(first[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Begin and end of each name in the text, the longest where several begin."""
        done = 0
        for hit in _WORD.finditer(text):
            lengths = self._lengths.get(hit[0].lower())
            if lengths is None or hit.start() < done:
                continue
            for length in lengths:
                end = hit.start() + length
                if end <= len(text) and text[hit.start() : end].lower() in self._names and not _goes_on(text, end):
                    yield hit.start(), end
                    done = end
                    break


def _goes_on(text: str, end: int) -> bool:
    """Whether the word goes on behind `end`."""
    return text[end - 1 : end + 1].isascii() and text[end - 1].isalnum() and text[end : end + 1].isalnum()


@cache
def own_text() -> str:
    """Everything that a report says by itself, in small letters: messages, causes, remedies, templates, the schema's words."""
    parts = []
    for path in sorted(resources.catalogue().rglob("*")):
        if path.suffix in (".yaml", ".json") and path.name != "privacy.yaml":
            text = path.read_text(encoding="utf-8")
            is_signatures = path.parent.name == "signatures"  # their examples are not ours to say
            parts.append("\n".join(re.findall(r"(?m)^\s*(?:- id|says|cause):.*$", text)) if is_signatures else text)
    parts += [path.read_text(encoding="utf-8") for path in sorted(resources.path("reports").rglob("*")) if path.is_file()]
    return "\n".join(parts).lower()


def _forms(secret: str) -> Iterator[str]:
    """A secret as it was written, as it is meant, and the parts of one that is an object."""
    yield secret.strip()
    yield unquote(secret).strip()
    if "\\" in secret:
        with suppress(ValueError):  # cut, or not JSON: then there is no other form
            yield str(json.loads(f'"{secret}"'))
    yield from (line.strip() for line in secret.split("\n"))
    if secret[:1] in ("{", "["):
        yield from (text for text, is_name in _INNER.findall(secret) if not is_name)


def _tells(secret: str) -> bool:
    if MASK in secret or len(secret) < SHORTEST or _NO_SECRET.fullmatch(secret):
        return False
    is_plain = secret.isalpha() or secret.isdigit()
    return len(secret) >= (SHORTEST_WORD if is_plain else SHORTEST)


def _written(text: str) -> set[str]:
    in_json = json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]
    return {text, str(escape(text)), html.escape(text), visible(text), text.replace('"', '""'), *in_json}


def _any_of(texts: Iterable[str]) -> list[Any]:
    """RE2 expressions over bytes that find any of the texts, the longest first; several, so that none grows beyond RE2's memory."""
    parts = sorted({text.encode("utf-8", "replace") for text in texts if 0 < len(text) <= _LONGEST}, key=lambda text: (-len(text), text))
    chunks: list[list[bytes]] = []
    size = _CHUNK
    for part in parts:
        if size + len(part) > _CHUNK:
            chunks.append([])
            size = 0
        chunks[-1].append(re2.escape(part))
        size += len(part)
    return [re2.compile(b"|".join(chunk), _options()) for chunk in chunks]


@cache
def _options() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


def _without_rests(text: str, secrets: list[str]) -> str:
    """A long text may have been cut inside of a secret: what is left of it at either end is masked."""
    if len(text) < _CUT:
        return text
    for secret in secrets[:_FEW]:
        tail = text[-len(secret) - 1 :]
        at = tail.rfind(secret[:_REST])
        if at >= 0 and secret.startswith(rest := tail[at:].rstrip("…")) and len(rest) >= _REST:
            text = text[: len(text) - len(tail) + at] + MASK
        head = text[: len(secret) + 1]
        end = head.find(secret[-_REST:])
        if end >= 0 and secret.endswith(head[: end + _REST].lstrip("…")):
            text = MASK + text[end + _REST :]
    return text


def _hidden(text: str, patterns: list[Any]) -> str:
    raw = text.encode("utf-8", "replace")
    if not any(pattern.search(raw) for pattern in patterns):
        return text
    for pattern in patterns:
        raw = pattern.sub(MASK.encode(), raw)
    return raw.decode("utf-8", "replace")
