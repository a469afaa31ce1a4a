"""`--redact ids`: ids, addresses and names of a case replaced by pseudonyms that stay the same in every output.

What is a name is told by the bundle: fields of events, ids of Azure resources, and words of a few lines whose form is known. All
originals are collected first, then replaced in one pass, so a name is found where nothing tells that it is one. Numbers follow the
sorted originals, and those that only a path holds come last, so neither the packing nor the options of a run change them.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import re2

from analyzer import resources
from analyzer.model import Event
from analyzer.resources import read_yaml

from .known import Words, changed, own_text, values
from .redact import MASK

SCHEMA = "pseudonyms/1"
Name = tuple[str, str]
"""Its class and the name as it was written."""

_GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_HEX = r"[0-9A-Fa-f]{2}"
_BETWEEN = r"""["'\s:=\\\[(>/]{1,6}"""
_SEGMENT = r"""([^/\s"'\\?&,;<>|\[\](){}]{1,90})"""
_RULES: tuple[tuple[str, str], ...] = (
    ("sub", rf"(?i)/subscriptions/({_GUID})"),
    ("sub", rf"(?i)subscription[_-]?(?:id)?{_BETWEEN}({_GUID})"),
    ("tenant", rf"(?i)(?:tenant[_-]?id|/tenants?|microsoftonline\.com|sts\.windows\.net|login\.chinacloudapi\.cn){_BETWEEN}({_GUID})"),
    ("mac", rf"(?:^|[^A-Za-z0-9:-])((?:{_HEX}:){{5}}{_HEX}|(?:{_HEX}-){{5}}{_HEX}|(?:{_HEX}:){{13}}{_HEX})(?:$|[^A-Za-z0-9:-])"),
    ("mail", r"([A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24})"),
    ("sid", r"(S-1-5-21-\d+-\d+-\d+(?:-\d+)?)"),
    ("user", r"/(?:home|Users)/([A-Za-z0-9._-]{2,40})"),
    ("user", r"(?i)[a-z]:(?:\\)+(?:Users|Documents and Settings)(?:\\)+([^\\/:*?\"<>|\r\n]{2,40})"),
    ("user", r"(?i)(?:^|[^a-z0-9])(?:user|username|user_name|acct|TargetUserName|SubjectUserName)=[\"']?([A-Za-z0-9._-]{2,40})"),
    ("user", r"(?i)(?:(?:for|invalid) user|publickey for|password for|session (?:opened|closed) for user) ([A-Za-z0-9._-]{2,40})"),
    ("user", r"sudo: +([A-Za-z0-9._-]{2,40}) : "),
    ("storage", r"(?i)(?:^|[^A-Za-z0-9-])([a-z0-9][a-z0-9-]{2,62})\.(?:z\d+\.)?(?:blob|file|queue|table|dfs|web)\.(?:core|storage)\.[a-z]"),
    ("resource", r"(?i)(?:^|[^A-Za-z0-9-])([a-z0-9][a-z0-9-]{2,23})\.vault\.(?:azure|usgovcloudapi)\."),
    ("rg", rf"(?i)/resourceGroups/{_SEGMENT}"),
    ("rg", r"(?i)iaasvmcontainer(?:v2)?;([^;\s\"'/]{1,90});"),
    ("host", r"(?i)iaasvmcontainer(?:v2)?;[^;\s\"'/]{1,90};([^;\s\"'/]{1,80})"),
    ("host", r"(?i)host ?name(?:[ .]*:|\s*=)\s*[\"']?([A-Za-z0-9][A-Za-z0-9._-]{1,80})"),
    ("domain", r"(?i)DNS suffix[ .]*: ([A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+)"),
)  # fmt: skip
_OF_TYPE = re2.compile(rf"(?i)/providers/([A-Za-z.]+/[A-Za-z]+)/{_SEGMENT}".encode())
_IPV4 = re2.compile(rb"(?m)(?:^|[^A-Za-z0-9.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:$|[^A-Za-z0-9.]|\.(?:$|[^0-9]))")
_IPV6 = re2.compile(rb"(?im)(?:^|[^A-Za-z0-9:.])((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?:$|[^A-Za-z0-9:])")
_VERSION_BEFORE = re.compile(rb"(?i)(?:version|ver|release|build|agent|extension|v)[\"'\s:=(\[]*\Z|[-_]\Z")
_ADDRESS_AROUND = re.compile(
    rb"(?i)(?:://|\b(?:ip|address|addr|src|dst|from|to|via|gateway|gw|server|host|endpoint|inet|dns|lease|peer|dhcp\w*|nameserver)"
    rb"[\"'\s:=(\[]*)\Z"
)
_COMPILED = tuple((kind, re2.compile(f"(?m){rule}".encode())) for kind, rule in _RULES)
_BETWEEN_TEXTS = "\n\x1f\n"  # no rule reaches over it
_UNITS = (".service", ".socket", ".target", ".slice", ".scope", ".mount", ".timer", ".device", ".path", ".swap")
_WORD = re.compile(r"\w")
_AROUND = " \t\"'._-"  # what is no part of a name at either end
_SHORTEST = 3  # characters of a name that is replaced inside of a text
_LONGEST = 120
_FIELDS = ("vm", "vault", "name")  # keys of a document that hold a name and nothing else
_PATHS = ("path", "artifact", "artifacts", "name")
_CLASSES = ("sub", "tenant", "ip", "mac", "host", "domain", "user", "mail", "sid", "rg", "vault", "storage", "resource")


@dataclass(frozen=True)
class Pseudonyms:
    """What stands for what: `names` in small letters. `alone` are names that are words of the report too, or very short:
    they are replaced only where a field holds nothing else. `spelled` has the originals by pseudonym."""

    names: dict[str, str]
    alone: dict[str, str] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)

    def replace(self, document: dict[str, Any]) -> dict[str, Any]:
        """A copy of a document with every name replaced."""
        words = Words(self.names)
        memo: dict[tuple[bool, str], str] = {}

        def change(key: str, text: str) -> str:
            slot = key in _FIELDS, text
            if slot not in memo:
                whole = self.alone.get(text.lower()) if slot[0] else None
                memo[slot] = whole or _replaced(text, words, self.names)
            return memo[slot]

        copied: dict[str, Any] = changed(document, change)
        return copied

    def originals(self) -> list[str]:
        """What may stand in no output."""
        return sorted(self.names)

    def map_file(self) -> bytes:
        """The map from pseudonyms to originals, for those who may know them."""
        ordered = dict(sorted(self.spelled.items(), key=lambda item: (item[0].rstrip("0123456789"), len(item[0]), item[0])))
        return (json.dumps({"schema": SCHEMA, "names": ordered}, indent=2, ensure_ascii=False) + "\n").encode()


