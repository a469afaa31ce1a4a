"""The comparisons of `make bench`: which contestants run on which input, what each must find, and which aims their figures are held to.

A case is a function of a `Setting` that gives a `Section`. Sizes are decimal MB; the aims are those of docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import planted
from benchmarks.measure import Contestant, Failure, Figure, Result, alternate, once
from benchmarks.peers import Peers, absent

_ROOT = Path(__file__).resolve().parents[1]
_DISCARD = """import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for name in archive.namelist():
        with archive.open(name) as member:
            while member.read(1 << 20):
                pass"""
_FLOOR = """import sys
from analyzer.bundle import open_bundle
with open_bundle(sys.argv[1:]) as bundle:
    for member in bundle.members:
        for block in bundle.stream(member, digest=True):
            pass"""
_RULES = 50
_PATTERNS = 30


@dataclass(frozen=True)
class Sizes:
    """How much is measured on, in MB or as counts."""

    text: float = 500
    peers: float = 200
    part: float = 40
    large: float = 0  # 0: not at all
    events: float = 200
    cut: int = 2  # chunks for python-evtx
    signatures: float = 200
    counts: tuple[int, ...] = (5, 50, 500, 2_000)
    incidents: float = 20
    jobs: tuple[int, ...] = (1, 10, 100)
    flood: int = 1_000_000
    rounds: int = 3


QUICK = Sizes(text=6, peers=2, part=1, events=4, cut=1, signatures=4, counts=(5, 200), incidents=2, jobs=(1, 5), flood=3_000, rounds=1)


@dataclass(frozen=True)
class Setting:
    """What a case is given: sizes, a folder for what it writes, the inputs of a writer (made once), the peers, and how to say progress."""

    sizes: Sizes
    scratch: Path
    inputs: Callable[..., tuple[Path, dict[str, object]]]
    peers: Peers
    say: Callable[[str], None]
    budget: float = 150  # seconds after which a case begins no further round


@dataclass(frozen=True)
class Aim:
    """Something that is to be so: `met` is None where nothing was measured."""

    text: str
    measured: str
    met: bool | None


@dataclass
class Section:
    """A comparison: its results, the first being ours, against which the ratios are; the aims; and notes."""

    title: str
    results: list[Result]
    aims: list[Aim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def figure(self, name: str) -> Figure | None:
        return next((result.figure for result in self.results if result.contestant.name == name), None)

    def speed(self, name: str) -> float:
        return next((result.speed for result in self.results if result.contestant.name == name), 0.0)

    def at_most(self, text: str, value: float | None, limit: float, unit: str = "") -> None:
        self._aim(text, value, unit, value is not None and value <= limit)

    def at_least(self, text: str, value: float | None, limit: float, unit: str = "") -> None:
        self._aim(text, value, unit, value is not None and value >= limit)

    def _aim(self, text: str, value: float | None, unit: str, met: bool) -> None:
        self.aims.append(Aim(text, "not measured" if value is None else f"{value:.3g}{unit}", None if value is None else met))

    def same(self, text: str, found: object, wanted: object) -> None:
        self.aims.append(Aim(text, f"{found}", found == wanted))


def ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above and below else None


def analyze(
    setting: Setting, *arguments: str | Path, name: str = "ours: diagnosis with report", size: int = 0, runs: int | None = None
) -> Contestant:
    """`analyze … -o report.html` as a user runs it; what it found is its verdict."""
    command = [sys.executable, "-m", "analyzer", *map(str, arguments), "-o", str(setting.scratch / "report.html")]
    return Contestant(name, command, size, verdict, {"PYTHONPATH": str(_ROOT)}, runs=runs)


def verdict(said: str) -> str:
    """The first line of the terminal's verdict: how sure, and which cause."""
    return [line for line in said.splitlines() if line.strip()][1]


def found_by(*arguments: str | Path) -> dict[str, int]:
    """What the document of a run that is not measured holds (benchmarks/found.py)."""
    command = [sys.executable, "-m", "benchmarks.found", *map(str, arguments)]
    _, said = once(Contestant("check", command, environment={"PYTHONPATH": str(_ROOT)}))
    counts: dict[str, int] = json.loads(said)
    return counts


