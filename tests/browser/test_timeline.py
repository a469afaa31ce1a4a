"""The timeline in a real browser: wheel, brush, keys, filters, address and table move together."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from analyzer.report.messages import load

from .conftest import Open, until

TASK = "8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11"  # of the failed run of linux-tls-inspection
GOOD = "1b0e0b76-52f5-4a0b-9d22-7f9f2f3f2a01"


def view(page: Any) -> tuple[datetime, datetime]:
    """What the canvas shows."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    first, last = (datetime.fromisoformat(part).replace(tzinfo=UTC) for part in page.get_attribute("#tl-canvas", "data-view").split(" – "))
    return first, last


def shown(page: Any) -> int:
    """How many events the selection has, as the page says."""
    return int(re.sub(r"\D", "", page.locator("#filter output").inner_text().split(" of ")[0]))


def hash_of(page: Any) -> str:
    found: str = page.evaluate("location.hash")
    return found


def brushed(page: Any) -> bool:
    """Whether a time is selected."""
    return re.search("[#&]t=", hash_of(page)) is not None


def place(page: Any, across: float, y: float) -> tuple[float, float]:
    """A place on the canvas: a share of the drawing's width, and pixels from its top (or, negative, from its foot)."""
    page.locator("#tl-canvas").scroll_into_view_if_needed()
    box = page.locator("#tl-canvas").bounding_box()
    return box["x"] + 132 + (box["width"] - 132) * across, box["y"] + (y if y >= 0 else box["height"] + y)


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def span(pair: tuple[datetime, datetime]) -> float:
    return (pair[1] - pair[0]).total_seconds()


# pointer


def test_wheel_zooms_at_the_pointer(show: Open) -> None:
    page = show("confirmed")
    before = view(page)
    page.mouse.move(*place(page, 0.25, 100))
    page.mouse.wheel(0, -300)
    after = view(page)
    assert span(after) < span(before) / 2
    fixed = [(one[0] + (one[1] - one[0]) * 0.25).timestamp() for one in (before, after)]
    assert abs(fixed[0] - fixed[1]) < span(before) / 100


def test_drag_brushes_and_table_form_and_address_follow(show: Open) -> None:
    page = show("confirmed")
    everything = shown(page)
    drag(page, place(page, 0.5, 80), place(page, 0.9, 120))
    assert 0 < shown(page) < everything
    begin, end = (part.replace(" ", "T") for part in (page.input_value("[name=from]"), page.input_value("[name=to]")))
    assert hash_of(page).startswith(f"#t={begin}Z..{end}Z")
    times = page.locator("#tl-rows tbody tr[data-i] td:first-child").all_inner_texts()
    assert all(begin <= time.removesuffix(" UTC").replace(" ", "T") <= end for time in times)


def test_double_click_drops_the_selection(show: Open) -> None:
    page = show("confirmed")
    everything = shown(page)
    drag(page, place(page, 0.5, 80), place(page, 0.9, 120))
    page.mouse.dblclick(*place(page, 0.3, 150))
    assert shown(page) == everything and not brushed(page)


def test_shift_drag_and_drag_on_the_strip_pan(show: Open) -> None:
    page = show("confirmed")
    before = view(page)
    page.keyboard.down("Shift")
    drag(page, place(page, 0.5, 80), place(page, 0.7, 80))
    page.keyboard.up("Shift")
    shifted = view(page)
    assert shifted[0] < before[0] and abs(span(shifted) - span(before)) < 1
    drag(page, place(page, 0.8, -10), place(page, 0.1, -10))
    assert view(page)[0] < shifted[0] and abs(span(view(page)) - span(before)) < 1
    assert not brushed(page)


def test_hovering_tells_the_time_in_utc_and_in_the_vms_zone(show: Open) -> None:
    page = show("zoned")
    page.mouse.move(*place(page, 0.6, 60))
    readout = page.locator("#tl-read").inner_text()
    utc, local = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", readout)[:2]
    assert (datetime.fromisoformat(local) - datetime.fromisoformat(utc)).total_seconds() == 8 * 3600
    assert "UTC" in readout and "Asia/Shanghai" in readout


