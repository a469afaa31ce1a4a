"""The failures planted in the benchmark's text, and the rules by which each tool is to find them.

Five kinds of lines that a Linux machine writes, one line in `EVERY`. Every tool gets a rule for each of the five, and rules that match
nothing, up to the same number: what a tool reports must be the number that was planted, or it was not at work.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

EVERY = 5_000


@dataclass(frozen=True)
class Kind:
    """One kind: what stands in the line, the literal that tells it, and an expression over its message."""

    name: str
    line: str
    literal: str
    expression: str


KINDS = (
    Kind("killed", "kernel: [ 8123.456789] Out of memory: Killed process {n} (java) total-vm:8123456kB", "Out of memory: Killed process", r"Out of memory: Killed process ([0-9]+)"),
    Kind("disk", "kernel: [ 8123.456789] blk_update_request: I/O error, dev sdb, sector {n} op 0x0:(READ)", "blk_update_request: I/O error", r"blk_update_request: I/O error, dev ([a-z]+)"),
    Kind("crash", "kernel: [ 8123.456789] app[{n}]: segfault at 0 ip 00007f sp 00007f error 4 in libc.so.6", "segfault at", r"segfault at ([0-9]+) ip"),
    Kind("download", "python3[911]: Failed to download extension package number {n}: timed out", "Failed to download extension package", r"Failed to download extension package number ([0-9]+)"),
    Kind("tree", "kernel: [ 8123.456789] EXT4-fs error (device sda1): ext4_lookup:{n}: inode #2: comm ls: deleted inode", "EXT4-fs error", r"EXT4-fs error \(device ([a-z0-9]+)\)"),
)  # fmt: skip


def planted(number: int) -> str:
    """The `number`th planted failure: the kinds in turn, each with a number of its own."""
    return KINDS[number % len(KINDS)].line.replace("{n}", str(10_000 + number))


def invented(number: int) -> str:
    """A literal that stands in no log."""
    return f"invented failure {number * 7919:08x} of unit {number:04d}"


def expressions(count: int) -> list[str]:
    """`count` extended regular expressions as grep -E takes them: the five kinds, and what our own signatures look for in such logs."""
    return [*(kind.expression for kind in KINDS), *_LIKE_OURS][:count]


# Messages of the agent and the backup extension (Azure/WALinuxAgent, Azure/azure-linux-extensions), none of which stands in the text.
_LIKE_OURS = (
    r"Failed to report vm agent status: .*timed out",
    r"\[HttpError\] .*(GET|POST|PUT) vmSettings",
    r"ResourceGone.*GoalState",
    r"ExtensionsGoalStateError|GoalStateMismatch",
    r"Extension .* will not be processed since extension processing is disabled",
    r"Exception retrieving (extension handlers|agent manifests)",
    r"WireServer is not responding|Unable to (reach|contact) the WireServer",
    r"agent\.service: (Main process exited|Start request repeated too quickly)",
    r"ImportError: No module named '?(azure|waagent|Utils)",
    r"ExtensionOperationError\] Non-zero exit code: [0-9]+",
    r"ExtensionDownloadError\] .*(403|404|410)",
    r"PreSnapshot: Status Code: (40[0-9]|50[0-9])",
    r"freeze took longer than timeout|freeze timed-out",
    r"FailedRetryableFsFreeze(Failed|Timeout)",
    r"thaw failed|Failed to thaw",
    r"run_status - error .*all_failed - True",
    r"CommonError.*SnapshotFailed(NoNetwork|NoSecureNetwork)",
    r"No space left on device.*/var/lib/waagent",
    r"dec=deny.* path=/var/lib/waagent/",
    r'apparmor="DENIED" operation="(exec|open)"',
    r"avc: +denied .*scontext=system_u:system_r:(waagent|cloud_init)_t",
    r"No DHCPOFFERS received|dhcp4 .*request timed out",
    r"System clock (wrong|was stepped) by -?[0-9]{4,}",
    r"Remounting filesystem read-only|Read-only file system.*waagent",
    r"certificate verify failed.*(blob|vault)",
)


def our_signatures(folder: Path, count: int, kinds: tuple[str, ...] = ("waagent-log", "syslog", "vmsnapshot-log")) -> Path:
    """A folder for `--signatures`: the five kinds of the system's log (as hints, counted whenever they happened), then invented ones up to
    `count`."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = [("syslog", f"planted-{kind.name}", kind.literal, _named(kind.expression)) for kind in KINDS]
    for number in range(len(rules), count):
        text = invented(number)
        rules.append((kinds[number % len(kinds)], f"invented-{number:04d}", text, text + " (?P<number>[0-9]+)"))
    write_signatures(folder / "bench.yaml", rules[:count])
    return folder


