"""The state of a VSS writer is told by numbers and GUIDs, in every language."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

HEAD = "vssadmin 1.1 - Volume Shadow Copy Service administrative command-line tool\r\n(C) Copyright 2001-2013 Microsoft Corp.\r\n\r\n"
SYSTEM = "{e8132975-6f93-4464-a53e-1050253ae220}"
INSTANCE = "{1bddd48e-5052-49db-9b07-b96f96727e6b}"


def writer(name: str, state: str, error: str) -> str:
    return f"Writer name: '{name}'\r\n   Writer Id: {SYSTEM}\r\n   Writer Instance Id: {INSTANCE}\r\n   State: {state}\r\n   Last error: {error}\r\n\r\n"


def test_stable_and_failed_writers_are_told_apart() -> None:
    member = read(
        "vssadmin_list_writers.txt",
        HEAD + writer("Registry Writer", "[1] Stable", "No error") + writer("System Writer", "[8] Failed", "Retryable error"),
    )
    stable, failed = member.events
    assert (stable.component, stable.level, stable.line, stable.until_line) == ("Registry Writer", "", 4, 8)
    assert (failed.level, failed.fields) == (
        "ERROR", {"writer": "System Writer", "writer_id": SYSTEM, "state": 8, "state_text": "Failed", "last_error": "Retryable error"},
    )  # fmt: skip
    assert failed.raw.split("\n") == [line for line in writer("System Writer", "[8] Failed", "Retryable error").split("\r\n") if line]


@pytest.mark.parametrize(
    "text",
    [
        f'Verfassername: "System Writer"\n   Verfasserkennung: {SYSTEM}\n   Verfasserinstanzkennung: {INSTANCE}\n   Status: [7] Fehlgeschlagen\n   Letzter Fehler: Zeitüberschreitung\n',
        f"编写器名称: 'System Writer'\n   编写器 Id: {SYSTEM}\n   编写器实例 Id: {INSTANCE}\n   状态: [7] 失败\n   上一个错误: 超时\n",
        f"编写器名称：“System Writer”\n   编写器 Id：{SYSTEM}\n   编写器实例 Id：{INSTANCE}\n   状态：[7] 失败\n   上一个错误：超时\n",
        f"Nom du rédacteur : « System Writer »\n   ID du rédacteur : {SYSTEM}\n   ID d'instance du rédacteur : {INSTANCE}\n   État : [7] Échec\n   Dernière erreur : Délai dépassé\n",
    ],
)
def test_translated_output_says_the_same(text: str) -> None:
    event = read("a.txt", text).only
    assert (event.kind, event.component, event.level) == ("cmd-vssadmin", "System Writer", "ERROR")
    assert (event.fields["writer_id"], event.fields["state"], bool(event.fields["last_error"])) == (SYSTEM, 7, True)


@pytest.mark.parametrize("codec", ["utf-16", "gb18030", "utf-8-sig"])
def test_any_encoding_is_read(codec: str) -> None:
    text = f"编写器名称: 'System Writer'\n   编写器 Id: {SYSTEM}\n   编写器实例 Id: {INSTANCE}\n   状态: [1] 稳定\n   上一个错误: 无错误\n"
    assert read("vssadmin.txt", text.encode(codec)).only.fields["state_text"] == "稳定"


def test_writer_whose_last_lines_are_cut_keeps_its_state() -> None:
    cut = HEAD + writer("System Writer", "[5] Waiting for completion", "No error").split("   Last")[0]
    assert (read("vss_writers.txt", cut).only.fields["state"], read("vss_writers.txt", cut).only.fields["last_error"]) == (5, "")


def test_list_of_providers_is_no_list_of_writers() -> None:
    member = read(
        "vssadmin_providers.txt",
        HEAD
        + f"Provider name: 'Microsoft Software Shadow Copy provider 1.0'\r\n   Provider type: System\r\n   Provider Id: {SYSTEM}\r\n   Version: 1.0.0.7\r\n",
    )
    assert member.events == []
    assert member.problems
