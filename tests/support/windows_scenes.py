"""Writes artifacts as a Windows VM would hold them: the agent's log, its VM Health Report, its status, a run of a handler's command.

For fixtures, tests and benchmarks. Line shapes and messages are those of the excerpts that Microsoft's own pages and issue threads show
(DevTest Labs "Troubleshoot issues when applying artifacts", "Troubleshooting Azure Windows VM Agent", MicrosoftDocs/SupportArticles-docs
issue 782, chef-partners/azure-chef-extension issue 241, hashicorp/packer-plugin-azure issue 412); all values (names, ids, times) are
made up, and so is the command line of the backup extension, which no public excerpt shows. Times are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from tests.support.evtxwriter import Event, EvtxWriter, filetime, presets, u16, u32
from tests.support.evtxwriter.values import to_filetime
from tests.support.scenes import at

__all__ = [
    "AGENT",
    "BUILD",
    "HANDLER",
    "LOGS",
    "LOG_FOLDER",
    "WORK_FOLDER",
    "WaAppAgentLog",
    "aggregate_status",
    "application_events",
    "at",
    "clock_set",
    "evtx",
    "health_report",
    "service",
    "system_events",
]

HANDLER = "Microsoft.Azure.RecoveryServices.VMSnapshot"
BUILD = "1.0.110.0"
AGENT = "2.7.41491.1102"
OLD_AGENT = "2.7.41491.949"
HOST = "168.63.129.16"
COMPUTER = "APP01"
LOGS = "WindowsAzure/Logs"
LOG_FOLDER = f"{LOGS}/Plugins/{HANDLER}/{BUILD}"
WORK_FOLDER = f"Packages/Plugins/{HANDLER}/{BUILD}"
Style = Literal["milliseconds", "seconds", "hundredths"]
_MINUTE = timedelta(minutes=1)


def head(when: datetime, level: str, style: Style, thread: int) -> str:
    """What stands before the message: thread, time, level padded to eight characters."""
    time = {
        "milliseconds": f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z",  # seen in 2024, 2.7.41491.1102
        "seconds": f"{when:%Y-%m-%dT%H:%M:%SZ}",  # seen in 2021
        "hundredths": f"[{when:%m/%d/%Y %H:%M:%S}.{when.microsecond // 10_000:02d}]",  # 2018 to at least 2022
    }[style]
    return f"[{thread:08d}] {time} {f'[{level}]':<8}"


@dataclass
class WaAppAgentLog:
    """`WaAppAgent.log` (or TransparentInstaller.log), line by line; lines may be added in any order and are written in order of time.

    `style` is how this agent writes the time. Lines of a message behind its first have no head, as in the real log.
    """

    version: str = AGENT
    style: Style = "milliseconds"
    lines: list[tuple[datetime, str]] = field(default_factory=list)

    def say(self, when: datetime, text: str, level: str = "INFO", *, thread: int = 6) -> WaAppAgentLog:
        """One record. `level`: INFO, WARN, ERROR, HEART or TRACE."""
        self.lines.append((when, head(when, level, self.style, thread) + text.replace("\n", "\r\n")))
        return self

    def start(self, when: datetime, *, ready_after: timedelta = timedelta(seconds=3)) -> WaAppAgentLog:
        """The agent's start up to its first heartbeat."""
        self.say(when, f"WindowsAzureGuestAgent starting. Version {self.version}")
        self.say(when + ready_after / 2, "Waiting for OOBE to Complete ...", "WARN")
        self.say(when + ready_after, "StateExecutor initialization completed.")
        return self.beat(when + ready_after)

    def beat(self, when: datetime) -> WaAppAgentLog:
        return self.say(when, "WindowsAzureGuestAgent Heartbeat.", "HEART", thread=20)

    def alive(self, start: datetime, end: datetime, *, every: timedelta = _MINUTE) -> WaAppAgentLog:
        """Heartbeats, and traffic between them (its WARN is normal). The real agent beats every few seconds; `every` keeps fixtures small."""
        when, count = start, 0
        while when <= end:
            self.beat(when)
            if count % 15 == 14:
                self.say(
                    when + every / 2,
                    'GetVmArtifactsProfile: Received new etag for VMArtifactsProfileBlob "0x8DC17A6E7D1C0F4" with content length 8192',
                )
                self.say(
                    when + every / 2,
                    f"Start the root task for Plugin handler '{HANDLER}' Runtime Settings of extension ''.",
                    "WARN",
                    thread=14,
                )
            when, count = when + every, count + 1
        return self

    def stop(self, when: datetime, *, cleanly: bool = True) -> WaAppAgentLog:
        """The service is stopped by somebody. Not `cleanly`: the agent fails to stop."""
        self.say(when, "WindowsAzureGuestAgent stopping.", "WARN", thread=7)
        after = when + timedelta(seconds=2)
        if cleanly:
            return self.say(after, "WindowsAzureGuestAgent stopped successfully.", thread=7)
        return self.say(
            after,
            "WindowsAzureGuestAgent could not be stopped. Exception: System.NullReferenceException: Object reference not set to an instance of an object.\n"
            "   at Microsoft.WindowsAzure.GuestAgent.AgentRuntime.Stop()",
            "ERROR",
            thread=7,
        )

    def goal_state(self, when: datetime, incarnation: int, *, extensions: int = 1) -> WaAppAgentLog:
        self.say(when, "Start Workflow.", thread=14)
        return self.say(
            when, f"Starting installation/update of plugins. Incarnation: {incarnation}, extension count: {extensions}", thread=14
        )

    def enable(
        self, when: datetime, *, handler: str = HANDLER, build: str = BUILD, command: str = "IaaSBcdrExtension.exe enable"
    ) -> WaAppAgentLog:
        """The agent runs a handler's enable command."""
        step = timedelta(milliseconds=20)
        self.say(when, f"Processing plugin {handler} version {build}, state: enabled, autoupgrade: True, isJson: True", "WARN", thread=14)
        self.say(when + step, f"Beginning enable of plugin {handler}.", thread=14)
        self.say(when + step * 2, f"{handler}: Creating job object with a name of {handler}", thread=14)
        self.say(when + step * 3, f"{handler}: Error SetCPUNotification: 87", "ERROR", thread=14)  # harmless, and real
        return self.say(
            when + step * 4,
            f"Waiting for command C:\\Packages\\Plugins\\{handler}\\{build}\\{command} of plugin (name {handler} version {build}) to finish...",
            thread=14,
        )

    def enabled(
        self, when: datetime, *, handler: str = HANDLER, build: str = BUILD, command: str = "IaaSBcdrExtension.exe enable"
    ) -> WaAppAgentLog:
        """The command ended well."""
        self.say(when, f"Command C:\\Packages\\Plugins\\{handler}\\{build}\\{command} of {handler} has exited with Exit code: 0", thread=14)
        self.say(when, f"Setting the install state of the handler {handler}_{build} to Enabled", "WARN", thread=14)
        return self.say(when, f"Plugin enabled (handler name: {handler}, extension name: , version: {build})., Code: 0", "WARN", thread=14)

    def failed(self, when: datetime, code: int, *, handler: str = HANDLER, build: str = BUILD, why: str = "") -> WaAppAgentLog:
        """The enable command ended with an exit code."""
        why = why or f"Enable command of {handler} has exited with Exit code: {code}"
        self.say(when, f"Enable command of {handler} has exited with Exit code: {code}", "ERROR", thread=14)
        return self.say(
            when, f"Enable failed for plugin (name: {handler}, version {build}) with exception {why}, Code: 1009", "WARN", thread=14
        )

    def report(self, when: datetime, document: Mapping[str, Any] | None = None) -> WaAppAgentLog:
        """A VM Health Report between its markers, as the agent logs it before it writes it to the serial port."""
        stamp = f"{when:%Y-%m-%dT%H:%M:%S.%f}0Z"
        body = json.dumps(health_report(when) if document is None else document, separators=(",", ":"))
        lines = (
            f"======== Microsoft Azure VM Health Report - Start {stamp} ========",
            body,
            f"======== Microsoft Azure VM Health Report - End {stamp} =========",
            "",
        )
        self.lines.append((when, "\r\n".join(lines)))
        return self.say(when, "VmHealthCollectorThread: Opening serial port", "TRACE", thread=12)

    def text(self) -> str:
        return "".join(line + "\r\n" for _, line in sorted(self.lines, key=lambda item: item[0]))