def write_signatures(path: Path, rules: list[tuple[str, str, str, str]]) -> None:
    """Signatures that hint at a cause: artifact kind, name, anchor, expression."""
    path.write_text(
        "\n".join(
            f"- id: bench.{name}\n  cause: filesystem-freeze\n  role: for\n  strength: hint\n  scope: before\n  events:\n"
            f"    seen: {{kind: {kind}, anchor: {json.dumps(anchor)}, match: {json.dumps(expression)}}}\n"
            f"  when: seen\n  needs: [{kind}]\n  source: benchmarks\n  says: {{en: Made up., zh-CN: Made up.}}\n  matches: []\n  near_misses: []\n"
            for kind, name, anchor, expression in rules
        )
    )


def _named(expression: str) -> str:
    return expression.replace("([", "(?P<what>[", 1)


def insights_rules(folder: Path, count: int) -> Path:
    """A package of insights-core rules over `Messages`, with a filter for each: `insights-run -p bench_rules`."""
    literals = [*(kind.literal for kind in KINDS), *(invented(number) for number in range(len(KINDS), count))][:count]
    package = folder / "bench_rules"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    rules = "".join(
        f"\n\n@rule(Messages)\ndef rule_{number:02d}(messages):\n    return found(messages, {literal!r}, 'RULE_{number:02d}')\n"
        for number, literal in enumerate(literals)
    )
    (package / "rules.py").write_text(
        "from insights import make_fail, rule\nfrom insights.core.filters import add_filter\nfrom insights.parsers.messages import Messages\n"
        f"from insights.specs import Specs\n\nadd_filter(Specs.messages, {literals!r})\n\n\n"
        "def found(messages, literal, key):\n    hits = messages.get(literal)\n    if hits:\n"
        "        return make_fail(key, count=len(hits), first=hits[0]['raw_message'], last=hits[-1]['raw_message'])\n" + rules
    )
    return folder


def hotsos_checks(folder: Path, count: int) -> Path:
    """A folder of hotsos definitions: one scenario of its `kernel` plugin over kern.log, with a hint for each check."""
    checks = [(kind.name, kind.literal, kind.expression) for kind in KINDS]
    checks += [(f"x{number:02d}", invented(number), invented(number) + r" (\S+)") for number in range(len(checks), count)]
    scenario = folder / "scenarios" / "kernel" / "bench.yaml"
    scenario.parent.mkdir(parents=True, exist_ok=True)
    (folder / "events").mkdir(exist_ok=True)
    text = "input:\n  path: var/log/kern.log\nchecks:\n"
    for name, literal, expression in checks[:count]:
        text += f"  {name}:\n    expr: {json.dumps('.+' + expression)}\n    hint: {json.dumps(literal)}\n"
    text += "conclusions:\n"
    for name, _, _ in checks[:count]:
        text += f"  c_{name}: {{decision: {name}, raises: {{type: KernelError, message: 'found-{name}={{g}}', format-dict: {{g: '@checks.{name}.search.num_results'}}}}}}\n"
    scenario.write_text(text)
    return folder
