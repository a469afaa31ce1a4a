"""Whatever is handed in becomes one tree of leaf members."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import socket
from pathlib import Path

import pytest

from analyzer.bundle import Budget, Bundle, BundleError, open_bundle

from .making import PACKERS, content_hash, contents, put, tar_bytes, zip_bytes

TREE = {
    "var/log/waagent.log": b"2024-01-01T00:00:00Z INFO Daemon hello\n" * 400,
    "var/log/azure/ext/extension.log": bytes(range(32, 127)) * 50,
    "etc/waagent.conf": b"Extensions.Enabled=y\n",
    "var/log/waagent.log.1.gz": gzip.compress(b"old line\n" * 100, mtime=0),
    "var/lib/waagent/history/a.zip": zip_bytes({"GoalState.xml": b"<GoalState/>", "x/y.json": b"{}"}),
    "empty.txt": b"",
}
PATHS = [
    "empty.txt",
    "etc/waagent.conf",
    "var/lib/waagent/history/a.zip!/GoalState.xml",
    "var/lib/waagent/history/a.zip!/x/y.json",
    "var/log/azure/ext/extension.log",
    "var/log/waagent.log",
    "var/log/waagent.log.1.gz",
]


def all_packings(folder: Path) -> dict[str, Path]:
    made = {"folder": put(folder / "tree", TREE)}
    packed = {"zip": zip_bytes(TREE), "tar": tar_bytes(TREE)}
    packed |= {f"tar.{name}": pack(tar_bytes(TREE)) for name, pack in PACKERS.items()}
    packed["reversed.zip"] = zip_bytes(list(TREE.items())[::-1])
    packed["zip.gz"] = gzip.compress(packed["zip"])
    for name, data in packed.items():
        made[name] = folder / f"bundle.{name}"
        made[name].write_bytes(data)
    return made


def test_every_packing_gives_the_same_members_and_the_same_content_hash(tmp_path: Path) -> None:
    hashes = set()
    for path in all_packings(tmp_path).values():
        with open_bundle([path]) as bundle:
            assert [member.path for member in bundle.members] == PATHS, path.name
            assert bundle.problems == []
            assert contents(bundle)["var/log/waagent.log.1.gz"] == b"old line\n" * 100
            hashes.add(content_hash(bundle))
    for nested in (zip_bytes({"case 7/logs.zip": zip_bytes(TREE)}), tar_bytes({"x.tgz": gzip.compress(tar_bytes(TREE))})):
        (tmp_path / "nested").write_bytes(nested)
        with open_bundle([tmp_path / "nested"]) as bundle:
            assert bundle.problems == []
            hashes.add(content_hash(bundle))
    assert len(hashes) == 1


def test_the_archive_type_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    (tmp_path / "bundle.tar.gz").write_bytes(zip_bytes({"a.zip": b"plain text", "b.log": tar_bytes({"c": b"1"})}))
    with open_bundle([tmp_path / "bundle.tar.gz"]) as bundle:
        assert contents(bundle) == {"a.zip": b"plain text", "b.log!/c": b"1"}


def test_size_counts_stored_bytes_and_digest_is_over_them() -> None:
    packed = gzip.compress(b"line\n" * 1000)
    bundle = Bundle.from_files({"waagent.log.1.gz": packed})
    (member,) = bundle.members
    assert member.size == len(packed)
    stream = bundle.stream(member, digest=True)
    assert b"".join(stream) == b"line\n" * 1000
    assert stream.sha256 == hashlib.sha256(packed).hexdigest()


def test_a_single_file_is_a_bundle_of_one_member(tmp_path: Path) -> None:
    (tmp_path / "waagent.log").write_bytes(b"text\n")
    with open_bundle([str(tmp_path / "waagent.log")]) as bundle:
        assert contents(bundle) == {"waagent.log": b"text\n"}
        assert (bundle.name, bundle.size) == ("waagent.log", 5)
        assert bundle.sha256 == hashlib.sha256(b"text\n").hexdigest()


def test_a_lone_compressed_log_is_read_through(tmp_path: Path) -> None:
    for name, pack in PACKERS.items():
        (tmp_path / "log").write_bytes(pack(b"some text\n" * 9))
        with open_bundle([tmp_path / "log"]) as bundle:
            assert contents(bundle) == {"log": b"some text\n" * 9}, name


def test_several_inputs_are_one_case_and_their_order_is_nothing(tmp_path: Path) -> None:
    put(tmp_path, {"job.json": b"{}", "d/x.log": b"x", "one/logs.zip": zip_bytes({"a": b"1"}), "two/logs.zip": zip_bytes({"a": b"22"})})
    inputs = [tmp_path / "two/logs.zip", tmp_path / "job.json", tmp_path / "d", tmp_path / "one/logs.zip"]
    seen = []
    for order in (inputs, inputs[::-1]):
        with open_bundle(order) as bundle:
            seen.append((contents(bundle), bundle.sha256, bundle.size))
    assert seen[0] == seen[1]
    assert seen[0][0] == {"job.json": b"{}", "d/x.log": b"x", "logs.zip!/a": b"1", "logs.zip#2!/a": b"22"}


def test_standard_input_is_an_input() -> None:
    data = zip_bytes(TREE)
    with open_bundle(["-"], stdin=io.BytesIO(data)) as bundle:
        assert [member.path for member in bundle.members] == PATHS
        assert bundle.name == "stdin"
        assert bundle.sha256 == hashlib.sha256(data).hexdigest()


def test_no_readable_input_is_the_only_error_raised(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        open_bundle([tmp_path / "missing.zip", "nul\0name"])
    assert [problem.artifact for problem in caught.value.problems] == ["missing.zip", "nul\\x00name"]
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(BundleError):
        open_bundle([])
    with pytest.raises(BundleError):
        open_bundle(["-"], stdin=io.BytesIO(b""))
    (tmp_path / "there.log").write_bytes(b"x")
    with open_bundle([tmp_path / "missing.zip", tmp_path / "there.log"]) as bundle:
        assert [member.path for member in bundle.members] == ["there.log"]
        assert len(bundle.problems) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX files")
def test_links_fifos_and_sockets_in_a_folder_are_refused_and_never_opened(tmp_path: Path) -> None:
    put(tmp_path / "b", {"real.log": b"x"})
    os.mkfifo(tmp_path / "b/pipe")
    (tmp_path / "b/link").symlink_to("/etc/passwd")
    (tmp_path / "b/up").symlink_to("..", target_is_directory=True)
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(tmp_path / "b")  # a socket's path must be short
        listener.bind("sock")
        os.chdir(here)
        with open_bundle([tmp_path / "b"]) as bundle:
            assert [member.path for member in bundle.members] == ["real.log"]
            assert bundle.refused == (("link", "symbolic link"), ("pipe", "FIFO"), ("sock", "socket"), ("up", "symbolic link"))
    with pytest.raises(BundleError):
        open_bundle([tmp_path / "b/pipe"])


def test_a_file_that_shrinks_or_goes_while_it_is_read_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path, {"a.log": b"x" * 50_000, "b.log": b"y" * 50_000})
    with open_bundle([tmp_path]) as bundle:
        (tmp_path / "a.log").write_bytes(b"x" * 20_000)
        bundle.handles.close()
        (tmp_path / "b.log").unlink()
        assert contents(bundle) == {"a.log": b"x" * 20_000, "b.log": b""}
        assert {problem.artifact for problem in bundle.problems} == {"a.log", "b.log"}
        assert str(tmp_path) not in repr(bundle.problems)


def test_a_folder_hash_is_its_content_hash(tmp_path: Path) -> None:
    with open_bundle([put(tmp_path / "t", TREE)]) as bundle:
        assert bundle.sha256 == content_hash(bundle)


def test_archives_deeper_than_the_budget_are_refused_not_followed() -> None:
    data = zip_bytes({"core.txt": b"x"})
    for level in range(100):
        data = zip_bytes({f"{level}.zip": data}) if level % 2 else gzip.compress(tar_bytes({f"{level}.tgz": data}))
    with open_bundle(["-"], stdin=io.BytesIO(data)) as bundle:
        assert bundle.members == ()
        ((path, why),) = bundle.refused
        assert path.count("!/") == Budget().max_depth
        assert "nested deeper than 6" in why
        assert [problem.artifact for problem in bundle.problems] == [path]


def test_a_bomb_is_cut_at_the_ratio_and_the_rest_is_read() -> None:
    bomb = zip_bytes({"bomb.log": bytes(8 << 20), "log": b"fine"})
    budget = Budget(max_ratio=100, ratio_free=1 << 20)
    with open_bundle(["-"], stdin=io.BytesIO(bomb), budget=budget) as bundle:
        found = contents(bundle)
        assert found["log"] == b"fine"
        assert len(found["bomb.log"]) <= 2 << 20
        (problem,) = bundle.problems
        assert problem.artifact == "bomb.log"
        assert "over the budget" in problem.problem


@pytest.mark.parametrize("name", PACKERS)
def test_a_compressed_bomb_is_cut(name: str) -> None:
    budget = Budget(max_ratio=50, ratio_free=1 << 20)
    with open_bundle(["-"], stdin=io.BytesIO(PACKERS[name](bytes(20 << 20))), budget=budget) as bundle:
        assert len(contents(bundle)["stdin"]) < 4 << 20
        assert len(bundle.problems) == 1


def test_a_nested_bomb_does_not_fill_the_disk() -> None:
    inner = zip_bytes({"x.tar.gz": gzip.compress(tar_bytes({"zeros": bytes(30 << 20)}))})
    budget = Budget(max_bytes=2 << 20)
    with open_bundle(["-"], stdin=io.BytesIO(inner), budget=budget) as bundle:
        contents(bundle)
        assert any("budget" in problem.problem for problem in bundle.problems)
        assert bundle.meter.bytes <= 2 << 20


def test_members_beyond_the_budget_are_named_once() -> None:
    data = zip_bytes({f"{number}.log": b"x" for number in range(50)})
    with open_bundle(["-"], stdin=io.BytesIO(data), budget=Budget(max_members=10)) as bundle:
        assert len(bundle.members) == 10
        assert ["budget of 10" in problem.problem for problem in bundle.problems] == [True]


def test_a_member_over_the_budget_is_refused() -> None:
    data = zip_bytes({"big": b"x" * 1000, "small": b"y"})
    with open_bundle(["-"], stdin=io.BytesIO(data), budget=Budget(max_member_bytes=900)) as bundle:
        assert [member.path for member in bundle.members] == ["small"]
        assert bundle.refused[0][0] == "big"
        assert len(bundle.problems) == 1


def test_reading_more_than_a_limit_cuts_and_says_so() -> None:
    bundle = Bundle.from_files({"job.json": b"0123456789" * 100, "fits": b"1234567890"})
    assert bundle.read(bundle.members[1], limit=15) == b"012345678901234"
    assert bundle.read(bundle.members[0], limit=10) == b"1234567890"
    assert [problem.artifact for problem in bundle.problems] == ["job.json"]


def test_head_is_the_decompressed_beginning() -> None:
    text = random.Random(1).randbytes(30_000)
    bundle = Bundle.from_files({"a.gz": gzip.compress(text), "b": text, "c": b"short", "d": b""})
    for member in bundle.members[:2]:
        for size in (1, 100, 8192, 20_000, 50_000, 10):
            assert bundle.head(member, size) == text[:size]
    assert bundle.head(bundle.members[2]) == b"short"
    assert bundle.head(bundle.members[3]) == b""


def test_duplicate_names_are_numbered_by_content_not_by_order(tmp_path: Path) -> None:
    pairs = [("a.log", b"two"), ("a.log", b"one"), ("a.log", b"longer"), ("a.log#2", b"taken")]
    seen = []
    for pack in (zip_bytes, tar_bytes):
        for order in (pairs, pairs[::-1]):
            with pytest.warns(UserWarning) if pack is zip_bytes else _quiet():
                data = pack(order)
            with open_bundle(["-"], stdin=io.BytesIO(data)) as bundle:
                seen.append(contents(bundle))
    assert all(one == seen[0] for one in seen)
    assert set(seen[0]) == {"a.log", "a.log#2", "a.log#3", "a.log#4"}
    assert seen[0]["a.log#4"] == b"longer"


class _quiet:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_duplicate_archives_keep_their_members_apart() -> None:
    with pytest.warns(UserWarning):
        data = zip_bytes([("h.zip", zip_bytes({"a": b"1"})), ("h.zip", zip_bytes({"a": b"2", "b": b"3"}))])
    with open_bundle(["-"], stdin=io.BytesIO(data)) as bundle:
        assert contents(bundle) == {"h.zip!/a": b"1", "h.zip#2!/a": b"2", "h.zip#2!/b": b"3"}


def test_random_bytes_behind_a_magic_never_raise() -> None:
    chance = random.Random(7)
    magics = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02", b"\x1f\x8b\x08\0", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"]
    for number in range(600):
        data = magics[number % len(magics)] + chance.randbytes(chance.randrange(2000))
        if number % 3 == 0:
            data += b"PK\x05\x06" + bytes(chance.choice((0, 1, 255)) for _ in range(18))
        with open_bundle(["-"], stdin=io.BytesIO(data)) as bundle:
            contents(bundle)


def test_flipped_bytes_never_raise() -> None:
    chance = random.Random(11)
    text = bytes(chance.choice(b"abcdefgh \n") for _ in range(5000))
    sources = [zip_bytes({"a/b.log": text, "c.zip": zip_bytes({"d": text}, 0)}), tar_bytes({"a": text, "b" * 120: text})]
    sources += [pack(sources[1]) for pack in PACKERS.values()]
    for data in sources:
        for _ in range(150):
            damaged = bytearray(data)
            for _ in range(chance.choice((1, 1, 5, 40))):
                damaged[chance.randrange(len(damaged))] ^= chance.randrange(1, 256)
            with open_bundle(["-"], stdin=io.BytesIO(bytes(damaged))) as bundle:
                contents(bundle)
                assert all(problem.artifact and problem.problem and problem.lost for problem in bundle.problems)


@pytest.mark.parametrize(
    ("name", "data"), [("case.zip", b""), ("waagent.log", b""), ("logs.tar.gz", gzip.compress(b"")), ("agent.log.gz", gzip.compress(b""))]
)
def test_an_empty_input_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with open_bundle([path]) as bundle:
        assert [(problem.problem, problem.lost) for problem in bundle.problems] == [("is empty", "this input")]
