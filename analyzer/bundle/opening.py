"""From what the user named to a bundle: every input is opened, and every archive inside it, until only leaf members remain."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from analyzer.bundle.budget import Budget
from analyzer.bundle.compressed import Codec, codec_of, crc32, expand
from analyzer.bundle.entry import Entry, Listing, Note, Refusal, SourceEntry, silent
from analyzer.bundle.folder import file_entry, list_folder
from analyzer.bundle.names import Names, clean_path
from analyzer.bundle.source import MemorySource, Source, reason
from analyzer.bundle.tar_archive import is_tar, list_tar
from analyzer.bundle.tree import Bundle, BundleError
from analyzer.bundle.zip_archive import MAGICS, has_directory, list_zip

_HEAD = 8192
_BLOCK = 1 << 20


@dataclass(slots=True)
class _Input:
    """One input that can be read: a file-like entry, or a folder's listing."""

    name: str
    size: int
    entry: Entry | None = None
    listing: Listing | None = None


@dataclass(slots=True)
class _Found:
    """What opening has found so far, by path inside the bundle."""

    entries: dict[str, Entry] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    names: Names = field(default_factory=Names)


def open_bundle(inputs: Sequence[str | Path], *, stdin: BinaryIO | None = None, budget: Budget = Budget()) -> Bundle:  # noqa: B008 - frozen
    """Open zips, tars, folders and single files as one case; '-' is standard input.

    With one input its members have no prefix. With several, single files keep their name, archives get '<name>!/' and folders
    '<name>/'. Raises BundleError if no input can be read; all other damage is in the bundle's `problems`.
    """
    bundle = Bundle("", budget)
    opened = [found for given in inputs if (found := _open_input(bundle, given, stdin)) is not None]
    if not opened:
        bundle.close()
        raise BundleError(bundle.problems)
    bundle.name = opened[0].name
    try:
        _build(bundle, opened)
    except BaseException:
        bundle.close()
        raise
    return bundle


def from_files(files: Mapping[str, bytes], name: str = "memory") -> Bundle:
    """A bundle in memory, as a folder of these files would give it."""
    bundle = Bundle(name, Budget())
    entries: list[Entry] = [SourceEntry(clean_path(path)[0], len(data), None, None, MemorySource(data)) for path, data in files.items()]
    _build(bundle, [_Input(name, sum(map(len, files.values())), listing=Listing(entries))])
    return bundle


def _open_input(bundle: Bundle, given: str | Path, stdin: BinaryIO | None) -> _Input | None:
    if str(given) == "-":
        return _from_stdin(bundle, stdin)
    path = Path(given)
    name = clean_path(path.name or path.resolve().name or "folder")[0] if path.name != ".." else "folder"
    note = bundle.note(name)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(path):
                pass  # a folder that cannot be listed is no input
            listing = list_folder(path, bundle.handles, bundle.meter, note)
            return _Input(name, sum(entry.size for entry in listing.entries), listing=listing)
        if not stat.S_ISREG(status.st_mode):
            note("is neither a regular file nor a folder", "this input")
            return None
        place = os.fspath(path.resolve())  # the user may name a link; what it points to is read
        bundle.handles.read(place, 0, 1)
        return _Input(name, status.st_size, entry=file_entry(name, place, status, bundle.handles))
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: NUL in the name; RuntimeError: links in a circle
        why = reason(error) if isinstance(error, OSError) else "not a usable name"
        note(f"cannot be opened: {why}", "this input")
        return None


