"""Members of a Windows bundle are identified by path in whatever layout and case they come, and by content where names lie."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from analyzer.bundle.layouts import TABLE, UNKNOWN, Form, identify, layout_of

SNAPSHOT = "Microsoft.Azure.RecoveryServices.VMSnapshot"
GUID = "f23968ac-9066-43da-863c-2d4ab096c18f"

# paths as the Windows manifests of azure-diskinspect-service name them, below the root of the disk
MEMBERS: dict[str, str] = {
    "WindowsAzure/Logs/WaAppAgent.log": "waappagent-log",
    "WindowsAzure/WaAppAgent.log": "waappagent-log",  # manifest aks
    "WindowsAzure/Logs/WaAppAgent.txt": "waappagent-log",
    "WindowsAzure/Logs/TransparentInstaller.log": "transparent-installer-log",
    "WindowsAzure/Logs/TransparentInstaller.000.log": "transparent-installer-log",
    "WindowsAzure/Logs/Telemetry.log": "windows-agent-log",
    "WindowsAzure/Logs/MonitoringAgent.log": "windows-agent-log",
    "WindowsAzure/Logs/AppAgentRuntime.log": "windows-agent-log",
    "WindowsAzure/Logs/AgentRuntime.log": "windows-agent-log",
    "WindowsAzure/Logs/AggregateStatus/aggregatestatus.json": "agent-status",
    "WindowsAzure/Logs/AggregateStatus/aggregatestatus_20180921025640005.json": "agent-status",
    f"WindowsAzure/config/{GUID}.{GUID}._vm01.1.xml": "role-config",
    f"WindowsAzure/Config/{GUID.replace('-', '')}.{GUID.replace('-', '')}.WebRole1_IN_0.6.xml": "role-config",
    "WindowsAzure/Config/myvm0.1.ExtensionConfig.xml": "extensions-config",
    "WindowsAzure/Packages/PackageInformation.txt": "package-information",
    f"WindowsAzure/Logs/Plugins/{SNAPSHOT}/1.0.110.0/IaaSBcdrExtension0.log": "iaasbcdr-log",
    f"WindowsAzure/Logs/Plugins/{SNAPSHOT}/1.0.110.0/CommandExecution.log": "windows-command-log",
    f"WindowsAzure/Logs/Plugins/{SNAPSHOT}/1.0.110.0/CommandExecution_20240229100000123.log": "windows-command-log",
    f"WindowsAzure/Logs/Plugins/{SNAPSHOT}/1.0.110.0/Install.log": "windows-command-log",
    f"WindowsAzure/Logs/Plugins/{SNAPSHOT}/1.0.110.0/Update.log": "windows-command-log",
    "WindowsAzure/Logs/Plugins/Microsoft.Azure.Diagnostics.IaaSDiagnostics/1.11.3.12/Heartbeat.log": "windows-command-log",
    "WindowsAzure/Logs/Plugins/Microsoft.Azure.Diagnostics.IaaSDiagnostics/1.11.3.12/DiagnosticsPluginLauncher.log": "extension-log",
    "WindowsAzure/Logs/Plugins/Microsoft.Azure.Diagnostics.IaaSDiagnostics/1.11.3.12/WAD0107/Configuration/MonAgentHost.1.log": "extension-log",
    "WindowsAzure/Logs/Plugins/Microsoft.Compute.CustomScriptExtension/1.10.15/CustomScriptHandler.log": "extension-log",
    "WindowsAzure/Logs/NetAgent-2018.09.20-23.59.28.503.log": "extension-log",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/SeqNumber.txt": "seq-number",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/PackageInformation.txt": "package-information",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/HandlerEnvironment.json": "handler-environment",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/HandlerManifest.json": "manifest",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/config.txt": "plugin-config",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/RuntimeSettings/7.settings": "settings",
    "Packages/Plugins/Microsoft.CPlat.Core.RunCommandHandlerWindows/2.0.11/RuntimeSettings/script.3.settings": "settings",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/Status/7.status": "status",
    f"Packages/Plugins/{SNAPSHOT}/1.0.110.0/Status/HeartBeat.Json": "heartbeat",
    "Windows/System32/winevt/Logs/System.evtx": "evtx",
    "Windows/System32/winevt/Logs/Windows Azure.evtx": "evtx",
    "Windows/System32/winevt/Logs/Microsoft-Windows-AppLocker%4EXE and DLL.evtx": "evtx",
    "Windows/System32/winevt/Logs/Microsoft-WindowsAzure-Status%4Plugins.evtx": "evtx",
}
PREFIXES = ["", "device_0/", "C/", "C:/", "c/", "F/", "vm01-InspectIaaSDisk-1a2b/device_0/", "history.zip!/", "VMAgentLogs.zip!/C/"]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", sorted(MEMBERS))
def test_member_is_known_below_any_root(prefix: str, path: str) -> None:
    assert identify(prefix + path, "").kind == MEMBERS[path]


@pytest.mark.parametrize("path", sorted(MEMBERS))
def test_case_and_separators_of_a_path_do_not_matter(path: str) -> None:
    wanted = MEMBERS[path]
    assert [identify(variant, "").kind for variant in (path.upper(), path.lower(), path.replace("/", "\\"))] == [wanted] * 3


LOOSE = {
    "WaAppAgent.log": "waappagent-log", "waappagent.log.1": "waappagent-log", "TransparentInstaller.log": "transparent-installer-log",
    "IaaSBcdrExtension12.log": "iaasbcdr-log", "aggregatestatus.json": "agent-status", "PackageInformation.txt": "package-information",
    "APP01_evt_System.evtx": "evtx", "APP01_evt_WindowsAzure-Status-Plugins.evtx": "evtx", "vmassist_APP01_20240229135959.log": "vmassist-log",
    "var/log/azure/vmassist.sh.log": "vmassist-log", "7.status": "status", "7.settings": "settings",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(LOOSE))
def test_loose_file_is_known_by_its_name(path: str) -> None:
    assert identify(path, "").kind == LOOSE[path]


NOT_OURS = {
    "WindowsAzure/Packages/WaAppAgent.exe.config": UNKNOWN.kind,
    "WindowsAzure/CollectGuestLogsTemp/629c62ef-f008-44a0-9269-11c2037fd69f.zip.json": UNKNOWN.kind,
    "Program Files/Vendor/telemetry.log": UNKNOWN.kind,
    "inetpub/logs/update.log": UNKNOWN.kind,
    "Windows/Panther/setupact.log": UNKNOWN.kind,
    "inetpub/wwwroot/web.config.xml": UNKNOWN.kind,
    # Linux members with the same names stay what they are
    "var/log/azure/Microsoft.Azure.RecoveryServices.VMSnapshotLinux/CommandExecution.log": "command-execution-log",
    "var/log/azure/Microsoft.Azure.RecoveryServices.VMSnapshotLinux/1.0.9225.0/CommandExecution.log": "command-execution-log",
    "CommandExecution.log": "command-execution-log",
    "var/lib/waagent/A.B-1.0/heartbeat.log": "heartbeat",
    "var/lib/waagent/A.B-1.0/config/7.settings": "settings",
    "var/lib/waagent/ExtensionsConfig.7.xml": "extensions-config",
    "var/log/azure/A.B/extension.log": "extension-log",
}


@pytest.mark.parametrize("path", sorted(NOT_OURS))
def test_other_file_of_a_similar_name_is_left_alone(path: str) -> None:
    assert identify(path, "").kind == NOT_OURS[path]


OLD = "[00000006] [11/14/2019 05:52:13.44] [INFO]  WindowsAzureGuestAgent starting. Version 2.7.41491.949\r\n"
NEW = "[00000020] 2024-01-17T19:43:53.897Z [HEART] WindowsAzureGuestAgent Heartbeat.\r\n"


@pytest.mark.parametrize("line", [OLD, NEW])
def test_renamed_agent_log_is_known_by_its_lines_but_its_silence_proves_nothing(line: str) -> None:
    row = identify("notes/from-customer.txt", "excerpt:\r\n" + line)
    assert (row.kind, row.module) == ("waappagent-log", "windows_agent_log")
    assert identify("WindowsAzure/Logs/WaAppAgent.log", line).module == "waappagent_log"


def test_loose_command_log_belongs_to_the_system_whose_lines_it_has() -> None:
    assert identify("CommandExecution.log", OLD).kind == "windows-command-log"
    assert identify("CommandExecution.log", "2024-05-30T13:15:45.331589Z INFO ExtHandler x\n").kind == "command-execution-log"


def test_generic_name_needs_the_agents_lines() -> None:
    assert identify("collected/Telemetry.log", NEW).kind == "windows-agent-log"
    assert identify("collected/Telemetry.log", "2024-01-01 something else\n").kind == UNKNOWN.kind


def test_saved_health_report_is_known_by_its_marker() -> None:
    head = '======== Microsoft Azure VM Health Report - Start 2018-03-06T02:06:40.6256349Z ========\n{"reportTime":"x"}\n'
    assert identify("report.txt", head).kind == "transparent-installer-log"


def test_vmassist_is_known_by_its_lines() -> None:
    assert identify("out.txt", "2024-02-29 01:59:59Z 00:00 00.00s Log file: C:\\x.log\r\n").kind == "vmassist-log"


HANDLE_SH = """#!/usr/bin/env sh
  echo "`date -u`- 0 returned from handle.py" >> $logfile
