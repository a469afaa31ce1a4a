"""What `analyze BUNDLE...` does: analyse, then write what was asked for."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from analyzer.bundle import BundleError
from analyzer.cli import EXIT_DIFFERENCE, EXIT_UNREADABLE, EXIT_USAGE
from analyzer.diagnosis.document import TIMELINE_ROWS
from analyzer.pipeline import Progress, Result, analyze
from analyzer.report import OutputError, check, document, render_terminal, write

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


def run(bundles: Sequence[str], options: Options) -> int:
    """Analyses and writes; gives the exit code."""
    gc.disable()  # a run makes many small objects that live to its end: looking for garbage among them takes a tenth of its time
    inputs = [Path(bundle) for bundle in bundles if bundle != "-"]
    if options.redact:
        return _fail("--redact ids is not built yet: secrets are always masked, ids are not")
    try:
        _check_outputs(options, inputs)
    except OutputError as error:
        return _fail(str(error))
    progress = _Progress()
    try:
        result = analyze(
            bundles,
            stdin=sys.stdin.buffer,
            lang=options.lang,
            signatures=options.signatures,
            progress=progress.step,
            timeline_rows=TIMELINE_ROWS if options.timeline is None else sys.maxsize,
        )
    except BundleError as error:
        for problem in error.problems:
            click.echo(f"{problem.artifact}: {problem.problem}", err=True)
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
    named = [options.output, options.timeline, Path(options.json) if options.json and options.json != "-" else None]
    return [path for path in named if path is not None]


def _write(result: Result, options: Options, inputs: Sequence[Path]) -> None:
    redacted = document(result.document)
    if options.output is not None:
        from analyzer.report.html import render

        write(options.output, render(redacted, options.lang).encode("utf-8"), inputs=inputs, force=options.force)
    if options.json is not None:
        from analyzer.report import render_json

        data = render_json(redacted)
        if options.json == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            write(Path(options.json), data, inputs=inputs, force=options.force)
    if options.timeline is not None:
        from analyzer.report.timeline_export import render as render_timeline

        write(options.timeline, render_timeline(redacted, options.timeline.suffix), inputs=inputs, force=options.force)
    if options.json != "-":
        click.echo(_printable(render_terminal(redacted, options.lang, colour=sys.stdout.isatty())), nl=False)


def _printable(text: str) -> str:
    """The text as the console can show it: what its code page lacks becomes '?'."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _at_least(found: dict[str, Any], level: str) -> bool:
    return any(_SURE.get(incident["verdict"]["status"], 0) >= _SURE[level] for incident in found["incidents"])


class _Progress:
    """A progress bar with the file being read, on a terminal and for long input only; rich is loaded only then."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

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
        self._bar.update(self._task, description=member[-60:], advance=size)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
