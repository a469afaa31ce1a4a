"""What to look for: named patterns over events, compiled so that one pass over a log finds all of them.

A `Pattern` says of which artifact kinds it speaks, which literals must stand in a record before it is worth parsing (`anchors`,
logs only), and what the parsed event must hold (`match` over its text, `where` over its attributes and fields). The cost of a
scan does not grow with the number of patterns: all anchors of a kind are one RE2 expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import re2

from analyzer.model import NO_FIELDS, Event, Value

_CODES = 10_000  # whose patterns are remembered
_MEMORY = 64 << 20  # bytes for RE2's DFA: with the default 8 MiB some 1,500 literals fall back to the slow engine


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of an attribute or field of an event: `component|contains: VMSnapshotLinux`."""

    name: str
    modifier: str
    values: tuple[Value, ...]

    def holds(self, event: Event) -> bool:
        return self.judge(attribute(event, self.name))

    def judge(self, actual: Value) -> bool:
        """Whether the test holds for a value; None is that there is none."""
        if self.modifier == "exists":
            return (actual is not None) == bool(self.values[0])
        if actual is None:
            return False
        if self.modifier == "not":
            return not any(_equal(actual, value) for value in self.values)
        if self.modifier == "lacks":
            return not any(_TESTS["contains"](actual, value) for value in self.values)
        return any(_TESTS[self.modifier](actual, value) for value in self.values)


def attribute(event: Event, name: str) -> Value:
    """The attribute (`component`, `level`, `code`, `text`, `artifact`) or the field `name` of `event`; None if it has none."""
    if name in ("component", "level", "code", "text", "artifact"):
        value: Value = getattr(event, name)
        return value if value != "" else None
    return event.fields.get(name)


def version(value: Value) -> tuple[int, ...]:
    """A dotted version as numbers, component by component; `()` if there is none."""
    found = re.match(r"\d{1,18}(?:\.\d{1,18})*", str(value or "").strip().removeprefix("WALinuxAgent-"))
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _number(value: Value) -> float:
    try:
        return float(value) if value is not None else float("nan")
    except (ValueError, OverflowError):
        return float("nan")


def _code_of(value: Value) -> str:
    """A code so that equal ones are spelt alike: `_equal` compares numbers by value and words whatever their case."""
    number = _number(value)
    return str(int(number)) if number == number and abs(number) < 1e15 and number == int(number) else str(value).lower()


def _equal(actual: Value, wanted: Value) -> bool:
    if isinstance(wanted, bool) or isinstance(actual, bool):
        return actual is wanted or str(actual).lower() == str(wanted).lower()
    if isinstance(wanted, int | float):
        return _number(actual) == wanted
    return str(actual).lower() == str(wanted).lower()


def compiled(expression: str) -> Any:
    """An RE2 expression over text. Raises `re2.error`."""
    return re2.compile(expression, _quiet())


def over_bytes(expression: bytes) -> Any:
    """An RE2 expression over bytes, whatever their encoding."""
    return re2.compile(expression, _latin1())


def _searches(expression: str, text: str) -> bool:
    return compiled(expression).search(text) is not None


def _below(actual: Value, limit: Value) -> bool:
    left, right = version(actual), version(limit)
    return bool(left and right) and left < right


_TESTS: dict[str, Callable[[Value, Value], bool]] = {
    "is": _equal,
    "exactly": lambda actual, value: str(actual) == str(value),
    "contains": lambda actual, value: str(value).lower() in str(actual).lower(),
    "startswith": lambda actual, value: str(actual).lower().startswith(str(value).lower()),
    "endswith": lambda actual, value: str(actual).lower().endswith(str(value).lower()),
    "re": lambda actual, value: _searches(str(value), str(actual)),
    "gt": lambda actual, value: _number(actual) > _number(value),
    "gte": lambda actual, value: _number(actual) >= _number(value),
    "lt": lambda actual, value: _number(actual) < _number(value),
    "lte": lambda actual, value: _number(actual) <= _number(value),
    "below": _below,
    "notbelow": lambda actual, value: bool(version(actual)) and not _below(actual, value),
}
MODIFIERS = frozenset(_TESTS) | {"exists", "not", "lacks"}


