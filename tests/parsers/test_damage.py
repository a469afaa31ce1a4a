"""Whatever stands in a file, a document parser neither crashes nor hides that it could not use it."""

from __future__ import annotations

import time
from importlib import import_module

import pytest

from analyzer.bundle.encoding import Text
from analyzer.model import Event
from analyzer.parsers.document import Document
from tests.parsers.members import DAMAGED

KINDS = {
    "goal-state": ("goal_state", "var/lib/waagent/GoalState.7.xml"),
    "extensions-config": ("goal_state", "var/lib/waagent/ExtensionsConfig.7.xml"),
    "hosting-environment": ("goal_state", "var/lib/waagent/HostingEnvironmentConfig.xml"),
    "shared-config": ("goal_state", "var/lib/waagent/SharedConfig.xml"),
    "ovf-env": ("goal_state", "var/lib/waagent/ovf-env.xml"),
    "vm-settings": ("vm_settings", "var/lib/waagent/VmSettings.json"),
    "disable-agent": ("marker", "var/lib/waagent/disable_agent"),
    "agent-error": ("agent_error", "var/lib/waagent/WALinuxAgent-2.9.1.1/error.json"),
    "agent-status": ("agent_status", "var/lib/waagent/waagent_status.json"),
    "handler-state": ("handler_state", "var/lib/waagent/A.B-1.0/config/HandlerState"),
    "handler-status": ("handler_state", "var/lib/waagent/A.B-1.0/config/HandlerStatus"),
    "handler-environment": ("handler_environment", "var/lib/waagent/A.B-1.0/HandlerEnvironment.json"),
    "settings": ("settings", "var/lib/waagent/A.B-1.0/config/7.settings"),
    "status": ("status", "var/lib/waagent/A.B-1.0/status/7.status"),
    "extension-events": ("extension_events", "var/log/azure/A.B/events/1.json"),
    "vmbackup-conf": ("vmbackup_conf", "etc/azure/vmbackup.conf"),
    "script-config": ("script_config", "etc/azure/VMSnapshotScriptPluginConfig.json"),
    "os-release": ("os_release", "etc/os-release"),
    "timezone": ("timezone", "etc/timezone"),
    "dhcp-lease": ("dhcp_lease", "var/lib/dhcp/dhclient.eth0.leases"),
    "results": ("results", "results.txt"),
    "disk-info": ("disk_info", "diskinfo.txt"),
    "selinux-config": ("key_values", "etc/selinux/config"),
    "role-config": ("role_config", "WindowsAzure/Config/22bad65b018148a687a4aad1c2a62b67.22bad65b018148a687a4aad1c2a62b67._vm01.1.xml"),
    "package-information": ("package_information", "WindowsAzure/Packages/PackageInformation.txt"),
    "seq-number": ("seq_number", "Packages/Plugins/A.B/1.0.1.0/SeqNumber.txt"),
    "vmassist-log": ("vmassist_log", "logs/vmassist_APP01_20240229135959.log"),
}
SILENT_ABOUT = {  # what is legal there, or says all by existing
    ("disable-agent", name) for name in DAMAGED
} | {("settings", "empty"), ("settings", "blank"), ("settings", "nuls")}
SILENT_ABOUT |= {(kind, name) for kind in ("vmbackup-conf", "selinux-config") for name in ("empty", "blank", "nuls")} | {
    ("vmbackup-conf", "utf-16")
}


@pytest.mark.parametrize("name", sorted(DAMAGED))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_damage_is_reported_and_never_fatal(kind: str, name: str) -> None:
    module, path = KINDS[kind]
    document = Document(path, kind, Text.of(DAMAGED[name]).text)
    begun = time.perf_counter()
    events = list(import_module(f"analyzer.parsers.{module}").parse(document))
    assert time.perf_counter() - begun < 2
    assert all(_is_sound(event) for event in events)
    if not events and (kind, name) not in SILENT_ABOUT:
        assert document.problems, "neither an event nor a problem"
    assert all(problem.problem and problem.lost for problem in document.problems)


def _is_sound(event: Event) -> bool:
    """Every text of an event can be searched and written: no lone surrogate, no container in a field."""
    texts = [event.text, event.raw, event.component, event.code, event.level, event.pointer or ""]
    texts += [value for value in event.fields.values() if isinstance(value, str)]
    for text in texts:
        text.encode("utf-8")
    return all(value is None or isinstance(value, str | int | float) for value in event.fields.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_cut_of_a_file_is_survived(kind: str) -> None:
    module, path = KINDS[kind]
    whole = SOUND.get(kind, b"")
    for end in range(0, len(whole), max(1, len(whole) // 60)):
        document = Document(path, kind, Text.of(whole[:end]).text)
        for event in import_module(f"analyzer.parsers.{module}").parse(document):
            assert _is_sound(event)


SOUND: dict[str, bytes] = {
    "goal-state": b"<GoalState><Incarnation>7</Incarnation><Machine><ExpectedState>Started</ExpectedState></Machine></GoalState>",
    "extensions-config": b'<Extensions version="1" goalStateIncarnation="7"><Plugins><Plugin name="A.B" version="1.0" state="enabled"/></Plugins></Extensions>',
    "agent-status": b'{"aggregateStatus": {"guestAgentStatus": {"version": "2.9.1.1", "status": "Ready"}, "handlerAggregateStatus": [{"handlerName": "A.B"}]}}',
    "status": b'[{"timestampUTC": "2024-03-01T10:00:00Z", "status": {"status": "success", "code": "0", "operation": "Enable", "substatus": '
    b'[{"name": "[{\\"timestampUTC\\": \\"\\\\/Date(1709287200000)\\\\/\\", \\"status\\": {\\"code\\": \\"121\\", \\"status\\": \\"error\\"}}]"}]}}]',
    "extension-events": b'[{"Version": "A.B-1.0", "Timestamp": "2024-03-01T10:00:00", "Message": "2024-03-01T10:00:00.1\\t[Error]:\\tno \\n"}]',
    "dhcp-lease": b'lease {\n  interface "eth0";\n  option unknown-245 a8:3f:81:10;\n  expire 4 2024/03/01 10:00:00;\n}\n',
    "results": b"2024-03-01T10:15:03Z INFO Output of command [ls -alF /var/log]:\ntotal 4\n-rw-r--r-- 1 root root 0 Mar  1 10:15 syslog\n\n",
    "disk-info": b"[Device: /dev/sda1, mountpoint: / ]\nbsize: 4096\nfrsize: 4096\nblocks: 100\nbfree: 10\nbavail: 5\nfiles: 9\nffree: 8\nfavail: 8\n",
    "timezone": b"               Local time: Fri 2024-03-01 11:00:00 CET\n                Time zone: Europe/Berlin (CET, +0100)\n",
    "role-config": b'<RoleEnvironment><Deployment id="22bad"/><CurrentInstance id="Web_IN_0" roleName="Web"/></RoleEnvironment>',
    "vmassist-log": b"2024-02-29 01:59:59Z 00:05 00.12s VM Agent installed: True\r\n2024-02-29 13:59:59,123 py WARNING x\r\n",
    "vmbackup-conf": b"[SnapshotThread]\ntimeout = 60\nMountsToSkip: /a,\n  /b\n",
}
