"""A folder on disk, walked without following links and without opening anything but regular files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from analyzer.bundle.budget import Meter
from analyzer.bundle.entry import Entry, Listing, Note, Refusal, SourceEntry, from_epoch
from analyzer.bundle.names import clean_path, decode_name
from analyzer.bundle.source import FileSource, Handles, reason

_KINDS = {stat.S_IFLNK: "symbolic link", stat.S_IFIFO: "FIFO", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
_REPARSE_LINKS = {0xA000000C, 0xA0000003}  # Windows: IO_REPARSE_TAG_SYMLINK, IO_REPARSE_TAG_MOUNT_POINT (junctions)


def list_folder(root: Path, handles: Handles, meter: Meter, note: Note) -> Listing:
    """All regular files below `root`, in no particular order; unreadable folders are noted and passed over."""
    listing = Listing()
    pending = [(os.fspath(root), "")]
    while pending:
        folder, below = pending.pop()
        try:
            with os.scandir(folder) as found:
                items = sorted(found, key=lambda item: item.name)
        except OSError as error:
            note(f"folder {_path(below) if below else '.'} cannot be listed: {reason(error)}", "its files")
            continue
        for item in items:
            if not meter.admit():
                note(f"more members than the budget of {meter.budget.max_members}", "the files behind it")
                return listing
            name = below + _text(item.name)
            try:
                status = item.stat(follow_symlinks=False)
            except OSError as error:
                note(f"file {_path(name)} cannot be read: {reason(error)}", "the file")
                listing.refused.append(Refusal(_path(name), "unreadable"))
                continue
            kind = _kind(status)
            if kind == "folder":
                pending.append((item.path, f"{name}/"))
            elif kind:
                listing.refused.append(Refusal(_path(name), kind))
            else:
                listing.entries.append(file_entry(_path(name), item.path, status, handles))
    return listing


def file_entry(path: str, place: str, status: os.stat_result, handles: Handles) -> Entry:
    """A file on disk at `place` as an entry called `path`."""
    return SourceEntry(path, status.st_size, from_epoch(status.st_mtime), None, FileSource(handles, place, status.st_size))


def _kind(status: os.stat_result) -> str:
    """'' for a regular file, 'folder', or what is refused."""
    if getattr(status, "st_reparse_tag", 0) in _REPARSE_LINKS:
        return "symbolic link"
    if stat.S_ISDIR(status.st_mode):
        return "folder"
    return "" if stat.S_ISREG(status.st_mode) else _KINDS.get(stat.S_IFMT(status.st_mode), "not a regular file")


def _text(name: str) -> str:
    """A name that the file system could not decode is decoded as a zip's or tar's would be."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return decode_name(os.fsencode(name))
    return name


def _path(name: str) -> str:
    return clean_path(name)[0]
