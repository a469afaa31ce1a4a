"""Which encoding a text is in."""

from __future__ import annotations

import codecs
import random

import pytest

from analyzer.bundle import Text, detect_encoding, is_binary, transcode

CHINESE = "2024-01-01 错误：备份失败，无法连接到虚拟机代理。请检查网络设置。\r\n" * 3
JAPANESE = "2024-01-01 エラー: バックアップに失敗しました。サービスを確認してください。\r\n" * 3
FRENCH = "2024-01-01 Erreur : la sauvegarde a échoué, le délai d'attente est dépassé à l'arrêt.\r\n" * 3
GERMAN = "Der Dienst läuft nicht. Größe überschritten, Vorgang für Laufwerk abgebrochen.\r\n" * 3


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"plain ascii\n", "utf-8"),
        (b"", "utf-8"),
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode()[:31], "utf-8"),
        (codecs.BOM_UTF8 + b"x", "utf-8-sig"),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), "utf-16-le"),
        (FRENCH.encode("utf-16-le"), "utf-16-le"),
        (FRENCH.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (JAPANESE.encode("cp932"), "shift_jis"),
        (FRENCH.encode("cp1252"), "cp1252"),
        (GERMAN.encode("cp1252"), "cp1252"),
        (b"one dash \x96 only\n", "cp1252"),
        ("错误".encode("gbk"), "gb18030"),
    ],
)
def test_the_encoding_is_found(data: bytes, name: str) -> None:
    assert detect_encoding(data).name == name
    assert not is_binary(data)


def test_a_choice_by_score_is_named_inferred() -> None:
    assert "inferred" in detect_encoding(CHINESE.encode("gbk")).note
    assert detect_encoding(CHINESE.encode()).note == ""


def test_one_bad_byte_does_not_turn_utf8_into_something_else() -> None:
    text = Text.of(b"ascii line\n" * 2000 + CHINESE.encode() + b"\xff\n")
    assert (text.encoding, "备份失败" in text.text) == ("utf-8", True)


def test_what_follows_the_head_decides_too() -> None:
    text = Text.of(b"ascii line\n" * 2000 + CHINESE.encode("gbk"))
    assert text.encoding == "gb18030"
    assert "备份失败" in text.text


def test_text_has_no_byte_order_mark_and_keeps_nuls_and_lines() -> None:
    for codec in ("utf-8-sig", "utf-16"):
        text = Text.of("a\0b\nc\u2028d\x0c\n".encode(codec))
        assert text.text == "a\0b\nc\u2028d\x0c\n"


@pytest.mark.parametrize("step", [1, 3, 1000])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_streams_become_utf8_whatever_their_blocks(codec: str, step: int) -> None:
    data = ("\ufeff" + CHINESE + "😀\n").encode(codec)
    blocks = [data[at : at + step] for at in range(0, len(data), step)]
    assert b"".join(transcode(blocks, detect_encoding(data))) == (CHINESE + "😀\n").encode()
    assert list(transcode([b"x\xff"], "gb18030")) == [b"x\xff"]


def test_damaged_utf16_keeps_its_lines() -> None:
    data = "one\n".encode("utf-16-le") + b"\x00\xd8" + "two\n".encode("utf-16-le") + b"x"
    assert b"".join(transcode([data], "utf-16-le")).count(b"\n") == 2


def test_binary_is_told_from_text() -> None:
    noise = random.Random(1).randbytes(4096)
    for data in (noise, b"ElfFile\0" + bytes(100), bytes(100), b"\x7fELF\2\1", b"ab\0\1cd\0\2" * 100):
        assert is_binary(data)
    for data in (b"", b"{}" + bytes(4000) + b'{"a": 1}\n' * 20, b"\x1b[31mred\x1b[0m\n", b"x\n"):
        assert not is_binary(data)


def test_no_bytes_raise() -> None:
    chance = random.Random(4)
    for _ in range(500):
        data = chance.randbytes(chance.randrange(60))
        Text.of(data)
        is_binary(data)
        b"".join(transcode([data], detect_encoding(data)))
