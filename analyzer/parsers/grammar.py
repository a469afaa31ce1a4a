"""From a Lark grammar of a line format to the header expressions of the fast path.

A grammar in `grammars/` is the definition of its format. Parsing every line of a log with it would take minutes, so the rules
that describe one line (they are regular: no recursion) are turned into regular expressions with one named group per terminal.
The result is checked in as `_formats.py`; a test proves it current and that both read every sample alike. A plain run loads
neither Lark nor a grammar.

    python -m analyzer.parsers.grammar      # writes _formats.py anew
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer import resources

if TYPE_CHECKING:
    from lark import Lark

LINE_GRAMMARS = (
    "audit_log",
    "cloud_init_log",
    "dhcp_lease",
    "disk_info",
    "extension_events",
    "ini",
    "key_values",
    "listing",
    "os_release",
    "registry",
    "results",
    "syslog",
    "text_log",
    "timezone",
    "vmassist_log",
    "vmsnapshot_log",
    "vmsnapshot_shell_log",
    "waagent_conf",
    "waagent_log",
    "windows_agent_log",
    "windows_plugin_log",
)


def parser(name: str) -> Lark:
    """The Lark parser of the grammar `name`: the reference that the generated expressions are held against."""
    from lark import Lark

    return Lark(
        resources.text(f"grammars/{name}.lark"), parser="lalr", lexer="contextual", keep_all_tokens=True, maybe_placeholders=False,
        g_regex_flags=re.ASCII,
    )  # fmt: skip


def shapes(name: str) -> dict[str, str]:
    """The line shapes of the grammar `name`, in the order they are tried: rule name to expression over one decoded line.

    `start` says what may stand around a shape; the rule it ends in (`record`) lists the shapes. A terminal becomes a group of
    its name; `SP` and names that begin with `_` get no group.
    """
    rules, terminals = _load(name)
    return {shape: _Line(rules, terminals, shape).of(rules["start"]) for shape in _alternatives(rules["record"])}


def starts(name: str) -> str:
    """One expression that says whether a line begins a record, with its stamp as the only group (named by clock: see `logs`)."""
    rules, terminals = _load(name)
    return "|".join(_Start(rules, terminals, shape).of(rules["start"]) for shape in _alternatives(rules["record"]))


def _load(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    from lark.load_grammar import load_grammar

    read: Any = load_grammar  # Lark does not type its own loader
    grammar, _ = read(resources.text(f"grammars/{name}.lark"), name, [], global_keep_all_tokens=True)
    rules = {str(rule[0]): rule[2] for rule in grammar.rule_defs}
    return rules, {t.name: t.pattern.to_regexp() for t in parser(name).terminals}


def _alternatives(tree: Any) -> list[str]:
    """Names of the rules that `record: a | b | c` lists."""
    from lark.grammar import NonTerminal

    return [str(symbol.name) for symbol in tree.scan_values(lambda value: isinstance(value, NonTerminal))]


class _Line:
    """One shape as a regular expression; `record` stands for the shape alone."""

    def __init__(self, rules: dict[str, Any], terminals: dict[str, str], shape: str) -> None:
        self.rules, self.terminals, self.shape = rules, terminals, shape

    def of(self, node: Any) -> str:
        from lark.grammar import NonTerminal, Terminal

        if isinstance(node, Terminal):
            return self.terminal(node.name)
        if isinstance(node, NonTerminal):
            return self.of(self.rules[self.shape if node.name == "record" else node.name])
        if node.data == "expansions":
            parts = [self.of(child) for child in node.children]
            return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
        if node.data == "expr":
            inner, op = node.children[0], str(node.children[1])
            if op != "?":
                raise ValueError(f"a line shape knows only '?', not {op!r}")
            return self.optional(self.of(inner))
        if node.data in ("expansion", "value"):
            return "".join(self.of(child) for child in node.children if child is not None)
        raise ValueError(f"a line shape cannot hold {node!r}")

    def terminal(self, name: str) -> str:
        pattern = self.terminals[name]
        return pattern if name == "SP" or name.startswith("_") else f"(?P<{name}>{pattern})"

    def optional(self, expression: str) -> str:
        return f"(?:{expression})?"


class _Start(_Line):
    """The same without what follows the columns that every record of the shape has."""

    def terminal(self, name: str) -> str:
        if name == "TEXT":
            return ""
        pattern = self.terminals[name]
        return f"(?P<{self.shape}>{pattern})" if name.endswith("_STAMP") else pattern

    def optional(self, expression: str) -> str:
        return f"(?:{expression})?" if expression.strip() else ""


def generate() -> str:
    """The text of `_formats.py`."""
    lines = [
        '"""Generated from grammars/*.lark by `python -m analyzer.parsers.grammar`; do not edit.',
        "",
        "SHAPES: per grammar the line shapes in the order they are tried. STARTS: whether a line begins a record; the group that",
        "matched names the shape and holds its stamp.",
        '"""',
        "",
        "SHAPES: dict[str, dict[str, str]] = {",
    ]
    for name in LINE_GRAMMARS:
        lines.append(f'    "{name}": {{')
        lines += [f'        "{shape}": {expression!r},' for shape, expression in shapes(name).items()]
        lines.append("    },")
    lines += ["}", "", "STARTS: dict[str, str] = {"]
    lines += [f'    "{name}": {expression!r},' for name in LINE_GRAMMARS if "(?P<" in (expression := starts(name))]
    return "\n".join([*lines, "}", ""])


def samples(name: str) -> tuple[list[str], list[str]]:
    """The sample lines beside the rules of grammar `name`: those that must parse, and those that must not."""
    text = resources.text(f"grammars/{name}.lark")
    good = re.findall(r"^// sample: ?(.*)$", text, re.MULTILINE)
    bad = re.findall(r"^// not: ?(.*)$", text, re.MULTILINE)
    return good, bad


if __name__ == "__main__":
    Path(__file__).with_name("_formats.py").write_text(generate(), encoding="utf-8", newline="\n")
