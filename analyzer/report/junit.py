"""The result of `analyze verify` as JUnit XML, for CI systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from xml.etree import ElementTree

from .redact import mask
from .visible import visible

NAME = "azure-vm-backup-analyzer"


class Case(Protocol):
    """One verified fixture. A `seconds: float | None` beside these is shown where it exists."""

    @property
    def name(self) -> str: ...
    @property
    def failures(self) -> Sequence[str]: ...


def junit(results: Sequence[Case]) -> str:
    """One test case per result, one `failure` per difference. Well-formed whatever names and texts hold; secrets are masked."""
    failed = str(sum(bool(case.failures) for case in results))
    counts = {"name": NAME, "tests": str(len(results)), "failures": failed}
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {**counts, "errors": "0", "skipped": "0"})
    for case in results:
        row = ElementTree.SubElement(suite, "testcase", {"classname": "fixtures", "name": _clean(case.name)})
        seconds = getattr(case, "seconds", None)
        if seconds is not None:
            row.set("time", f"{seconds:.3f}")
        for failure in case.failures:
            text = _clean(failure)
            ElementTree.SubElement(row, "failure", {"message": text.partition("\n")[0][:200], "type": "difference"}).text = text
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    return visible(mask(text))
