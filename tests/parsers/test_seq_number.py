"""The sequence number that the backup extension last worked on."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

PATH = "device_0/Packages/Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot/1.0.110.0/SeqNumber.txt"


@pytest.mark.parametrize("data", [b"7", b"7\r\n", b"\xef\xbb\xbf7\r\n", b"\r\n7\x00\x00", "7\r\n".encode("utf-16")])
def test_number_is_read(data: bytes) -> None:
    event = read(PATH, data).only
    assert event.fields == {"sequence": 7, "version": "1.0.110.0"}
    assert (event.component, event.text, event.state) == ("Microsoft.Azure.RecoveryServices.VMSnapshot", "7", True)


@pytest.mark.parametrize("data", ["", "\x00\x00", "seven", "-1", "7.5"])
def test_what_is_no_number_is_reported(data: str) -> None:
    member = read(PATH, data)
    assert not member.events and len(member.problems) == 1