"""


@pytest.mark.parametrize("path", ["Microsoft.Azure.RecoveryServices.VMSnapshotLinux-1.0.9225.0/main/handle.sh", "handle"])
def test_program_is_no_log_whatever_lines_it_writes(path: str) -> None:
    assert identify(path, HANDLE_SH).kind == UNKNOWN.kind
    assert identify("renamed", HANDLE_SH.split("\n", 1)[1]).kind == "vmsnapshot-shell-log"


CONF = "Extensions.Enabled=n\n"


@pytest.mark.parametrize(
    "path", ["etc/waagent.conf.dpkg-old", "etc/waagent.conf.rpmsave", "etc/waagent.conf~", "WALinuxAgent-2.9/config/suse/waagent.conf"]
)
def test_configuration_that_is_not_in_force_is_not_read(path: str) -> None:
    assert identify(path, CONF).module == ""


def test_word_characters_of_paths_stand_in_brackets() -> None:
    """They are given the letters beyond ASCII there."""
    assert not [path for row in TABLE for path in row.paths if r"\w" in re.sub(r"\[[^\]]*\]", "", path)]


@pytest.mark.parametrize(
    "path", ["var/log/waagent.log.副本", "waagent.log-übersicht.gz", "waagent.log\n", "Device_0\\var\\log\\waagent.log"]
)
def test_a_name_is_read_in_any_language_and_spelling(path: str) -> None:
    assert identify(path, "").kind == "waagent-log"


@pytest.mark.parametrize("path", ["etc/waagent.conf", "waagent.conf", "waagent.conf.txt", "etc/waagent.conf.gz", "from-customer.txt"])
def test_configuration_in_force_is_read(path: str) -> None:
    assert identify(path, CONF).kind == "waagent-conf"


@pytest.mark.parametrize(
    ("paths", "layout"),
    [
        (["results.txt", "device_0/WindowsAzure/Logs/WaAppAgent.log", "device_0/Windows/System32/winevt/Logs/System.evtx"], "inspect-iaas-disk"),
        (["WindowsAzure/Logs/WaAppAgent.log", "Windows/System32/winevt/Logs/Application.evtx"], "collect-guest-logs"),
        (["C/WINDOWSAZURE/LOGS/WAAPPAGENT.LOG", "C/WINDOWS/SYSTEM32/WINEVT/LOGS/SYSTEM.EVTX"], "collect-guest-logs"),
        (["WaAppAgent.log", "TransparentInstaller.000.log", "System.evtx"], "collect-guest-logs"),
        (["case.txt", "VMAgentLogs.zip!/Logs/Telemetry.log"], "collect-guest-logs"),
        (["C/WindowsAzure/Logs/WaAppAgent.log", "C/Packages/Plugins/A.B/1.0/HandlerEnvironment.json"], "folder"),
        (["WindowsAzure/CollectGuestLogsTemp/x.zip.json", "WindowsAzure/Logs/WaAppAgent.log"], "folder"),
        (["Windows/System32/winevt/Logs/System.evtx"], "folder"),
        (["System.evtx"], "file"),
        (["System.evtx", "job.json"], "files"),
        (["results.txt", "var/log/waagent.log"], "waagent-collect-logs"),
        (["var/log/waagent.log"], "folder"),
    ],
)  # fmt: skip
def test_layout_is_named_after_its_collector(paths: list[str], layout: str) -> None:
    assert layout_of(paths) == layout


@pytest.mark.parametrize("hostile", ["/" * 20_000, "plugins/" * 3_000, "a/" * 10_000, "windowsazure/logs/plugins/" * 1_000, "." * 20_000])
def test_hostile_path_is_judged_at_once(hostile: str) -> None:
    import time

    begun = time.perf_counter()
    identify(hostile[:1_024], "")  # paths are cut at 1,024 characters (names.py)
    assert time.perf_counter() - begun < 0.5


def test_every_row_that_is_read_has_its_module() -> None:
    code = "import importlib\nfrom analyzer.bundle.layouts import TABLE\nfor row in TABLE:\n    if row.module: importlib.import_module('analyzer.parsers.' + row.module)\n"
    assert all(row.module for row in TABLE if row.form is not Form.NONE)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_patterns_that_found_no_file_are_of_the_kind_they_would_have_found() -> None:
    assert identify("WindowsAzure/Logs/Plugins/*/*/CommandExecution.log", "").kind == "windows-command-log"
    assert identify(f"WindowsAzure/Logs/Plugins/{SNAPSHOT}/*/IaaSBcdrExtension*.log", "").kind == "iaasbcdr-log"
    assert identify("WindowsAzure/Logs/AggregateStatus/aggregatestatus*.json", "").kind == "agent-status"
