"""Masks secrets in what a report shows. Every writer gets its document through `redact` (see `document.py`).

Logs of older agents hold live SAS URLs, settings files hold tokens, and an excerpt may be cut in the middle of any of them
(reference: Azure/WALinuxAgent 2.15 redacts SAS itself, earlier versions do not; `UserPassword` and `CustomData` in ovf-env.xml).
So a value is masked up to its proper end, or to the end of the text where no end is found, whatever the level of escaping: a
secret in JSON, in JSON inside JSON, in XML, in a URL, in a connection string or on a command line. Thumbprints, ids, versions,
paths and host names are evidence and stay.

Patterns run on RE2 or are anchored matches of one character class, and every scan resumes where the last one ended, so the cost
is linear in the text. Masking changes no number of lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import re2

MASK = "[masked]"
_MASK = MASK.encode()

_QUOTE = r"""(?:\\*["']|&(?:amp;)*(?:quot|apos|#34|#39);|\\+u002[27]|%(?:25)*2[27])"""
_ASSIGN = r"""(?:=>|[:=]|%(?:25)*3[aAdD]|\\+u003[adAD]|&(?:amp;)*#(?:58|61);)"""
_NAMES = (  # PublicKeyToken names an assembly and PWD after a word is a folder: both stay
    r"passwords?|[^/]passwd|^passwd|passphrase|[^a-z]pwd|^pwd|secret|[^y]token|^token"
    r"|account[-_ ]?key|shared[-_ ]?access[-_ ]?key|access[-_]?key|storage[-_]?key|primary[-_]?key|secondary[-_]?key|private[-_]?key"
    r"|api[-_]?key|shared[-_ ]?access[-_ ]?signature|connection[-_ ]?strings?|protected[-_]?settings|objectStr|customData"
)
_PAIR = rf"{_QUOTE}?\s*,\s*{_QUOTE}?value"  # {"Key": "snapshotTaskToken", "Value": "…"}
_KEYED = re2.compile(rf"(?i)(?:{_NAMES})(?:{_PAIR})?{_QUOTE}?\s*{_ASSIGN}\s*".encode())
_ELEMENT = re2.compile(
    rf"(?i)(?:<|&(?:amp;)*lt;|\\+u003c)(?:\w+:)?\w*(?:{_NAMES}|token|passwd|pwd)(?:\s[^<>]*)?(?:>|&(?:amp;)*gt;|\\+u003e)".encode()
)
_OPTION = re2.compile(
    rf"(?i)(?:^|[\s\"'(\[,])(?:--?[\w-]*(?:password|passwd|passphrase|pwd|secret|token|-key|sas|connection-string)|ConvertTo-SecureString)"
    rf"(?:{_QUOTE}\s*,\s*|\s+(?:-String\s+)?)".encode()
)
_PEM = re2.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_PEM_TAIL = re2.compile(rb"((?:[A-Za-z0-9+/=]{16,})(?:(?:\\+[rn]|\s)+[A-Za-z0-9+/=]+)*(?:\\+[rn]|\s)*)(-----END [A-Z0-9 ]*PRIVATE KEY)")
_SIGNED = rb"(?:[A-Za-z0-9+/=_\-.~*]|%(?:25)*(?:2[bBfF]|3[dD])|\\+u00(?:2[bBfF]|3[dD])|\\+/)+"
_PLAIN: tuple[tuple[Any, bytes], ...] = (
    (  # a signature of a shared access signature (URL, URL in a URL, in JSON, in XML)
        re2.compile(
            rb"(?i)((?:^|[^a-z0-9]|%(?:25)*(?:26|3f)|\\+u0026|&(?:amp;)*#38;)sig(?:=|%(?:25)*3d|\\+u003d|&(?:amp;)*#61;))" + _SIGNED
        ),
        rb"\1" + _MASK,
    ),
    (
        re2.compile(rb"(?i)(\bauthorization[\"'\\]*\s*[:=]\s*[\"'\\]*(?:\w+\s+)?)[^\s\"'\\<>]+(?:\s*signature=[^\s\"'\\<>]+)?"),
        rb"\1" + _MASK,
    ),
    (re2.compile(rb"(?i)(\bbearer(?:\s|%20|\+)+)[a-z0-9._~+/=-]{16,}"), rb"\1" + _MASK),
    (re2.compile(rb"(\bSharedKey(?:Lite)?\s+[a-z0-9]+:)[A-Za-z0-9+/=]+"), rb"\1" + _MASK),
    # a JSON Web Token, or the base64 of a JSON object (objectStr); `eyJ` is the base64 of `{"`
    (re2.compile(rb"eyJ[A-Za-z0-9_\-+/]{13,}=*(?:\.[A-Za-z0-9_\-+/=]*)*"), _MASK),
    (re2.compile(rb"(://[^\s/:@\"'<>]*:)[^\s/@\"'<>]+(@)"), rb"\1" + _MASK + rb"\2"),
)
_SECRET_KEY = re2.compile(rf"(?i)(?:.*(?:{_NAMES})|sig|pwd|passwd)".encode())
_HINTS = (
    b"sig", b"pass", b"pwd", b"secret", b"securestring", b"token", b"key", b"signature", b"connection", b"protected", b"objectstr",
    b"customdata", b"bearer", b"authorization", b"eyj", b"sas", b"://",
)  # fmt: skip

_UNQUOTED = re.compile(rb"[^\s\"'<]*")
_NEXT_FIELD = re.compile(rb"[;&,][\"']?[\w.\-]+[=:]")
_OPENING = re.compile(rb"(\\*)([\"'])|&(?:amp;)*(?:quot|apos|#34|#39);|\\+u002[27]|%(?:25)*2[27]")
_NESTED = re.compile(rb"[{}\[\]\"']")
_ELEMENT_END = re.compile(rb"<|&(?:amp;)*lt;|\\+u003[cC]")
_REPEATED = 100  # characters: longer texts seldom come twice
_HARMLESS = frozenset({b"", b"y", b"n", b"yes", b"no", b"true", b"false", b"none", b"null", b"0", b"1", _MASK})


def redact(document: dict[str, Any]) -> dict[str, Any]:
    """A deep copy of `document` with every secret masked: in all texts, in keys, and under keys whose name says secret."""
    copied = _copy(document)
    assert isinstance(copied, dict)
    return copied


def mask(text: str) -> str:
    """`text` with its secrets replaced by `[masked]`. Masking twice changes nothing more; lone surrogates become escapes."""
    raw = text.encode("utf-8", "backslashreplace")
    lowered = raw.lower()
    if not any(hint in lowered for hint in _HINTS):
        return raw.decode()
    raw = _blocks(raw)
    for pattern, end_of in ((_KEYED, _value), (_OPTION, _argument)):
        raw = _replace(raw, pattern, end_of)
    for pattern, kept in _PLAIN:
        raw = pattern.sub(kept, raw)
    return raw.decode("utf-8", "replace")


def _copy(value: object) -> object:
    if isinstance(value, str):
        return mask(value) if len(value) > _REPEATED else _short(value)
    if isinstance(value, dict):
        named = _names_secret(value)
        return {_short(str(key)): MASK if item and (named == key or _is_secret(key)) else _copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return _rows([_copy(item) for item in value])
    return value


def _names_secret(mapping: dict[str, Any]) -> str | None:
    """The key of the value in `{"Key": "snapshotTaskToken", "Value": …}`, however it is capitalised."""
    lowered = {str(key).lower(): key for key in mapping}
    name = mapping.get(lowered.get("key", lowered.get("name", "")))
    return lowered.get("value") if isinstance(name, str) and _is_secret(name) else None


@lru_cache(maxsize=4096)
def _is_secret(key: object) -> bool:
    return bool(_SECRET_KEY.fullmatch(str(key).encode("utf-8", "replace")))


@lru_cache(maxsize=4096)
def _short(text: str) -> str:
    """`mask` for keys and for values that come again in every row (paths, components, levels)."""
    return mask(text)


def _rows(rows: list[object]) -> list[object]:
    """Neighbouring lines of one artifact (`context` of an evidence row): a key block may begin in one and end in another."""
    texts = [row["text"] for row in rows if isinstance(row, dict) and isinstance(row.get("text"), str)]
    if len(texts) < 2 or len(texts) != len(rows) or any("\n" in text for text in texts):
        return rows
    masked = _blocks("\n".join(texts).encode()).decode().split("\n")
    return [{**row, "text": text} for row, text in zip(rows, masked, strict=True) if isinstance(row, dict)]


def _blocks(raw: bytes) -> bytes:
    """Masks what may span lines: private keys and XML elements."""
    if b"PRIVATE KEY" in raw:
        raw = _replace(raw, _PEM, _pem)
        raw = _PEM_TAIL.sub(lambda hit: _masked(hit.group(1)) + hit.group(2), raw)
    return _replace(raw, _ELEMENT, _element)


Span = tuple[int, int]  # start and end of a secret, in bytes


def _replace(raw: bytes, pattern: Any, find: Callable[[bytes, int], Span]) -> bytes:
    parts, done = [], 0
    for start, end in _spans(raw, pattern, find):
        parts += [raw[done:start], _masked(raw[start:end])]
        done = end
    return b"".join([*parts, raw[done:]]) if parts else raw


def _spans(raw: bytes, pattern: Any, find: Callable[[bytes, int], Span]) -> Iterator[Span]:
    position = 0
    while hit := pattern.search(raw, position):
        start, end = find(raw, hit.end())
        if raw[start:end].lower() not in _HARMLESS and not _is_path_of_pwd(hit.group(), raw[start : start + 1]):
            yield start, end
        position = max(end, hit.end())


def _is_path_of_pwd(name: bytes, first: bytes) -> bool:
    """`PWD=/root` in a sudo line is the working directory."""
    return first == b"/" and b"PWD" in name


def _masked(secret: bytes) -> bytes:
    """The mask, once per line, so that line numbers beside a text stay true."""
    return b"\n".join(_MASK if line.strip() else line for line in secret.split(b"\n"))


def _value(raw: bytes, start: int) -> Span:
    """The value that begins at `start`: an object or list, a quoted text at any level of escaping, or a bare word."""
    if raw[start : start + 1] in (b"{", b"["):
        return start, _end_of_nested(raw, start)
    opening = _OPENING.match(raw, start)
    if opening is None:
        word = raw[start : _UNQUOTED.match(raw, start).end()]  # type: ignore[union-attr]  # the class may be empty, so it matches
        following = _NEXT_FIELD.search(word)
        word = word[: following.start()] if following else word
        return start, start + len(word.rstrip(b"\\;,"))
    if opening[2]:
        return opening.end(), _end_of_quoted(raw, opening.end(), len(opening[1]), opening[2])
    end = raw.find(opening[0], opening.end())
    return opening.end(), len(raw) if end < 0 else end


def _argument(raw: bytes, start: int) -> Span:
    """The word after a command-line option; the next option is none."""
    return (start, start) if raw[start : start + 1] == b"-" else _value(raw, start)


def _end_of_quoted(raw: bytes, start: int, slashes: int, quote: bytes) -> int:
    """Where a text ends whose quotes carry `slashes` backslashes (0 plain, 1 in a JSON string, 3 in JSON in JSON …).

    A quote inside the text carries twice that and one more, after any number of escaped backslashes, so the count tells which
    it is. Fewer backslashes than the opening: the text around it ends here.
    """
    level = 2 * (slashes + 1)
    position = raw.find(quote, start)
    while position >= 0:
        first = position
        while first > start and raw[first - 1 : first] == b"\\":
            first -= 1
        run = position - first
        if run < slashes or run % level == slashes:
            return position - min(run, slashes)
        position = raw.find(quote, position + 1)
    return len(raw)


def _end_of_nested(raw: bytes, start: int) -> int:
    depth, position = 0, start
    while hit := _NESTED.search(raw, position):
        position = hit.end()
        if hit[0] in b"{[":
            depth += 1
        elif hit[0] in b"}]":
            depth -= 1
            if depth == 0:
                return position
        else:
            first = hit.start()
            while first > start and raw[first - 1 : first] == b"\\":
                first -= 1
            slashes = hit.start() - first
            position = min(len(raw), _end_of_quoted(raw, position, slashes, hit[0]) + slashes + 1)
    return len(raw)


def _element(raw: bytes, start: int) -> Span:
    if raw[start - 2 : start] == b"/>":
        return start, start
    end = _ELEMENT_END.search(raw, start)
    return start, end.start() if end else len(raw)


def _pem(raw: bytes, start: int) -> Span:
    end = raw.find(b"-----END", start)
    return start, len(raw) if end < 0 else end
