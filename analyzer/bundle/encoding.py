"""Which encoding a text is in, found from its bytes; and text out of bytes with line numbers kept.

Valid UTF-8 wins. UTF-16 shows by its byte order mark or by its NUL bytes. What is neither is scored: how plausible is the sample
as Chinese, Japanese or Western European text. A scored choice is an inference and its note says so.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_SAMPLE = 64 << 10


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` for the reader, `codec` for Python's decoders, `note` where the choice is more than plain UTF-8."""

    name: str
    codec: str
    note: str = ""


UTF_8 = Encoding("utf-8", "utf-8")
UTF_8_BOM = Encoding("utf-8-sig", "utf-8-sig", "UTF-8 with byte order mark")
_UTF_16 = {
    "le": "utf-16-le",
    "be": "utf-16-be",
}
_UNREADABLE = ("Cc", "Cn", "Co", "Cs")
_BINARY_MAGICS = (
    b"ElfFile\0", b"\x7fELF", b"MZ\x90", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"LPKSHHRH", b"regf",
    b"SQLite format 3\0", b"\x89PNG", b"%PDF-", b"MDMP", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0",
)  # fmt: skip


def detect_encoding(head: bytes) -> Encoding:
    """The encoding of the text that begins with `head` (a cut inside a character is allowed). Pure ASCII is 'utf-8'."""
    if head.startswith(codecs.BOM_UTF8):
        return UTF_8_BOM
    if head.startswith(codecs.BOM_UTF16_LE) and not head.startswith(codecs.BOM_UTF32_LE):
        return Encoding("utf-16-le", "utf-16-le", "UTF-16 with byte order mark")
    if head.startswith(codecs.BOM_UTF16_BE):
        return Encoding("utf-16-be", "utf-16-be", "UTF-16 with byte order mark")
    order = _utf16_by_nuls(head)
    if order:
        return Encoding(_UTF_16[order], _UTF_16[order], "UTF-16 without byte order mark, inferred from its NUL bytes")
    if _valid_utf8(head):
        return UTF_8
    return _best_guess(head)


def is_binary(head: bytes) -> bool:
    """Whether `head` is no text in any encoding: a known magic, or control characters beyond what logs hold.

    NUL runs alone do not make a text binary: a crash leaves them in logs, and the Windows agent in its status files.
    """
    if not head or head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    if head.startswith(_BINARY_MAGICS):
        return True
    if _utf16_by_nuls(head):
        return False
    rest = head.replace(b"\0", b"")
    if not rest:
        return True
    controls = sum(rest.count(bytes((code,))) for code in (*range(1, 7), *range(14, 27), *range(28, 32), 127))
    scattered = len(head) - len(rest) > len(head) // 20 and head.count(b"\0\0\0\0") * 4 < (len(head) - len(rest)) // 2
    return controls * 50 > len(rest) or scattered


@dataclass(frozen=True, slots=True)
class Text:
    """A small document, decoded: undecodable bytes are U+FFFD, a byte order mark is gone, NULs stay."""

    text: str
    encoding: str
    note: str

    @staticmethod
    def of(data: bytes) -> Text:
        encoding = detect_encoding(data[:8192])
        if encoding is UTF_8:
            encoding = _beyond_the_head(data)
        text = data.decode(encoding.codec, "replace")
        return Text(text.removeprefix("\ufeff"), encoding.name, encoding.note)


def transcode(blocks: Iterable[bytes], encoding: Encoding | str) -> Iterator[bytes]:
    """UTF-16 blocks as UTF-8 without byte order mark, so that byte scanners see ASCII; every other encoding passes unchanged.

    Newlines keep their number: lines are counted by '\\n' only.
    """
    codec = encoding if isinstance(encoding, str) else encoding.codec
    if not codec.lower().replace("_", "-").startswith("utf-16"):
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(codec)("replace")
    first = True
    for block in blocks:
        text = decoder.decode(block)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        if text:
            yield text.encode("utf-8", "replace")
    rest = decoder.decode(b"", True)
    if rest:
        yield rest.encode("utf-8", "replace")


