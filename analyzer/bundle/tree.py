"""The bundle as a read-only tree: its members, their bytes, and what went wrong with either."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from analyzer.bundle.budget import Budget, Meter
from analyzer.bundle.compressed import codec_of, expand
from analyzer.bundle.entry import Entry, Note
from analyzer.bundle.names import common_folder
from analyzer.bundle.source import Handles, Spool
from analyzer.model import Problem

_HEAD = 8192
_HEADS_HELD = 8 << 20
_MOST_PROBLEMS = 10_000  # that are listed ...
_HELD_PROBLEMS = 100_000  # ... of those that are held: which ones are listed must not depend on the order of reading


class BundleError(Exception):
    """No input could be read at all; `problems` says why for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.artifact}: {problem.problem}" for problem in problems) or "no input was given")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the bundle.

    `path` is inside the bundle, with '/', nested archives joined by '!/', duplicates suffixed '#2', '#3'. `size` is in bytes, as
    stored once the archive's own compression is undone (a `waagent.log.1.gz` counts the gz bytes). `modified` is what the archive
    says, naive: never evidence, a last-resort hint.
    """

    path: str
    size: int
    modified: datetime | None


class Stream(Iterator[bytes]):
    """Blocks of a member's content; single-file compression is undone. Damage ends it early and is in the bundle's problems.

    `sha256` is the hex digest of the stored bytes, as far as they can be read, once the stream is exhausted, if it was asked for.
    """

    def __init__(self, blocks: Generator[bytes, None, None], digest: hashlib._Hash | None, done: Callable[[str], None]) -> None:
        self.sha256: str | None = None
        self._blocks = blocks
        self._digest = digest
        self._done = done

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._blocks)
        except StopIteration:
            if self._digest is not None and self.sha256 is None:
                self.sha256 = self._digest.hexdigest()
                self._done(self.sha256)
            raise

    def drain(self) -> None:
        """Read what is left, for its digest and its problems alone."""
        for _ in self:
            pass

    def close(self) -> None:
        """Stop reading. The digest stays None unless the stream was exhausted."""
        self._digest = None
        self._blocks.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Bundle:
    """Everything that was handed in, as one tree of leaf members. A context manager; closing it closes every file.

    Members may be streamed from several threads at once.
    """

    def __init__(self, name: str, budget: Budget) -> None:
        self.name = name
        self.size = 0
        self.members: tuple[Member, ...] = ()
        self.refused: tuple[tuple[str, str], ...] = ()
        self.budget = budget
        self.meter = Meter(budget)
        self.handles = Handles()
        self.spool = Spool()
        self._entries: dict[str, Entry] = {}
        self._hashes: list[Callable[[], str]] = []
        self._sha256 = ""
        self._digests: dict[str, str] = {}
        self._heads: OrderedDict[str, bytes] = OrderedDict()
        self._heads_size = 0
        self._problems: dict[str, dict[Problem, None]] = {}  # by artifact; each once, in order
        self._told = 0
        self._lock = threading.Lock()

    @staticmethod
    def from_files(files: Mapping[str, bytes], name: str = "memory") -> Bundle:
        """A bundle in memory, as a folder of these files would give it; archives among them are opened."""
        from analyzer.bundle.opening import from_files  # opening builds bundles, so it imports this module

        return from_files(files, name)

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the input file; of a folder the content hash; of several inputs that over their sorted hashes.

        Computed when first asked; a folder's takes the digests of streams that were read with `digest=True` and reads the rest.
        """
        if not self._sha256:
            hashes = sorted(compute() for compute in self._hashes)
            self._sha256 = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(f"{one}\n" for one in hashes).encode()).hexdigest()
        return self._sha256

    @property
    def problems(self) -> list[Problem]:
        """What went wrong: with the inputs, in the order in which it was met, then with each member, in the order of their paths.

        Members may be read in any order, and the list is the same.
        """
        found = [one for path, told in self._problems.items() if path not in self._entries for one in told]
        found += [one for path in self._entries for one in self._problems.get(path, ())]
        if len(found) > _MOST_PROBLEMS:
            found[_MOST_PROBLEMS:] = [Problem(self.name, f"more than {_MOST_PROBLEMS} problems", "the list of the others")]
        return found

    def problems_of(self, path: str) -> int:
        """How many problems of one artifact are known."""
        with self._lock:
            return len(self._problems.get(path, ()))

    def tell(self, problem: Problem) -> None:
        """Lists a problem, once however often it is met."""
        with self._lock:
            told = self._problems.setdefault(problem.artifact, {})
            if problem not in told and self._told < _HELD_PROBLEMS:
                told[problem] = None
                self._told += 1

    def member(self, path: str) -> Member | None:
        """The member at exactly this path, or None."""
        entry = self._entries.get(path)
        return None if entry is None else Member(path, entry.size, entry.modified)

    def stream(self, member: Member, block: int = 1 << 20, *, digest: bool = False) -> Stream:
        """The content of `member` in blocks of at most `block` bytes. KeyError if it is not of this bundle."""
        hasher = hashlib.sha256() if digest else None
        blocks = self._content(member.path, self._entries[member.path], max(1, block), hasher)
        return Stream(blocks, hasher, lambda value: self._keep_digest(member.path, value))

    def read(self, member: Member, limit: int = 64 << 20) -> bytes:
        """The content of `member`, at most `limit` bytes of it; a cut is a problem."""
        parts: list[bytes] = []
        total = 0
        with closing(self.stream(member, min(1 << 20, limit + 1))) as stream:
            for piece in stream:
                parts.append(piece)
                total += len(piece)
                if total > limit:
                    self.note(member.path)(f"larger than the {limit} bytes that are read of such a file", "what follows in it")
                    break
        return b"".join(parts)[:limit]

    def head(self, member: Member, size: int = _HEAD) -> bytes:
        """The first `size` bytes of the content, fewer if it ends before. Cheap: the last ones asked for are kept."""
        with self._lock:
            held = self._heads.get(member.path, b"")
        if len(held) >= size:
            return held[:size]
        if held and len(held) < _HEAD:
            return held  # shorter than a whole head: it is the whole content
        head = b""
        with closing(self.stream(member, max(size, _HEAD))) as stream:
            for piece in stream:
                head += piece
                if len(head) >= max(size, _HEAD):
                    break
        self.keep_head(member.path, head)
        return head[:size]

    @staticmethod
    def content_sha256(digests: Mapping[str, str]) -> str:
        """SHA-256 over the sorted lines "path\\0sha256\\n", hex; `digests` has the hex digest of every leaf member by its path.

        The folders and archives that all paths share are left out, so packing the same tree otherwise gives the same value.
        """
        prefix = len(common_folder(digests))
        lines = sorted(f"{path[prefix:]}\0{digest}\n" for path, digest in digests.items())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def close(self) -> None:
        """Close all files. Streams cannot be read after it."""
        self.handles.close()
        self.spool.close()

    def __enter__(self) -> Bundle:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # What the opening of a bundle uses.

    def note(self, artifact: str) -> Note:
        """A note that lists what it is told as a problem of `artifact`, each thing once however often it is met."""

        return lambda problem, lost: self.tell(Problem(artifact, problem, lost))

    def fill(self, entries: Mapping[str, Entry], refused: Sequence[tuple[str, str]]) -> None:
        """Set the members, once all inputs are open."""
        self._entries = dict(sorted(entries.items()))
        self.members = tuple(Member(path, entry.size, entry.modified) for path, entry in self._entries.items())
        self.refused = tuple(sorted(refused))

    def add_hash(self, compute: Callable[[], str], size: int) -> None:
        """Count one input: how to compute its hash, and its bytes."""
        self._hashes.append(compute)
        self.size += size

    def hash_of(self, paths: Sequence[str]) -> str:
        """The content hash of these members, reading those that were not read with a digest before."""
        for path in paths:
            if path not in self._digests:
                member = self.member(path)
                if member is not None:
                    self.stream(member, digest=True).drain()
        return self.content_sha256({path: self._digests[path] for path in paths if path in self._digests})

    def keep_head(self, path: str, head: bytes) -> None:
        """Remember the first content bytes of a member; the oldest are forgotten beyond some MiB."""
        with self._lock:
            self._heads_size += len(head) - len(self._heads.pop(path, b""))
            self._heads[path] = head
            while self._heads_size > _HEADS_HELD:
                self._heads_size -= len(self._heads.popitem(last=False)[1])

    def _keep_digest(self, path: str, value: str) -> None:
        with self._lock:
            self._digests[path] = value

    def _content(self, path: str, entry: Entry, block: int, digest: hashlib._Hash | None) -> Generator[bytes, None, None]:
        note = self.note(path)
        stored = entry.blocks(block, note)
        raw = stored if digest is None else _hashed(stored, digest)
        position = 0
        for piece in decompressed(raw, lambda: entry.blocks(block, note), block, note, self.budget):
            position += len(piece)
            if not self.meter.charge(path, position):
                note(f"over the bundle's budget of {self.budget.max_bytes} bytes at byte {position - len(piece)}", "what follows in it")
                break
            yield piece
        if digest is not None:
            for _ in raw:  # damage or a budget ended the content before its stored bytes; the digest is over all of them
                pass


def decompressed(raw: Iterator[bytes], reopen: Callable[[], Iterator[bytes]], block: int, note: Note, budget: Budget) -> Iterator[bytes]:
    """Content blocks of stored blocks: single-file compression undone where the first bytes show one."""
    first = b""
    while len(first) < 10:
        piece = next(raw, None)
        if piece is None:
            break
        first = first + piece if first else piece
    codec = codec_of(first)
    again = _again(first, raw, block)
    if codec is None:
        yield from _limited(again, note, budget)
    else:
        yield from expand(codec, again, reopen, block, note, budget)


def _again(first: bytes, rest: Iterator[bytes], block: int) -> Iterator[bytes]:
    for start in range(0, len(first), block):
        yield first[start : start + block] if len(first) > block else first
    yield from rest


def _limited(blocks: Iterator[bytes], note: Note, budget: Budget) -> Iterator[bytes]:
    position = 0
    for piece in blocks:
        position += len(piece)
        if position > budget.max_member_bytes:
            note(f"over the budget of {budget.max_member_bytes} bytes for one member", "what follows in it")
            return
        yield piece


def _hashed(blocks: Iterator[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for piece in blocks:
        digest.update(piece)
        yield piece
