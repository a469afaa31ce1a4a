"""System logs: syslog, messages, kern.log, journalctl and dmesg output, and the serial console.

Formats: RFC 3164 and RFC 3339 files of rsyslog, journalctl(1) and dmesg(1); grammars/syslog.lark. A stamp of the kernel counts
seconds since boot and names no moment. Lines of the Linux agent, wrapped by the journal or written to the console, are read by the
agent's own format: they bring their own level and their own stamp in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from analyzer.model import Clock, Stamp, Value
from analyzer.parsers import levels, stamps, vmsnapshot_log, waagent_log
from analyzer.parsers.logs import LogFormat, Reading, line_of

_ANSI = re.compile(r"\x1b\[[\d;?]{0,16}[A-Za-z]")
_TAG = re.compile(r"(?P<program>[^\s:\[\]]+)(?:\[(?P<pid>[^\]\s]+)\])?:")
_UPTIME = re.compile(r"\[ {0,8}\d{1,8}\.\d{6}\] ?")
_KERNEL_TAG = re.compile(r"(?P<program>[\w-]+)(?:\[(?P<pid>\d+)\]): ")  # "[   25.1] cloud-init[811]: …": programs write to the console
_UNIT = re.compile(r"\[ ?(?P<word>FAILED|DEPEND|  OK  |WARN|TIME) ?\] ")  # systemd's lines on the console
_UNIT_LEVELS = {"FAILED": "ERROR", "DEPEND": "ERROR", "TIME": "ERROR", "WARN": "WARNING"}
_MANAGER = re.compile(r"<(info|warn|error|debug|trace)> ")  # NetworkManager
_CLOUD_INIT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) - [\w./-]+\[(\w+)\]: ")
_AGENT_STAMP = re.compile(r"[\0>\ufeffa-z]*\d{4}[/-]")  # what every header of the agent begins with, junk before it included
_FREEZE_LEVELS = {"Info": "INFO", "Warning": "WARNING", "Error": "ERROR"}


def read(shape: str, columns: Mapping[str, str], text: str) -> Reading:
    """Component: program; fields `pid`, `host`. A line of the agent has component `waagent`, its own level, text and stamp."""
    text = _ANSI.sub("", columns.get("AGENT_STAMP", "") + columns.get("BOOT", "") + columns.get("WORD", "") + text)
    if agent := _of_agent(text):
        return agent
    if shape == "freeze":
        return Reading(text.rstrip(), "VMSnapshotLinux", _FREEZE_LEVELS[columns["FREEZE_LEVEL"].strip()])
    text = text.removeprefix(" ") if shape == "dmesg" else text
    fields: dict[str, Value] = {"host": columns["HOST"].strip()} if "HOST" in columns else {}
    component = "kernel" if shape in ("dmesg", "comma", "kernel") else ""
    if tag := _TAG.match(columns.get("TAG", "")) or (_KERNEL_TAG.match(text) if component else None):
        component = tag["program"]
        if tag["pid"] and tag["pid"].isdecimal():
            fields["pid"] = int(tag["pid"])
        text = text if "TAG" in columns else text[tag.end() :]
    if component == "kernel" and (uptime := _UPTIME.match(text)):
        text = text[uptime.end() :]
    return Reading(text, component, _level(columns, component, text), fields=fields, stamp=_own_stamp(text))


def _of_agent(text: str) -> Reading | None:
    """What a line of the Linux agent says by its own header; None if it has none."""
    if not _AGENT_STAMP.match(text):
        return None
    first, newline, rest = text.partition("\n")
    for shape, expression in waagent_log.FORMAT.shapes:
        match = line_of(expression).match(first)
        if match is None or match["SYSLOG_HEAD"] or shape not in ("utc", "local"):
            continue
        columns = {name: value for name, value in match.groupdict().items() if value is not None}
        reading = waagent_log.read(shape, columns, columns.pop("TEXT", "") + newline + rest)
        stamp = stamps.read(columns["UTC_STAMP" if shape == "utc" else "LOCAL_STAMP"])
        return Reading(reading.text, "waagent", reading.level, fields=reading.fields, stamp=stamp)
    return None


def _level(columns: Mapping[str, str], component: str, text: str) -> str:
    if "PRIORITY" in columns:
        return levels.SEVERITIES[int(columns["PRIORITY"].strip("<>")) & 7]
    if "FACILITY" in columns:
        return levels.of_word(columns["FACILITY"].split(":")[1])
    if unit := _UNIT.match(text):
        return _UNIT_LEVELS.get(unit["word"], "")
    if manager := _MANAGER.match(text):
        return levels.of_word(manager[1])
    if cloud_init := _CLOUD_INIT.match(text):
        return levels.of_word(cloud_init[2])
    return "" if component == "kernel" else levels.of_line(text)


def _own_stamp(text: str) -> Stamp | None:
    """The stamp of a cloud-init line, which is UTC whatever the clock of the log that wraps it."""
    match = _CLOUD_INIT.match(text)
    return stamps.read(match[1], Clock.UTC) if match else None


def clock(shape: str, value: datetime) -> Clock:
    return vmsnapshot_log.clock("block", value) if shape == "freeze" else Clock.LOCAL


FORMAT = LogFormat("syslog", read, clock)
