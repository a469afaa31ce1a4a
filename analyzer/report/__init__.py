"""The diagnosis as HTML, JSON and terminal text: `document` once, then any writer, then `write`.

redacted = document(diagnosis)
write(Path("report.html"), render_html(redacted, "en").encode(), inputs=[bundle])
"""

from __future__ import annotations

from collections.abc import Mapping

from .document import Names, Prepared, Redacted, document, prepare
from .json_writer import render as render_json
from .messages import LANGUAGES, Messages, UnknownLanguage
from .output import OutputError, OutputExists, check, write
from .redact import mask, redact
from .terminal import render as render_terminal
from .terminal import render_first

__all__ = [
    "LANGUAGES", "Messages", "Names", "OutputError", "OutputExists", "Prepared", "Redacted", "UnknownLanguage", "check", "document",
    "mask", "prepare", "redact", "render_first", "render_html", "render_json", "render_terminal", "write",
]  # fmt: skip


def render_html(document: Redacted, lang: str = "en", others: Mapping[str, Redacted] | None = None) -> str:
    """`html.render`. Jinja is loaded only for who wants a page."""
    from .html import render

    return render(document, lang, others)
