"""Which distribution runs: /etc/os-release, /etc/lsb-release, the one-liners of /etc/*-release, /etc/debian_version.

os-release: freedesktop.org os-release(5); lsb-release: `DISTRIB_*` of the Linux Standard Base. SUSE's old file has a line and then
`VERSION = 11`, `PATCHLEVEL = 4`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import lines
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import file_name
from analyzer.parsers.key_values import unquoted

_IDS = {  # the ID that os-release has for the names of one-liners
    "red hat": "rhel", "centos": "centos", "oracle linux": "ol", "enterprise linux": "ol", "rocky": "rocky", "almalinux": "almalinux",
    "fedora": "fedora", "opensuse": "opensuse", "suse": "sles", "cbl-mariner": "mariner", "mariner": "mariner",
    "microsoft azure linux": "azurelinux", "debian": "debian",
}  # fmt: skip
_BITS = {"x86_64": 64, "amd64": 64, "aarch64": 64, "ppc64le": 64, "s390x": 64, "i386": 32, "i586": 32, "i686": 32}
_ARCHITECTURE = re.compile(rf"\b({'|'.join(_BITS)})\b")
_DEBIAN = re.compile(r"\d+(?:\.\d+)*|[a-z]+/sid")


def parse(document: Document) -> Iterator[Event]:
    """One state event, its text the pretty name: fields `id`, `version`, `pretty`, `like`, `bits` (None where the file does not tell)."""
    assigned: dict[str, tuple[int, str, str]] = {}
    release: tuple[int, str, dict[str, str]] | None = None
    bare: tuple[int, str] | None = None
    for number, line in document.lines():
        line = line.strip("\x00").rstrip()
        shape, columns = lines.read("key_values", line)
        if shape == "assignment":
            assigned[columns["KEY"]] = (number, line, unquoted(columns["TEXT"]))
        elif not shape and release is None and (found := lines.read("os_release", line))[0]:
            release = (number, line, found[1])
        elif not shape and bare is None and _DEBIAN.fullmatch(line):
            bare = (number, line)
    if "PRETTY_NAME" in assigned or "ID" in assigned or "NAME" in assigned:
        yield _of_assignments(document, assigned, ("PRETTY_NAME", "NAME", "ID"), ("ID", "VERSION_ID", "ID_LIKE"))
    elif "DISTRIB_ID" in assigned or "DISTRIB_DESCRIPTION" in assigned:
        yield _of_assignments(document, assigned, ("DISTRIB_DESCRIPTION", "DISTRIB_ID"), ("DISTRIB_ID", "DISTRIB_RELEASE", ""))
    elif release is not None:
        yield _of_line(document, *release, patch=assigned.get("PATCHLEVEL", (0, "", ""))[2])
    elif bare is not None and "debian" in file_name(document.path).lower():
        yield _event(document, bare[0], bare[1], {"id": "debian", "version": bare[1], "pretty": f"Debian {bare[1]}", "like": ""})
    elif "LSB_VERSION" not in assigned:
        document.problem("no line names a distribution", "the operating system's name and version")


def _of_assignments(
    document: Document, assigned: dict[str, tuple[int, str, str]], names: tuple[str, ...], keys: tuple[str, str, str]
) -> Event:
    number, raw, pretty = next(assigned[name] for name in names if name in assigned)
    found = [assigned.get(key, (0, "", ""))[2] for key in keys]
    return _event(document, number, raw, {"id": found[0].lower(), "version": found[1], "pretty": pretty, "like": found[2].lower()})


def _of_line(document: Document, number: int, line: str, columns: dict[str, str], *, patch: str) -> Event:
    name, version = columns["NAME"], columns["VERSION"]
    known = next((identity for start, identity in _IDS.items() if name.lower().startswith(start)), name.split()[0].lower())
    if patch and "." not in version:
        version = f"{version}.{patch}"
    return _event(document, number, line, {"id": known, "version": version, "pretty": line.strip(), "like": ""})


def _event(document: Document, number: int, raw: str, fields: dict[str, Value]) -> Event:
    found = _ARCHITECTURE.search(document.text)
    fields |= {"bits": _BITS[found[1]] if found else None}
    return Event(document.kind, document.path, str(fields["pretty"]), line=number, fields=fields, raw=raw, state=True)
