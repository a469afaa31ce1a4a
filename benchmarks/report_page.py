"""Measures the report's page: bytes without data and with many events, and how soon the timeline can be used in a browser.

    python -m benchmarks.report_page [--events 20000]

Needs a Chromium on the system and the extra `test` (Playwright). Prints figures; none of them is a test.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from analyzer.report import document, render_html
from tests.report import sample

_RUNS = 5
_USABLE = "performance.getEntriesByName('usable')[0]?.startTime ?? null"
_MARK = """new MutationObserver(() => { if (document.querySelector('#tl[data-ready]') && !performance.getEntriesByName('usable').length)
  performance.mark('usable'); }).observe(document, {subtree: true, attributes: true, childList: true})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000)
    options = parser.parse_args()
    print(f"page without data         {len(render_html(document({'schema': 'diagnosis/1'})).encode()) / 1000:7.1f} KB")
    found = document(sample.confirmed() | {"timeline": sample.synthetic_timeline(options.events)})
    start = time.perf_counter()
    page = render_html(found).encode()
    print(f"page with {options.events} events    {len(page) / 1000:7.1f} KB, written in {time.perf_counter() - start:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_bytes(page)
        usable, filtered = measure(path)
    print(f"navigation to usable      {usable:7.0f} ms (median of {_RUNS})")
    print(f"one word searched in all  {filtered:7.0f} ms until the table shows it")


def measure(path: Path) -> tuple[float, float]:
    """Milliseconds from navigation until the timeline can be used, and from typing to the filtered table; medians."""
    from playwright.sync_api import sync_playwright

    browser_path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    usable, filtered = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for _ in range(_RUNS):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.add_init_script(_MARK)
            page.goto(path.as_uri())
            page.wait_for_selector("#tl[data-ready]")
            usable.append(page.evaluate(_USABLE))
            filtered.append(page.evaluate("""() => new Promise(done => {
                const form = document.getElementById('filter'), output = form.querySelector('output'), start = performance.now();
                new MutationObserver(() => done(performance.now() - start)).observe(output, {childList: true, characterData: true, subtree: true});
                form.elements.q.value = 'heartbeat';
                form.elements.q.dispatchEvent(new Event('input', {bubbles: true}));
            })"""))  # fmt: skip
            page.context.close()
        browser.close()
    return statistics.median(usable), statistics.median(filtered)


if __name__ == "__main__":
    main()
