"""The diagnosis as one HTML file that loads nothing, needs no script and trusts nothing it shows.

The template stands in `reports/`. Every expression passes `_shown` (hidden characters made visible) and then autoescape; the style
and the script are static files, and their hashes stand in the page's content security policy.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import BaseLoader, BytecodeCache, Environment, StrictUndefined, TemplateNotFound
from jinja2.bccache import Bucket
from jinja2.runtime import Undefined
from markupsafe import Markup

from analyzer import ahead, resources

from . import letters, markdown, terminal, timeline_data, wording
from .document import Redacted
from .messages import LANGUAGE_NAMES, Messages
from .view import view
from .visible import visible

TEMPLATE = "report.html.j2"
STYLES = ("style.css", "timeline.css")
SCRIPTS = ("script.js", *(f"script/{name}.js" for name in ("copy", "model", "filter", "state", "canvas", "pointer", "table", "timeline")))


def render(document: Redacted, lang: str = "en", others: Mapping[str, Redacted] | None = None) -> str:
    """The page, in the language of its labels (`en`, `zh-CN`). Same document, same text.

    `others` are the document in further languages: the letters stand on the page in each, because who reads them may not be who sends them.
    """
    messages = Messages(lang)
    environment = _environment(messages)
    page = view(document)
    style, script = _style(), _script()
    return environment.get_template(TEMPLATE).render(
        page=page,
        lang=lang,
        style=Markup(style),  # noqa: S704 because it is a file of the program
        script=Markup(script),  # noqa: S704 because it is made of files of the program
        data=Markup(timeline_data.encode(page, page["timeline"], messages)),  # noqa: S704 because `encode` escapes it for a script element
        style_hash=_hash(style),
        script_hash=_hash(script),
        ticket=terminal.render(document, lang),
        drafts_by_lang=[_drafts(found, one) for one, found in {lang: document, **(others or {})}.items()],
    )


def _style() -> str:
    return _compact("".join(resources.text(f"reports/{name}") for name in STYLES))


def _compact(source: str) -> str:
    """Without indentation and without comments that begin a line: a fifth less on every page. Nothing else is changed."""
    return re.sub(r"^[ \t]*/\*.*?\*/\n?|^[ \t]+", "", source, flags=re.MULTILINE | re.DOTALL)


def _script() -> str:
    """The page's script: its parts in order, in one scope that the page cannot reach."""
    parts = _compact("".join(resources.text(f"reports/{name}") for name in SCRIPTS))
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def _drafts(document: Redacted, lang: str) -> dict[str, str]:
    """The texts to pass on, in one language."""
    return {
        "lang": lang, "name": LANGUAGE_NAMES[lang], "customer": letters.customer(document, lang),
        "escalation": letters.escalation(document, lang), "markdown": markdown.render(document, lang),
    }  # fmt: skip


class _Loader(BaseLoader):
    """Templates from wherever `resources` finds them."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:
        try:
            return resources.text(f"reports/{template}"), template, None
        except resources.ResourceMissing as error:
            raise TemplateNotFound(template) from error


class _Kept(BytecodeCache):
    """Templates as they were compiled ahead of time (analyzer/ahead.py); Jinja holds them against their source and its own version.
    A plain run only reads them."""

    def __init__(self, folder: Path, *, keep: bool = False) -> None:
        self._folder, self._keep = folder, keep

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError, ValueError, EOFError, TypeError), (self._folder / bucket.key).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if self._keep:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / bucket.key).write_bytes(bucket.bytecode_to_string())


def keep_templates(folder: Path) -> None:
    """Compiles every template into `folder`, for `analyzer.ahead`."""
    environment = _environment(Messages())
    environment.bytecode_cache = _Kept(folder, keep=True)
    for path in sorted(resources.path("reports").glob("*.j2")):
        environment.get_template(path.name)


def _environment(messages: Messages) -> Environment:
    environment = Environment(
        loader=_Loader(),
        bytecode_cache=_Kept(ahead.FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals.update(t=messages.get, count=messages.count, label=messages.label, symbol=wording.symbol)
    environment.globals.update(editions=lambda incident: wording.editions(incident, messages.get))
    environment.filters.update(utc=wording.utc, locator=wording.locator, web=_web, iso=_iso, commas=_commas)
    return environment


def _shown(value: Any) -> Any:
    """What one expression of the template prints. Markup is the output of a macro, whose own expressions came through here."""
    if value is None:
        return ""
    if isinstance(value, Markup | Undefined):
        return value
    return visible(str(value))


def _hash(text: str) -> str:
    """The CSP hash of a part, taken from the very text that the page includes."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _web(url: object) -> str:
    """A link that leads to a web page, or nothing: `javascript:` and the like are never followed."""
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return ""
    return str(url) if parts.scheme in ("http", "https") and parts.netloc else ""


def _iso(value: object) -> str:
    parsed = wording.moment(value)
    return f"{parsed:%Y-%m-%dT%H:%M:%SZ}" if parsed else ""


def _commas(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ("–" if value is None else str(value))
