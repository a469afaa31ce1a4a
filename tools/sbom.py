"""The software bill of materials: what the program needs at run time, as CycloneDX 1.5 JSON on standard output (`make sbom`).

Read from the installed packages, so it says what is there and not what was asked for. The same environment gives the same bytes: there is
no date and no serial number in it (both are optional, https://cyclonedx.org/docs/1.5/json/).
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from typing import Any

NAME = "azure-vm-backup-analyzer"
_NEEDED = re.compile(r"^(?P<name>[\w.-]+)(?:\[(?P<extras>[^\]]*)\])?[^;]*(?:;(?P<marker>.*))?$")


def plain(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(root: str = NAME, extras: tuple[str, ...] = ("timeline",)) -> dict[str, metadata.Distribution]:
    """Every installed package that `root` with these extras leads to, by plain name, without `root` itself."""
    found: dict[str, metadata.Distribution] = {}
    todo = [(root, extras)]
    while todo:
        name, wanted = todo.pop()
        for needed, more in needs(metadata.distribution(name), wanted):
            if needed not in found and (there := installed(needed)) is not None:
                found[needed] = there
                todo.append((needed, more))
    return dict(sorted(found.items()))


def needs(package: metadata.Distribution, extras: tuple[str, ...] = ()) -> list[tuple[str, tuple[str, ...]]]:
    """The packages that one asks for, with their extras; those of other extras than `extras` left out."""
    found = []
    for line in package.requires or ():
        match = _NEEDED.match(line)
        if match is None:
            continue
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", match["marker"] or "")
        if extra is None or extra[1] in extras:
            found.append((plain(match["name"]), tuple(part.strip() for part in (match["extras"] or "").split(",") if part.strip())))
    return found


def installed(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:  # needed on another system or version of Python only
        return None


def component(package: metadata.Distribution, kind: str = "library") -> dict[str, Any]:
    name, version = plain(package.metadata["Name"]), package.version
    purl = f"pkg:pypi/{name}@{version}"
    licence = package.metadata.get("License-Expression") or (package.metadata.get("License") or "").strip().split("\n")[0][:100]
    found: dict[str, Any] = {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if licence:
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def bill() -> dict[str, Any]:
    """The whole document."""
    packages = closure()
    root = component(metadata.distribution(NAME), "application")
    references = {name: component(package)["bom-ref"] for name, package in packages.items()}

    def depends(package: metadata.Distribution, extras: tuple[str, ...] = ()) -> list[str]:
        return sorted({references[name] for name, _ in needs(package, extras) if name in references})

    own = {"ref": root["bom-ref"], "dependsOn": depends(metadata.distribution(NAME), ("timeline",))}
    others = [{"ref": references[name], "dependsOn": depends(package)} for name, package in packages.items()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": root},
        "components": [component(package) for package in packages.values()],
        "dependencies": [own, *others],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=2)
    print()
