"""Windows event logs (EVTX): read however damaged, everything counted, only what is wanted decoded.

`framing` finds the chunks in a stream of bytes, `image` repairs one in memory, `backend` renders its records (`fallback` those it
refuses), `filter` says which are wanted before they are decoded, `normalise` makes them events, `gaps` finds what is missing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analyzer.parsers.evtx.structure import is_evtx

if TYPE_CHECKING:
    from analyzer.parsers.evtx.filter import Wanted
    from analyzer.parsers.evtx.gaps import LogGap, Loss
    from analyzer.parsers.evtx.reader import EvtxScan, read_evtx

_PLACES = {"EvtxScan": "reader", "LogGap": "gaps", "Loss": "gaps", "Wanted": "filter", "read_evtx": "reader"}

__all__ = ["EvtxScan", "LogGap", "Loss", "Wanted", "is_evtx", "read_evtx"]


def __getattr__(name: str) -> Any:
    """Loads the readers (two libraries) when a log is there to be read: a Linux bundle has none."""
    if name in _PLACES:
        return getattr(import_module(f"analyzer.parsers.evtx.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
