"""Writes what is measured on: everything is made up and seeded, so that a machine has the same bytes as every other.

`text`, `small`, `incidents`, `flood` and `event_log` each write into a folder of their own and give a small dictionary of what is in it.
Sizes are decimal megabytes of uncompressed logs.
"""

from __future__ import annotations

import os
import random
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.planted import EVERY, KINDS, planted
from tests.support.evtxwriter import Event, EvtxWriter, presets
from tests.support.evtxwriter.damage import CHUNK, FILE_HEADER
from tests.support.evtxwriter.grow import grow
from tests.support.scenes import HANDLER, LOG_FOLDER, SnapshotRun, at, conf, job, os_release

MB = 1_000_000
SOS = "sosreport-app01-2026-03-10-abcdefg"  # insights-core and hotsos know a bundle by such a folder
FAILED_AT = at("2026-03-10 02:00:00")
_COLLECTED = FAILED_AT + timedelta(hours=3)
_SPREAD = timedelta(days=6)  # what the system's log covers: hotsos looks back seven days at most
_POOL = 4096
_THREADS = ("ExtHandler ExtHandler", "ExtHandler", "MonitorHandler ExtHandler", "EnvHandler ExtHandler", "SendTelemetryHandler ExtHandler")
_PROGRAMS = ("systemd[1]", "CRON[2211]", "kernel", "sshd[911]")
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


def text(folder: Path, megabytes: float, peers: float = 0, part: float = 0) -> dict[str, object]:
    """`logs.zip`: the agent's log, the extension's and the system's of about `megabytes`, and a failed backup whose cause stands in the
    configuration. With `peers`, also the last `peers` MB of the same system's log as a sosreport (`sos/`, and `sos.zip`), and the last
    `part` MB of that for the slowest (`part/`). One line in `EVERY` of the system's log is a planted failure."""
    size = int(megabytes * MB)
    system = folder / "syslog"
    _write(system, _blocks(_syslog(random.Random("syslog"), int(size * 0.4)), int(size * 0.4)))
    members = {
        "var/log/waagent.log": _blocks(_agent(random.Random("waagent.log"), int(size * 0.5)), int(size * 0.5)),
        f"{LOG_FOLDER}/extension.log": _blocks(_extension(random.Random("extension.log"), int(size * 0.1)), int(size * 0.1)),
        "var/log/syslog": _file(system),
    }
    told: dict[str, object] = {"bytes": _bundle(folder / "logs.zip", members), "planted": _planted(system)}
    for name, cut in (("sos", peers), ("part", part)):
        if cut:
            told |= {f"{name}_{key}": value for key, value in _sosreport(folder / name, system, int(cut * MB)).items()}
    if peers:
        _packed(folder / "sos.zip", folder / "sos")
    system.unlink()
    return told


def small(folder: Path) -> dict[str, object]:
    """`logs.zip`: the same of 2 MB."""
    return text(folder, 2)


def incidents(folder: Path, megabytes: float, counts: Iterable[int] = (1, 10, 100)) -> dict[str, object]:
    """`N.zip`: the same logs with N failed jobs an hour apart."""
    size, told = int(megabytes * MB), {}
    for count in counts:
        members = {
            "var/log/waagent.log": _blocks(_agent(random.Random("waagent.log"), int(size * 0.7), timedelta(seconds=2)), int(size * 0.7)),
            f"{LOG_FOLDER}/extension.log": _blocks(_extension(random.Random("extension.log"), int(size * 0.3)), int(size * 0.3)),
        }
        told[str(count)] = _bundle(folder / f"{count}.zip", members, jobs=count)
    return told


def flood(folder: Path, count: int) -> dict[str, object]:
    """`known.zip`, `unknown.zip`, `quiet.zip`: a waagent.log of `count` records within the hour before the failure and its window: an error
    that a pattern knows, an error that none knows, and as many bytes without an error."""
    messages = {
        "known": f"ERROR ExtHandler ExtHandler {FLOOD_KNOWN}",
        "unknown": "ERROR ExtHandler ExtHandler The frobnicator of this machine gave up: its spindle is not there",
        "quiet": "INFO ExtHandler ExtHandler The frobnicator of this machine works well: its spindle turns round",
    }
    width = max(map(len, messages.values()))
    step, told = timedelta(minutes=80) / count, {}
    for name, message in messages.items():
        lines = (f"{FAILED_AT - timedelta(hours=1) + step * number:%Y-%m-%dT%H:%M:%S.%f}Z {message:.<{width}}\n" for number in range(count))
        told[name] = _bundle(folder / f"{name}.zip", {"var/log/waagent.log": _blocks(lines, 1 << 62)})
    return told


