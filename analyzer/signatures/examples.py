"""The examples in a signature are its first test: `matches` must fire, `near_misses` must not.

An example is a small bundle: a mapping of paths to contents. It is read by the same parsers as a real one, as a bundle without a job,
or with the `window` that the example names (`{window: [from, to], files: {…}}`). A content that is a list is an event log, record by
record (example_log); a mapping is written as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from analyzer.bundle import Bundle
from analyzer.diagnosis.incidents import error_codes
from analyzer.parsers.pattern import PatternSet
from analyzer.parsers.reading import read
from analyzer.signatures.conditions import Truth
from analyzer.signatures.evaluate import Case, Finding, evaluate
from analyzer.signatures.example_log import example_log
from analyzer.signatures.loader import Catalogue
from analyzer.signatures.model import Signature
from analyzer.timeline.attempts import attempts
from analyzer.timeline.build import build, derived
from analyzer.timeline.timeline import Timeline, Window
from analyzer.timeline.together import together

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wrong_examples(signature: Signature, catalogue: Catalogue) -> Iterator[str]:
    """What does not hold of the signature's examples."""
    for wanted, examples in ((True, signature.matches), (False, signature.near_misses)):
        for number, example in enumerate(examples, 1):
            where = f"{'match' if wanted else 'near miss'} {number}"
            try:
                finding = judge_example(signature, catalogue, example)
            except (AttributeError, TypeError, ValueError, KeyError) as error:
                yield f"{where} is not readable: {error}"
                continue
            fires = finding.truth is Truth.TRUE and finding.cleared is None
            if fires is not wanted:
                trace = "; ".join(f"{name}: {truth.name.lower()}" for name, truth in finding.trace)
                yield f"{where} {'does not fire' if wanted else 'fires'} ({trace})"


def judge_example(signature: Signature, catalogue: Catalogue, example: Mapping[str, Any]) -> Finding:
    """The finding of a signature on one of its examples."""
    files = example.get("files", example)
    patterns = PatternSet([*catalogue.shared.values(), *signature.patterns.values()])
    logs = [example_log(str(path), records, patterns) for path, records in files.items() if isinstance(records, list)]
    texts_of = {str(path): _bytes(text) for path, text in files.items() if not isinstance(text, list)}
    with Bundle.from_files(texts_of) as bundle:
        timeline = build([*(read(bundle, member, patterns) for member in bundle.members), *logs], patterns.same)
        runs = attempts(timeline)
        timeline.add([*derived(timeline, runs), *together(timeline), *error_codes(timeline)], patterns)
        window = _window(example) or _everything(timeline)
        mine = tuple(run for run in runs if run.start is not None and run.start in window)
        jobs = sorted(timeline.of_kind("job"), key=lambda job: str(job.fields.get("status")).lower() == "failed")
        texts = frozenset((event.artifact, event.line or event.pointer) for event in timeline.events if event.kind.startswith("portal"))
        return evaluate(
            signature, timeline, Case(window, mine, (), "window" not in example, str(jobs[-1].fields["job"]) if jobs else None, texts)
        )


def _bytes(content: Any) -> bytes:
    """A file's content: text as it is, a mapping as JSON."""
    return json.dumps(content, default=str).encode() if isinstance(content, dict) else str(content).encode()


def _window(example: Mapping[str, Any]) -> Window | None:
    if "window" not in example:
        return None
    first, last = (datetime.fromisoformat(str(value)).replace(tzinfo=UTC) for value in example["window"])
    return Window(first, last)


def _everything(timeline: Timeline) -> Window:
    """From the first to the last moment that the example speaks of."""
    spans = [span for found in timeline.coverage.values() for _, span in found]
    moments = (
        [event.time for event in timeline.events if event.time is not None] + [span.start for span in spans] + [span.end for span in spans]
    )
    if timeline.collected is not None:
        moments.append(timeline.collected)
    return Window(min(moments), max(moments)) if moments else Window(_EPOCH, _EPOCH)