def service(name: str, state: str = "Running", mode: str = "Auto", account: str = "LocalSystem", code: int = 0) -> dict[str, Any]:
    """A service as a VM Health Report lists it."""
    return {
        "errorControl": "Normal", "exitCode": code, "name": name, "processId": 584 if state == "Running" else 0, "serviceType": "Share Process",
        "startMode": mode, "startName": account, "state": state, "status": "OK",
    }  # fmt: skip


def health_report(
    when: datetime,
    *,
    dhcp: Mapping[str, bool] | None = None,
    services: Sequence[Mapping[str, Any]] = (),
    block_inbound: bool = False,
) -> dict[str, Any]:
    """The document of a VM Health Report. `dhcp`: adapters that are up, and whether their IPv4 address comes by DHCP."""
    adapters: list[dict[str, Any]] = [
        {
            "name": name, "status": "Up", "macAddress": "00-0D-3A-A7-71-D0",
            "ipProperties": [
                {"protocolVersion": 4, "address": f"10.0.1.{4 + number}", "isDhcpEnabled": enabled},
                {"protocolVersion": 6, "address": "fe80::90e7:17ff:1ab5:522d%13", "isDhcpEnabled": False},
            ],
        }
        for number, (name, enabled) in enumerate((dhcp or {"Ethernet": True}).items())
    ]  # fmt: skip
    adapters.append(
        {
            "name": "Loopback Pseudo-Interface 1", "status": "Up", "macAddress": "",
            "ipProperties": [{"protocolVersion": 4, "address": "127.0.0.1", "isDhcpEnabled": False}],
        }
    )  # fmt: skip
    unset = {"blockAllInboundConnections": -1, "enable": -1}
    on = {"blockAllInboundConnections": 1 if block_inbound else -1, "enable": 1}
    profiles = ("domainProfile", "publicProfile", "standardProfile")
    return {
        "reportTime": f"{when:%Y-%m-%dT%H:%M:%S.%f}0Z",
        "networkAdapters": adapters,
        "services": [*services] or [service("Dhcp"), service("RdAgent"), service("WindowsAzureGuestAgent"), service("Netlogon", "Stopped", "Manual")],
        "systemInfo": {"windows": {"osVersion": "Microsoft Windows NT 10.0.17763.0", "isOsEval": False, "realTimeIsUniversal": False, "safeBoot": -1}},
        "firewallPolicy": {"localPolicy": dict.fromkeys(profiles, on), "domainPolicy": dict.fromkeys(profiles, unset)},
    }  # fmt: skip