def _from_stdin(bundle: Bundle, stdin: BinaryIO | None) -> _Input | None:
    note = bundle.note("stdin")
    if stdin is None:
        note("standard input is not available", "this input")
        return None

    def blocks(stream: BinaryIO) -> Iterator[bytes]:
        total = 0
        while True:
            try:
                data = stream.read(_BLOCK)
            except (OSError, ValueError) as error:  # ValueError: closed
                note(f"cannot be read beyond byte {total}: {reason(error) if isinstance(error, OSError) else 'closed'}", "what follows")
                return
            if not data:
                return
            total += len(data)
            if total > bundle.budget.max_member_bytes:
                note(f"over the budget of {bundle.budget.max_member_bytes} bytes for one input", "what follows")
                return
            yield data

    try:
        source = bundle.spool.store(blocks(stdin))
    except OSError as error:
        note(f"there is no room to keep it: {reason(error)}", "this input")
        return None
    if not source.size:
        note("is empty", "this input")
        return None
    return _Input("stdin", source.size, entry=SourceEntry("stdin", source.size, None, None, source))


def _build(bundle: Bundle, inputs: Sequence[_Input]) -> None:
    found = _Found()
    several = len(inputs) > 1
    tops: list[Entry] = []
    for given in inputs:
        if given.entry is not None:
            given.entry.path = given.name
            tops.append(given.entry)
    names = {id(entry): name for name, entry in _numbered(tops, found.names)}
    builder = _Builder(bundle, found)
    single: set[str] = set()  # what may be an upload that broke off at once
    for given in sorted(inputs, key=lambda one: (one.name, one.size)):
        before = set(found.entries)
        if given.entry is not None:
            name = names[id(given.entry)]
            builder.place(given.entry, name, f"{name}!/" if several else "", 0, top=True)
            bundle.add_hash(_file_hash(given.entry), given.size)
            leaves = set(found.entries) - before
            single |= leaves if len(leaves) == 1 else set()
        elif given.listing is not None:
            name = found.names.claim(given.name) if several else given.name
            builder.place_all(given.listing, f"{name}/" if several else "", 0)
            if not given.listing:
                bundle.note(name)("the folder holds no files", "nothing")
            paths = [path for path in found.entries if path not in before]
            bundle.add_hash(partial(bundle.hash_of, paths), given.size)
    bundle.fill(found.entries, found.refused)
    for member in bundle.members:
        if member.path in single and not bundle.head(member):
            bundle.note(member.path)("is empty", "this input")


def _file_hash(entry: Entry) -> Callable[[], str]:
    def compute() -> str:
        digest = hashlib.sha256()
        for block in entry.blocks(_BLOCK, silent):
            digest.update(block)
        return digest.hexdigest()

    return compute


