"""The only place that finds the program's own data.

`grammars/` and `reports/` stand at the top of the checkout and travel as `analyzer/_grammars` and `analyzer/_reports` in a wheel
(pyproject.toml, `force-include`). An editable install has no packaged copy, so the checkout beside the package is used. The
working directory plays no part.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer import ahead

PACKAGE = Path(__file__).resolve().parent
FOLDERS = ("grammars", "reports")


class ResourceMissing(FileNotFoundError):
    """A data file that ships with the program is not there: a broken installation, not a fault of the input."""


def path(name: str) -> Path:
    """The file or folder `name`, e.g. `reports/style.css` or `grammars`. Raises `ResourceMissing`."""
    parts = _parts(name)
    if not parts or parts[0] not in FOLDERS:
        raise ResourceMissing(f"{name!r} is no data of this program: expected a name that begins with {' or '.join(FOLDERS)}")
    packaged = PACKAGE / f"_{parts[0]}"
    folder = packaged if packaged.is_dir() else PACKAGE.parent / parts[0]
    return _existing(folder.joinpath(*parts[1:]), name)


def text(name: str) -> str:
    """The text of `reports/…` or `grammars/…`, with `\\n` line ends whatever the checkout made of them."""
    return path(name).read_text(encoding="utf-8")


def catalogue(name: str = "") -> Path:
    """The file or folder `name` below `analyzer/catalogue`, e.g. `messages/en.yaml`; empty for the catalogue itself."""
    return _existing(PACKAGE.joinpath("catalogue", *_parts(name)), f"catalogue/{name}")


def read_yaml(path: Path) -> Any:
    """A YAML file of the catalogue, of a fixture or of a user; dates stay text. Raises `ValueError`."""
    source = path.read_bytes()
    kept = ahead.kept(path, source)
    return kept["data"] if kept is not None else parse_yaml(source.decode("utf-8"))


def parse_yaml(text: str) -> Any:
    """The same for a text."""
    import yaml

    try:
        return yaml.load(text, Loader=_loader())  # noqa: S506 because it is a safe one
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


@cache
def _loader() -> Any:
    """The fast safe loader, where it was built, without dates: a date of the catalogue is a text."""
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    plain = {
        first: [one for one in rules if one[0] != "tag:yaml.org,2002:timestamp"] for first, rules in base.yaml_implicit_resolvers.items()
    }
    return type("Loader", (base,), {"yaml_implicit_resolvers": plain})


def _parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    if ".." in parts or PurePosixPath(name).is_absolute():
        raise ResourceMissing(f"{name!r} leaves the program's data")
    return parts


def _existing(found: Path, name: str) -> Path:
    if not found.exists():
        raise ResourceMissing(f"{name!r} is missing from the installation (looked at {found}); install the package again")
    return found
