"""Writes artifacts as a Linux VM would hold them: the agent's log, a run of the backup extension, a backup job.

For fixtures, tests and benchmarks. Formats and messages follow Azure/WALinuxAgent and Azure/azure-linux-extensions; all values (names,
ids, times) are made up. Times are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

HANDLER = "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"
BUILD = "1.0.9225.0"
AGENT = "2.11.1.4"
HOST = "168.63.129.16"
LOG_FOLDER = f"var/log/azure/{HANDLER}"
WORK_FOLDER = f"var/lib/waagent/{HANDLER}-{BUILD}"


def at(text: str) -> datetime:
    """`2026-03-10 02:00:00` as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class AgentLog:
    """`waagent.log` of a 2.8+ agent, line by line; lines may be added in any order and are written in order of time."""

    version: str = AGENT
    lines: list[tuple[datetime, str]] = field(default_factory=list)

    def say(self, when: datetime, text: str, level: str = "INFO", columns: str = "ExtHandler ExtHandler") -> AgentLog:
        self.lines.append((when, f"{when:%Y-%m-%dT%H:%M:%S.%f}Z {level} {columns} {text}".rstrip()))
        return self

    def start(self, when: datetime, *, distro: str = "ubuntu 22.04", python: str = "3.10.12", daemon: str = "2.2.46") -> AgentLog:
        """The agent's start, as the daemon and the goal-state agent log it."""
        second = timedelta(seconds=1)
        self.say(when, f"Azure Linux Agent Version: {daemon}", columns="Daemon")
        self.say(when + second / 10, f"OS: {distro}", columns="Daemon")
        self.say(when + second / 5, f"Python: {python}", columns="Daemon")
        self.say(when + second, f"Azure Linux Agent (Goal State Agent version {self.version})")
        self.say(when + second * 1.01, f"OS: {distro}").say(when + second * 1.02, f"Python: {python}")
        self.say(when + second * 1.5, f"WireServer endpoint {HOST} read from file")
        self.say(when + second * 2, "Fetched a new incarnation for the WireServer goal state [incarnation 1]", columns="ExtHandler")
        return self.say(
            when + second * 3, f"Agent WALinuxAgent-{self.version} is running as the goal state agent [DEBUG HeartbeatCounter: 0]"
        )

    def alive(self, start: datetime, end: datetime) -> AgentLog:
        """Heartbeats every 30 minutes, and the housekeeping between them."""
        when, count = start, 0
        while when <= end:
            self.say(
                when,
                f"[HEARTBEAT] Agent WALinuxAgent-{self.version} is running as the goal state agent [DEBUG HeartbeatCounter: {count};HeartbeatId: 5A7C;UpdateGSErrors: 0]",
            )
            if count % 2:
                self.say(when + timedelta(minutes=7), "Checking for agent updates (family: Prod)")
            when, count = when + timedelta(minutes=30), count + 1
        return self

    def goal_state(self, when: datetime, incarnation: int) -> AgentLog:
        second = timedelta(seconds=1)
        self.say(when, f"Fetched a new incarnation for the WireServer goal state [incarnation {incarnation}]", columns="ExtHandler")
        self.say(
            when + second,
            f"ProcessExtensionsGoalState started [incarnation_{incarnation} channel: WireServer source: Fabric activity: 5c1e55ed-0000-4000-8000-00000000000a "
            f"correlation 5c1e55ed-0000-4000-8000-00000000000b created: {when - timedelta(seconds=9):%Y-%m-%dT%H:%M:%S.%fZ}]",
        )
        return self

    def enable(
        self, when: datetime, sequence: int, *, handler: str = HANDLER, build: str = BUILD, command: str = "main/handle.sh enable"
    ) -> AgentLog:
        """The agent runs a handler's enable command."""
        columns, step = f"ExtHandler [{handler}-{build}]", timedelta(milliseconds=40)
        folder = f"/var/lib/waagent/{handler}-{build}"
        self.say(when, f"Target handler state: enabled [incarnation_{sequence}]", columns=columns)
        self.say(when + step, "[Enable] current handler state is: enabled", columns=columns)
        self.say(when + step * 2, f"Update settings file: {sequence}.settings", columns=columns)
        self.say(when + step * 3, f"Enable extension: [{command}]", columns=columns)
        environment = {
            "AZURE_GUEST_AGENT_EXTENSION_VERSION": build,
            "AZURE_GUEST_AGENT_WIRE_PROTOCOL_ADDRESS": HOST,
            "ConfigSequenceNumber": str(sequence),
        }
        self.say(
            when + step * 4, f"Executing command: {folder}/{command} with environment variables: {json.dumps(environment)}", columns=columns
        )
        return self

    def enabled(self, when: datetime, *, handler: str = HANDLER, build: str = BUILD, command: str = "main/handle.sh enable") -> AgentLog:
        """The command ended well."""
        self.say(
            when,
            f"Command: {command}\n[stdout]\nInformation: Space available in event directory : 39981250B\n\n[stderr]\n",
            columns=f"ExtHandler [{handler}-{build}]",
        )
        return self.say(when + timedelta(seconds=1), "ProcessExtensionsGoalState completed [incarnation_1 2300 ms]")

    def failed(
        self,
        when: datetime,
        code: int,
        output: str = "",
        *,
        op: str = "Enable",
        handler: str = HANDLER,
        build: str = BUILD,
        command: str = "main/handle.sh enable",
    ) -> AgentLog:
        """The command ended with an exit code."""
        folder = f"/var/lib/waagent/{handler}-{build}"
        text = f"Event: name={handler}, op={op}, message=[ExtensionOperationError] Non-zero exit code: {code}, {folder}/{command}\n[stdout]\n\n\n[stderr]\n{output}, duration=0"
        return self.say(when, text, level="ERROR")

    def text(self) -> str:
        return "".join(line + "\n" for _, line in sorted(self.lines, key=lambda item: item[0]))


