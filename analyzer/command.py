"""What `analyze BUNDLE...` does: analyse, render everything that was asked for, look through it for secrets, then write it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from analyzer.bundle import BundleError
from analyzer.cli import EXIT_DIFFERENCE, EXIT_UNREADABLE, EXIT_USAGE
from analyzer.diagnosis.document import TIMELINE_ROWS
from analyzer.parsers.members import Progress
from analyzer.pipeline import First, Result, analyze
from analyzer.report import LANGUAGES, Names, OutputError, Prepared, Redacted, check, mask, prepare, render_first, render_terminal, write
from analyzer.report.known import shown_in
from analyzer.report.visible import visible

_MAP = ".map.json"
_SURE = {"possible": 1, "likely": 2, "confirmed": 3}
_TABLES = (".csv", ".jsonl", ".parquet")
_LONG = 32 << 20  # bytes from which progress is worth showing


@dataclass(frozen=True)
class Options:
    """The options of the command line."""

    output: Path | None = None
    json: str | None = None
    timeline: Path | None = None
    lang: str = "en"
    signatures: tuple[Path, ...] = ()
    redact: str | None = None
    fail_on: str | None = None
    force: bool = False
    evidence: Path | None = None


@dataclass(frozen=True)
class _Output:
    """Bytes for a file (None: standard output); where they are packed, what is in them, by name, so that it can be searched."""

    path: Path | None
    data: bytes
    packed: tuple[tuple[str, bytes], ...] = ()

    def searched(self) -> tuple[tuple[str, bytes], ...]:
        return self.packed or (("standard output" if self.path is None else str(self.path), self.data),)


def run(bundles: Sequence[str], options: Options) -> int:
    """Analyses and writes; gives the exit code."""
    inputs = [Path(bundle) for bundle in bundles if bundle != "-"]
    try:
        _check_outputs(options, inputs)
    except OutputError as error:
        return _fail(str(error))
    progress = _Progress(options.lang)
    try:
        result = analyze(
            bundles,
            stdin=sys.stdin.buffer,
            lang=options.lang,
            signatures=options.signatures,
            progress=progress.step,
            first=progress.first,
            timeline_rows=TIMELINE_ROWS if options.timeline is None else sys.maxsize,
        )
    except BundleError as error:
        for problem in error.problems:
            click.echo(visible(mask(f"{problem.artifact}: {problem.problem}"), keep=""), err=True)
        return EXIT_UNREADABLE
    finally:
        progress.close()
    try:
        _write(result, options, inputs)
    except (OutputError, OSError) as error:
        return _fail(str(error))
    return EXIT_DIFFERENCE if options.fail_on and _at_least(result.document, options.fail_on) else 0


def _fail(message: str) -> int:
    click.echo(f"analyze: {message}", err=True)
    return EXIT_USAGE


def _check_outputs(options: Options, inputs: Sequence[Path]) -> None:
    """Everything that would be refused after the analysis is refused before it. Raises `OutputError`."""
    files = _files(options)
    for path in files:
        check(path, inputs=inputs, force=options.force)
        if files.count(path) > 1 and (path.is_file() or not path.exists()):
            raise OutputError(f"{path}: is named for two outputs")
    if options.timeline is not None and options.timeline.suffix.lower() not in _TABLES:
        raise OutputError(f"{options.timeline}: --timeline writes {', '.join(_TABLES)}")


def _files(options: Options) -> list[Path]:
    named = [options.output, Path(options.json) if options.json and options.json != "-" else None, options.timeline, options.evidence]
    files = [path for path in named if path is not None]
    return [*files, _map_file(files[0])] if options.redact and files else files


def _map_file(first: Path) -> Path:
    """Where the map of pseudonyms stands: beside the first output."""
    return first.with_name(first.name + _MAP)


def _write(result: Result, options: Options, inputs: Sequence[Path]) -> None:
    """Renders all outputs before any is written. Raises `OutputError`, with nothing written, if one of them holds a secret."""
    prepared = _prepared(result, options)
    outputs = list(_rendered(prepared, options))
    verdict = "" if options.json == "-" else render_terminal(prepared.documents[0], options.lang, colour=_coloured())
    searched = [
        ("the terminal", verdict.encode()),
        *(found for output in outputs for found in output.searched()),
    ]
    leaking = shown_in(searched, prepared.secrets, prepared.names.originals() if prepared.names else ())
    if leaking is not None:
        raise OutputError(f"{leaking}: would have shown what must be masked, so nothing was written. This is a bug; please report it")
    files = _files(options)
    if prepared.names is not None and files:
        write(files[-1], prepared.names.map_file(), inputs=inputs, force=options.force, private=True)
    for output in outputs:
        if output.path is not None:
            write(output.path, output.data, inputs=inputs, force=options.force)
        else:
            sys.stdout.buffer.write(output.data)
            sys.stdout.buffer.flush()
    click.echo(_printable(verdict), nl=False)
    if prepared.names is not None:
        where = f"kept in {files[-1]}: keep it, do not pass it on" if files else "not kept: there is no output file to put them beside"
        click.echo(f"analyze: what the pseudonyms stand for is {where}", err=True)


def _prepared(result: Result, options: Options) -> Prepared:
    """The document, and where texts to pass on are wanted the other languages too."""
    others = [lang for lang in LANGUAGES if lang != options.lang] if options.output or options.evidence else []
    documents = [result.document, *(result.translated(lang) for lang in others)]
    if not options.redact:
        return prepare(documents)
    from analyzer.report.pseudonyms import of_events

    loud = result.diagnosis.loud
    events = [*result.timeline.events, *loud.events, *loud.near]
    texts = {text for event in events for text in (event.raw or event.text, event.text)}
    return prepare(documents, Names(map(mask, texts), of_events(events)))


def _rendered(prepared: Prepared, options: Options) -> Iterator[_Output]:
    """Every output as bytes; the terminal's text is searched with the others."""
    document, others = prepared.documents[0], _others(prepared, options.lang)
    if options.output is not None:
        from analyzer.report.html import render

        yield _Output(options.output, render(document, options.lang, others).encode("utf-8"))
    if options.json is not None:
        from analyzer.report import render_json

        yield _Output(None if options.json == "-" else Path(options.json), render_json(document))
    if options.timeline is not None:
        from analyzer.report.timeline_export import render as render_timeline

        data = render_timeline(document, options.timeline.suffix)
        is_packed = options.timeline.suffix.lower() == ".parquet"
        yield _Output(options.timeline, data, ((str(options.timeline), render_timeline(document, ".jsonl")),) if is_packed else ())
    if options.evidence is not None:
        from analyzer.report.pack import members, pack

        files = members(document, options.lang, others)
        yield _Output(
            options.evidence, pack(files), tuple((f"{options.evidence}: {name}", data) for name, data in files.items())
        )  # names: MANIFEST.txt


