"""`ipconfig /all`, `netsh interface ip show config`, Get-NetIPInterface, Win32_NetworkAdapterConfiguration: is DHCP on, per adapter.

Labels are translated, but `DHCP` and `IPv4` stand in them in every language; the answer is a yes or a no. A line for the media state
is printed only for an adapter without a connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.model import Event, Value
from analyzer.parsers.commands import properties, saved
from analyzer.parsers.commands.properties import Item
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-ipconfig"

_ADAPTER = re.compile(r"(?P<name>[^\s:：][^:：\n]{0,120}?)\s?[:：]")
_QUOTED = re.compile(r"[^\s\"„“«][^\"„“«\n]{0,60}[\"„“«]\s?(?P<name>[^\"”“»\n]{1,120}?)\s?[\"”“»]")  # netsh
_ROW = re.compile(r"[ \t]{1,8}(?P<label>[^\s.:：][^:：\n]{0,80}?)[ .\u00a0]*[:：][ \t]*(?P<value>[^\n]*)")
_KIND_OF = re.compile(
    r"(?i)^(?:(?:unknown|ethernet|wireless lan|tunnel|ppp|mobile broadband|unbekannter|drahtlos-?lan|tunnel-?)?[ -]*adapter"
    r"|adaptador de [\w ]+?|carte (?:ethernet|tunnel|inconnue)|scheda ethernet|адаптер (?:ethernet|\w+)"
    r"|[^ ]{0,12}(?:适配器|配接器|アダプター|어댑터))\s+"
)
_ADDRESS = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})\b")
_NOT_THE_SWITCH = re.compile(r"(?i)server|serveur|servidor|服务器|伺服器|サーバ|서버|сервер|iaid|duid|class|klass|lease|v6")
_YES = {
    "yes", "ja", "oui", "sí", "si", "sì", "sim", "是", "はい", "예", "да", "tak", "ano", "evet", "kyllä", "igen", "true", "enabled", "1",
}  # fmt: skip
_NO = {
    "no", "nein", "non", "não", "nao", "否", "いいえ", "아니요", "아니오", "нет", "nie", "ne", "hayır", "nej", "ei", "nem", "nee",
    "false", "disabled", "0",
}  # fmt: skip
_MEDIA = re.compile(
    r"(?i)media state|medienstatus|媒体状态|媒體狀態|メディアの状態|미디어 상태|statut du média|estado de los medios"
    r"|stato supporto|estado da mídia|состояние среды|mediestatus|stan nośnika|mediastatus"
)
_DESCRIPTION = re.compile(r"(?i)(?:description|beschreibung|描述|説明|설명|descripción|descrizione|descrição|описание|beskrivning|opis)\W*")
_OLD_ADDRESS = re.compile(r"(?i)(?:autoconfiguration )?ip[- ](?:address|adresse)")
_KNOWN = ("dhcp", "dhcpenabled", "interfacealias")
_LONGEST = 2_000


@dataclass
class _Adapter:
    name: str
    begin: int
    last: int
    raw: list[str]
    fields: dict[str, Value] = field(default_factory=dict)
    rows: int = 0


def parse(document: Document) -> Iterator[Event]:
    """One state event per adapter: fields `adapter`, `description`, `dhcp` (None if the output does not tell), `address` (the first
    IPv4 address), `connected` (None if the output does not tell)."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    adapter: _Adapter | None = None
    found = False
    for number, line in section.lines:
        text = line.rstrip()
        heading = None if line[:1].isspace() else _ADAPTER.fullmatch(text) or _QUOTED.fullmatch(text)
        if heading is not None:
            if adapter is not None and adapter.rows:
                found = True
                yield _event(section, adapter)
            adapter = _Adapter(_KIND_OF.sub("", heading["name"]).strip(), number, number, [line])
        elif adapter is not None and (row := _ROW.fullmatch(text)):
            _read(adapter, row["label"].strip(), row["value"].strip())
            adapter.raw.append(line)
            adapter.last = number
        elif adapter is not None and text:
            adapter.raw.append(line)
    if adapter is not None and adapter.rows:
        found = True
        yield _event(section, adapter)
    if not found:
        for item in properties.items(section, _KNOWN):
            yield from _object(section, item)


def _read(adapter: _Adapter, label: str, value: str) -> None:
    fields = adapter.fields
    word = value.lower().rstrip(".")
    address = _ADDRESS.match(value)
    if "DHCP" in label.upper() and not _NOT_THE_SWITCH.search(label) and (word in _YES or word in _NO):
        fields.setdefault("dhcp", word in _YES)
    elif address and ("IPv4" in label or _OLD_ADDRESS.match(label) or re.fullmatch(r"(?i)ip[- ]\S{2,12}|\S{1,8} ?ip", label)):
        fields.setdefault("address", address[1])
    elif _MEDIA.match(label):
        fields["connected"] = False
    elif _DESCRIPTION.fullmatch(label):
        fields.setdefault("description", value)
    adapter.rows += bool(fields)


def _event(section: Section, adapter: _Adapter) -> Event:
    fields = adapter.fields
    if "connected" not in fields and fields.get("address"):
        fields["connected"] = True
    shown: dict[str, Value] = {"adapter": adapter.name}
    shown |= {name: fields.get(name) for name in ("description", "dhcp", "address", "connected")}
    until = adapter.last if adapter.last > adapter.begin else None
    return _made(section, shown, adapter.begin, until, "\n".join(adapter.raw)[:_LONGEST])


def _object(section: Section, item: Item) -> Iterator[Event]:
    word = item.get("dhcp", "dhcpenabled").lower()
    name = item.get("interfacealias", "netconnectionid", "alias", "description", "servicename")
    if not name or item.get("addressfamily").lower() == "ipv6":
        return
    address = _ADDRESS.search(item.get("ipaddress", "ipv4address"))
    state = item.get("connectionstate").lower()
    fields: dict[str, Value] = {"adapter": name, "description": item.get("description", "interfacedescription") or None}
    fields |= {"dhcp": word in _YES if word in _YES or word in _NO else None, "address": address[1] if address else None}
    fields["connected"] = {"connected": True, "disconnected": False}.get(state, True if address else None)
    if fields["dhcp"] is not None:
        yield _made(section, fields, item.line, item.until if item.until > item.line else None, item.raw)


def _made(section: Section, fields: dict[str, Value], line: int, until: int | None, raw: str) -> Event:
    dhcp = {True: "DHCP", False: "no DHCP", None: "DHCP not told"}[bool(fields["dhcp"]) if fields["dhcp"] is not None else None]
    text = f"{fields['adapter']}: {dhcp}" + (f", {fields['address']}" if fields["address"] else "")
    return Event(
        KIND, section.path, text, line=line, until_line=until, component=str(fields["adapter"]), fields=fields, raw=raw, state=True
    )