def aggregate_status(
    when: datetime, *, status: str = "Ready", message: str = "GuestAgent is running and processing the extensions.", version: str = AGENT,
    snapshot: str = "Ready", code: int = 0, operation: str = "success", detail: str = "Plugin enabled",
) -> bytes:  # fmt: skip
    """`AggregateStatus/aggregatestatus.json`, with the NULs that the agent leaves in it."""
    handler = {
        "handlerName": HANDLER, "handlerVersion": BUILD, "status": snapshot, "code": code, "formattedMessage": {"lang": "en-US", "message": detail},
        "runtimeSettingsStatus": {
            "sequenceNumber": "7",
            "settingsStatus": {
                "version": "1.0", "timestampUTC": f"{when:%Y-%m-%dT%H:%M:%SZ}",
                "status": {"name": HANDLER, "operation": "Enable", "status": operation, "code": code, "formattedMessage": {"lang": "en-US", "message": detail}},
            },
        },
    }  # fmt: skip
    document = {
        "version": "1.0", "timestampUTC": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "aggregateStatus": {
            "guestAgentStatus": {
                "version": version, "status": status, "formattedMessage": {"lang": "en-US", "message": message},
                "lastStatusUploadMethod": "HostGA Plugin - Default", "lastStatusUploadTime": f"{when - timedelta(seconds=15):%Y-%m-%dT%H:%M:%SZ}",
            },
            "handlerAggregateStatus": [handler],
        },
    }  # fmt: skip
    return json.dumps(document).encode() + b"\0" * 64


