"""The command `analyze`."""

from __future__ import annotations

import atexit
import gc
import sys
from pathlib import Path

import click

from analyzer import __version__

ANALYSE = " "  # the hidden command behind `analyze BUNDLE`: a name that no shell gives, so that every path stays free
EXIT_DIFFERENCE, EXIT_USAGE, EXIT_UNREADABLE = 1, 2, 3


class _FirstWord(click.Group):
    """A first word that is exactly a subcommand's name is the subcommand; anything else is a bundle to analyse."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h", "--version"):
            args = [ANALYSE, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_FirstWord, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(__version__, prog_name="analyze")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Names the documented cause of a failed Azure VM backup, with the lines that prove it.

    \b
    analyze BUNDLE... [-o report.html]     analyse what a support engineer was sent
    analyze verify FIXTURES...             every fixture against its expected result
    analyze signatures list|lint|explain   the knowledge about failures

    BUNDLE is a zip, tar (gz, bz2, xz, zst), folder or single file; several are one case; - reads standard input.
    `analyze BUNDLE --help` shows the options.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        ctx.exit(EXIT_USAGE)


@main.command(ANALYSE, hidden=True)
@click.argument("bundles", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the HTML report here.")
@click.option("--json", "json_path", help="Write diagnosis.json here; - for standard output.")
@click.option("--timeline", type=click.Path(path_type=Path), help="Write the timeline here: .csv, .jsonl or .parquet.")
@click.option(
    "--evidence", type=click.Path(path_type=Path), help="Write the evidence pack here: a zip of cited lines, hashes, letters and JSON."
)
@click.option("--lang", type=click.Choice(["en", "zh-CN"]), default="en", show_default=True, help="Language of the texts.")
@click.option(
    "--signatures", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True, help="Folder of further signatures."
)
@click.option("--redact", type=click.Choice(["ids"]), help="Also replace ids, addresses, host and user names by pseudonyms.")
@click.option("--fail-on", type=click.Choice(["confirmed", "likely", "possible"]), help="Exit with 1 if a verdict is at least this sure.")
@click.option("--force", is_flag=True, help="Overwrite files that this program did not write.")
@click.pass_context
def bundle_command(
    ctx: click.Context, bundles: tuple[str, ...], output: Path | None, json_path: str | None, timeline: Path | None, evidence: Path | None,
    lang: str, signatures: tuple[Path, ...], redact: str | None, fail_on: str | None, force: bool,
) -> None:  # fmt: skip
    """Analyse BUNDLES as one case."""
    # a run makes many small objects that live to its end: looking for garbage among them takes a tenth of its time, and once more at exit
    gc.disable()
    atexit.register(gc.freeze)
    from analyzer.command import Options, run

    ctx.exit(run(bundles, Options(output, json_path, timeline, lang, signatures, redact, fail_on, force, evidence)))


@main.command()
@click.argument("fixtures", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML here.")
@click.option(
    "--signatures", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True, help="Folder of further signatures."
)
@click.pass_context
def verify(ctx: click.Context, fixtures: tuple[Path, ...], junit: Path | None, signatures: tuple[Path, ...]) -> None:
    """Hold every fixture below FIXTURES against its expected.yaml."""
    from analyzer.verify import run

    ctx.exit(run(fixtures, junit, signatures))


@main.group()
def signatures() -> None:
    """List, check and explain signatures."""


@signatures.command("list")
@click.option("--signatures", "folders", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True)
@click.option("--cause", help="Only those of this cause.")
def list_(folders: tuple[Path, ...], cause: str | None) -> None:
    """Every signature with its cause, role and strength."""
    from analyzer.signatures.show import listing

    click.echo(listing(folders, cause))


@signatures.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_context
def lint(ctx: click.Context, folders: tuple[Path, ...]) -> None:
    """Check the catalogue (and FOLDERS of further signatures), examples included."""
    from analyzer.signatures.lint import lint as check

    mistakes = check(folders)
    for mistake in mistakes:
        click.echo(str(mistake), err=True)
    click.echo(f"{len(mistakes)} mistakes" if mistakes else "no mistakes")
    ctx.exit(EXIT_DIFFERENCE if mistakes else 0)


@signatures.command()
@click.argument("signature")
@click.argument("bundle", nargs=-1, required=True)
@click.option("--signatures", "folders", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True)
@click.pass_context
def explain(ctx: click.Context, signature: str, bundle: tuple[str, ...], folders: tuple[Path, ...]) -> None:
    """Show which conditions of SIGNATURE hold in BUNDLE, and why not the others."""
    from analyzer.explain import run

    ctx.exit(run(signature, bundle, folders))


@signatures.command()
def coverage() -> None:
    """What covers each row of the documented page, and which signatures speak of which cause."""
    from analyzer.signatures.show import coverage as table

    click.echo(table())


if __name__ == "__main__":
    sys.exit(main())
