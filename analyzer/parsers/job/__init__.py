"""Backup jobs and failed operations, in every shape that tools print them: one module per shape.

A JSON shape has `KIND`, `fits(value)` and `events(thing)` (see analyzer/parsers/platform); the modules stand in the order in which they are
asked. All of them yield the same events: `job`, `job-task` and `job-error`, and for an error that belongs to no job `portal-error` and
`portal-text` (docs/events.md).
"""

from types import ModuleType

from analyzer.parsers.job import rest

SHAPES: tuple[ModuleType, ...] = (rest,)
