"""An event and the element tree that its record is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.evtxwriter.values import (
    T_ARRAY,
    T_BIN,
    T_BXML,
    T_FILETIME,
    T_GUID,
    T_HEX64,
    T_NULL,
    T_SID,
    T_STR,
    T_U8,
    T_U16,
    T_U32,
    T_U64,
    V,
    as_value,
)

NS_EVENT = "http://schemas.microsoft.com/win/2004/08/events/event"


@dataclass(frozen=True)
class Lit:
    """Text that stands in the template itself."""

    text: str


@dataclass(frozen=True)
class Sub:
    """A place that each record fills with its own value."""

    index: int
    type: int
    optional: bool = True


@dataclass(frozen=True)
class El:
    """An element of a template."""

    name: str
    attrs: tuple[tuple[str, Lit | Sub], ...] = ()
    children: tuple[Any, ...] = ()


@dataclass
class Event:
    """One event. Its payload is one of `data`, `classic` and `user_data`. Values may be plain or typed (`values`); times are UTC."""

    channel: str = "Application"
    provider: str = "Application Error"
    event_id: int = 0
    time: dt.datetime | str | int | float = "2024-01-01T00:00:00Z"
    computer: str = "WIN-FIXTURE"
    level: int = 4
    guid: str | None = None  # provider GUID; braces are added when guid_as_text
    event_source_name: str | None = None
    record_id: int | None = None  # default: previous + 1
    version: int | None = 0  # None: no <Version> (what pre-Vista style "classic" records show)
    task: int = 0
    opcode: int | None = 0
    keywords: int = 0x8000000000000000
    qualifiers: int | None = None
    pid: int | None = None
    tid: int | None = None
    user_sid: str | None = None
    activity_id: str | None = None
    related_activity_id: str | None = None
    # payload: exactly one of
    data: Sequence[tuple[str | None, Any]] | None = None  # <EventData><Data Name=..>..
    classic: Sequence[str] | None = None  # one <Data> holding a string array
    user_data: tuple[str, str | None, Sequence[tuple[str, Any]]] | None = None  # (root, xmlns, children)
    binary: bytes | None = None  # <Binary> after the data (classic: an empty one if None)
    guid_as_text: bool | None = None  # True: literal "{guid}" (classic providers); default: event_source_name set
    written_time: dt.datetime | str | int | float | None = None  # record header time if it differs


def event_tree(ev: Event, rid: int) -> tuple[El, list[Any]]:
    """The template of an event, and the values of its 20 substitutions, as Windows' own System section has them."""
    vals: list[Any] = [None] * 20

    def put(i, v):
        vals[i] = v

    put(0, V(T_U8, ev.level))
    put(1, V(T_U8, ev.opcode))
    put(2, V(T_U16, ev.task))
    put(3, V(T_U16, ev.event_id))
    put(4, V(T_U16, ev.qualifiers))
    put(5, V(T_HEX64, ev.keywords))
    put(6, V(T_FILETIME, ev.time))
    put(7, V(T_GUID, ev.activity_id))
    put(8, V(T_U32, ev.pid))
    put(9, V(T_U32, ev.tid))
    put(10, V(T_U64, rid))
    put(11, V(T_U8, ev.version))
    put(12, V(T_SID, ev.user_sid))
    for i in (13, 14, 15, 16, 17):
        put(i, V(T_NULL, None))
    put(18, V(T_GUID, ev.related_activity_id))

    prov = [("Name", Lit(ev.provider))]
    if ev.guid:
        text = ev.guid_as_text if ev.guid_as_text is not None else bool(ev.event_source_name)
        g = ev.guid.strip("{}")
        if text:
            prov.append(("Guid", Lit("{" + g.lower() + "}")))
        else:
            put(15, V(T_GUID, g))
            prov.append(("Guid", Sub(15, T_GUID)))
    if ev.event_source_name:
        prov.append(("EventSourceName", Lit(ev.event_source_name)))

    system = [El("Provider", tuple(prov)), El("EventID", (("Qualifiers", Sub(4, T_U16)),), (Sub(3, T_U16, False),))]
    if ev.version is not None:
        system.append(El("Version", (), (Sub(11, T_U8),)))
    system += [El("Level", (), (Sub(0, T_U8, False),)), El("Task", (), (Sub(2, T_U16, False),))]
    if ev.opcode is not None:
        system.append(El("Opcode", (), (Sub(1, T_U8, False),)))
    system += [
        El("Keywords", (), (Sub(5, T_HEX64, False),)),
        El("TimeCreated", (("SystemTime", Sub(6, T_FILETIME, False)),)),
        El("EventRecordID", (), (Sub(10, T_U64, False),)),
    ]
    if ev.version is not None:  # manifest based records always carry the (optional) attributes
        system.append(El("Correlation", (("ActivityID", Sub(7, T_GUID)), ("RelatedActivityID", Sub(18, T_GUID)))))
    if ev.pid is not None:
        system.append(El("Execution", (("ProcessID", Sub(8, T_U32)), ("ThreadID", Sub(9, T_U32)))))
        if ev.tid is None:
            put(9, V(T_U32, 0))
    system += [
        El("Channel", (), (Lit(ev.channel),)),
        El("Computer", (), (Lit(ev.computer),)),
        El("Security", (("UserID", Sub(12, T_SID)),)),
    ]

    children = [El("System", (), tuple(system))]
    payload = _payload(ev)
    if payload is not None:
        put(19, payload)
        children.append(Sub(19, T_BXML))
    else:
        put(19, V(T_NULL, None))
    return El("Event", (("xmlns", Lit(NS_EVENT)),), tuple(children)), vals


def _payload(ev: Event):
    given = [x is not None for x in (ev.data, ev.classic, ev.user_data)]
    if sum(given) > 1:
        raise ValueError("give only one of data, classic, user_data")
    if ev.classic is not None:
        vals = [V(T_ARRAY | T_STR, list(ev.classic)) if ev.classic else V(T_NULL, None), V(T_BIN, ev.binary)]
        return El("EventData", (), (El("Data", (), (Sub(0, T_ARRAY | T_STR),)), El("Binary", (), (Sub(1, T_BIN),)))), vals
    if ev.user_data is not None:
        root, ns, kids = ev.user_data
        vals = [as_value(v) for _, v in kids]
        inner = tuple(El(n, (), (Sub(i, vals[i].type or T_STR),)) for i, (n, _) in enumerate(kids))
        attrs = (("xmlns", Lit(ns)),) if ns else ()
        return El("UserData", (), (El(root, attrs, inner),)), vals
    if ev.data is not None or ev.binary is not None:
        items = list(ev.data or [])
        vals = [as_value(v) for _, v in items]
        els = [El("Data", (("Name", Lit(n)),) if n else (), (Sub(i, vals[i].type or T_STR),)) for i, (n, _) in enumerate(items)]
        if ev.binary is not None:
            els.append(El("Binary", (), (Sub(len(vals), T_BIN),)))
            vals.append(V(T_BIN, ev.binary))
        return El("EventData", (), tuple(els)), vals
    return None