def reading(setting: Setting, path: Path, size: int) -> list[Contestant]:
    """What it costs to read a zip and do little or nothing: zipfile, and our own way in."""
    return [
        Contestant("Python's zipfile, read and discarded", [sys.executable, "-c", _DISCARD, str(path)], size),
        Contestant("floor: our inflate and SHA-256, nothing else", [sys.executable, "-c", _FLOOR, str(path)], size, None, {"PYTHONPATH": str(_ROOT)}),
    ]  # fmt: skip


def text(setting: Setting) -> Section:
    """A zip of text logs: ours against grep, zipfile, insights-core and hotsos."""
    sizes = setting.sizes
    folder, told = setting.inputs("text", megabytes=sizes.text, peers=sizes.peers, part=sizes.part)
    path, size, planted_lines = folder / "logs.zip", int(str(told["bytes"])), int(str(told["planted"]))
    ours = planted.our_signatures(setting.scratch / "ours", len(planted.KINDS))
    found = found_by(path, "--signatures", ours)["planted"]
    of_peers = found_by(folder / "sos.zip", "--signatures", ours)["planted"]
    contestants = [
        analyze(setting, path, "--signatures", ours, size=size),
        *greps(path, size),
        *reading(setting, path, size),
        analyze(
            setting, folder / "sos.zip", "--signatures", ours, name="ours, on the text of insights-core", size=int(str(told["sos_bytes"]))
        ),
        *_peers(setting, folder, told),
    ]
    results = alternate(contestants, sizes.rounds, budget=setting.budget, say=setting.say)
    section = Section(f"{sizes.text:g} MB of text logs in a zip of {path.stat().st_size / 1e6:.0f} MB", results)
    mine, first = section.figure(contestants[0].name), contestants[0].name
    grep, discard = section.figure("unzip -p, grep -E (C)"), section.figure("Python's zipfile, read and discarded")
    section.at_most(
        "wall time against `unzip -p \\| grep -c -E`, LC_ALL=C: less", ratio(mine and mine.wall, grep and grep.wall), 0.999, " times"
    )
    section.at_most(
        "wall time against zipfile's reading and discarding: ≤ 1.5 times",
        ratio(mine and mine.wall, discard and discard.wall),
        1.5,
        " times",
    )
    for peer, name, limit in (("insights-core, 50 rules", "insights-core", 6), ("hotsos, 50 checks", "hotsos", 30)):
        section.at_least(
            f"MB per CPU second against {name}: ≥ {limit} times", ratio(section.speed(first), section.speed(peer)), limit, " times"
        )
    section.at_most("peak memory: ≤ 150 MiB", mine and mine.peak, 150, " MiB")
    cores = os.cpu_count() or 1
    section.at_least(
        f"all cores used: CPU time at least {0.6 * cores:.1f} times the wall time",
        ratio(mine and mine.cpu, mine and mine.wall),
        0.6 * cores,
        " times",
    )
    section.same(f"planted failures found by ours: {planted_lines}", found, planted_lines)
    section.same(f"and in the text of insights-core: {told['sos_planted']}", of_peers, told["sos_planted"])
    for result in results:
        wanted = {"insights-core, 50 rules": told["sos_planted"], "hotsos, 50 checks": told["part_planted"]}.get(result.contestant.name)
        if wanted is not None and result.figure is not None and result.found != wanted:
            section.notes.append(f"{result.contestant.name} found {result.found} of {wanted} planted failures.")
    section.notes.append(
        f"{planted_lines} planted failures, one in {planted.EVERY} lines of the system's log. insights-core reads the last {sizes.peers:g} MB of that log as a sosreport's "
        f"`messages`, hotsos the last {sizes.part:g} MB as its `kern.log` ({told['sos_planted']} and {told['part_planted']} planted); ours reads the first of them as a "
        f"zip too. Ours runs its whole catalogue and five signatures that count the planted lines; grep has {_PATTERNS} patterns; insights-core {_RULES} rules, each with its "
        f"filter; hotsos {_RULES} checks, each with its hint."
    )
    return section