def pseudonyms(documents: Iterable[dict[str, Any]], texts: Iterable[str], known: Iterable[Name]) -> Pseudonyms:
    """The pseudonyms of a case: of all names in `documents` (redacted already) and `texts`, and those `known` from fields of events."""
    said: set[str] = set()
    in_paths: set[str] = set()
    for document in documents:
        for key, text in values(document):
            (in_paths if key in _PATHS else said).add(text)
    found: dict[str, str] = {}
    spelled: dict[str, set[str]] = {}
    tiers: list[list[Name]] = []
    for names in ((*known, *_collected(said | set(texts))), _collected(in_paths)):
        tier = []
        for kind, name in names:
            for part_kind, part in _parts(kind, name.strip(_AROUND)):
                if _is_name(part_kind, part):
                    spelled.setdefault(part.lower(), set()).add(part)
                    tier.append((part_kind, part.lower()))
        tiers.append(tier)
    for tier in tiers:
        claimed: dict[str, str] = {}  # a name of several classes is of the first one
        for kind, name in sorted(tier, key=lambda item: (_CLASSES.index(item[0]), item[1])):
            claimed.setdefault(name, kind)
        for name, kind in sorted(claimed.items(), key=lambda item: item[0]):
            if name not in found:
                found[name] = kind
    numbered = _numbered(found)
    own = own_text()
    ours = {own[start:end] for start, end in Words(numbered).find(own)}  # what cannot be told from the words of the report
    alone = {name: pseudonym for name, pseudonym in numbered.items() if len(name) < _SHORTEST or name in ours or not _WORD.search(name)}
    apart = {name: pseudonym for name, pseudonym in numbered.items() if name not in alone}
    return Pseudonyms(apart, alone, {numbered[name]: min(ways) for name, ways in spelled.items()})


def of_events(events: Iterable[Event]) -> Iterator[Name]:
    """The names that fields of events hold."""
    fields = _words()["fields"]
    for event in events:
        for key, value in event.fields.items():
            if key in fields and isinstance(value, str) and value:
                yield fields[key] if fields[key] != "group" else "rg", value


