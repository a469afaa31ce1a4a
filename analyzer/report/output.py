"""Writes a result to disk: whole or not at all, and never over something that is not ours."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

GENERATOR = "azure-vm-backup-analyzer"
ZIP_COMMENT = b"azure-vm-backup-analyzer evidence/1"
"""The comment of a zip of ours, behind its end record: what the other marks are at the begin of a text."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_END_RECORD = 22  # bytes of a zip's end record without its comment
_HEAD = 4096  # bytes of an existing file that are read for the mark
_MARKS = (
    re.compile(rb'(?i)\A\s*<!doctype html>.{0,400}?<meta name="generator" content="azure-vm-backup-analyzer">', re.DOTALL),
    re.compile(rb'\A\s*\{\s*"schema"\s*:\s*"diagnosis/1"'),
    re.compile(rb'\A\s*\{\s*"schema"\s*:\s*"pseudonyms/1"'),
    re.compile(rb'\A<\?xml [^>]*>\s*<testsuites name="azure-vm-backup-analyzer"'),
)


class OutputError(Exception):
    """The output cannot be written there; the text says why and what to do."""


class OutputExists(OutputError):
    """A file stands there that this program has not written."""


def check(path: Path, *, inputs: Iterable[Path] = (), force: bool = False) -> Path:
    """The file that `path` leads to, if it may be written: call it before the analysis, so that nobody waits for a refusal.

    Symbolic links are followed, so the link stays and its target is replaced. Raises `OutputExists` for a file without our
    mark unless `force`, and `OutputError` for a folder, a missing folder, or a path that is one of `inputs` (`force` or not).
    """
    try:
        found = path.stat() if path.exists() else None
        if found and not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            return path  # a device or pipe (/dev/null, /dev/stdout): nothing there can be lost
        target = path.resolve()
    except (OSError, RuntimeError) as error:  # a loop of links, a name the system refuses
        raise OutputError(f"{path}: cannot be used as an output: {error}") from error
    for given in inputs:
        if _same(target, given):
            raise OutputError(f"{path}: is also an input; an analysis never overwrites what it reads. Choose another name")
    if found is None:
        if not target.parent.is_dir():
            raise OutputError(f"{path}: the folder {target.parent} does not exist; create it first")
    elif stat.S_ISDIR(found.st_mode):
        raise OutputError(f"{path}: is a folder; name a file in it")
    elif stat.S_ISREG(found.st_mode) and not force and not _is_ours(target):
        raise OutputExists(f"{path}: exists and was not written by {GENERATOR}; use --force to replace it, or choose another name")
    return target


def write(path: Path, data: bytes, *, inputs: Iterable[Path] = (), force: bool = False, private: bool = False) -> None:
    """Writes `data` to `path` under a temporary name in the same folder and renames it; a device or pipe is written directly.

    `private`: the file is for its owner alone (mode 0600), from its first byte on.

    Raises what `check` raises, and `OutputError` where the system refuses; no half file and no temporary file is left behind.
    """
    target = check(path, inputs=inputs, force=force)
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as special:
                special.write(data)
        else:
            _replace(target, data, private)
    except OSError as error:
        raise OutputError(f"{path}: could not be written: {error.strerror or error}") from error


def _replace(target: Path, data: bytes, private: bool) -> None:
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(temporary, _NEW, 0o600 if private else 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists() and not private:
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _same(target: Path, given: Path) -> bool:
    try:
        return target.samefile(given)
    except OSError:  # one of them does not exist yet
        return target == given.absolute()


def _is_ours(target: Path) -> bool:
    try:
        with target.open("rb") as file:
            head = file.read(_HEAD)
            if head.startswith(b"PK\x03\x04"):
                file.seek(-min(_END_RECORD + len(ZIP_COMMENT), target.stat().st_size), os.SEEK_END)
                end = file.read()
                return end.startswith(b"PK\x05\x06") and end.endswith(ZIP_COMMENT)
    except OSError:
        return False
    return any(mark.search(head) for mark in _MARKS)
