"""Names the documented cause of a failed Azure VM backup from the collected logs.

import analyzer
result = analyzer.analyze(["bundle.zip"])
result.document["incidents"][0]["verdict"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from analyzer.pipeline import Result, analyze

__all__ = ["Result", "__version__", "analyze"]


def __getattr__(name: str) -> Any:
    """Loads the pipeline when it is first asked for, so that `--version` and `--help` stay quick."""
    if name in ("Result", "analyze"):
        from analyzer import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
