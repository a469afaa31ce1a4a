"""Output of commands inside the agent's log.

When a command has ended, the agent logs what it printed as part of one record of its own: `[stdout]`, the text, `[stderr]`, the
text (azurelinuxagent/ga/extensionprocessutil.py). Lines in there may look like records and may hold such tags themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from analyzer.model import Clock, Stamp
from analyzer.parsers.logs import LogFormat
from analyzer.parsers.pattern import over_bytes

REACH = 32 << 10  # bytes behind a `[stdout]` line in which its output ends: 3,200 characters, each up to 10 bytes once escaped
_OUTPUT = 3_200 + 256  # characters of a command's output that the agent keeps (TELEMETRY_MESSAGE_MAX_LEN), and the tags around it
_TAG = over_bytes(rb"\n\[std")  # looks for it four times as fast as bytes.find
_OUT, _ERR = b"[stdout]", b"[stderr]"

Span = tuple[int, int]


def holder(outputs: Sequence[Span], at: int) -> Span | None:
    """The record with output that byte `at` stands in."""
    found = bisect_right(outputs, at, key=_begin) - 1
    return outputs[found] if found >= 0 and at < outputs[found][1] else None


def _begin(span: Span) -> int:
    return span[0]


def line_start(data: bytes, at: int) -> int:
    """Where the line begins that byte `at` stands in."""
    return data.rfind(b"\n", 0, at) + 1


def outputs_in(data: bytes, form: LogFormat) -> list[Span]:
    """The records that hold output of a command, in order: from the agent's header to the next record of the agent."""
    found: list[Span] = []
    if not form.blocks:
        return found
    at = 0
    while (tag := _next_tag(data, at)) >= 0:
        floor = found[-1][1] if found else 0
        begin = tag
        while begin > floor and not form.start.match(data, begin):
            begin = line_start(data, begin - 1)
        begin = max(begin, floor)
        end = _output_end(data, begin, tag, form)
        found.append((begin, end))
        at = end
    return found


def _next_tag(data: bytes, at: int) -> int:
    """Offset of the next line `[stdout]` or `[stderr]` at or behind `at`, -1 if there is none."""
    if at == 0 and _is_tag(data, 0):
        return 0
    at = max(at - 1, 0)
    while found := _TAG.search(data, at):
        at = found.start() + 1
        if _is_tag(data, at):
            return at
    return -1


def _is_tag(data: bytes, at: int) -> bool:
    return data[at : at + 8] in (_OUT, _ERR) and data[at + 8 : at + 9] in (b"\n", b"\r", b"")


def _output_end(data: bytes, begin: int, tag: int, form: LogFormat) -> int:
    """Where the next record of the agent begins behind the output that `tag` opens.

    Up to the `[stderr]` of a `[stdout]` everything is output, unless a line is younger than the record that holds it: a command
    has ended before its output is logged. Behind `[stderr]` only the stamps tell, and how much the agent keeps of an output.
    """
    match = form.start.match(data, begin)
    outer = form.stamp(match) if match is not None else None
    errors = _matching_errors(data, tag)
    limit = tag + _length(data, tag)
    at = tag
    while following := form.next_start.search(data, at):
        at = following.start() + 1
        if at < errors:
            inside = not _younger(form.stamp(following), outer)
        else:
            inside = at < limit and _looks_printed(form, following, outer)
        if not inside:
            return at
    return len(data)


def _matching_errors(data: bytes, tag: int) -> int:
    """Offset of the `[stderr]` that belongs to the `[stdout]` at `tag` (output may hold such tags itself); `tag` if there is none."""
    depth, at, end = 1, tag, tag + REACH
    if data[tag : tag + 8] != _OUT:
        return tag
    while 0 <= (at := _next_tag(data, at + 8)) < end:
        depth += 1 if data[at : at + 8] == _OUT else -1
        if depth == 0:
            return at
    return tag


def _length(data: bytes, tag: int) -> int:
    """How many bytes an output can have: the agent writes a character beyond ASCII as an escape of up to ten."""
    text = data[tag : tag + REACH]
    if b"\\" not in text:
        return _OUTPUT
    return min(_OUTPUT + 3 * text.count(b"\\x") + 5 * text.count(b"\\u") + 9 * text.count(b"\\U"), REACH)


def _younger(stamp: Stamp | None, outer: Stamp | None) -> bool:
    return stamp is not None and outer is not None and stamp.clock is outer.clock and stamp.value > outer.value


def _looks_printed(form: LogFormat, line: re.Match[bytes], outer: Stamp | None) -> bool:
    """Whether the stamped line `line` behind `[stderr]` was printed by the command.

    The agent's own next line has a later stamp. In a log in UTC a line in local time is the command's, unless it names the old
    daemon, which goes on writing local time beside a newer agent.
    """
    stamp = form.stamp(line)
    if stamp is None or outer is None:
        return False
    if stamp.clock is outer.clock:
        return stamp.value <= outer.value
    return outer.clock is Clock.UTC and b" Daemon" not in line[0]
