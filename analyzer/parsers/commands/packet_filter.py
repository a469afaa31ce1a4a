"""Whether a packet filter keeps the Linux agent from the host, 168.63.129.16.

Rules come from iptables and nft in one shape (`Rule`). The agent runs as root and opens TCP connections to the ports of facts.yaml; each
is walked through the chains. A condition that cannot be judged from the listing counts for the benefit of the packet: a rule that
perhaps drops does not block, a rule that perhaps accepts lets it pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from analyzer.facts import fact

HOST = IPv4Address("168.63.129.16")
_PASSED_OVER = frozenset(
    (
        "",
        "LOG",
        "NFLOG",
        "ULOG",
        "MARK",
        "CONNMARK",
        "TCPMSS",
        "AUDIT",
        "SECMARK",
        "CONNSECMARK",
        "TRACE",
        "DSCP",
        "TOS",
        "TTL",
        "NOTRACK",
        "CT",
        "SET",
        "CHECKSUM",
        "CLASSIFY",
    )
)
_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Empty values do not restrict; a leading `!` negates. `unclear` says that it has a condition nobody here can judge."""

    line: int
    raw: str
    chain: str
    target: str
    source: str = ""
    destination: str = ""
    protocol: str = ""
    ports: str = ""
    owner: str = ""
    states: tuple[str, ...] = ()
    into: str = ""
    out: str = ""
    packets: int | None = None
    unclear: bool = False

    @property
    def drops(self) -> bool:
        return self.target in ("DROP", "REJECT")

    @property
    def own(self) -> bool:
        """The agent's rule against callers that are not root: it follows the one that accepts root (ga/firewall_manager.py)."""
        return self.drops and bool(self.states) and set(self.states) <= {"INVALID", "NEW"} and _covers(self.destination, exact=True) is True


def rule(
    line: int,
    raw: str,
    chain: str,
    found: Mapping[str, str],
    states: tuple[str, ...] = (),
    packets: int | None = None,
    *,
    unclear: bool = False,
) -> Rule:
    """A rule of what a listing says, by the names of `Rule`."""
    say = found.get
    return Rule(
        line, raw, chain, say("target", ""), say("source", ""), say("destination", ""), say("protocol", ""), say("ports", ""),
        say("owner", ""), states, say("into", ""), say("out", ""), packets, unclear,
    )  # fmt: skip


@dataclass(slots=True)
class Chain:
    """Rules in order. `hook` is "output" or "input" for the chains that packets enter by themselves."""

    rules: list[Rule] = field(default_factory=list)
    hook: str = ""
    policy: str = ""


@dataclass
class Table:
    """The chains of one table, as far as the listing shows them."""

    name: str
    chains: dict[str, Chain] = field(default_factory=dict)
    policies: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Packet:
    port: int
    reply: bool = False  # from the host, of a connection that exists


@dataclass(frozen=True, slots=True)
class _End:
    """How a walk ended: `rule` dropped the packet; without it the packet passed, or the policy decides (`undecided`)."""

    rule: Rule | None = None
    undecided: bool = False


_PASSED, _UNDECIDED = _End(), _End(undecided=True)


def blocking(chains: Mapping[str, Chain]) -> tuple[frozenset[int], frozenset[str]]:
    """Lines of the rules that keep root from the host, and names of the chains whose policy does."""
    rules, policies = set(), set()
    for port in fact("wire-server-ports").value:
        out, back = _Walk(chains, _Packet(port)), _Walk(chains, _Packet(port, reply=True))
        for name, chain in chains.items():
            if chain.hook == "output":
                end = out.end_of(name)
                if end.rule is not None:
                    rules.add(end.rule.line)
                elif end.undecided and chain.policy == "DROP":
                    policies.add(name)
            elif chain.hook == "input":
                end = back.end_of(name)
                if end.rule is not None and _covers(end.rule.source, exact=True):
                    rules.add(end.rule.line)
    return frozenset(rules), frozenset(policies)


class _Walk:
    """One packet through the chains; every chain is walked once."""

    def __init__(self, chains: Mapping[str, Chain], packet: _Packet) -> None:
        self._chains, self._packet = chains, packet
        self._ends: dict[str, _End] = {}

    def end_of(self, name: str, depth: int = 0) -> _End:
        if name not in self._ends:
            self._ends[name] = _PASSED  # for a loop, which the kernel refuses
            self._ends[name] = self._walk(self._chains[name].rules, depth)
        return self._ends[name]

    def _walk(self, rules: Iterable[Rule], depth: int) -> _End:
        for rule in rules:
            matched = _matches(rule, self._packet)
            if matched is False or rule.own or rule.target in _PASSED_OVER:
                continue
            if rule.drops:
                if matched:
                    return _End(rule)
            elif rule.target == "RETURN":
                return _UNDECIDED if matched else _PASSED
            elif rule.target in self._chains and depth < _DEPTH:
                end = self.end_of(rule.target, depth + 1)
                if not end.undecided and (matched or end.rule is None):
                    return end
            else:  # ACCEPT, or a chain and a target that the listing does not explain
                return _PASSED
        return _UNDECIDED


def _matches(rule: Rule, packet: _Packet) -> bool | None:
    """True, False, or None where the listing does not tell."""
    host, other = (rule.source, rule.destination) if packet.reply else (rule.destination, rule.source)
    verdicts = (
        _covers(host),
        None if other and _covers_all(other) is not True else True,
        _negatable(rule.protocol, ("tcp", "6", "all", "0", "ip")),
        True if not rule.ports else False if packet.reply else _has_port(rule.ports, packet.port),
        _negatable(rule.owner, ("0", "root")) if not packet.reply or not rule.owner else None,
        True if not rule.states else ("ESTABLISHED" if packet.reply else "NEW") in rule.states,
        _interface(rule.into if packet.reply else rule.out),
        None if rule.unclear else True,
    )
    return False if False in verdicts else None if None in verdicts else True


def _negatable(value: str, wanted: tuple[str, ...]) -> bool:
    return True if not value else (value.removeprefix("!") in wanted) is not value.startswith("!")


def _interface(name: str) -> bool | None:
    """Whether the host is reached through this interface: never through `lo`, perhaps through any other."""
    if name in ("", "*", "any", "!lo"):
        return True
    return False if name == "lo" else None


def _has_port(ports: str, port: int) -> bool:
    inside = False
    for part in ports.removeprefix("!").split(","):
        low, _, high = part.partition(":")
        if low.isdecimal() and (high.isdecimal() or not high):
            inside = inside or int(low) <= port <= int(high or low)
    return inside is not ports.startswith("!")


def _covers_all(address: str) -> bool:
    return address in ("", "0.0.0.0/0", "anywhere", "any", "default")


def _covers(address: str, *, exact: bool = False) -> bool | None:
    """Whether an address, network or list of them holds the host; `exact`: names it, not a large network around it."""
    if _covers_all(address):
        return not exact
    plain = address.removeprefix("!")
    networks = [_network(part.strip()) for part in plain.split(",")]
    if any(network is not None and HOST in network and (not exact or network.prefixlen >= 24) for network in networks):
        return not address.startswith("!")
    return None if None in networks else address.startswith("!")


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):  # a name, a set, or IPv6: cannot be judged
        return None