def test_clicking_a_mark_selects_its_row(show: Open) -> None:
    page = show("zoned")
    first, last = view(page)
    at = datetime(2026, 3, 14, 2, 43, 20, tzinfo=UTC)
    page.mouse.click(*place(page, (at - first) / (last - first), 25))
    assert "GuestAgentSnapshotTaskStatusError" in page.locator("#tl-rows tr[aria-current=true]").inner_text()
    assert "GuestAgentSnapshotTaskStatusError" in page.locator("#tl-one").inner_text()
    assert page.evaluate("/[#&]at=[0-9]+/.test(location.hash)")


# keys


def test_keys_alone_zoom_pan_select_and_reach_the_evidence(show: Open) -> None:
    page = show("confirmed")
    page.focus("#tl-canvas")
    start = view(page)
    page.keyboard.press("+")
    near = view(page)
    assert span(near) < span(start)
    page.keyboard.press("ArrowRight")
    assert view(page)[0] > near[0]
    page.keyboard.press("-")
    page.keyboard.press("Home")
    assert span(view(page)) > span(start)
    page.keyboard.press("w")
    assert span(view(page)) < 45 * 60
    page.keyboard.press("b")
    chosen = shown(page)
    assert brushed(page) and chosen < 222
    page.keyboard.press("Shift+ArrowRight")
    assert shown(page) >= chosen
    page.keyboard.press("]")
    page.keyboard.press("]")
    page.keyboard.press("[")
    row = page.locator("#tl-rows tr[aria-current=true]")
    assert row.count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "tl-rows"
    for _ in range(40):
        if row.locator("a").count():
            break
        page.keyboard.press("ArrowDown")
    here = hash_of(page)
    page.keyboard.press("Enter")
    until(page, "location.hash.startsWith('#e-')")
    assert page.locator(hash_of(page).replace("#", "[id='") + "']").is_visible()
    page.go_back()
    until(page, "location.hash.includes('=')")
    assert hash_of(page) == here and shown(page) >= chosen
    page.focus("#tl-canvas")
    page.keyboard.press("Escape")
    assert not brushed(page)


def test_the_canvas_is_reached_by_tab_and_named(show: Open) -> None:
    page = show("confirmed")
    page.locator("#tl .tl-bar").first.locator("input").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tl-canvas"
    canvas = page.locator("#tl-canvas")
    assert canvas.get_attribute("role") == "application" and canvas.get_attribute("aria-label")
    assert canvas.evaluate("box => getComputedStyle(box).outlineStyle") != "none"


def test_moves_of_keys_are_spoken(show: Open) -> None:
    page = show("confirmed")
    page.focus("#tl-canvas")
    page.keyboard.press("]")
    until(page, "document.getElementById('tl-say').textContent.includes('UTC')")
    assert page.locator("#tl-say").get_attribute("role") == "status"


# filters


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"q": "heartbeat running"}, lambda row: "heartbeat" in row.lower() and "running" in row.lower()),
        ({"q": r"incarnation[_ ]\d+", "rx": True}, lambda row: re.search(r"incarnation[_ ]\d+", row) is not None),
        ({"lane": "platform"}, lambda row: "Platform and job" in row),
        ({"level": "ERROR"}, lambda row: "ERROR" in row),
        ({"ev": True}, lambda row: "evidence" in row),
    ],
)
def test_filters_keep_what_matches(show: Open, fields: dict[str, Any], kept: Any) -> None:
    page = show("confirmed")
    everything = shown(page)
    for name, value in fields.items():
        field = page.locator(f"#filter [name={name}]")
        field.set_checked(value) if isinstance(value, bool) else field.select_option(value) if name in ("lane", "level") else field.fill(
            value
        )
    until(page, f"!document.querySelector('#filter output').textContent.startsWith('{everything} ')")
    rows = page.locator("#tl-rows tbody tr[data-i]")
    assert 0 < shown(page) < everything
    assert all(kept(row.inner_text().replace("\n", " ")) for row in rows.all()[:20])


