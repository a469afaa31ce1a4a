"""Rows that a vault sends to Log Analytics: jobs (AddonAzureBackupJobs), alerts (AddonAzureBackupAlerts) and items (CoreAzureBackup).

Columns: Microsoft Learn, "Data model for Azure Backup diagnostics events". The legacy table AzureDiagnostics adds the type to each name
(`JobFailureCode_s`), and the portal's export adds the zone (`TimeGenerated [UTC]`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from analyzer.model import Clock, Event
from analyzer.parsers import stamps
from analyzer.parsers.job import event as events_of
from analyzer.parsers.job.duration import seconds
from analyzer.parsers.job.event import Job, Place, moment, no_error, place
from analyzer.parsers.platform.thing import Thing, vm_of
from analyzer.parsers.values import text

KIND = "job-log"

_COLUMN = re.compile(r"(?P<name>\w+?)(?:_(?:s|d|t|g|b))?(?: \[(?P<zone>[^\]]+)\])?")
_JOB = ("jobuniqueid", "jobstatus", "jobfailurecode", "joboperation")
_AMERICAN = re.compile(r"\W*(\d{1,2})[/.](\d{1,2})[/.]\d{4},? ")
_OF_VMS = ("", "iaasvm", "azureiaasvm", "azurevm")

Names = Mapping[str, str]  # unique id of a backup item -> name of its VM


def fits(value: Mapping[str, Any]) -> bool:
    return is_row(columns(value))


def columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row by plain names: lower case, without the legacy table's types. A column whose zone is another than UTC keeps its name with the
    zone, so that nobody takes it for UTC."""
    found: dict[str, Any] = {}
    for written, value in row.items():
        match = _COLUMN.fullmatch(str(written).strip().lstrip("\ufeff").lower())
        if match is None:
            continue
        local = match["zone"] is not None and "utc" not in match["zone"]
        name = f"{match['name']} [{match['zone']}]" if local else match["name"]
        if value not in (None, "") or name not in found:
            found[name] = value
    return found


def is_row(row: Mapping[str, Any]) -> bool:
    return sum(name in row for name in _JOB) >= 2 or "alertcode" in row or ("backupitemuniqueid" in row and "backupitemfriendlyname" in row)


def _is_job(row: Mapping[str, Any]) -> bool:
    """Rows of several tables in one answer have each other's columns, empty."""
    return sum(bool(text(row.get(name))) for name in _JOB) >= 2


def item_name(row: Mapping[str, Any]) -> tuple[str, str]:
    """Unique id and VM of a row that names an item; '' for what it does not say."""
    return text(row.get("backupitemuniqueid")).lower(), _name(row)


def _name(row: Mapping[str, Any]) -> str:
    named = text(row.get("datasourcefriendlyname")) or text(row.get("backupitemfriendlyname"))
    return named or vm_of(row.get("datasourceresourceid")) or events_of.container(row.get("backupitemuniqueid"))[1]


def workload(row: Mapping[str, Any]) -> str:
    """What else than a VM a row of a job or an alert is about; '' if it is about a VM or does not say."""
    managed = text(row.get("backupmanagementtype"))
    return managed[:40] if managed.lower() not in _OF_VMS and (_is_job(row) or text(row.get("alertcode"))) else ""


def events(thing: Thing) -> Iterator[Event]:
    """The events of one row alone: its VM has a name only if the row tells it."""
    yield from row_events(place(thing), columns(thing.value), {}, thing)


def row_events(where: Place, row: Mapping[str, Any], names: Names, thing: Thing) -> Iterator[Event]:
    """A `job` event and, if the job failed with a code, its `job-error`; of an alert its code. Rows of other workloads are a problem line,
    rows of items say nothing by themselves."""
    spot = f"line {where.line}" if where.line else where.pointer or "/"
    if other := workload(row):
        thing.problem(f"a row of {other}, which is no backup of a VM ({spot})", "this row")
        return
    if _is_job(row):
        yield from _job(where, row, names, thing, spot)
    elif not no_error(row.get("alertcode")):
        yield from _alert(where, row, names, thing, spot)


def _job(where: Place, row: Mapping[str, Any], names: Names, thing: Thing, spot: str) -> Iterator[Event]:
    started = _time(row, "jobstartdatetime", thing, spot)
    lasted = seconds(_figure(row.get("jobdurationinsecs")))
    failed = text(row.get("jobfailurecode"))
    sort = text(row.get("adhocorscheduledjob")).lower()
    arm = text(row.get("_resourceid")) or text(row.get("resourceid"))
    known = Job(
        id=text(row.get("jobuniqueid")),
        vm=_name(row) or names.get(text(row.get("backupitemuniqueid")).lower(), ""),
        vault=text(row.get("vaultname")),
        operation=text(row.get("joboperation")) or "Backup",
        status=text(row.get("jobstatus")) or ("" if no_error(failed) else "Failed"),
        started=started,
        ended=started + timedelta(seconds=lasted) if started is not None and lasted is not None else None,
        seconds=lasted,
        resource=arm,
        container=text(row.get("protectedcontaineruniqueid")),
        user_triggered={"adhoc": True, "ad hoc": True, "scheduled": False}.get(sort),
    )
    told = where if where.line else where.below("JobStatus")
    yield events_of.job(told, known)
    if no_error(failed):
        return
    key = events_of.job_key(told, known.id)
    part = "number" if failed.isdecimal() else "code"
    yield events_of.error(where if where.line else where.below("JobFailureCode"), key, part, failed, known.stamp)


def _alert(where: Place, row: Mapping[str, Any], names: Names, thing: Thing, spot: str) -> Iterator[Event]:
    code, advice = text(row["alertcode"]), text(row.get("recommendedaction"))
    stamp = stamps.of(_time(row, "alertoccurrencedatetime", thing, spot) or _time(row, "timegenerated", thing, spot))
    vm = _name(row) or names.get(text(row.get("backupitemuniqueid")).lower(), "")
    spots = [where if where.line else where.below(name) for name in ("AlertCode", "RecommendedAction")]
    key, part = text(row.get("jobuniqueid")).lower(), "number" if code.isdecimal() else "code"
    if key:
        yield events_of.error(spots[0], key, part, code, stamp)
        if advice:
            yield events_of.error(spots[1], key, "recommendation", advice, stamp)
        return
    yield events_of.copied(spots[0], part, code, spot, stamp, vm=vm)
    if advice:
        yield events_of.copied(spots[1], "recommendation", advice, spot, stamp, vm=vm)


def _figure(value: Any) -> Any:
    """A number, also if a table holds it as text."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _time(row: Mapping[str, Any], name: str, thing: Thing, spot: str) -> datetime | None:
    """A time of a row, which is UTC unless its column says otherwise. `4/5/2024` without AM or PM may be two days, and is left out."""
    written = text(row.get(name))
    if not written:
        if any(key.startswith(f"{name} [") for key in row):
            thing.problem(f"{name} is in a local time that it does not name ({spot})", "this time")
        return None
    date = _AMERICAN.match(written)
    if date is None:
        return moment(written)
    sure = re.search(r"[AP]M\b", written) is not None or max(int(date[1]), int(date[2])) > 12 or date[1] == date[2]
    if not sure:
        thing.problem(f"{name} {written[:40]!r} may be two days ({spot})", "this time")
        return None
    stamp = stamps.read(written, Clock.UTC)
    return stamps.aware(stamp.value) if stamp is not None else None