def _beyond_the_head(data: bytes) -> Encoding:
    """The head was UTF-8; judge by what stands around the first byte that is not, if there is one."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = max(0, error.start - _SAMPLE)
        start = data.find(b"\n", before, error.start) + 1 if before else 0  # at a line's begin, not inside a character
        return _best_guess(data[start or before : error.start + _SAMPLE])
    return UTF_8


def _valid_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:  # the answer, not a failure
        return False
    return True


def _utf16_by_nuls(head: bytes) -> str:
    """'le' or 'be' if the NUL bytes stand where UTF-16 puts the upper half of ASCII, else ''."""
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    even, odd = head[0 : pairs * 2 : 2], head[1 : pairs * 2 : 2]
    both = sum(1 for at in range(pairs) if not even[at] and not odd[at]) if b"\0\0" in head else 0
    le, be = odd.count(0) - both, even.count(0) - both
    for order, own, other in (("le", le, be), ("be", be, le)):
        if own * 20 >= pairs and own >= 2 and own > 20 * other and _readable(head[: pairs * 2].decode(_UTF_16[order], "replace")):
            return order
    return ""


def _readable(text: str) -> bool:
    kept = [char for char in text if char != "\0"]
    odd = sum(1 for char in kept if char == "\ufffd" or (char not in "\t\r\n\ufeff" and unicodedata.category(char) in _UNREADABLE))
    return bool(kept) and odd * 20 <= len(kept)


def _best_guess(sample: bytes) -> Encoding:
    scores = {name: _score(sample, codec, weigh) for name, (codec, weigh) in _CANDIDATES.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < 0:
        return Encoding("cp1252", "cp1252", "no encoding fits; cp1252 assumed, inferred")
    if best == "utf-8":
        return Encoding("utf-8", "utf-8", "UTF-8 inferred; some bytes are not valid in it")
    return Encoding(best, _CANDIDATES[best][0], f"{_TITLES[best]} inferred from the bytes")


def _score(sample: bytes, codec: str, weigh: Callable[[str, str, str], float]) -> float:
    """Mean plausibility of the bytes beyond ASCII: 1 for what such text is made of, -3 for what it cannot hold."""
    text = codecs.getincrementaldecoder(codec)("replace").decode(sample)
    total = weight = 0.0
    for at, char in enumerate(text):
        if char.isascii():
            continue
        width = 1 if char == "\ufffd" or codec == "cp1252" else len(char.encode(codec, "replace"))
        value = -3.0 if char == "\ufffd" else weigh(char, text[at - 1 : at], text[at + 1 : at + 2])
        total += value * width
        weight += width
    return total / weight if weight else -3.0


def _weigh_utf8(char: str, before: str, after: str) -> float:
    return 1.0


def _weigh_chinese(char: str, before: str, after: str) -> float:
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef":
        return 1.0
    if not "\u4e00" <= char <= "\u9fff":
        return 0.1
    stored = char.encode("gb18030")
    if len(stored) != 2 or stored[0] < 0xB0 or stored[1] < 0xA1:
        return 0.2  # GBK's extension: rare in real text, and what misread Western or Japanese bytes become
    return 1.0 if stored[0] < 0xD8 else 0.5  # GB 2312 level 1 holds the common characters


def _weigh_japanese(char: str, before: str, after: str) -> float:
    if "\u3000" <= char <= "\u30ff" or "\uff01" <= char <= "\uff5e":
        return 1.0
    if "\uff61" <= char <= "\uff9f":
        return 0.2  # half-width katakana: single bytes, what misread Chinese becomes
    stored = char.encode("cp932", "replace")
    return 0.8 if 0x88 <= stored[0] < 0x98 else 0.3  # JIS level 1 holds the common characters


def _weigh_western(char: str, before: str, after: str) -> float:
    if char in _C1:
        return -3.0
    if not (before.isascii() and after.isascii()):
        return 0.1  # Western letters beyond ASCII rarely stand in rows
    letter = before.isalpha() or after.isalpha()
    return 0.8 if char.isalpha() and letter else 0.6


_C1 = {chr(code) for code in range(0x80, 0xA0)}
_CANDIDATES: dict[str, tuple[str, Callable[[str, str, str], float]]] = {
    "utf-8": ("utf-8", _weigh_utf8),
    "gb18030": ("gb18030", _weigh_chinese),
    "shift_jis": ("cp932", _weigh_japanese),
    "cp1252": ("cp1252", _weigh_western),
}
_TITLES = {"gb18030": "GBK/GB18030", "shift_jis": "Shift-JIS", "cp1252": "cp1252 (Western European)"}