@dataclass(frozen=True)
class Pattern:
    """A named thing to find. `name` is unique over the catalogue (`<signature>:<event>`)."""

    name: str
    kinds: frozenset[str]
    anchors: tuple[str, ...] = ()
    match: str | None = None
    where: tuple[Condition, ...] = ()
    facts: tuple[str, ...] = ()  # ids of the facts its values come from

    @cached_property
    def _expression(self) -> Any:
        """Over bytes: RE2 thinks in them, and to translate each offset of a text costs more than the search."""
        return re2.compile(self.match.encode("utf-8"), _quiet()) if self.match is not None else None

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        """The named groups and their numbers."""
        found = self._expression.groupindex if self._expression is not None else {}
        return tuple((name.decode(), index) for name, index in found.items())

    @cached_property
    def _of_match(self) -> tuple[Condition, ...]:
        """The tests of what the match itself captured."""
        names = {name for name, _ in self._groups}
        return tuple(condition for condition in self.where if condition.name in names)

    @cached_property
    def _of_event(self) -> tuple[Condition, ...]:
        return tuple(condition for condition in self.where if condition not in self._of_match)

    @cached_property
    def sources(self) -> frozenset[str]:
        """What must cover a time to tell that nothing of the pattern is in it: its kinds; of an event log the channel it names."""
        named = [condition for condition in self.where if condition.name == "channel" and condition.modifier in ("is", "exactly")]
        if self.kinds != {"evtx"} or not named:
            return self.kinds
        return frozenset(f"evtx:{value}" for condition in named for value in condition.values)

    @cached_property
    def codes(self) -> frozenset[str] | None:
        """The codes that an event must have one of, as `_code_of` spells them; None if any will do.

        An event log holds hundreds of thousands of events, and nearly every pattern over it names its ids.
        """
        if "(?P<code>" in (self.match or ""):  # the test is of what the match captures
            return None
        asked = [condition for condition in self.where if condition.name == "code" and condition.modifier in ("is", "exactly")]
        values = asked[0].values if asked else ()
        if not values or not all(isinstance(value, str) or type(value) is int for value in values):
            return None
        return frozenset(_code_of(value) for value in values)

    @property
    def question(self) -> tuple[object, ...]:
        """What it asks for. Patterns of the same question find the same, so one of them is looked for."""
        return self.kinds, self.anchors, self.match, repr(self.where)

    @property
    def plain(self) -> bool:
        """Whether an anchor is all that it asks for."""
        return self.match is None and not self.where

    def find(self, event: Event, encoded: bytes | None = None) -> tuple[int, int, Mapping[str, str]] | None:
        """Begin and end of the match in `event.text` and the named groups; None if the event is not this pattern. `encoded` is the text as
        UTF-8, for those who have it already."""
        if not all(condition.holds(event) for condition in self._of_event):
            return None
        if self._expression is not None:
            data = encoded if encoded is not None else event.text.encode("utf-8", "replace")
            found = self._expression.search(data)
            if found is None:
                return None
            groups = {name: part.decode("utf-8", "replace") for name, index in self._groups if (part := found.group(index)) is not None}
            if not all(condition.judge(groups.get(condition.name)) for condition in self._of_match):
                return None
            return *_places(event.text, data, found.start(), found.end()), groups
        if self.anchors:
            places = [(at, at + len(anchor)) for anchor in self.anchors if (at := event.text.find(anchor)) >= 0]
            return (*min(places), NO_GROUPS) if places else None
        return 0, 0, NO_GROUPS


NO_GROUPS: Mapping[str, str] = {}


