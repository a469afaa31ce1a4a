"""What was masked once is masked everywhere, and what would still show it is found before it is written."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.report import document
from analyzer.report.known import Words, hide, hide_in, own_text, shown_in, telling

SECRET = "hunter22-x"


def test_a_secret_without_its_name_is_masked_too() -> None:
    found = document({"schema": "diagnosis/1", "context": [{"text": f"password={SECRET}"}, {"text": f"tried {SECRET} twice"}]})
    assert [row["text"] for row in found["context"]] == ["password=[masked]", "tried [masked] twice"]


@pytest.mark.parametrize(
    ("written", "alone"),
    [("sig=Zx9%2BabQ%2Fqq7", "Zx9+abQ/qq7"), ('"password": "a\\"b-cd-ef"', 'a"b-cd-ef'), ('"protectedSettings": {"key": "leaf-value-1"}', "leaf-value-1"),
     ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgk1\n", "MIIEvQIBADANBgk1"), ("<UserPassword>hunter22-x</UserPassword>", "hunter22-x")],
)  # fmt: skip
def test_a_secret_is_known_as_it_is_meant(written: str, alone: str) -> None:
    found = document({"schema": "diagnosis/1", "context": [{"text": written}, {"text": f"then {alone} ."}]})
    assert found["context"][1]["text"] == "then [masked] ."


def test_a_value_under_a_key_that_names_a_secret_is_known() -> None:
    found = document({"a": {"clientSecret": [SECRET]}, "b": f"x {SECRET}"})
    assert found["b"] == "x [masked]"


@pytest.mark.parametrize(
    "value",
    ["short", "password", "waagent.conf", "12345678", "2.9.1.1", "/etc/waagent.conf", "2026-03-10T02:00:00Z", "[masked]", "********"],
)
def test_a_value_that_says_nothing_by_itself_is_not_looked_for(value: str) -> None:
    assert telling([value], {}) == []


def test_what_identifies_the_case_stays() -> None:
    job = "8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11"
    assert telling([job], {"incidents": [{"job_id": job}]}) == []
    assert telling([job], {}) == [job]


def test_a_longer_secret_is_masked_before_a_shorter_one_in_it() -> None:
    assert hide_in("abc-123-def abc-123", ["abc-123", "abc-123-def"]) == "[masked] [masked]"


@pytest.mark.parametrize("left", range(6, len(SECRET)))
def test_what_a_cut_left_of_a_secret_is_masked(left: int) -> None:
    found = hide(
        {"a": "x" * 390 + " " + SECRET[:left], "b": "…" + SECRET[-left:] + " " + "y" * 390, "c": "x" * 390 + SECRET[:left] + "…"}, [SECRET]
    )
    assert found == {"a": "x" * 390 + " [masked]", "b": "[masked] " + "y" * 390, "c": "x" * 390 + "[masked]"}


def test_thousands_of_secrets_are_found() -> None:
    secrets = [f"secret-number-{number}-x" for number in range(4000)]
    found: dict[str, Any] = hide({"text": [f"a {one} b" for one in secrets]}, secrets)
    assert set(found["text"]) == {"a [masked] b"}


@pytest.mark.parametrize(
    "data",
    [b"x hunter22-x", b"x hun\n    ter22-x", b'{"a": "hunter22-x"}'],
)
def test_a_secret_in_an_output_is_found(data: bytes) -> None:
    assert shown_in([("fine", b"nothing"), ("bad", data)], [SECRET]) == "bad"
    assert shown_in([("fine", b"hunter22")], [SECRET]) is None


@pytest.mark.parametrize(
    ("secret", "data"),
    [("a<b&c'd", "a&lt;b&amp;c&#39;d"), ('a"bc-de', 'a""bc-de'), ('a"bc-de', 'a\\"bc-de'), ("ab\u202ecd", "ab<U+202E>cd")],
)
def test_a_secret_is_found_in_the_form_a_writer_gives_it(secret: str, data: str) -> None:
    assert shown_in([("bad", data.encode())], [secret]) == "bad"


def test_data_that_was_searched_before_it_was_packed_is_not_searched() -> None:
    assert shown_in([("page", b"x" * 300 + b"/web/" + b"x" * 300)], [], ["web"]) is None
    assert shown_in([("page", b"on web now")], [], ["web"]) == "page"


def test_names_are_found_as_words() -> None:
    words = Words(["web-01", "web", "10.0.0.4", "Éva", "张三"])
    text = "web-01 WEB_x web-010 webs 10.0.0.45 10.0.0.4: éva用户张三登录"
    assert [text[start:end] for start, end in words.find(text)] == ["web-01", "WEB", "web", "10.0.0.4", "éva", "张三"]


def test_a_name_at_the_end_of_a_text_ends_with_it() -> None:
    assert list(Words(["web", "web-01"]).find("on web")) == [(3, 6)]


def test_the_reports_own_words_do_not_come_from_examples() -> None:
    assert "guestagentsnapshottaskstatuserror" in own_text()
    assert "near_misses" not in own_text()