def test_an_expression_that_is_wrong_or_could_hang_is_refused_and_others_are_not(show: Open) -> None:
    page = show("confirmed", address="#rx=1")
    said = "document.querySelector('#filter output').textContent"
    texts = {name: load("en")[f"live.{name}_regex"] for name in ("bad", "costly")}
    wrong = {"(": "bad", "(a+)+$": "costly", "(x|xx)*y": "costly", ".*.*.*.*z": "costly", r"(a)\1": "costly", "((ab)*c)+": "costly"}
    for query, name in wrong.items():
        page.fill("[name=q]", query)
        until(page, f"{said}.includes({texts[name]!r})")
        page.fill("[name=q]", r"agent|snapsho\w")
        until(page, f"!{list(texts.values())!r}.some(text => {said}.includes(text))")
    for query in (r"\d{4}-\d{2}", "a(b|c)d", "[*+]{2}x?", "(?:agent|snapshot) .*error", r"\(a+\)+"):
        page.fill("[name=q]", query)
        page.press("[name=q]", "Enter")
        assert not any(text in page.locator("#filter output").inner_text() for text in texts.values()), query


def test_time_fields_select_without_a_mouse(show: Open) -> None:
    page = show("confirmed")
    page.fill("[name=from]", "2024-07-09 02:00")
    page.fill("[name=to]", "2024-07-09 02:30:00")
    page.press("[name=to]", "Enter")
    assert hash_of(page) == "#t=2024-07-09T02:00:00Z..2024-07-09T02:30:00Z"
    page.fill("[name=to]", "nonsense")
    page.press("[name=to]", "Tab")
    assert page.get_attribute("[name=to]", "aria-invalid") == "true"


# address


def test_an_address_restores_the_whole_view_and_back_returns(show: Open) -> None:
    address = "#t=2024-07-09T02:00:00Z..2024-07-09T02:30:00Z&q=snapshot&lane=extension&at=160"
    page = show("confirmed", address=address)
    assert page.input_value("[name=q]") == "snapshot" and page.input_value("[name=lane]") == "extension"
    assert page.locator("#tl-one").is_visible()
    few = shown(page)
    page.click("#tl .tl-bar button >> nth=2")
    assert shown(page) > few
    page.go_back()
    until(page, f"location.hash === '{address}'")
    assert shown(page) == few and page.input_value("[name=q]") == "snapshot"
    again = show("confirmed", address=address)
    assert shown(again) == few and view(again) == view(page)


def test_a_broken_address_does_no_harm(show: Open) -> None:
    show("confirmed", address="#%")
    page = show("confirmed", address="#q=%&t=x..y&at=99999999")
    for address in ("#t=x..y", "#t=9..1", "#at=99999999", "#lane=none&level=none", "#follow=nobody", "#q=%", "#=", "#e-nothing", "#%"):
        page.evaluate("address => { location.hash = address; }", address)
        page.focus("#tl-canvas")
        page.keyboard.press("+")
    page.evaluate("location.hash = '#timeline'")
    until(page, "document.querySelector('#filter output').textContent.startsWith('222 of 222 ')")


def test_the_link_to_the_view_is_copied(show: Open) -> None:
    page = show("confirmed", address="#lane=platform")
    page.get_by_role("button", name=load("en")["live.link"]).click()
    assert page.evaluate("navigator.clipboard.readText()").endswith("#lane=platform")


# attempts


def test_an_attempt_is_followed_over_all_files(show: Open) -> None:
    page = show("confirmed")
    page.locator("table.attempts button.go").first.click()
    assert hash_of(page) == f"#follow={TASK}"
    places = set(
        page.evaluate(
            "[...document.querySelectorAll('#tl-rows tbody tr[data-i] td:last-child')].map(cell => cell.textContent.replace(/[:#].*/, ''))"
        )
    )
    assert {"job.json", "var/log/waagent.log"} <= places and any(place.endswith("extension.log") for place in places)
    assert page.locator("#timeline").is_visible()


def test_last_good_run_and_failure_stand_side_by_side(show: Open) -> None:
    page = show("confirmed")
    page.get_by_role("button", name="Last good run", exact=True).last.click()
    assert hash_of(page).startswith("#t=2024-07-08T01:57:") and shown(page) > 10
    page.get_by_role("button", name="This failure", exact=True).last.click()
    assert hash_of(page) == "#t=2024-07-09T02:00:05Z..2024-07-09T02:21:00Z"
    picture = "document.getElementById('tl-canvas').toDataURL()"
    view(page)
    without = page.evaluate(picture)
    page.check("#tl .tl-bar input")
    view(page)
    assert page.evaluate(picture) != without
    table = page.locator("table.pairs")
    assert "failed" in table.locator("tr.differs").first.inner_text()


