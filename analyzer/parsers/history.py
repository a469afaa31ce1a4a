"""The time in the name of a goal state's history folder.

`/var/lib/waagent/history/<UTC time>…` holds the documents of one goal state, as a folder or zipped: `2018-04-06T08:21:37.142697`
(to 2.3), `…_incarnation_N` (2.5 to 2.7), `2018-04-06T08-21-37__N[-M]` (2.8 on). Source: Azure/WALinuxAgent common/utils/archive.py.
Archivers on Windows replace the colons.
"""

from __future__ import annotations

import re
from datetime import datetime

from analyzer.model import Clock, Stamp

_FOLDER = re.compile(r"(?:^|/)(\d{4}-\d\d-\d\d)T(\d\d)[:_-](\d\d)[:_-](\d\d)(?:\.(\d{1,6}))?(?:_[^/]*)?(?:\.zip!?)?/")


def stamp_of(path: str) -> Stamp | None:
    """When the goal state that `path` belongs to was saved, or None if the path is none of a history."""
    found = list(_FOLDER.finditer(path.replace("\\", "/")))
    if not found:
        return None
    day, hour, minute, second, fraction = found[-1].groups()
    try:
        return Stamp(datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}.{(fraction or '').ljust(6, '0')}"), Clock.UTC)
    except ValueError:
        return None