def _numbered(found: dict[str, str]) -> dict[str, str]:
    counts: dict[str, int] = {}
    prefixes: dict[str, str] = {}
    result = {}
    for name, kind in found.items():
        if kind not in prefixes:
            prefix = kind
            while any(re.fullmatch(rf"{prefix}-\d+", other) for other in found):  # a machine may be called host-1
                prefix += "x"
            prefixes[kind] = prefix
        counts[kind] = counts.get(kind, 0) + 1
        result[name] = f"{prefixes[kind]}-{counts[kind]}"
    return result


def _collected(texts: Iterable[str]) -> list[Name]:
    """All names in the texts, which are looked through as one: a call per text and rule would cost more than the search."""
    raw = _BETWEEN_TEXTS.join(texts).encode("utf-8", "replace")
    types = _words()["resources"]
    names = [(kind, hit.group(1)) for kind, rule in _COMPILED for hit in rule.finditer(raw)]
    for hit in _OF_TYPE.finditer(raw):
        kind = types.get(hit.group(1).decode().lower())
        if kind:
            names.append((kind, hit.group(2)))
    quads: dict[bytes, bool] = {}
    for hit in _IPV4.finditer(raw):
        quads[hit.group(1)] = quads.get(hit.group(1), False) or _is_address(raw, hit)
    names += [("ip", quad) for quad, address in quads.items() if address]
    names += [("ip", hit.group(1)) for hit in _IPV6.finditer(raw)]
    return [(kind, name.decode("utf-8", "replace")) for kind, name in dict.fromkeys(names)]


def _is_address(raw: bytes, hit: Any) -> bool:
    """Whether four numbers are an address, not a version: by their size and by what stands beside them."""
    parts = hit.group(1).split(b".")
    numbers = [int(part) for part in parts]
    if any(number > 255 for number in numbers) or any(len(part) > 1 and part[:1] == b"0" for part in parts):
        return False
    if numbers[0] in (0, 127, 255) or numbers[0] >= 224:
        return False
    before, behind = raw[max(0, hit.start(1) - 24) : hit.start(1)], raw[hit.end(1) : hit.end(1) + 3]
    if _VERSION_BEFORE.search(before) and b"://" not in before:
        return False
    if numbers[0] >= 10:
        return True
    return bool(_ADDRESS_AROUND.search(before)) or re.match(rb"[:/]\d", behind) is not None


def _parts(kind: str, name: str) -> Iterator[Name]:
    """A host with its domain is two names; a user of a domain is one."""
    if kind == "host" and "." in name and not re.fullmatch(r"[\d.]+", name):
        short, _, domain = name.strip(".").partition(".")
        if any(f".{domain.lower()}".endswith(f".{azure}") for azure in _words()["domains"]):
            return
        yield "host", short
        if "." in domain:
            yield "domain", domain
    elif kind == "user":
        yield "user", name.rpartition("\\")[2].partition("@")[0]
    else:
        yield kind, name


def _is_name(kind: str, name: str) -> bool:
    if not name or len(name) > _LONGEST or MASK in name or name.lower() in _words()["addresses"]:
        return False
    match kind:
        case "ip":
            return _is_ip(name)
        case "mail":
            return not name.lower().endswith(_UNITS)
        case "sub" | "tenant":
            return bool(re.fullmatch(_GUID, name)) and set(name) - set("0-") != set()
        case "user":
            return name.lower() not in _accounts() and not name.isdigit() and not name.startswith("S-1-") and not name.endswith("$")
        case "host":
            return name.lower() not in ("localhost", "none", "null", "-", "unknown") and not re.fullmatch(r"[\d.:]+", name)
        case "mac":
            return set(name) - set("0:-fF") != set()
    return name not in ("-", "*")


def _is_ip(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:  # three numbers with colons are a time
        return False
    return not (address.is_unspecified or address.is_loopback or address.is_multicast)


def _replaced(text: str, words: Words, names: dict[str, str]) -> str:
    parts, done = [], 0
    for start, end in words.find(text):
        parts += [text[done:start], names[text[start:end].lower()]]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(resources.catalogue("privacy.yaml"))
    return found


@cache
def _accounts() -> frozenset[str]:
    return frozenset(str(name) for name in _words()["accounts"])
