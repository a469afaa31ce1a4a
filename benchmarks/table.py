"""The figures as Markdown: one table for each comparison, and one of all aims."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.cases import Section
from benchmarks.measure import Result

BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of the figures -->"


def markdown(sections: Sequence[Section], about: Sequence[str]) -> str:
    """All sections, the aims first: who reads one table reads that."""
    lines = [*about, "", "### Aims", "", "| aim | measured | |", "| --- | --- | --- |"]
    for section in sections:
        lines += [f"| {_short(section.title)}: {aim.text} | {aim.measured} | {_met(aim.met)} |" for aim in section.aims]
    for section in sections:
        lines += ["", f"### {section.title}", ""]
        if section.results:
            lines += [
                "| | runs | wall s | CPU s | MB per CPU s | peak MiB | of the tree | found | wall, ours = 1 | speed, ours = 1 |",
                "|" + " --- |" * 10,
            ]
            lines += [_row(result, section.results[0]) for result in section.results]
        for note in section.notes:
            lines += ["", note]
    return "\n".join(lines) + "\n"


def _short(title: str) -> str:
    return title.partition(" (")[0].partition(" in a zip")[0]


def _met(met: bool | None) -> str:
    return {True: "met", False: "**not met**", None: "not measured"}[met]


def _row(result: Result, ours: Result) -> str:
    name = result.contestant.name
    if result.figure is None:
        return f"| {name} | {result.failed or 'not run'} |" + " |" * 8
    figure = result.figure
    wall = f"{figure.wall / ours.figure.wall:.2f}" if ours.figure else ""
    speed = f"{result.speed / ours.speed:.3g}" if ours.speed and result.speed else ""
    cells = [
        name, str(result.runs), f"{figure.wall:.2f}", f"{figure.cpu:.2f}", f"{result.speed:.3g}" if result.speed else "",
        f"{figure.peak:.0f}", f"{figure.tree:.0f}" if figure.tree else "", "" if result.found is None else str(result.found), wall, speed,
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def put_into(page: str, figures: str) -> str:
    """The page with its stretch of figures replaced; the figures alone if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{figures}\n{END}{after}" if begin and end else figures