def greps(path: Path, size: int) -> list[Contestant]:
    """`unzip -p | grep -c -E` with 30 patterns, in the C locale and in a UTF-8 one."""
    if absent("unzip", "grep"):
        return []
    pattern = shlex.quote("|".join(planted.expressions(_PATTERNS)))
    return [
        Contestant(
            f"unzip -p, grep -E ({locale})", f"unzip -p {shlex.quote(str(path))} | grep -c -E {pattern}", size, int, {"LC_ALL": locale}
        )
        for locale in ("C", "C.UTF-8")
    ]


def _peers(setting: Setting, folder: Path, told: dict[str, object]) -> list[Contestant]:
    from benchmarks.inputs import SOS

    contestants = []
    if "insights-core" not in setting.peers.missing:
        rules = planted.insights_rules(setting.scratch / "insights", _RULES)
        command = [setting.peers.program("insights-run"), "-p", "bench_rules", "-f", "json", str(folder / "sos")]
        size = int(str(told["sos_bytes"]))
        contestants.append(Contestant("insights-core, 50 rules", command, size, _insights, {"PYTHONPATH": str(rules)}, setting.scratch))
    if "hotsos" not in setting.peers.missing:
        checks = planted.hotsos_checks(setting.scratch / "hotsos", _RULES)
        command = [setting.peers.program("hotsos"), "--kernel", "--all-logs", "--defs-path", str(checks), str(folder / "part" / SOS)]
        contestants.append(Contestant("hotsos, 50 checks", command, int(str(told["part_bytes"])), _hotsos, {}, setting.scratch, runs=2))
    return contestants


def _insights(said: str) -> int:
    return sum(report["details"]["count"] for report in json.loads(said)["reports"])


def _hotsos(said: str) -> int:
    return sum(map(int, re.findall(r"found-\w+=(\d+)", said)))


def large(setting: Setting) -> Section:
    """Peak memory of much more text."""
    folder, told = setting.inputs("text", megabytes=setting.sizes.large)
    size = int(str(told["bytes"]))
    results = alternate([analyze(setting, folder / "logs.zip", size=size)], 1, say=setting.say)
    section = Section(f"{setting.sizes.large:g} MB of text logs", results)
    peak = results[0].figure and results[0].figure.peak
    section.at_most("peak memory: ≤ 150 MiB, as with 500 MB", peak, 150, " MiB")
    return section


def event_logs(setting: Setting) -> Section:
    """A Windows event log: ours against the bare Rust reader and python-evtx."""
    folder, told = setting.inputs("event_log", megabytes=setting.sizes.events, cut=setting.sizes.cut)
    size, cut = int(str(told["bytes"])), int(str(told["cut_bytes"]))
    path = folder / "System.evtx"

    def reader(name: str, which: str, file: Path, bytes_: int, python: str = sys.executable) -> Contestant:
        return Contestant(name, [python, "-m", "benchmarks.evtx_readers", which, str(file)], bytes_, int, {"PYTHONPATH": str(_ROOT)})

    contestants = [
        analyze(setting, path, size=size),
        analyze(setting, folder / "System.zip", name="ours, from a zip", size=size),
        reader("ours, the reader alone, few events wanted", "ours", path, size),
        reader("bare Rust reader, every record", "bare", path, size),
    ]
    if "python-evtx" not in setting.peers.missing:
        python = setting.peers.program("python")
        contestants.append(reader(f"python-evtx as XML, the first {cut / 1e6:.2g} MB", "python-evtx", folder / "cut.evtx", cut, python))
        contestants.append(
            reader(f"python-evtx, structure only, the first {cut / 1e6:.2g} MB", "python-evtx-structure", folder / "cut.evtx", cut, python)
        )
    results = alternate(contestants, setting.sizes.rounds, budget=setting.budget, say=setting.say)
    section = Section(f"{setting.sizes.events:g} MB event log (two months of a server's usual events, one in 500 of the backup)", results)
    mine, alone, rust = (section.figure(contestants[number].name) for number in (0, 2, 3))
    section.at_most(
        "full diagnosis against the bare Rust reader: ≤ 2 times its wall time", ratio(mine and mine.wall, rust and rust.wall), 2, " times"
    )
    section.at_most(
        "reader alone against the bare Rust reader: ≤ 2 times its wall time", ratio(alone and alone.wall, rust and rust.wall), 2, " times"
    )
    for result in results:
        if result.contestant.name.startswith("python-evtx as XML") and result.figure and mine:
            whole = result.figure.wall * size / cut
            section.notes.append(
                f"python-evtx would take about {whole:.0f} s for the whole log, {whole / mine.wall:.0f} times as long as ours (scaled from the cut)."
            )
    return section


