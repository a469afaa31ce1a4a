"""What the tests of this folder read: a log of mixed events, and how to read it."""

from __future__ import annotations

import datetime as dt
from functools import cache

from analyzer.model import Event
from analyzer.parsers.evtx import EvtxScan, Wanted, read_evtx
from tests.support.evtxwriter import Event as Written
from tests.support.evtxwriter import EvtxWriter, filetime, guid, hex32, hex64, i32, presets, sid, u8, u16, u64

BEGIN = dt.datetime(2024, 2, 29, 23, 59, 58, 123456, tzinfo=dt.UTC)
ALL = Wanted(everything=True)
PER_CHUNK = 80


def mixed(number: int) -> Written:
    """The event `number` of a log in which every shape of record occurs."""
    time = BEGIN + dt.timedelta(seconds=7 * number)
    computer = "vm-東京.contoso.com" if number % 11 == 5 else "VM01"
    match number % 8:
        case 0:
            return presets.app_error_1000(time, computer, pid=f"1a{number}", pkg="g<&>\"'")
        case 1:
            return presets.scm(
                7031, time, computer, ["Windows Azure Guest Agent", str(number), "60000", "1", "Restart"], "WindowsAzureGuestAgent"
            )
        case 2:
            return presets.applocker(8004, time, computer)
        case 3:
            return presets.kernel_general_13(time, computer)
        case 4:
            return presets.eventlog(6013, time, computer, ["", "", "", "", str(number), "60", "0 UTC"], binary=b"1\0.\0" + bytes(range(64)))
        case 5:
            return presets.disk(153, time, computer, ["\\Device\\Harddisk1\\DR1", "0x1", "1"])
        case 6:
            return presets.dhcp(50036, time, computer, [], channel="System", level=4)
    return Written("System", "Mixed", 42, time, computer, pid=1, tid=2, activity_id="6E1A750F-42C6-491E-941A-12F6AF57EBD2", data=TYPED)


TYPED = [
    ("u8", u8(7)),
    ("u16", u16(700)),
    ("u32", 70000),
    ("u64", u64(1 << 40)),
    ("i32", i32(-5)),
    ("h32", hex32(0x80070005)),
    ("h64", hex64(0xDEADBEEF00)),
    ("b", True),
    ("bin", b"\x01\xff"),
    ("g", guid("331C3B3A-2005-44C2-AC5E-77220C37D6B4")),
    ("nul", None),
    ("uni", "日本語 \u00e9 \U0001f600"),
    ("s", sid("S-1-5-21-1-2-3-500")),
    ("t", filetime("2020-01-01T00:00:00.1234567Z")),
]


@cache
def log(records: int = 888) -> bytes:
    """A sound log of `records` mixed events, 80 in a chunk."""
    return EvtxWriter(max_records_per_chunk=PER_CHUNK).add_all(mixed(number) for number in range(records)).to_bytes()


def one(*events: Written, **options: int) -> bytes:
    """A log of these events."""
    return EvtxWriter(**options).add_all(events).to_bytes()


def read(data: bytes, wanted: Wanted = ALL, block: int = 1 << 20) -> EvtxScan:
    """The log read from blocks of `block` bytes."""
    return read_evtx((data[at : at + block] for at in range(0, len(data), block)), "System.evtx", wanted)


def said(event: Event) -> tuple[object, ...]:
    """What an event says, without how it was come by."""
    fields = {name: value for name, value in event.fields.items() if name not in ("distrust", "recovered")}
    return event.record, event.stamp, event.level, event.text, tuple(fields.items())