def _others(prepared: Prepared, lang: str) -> dict[str, Redacted]:
    return dict(zip([one for one in LANGUAGES if one != lang], prepared.documents[1:], strict=False))


def _coloured() -> bool:
    """Whether the terminal takes colours: no-color.org, and terminals that say that they cannot."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _printable(text: str) -> str:
    """The text as the console can show it: what its code page lacks becomes '?'."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _at_least(found: dict[str, Any], level: str) -> bool:
    return any(_SURE.get(incident["verdict"]["status"], 0) >= _SURE[level] for incident in found["incidents"])


class _Progress:
    """What a person at a terminal sees while long input is read: what the small files say already, and a bar with the log being read.

    rich is loaded only then. Nothing of it is in any output.
    """

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._bar: Any = None
        self._task: Any = None

    @property
    def first(self) -> First | None:
        return self._first if sys.stderr.isatty() else None

    def _first(self, document: dict[str, Any], logs: int, size: int) -> None:
        if size < _LONG:
            return
        text = render_first(prepare([document]).documents[0], logs, size, self._lang, colour=not os.environ.get("NO_COLOR"))
        if self._bar is not None:
            self._bar.stop()
        click.echo(text, err=True, nl=False)
        if self._bar is not None:
            self._bar.start()

    @property
    def step(self) -> Progress | None:
        return self._step if sys.stderr.isatty() else None

    def _step(self, member: str, size: int, total: int) -> None:
        if total < _LONG:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (BarColumn(), DownloadColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=total)
        self._bar.update(self._task, description=visible(mask(member), keep="")[-60:], advance=size)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
