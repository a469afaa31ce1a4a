"""The portal's panes of a VM's provisioning state and of an extension, copied with the labels glued to their values (WALinuxAgent issues).

They describe a machine and no failed backup, so they are `portal-text` of the part `pane`, which names no code of an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers.job.copied_text import CopiedText, joined
from analyzer.parsers.job.event import copied

_VM = {
    "provisioning state error code": "code",
    "provisioning state": "status",
    "guest agent": "agent",
}
_EXTENSION = {
    "handler status message": "handler_message",
    "handler status level": "handler_level",
    "handler status": "handler_status",
    "status message": "message",
    "status level": "level",
    "status": "status",
    "version": "version",
    "type": "extension",
}
_SHOWN = re.compile(r"""\b(vm_agent_version|display_status|message|code)['"]?\s*[=:]\s*(['"])(.*?)\2""")
_BETWEEN = " \t:：|"  # a label and its value, if anything


def read(text: CopiedText) -> Iterator[Event]:
    """One event per pane. Fields: `pane` (vm, extension, agent), status, code, message, agent; of an extension also its type as
    `extension`, version, level, handler_status."""
    yield from _agent(text)
    for lines in list(text.paragraphs()):
        for pane, labels, needed in (("vm", _VM, ("status", "code")), ("extension", _EXTENSION, ("extension", "level"))):
            found, rest = _labelled(lines, labels)
            if not all(found.get(name) for name in needed):
                continue
            if pane == "vm":
                found["code"] = str(found["code"]).rsplit("/", 1)[-1]
                found["message"] = joined(line for line in rest if line.strip() != found["code"])
            first, last = lines[0][0], lines[-1][0]
            said = str(found.get("message") or found["status"])
            yield copied(text.place(first, last), "pane", said, text.next_block(), None, **{**found, "pane": pane})
            text.take(range(first, last + 1))
            break


def _agent(text: CopiedText) -> Iterator[Event]:
    """The agent's part of an instance view as SDKs show objects: `@vm_agent_version="…", @statuses=[@display_status="…"]` (Ruby),
    `'vm_agent_version': '…'` (Python)."""
    for number, line in list(text.left.items()):
        if "vm_agent_version" not in line:
            continue
        found: dict[str, Value] = {name.lower(): said for name, _, said in _SHOWN.findall(line)}
        if found.get("display_status"):
            known = {
                "status": found["display_status"],
                "agent": found["vm_agent_version"],
                "message": found.get("message"),
                "code": found.get("code"),
            }
            said = str(found.get("message") or found["display_status"])
            yield copied(text.place(number), "pane", said, text.next_block(), None, **{**known, "pane": "agent"})
            text.take([number])


def _labelled(lines: list[tuple[int, str]], labels: dict[str, str]) -> tuple[dict[str, Value], list[str]]:
    """The values of the labels that lines begin with, and the other lines."""
    found: dict[str, Value] = {}
    rest = []
    for _, line in lines:
        lowered = line.strip().lower()
        label = next((label for label in labels if lowered.startswith(label) and labels[label] not in found), None)
        if label is None:
            rest.append(line)
            continue
        value = line.strip()[len(label) :]
        found[labels[label]] = value.lstrip(_BETWEEN)
    return found, rest