# table


def test_only_rows_that_can_be_seen_exist_and_all_can_be_reached(show: Open) -> None:
    page = show("large")
    table = page.locator("#events")
    assert table.get_attribute("aria-rowcount") == "20001"
    assert page.locator("#tl-rows tbody tr[data-i]").count() < 60
    page.evaluate("const box = document.getElementById('tl-rows'); box.scrollTop = box.scrollHeight")
    until(page, "document.querySelector('#tl-rows tbody tr[aria-rowindex=\"20001\"]')")
    box = page.locator("#tl-rows").bounding_box()
    last = page.locator("#tl-rows tr[aria-rowindex='20001']").bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1
    heights = page.evaluate("[...document.querySelectorAll('#tl-rows tr[data-i]')].map(row => row.getBoundingClientRect().height)")
    assert set(heights) == {28}
    page.focus("#tl-rows")
    page.keyboard.press("Home")
    assert page.locator("#tl-rows tr[aria-current=true]").get_attribute("aria-rowindex") == "2"
    page.keyboard.press("End")
    assert page.locator("#tl-rows tr[aria-current=true]").get_attribute("aria-rowindex") == "20001"


def test_filtering_twenty_thousand_events_works(show: Open) -> None:
    page = show("large")
    page.fill("[name=q]", "heartbeat")
    until(page, "!document.querySelector('#filter output').textContent.startsWith('20,000')")
    assert 1000 < shown(page) < 5000


def test_a_row_is_copied_and_shown_whole(show: Open) -> None:
    page = show("zoned")
    page.locator("#tl-rows tbody tr[data-i]").nth(5).click()
    whole = page.locator("#tl-one pre").inner_text()
    page.get_by_role("button", name=load("en")["live.copy"]).click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert whole.split("  ")[-1] in copied and "UTC" in copied and "waagent.log:" in copied


def test_rows_are_downloaded_and_no_cell_is_a_formula(show: Open) -> None:
    page = show("zoned")
    with page.expect_download() as download:
        page.get_by_role("button", name=load("en")["live.csv"]).click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["time", "lane", "level", "component", "text", "tags", "where"] and len(rows) == shown(page) + 1
    texts = {row[4] for row in rows}
    assert {"'=HYPERLINK(1)", "'+1", "'-2", "'@sum", 'plain, with "quotes" and\ttab'} <= texts
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t") for row in rows for cell in row)


# drawing


def test_the_canvas_is_sharp_and_follows_the_width(show: Open) -> None:
    page = show("confirmed", device_scale_factor=2)
    size = "[document.getElementById('tl-canvas').width, document.getElementById('tl-canvas').clientWidth]"
    drawn, wide = page.evaluate(size)
    assert drawn == 2 * wide
    page.set_viewport_size({"width": 800, "height": 900})
    until(page, f"({size})[1] < {wide} && ({size})[0] === 2 * ({size})[1]")


def test_colours_follow_the_scheme(show: Open) -> None:
    page = show("confirmed", color_scheme="light")
    corner = "[...document.getElementById('tl-canvas').getContext('2d').getImageData(300, 30, 1, 1).data].slice(0, 3)"
    view(page)
    assert min(page.evaluate(corner)) > 200
    page.emulate_media(color_scheme="dark")
    view(page)
    assert max(page.evaluate(corner)) < 80
    page.emulate_media(forced_colors="active")
    view(page)


def test_gaps_and_windows_are_drawn(show: Open) -> None:
    """Along a line of the drawing on which no event stands, a window changes the colour, and a gap's hatching does so more often."""
    page = show("zoned", address="#q=nothing+matches+this")
    page.focus("#tl-canvas")
    page.keyboard.press("Home")
    view(page)
    colours = """y => { const canvas = document.getElementById('tl-canvas');
        const line = canvas.getContext('2d').getImageData(140, y, canvas.width - 150, 1).data, found = new Set();
        for (let i = 0; i < line.length; i += 4) { found.add(line.slice(i, i + 3).join()); }
        return found.size; }"""
    with_gap, without = page.evaluate(colours, 18 + 4 * 30 + 24), page.evaluate(colours, 18 + 5 * 30 + 24)
    assert with_gap > without > 1
