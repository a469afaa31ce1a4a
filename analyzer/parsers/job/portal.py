"""What people copy from the portal: labelled error code, message and recommended action, in English or Chinese.

Labels (job-words.yaml) are followed by `:`, `：`, `|`, a tab or a line end; they may be bold, quoted or cells of a markdown table; one
label may stand twice (the second one then holds the message). A value may be wrapped over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.job import words
from analyzer.parsers.job.copied_text import CopiedText, joined
from analyzer.parsers.job.event import copied

_LABELLED = re.compile(
    r"^(?P<before>[\s>|#*_`\"'•·-]{0,12})(?P<label>[^\s:：|\t*_`\"'][^:：|\t*_`\"']{1,60}?)(?P<after>[*_`\"'\s]{0,6}(?:[:：|\t]|$)[*_`\"'\s]{0,6})(?P<value>.*)$"
)
_OTHER_LABEL = re.compile(r"^\W{0,8}(?:[A-Z][A-Za-z]*(?: [A-Za-z]+){0,3}|[\u4e00-\u9fff ]{2,12})\W{0,4}\s?[:：|\t](?!//|\\)")
_NO_VALUE = re.compile(r"^\s*(?:PS [^>\n]*>|PS>|[-|: ]*-{2,}[-|: ]*$|\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:)")
_WORD = re.compile(r"[^\s]+")
_CODE = re.compile(r"[A-Za-z][\w.-]{0,119}|\d{3,9}")
_SURE = 6  # letters of a code behind a label that may label anything
_LONGEST = 40  # lines of one value


def read(text: CopiedText) -> Iterator[Event]:
    """One event per labelled value: `portal-error` for a code or number, `portal-text` for the rest; fields `part` and `block`, which
    counts the errors of the text: each code begins one."""
    yield from _tables(text)
    found = [one for one in _labelled(text) if not (one[1] == "code" and words.is_short(one[0]) and not _is_code(one[2], _SURE))]
    if all(words.is_short(label) and part != "code" for label, part, *_ in found):
        return
    known: set[str] = set()
    for _, part, value, first, last in found:
        if part == "code" and not _is_code(value):
            part = "message"  # the portal's text labels it as a code too
        if not known or (part == "code" and "code" in known) or (part in known and part == "message" and "code" not in known):
            text.next_block()
            known = set()
        known.add(part)
        for kind, said in _parts(part, value):
            cut: dict[str, Value] = {"cut": True} if part == "code" and text.document.text.endswith(value) else {}
            yield copied(text.place(first, last), kind, said, text.block, None, **cut)
    for *_, first, last in found:
        text.take(range(first, last + 1))


def _parts(part: str, value: str) -> Iterator[tuple[str, str]]:
    """A code, which may be a number and a name (`320001, ResourceNotFound`)."""
    if part != "code":
        yield part, value
        return
    for word in re.split(r"[\s,，、/]+", value):
        if word:
            yield ("number" if word.isdecimal() else "code"), word


def _is_code(value: str, least: int = 1) -> bool:
    parts = [word for word in re.split(r"[\s,，、/]+", value) if word]
    return (
        0 < len(parts) <= 3
        and all(_CODE.fullmatch(part) and len(part) >= least for part in parts)
        and (len(parts) == 1 or re.search(r"[,，、/]", value) is not None)
    )


def _labelled(text: CopiedText) -> Iterator[tuple[str, str, str, int, int]]:
    """Label, part, value, first and last line of every label with a value."""
    skip = 0
    for number in sorted(text.left):
        if number <= skip:
            continue
        match = _label(text.left[number])
        if match is None:
            continue
        part = words.label(match["label"])
        assert part is not None  # _label asked for it
        own = _clean(match["value"])
        lines, last = [own] if own else [], number
        for following in range(number + 1, number + 1 + _LONGEST):
            line = text.left.get(following)
            if line is None or (not line.strip() and lines) or (own and part == "code"):
                break
            if not line.strip():
                if following > number + 2:  # what stands further away belongs to something else
                    break
                continue
            if _label(line) is not None or _NO_VALUE.match(line) or (lines and _OTHER_LABEL.match(line)):
                break
            if not own and not match["after"].strip(" *_`\"'") and not lines and part == "code" and not _is_code(_clean(line)):
                break
            lines.append(_clean(line))
            last = following
        value = joined(lines)
        if value:
            skip = last
            yield match["label"], part, value, number, last


def _label(line: str) -> re.Match[str] | None:
    """The label at the beginning of a line. Without a separator it must be all of the line."""
    match = _LABELLED.match(line[:4000])
    return match if match is not None and words.label(match["label"]) is not None else None


def _clean(value: str) -> str:
    return re.sub(r"\s*<br ?/?>\s*$", "", value.strip()).strip(" \t|*`\"'").rstrip(",").strip("\"'")


def _tables(text: CopiedText) -> Iterator[Event]:
    """Tables whose columns are labels: `| Error code | Error message |` and the rows below."""
    for number in list(text.left):
        cells = _cells(text.left.get(number, ""))
        parts = [words.label(cell) for cell in cells]
        if len([part for part in parts if part]) < 2 or "code" not in parts:
            continue
        taken = [number]
        for row in range(number + 1, number + 200):
            line = text.left.get(row, "")
            if not line.strip():
                break
            taken.append(row)
            if _NO_VALUE.match(line):
                continue
            block = text.next_block()
            for part, cell in zip(parts, _cells(line), strict=False):
                for kind, said in _parts(part, cell) if part and cell else ():
                    yield copied(text.place(row), kind, said, block)
        text.take(taken)


def _cells(line: str) -> list[str]:
    cut = "\t" if "\t" in line else "|"
    return [_clean(cell) for cell in line.strip().strip("|").split(cut)] if cut in line else []
