"""Makes characters visible that would hide, reorder or execute something: what a log holds is not trusted by any writer."""

from __future__ import annotations

import unicodedata

_SUSPECT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, *, keep: str = "\n\t") -> str:
    """`text` with control, bidi, zero-width, private and unassigned characters written as `<U+202E>`, the way `less` does.

    The sign is plain ASCII, so every font and console code page has it. Characters in `keep` stay as they are. Lone surrogates
    and non-characters are among those replaced, so the result can be written as UTF-8 and as XML 1.0.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char in keep else _shown(char) for char in text)


def _shown(char: str) -> str:
    return f"<U+{ord(char):04X}>" if unicodedata.category(char) in _SUSPECT else char
