"""`nft list ruleset` and `nft list table`: tables, chains and rules in braces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.parsers.commands.packet_filter import Chain, Rule, Table, rule

_TABLE = re.compile(r"table (?:(?P<family>ip6?|inet|arp|bridge|netdev) )?(?P<name>\S+) \{(?: #.*)?")
_CHAIN = re.compile(r"chain (?P<name>\S+) \{(?: #.*)?")
_HOOK = re.compile(r"type \w+ hook (?P<hook>\w+) .*?(?:policy (?P<policy>\w+))?;?")
_SET = r"(?:\{[^{}]*\}|[^\s{}]+)"
_NOT = r"(?P<not>!= )?"
_PARTS = (
    ("destination", re.compile(rf"\bip daddr {_NOT}(?P<value>{_SET})")),
    ("source", re.compile(rf"\bip saddr {_NOT}(?P<value>{_SET})")),
    ("ports", re.compile(rf"\b(?P<protocol>tcp|udp|th) dport {_NOT}(?P<value>{_SET})")),
    ("owner", re.compile(rf"\b(?:meta )?skuid {_NOT}(?P<value>{_SET})")),
    ("states", re.compile(rf"\bct state {_NOT}(?P<value>{_SET}(?:, ?\w+)*)")),
    ("out", re.compile(rf"\b(?:oifname|oif) {_NOT}(?P<value>{_SET})")),
    ("into", re.compile(rf"\b(?:iifname|iif) {_NOT}(?P<value>{_SET})")),
    ("protocol", re.compile(rf"\b(?:ip protocol|meta l4proto) {_NOT}(?P<value>{_SET})")),
)
_COUNTER = re.compile(r"\bcounter(?: packets (?P<packets>\d+) bytes \d+)?")
_VERDICT = re.compile(r"\b(?:(?P<plain>accept|drop|reject|return|queue)\b(?: with .*)?|(?:jump|goto) (?P<chain>\S+))")
_SILENT = re.compile(r"\blog(?: (?:prefix \"[^\"]*\"|level \w+|flags \w+|group \d+))*|\bcomment \"[^\"]*\"|# handle \d+")


def tables(lines: Iterable[tuple[int, str]]) -> Iterator[Table]:
    """The tables for IPv4 of a listing. Chains that packets enter on their way out have the hook `output`."""
    table, chain = None, ""
    for number, line in lines:
        row = line.strip()
        if match := _TABLE.fullmatch(row):
            if table is not None:
                yield table
            table, chain = Table(match["name"]) if match["family"] in (None, "ip", "inet") else None, ""
        elif table is None:
            continue
        elif match := _CHAIN.fullmatch(row):
            chain = match["name"]
            table.chains[chain] = Chain()
        elif row == "}":
            chain = ""
        elif not chain:
            continue
        elif match := _HOOK.fullmatch(row):
            policy = (match["policy"] or "").upper()
            table.chains[chain].hook, table.chains[chain].policy = match["hook"], policy
            if policy:
                table.policies.append(Rule(number, line, chain, policy))
        elif row and not row.startswith("#"):
            table.chains[chain].rules.append(_rule(number, line, chain, row))
    if table is not None:
        yield table


def _rule(number: int, line: str, chain: str, row: str) -> Rule:
    found: dict[str, str] = {}
    states: tuple[str, ...] = ()
    unclear = False
    rest = _SILENT.sub(" ", row)
    for name, pattern in _PARTS:
        match = pattern.search(rest)
        if match is None:
            continue
        rest = rest[: match.start()] + " " + rest[match.end() :]
        value = match["value"].strip("{} ").replace('"', "").replace(", ", ",").replace("-", ":" if name == "ports" else "-")
        if name == "states":
            states, unclear = tuple(state.upper() for state in value.split(",")), unclear or bool(match["not"])
        else:
            found[name] = ("!" if match["not"] else "") + value
            if name == "ports" and match["protocol"] != "th":
                found.setdefault("protocol", match["protocol"])
    counter = _COUNTER.search(rest)
    verdict = _VERDICT.search(rest)
    for part in (counter, verdict):
        rest = rest.replace(part[0], " ", 1) if part else rest
    if verdict:
        found["target"] = verdict["chain"] or verdict["plain"].upper()
    packets = int(counter["packets"]) if counter and counter["packets"] else None
    return rule(number, line, chain, found, states, packets, unclear=unclear or bool(rest.strip()))
