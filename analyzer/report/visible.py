"""Makes characters visible that would hide, reorder or execute something: what a log holds is not trusted by any writer."""

from __future__ import annotations

import re
import unicodedata

_ODD = re.compile(r"[^ -~]")
_SUSPECT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, *, keep: str = "\n\t") -> str:
    """`text` with control, bidi, zero-width, private and unassigned characters written as `<U+202E>`, the way `less` does.

    The sign is plain ASCII, so every font and console code page has it. Characters in `keep` stay as they are. Lone surrogates
    and non-characters are among those replaced, so the result can be written as UTF-8 and as XML 1.0.
    """
    if text.isprintable():  # then no character is of these categories
        return text
    return _ODD.sub(lambda found: found[0] if found[0] in keep else _shown(found[0]), text)


def _shown(char: str) -> str:
    return f"<U+{ord(char):04X}>" if unicodedata.category(char) in _SUSPECT else char
