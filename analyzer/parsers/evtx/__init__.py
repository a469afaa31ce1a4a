"""Windows event logs (EVTX): read however damaged, everything counted, only what is wanted decoded.

`framing` finds the chunks in a stream of bytes, `image` repairs one in memory, `backend` renders its records (`fallback` those it
refuses), `filter` says which are wanted before they are decoded, `normalise` makes them events, `gaps` finds what is missing.
"""

from analyzer.parsers.evtx.filter import Wanted
from analyzer.parsers.evtx.gaps import LogGap, Loss
from analyzer.parsers.evtx.reader import EvtxScan, read_evtx
from analyzer.parsers.evtx.structure import is_evtx

__all__ = ["EvtxScan", "LogGap", "Loss", "Wanted", "is_evtx", "read_evtx"]
