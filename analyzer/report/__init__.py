"""The diagnosis as HTML, JSON, terminal text and JUnit: `document` once, then any writer, then `write`.

redacted = document(diagnosis)
write(Path("report.html"), render_html(redacted, "en").encode(), inputs=[bundle])
"""

from .document import Names, Prepared, Redacted, document, prepare
from .html import render as render_html
from .json_writer import render as render_json
from .junit import junit
from .messages import LANGUAGES, Messages, UnknownLanguage
from .output import OutputError, OutputExists, check, write
from .redact import mask, redact
from .terminal import render as render_terminal
from .terminal import render_first

__all__ = [
    "LANGUAGES", "Messages", "Names", "OutputError", "OutputExists", "Prepared", "Redacted", "UnknownLanguage", "check", "document",
    "junit", "mask", "prepare", "redact", "render_first", "render_html", "render_json", "render_terminal", "write",
]  # fmt: skip