def evtx(events: Iterable[Event], **options: Any) -> bytes:
    """An event log of these events in order of time. `options` as `EvtxWriter` takes them (dirty, first_record_id, …)."""
    return EvtxWriter(**options).add_all(sorted(events, key=lambda event: to_filetime(event.time))).to_bytes()


def system_events(start: datetime, end: datetime, computer: str = COMPUTER, *, service_states: bool = False) -> list[Event]:
    """What the System log of a healthy VM holds: some entry every 20 minutes, most of them noise. `service_states`: older systems note
    every start and stop of a service (7036)."""
    events, count = [], 0
    while start <= end:
        events.append(_SYSTEM_NOISE[count % len(_SYSTEM_NOISE)](start, computer))
        if service_states:
            word = "running" if count % 2 else "stopped"
            events.append(
                presets.scm(7036, start + _MINUTE, computer, ["WinHTTP Web Proxy Auto-Discovery Service", word], svc="WinHttpAutoProxySvc")
            )
        start, count = start + 20 * _MINUTE, count + 1
    return events


def application_events(start: datetime, end: datetime, computer: str = COMPUTER) -> list[Event]:
    """What the Application log of a healthy VM holds: some entry every 40 minutes, all of it noise."""
    events, count = [], 0
    while start <= end:
        events.append(_APPLICATION_NOISE[count % len(_APPLICATION_NOISE)](start, computer))
        start, count = start + 40 * _MINUTE, count + 1
    return events


def _kernel_16(when: datetime, computer: str) -> Event:
    data = [("HiveNameLength", u16(27)), ("HiveName", "\\SystemRoot\\System32\\Config"), ("KeysUpdated", u32(12)), ("DirtyPages", u32(3))]
    return Event("System", "Microsoft-Windows-Kernel-General", 16, when, computer, data=data, guid="A68CA8B7-004F-D7B6-A698-07E2DE0F1F5D")


def clock_set(when: datetime, seconds: float, computer: str = COMPUTER) -> Event:
    """Kernel-General 1: the system time was changed to `when`, by that many seconds."""
    data = [("NewTime", filetime(when)), ("OldTime", filetime(when - timedelta(seconds=seconds))), ("Reason", u32(2))]
    return Event("System", "Microsoft-Windows-Kernel-General", 1, when, computer, data=data, guid="A68CA8B7-004F-D7B6-A698-07E2DE0F1F5D")


def _licensing(when: datetime, computer: str) -> Event:
    return Event("Application", "Microsoft-Windows-Security-SPP", 16384, when, computer, data=[("param1", "2126-01-01T00:00:00Z")])


_WRITERS = "\n\nOperation:\n   Gathering Writer Data\n\nContext:\n   Writer Class Id: {e8132975-6f93-4464-a53e-1050253ae220}\n   Writer Name: System Writer"
_SYSTEM_NOISE = (
    _kernel_16,
    presets.dcom_10016,
    lambda when, computer: clock_set(when, 0.004, computer),
    lambda when, computer: presets.wu(
        19, when, computer, title="Security Intelligence Update for Microsoft Defender Antivirus - KB2267602"
    ),
    lambda when, computer: presets.eventlog(6013, when, computer, ["", "", "", "", "903211", "60", "0 Coordinated Universal Time"]),
    lambda when, computer: presets.scm(
        7040, when, computer, ["Background Intelligent Transfer Service", "auto start", "demand start", "BITS"]
    ),
)
_APPLICATION_NOISE = (
    lambda when, computer: presets.vss(8224, when, computer, [""], level=4),
    _licensing,
    lambda when, computer: presets.vss(8194, when, computer, ["0x80070005, Access is denied.\r\n", _WRITERS]),
    lambda when, computer: presets.event_system(4625, when, computer, ["86400", "SuppressDuplicateDuration", "Software"], level=4),
    lambda when, computer: presets.msi(1035, when, computer, ["Tools", "1.0", "1033", "0", "Contoso", "(NULL)", ""]),
)
