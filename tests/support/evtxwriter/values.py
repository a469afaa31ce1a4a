"""Typed values of BinXML, as a record holds them. Type numbers: libyal/libevtx, Windows XML Event Log (EVTX), "Value types"."""

from __future__ import annotations

import datetime as dt
import struct
import uuid
from dataclasses import dataclass
from typing import Any

(
    T_NULL,
    T_STR,
    T_ANSI,
    T_I8,
    T_U8,
    T_I16,
    T_U16,
    T_I32,
    T_U32,
    T_I64,
    T_U64,
    T_F32,
    T_F64,
    T_BOOL,
    T_BIN,
    T_GUID,
    T_SIZET,
    T_FILETIME,
    T_SYSTIME,
    T_SID,
    T_HEX32,
    T_HEX64,
) = range(0x16)
T_BXML = 0x21
T_ARRAY = 0x80

_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def to_filetime(t: dt.datetime | str | int | float) -> int:
    """A datetime (naive: UTC), ISO 8601 text of up to 7 digits, a FILETIME or Unix seconds as a FILETIME."""
    if isinstance(t, int) and not isinstance(t, bool):
        return t
    if isinstance(t, float):
        t = dt.datetime.fromtimestamp(t, dt.UTC)
    extra = 0
    if isinstance(t, str):
        s = t.strip().replace("Z", "+00:00")
        # keep the 7th fractional digit, which datetime cannot hold
        if "." in s:
            head, tail = s.split(".", 1)
            i = 0
            while i < len(tail) and tail[i].isdigit():
                i += 1
            frac = tail[:i]
            if len(frac) >= 7:
                extra = int(frac[6])
            s = head + "." + (frac + "000000")[:6] + tail[i:]
        t = dt.datetime.fromisoformat(s)
    if t.tzinfo is None:
        t = t.replace(tzinfo=dt.UTC)
    d = t - _EPOCH
    return ((d.days * 86400 + d.seconds) * 10_000_000) + d.microseconds * 10 + extra


def sid_bytes(s: str) -> bytes:
    p = s.split("-")
    if p[0] != "S" or len(p) < 3:
        raise ValueError("bad SID " + s)
    auth, subs = int(p[2]), [int(x) for x in p[3:]]
    return struct.pack("<BB", int(p[1]), len(subs)) + auth.to_bytes(6, "big") + b"".join(struct.pack("<I", x) for x in subs)


@dataclass(frozen=True)
class V:
    """A typed value: V(T_U32, 5).  Plain str/int/bool/bytes/UUID/datetime/None also work."""

    type: int
    value: Any

    def encode(self) -> bytes:
        t, v = self.type, self.value
        if t == T_NULL or v is None:
            return b""
        if t == T_STR:
            return str(v).encode("utf-16-le")
        if t == T_ANSI:
            return str(v).encode("cp1252", "replace") + b"\0"
        if t == T_BIN:
            return bytes(v)
        if t == T_GUID:
            return (v if isinstance(v, uuid.UUID) else uuid.UUID(str(v))).bytes_le
        if t == T_SID:
            return sid_bytes(v) if isinstance(v, str) else bytes(v)
        if t == T_FILETIME:
            return struct.pack("<Q", to_filetime(v))
        if t == T_BOOL:
            return struct.pack("<I", 1 if v else 0)
        if t == (T_ARRAY | T_STR):
            return b"".join(str(x).encode("utf-16-le") + b"\0\0" for x in v)
        fmt = {
            T_I8: "b",
            T_U8: "B",
            T_I16: "h",
            T_U16: "H",
            T_I32: "i",
            T_U32: "I",
            T_I64: "q",
            T_U64: "Q",
            T_F32: "f",
            T_F64: "d",
            T_SIZET: "Q",
            T_HEX32: "I",
            T_HEX64: "Q",
        }[t]
        return struct.pack("<" + fmt, v)


def u8(v: Any) -> V:
    return V(T_U8, v)


def u16(v: Any) -> V:
    return V(T_U16, v)


def u32(v: Any) -> V:
    return V(T_U32, v)


def u64(v: Any) -> V:
    return V(T_U64, v)


def i32(v: Any) -> V:
    return V(T_I32, v)


def hex32(v: Any) -> V:
    return V(T_HEX32, v)


def hex64(v: Any) -> V:
    return V(T_HEX64, v)


def guid(v: Any) -> V:
    return V(T_GUID, v)


def sid(v: Any) -> V:
    return V(T_SID, v)


def filetime(v: Any) -> V:
    return V(T_FILETIME, v)


def binary(v: Any) -> V:
    return V(T_BIN, v)


def as_value(x: Any) -> V:
    if isinstance(x, V):
        return x
    if x is None:
        return V(T_NULL, None)
    if isinstance(x, bool):
        return V(T_BOOL, x)
    if isinstance(x, int):
        return V(T_U32, x) if 0 <= x < 1 << 32 else (V(T_I64, x) if x < 0 else V(T_U64, x))
    if isinstance(x, (bytes, bytearray)):
        return V(T_BIN, bytes(x))
    if isinstance(x, uuid.UUID):
        return V(T_GUID, x)
    if isinstance(x, dt.datetime):
        return V(T_FILETIME, x)
    return V(T_STR, str(x))
