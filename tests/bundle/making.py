"""Archives as real bytes, for the tests of this folder."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import zstandard

from analyzer.bundle import Bundle, Stream

Pairs = Iterable[tuple[str, bytes]]


def zip_bytes(files: Mapping[str, bytes] | Pairs, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buffer.getvalue()


def tar_bytes(files: Mapping[str, bytes] | Pairs, form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items() if isinstance(files, Mapping) else files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def contents(bundle: Bundle) -> dict[str, bytes]:
    """Everything a bundle holds, read to the end."""
    return {member.path: b"".join(bundle.stream(member)) for member in bundle.members}


def content_hash(bundle: Bundle) -> str:
    digests: dict[str, str] = {}
    for member in bundle.members:
        stream: Stream = bundle.stream(member, digest=True)
        for _ in stream:
            pass
        assert stream.sha256 is not None
        digests[member.path] = stream.sha256
    return bundle.content_sha256(digests)