def small(setting: Setting) -> Section:
    """A small bundle, from the start of the process to the written report; and where the start goes."""
    folder, told = setting.inputs("small")
    fixture = _ROOT / "fixtures" / "linux-extensions-disabled" / "bundle"
    base = {"PYTHONPATH": str(_ROOT)}
    contestants = [
        analyze(setting, folder / "logs.zip", size=int(str(told["bytes"])), name="ours: 2 MB of logs, with report"),
        analyze(setting, fixture, name="ours: a shipped fixture, with report"),
        Contestant("ours: --version", [sys.executable, "-m", "analyzer", "--version"], environment=base),
        Contestant("the interpreter alone", [sys.executable, "-c", "pass"]),
    ]
    results = alternate(contestants, max(setting.sizes.rounds, 5 if setting.sizes.rounds > 1 else 1), say=setting.say)
    section = Section("A small bundle, cold start", results)
    for result in results[:2]:
        section.at_most(f"{result.contestant.name}: ≤ 0.35 s", result.figure and result.figure.wall, 0.35, " s")
    section.notes.append(imports(analyze(setting, folder / "logs.zip")))
    return section


HEAVY = ("pandas", "numpy", "pyarrow", "lxml", "dask", "lark", "yaml", "jinja2", "Evtx", "evtx", "regipy", "click", "rich", "re2", "orjson")


def imports(contestant: Contestant, most: int = 12) -> str:
    """Milliseconds that each top-level package's own modules take to import in a run, the slowest first."""
    command = [sys.executable, "-X", "importtime", *list(contestant.command)[1:]]
    quoted = " ".join(map(shlex.quote, command)) + " 2>&1 >/dev/null"
    _, said = once(Contestant("imports", quoted, environment=contestant.environment))
    spent: dict[str, float] = {}
    for line in said.splitlines():
        match = re.match(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)$", line)
        if match:
            top = match[2].partition(".")[0]
            spent[top] = spent.get(top, 0) + int(match[1]) / 1000
    slowest = sorted(spent.items(), key=lambda item: (-item[1], item[0]))
    loaded = [name for name in HEAVY if name in spent]
    return (
        f"Imports of that run (`-X importtime`): {sum(spent.values()):.0f} ms in all; "
        + ", ".join(f"{name} {time:.0f}" for name, time in slowest[:most])
        + f" ms. Loaded of the heavy ones: {', '.join(loaded) or 'none'}."
    )


def signatures(setting: Setting) -> Section:
    """More and more signatures beside the catalogue's own, on a large and on a small bundle: what they cost to load and to look for."""
    folder, told = setting.inputs("text", megabytes=setting.sizes.signatures)
    small_folder, _ = setting.inputs("small")
    size, contestants = int(str(told["bytes"])), []
    for count in setting.sizes.counts:
        own = planted.our_signatures(setting.scratch / f"signatures-{count}", count)
        contestants.append(analyze(setting, folder / "logs.zip", "--signatures", own, name=f"{count:,} more signatures", size=size))
        contestants.append(
            analyze(setting, small_folder / "logs.zip", "--signatures", own, name=f"{count:,} more signatures, 2 MB of logs")
        )
    results = alternate(contestants, setting.sizes.rounds, budget=setting.budget, say=setting.say)
    section = Section(
        f"{' , '.join(f'{count:,}' for count in setting.sizes.counts)} signatures, {setting.sizes.signatures:g} MB of logs".replace(
            " ,", ","
        ),
        results,
    )
    figures = [result.figure for result in results]
    if all(figures):
        whole = [figure.cpu for figure in figures[::2] if figure]
        reading = [figure.cpu - rest.cpu for figure, rest in zip(figures[::2], figures[1::2]) if figure and rest]
        most, fewest = setting.sizes.counts[-1], setting.sizes.counts[0]
        section.at_most(
            f"reading with {most:,} against {fewest}: flat (≤ 1.1 times the CPU time)", ratio(reading[-1], reading[0]), 1.1, " times"
        )
        section.at_most(
            f"the whole run with {most:,} against {fewest}: ≤ 1.25 times the CPU time", ratio(whole[-1], whole[0]), 1.25, " times"
        )
        section.notes.append("Reading is the large bundle's CPU time less the small one's: what it costs to load signatures is in both.")
    return section


