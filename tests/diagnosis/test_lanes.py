"""Every event has one of the six lanes."""

from __future__ import annotations

import pytest

from analyzer.diagnosis.lanes import lane_of
from analyzer.model import Event

HANDLER = "Microsoft.Azure.RecoveryServices.VMSnapshotLinux"


@pytest.mark.parametrize(
    ("kind", "component", "artifact", "lane"),
    [
        ("job", "", "job.json", "platform"),
        ("waagent-log", "ExtHandler", "var/log/waagent.log", "agent"),
        ("goal-state", "", "GoalState.1.xml", "agent"),
        ("vmsnapshot-log", HANDLER, "extension.log", "extension"),
        ("settings", HANDLER, "0.settings", "extension"),
        ("settings", "Microsoft.Azure.Extensions.CustomScript", "0.settings", "other-extensions"),
        ("windows-command-log", "000012", "Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot/CommandExecution.log", "extension"),
        ("windows-command-log", "000012", "Plugins/Microsoft.Compute.BGInfo/CommandExecution.log", "other-extensions"),
        ("extensions-config", HANDLER, "ExtensionsConfig.1.xml", "extension"),
        ("extensions-config", "", "ExtensionsConfig.1.xml", "agent"),
        ("extension-log", "", "omsagent.log", "other-extensions"),
        ("syslog", "systemd", "var/log/syslog", "os"),
        ("syslog", "systemd-networkd", "var/log/syslog", "network"),
        ("evtx", "Microsoft-Windows-DHCPv6-Client", "System.evtx", "network"),
        ("evtx", "Service Control Manager", "System.evtx", "os"),
        ("dhcp-lease", "", "lease", "network"),
        ("some-new-kind", "", "x", "os"),
    ],
)  # fmt: skip
def test_lane(kind: str, component: str, artifact: str, lane: str) -> None:
    assert lane_of(Event(kind, artifact, "text", component=component)) == lane


def test_a_line_of_the_agent_about_a_handler_is_the_handlers() -> None:
    assert lane_of(Event("waagent-log", "waagent.log", "x", component=HANDLER, fields={"handler": HANDLER})) == "extension"
    other = "Microsoft.Azure.Extensions.CustomScript"
    assert lane_of(Event("waagent-log", "waagent.log", "x", component=other, fields={"handler": other})) == "other-extensions"