class _Builder:
    """Descends through archives. Depth 0 is an input itself, 1 an archive inside it."""

    def __init__(self, bundle: Bundle, found: _Found) -> None:
        self._bundle = bundle
        self._found = found
        self._budget = bundle.budget

    def place_all(self, listing: Listing, prefix: str, depth: int) -> None:
        """Put the entries of one archive or folder below `prefix`, in the order of their names."""
        names = Names()
        for name, entry in _numbered(listing.entries, names):
            self.place(entry, prefix + name, f"{prefix}{name}!/", depth + 1)
        for refusal in sorted(listing.refused, key=lambda one: (one.path, one.why)):
            self._refuse(Refusal(prefix + names.claim(refusal.path), refusal.why, refusal.lost))

    def place(self, entry: Entry, path: str, inner: str, depth: int, *, top: bool = False) -> None:
        """Put one entry at `path`: as a leaf, or opened with what it holds below `inner`."""
        if entry.size > self._budget.max_member_bytes:
            self._refuse(Refusal(path, f"over the budget of {self._budget.max_member_bytes} bytes for one member", "the member"))
            return
        head, kind, codec = self._look(entry, path)
        if not kind and top and _zip_behind_other_data(entry):
            kind = "zip"
        if not kind:
            self._leaf(entry, path, head, codec)
            return
        if depth > self._budget.max_depth:
            self._refuse(Refusal(path, f"an archive nested deeper than {self._budget.max_depth} levels", "its members"))
            return
        source = self._random_access(entry, path, codec)
        if source is None:
            return
        note = self._bundle.note(path)
        listing = (list_zip if kind == "zip" else list_tar)(source, self._bundle.meter, note)
        if listing is None:
            note(f"begins like a {kind} but none of its members can be read; it is kept as a plain file", "its members")
            self._leaf(entry, path, head, codec)
            return
        if not listing:
            note("the archive holds no files", "nothing")
        self.place_all(listing, inner, depth)

    def _leaf(self, entry: Entry, path: str, head: bytes, codec: Codec | None) -> None:
        self._found.entries[path] = entry
        if codec is None:
            self._bundle.keep_head(path, head)

    def _refuse(self, refusal: Refusal) -> None:
        self._found.refused.append((refusal.path, refusal.why))
        if refusal.lost:
            self._bundle.note(refusal.path)(f"refused: {refusal.why}", refusal.lost)

    def _look(self, entry: Entry, path: str) -> tuple[bytes, str, Codec | None]:
        """The stored head of an entry, which archive it is ('zip', 'tar' or ''), and the compression around that."""
        head = _first(entry.blocks(_HEAD, silent), _HEAD)
        codec = codec_of(head)
        if codec is None:
            return head, _archive_kind(head), None
        inside = expand(codec, entry.blocks(_HEAD, silent), lambda: entry.blocks(_HEAD, silent), _HEAD, silent, self._budget)
        return head, _archive_kind(_first(inside, 512)), codec

    def _random_access(self, entry: Entry, path: str, codec: Codec | None) -> Source | None:
        note = self._bundle.note(path)
        source = entry.source() if codec is None else None
        if source is not None:
            return source
        if codec is None:
            blocks = entry.blocks(_BLOCK, note)
        else:
            blocks = expand(codec, entry.blocks(_BLOCK, note), lambda: entry.blocks(_BLOCK, note), _BLOCK, note, self._budget)
        try:
            return self._bundle.spool.store(self._charged(blocks, path, note))
        except OSError as error:
            note(f"there is no room to unpack it: {reason(error)}", "its members")
            self._found.refused.append((path, "no room to unpack it"))
            return None

    def _charged(self, blocks: Iterable[bytes], path: str, note: Note) -> Iterator[bytes]:
        position = 0
        for block in blocks:
            position += len(block)
            if not self._bundle.meter.charge(path, position):
                note(f"over the budget of {self._budget.max_bytes} bytes for the whole bundle", "what follows in it")
                return
            yield block


def _archive_kind(head: bytes) -> str:
    if head.startswith(MAGICS):
        return "zip"
    return "tar" if is_tar(head) else ""


def _zip_behind_other_data(entry: Entry) -> bool:
    """Only asked of an input itself: a member that ends in a zip is whatever its first bytes say, however it is packed."""
    source = entry.source()
    try:
        return source is not None and has_directory(source)
    except OSError:  # reading the file as a leaf will meet the same error and note it
        return False


def _first(blocks: Iterator[bytes], size: int) -> bytes:
    head = b""
    for block in blocks:
        head += block
        if len(head) >= size:
            break
    close = getattr(blocks, "close", None)
    if close is not None:
        close()
    return head[:size]


def _numbered(entries: Sequence[Entry], names: Names) -> list[tuple[str, Entry]]:
    """Entries by unique name, sorted. Entries of one name are numbered by size and CRC-32, so their order in the archive is nothing."""
    by_path: dict[str, list[Entry]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, []).append(entry)
    names.reserve(by_path)
    named: list[tuple[str, Entry]] = []
    for path, same in sorted(by_path.items()):
        first, *others = sorted(same, key=_order) if len(same) > 1 else same
        named.append((path, first))
        named += [(names.claim(path), entry) for entry in others]
    return sorted(named, key=lambda pair: pair[0])


def _order(entry: Entry) -> tuple[int, int, str]:
    crc = entry.crc
    if crc is None:
        crc = 0
        for block in entry.blocks(_BLOCK, silent):
            crc = crc32(block, crc)
    return entry.size, crc, str(entry.modified)
