from __future__ import annotations

import pytest

from analyzer.bundle import Bundle
from analyzer.bundle.names import Names, clean_path, common_folder, escape


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("var/log/x", "var/log/x"),
        ("./a//b/./c", "a/b/c"),
        ("\\\\?\\D:\\logs\\x", "D/logs/x"),
        ("2018-04-06T08:21:37.142697.zip", "2018-04-06T08:21:37.142697.zip"),
        ("dev-disk-by\\x2duuid.swap", "dev-disk-by\\x2duuid.swap"),
        ("C:\\x64\\agent.log", "C/x64/agent.log"),
        ("日志\u3000.log", "日志\u3000.log"),
        ("\udcff", "\\xff"),
        ("", "unnamed"),
        ("a!/b!", "a\\x21/b!"),
    ],
)
def test_a_name_becomes_a_harmless_path(given: str, path: str) -> None:
    assert clean_path(given)[0] == path


def test_a_name_of_a_megabyte_keeps_its_two_ends() -> None:
    path, _ = clean_path("first" + "x" * (1 << 20) + "last.log")
    assert len(path) < 1100
    assert path.startswith("first")
    assert path.endswith("last.log")


def test_what_hides_or_reorders_is_shown() -> None:
    assert escape("a\x1b[31m\u200b\u2066\u2028") == "a\\x1b[31m\\u200b\\u2066\\u2028"


def test_the_common_folder_ends_at_a_folder_or_archive() -> None:
    assert common_folder(["a/b.zip!/c/d", "a/b.zip!/ce"]) == "a/b.zip!/"
    assert common_folder(["ab/c", "ab"]) == ""
    assert common_folder(["a/b"]) == "a/"
    assert common_folder([]) == ""


def test_content_hash_leaves_out_what_all_paths_share() -> None:
    inner = {"a/x": "1", "b/y": "2"}
    outer = {f"case.zip!/device_0/{path}": digest for path, digest in inner.items()}
    assert Bundle.content_sha256(inner) == Bundle.content_sha256(outer)
    assert Bundle.content_sha256(inner) != Bundle.content_sha256({"a/x": "2", "b/y": "1"})


def test_a_hundred_thousand_equal_names_are_numbered_at_once() -> None:
    names = Names()
    names.reserve(["a#3"])
    given = [names.claim("a") for _ in range(100_000)]
    assert given[:3] == ["a", "a#2", "a#4"]
    assert len(set(given)) == 100_000
