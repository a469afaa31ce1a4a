"""A text that a person copied, while its readers take what they know out of it, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from analyzer.parsers.document import Document
from analyzer.parsers.job.event import Place

_CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@dataclass
class CopiedText:
    """`left` are the lines that no reader has taken yet, by number; `block` counts the errors found so far."""

    document: Document
    left: dict[int, str]
    block: int = field(default=-1)

    @classmethod
    def of(cls, document: Document) -> CopiedText:
        return cls(document, dict(document.lines()))

    def take(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.left.pop(number, None)

    def next_block(self) -> int:
        self.block += 1
        return self.block

    def place(self, first: int, last: int | None = None, raw: str | None = None) -> Place:
        """Where something stands that lines `first` to `last` say."""
        until = last if last is not None and last > first else None
        lines = (self.left.get(number, "") for number in range(first, (until or first) + 1))
        return Place(self.document.path, line=first, until_line=until, raw="\n".join(lines) if raw is None else raw)

    def paragraphs(self) -> Iterator[list[tuple[int, str]]]:
        """Runs of lines that follow each other without a blank one between."""
        run: list[tuple[int, str]] = []
        for number, line in self.left.items():
            if run and (not line.strip() or number != run[-1][0] + 1):
                yield run
                run = []
            if line.strip():
                run.append((number, line))
        if run:
            yield run


def joined(lines: Iterable[str]) -> str:
    """Wrapped lines as the one line they were: with a blank between, except between Chinese characters."""
    result = ""
    for line in (line.strip() for line in lines):
        glue = "" if not result or not line or (_CJK.match(line) and _CJK.match(result[-1])) else " "
        result += glue + line
    return result