@dataclass
class SnapshotRun:
    """One run of VMSnapshotLinux (Python 3, host path) in extension.log. `seconds` move through the run."""

    start: datetime
    sequence: int = 7
    task: str = "8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11"
    mounts: Sequence[str] = ("/data", "/mnt", "/")
    lines: list[str] = field(default_factory=list)
    clock: timedelta = timedelta(0)

    def tick(self, seconds: float) -> SnapshotRun:
        self.clock += timedelta(seconds=seconds)
        return self

    @property
    def now(self) -> datetime:
        self.clock += timedelta(microseconds=217)
        return self.start + self.clock

    def say(self, text: str, version: str = "1.0") -> SnapshotRun:
        self.lines.append(f"{self.now:%Y-%m-%d %H:%M:%S.%f} [{HANDLER}-{version}]{text}")
        return self

    def block(self, text: str, level: str = "Info") -> SnapshotRun:
        """A line of the freeze block."""
        self.lines.append(f"{self.now:%Y/%m/%d %H:%M:%S.%f}  {level}  {text} ")
        return self

    def raw(self, text: str) -> SnapshotRun:
        self.lines.append(text)
        return self

    def header(self) -> SnapshotRun:
        self.say(f"Change log file to /{LOG_FOLDER}/extension.log").say(f"sequence number based on config file-names is {self.sequence}")
        self.say(f"setting file path is/{WORK_FOLDER}/config/{self.sequence}.settings").say(
            f"try_parse_context : Sequence Number received {self.sequence}", "0.0"
        )
        return self.say(f"sequence number from environment variable is {self.sequence}")

    def enable(self) -> SnapshotRun:
        """Up to the interim status, and the daemon's start."""
        self.header().say("starting enable").say("patch_class_name: UbuntuPatching and orig_distro: Ubuntu").say(
            f"set most recent sequence number to {self.sequence}"
        )
        self.say("Reading customSettings from public_settings").say("LUN list - [0, -1]").say(f"taskId: {self.task}").say(
            "Sleeping for milliseconds: 1130"
        ).tick(1.13)
        self.say("Enable,success,4,Transitioning state in extension,False").say("file status report message:").tick(0.8)
        self.header().say("starting daemon initially")
        for mount in reversed(self.mounts):
            self.say(f"mounts list item added, mount point {mount}, device-name sda1, fs-type ext4, unique-name {mount}_sda1")
        self.say("safeFreezeBinary exists True").say("final thread timeout60").say("starting daemon for freezing the file system").say(
            "removing the protected settings"
        )
        settings = {"takeSnapshotFrom": "firstHostThenGuest", "isManagedVm": True, "backupTaskId": self.task, "backupRetryCount": 0}
        return self.say(f"customSettings : {json.dumps(settings)}").say("snapshotMethodConfigValue : firstHostThenGuest")

    def pre_snapshot(self, http: int = 200) -> SnapshotRun:
        self.say("start calling the presnapshot rest api").say(
            f"Details of sas uri object  hostname: {HOST} path: /metadata/recsvc/snapshot/presnapshot"
        ).tick(0.12)
        if http == 200:
            self.say("PreSnapshotResponse: bhsVersion: 3.0.51.0").say("PreSnapshotResponse: result: Success")
        return self.say(f"PreSnapshot: Status Code: {http}")

    def age(self, seconds: float = 114.9) -> SnapshotRun:
        return self.say(f"timespan: {timedelta(seconds=seconds)}, total_span_in_seconds: {seconds}, MAX_TIMESPAN: 8400")

    def begin(self) -> SnapshotRun:
        """From the snapshot routine to the start of the freeze."""
        self.say("Calling do snapshot method").pre_snapshot().say("Taking Snapshot through Host").say("T:S freeze, timeout value 60").say(
            "skipped mount :"
        )
        for mount in self.mounts:
            self.say(f"fsfreeze mount :{mount}")
        arguments = [f"/{WORK_FOLDER}/main/safefreeze/bin/safefreeze", "60", *self.mounts]
        return self.say("skip freeze is : False").say(f"arg : {arguments}").say("proceeded for accepting signals")

    def freeze(self) -> SnapshotRun:
        """The freeze block of a freeze that works, up to its end."""
        self.raw("================== Logs during Freeze Start ==============")
        self.block("/etc/azure/MicrosoftRecoverySvcsSafeFreezeLock/SafeFreezeLockFile file opened Sucessfully").block(
            "Aquiring lock succeeded"
        ).tick(3)
        self.block("****** 1. Starting Freeze Binary ").tick(0.05).block("****** 4. Freeze Completed (Signal=1 received)").tick(1)
        return self.block("T:S freeze result , timedout :False")

    def snapshot(self, disks: int = 2) -> SnapshotRun:
        self.block("T:S doing snapshot now...").block("****** 5. Snaphotting (Host) Started").tick(1.2).block(
            "****** 6. Snaphotting (Host) Completed"
        )
        self.block("****** 7. Sending Thaw Signal to Binary").tick(0.5).block(
            "****** 9. Binary Process completed (Signal=2 received)"
        ).block("T:S thaw result ")
        self.raw("================== Logs during Freeze End ==============")
        for disk in range(disks):
            self.say(
                f"From Host- IsSuccessful:true, SnapshotUri:https://md-hdd-demo.z{disk}.blob.storage.azure.net/abcd?snapshot=x, ErrorMessage:, StatusCode:200"
            )
        return self.say("T:S snapshotall ends...")

    def end(self, code: int = 1, status: str = "success", message: str = "") -> SnapshotRun:
        self.say(
            f"doFreezeSnapshot : run_result - {code} run_status - {status} all_failed - False unable_to_sleep - False is_inconsistent - False values post snapshot"
        )
        return self.say(f"Enable,{status},{code},{message},False").say("blob written succesfully")

    def good(self) -> SnapshotRun:
        """A whole run that succeeds."""
        return self.enable().pre_snapshot().age().begin().freeze().snapshot().end()

    def text(self) -> str:
        return "".join(line + "\n" for line in self.lines)

    def shell(self, *, python: str = "python3.10", code: int = 0) -> str:
        """What handle.sh writes into shell.log for this run."""

        def line(offset: float, text: str) -> str:
            return f"{self.start + timedelta(seconds=offset):%a %b %e %H:%M:%S UTC %Y}- {text}\n"

        return (
            line(-1, f"ConfigSequenceNumber from environment variable seqNo:{self.sequence}")
            + line(-1, f"{python} path exists")
            + line(2, f"{code} returned from handle.py")
        )

    def status(self, code: int = 1, *, ext_error: str = "success", disks: Sequence[bool] = (True, True), health: int | None = None) -> str:
        """`N.status` as the agent reads it: the outer status is success whatever happened, the truth is inside."""
        telemetry = {
            "pythonVersion": "3.10.12", "guestAgentVersion": AGENT, "extensionVersion": BUILD, "osVersion": "Ubuntu-22.04", "kernelVersion": "6.5.0-1025-azure",
            "snapshotCreator": "backupHostService", "hostStatusCodePreSnapshot": "200", "extErrorCode": ext_error,
        }  # fmt: skip
        milliseconds = int((self.start + self.clock).timestamp() * 1000)
        ticks = str(int((self.start - timedelta(minutes=2) - datetime(1, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000)
        inner = {
            "name": HANDLER, "operation": "Enable", "status": "success" if code in (0, 1) else "error", "substatus": [], "code": str(code), "taskId": self.task,
            "formattedMessage": {"lang": "en-US", "message": ""}, "commandStartTimeUTCTicks": ticks,
            "telemetryData": [{"Key": key, "Value": value} for key, value in telemetry.items()],
            "snapshotInfo": [{"isSuccessful": "true" if ok else "false", "snapshotUri": "https://md-hdd-demo.blob.storage.azure.net/abcd", "errorMessage": ""} for ok in disks],
            "vmHealthInfo": {"vmHealthState": 0 if code in (0, 1) else 128, "vmHealthStatusCode": code if health is None else health},
        }  # fmt: skip
        document = [{"version": "1.0", "timestampUTC": f"/Date({milliseconds})/", "status": inner}]
        outer = {
            "name": HANDLER, "operation": "Enable", "status": "success", "code": str(code), "taskId": self.task, "commandStartTimeUTCTicks": ticks,
            "substatus": [{"code": "0", "name": json.dumps(document).replace("/Date", "\\/Date").replace(")/", ")\\/"), "status": "success", "formattedMessage": None}],
            "formattedMessage": {"lang": "en-US", "message": ""}, "snapshotInfo": None, "vmHealthInfo": None,
        }  # fmt: skip
        return json.dumps([{"version": "1.0", "timestampUTC": f"{self.start + self.clock:%Y-%m-%dT%H:%M:%SZ}", "status": outer}])


def job(
    start: datetime, minutes: float, *, code: str, message: str, job_id: str = "8d2f6f5a-7a51-4d0e-9c66-0b8a4f2c1e11", vm: str = "app01", status: str = "Failed",
    title: str | None = None, dynamic: str | None = None, number: int = 400000, operation: str = "Backup",
) -> str:  # fmt: skip
    """A backup job as REST JSON. `code` goes into errorTitle unless `title` says otherwise."""
    end = start + timedelta(minutes=minutes)
    task = {
        "taskId": "Take Snapshot",
        "startTime": _iso(start + timedelta(seconds=5)),
        "endTime": _iso(end),
        "duration": f"PT{int(minutes)}M0S",
        "status": "Failed" if status == "Failed" else "Completed",
    }
    extended = {
        "tasksList": [task, {"taskId": "Transfer data to vault", "status": "NotStarted", "duration": "PT0S"}],
        "propertyBag": {"VM Name": vm},
    }
    if dynamic is not None:
        extended["dynamicErrorMessage"] = dynamic  # type: ignore[assignment]
    properties = {
        "jobType": "AzureIaaSVMJob", "duration": f"PT{int(minutes)}M0S", "virtualMachineVersion": "Compute", "extendedInfo": extended, "entityFriendlyName": vm,
        "backupManagementType": "AzureIaasVM", "operation": operation, "status": status, "startTime": _iso(start), "endTime": _iso(end),
        "activityId": "0f7e5a52-55a1-4f25-8f4a-1c9c35c8f3d1",
    }  # fmt: skip
    if status != "Completed":
        properties["errorDetails"] = [
            {"errorCode": number, "errorTitle": code if title is None else title, "errorString": message, "recommendations": []}
        ]
    vault = "/Subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/backup-rg/providers/Microsoft.RecoveryServices/vaults/vault1/backupJobs/"
    return (
        json.dumps(
            {"id": vault + job_id, "name": job_id, "type": "Microsoft.RecoveryServices/vaults/backupJobs", "properties": properties},
            indent=2,
        )
        + "\n"
    )


def conf(**changes: str) -> str:
    """`waagent.conf` as Ubuntu ships it in essence; keyword `Extensions__Enabled="n"` changes `Extensions.Enabled`."""
    values = {
        "Provisioning.Agent": "auto", "Provisioning.DeleteRootPassword": "n", "Provisioning.MonitorHostName": "y", "Extensions.Enabled": "y", "ResourceDisk.Format": "n",
        "Logs.Verbose": "n", "OS.RootDeviceScsiTimeout": "300", "OS.EnableFirewall": "n", "AutoUpdate.Enabled": "y",
    } | {key.replace("__", "."): value for key, value in changes.items()}  # fmt: skip
    return "#\n# Microsoft Azure Linux Agent Configuration\n#\n\n" + "".join(
        f"# {key} option\n{key}={value}\n\n" for key, value in values.items()
    )


def os_release(name: str = "Ubuntu", version: str = "22.04", pretty: str = "Ubuntu 22.04.4 LTS", identity: str = "ubuntu") -> str:
    return f'PRETTY_NAME="{pretty}"\nNAME="{name}"\nVERSION_ID="{version}"\nID={identity}\n'


def steps(start: datetime, end: datetime, every: timedelta) -> Iterator[datetime]:
    while start <= end:
        yield start
        start += every


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S.%f}0Z"


@dataclass
class LocalAgentLog(AgentLog):
    """`waagent.log` of a 2.1 to 2.2.45 agent: slash stamps in local time, at most one column before the text, no heartbeats."""

    version: str = "2.2.45"
    offset: timedelta = timedelta(0)

    def say(self, when: datetime, text: str, level: str = "INFO", columns: str = "ExtHandler ExtHandler") -> AgentLog:
        prefix = columns.split()[-1] if columns else ""
        text = text.replace("Enable extension: [", "Enable extension [").replace("Install extension: [", "Install extension [")
        self.lines.append((when, f"{when + self.offset:%Y/%m/%d %H:%M:%S.%f} {level} {prefix + ' ' if prefix else ''}{text}".rstrip()))
        return self

    def alive(self, start: datetime, end: datetime) -> AgentLog:
        """What such an agent says when nothing happens: little."""
        for when in steps(start, end, timedelta(hours=6)):
            self.say(when, "Checking for agent updates")
        return self

    def goal_state(self, when: datetime, incarnation: int) -> AgentLog:
        return self.say(when, f"ProcessGoalState started [incarnation {incarnation}]")

    def enabled(self, when: datetime, *, handler: str = HANDLER, build: str = BUILD, command: str = "main/handle.sh enable") -> AgentLog:
        self.say(when, f"Command: {command}\n[stdout]\n\n\n[stderr]\n", columns=f"[{handler}-{build}]")
        return self.say(when + timedelta(seconds=1), "ProcessGoalState completed [incarnation 1; 2300 ms]")


@dataclass
class Python2Run(SnapshotRun):
    """A run under Python 2: whole seconds in local time; lines of the freeze block have the dash form, in UTC since 2021-09."""

    offset: timedelta = timedelta(0)

    def say(self, text: str, version: str = "1.0") -> SnapshotRun:
        for line in text.split("\n"):
            handler = f"[{HANDLER}-{version}]" if line is text or text.startswith(line) else ""
            self.lines.append(f"{self.now + self.offset:%Y/%m/%d %H:%M:%S} {handler}{line}")
        return self

    def block(self, text: str, level: str = "Info") -> SnapshotRun:
        moment = self.now if self.start >= at("2021-09-01") else self.now + self.offset
        self.lines.append(f"{moment:%Y-%m-%d %H:%M:%S.%f}  {level}  {text} ")
        return self


@dataclass
class Syslog:
    """`/var/log/syslog` (or messages) of a machine with systemd and cron. `iso`: RFC 5424 stamps with an offset, as Ubuntu 24.04 writes."""

    host: str = "app01"
    offset: timedelta = timedelta(0)
    iso: bool = False
    lines: list[tuple[datetime, str]] = field(default_factory=list)

    def say(self, when: datetime, program: str, text: str, pid: int | None = None) -> Syslog:
        local, sign = when + self.offset, "-" if self.offset < timedelta(0) else "+"
        hours = abs(self.offset).total_seconds() / 3600
        stamp = f"{local:%Y-%m-%dT%H:%M:%S.%f}{sign}{int(hours):02d}:{int(hours % 1 * 60):02d}" if self.iso else f"{local:%b %e %H:%M:%S}"
        tag = f"{program}[{pid}]" if pid is not None else program
        self.lines.append((when, f"{stamp} {self.host} {tag}: {text}"))
        return self

    def alive(self, start: datetime, end: datetime) -> Syslog:
        """What cron and systemd write every hour while the machine runs."""
        hour = start.replace(minute=17, second=1, microsecond=0)
        for when in steps(hour if hour >= start else hour + timedelta(hours=1), end, timedelta(hours=1)):
            self.say(when, "CRON", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", 3000 + when.hour)
            self.say(when, "CRON", "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)", 3001 + when.hour)
            self.say(when, "CRON", "pam_unix(cron:session): session closed for user root", 3000 + when.hour)
        return self

    def boot(self, when: datetime, kernel: str = "6.5.0-1025-azure") -> Syslog:
        second = timedelta(seconds=1)
        self.say(when, "kernel", f"[    0.000000] Linux version {kernel} (buildd@lcy02) #26~22.04.1-Ubuntu SMP")
        self.say(when, "kernel", f"[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz-{kernel} root=PARTUUID=11111111 ro console=ttyS0")
        self.say(when + second * 4, "systemd", "Started Regular background program processing daemon.", 1)
        return self.say(when + second * 6, "systemd", "Started Azure Linux Agent.", 1)

    def power_off(self, when: datetime, *, again: bool = False) -> Syslog:
        """An orderly shutdown; `again` makes it a reboot."""
        step = timedelta(milliseconds=400)
        self.say(when, "systemd-logind", "System is rebooting." if again else "System is powering down.", 711)
        self.say(when + step, "systemd", "Stopping Azure Linux Agent...", 1)
        self.say(when + step * 2, "systemd", "Stopped Azure Linux Agent.", 1)
        self.say(when + step * 3, "systemd", "Reached target Shutdown.", 1)
        return self.say(when + step * 4, "systemd", "Reached target Reboot." if again else "Reached target Power-Off.", 1)

    def text(self) -> str:
        return "".join(line + "\n" for _, line in sorted(self.lines, key=lambda item: item[0]))
