"""The errors that the health of a protected item names: `healthDetails` of Microsoft.RecoveryServices protected items
(AzureIaaSVMHealthDetails of Azure/azure-rest-api-specs).

Its numbers and titles are codes of health (400239, IaasVmHealthGreenDefault) as often as they are codes of errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers import stamps
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.event import container, copied, moment, no_error
from analyzer.parsers.platform.thing import Thing, vm_of
from analyzer.parsers.values import text

KIND = "job-health"

_GREEN = re.compile(r"Iaas\w*HealthGreen\w*", re.IGNORECASE)
_HEALTH = re.compile(r"Iaas\w*Health(?:Green|Yellow|Red)\w*", re.IGNORECASE)


def fits(value: Mapping[str, Any]) -> bool:
    """Details without the item they belong to; the item itself is a resource."""
    return isinstance(value.get("healthdetails"), list) and "protectionstate" not in value


def events(thing: Thing) -> Iterator[Event]:
    yield from health_errors(thing)


def health_errors(thing: Thing) -> Iterator[Event]:
    """What the details of an item say that is not healthy: `portal-error` for code and number, `portal-text` for the rest, one block per
    detail; fields `vm` and, as the stamp, the time of the last backup. Nothing if its health is Passed."""
    if thing.word("healthstatus", "healthState").lower() in ("passed", "healthy"):
        return
    _, vm = container(thing.word("containername"))
    more: dict[str, Value] = {"vm": thing.word("friendlyname") or vm or vm_of(thing.get("sourceresourceid", "virtualmachineid"))}
    stamp = stamps.of(moment(thing.get("lastbackuptime")))
    for detail in thing.each("healthdetails"):
        title, code, where = detail.word("title"), detail.word("code"), events_of.place(detail)
        if _GREEN.fullmatch(title):
            continue
        block = detail.pointer
        if title:
            part = "health" if _HEALTH.fullmatch(title) else "title" if " " in title else "code"
            yield copied(where.below("title"), part, title, block, stamp, **more)
        if not no_error(code) and not _HEALTH.fullmatch(title):
            yield copied(where.below("code"), "number" if code.isdecimal() else "code", code, block, stamp, **more)
        if detail.word("message"):
            yield copied(where.below("message"), "message", detail.word("message"), block, stamp, **more)
        for spot, advice in events_of.advices(where.below("recommendations"), detail.get("recommendations")):
            yield copied(spot, "recommendation", advice, block, stamp, **more)
    if text(thing.get("healthdetails")):
        thing.problem("healthDetails is no list", "what it says")
