"""Takes the pictures of docs/report.md again: python -m benchmarks.screenshots [FOLDER]

Needs a Chromium on the system and the extra `test` (Playwright).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from analyzer.pipeline import analyze
from analyzer.report import document, render_html

_ROOT = Path(__file__).resolve().parents[1]
_BUNDLE = _ROOT / "fixtures" / "linux-freeze-hangs" / "bundle"


def main() -> None:
    from playwright.sync_api import sync_playwright

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else _ROOT / "docs" / "images"
    target.mkdir(parents=True, exist_ok=True)
    browser_path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, lang, scheme in (
            ("light", "en", "light"),
            ("dark", "en", "dark"),
            ("chinese", "zh-CN", "light"),
            ("print", "en", "light"),
        ):
            path = Path(folder) / f"{name}.html"
            path.write_text(render_html(document(analyze([_BUNDLE], lang=lang).document), lang), encoding="utf-8")
            page = browser.new_context(viewport={"width": 1120, "height": 860}, color_scheme=scheme, reduced_motion="reduce").new_page()
            page.goto(path.as_uri())
            page.wait_for_selector("#tl[data-ready]")
            _pose(page, name)
            page.screenshot(path=target / f"report-{name}.png")
            page.context.close()
        browser.close()


def _pose(page: Any, name: str) -> None:
    """Light: the failure selected, an event looked at. Dark: the last good run laid over it. Chinese: the attempt followed. Print: paper."""
    if name == "print":
        page.locator("#tl .tl-bar button").first.click()
        page.set_viewport_size({"width": 800, "height": 860})
        page.emulate_media(media="print")
        page.wait_for_timeout(500)
        page.evaluate("document.getElementById('tl').scrollIntoView()")
    elif name == "chinese":
        page.locator("table.attempts button.go").first.click()
    else:
        page.locator("#tl .tl-bar button").first.click()
        if name == "dark":
            page.check("#tl .tl-bar input")
        page.focus("#tl-canvas")
        for key in ("]", "]", "]", "]", "+"):
            page.keyboard.press(key)
        page.evaluate("document.getElementById('tl').scrollIntoView()")
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
