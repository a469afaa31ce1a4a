"""Writes event logs (EVTX) for fixtures and tests: real chunks, templates, checksums and string tables, with the standard library alone.

    from tests.support.evtxwriter import Event, EvtxWriter, presets
    log = EvtxWriter(first_record_id=41233).add_all([
        presets.scm(7031, "2024-02-28T03:12:01.1234567Z", "vm1", ["Windows Azure Guest Agent", "1", "60000", "1", "Restart the service"]),
        Event(channel="System", provider="Foo", event_id=7, time="2024-02-28T03:12:02Z", level=2, data=[("a", "b"), ("n", u32(5))]),
    ]).to_bytes()

What it writes was read back with equal values by the packages evtx, python-evtx and libevtx-python. A value has at most 65,535 bytes, a
record fits one chunk of 64 KiB.
"""

from tests.support.evtxwriter.event import Event
from tests.support.evtxwriter.values import V, binary, filetime, guid, hex32, hex64, i32, sid, u8, u16, u32, u64
from tests.support.evtxwriter.writer import EvtxWriter

__all__ = ["Event", "EvtxWriter", "V", "binary", "filetime", "guid", "hex32", "hex64", "i32", "sid", "u8", "u16", "u32", "u64"]
