"""What the bundle tells of the VM: its names, operating system, versions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from analyzer.bundle import Bundle
from analyzer.model import Event
from analyzer.timeline.timeline import Timeline

_LINUX = frozenset(
    ("waagent-log", "waagent-conf", "vmsnapshot-log", "vmsnapshot-shell-log", "syslog", "os-release", "cloud-init-log", "dhcp-lease")
)
_WINDOWS = frozenset(
    (
        "waappagent-log",
        "transparent-installer-log",
        "windows-agent-log",
        "iaasbcdr-log",
        "evtx",
        "cmd-systeminfo",
        "cmd-vssadmin",
        "cmd-sc",
        "registry-value",
    )
)


@dataclass
class Machine:
    """Facts of the VM; None where the bundle does not tell. `azure_name` is the name of the Azure resource, `named_by` its artifact."""

    name: str | None = None
    azure_name: str | None = None
    named_by: str | None = None
    os: str = "unknown"
    os_version: str | None = None
    kernel: str | None = None
    agent_version: str | None = None
    daemon_version: str | None = None
    extension_version: str | None = None
    python: str | None = None


def machine(timeline: Timeline, bundle: Bundle) -> Machine:
    """Gathers the facts, the newest of each."""
    vm = Machine(os=system_of(timeline.kinds, bundle))
    for event in timeline.events:
        _take(vm, event)
    for pattern, name in (
        ("agent.running", "agent_version"), ("agent.goal-version", "agent_version"), ("agent.heartbeat", "agent_version"),
        ("agent.daemon", "daemon_version"), ("agent.python", "python"), ("winagent.version", "agent_version"),
    ):  # fmt: skip
        hits = timeline.hits_of(pattern)
        if hits:
            setattr(vm, name, str(hits[-1].groups["version"]).rstrip("."))
    hits = timeline.hits_of("agent.os")
    if hits and vm.os_version is None:
        vm.os_version = hits[-1].groups["os"]
    vm.agent_version = vm.agent_version or vm.daemon_version
    vm.name = vm.azure_name or vm.name
    return vm


def system_of(kinds: Collection[str], bundle: Bundle) -> str:
    """The operating system that artifacts of these kinds are of: linux, windows or unknown."""
    if any(kind in kinds for kind in _LINUX):
        return "linux"
    if any(kind in kinds for kind in _WINDOWS):
        return "windows"
    paths = [member.path.lower() for member in bundle.members]
    if any("var/lib/waagent" in path or "var/log/azure" in path for path in paths):
        return "linux"
    return "windows" if any("windowsazure/" in path for path in paths) else "unknown"


def _take(vm: Machine, event: Event) -> None:
    fields = event.fields
    match event.kind:
        case "os-release":
            vm.os_version = str(fields.get("pretty") or event.text)
        case "cmd-systeminfo" if fields.get("os"):
            vm.os_version = " ".join(str(fields[name]) for name in ("os", "version") if fields.get(name))
        case "registry-value" if fields.get("name") == "ProductName" and str(fields.get("key")).endswith("CurrentVersion"):
            vm.os_version = vm.os_version or str(fields.get("value"))
        case "agent-status" if vm.os == "windows" and fields.get("version") and not event.component:
            vm.agent_version = str(fields["version"])
        case "evtx" if fields.get("computer"):
            vm.name = str(fields["computer"])
        case "vm-settings" | "settings" if fields.get("vm"):
            vm.azure_name, vm.named_by = str(fields["vm"]), event.artifact
        case "ovf-env" | "agent-status" if fields.get("host"):
            vm.name = str(fields["host"])
        case "status" if "VMSnapshot" in event.component:
            vm.extension_version = str(fields.get("extension_version") or "") or vm.extension_version
            vm.kernel = str(fields.get("kernel") or "") or vm.kernel
            vm.os_version = vm.os_version or str(fields.get("os") or "") or None
        case "handler-state" | "handler-status" | "settings" if "VMSnapshot" in event.component and fields.get("version"):
            vm.extension_version = str(fields["version"])
