"""Names inside a bundle: decoded from whatever wrote them, made harmless, made unique.

A name is only ever shown and compared, never used to open or write a file; so nothing is refused for its name alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LONGEST = 1_024
_DRIVE = re.compile(r"^(?://[?.]/)?([A-Za-z]):/")
# systemd escapes punctuation in unit names ("dev-disk\x2dby.mount"); every other backslash is a Windows separator.
_BACKSLASH = re.compile(r"\\(?!x(?:2[0-9a-f]|3[a-f]|40|5[b-f]|60|7[b-e]))")
_ESCAPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, bidi and zero-width marks, surrogates, line separators


def decode_name(raw: bytes) -> str:
    """The text of a stored name: UTF-8 if it is valid, else GB18030 (Chinese Windows), else code page 437 (the zip standard)."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def clean_path(name: str) -> tuple[str, bool]:
    """`name` as a relative path with '/', and whether it tried to leave its archive by '..'.

    Drive letters become a folder ("C:\\x" is "C/x"), leading slashes and '.' go, control and bidi characters are escaped, and a
    folder name that ends in '!' is escaped because '!/' marks an archive.
    """
    path = _BACKSLASH.sub("/", name)
    path = _DRIVE.sub(r"\1/", path)
    parts = [part for part in path.split("/") if part not in ("", ".")]
    kept = [part for part in parts if part != ".."]
    folders = [f"{part[:-1]}\\x21" if part.endswith("!") else part for part in kept[:-1]]
    path = escape("/".join([*folders, *kept[-1:]])) or "unnamed"
    if len(path) > _LONGEST:
        path = f"{path[: _LONGEST // 2]}...{path[-_LONGEST // 2 :]}"
    return path, len(kept) != len(parts)


def escape(text: str) -> str:
    """`text` with every character that could hide or reorder others written as \\xNN, \\uNNNN or \\UNNNNNNNN."""
    if text.isprintable():
        return text
    return "".join(_escape(char) if unicodedata.category(char) in _ESCAPED else char for char in text)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that the file system could not decode
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class Names:
    """Unique names within one archive: `path`, else `path#2`, `path#3`, …"""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def reserve(self, paths: Iterable[str]) -> None:
        """Keep these from being given to a duplicate of another name."""
        self._taken.update(paths)

    def claim(self, path: str) -> str:
        """The first of `path`, `path#2`, … that is free; it is taken from now on."""
        name, number = path, self._last.get(path, 1)
        while name in self._taken:
            number += 1
            name = f"{path}#{number}"
        self._last[path] = number
        self._taken.add(name)
        return name


def common_folder(paths: Iterable[str]) -> str:
    """The longest run of whole folders and archives ("a/b.zip!/") that all `paths` start with."""
    folders = [tuple(re.findall(r"[^/]*/", path)) for path in paths]
    if not folders:
        return ""
    first, last = min(folders), max(folders)
    common = 0
    while common < min(len(first), len(last)) and first[common] == last[common]:
        common += 1
    return "".join(first[:common])