def _places(text: str, data: bytes, start: int, end: int) -> tuple[int, int]:
    """Two places of the encoded text as places of the text."""
    if len(data) == len(text):
        return start, end
    return len(data[:start].decode("utf-8", "replace")), len(data[:end].decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Hit:
    """An event that is a pattern: `line` is where the match itself stands, `groups` are its named parts.

    `at` and `end` are the match in the event's text; equal where the whole event is meant."""

    pattern: str
    event: Event
    line: int | None
    groups: Mapping[str, str] = field(default_factory=lambda: NO_GROUPS)
    at: int = 0
    end: int = 0

    def value(self, name: str) -> Value:
        return self.groups[name] if name in self.groups else attribute(self.event, name)

    @property
    def fields(self) -> Mapping[str, Value]:
        return {**self.event.fields, **self.groups} if self.groups else self.event.fields or NO_FIELDS


def _latin1() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # in UTF-8 mode invalid bytes would end a match
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


@cache
def _quiet() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


class KindPatterns:
    """The patterns of one artifact kind, compiled."""

    def __init__(self, patterns: Iterable[Pattern], extra_anchors: Iterable[str] = ()) -> None:
        self.patterns = tuple(patterns)
        by_anchor: dict[str, list[Pattern]] = {}
        for pattern in self.patterns:
            for anchor in pattern.anchors:
                by_anchor.setdefault(anchor, []).append(pattern)
        for anchor in extra_anchors:
            by_anchor.setdefault(anchor, [])
        self._by_anchor = by_anchor
        self._by_code: dict[str, list[Pattern]] = {}

    @cached_property
    def anchors(self) -> Any:
        """One RE2 expression over bytes that finds any anchor, or None if there is none."""
        if not self._by_anchor:
            return None
        return over_bytes("|".join(re2.escape(anchor) for anchor in sorted(self._by_anchor)).encode("ascii"))

    @cached_property
    def _in_record(self) -> tuple[Any, list[tuple[str, list[Pattern]]]]:
        """All anchors as a set that says which of them stand in a record: one match must not hide another."""
        anchors = re2.Set.SearchSet(_latin1())
        owners = []
        for anchor, patterns in sorted(self._by_anchor.items()):
            anchors.Add(re2.escape(anchor).encode("ascii"))
            owners.append((anchor, patterns))
        anchors.Compile()
        return anchors, owners

    def of_record(self, event: Event) -> Iterator[Hit]:
        """The hits of a log record: every pattern one of whose anchors stands in it, in the catalogue's order."""
        if not self._by_anchor:
            return
        anchors, owners = self._in_record
        encoded = event.text.encode("utf-8", "replace")
        found = anchors.Match(encoded) or ()
        first: dict[str, tuple[int, int, Pattern]] = {}
        for i in sorted(found):
            anchor, patterns = owners[i]
            at = event.text.find(anchor)
            for pattern in patterns:
                if pattern.name not in first or at < first[pattern.name][0]:
                    first[pattern.name] = (at, at + len(anchor), pattern)
        for at, end, pattern in first.values():
            if pattern.plain:
                yield _made(pattern, event, at, end, NO_GROUPS)
            else:
                yield from _hit(pattern, event, encoded)

    def of_event(self, event: Event) -> Iterator[Hit]:
        """The hits of an event that was parsed anyway (documents, event logs): every pattern that asks for its code, or for none."""
        code = _code_of(event.code)
        if code not in self._by_code:
            self._by_code[code] = [pattern for pattern in self.patterns if pattern.codes is None or code in pattern.codes]
        candidates = self._by_code[code] if len(self._by_code) < _CODES else self.patterns
        if not candidates:
            return
        encoded = event.text.encode("utf-8", "replace")
        for pattern in candidates:
            yield from _hit(pattern, event, encoded)


def _hit(pattern: Pattern, event: Event, encoded: bytes | None = None) -> Iterator[Hit]:
    found = pattern.find(event, encoded)
    if found is not None:
        yield _made(pattern, event, *found)


def _made(pattern: Pattern, event: Event, at: int, end: int, groups: Mapping[str, str]) -> Hit:
    line = None if event.line is None else event.line + event.text.count("\n", 0, at)
    return Hit(pattern.name, event, line, groups, at, end)


class PatternSet:
    """All patterns of a run, by artifact kind.

    Signatures ask for the same thing again and again (a heartbeat of the agent). Those patterns find nothing under their own name: `same`
    says under which other name their hits stand. A pattern that signatures share keeps its own.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.same: dict[str, str] = {}
        self._by_kind: dict[str, list[Pattern]] = {}
        asked: dict[tuple[object, ...], str] = {}
        for pattern in patterns:
            first = asked.setdefault(pattern.question, pattern.name)
            if first != pattern.name and ":" in pattern.name:
                self.same[pattern.name] = first
                continue
            for kind in pattern.kinds:
                self._by_kind.setdefault(kind, []).append(pattern)
        self._compiled: dict[str, KindPatterns] = {}

    def of_kind(self, kind: str, extra_anchors: Iterable[str] = ()) -> KindPatterns:
        if kind not in self._compiled:
            self._compiled[kind] = KindPatterns(self._by_kind.get(kind, ()), extra_anchors)
        return self._compiled[kind]
