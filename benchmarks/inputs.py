"""Writes the benchmark's input: logs as a busy Linux VM holds them, of a wanted size. Everything is made up and seeded."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.support.scenes import HANDLER, LOG_FOLDER, AgentLog, SnapshotRun, at, conf, job, os_release

MB = 1_000_000
_FAILED_AT = at("2026-03-10 02:00:00")
_THREADS = ("ExtHandler ExtHandler", "ExtHandler", "MonitorHandler ExtHandler", "EnvHandler ExtHandler", "SendTelemetryHandler ExtHandler")
_WORDS = [
    "agent",
    "goal",
    "state",
    "certificate",
    "manifest",
    "handler",
    "status",
    "upload",
    "firewall",
    "telemetry",
    "cgroup",
    "slice",
    "interval",
    "family",
    "manifest",
    "version",
]


def bundle(path: Path, size: int) -> int:
    """Writes a zip whose members hold about `size` bytes of logs and a failed backup; returns the exact number of bytes."""
    parts = {"var/log/waagent.log": 0.5, f"{LOG_FOLDER}/extension.log": 0.1, "var/log/syslog": 0.4}
    total = 0
    with zipfile.ZipFile(path, "w") as archive:
        for name, share in parts.items():
            with archive.open(_entry(name), "w", force_zip64=True) as member:
                for block in _log(name, int(size * share)):
                    member.write(block)
                    total += len(block)
        small = {
            "etc/waagent.conf": conf(Extensions__Enabled="n"),
            "etc/os-release": os_release(),
            "job.json": job(
                _FAILED_AT,
                21,
                code="GuestAgentSnapshotTaskStatusError",
                message="Could not communicate with the VM agent for snapshot status",
            ),
        }
        for name, text in small.items():
            archive.writestr(_entry(name), text)
            total += len(text.encode())
    return total


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _log(name: str, size: int) -> Iterator[bytes]:
    """A log that ends at about the time of the failure, in blocks of about a megabyte."""
    seed = random.Random(name)
    lines = {"waagent.log": _agent, "extension.log": _extension, "syslog": _syslog}[name.rsplit("/", 1)[-1]]
    block: list[str] = []
    length = written = 0
    for line in lines(seed, size):
        block.append(line)
        length += len(line)
        if length >= MB:
            yield "".join(block).encode()
            written, block, length = written + length, [], 0
        if written + length >= size:
            break
    yield "".join(block).encode()


def _agent(seed: random.Random, size: int) -> Iterator[str]:
    count = size // 128
    step = timedelta(seconds=20) if size < 50 * MB else timedelta(seconds=2)
    when = _FAILED_AT + timedelta(hours=3) - step * count
    number = 0
    while True:
        number += 1
        when += step
        stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{seed.randrange(1_000_000):06d}Z"
        if number % 900 == 0:
            yield f"{stamp} INFO ExtHandler ExtHandler [HEARTBEAT] Agent WALinuxAgent-2.11.1.4 is running as the goal state agent [DEBUG HeartbeatCounter: {number // 900}]\n"
        elif number % 2_000 == 0:
            yield f"{stamp} WARNING ExtHandler ExtHandler {' '.join(seed.choices(_WORDS, k=9))} {seed.randrange(10**6)}\n"
        elif number % 500 == 0:
            yield f"{stamp} INFO ExtHandler ExtHandler Command: handle.sh\n[stdout]\n{' '.join(seed.choices(_WORDS, k=12))}\n[stderr]\n\n"
        else:
            yield f"{stamp} INFO {seed.choice(_THREADS)} {' '.join(seed.choices(_WORDS, k=9))} {seed.randrange(10**6)}\n"


def _extension(seed: random.Random, size: int) -> Iterator[str]:
    """Daily runs, each with much chatter, as hutil writes it."""
    runs = max(1, size // 60_000)
    start = _FAILED_AT - timedelta(hours=1) * runs
    for number in range(runs * 2):
        run = SnapshotRun(start + timedelta(hours=1) * number, sequence=number, task=f"00000000-0000-4000-8000-{number:012d}").good()
        yield run.text()
        for _ in range(450):
            yield f"{run.now:%Y-%m-%d %H:%M:%S.%f} [{HANDLER}-1.0]{' '.join(seed.choices(_WORDS, k=8))} : {seed.randrange(10**9)}\n"


def _syslog(seed: random.Random, size: int) -> Iterator[str]:
    count = size // 100
    when = _FAILED_AT + timedelta(hours=3) - timedelta(seconds=3) * count
    while True:
        when += timedelta(seconds=3)
        yield f"{when:%b %e %H:%M:%S} app01 {seed.choice(('systemd[1]', 'CRON[2211]', 'kernel', 'sshd[911]'))}: {' '.join(seed.choices(_WORDS, k=8))} {seed.randrange(10**6)}\n"


__all__ = ["MB", "AgentLog", "bundle"]