def incidents(setting: Setting) -> Section:
    """More and more failed jobs in the same logs."""
    counts = setting.sizes.jobs
    folder, told = setting.inputs("incidents", megabytes=setting.sizes.incidents, counts=counts)
    contestants = [
        analyze(setting, folder / f"{count}.zip", name=f"incidents: {count}", size=int(str(told[str(count)]))) for count in counts
    ]
    results = alternate(contestants, setting.sizes.rounds, budget=setting.budget, say=setting.say)
    section = Section(f"{', '.join(map(str, counts))} incidents, {setting.sizes.incidents:g} MB of logs", results)
    figures = [result.figure for result in results]
    if all(figures) and len(counts) > 2:
        each = [
            (figure.cpu - figures[0].cpu) / (count - counts[0]) for figure, count in zip(figures[1:], counts[1:]) if figure and figures[0]
        ]
        section.at_most(
            f"one more incident, from {counts[1]} to {counts[2]} against from {counts[0]} to {counts[1]}: linear (≤ 1.5 times)",
            ratio(each[1], each[0]),
            1.5,
            " times",
        )
        section.notes.append(
            f"One more incident costs {1000 * each[0]:.0f} ms of CPU among {counts[1]}, {1000 * each[1]:.0f} ms among {counts[2]}."
        )
    shown = found_by(folder / f"{counts[-1]}.zip")["incidents"]
    section.same(f"incidents in the document: {counts[-1]}", shown, counts[-1])
    return section


def flood(setting: Setting) -> Section:
    """The same error over and over, known and unknown, against as many bytes without an error."""
    count = setting.sizes.flood
    folder, told = setting.inputs("flood", count=count)
    own = setting.scratch / "flood"
    own.mkdir(parents=True, exist_ok=True)
    from benchmarks.inputs import FLOOD_KNOWN

    planted.write_signatures(own / "bench.yaml", [("waagent-log", "planted-flood", FLOOD_KNOWN, FLOOD_KNOWN)])
    names = {"known": "an error that a signature knows", "unknown": "an error that nobody knows", "quiet": "no error, as many bytes"}
    contestants = [
        analyze(setting, folder / f"{key}.zip", "--signatures", own, name=name, size=int(str(told[key]))) for key, name in names.items()
    ]
    results = alternate(contestants, setting.sizes.rounds, budget=setting.budget / 2, say=setting.say)
    section = Section(f"{count:,} identical errors within the window of one incident", results)
    known, unknown, quiet = (result.figure for result in results)
    section.at_most("CPU time with a known error against none: ≤ 1.1 times", ratio(known and known.cpu, quiet and quiet.cpu), 1.1, " times")
    section.at_most(
        "CPU time with an unknown error against none: ≤ 1.1 times", ratio(unknown and unknown.cpu, quiet and quiet.cpu), 1.1, " times"
    )
    section.at_most("peak memory: ≤ 150 MiB", known and known.peak, 150, " MiB")
    known_count = found_by(folder / "known.zip", "--signatures", own)["planted"]
    section.same(f"exact count of the known error in its evidence: {count:,}", f"{known_count:,}", f"{count:,}")
    most = found_by(folder / "unknown.zip")["most"]
    section.same(f"exact count of the unknown error among the unexplained: {count:,}", f"{most:,}", f"{count:,}")
    return section


Case = Callable[[Setting], Section]
CASES: dict[str, Case] = {
    "small": small, "text": text, "large": large, "event-logs": event_logs, "signatures": signatures, "incidents": incidents, "flood": flood,
}  # fmt: skip


def run(names: Sequence[str], setting: Setting) -> list[Section]:
    """The named cases. One that fails is a section with a note."""
    sections = []
    for name in names:
        setting.say(f"== {name}")
        try:
            sections.append(CASES[name](setting))
        except (Failure, OSError, ValueError, LookupError, subprocess.SubprocessError) as error:
            sections.append(Section(name, [], [Aim(f"{name} runs", str(error), False)]))
    return sections
