"""Masks secrets in what a report shows. Every writer gets its document through `redact` (see `document.py`).

Logs of older agents hold live SAS URLs, settings files hold tokens, and an excerpt may be cut in the middle of any of them
(reference: Azure/WALinuxAgent 2.15 redacts SAS itself, earlier versions do not; `UserPassword` and `CustomData` in ovf-env.xml).
So a value is masked up to its proper end, or to the end of the text where no end is found, whatever the level of escaping: a
secret in JSON, in JSON inside JSON, in XML, in a URL, in a connection string or on a command line. Thumbprints, ids, versions,
paths and host names are evidence and stay.

What was masked is reported, so that the same value is found where no name stands beside it, and so that every output can be searched
for it before it is written (`known.py`).

Patterns run on RE2 or are anchored matches of one character class, and every scan resumes where the last one ended, so the cost
is linear in the text. Masking changes no number of lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
_BODY = re.compile(r"[A-Za-z0-9+/]{60,76}={0,2}\s*")
_CONTEXT = {"line", "text", "match"}  # the keys of a row of context
_NOTHING: frozenset[str] = frozenset()
_REPEATED = 100  # characters: longer texts seldom come twice
_HARMLESS = frozenset({b"", b"y", b"n", b"yes", b"no", b"true", b"false", b"none", b"null", b"0", b"1", _MASK})


def redact(document: dict[str, Any], found: set[str] | None = None) -> dict[str, Any]:
    """A deep copy of `document` with every secret masked: in all texts, in keys, and under keys whose name says secret.

    What was masked is added to `found`.
    """
    copied = _copy(document, set() if found is None else found)
    assert isinstance(copied, dict)
    return copied


def mask(text: str, found: set[str] | None = None) -> str:
    """`text` with its secrets replaced by `[masked]`; they are added to `found`.

    Masking twice changes nothing more; lone surrogates become escapes.
    """
    masked, secrets = _masked_text(text)
    if found is not None:
        found |= secrets
    return masked


def _masked_text(text: str) -> tuple[str, frozenset[str]]:
    raw = text.encode("utf-8", "backslashreplace")
    lowered = raw.lower()
    if not any(hint in lowered for hint in _HINTS):
        return raw.decode(), _NOTHING
    taken: list[bytes] = []
    raw = _blocks(raw, taken)
    for pattern, end_of in ((_KEYED, _value), (_OPTION, _argument)):
        raw = _replace(raw, pattern, end_of, taken)
    for pattern, kept in _PLAIN:
        raw = pattern.sub(lambda hit, kept=kept: _plain(hit, kept, taken), raw)
    return raw.decode("utf-8", "replace"), frozenset(one.decode("utf-8", "replace") for one in taken)


def _plain(hit: Any, kept: bytes, taken: list[bytes]) -> bytes:
    """What stays of a match, with the mask in the place of the rest, which is the secret."""
    head = hit.group(1) if kept.startswith(rb"\1") else b""
    tail = hit.group(2) if kept.endswith(rb"\2") else b""
    whole: bytes = hit.group(0)
    secret = whole[len(head) : len(whole) - len(tail)]
    if secret != _MASK:
        taken.append(secret)
    return head + _MASK + tail


def _copy(value: object, found: set[str]) -> object:
    if isinstance(value, str):
        return mask(value, found) if len(value) > _REPEATED else _short(value, found)
    if isinstance(value, dict):
        keys = _keys(tuple(value))
        named = keys.value if keys.value is not None and _names_secret(value.get(keys.name)) else None
        found |= keys.found
        copied: dict[str, object] = {}
        for (key, item), name, is_secret in zip(value.items(), keys.masked, keys.secret, strict=True):
            if item and (is_secret or (named is not None and named == key)):
                found |= set(_leaves(item))
                copied[name] = MASK
            else:
                copied[name] = _copy(item, found)
        return copied
    if isinstance(value, list | tuple):
        return _rows([_copy(item, found) for item in value], found)
    return value


def _leaves(value: object) -> Iterator[str]:
    """The texts inside of a value that is masked as a whole."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str) and value != MASK:
        yield value


@dataclass(frozen=True, slots=True)
class _Keys:
    """What the keys of a mapping say: how each is shown, whether it names a secret, and in `{"Key": "snapshotTaskToken", "Value": …}`,
    however it is capitalised, which is the name and which the value."""

    masked: tuple[str, ...]
    secret: tuple[bool, ...]
    found: frozenset[str]
    name: Any
    value: Any


@lru_cache(maxsize=1024)  # rows of a list have the same keys
def _keys(keys: tuple[Any, ...]) -> _Keys:
    found: set[str] = set()
    masked = tuple(_short(str(key), found) for key in keys)
    lowered = {str(key).lower(): key for key in keys}
    name = lowered.get("key", lowered.get("name", ""))
    return _Keys(masked, tuple(_is_secret(key) for key in keys), frozenset(found), name, lowered.get("value"))


def _names_secret(name: object) -> bool:
    return isinstance(name, str) and _is_secret(name)


@lru_cache(maxsize=4096)
def _is_secret(key: object) -> bool:
    return bool(_SECRET_KEY.fullmatch(str(key).encode("utf-8", "replace")))


_cached = lru_cache(maxsize=4096)(_masked_text)


def _short(text: str, found: set[str]) -> str:
    """`mask` for keys and for values that come again in every row (paths, components, levels)."""
    masked, secrets = _cached(text)
    found |= secrets
    return masked


def _rows(rows: list[object], found: set[str]) -> list[object]:
    """Neighbouring lines of one artifact (`context` of an evidence row): a secret may stand in the line behind its name, a key block
    may begin in one line and end in another, or begin and end outside of what is shown."""
    texts = [row["text"] for row in rows if isinstance(row, dict) and row.keys() <= _CONTEXT and isinstance(row.get("text"), str)]
    if len(texts) < 2 or len(texts) != len(rows) or any("\n" in text for text in texts):
        return rows
    masked = mask("\n".join(texts), found).split("\n")
    for number in _key_body(masked):
        found.add(masked[number])
        masked[number] = MASK
    return [{**row, "text": text} for row, text in zip(rows, masked, strict=True) if isinstance(row, dict)]


def _key_body(lines: list[str]) -> list[int]:
    """Lines of nothing but base64, two or more in a row: the inside of a key, a certificate or an encrypted message."""
    full = [bool(_BODY.fullmatch(line)) for line in lines]
    return [n for n, is_body in enumerate(full) if is_body and ((n and full[n - 1]) or (n + 1 < len(full) and full[n + 1]))]


def _blocks(raw: bytes, taken: list[bytes]) -> bytes:
    """Masks what may span lines: private keys and XML elements."""
    if b"PRIVATE KEY" in raw:
        raw = _replace(raw, _PEM, _pem, taken)
        raw = _PEM_TAIL.sub(lambda hit: _taken(hit.group(1), taken) + hit.group(2), raw)
    return _replace(raw, _ELEMENT, _element, taken)


Span = tuple[int, int]  # start and end of a secret, in bytes


def _replace(raw: bytes, pattern: Any, find: Callable[[bytes, int], Span], taken: list[bytes]) -> bytes:
    parts, done = [], 0
    for start, end in _spans(raw, pattern, find):
        parts += [raw[done:start], _taken(raw[start:end], taken)]
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


def _taken(secret: bytes, taken: list[bytes]) -> bytes:
    """The mask of a secret, which is noted down."""
    taken.append(secret)
    return _masked(secret)


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