FLOOD_KNOWN = "Failed to turn the spindle of this machine's frobnicator: it is not here"


def event_log(folder: Path, megabytes: float, cut: int, every: int = 500) -> dict[str, object]:
    """`System.evtx` of two months of a server's usual events, one in `every` of which says something of the backup; the same in
    `System.zip`, and its first `cut` chunks in `cut.evtx`."""
    count = min(8_000, int(megabytes * 2_500))  # written one by one; a larger log repeats their chunks
    seed = EvtxWriter().add_all(_usual(number, count, every) for number in range(count)).to_bytes()
    path = folder / "System.evtx"
    for target, chunks in ((path, int(megabytes * MB) // CHUNK), (folder / "cut.evtx", cut)):
        with target.open("wb") as stream:
            for block in grow(seed, chunks):
                stream.write(block)
    with zipfile.ZipFile(folder / "System.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    return {"bytes": path.stat().st_size, "cut_bytes": FILE_HEADER + cut * CHUNK}


def _usual(number: int, count: int, every: int) -> Event:
    """The mix of public System logs of servers: most events say that a service started or stopped, many that its start type changed."""
    time, computer = FAILED_AT - timedelta(minutes=11) * (count - number), "VM01"
    if number % every == every - 1:
        agent = ["Windows Azure Guest Agent", str(number), "60000", "1", "Restart"]
        return presets.scm(7031, time, computer, agent, "WindowsAzureGuestAgent")
    if number % 131 == 0:  # once a day
        return presets.eventlog(6013, time, computer, ["", "", "", "", str(number), "60", "0 UTC"], binary=b"1\0.\0" + bytes(64))
    if number % 5 == 1:
        return presets.dcom_10016(time, computer)
    if number % 5 == 2:
        return presets.scm(7040, time, computer, ["Windows Modules Installer", "demand start", "auto start", "TrustedInstaller"])
    return presets.scm(7036, time, computer, ["Software Protection", "running" if number % 2 else "stopped"], "sppsvc")


def _bundle(path: Path, members: dict[str, Iterable[bytes]], jobs: int = 1) -> int:
    """A zip of these logs and a failed backup; gives the bytes in it. Jobs lie an hour apart, the last at `FAILED_AT`."""
    documents = {"etc/waagent.conf": conf(Extensions__Enabled="n"), "etc/os-release": os_release()}
    for number in range(jobs):
        documents[f"jobs/job-{number:03d}.json" if jobs > 1 else "job.json"] = job(
            FAILED_AT - timedelta(hours=number),
            21,
            code="GuestAgentSnapshotTaskStatusError",
            message="Could not communicate with the VM agent for snapshot status",
            job_id=f"8d2f6f5a-7a51-4d0e-9c66-{number:012d}",
        )
    total = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, blocks in members.items():
            with archive.open(_entry(name), "w", force_zip64=True) as member:
                for block in blocks:
                    total += member.write(block)
        for name, content in documents.items():
            archive.writestr(_entry(name), content)
            total += len(content.encode())
    return total


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # without a date: the same bytes whenever it is made
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _blocks(lines: Iterator[str], size: int) -> Iterator[bytes]:
    """The lines up to about `size` bytes, in blocks of about a megabyte."""
    block: list[str] = []
    length = written = 0
    for line in lines:
        block.append(line)
        length += len(line)
        if length >= MB or written + length >= size:
            yield "".join(block).encode()
            written, block, length = written + length, [], 0
            if written >= size:
                return
    yield "".join(block).encode()


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        for block in blocks:
            stream.write(block)


def _file(path: Path, begin: int = 0) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(begin)
        while block := stream.read(1 << 20):
            yield block


def _pool(seed: random.Random, words: int) -> list[str]:
    """Messages to draw from, so that writing a gigabyte does not take all day."""
    return [f"{' '.join(seed.choices(_WORDS, k=words))} {seed.randrange(10**6)}" for _ in range(_POOL)]


def _agent(seed: random.Random, size: int, step: timedelta | None = None) -> Iterator[str]:
    """The agent's log up to the collection. Its time grows with its size, as a log's does."""
    step = step or (timedelta(seconds=20) if size < 50 * MB else timedelta(seconds=2))
    when = _COLLECTED - step * (size // 128)
    pool = _pool(seed, 9)
    number = 0
    while True:
        number += 1
        when += step
        drawn = seed.random()
        stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{int(drawn * 1e6):06d}Z"
        message = pool[int(drawn * _POOL)]
        if number % 900 == 0:
            yield f"{stamp} INFO ExtHandler ExtHandler [HEARTBEAT] Agent WALinuxAgent-2.11.1.4 is running as the goal state agent [DEBUG HeartbeatCounter: {number // 900}]\n"
        elif number % 2_000 == 0:
            yield f"{stamp} WARNING ExtHandler ExtHandler {message}\n"
        elif number % 500 == 0:
            yield f"{stamp} INFO ExtHandler ExtHandler Command: handle.sh\n[stdout]\n{message}\n[stderr]\n\n"
        else:
            yield f"{stamp} INFO {_THREADS[number % 5]} {message} {number % 9973}\n"


def _extension(seed: random.Random, size: int) -> Iterator[str]:
    """Hourly runs, each with much chatter, as hutil writes it."""
    runs = max(1, size // 60_000)
    start = FAILED_AT - timedelta(hours=1) * runs
    pool = _pool(seed, 8)
    for number in range(runs * 2):
        run = SnapshotRun(start + timedelta(hours=1) * number, sequence=number, task=f"00000000-0000-4000-8000-{number:012d}").good()
        yield run.text()
        for _ in range(450):
            yield f"{run.now:%Y-%m-%d %H:%M:%S.%f} [{HANDLER}-1.0]{seed.choice(pool)} : {seed.randrange(10**9)}\n"


def _syslog(seed: random.Random, size: int) -> Iterator[str]:
    """Six days of the system's log, however large; every `EVERY`th line is a planted failure, of each kind in turn."""
    count = size // 98
    begin = _COLLECTED - _SPREAD
    pool = _pool(seed, 8)
    stamp: dict[int, str] = {}
    for number in range(count + EVERY):
        second = int(_SPREAD.total_seconds() * number / count)
        if second not in stamp:
            stamp = {second: f"{begin + timedelta(seconds=second):%b %e %H:%M:%S} app01 "}
        if number % EVERY == EVERY - 1:
            yield f"{stamp[second]}{planted(number // EVERY)}\n"
        else:
            yield f"{stamp[second]}{_PROGRAMS[number % 4]}: {pool[int(seed.random() * _POOL)]} {number % 9973}\n"


def _planted(log: Path) -> int:
    """How many planted failures stand in a log."""
    literals = [kind.literal.encode() for kind in KINDS]
    with log.open("rb") as stream:
        return sum(any(literal in line for literal in literals) for line in stream)


def _sosreport(folder: Path, system: Path, size: int) -> dict[str, object]:
    """The last `size` bytes of the system's log, from a line's start, as a sosreport holds it: `messages` for one peer, and the same file
    as `kern.log` for the other."""
    root = folder / SOS
    shutil.rmtree(folder, ignore_errors=True)
    begin = max(0, system.stat().st_size - size)
    if begin:
        with system.open("rb") as stream:
            stream.seek(begin)
            begin += len(stream.readline())
    date = f"{_COLLECTED + timedelta(minutes=5):%a %b %d %H:%M:%S} UTC 2026\n"
    for name, content in {
        "version.txt": "sosreport: 4.8.0\n",
        "date": date,
        "sos_commands/date/date": date,
        "sos_commands/general/date": date,
        "sos_commands/host/hostname": "app01\n",
        "sos_commands/host/uptime": " 05:05:00 up 10 days,  1:02,  1 user,  load average: 0.10, 0.20, 0.30\n",
        "sos_commands/kernel/uname_-a": "Linux app01 6.5.0-1025-azure #26~22.04.1-Ubuntu SMP x86_64 GNU/Linux\n",
        "uptime": " 05:05:00 up 10 days,  1:02,  1 user,  load average: 0.10, 0.20, 0.30\n",
        "hostname": "app01\n",
        "etc/hostname": "app01\n",
        "etc/os-release": os_release(),
        "etc/waagent.conf": conf(Extensions__Enabled="n"),
        "job.json": job(FAILED_AT, 21, code="GuestAgentSnapshotTaskStatusError", message="Could not communicate with the VM agent"),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    log = root / "var/log/messages"
    log.parent.mkdir(parents=True)
    _write(log, _file(system, begin))
    os.link(log, log.with_name("kern.log"))
    return {"bytes": log.stat().st_size, "planted": _planted(log)}


def _packed(path: Path, folder: Path) -> None:
    """The sosreport as a zip, its log once."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.name != "kern.log":
                with archive.open(_entry(file.relative_to(folder).as_posix()), "w", force_zip64=True) as member:
                    for block in _file(file):
                        member.write(block)


Writer = Callable[..., dict[str, object]]
WRITERS: dict[str, Writer] = {"text": text, "small": small, "incidents": incidents, "flood": flood, "event_log": event_log}
