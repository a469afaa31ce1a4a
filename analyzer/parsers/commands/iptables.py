"""`iptables` in all its listings, and `nft list ruleset`: does a rule keep the agent from the host?

Formats: iptables-save(8), iptables(8) -S and -L with or without -v, -n, -x and --line-numbers; firewalld's direct rules; nft(8).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.commands import nft, saved
from analyzer.parsers.commands.packet_filter import Chain, Rule, Table, blocking, rule
from analyzer.parsers.commands.saved import Section
from analyzer.parsers.document import Document

KIND = "cmd-iptables"

_TABLE = re.compile(r"\*(?P<table>[a-z]+)")
_OPTION_TABLE = re.compile(r"(?:-t|--table)[ =_](?P<table>[a-z]+)")
_POLICY = re.compile(
    r":(?P<chain>\S+) (?P<policy>\S+)(?: \[(?P<packets>\d+):\d+\])?|-P (?P<chain2>\S+) (?P<policy2>\S+)(?: -c \d+ \d+)?|-N (?P<chain3>\S+)"
)
_APPENDED = re.compile(r"(?:ipv4 )?(?:-t (?P<table>[a-z]+) )?(?:\[(?P<packets>\d+):\d+\] )?-[AI] (?P<chain>\S+)(?: \d+)?(?P<rest>.*)")
_LISTED = re.compile(r"Chain (?P<chain>\S+) \((?:policy (?P<policy>\w+)(?: (?P<packets>\d+[KMGT]?) packets.*)?|\d+ references)\)")
_COLUMNS = re.compile(r"\s*(?:num\s+)?(?:pkts\s+bytes\s+)?target\s+prot\s+opt\s+(?:in\s+out\s+)?source\s+destination\s*")
_VALUED = {
    "-s": "source", "--source": "source", "--src": "source", "-d": "destination", "--destination": "destination", "--dst": "destination",
    "-p": "protocol", "--protocol": "protocol", "--dport": "ports", "--destination-port": "ports", "--dports": "ports",
    "--destination-ports": "ports", "--uid-owner": "owner", "-i": "into", "-o": "out",
    "-j": "target", "--jump": "target", "-g": "target", "--goto": "target",
}  # fmt: skip
_LISTED_COLUMNS = {"target": "target", "prot": "protocol", "in": "into", "out": "out", "source": "source", "destination": "destination"}
_BEHIND = (
    ("", re.compile(r"/\*.*?\*/")),
    ("owner", re.compile(r"(?P<not>! )?owner UID match (?P<value>\S+)")),
    ("ports", re.compile(r"(?:multiport dports |(?:tcp|udp) dpts?:)(?P<not>!)?(?P<value>\d\S*)")),
    ("states", re.compile(r"(?<!! )\b(?:ct)?state (?P<value>\S+)")),
    ("", re.compile(r"reject-with \S+")),
    ("", re.compile(r"LOG (?:flags \d+ )?level \S+(?: prefix \"[^\"]*\")?")),
)
_EXPLAINED = {"-m": 1, "--comment": 1, "-c": 2, "--set-counters": 2, "--reject-with": 1, "--log-prefix": 1, "--log-level": 1, "-w": 0}
_POWERS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}


def parse(document: Document) -> Iterator[Event]:
    """One state event per rule and per policy: fields `table`, `chain`, `target`, `destination`, `source`, `owner`, `ports`,
    `packets`, and `blocks_host`: it keeps root from 168.63.129.16."""
    yield from saved.parse(document, rows)


def rows(section: Section) -> Iterator[Event]:
    six = "ip6tables" in section.command or "ip6tables" in section.path or any("ip6tables-save" in line for _, line in section.lines[:3])
    tables = [*nft.tables(section.lines), *_tables(section)]
    for table in tables:
        rules, policies = (frozenset[int](), frozenset[str]()) if six or _is_ipv6(table) else blocking(table.chains)
        events = [_event(section, table, rule, rule.line in rules) for chain in table.chains.values() for rule in chain.rules]
        events += [_event(section, table, policy, policy.chain in policies) for policy in table.policies]
        yield from sorted(events, key=lambda event: event.line or 0)


def _is_ipv6(table: Table) -> bool:
    return any("::" in rule.source + rule.destination for chain in table.chains.values() for rule in chain.rules)


def _tables(section: Section) -> Iterator[Table]:
    named = _OPTION_TABLE.search(section.command) or _OPTION_TABLE.search(section.path)
    table = Table(named["table"] if named else "filter")
    columns: list[str] = []
    chain = ""
    for number, line in section.lines:
        row = line.strip()
        if match := _TABLE.fullmatch(row):
            yield table
            table = Table(match["table"])
        elif match := _LISTED.fullmatch(row):
            if match["chain"] in table.chains:  # the next table of a listing, or the same one listed again
                yield table
                table = Table(table.name)
            chain = match["chain"]
            _policy(table, number, line, chain, match["policy"] or "", _count(match["packets"]))
        elif _COLUMNS.fullmatch(line):
            columns = line.split()
        elif match := _POLICY.fullmatch(row):
            name = match["chain"] or match["chain2"] or match["chain3"]
            _policy(table, number, line, name, match["policy"] or match["policy2"] or "", _count(match["packets"]))
        elif match := _APPENDED.fullmatch(row):
            if match["table"] and match["table"] != table.name:
                yield table
                table = Table(match["table"])
            rule = _option_rule(number, line, match["chain"], match["rest"], _count(match["packets"]))
            rules = _chain(table, match["chain"]).rules
            rules.insert(0 if " -I " in f" {row}" else len(rules), rule)
        elif chain and columns and (listed := _listed_rule(number, line, chain, columns)):
            _chain(table, chain).rules.append(listed)
    yield table


def _chain(table: Table, name: str) -> Chain:
    return table.chains.setdefault(name, Chain(hook={"OUTPUT": "output", "INPUT": "input"}.get(name, "")))


def _policy(table: Table, number: int, line: str, chain: str, policy: str, packets: int | None) -> None:
    _chain(table, chain).policy = policy if policy in ("ACCEPT", "DROP") else ""
    if _chain(table, chain).policy:
        table.policies.append(Rule(number, line, chain, policy, packets=packets))


def _count(text: str | None) -> int | None:
    if not text:
        return None
    digits = text.rstrip("KMGT")
    return int(digits) * _POWERS[text[len(digits) :]]


def _option_rule(number: int, line: str, chain: str, rest: str, packets: int | None) -> Rule:
    """A rule as iptables-save and -S write it."""
    try:
        words = shlex.split(rest)
    except ValueError:  # a quote without its end
        words = rest.split()
    found: dict[str, str] = {}
    states: tuple[str, ...] = ()
    unclear, negated, at = False, "", 0
    while at < len(words):
        word, value = words[at], words[at + 1] if at + 1 < len(words) else ""
        at += 1
        if word == "!":
            negated = "!"
            continue
        if word in _VALUED:
            found[_VALUED[word]] = negated + value
            at += 1
        elif word in ("--ctstate", "--state"):
            states, unclear = tuple(value.split(",")), unclear or bool(negated)
            at += 1
        elif word in _EXPLAINED:
            packets = int(value) if word == "-c" and value.isdecimal() else packets
            at += _EXPLAINED[word]
        elif word.startswith("-"):
            unclear = True
        negated = ""
    return rule(number, line, chain, found, states, packets, unclear=unclear)


def _listed_rule(number: int, line: str, chain: str, columns: list[str]) -> Rule | None:
    """A rule of `iptables -L`: words under the columns of the header, and what else it asks for behind them."""
    words = line.split()
    target = columns.index("target")
    if len(words) > target + 1 and words[target + 1] in ("--", "-f", "!f"):
        words.insert(target, "")  # a rule without a target leaves its column blank
    if len(words) < len(columns):
        return None
    values = dict(zip(columns, words, strict=False))
    if "pkts" in values and not re.fullmatch(r"\d+[KMGT]?", values["pkts"]):
        return None
    found = {name: values[column] for column, name in _LISTED_COLUMNS.items() if column in values}
    states, rest = _behind(" ".join(words[len(columns) :]), found)
    hidden = "in" not in columns and found["target"] not in ("DROP", "REJECT")  # without -v the interface is not shown
    blanket = not (states or "ports" in found or "owner" in found) and found["destination"] in ("0.0.0.0/0", "anywhere")
    return rule(number, line, chain, found, states, _count(values.get("pkts")), unclear=bool(rest) or (hidden and blanket))


def _behind(rest: str, found: dict[str, str]) -> tuple[tuple[str, ...], str]:
    """What `iptables -L` prints behind the columns, into `found`: the states, and what remains unexplained."""
    states: tuple[str, ...] = ()
    for name, pattern in _BEHIND:
        match = pattern.search(rest)
        if match is None:
            continue
        rest = rest[: match.start()] + rest[match.end() :]
        if name == "states":
            states = tuple(match["value"].split(","))
        elif name:
            found[name] = ("!" if match["not"] else "") + match["value"]
    return states, rest.strip()


def _event(section: Section, table: Table, rule: Rule, blocks: bool) -> Event:
    fields: dict[str, Value] = {
        "table": table.name,
        "chain": rule.chain,
        "target": rule.target,
        "destination": rule.destination,
        "source": rule.source,
        "owner": rule.owner,
        "ports": rule.ports,
        "packets": rule.packets,
        "blocks_host": blocks,
    }
    return Event(KIND, section.path, rule.raw.strip(), line=rule.line, fields=fields, raw=rule.raw, state=True)
