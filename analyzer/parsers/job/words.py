"""What the words mean that label errors and jobs in copied text (analyzer/catalogue/job-words.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from analyzer import resources
from analyzer.known_errors import normal

_AROUND = "|:.-_#>()[]\t "


def label(written: str) -> str | None:
    """The part of an error that a label names: code, title, message, recommendation, dynamic; None for any other word."""
    return _meanings("labels").get(_bare(written))


def is_short(written: str) -> bool:
    """Whether a label is so common a word that it labels an error only beside another label."""
    return _bare(written) in _short()


def column(written: str) -> str | None:
    """What a column of a table of jobs holds: vm, operation, status, type, started, ended, duration, id, vault."""
    return _meanings("columns").get(_bare(written))


def status(written: str) -> str:
    """A job's status in the words of the platform; as written if it is none that is known."""
    return _meanings("statuses").get(_bare(written), written.strip())


def is_status(written: str) -> bool:
    return _bare(written) in _meanings("statuses")


def operation(written: str) -> str:
    """A job's operation in the words of the platform; as written if it is none that is known."""
    return _meanings("operations").get(_bare(written), written.strip())


def is_vm(kind: str) -> bool:
    """Whether a table's type is that of a VM's backup."""
    return _bare(kind) in {_bare(word) for word in _words()["vm_types"]}


def _bare(written: str) -> str:
    return normal(written).strip(_AROUND)


@cache
def _short() -> frozenset[str]:
    return frozenset(_bare(word) for word in _words()["short"])


@cache
def _meanings(section: str) -> Mapping[str, str]:
    return {_bare(word): meaning for meaning, words in _words()[section].items() for word in words}


@cache
def _words() -> Any:
    return resources.read_yaml(resources.catalogue("job-words.yaml"))
