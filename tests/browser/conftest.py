"""One headless Chromium for all tests, reports written once, and a watch on every page: no error, no warning, no request but its own file."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from analyzer.pipeline import analyze
from analyzer.report import document, render_html
from tests.report import sample

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
Open = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's browser. Without one, or without Playwright, these tests fail in CI and are skipped elsewhere."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _unable("Playwright is not installed: pip install -e '.[test]'")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        _unable(f"no browser: none of {', '.join(BROWSERS)} is installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


def _unable(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def until(page: Any, expression: str, seconds: float = 8) -> None:
    """Waits until an expression is true. Playwright's own waiting evaluates text inside the page, which the page's policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"still not true: {expression}"
        time.sleep(0.03)


def _zoned() -> dict[str, Any]:
    """The confirmed sample of a VM on Chinese time, with events that a spreadsheet would run."""
    found = sample.confirmed()
    found["clocks"] = [{"source": "etc/timezone", "zone": "Asia/Shanghai", "offset": "+08:00", "basis": "declared"}]
    for row, text in zip(found["timeline"], ("=HYPERLINK(1)", "+1", "-2", "@sum", 'plain, with "quotes" and\ttab'), strict=False):
        row["text"] = text
    return found


def _large() -> dict[str, Any]:
    return sample.confirmed() | {"timeline": sample.synthetic_timeline(20_000)}


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports by name, as files."""
    folder = tmp_path_factory.mktemp("reports")
    confirmed = FIXTURES / "linux-tls-inspection" / "bundle"
    pages = {
        "confirmed": render_html(document(analyze([confirmed]).document)),
        "chinese": render_html(document(analyze([confirmed], lang="zh-CN").document), "zh-CN"),
        "undetermined": render_html(document(analyze([FIXTURES / "linux-wire-server-hiccup" / "bundle"]).document)),
        "zoned": render_html(document(_zoned())),
        "hostile": render_html(document(sample.hostile())),
        "large": render_html(document(_large())),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture
def show(browser: Any, reports: dict[str, Path]) -> Iterator[Open]:
    """Opens a report by its name; when the test ends, every page must have been silent and must have asked for nothing.

    A download of the page's own text is no request, and that a canvas is read often is a complaint about the tests.
    """
    contexts, heard = [], []

    def opened(name: str, *, address: str = "", ready: bool = True, before: str = "", **options: Any) -> Any:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        context.set_default_timeout(8000)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        url = reports[name].as_uri()
        page.on("console", lambda message: heard.append(f"console: {message.text}") if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("request", lambda request: heard.append(f"request: {request.url}") if request.url.partition("#")[0] != url else None)
        if before:
            page.add_init_script(before)
        page.goto(url + address)
        if ready:
            page.wait_for_selector("#tl[data-ready]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [line for line in heard if not line.startswith("request: blob:") and "willReadFrequently" not in line] == []
