"""Backup jobs and failed operations, in every shape that tools print them: one module per shape.

A JSON shape has `KIND`, `fits(value)` and `events(thing)` (see analyzer/parsers/platform); the modules stand in the order in which they are
asked. All of them yield the same events: `job`, `job-task` and `job-error`, and for an error that belongs to no job `portal-error` and
`portal-text` (event.py, docs/events.md). Rows of Log Analytics have a module of their own for whole exports (log_export.py); what people
copy as text is read by text.py.
"""

from types import ModuleType

from analyzer.parsers.job import arm_error, backup_status, health, log_row, operation, powershell, precheck, rest

SHAPES: tuple[ModuleType, ...] = (rest, powershell, log_row, backup_status, precheck, operation, health, arm_error)
