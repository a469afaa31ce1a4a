"""One table: which member is which artifact kind, and who reads it.

A row says by which paths collectors store an artifact (matched case-insensitively against the end of the member's path, so any
prefix is fine: `device_0/var/log/waagent.log`, `sosreport-vm1/var/log/waagent.log`, a loose `waagent.log`), and what its first
bytes look like, for files that were renamed. A row's `content` decides where names lie: a path match whose content contradicts
it is refused when `strict`, and a file with an unknown name is identified by content alone, in the order of the table.

Sources of the paths: Azure/WALinuxAgent ga/logcollector_manifests.py; Azure/azure-diskinspect-service manifests/linux; the sos
`azure` plugin; Azure/azure-linux-extensions VMBackup. For Windows: azure-diskinspect-service manifests/windows, Azure/azure-support-scripts
vmassist, and listings of C:\\WindowsAzure and C:\\Packages in public issue threads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import re2

from analyzer import known_errors


class Form(StrEnum):
    """How a kind is read."""

    LOG = "log"  # streamed; the module has FORMAT
    DOCUMENT = "document"  # read whole; the module has parse()
    BINARY = "binary"  # read whole, no text; the module has parse_bytes()
    EVENTS = "events"  # a Windows event log, streamed by the room parsers/evtx
    NONE = "none"  # known, but nothing is read from it


@dataclass(frozen=True, slots=True)
class Row:
    """One artifact kind. `module` is the parser below analyzer.parsers; `secret` content is never read."""

    kind: str
    module: str = ""
    form: Form = Form.DOCUMENT
    paths: tuple[str, ...] = ()  # RE2 over the path in lower case, which ends there but for a packer's suffix; \w in [] only
    content: str = ""
    strict: bool = False
    secret: bool = False
    documented: bool = False  # besides, files with an unknown name are known by a documented error in their first lines
    but: str = ""  # a path that fits this too is none of the row's


_ROTATED = r"(?:[.-][\w.-]+)?"  # waagent.log.1, waagent.log-2024-01-02-1704153600, waagent.log.2.gz
_HANDLER = r"[^/]+-\d+(?:\.\d+)*"
_SNAPSHOT = r"microsoft\.azure\.(?:recoveryservices|backup\.test)\.vmsnapshotlinux(?:edp)?[^/]*"
_AGENT_LINE = (
    r"^(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ \S+: )?(?:\d{4}-\d\d-\d\dT[\d:.]+Z|\d{4}/\d\d/\d\d \d{1,2}:\d{1,2}:\d{1,2}\.\d+)"
    r" (?:VERBOSE|INFO|WARNING|ERROR)(?: |$)"
    r"|^\d{4}/\d\d/\d\d [\d:]{8} (?:Azure Linux Agent Version|(?:ERROR|WARNING):)"
    r"|\A(?:VERBOSE|INFO|WARNING|ERROR) (?:Daemon|ExtHandler) |\AERROR:(?:socket IOError|Http(?:Put|Post|Get)|CalledProcessError|Error Traceback)"
)
_SNAPSHOT_LINE = (
    r"^\d{4}[-/]\d\d[-/]\d\d [\d:.]+ (?:ERROR:)?\[Microsoft\.Azure\.\w+(?:\.\w+)*\.VMSnapshotLinux\S*-\d\.\d\]"
    r"|^\d{4}[-/]\d\d[-/]\d\d [\d:.]+  (?:Info|Warning|Error)  "
    r"|\A\[Microsoft\.Azure\.\w+(?:\.\w+)*\.VMSnapshotLinux\S*-\d\.\d\]|\A[ \t]*[\d-]{10} [\d:]{8} (?:Freezing|Thawing): /"
)
# C:\WindowsAzure\Logs\Plugins and C:\Packages\Plugins, whatever is left of the path before it; `*` in the patterns that results.txt names
_PLUGIN = r"(?:^|/)plugins/[^/]+/(?:\d[\d.]*|\*)/"
_WINDOWS_LINE = r"^\[[0-9A-Fa-f]{8}\] (?:\[\d\d/\d\d/\d{4} [\d:.]+\]|\d{4}-\d\d-\d\dT[\d:.]+Z) \[(?:INFO|WARN|ERROR|HEART|TRACE)\]"
_HEALTH_REPORT = r"^=+ ?Microsoft Azure VM Health Report - Start "
_SYSLOG_LINE = r"^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) \S+ [^:\s\[]+(?:\[\d+\])?: "
_AT_PROMPT = r"^(?:PS )?[A-Za-z]:\\[^>\n]{0,200}> ?"  # of cmd.exe and PowerShell

# JSON of the platform: an ARM id, or a property that only its documents have. The parser finds out what it is.
_AZURE = (
    r"\A[^{}\[\]]{0,400}[\[{](?s:.*)(?i:"
    r"/subscriptions/[^/\"]+/(?:resourcegroups/[^/\"]+/)?providers/microsoft\.(?:compute|recoveryservices|keyvault|authorization|insights)/"
    r"|microsoft\.(?:recoveryservices/vaults|compute/(?:virtualmachines|disks|restorepointcollections)|keyvault/vaults|authorization/locks)"
    r'|"(?:jobType|jobFailureCode|protectionStat(?:e|us)|healthDetails|powerState|vmAgent|extensionHandlers|provisioningState|allowExtensionOperations'
    r"|restorePoints|accessPolicies|dataActions|roleDefinitionName|servicePrincipalType|diskSizeGB|entityFriendlyName|backupManagementType"
    r'|eventTimestamp|errorDetails|DynamicErrorMessage|SubTasks|VmVersion|WorkloadName|protectedItemName)"\s*:'
    r'|"code"\s*:\s*"(?:PowerState|ProvisioningState)/|"error"\s*:\s*\{[^{}]{0,2000}?"code"\s*:\s*"|"objectType"\s*:\s*"OperationStatus|"errorCode"\s*:\s*"[a-z][a-z0-9-]{5,}"[^{}]{0,2000}"(?:errorMessage|recommendation)")'
    r'|\A\s*\{\s*"(?i:code"\s*:\s*"[a-z]+"\s*,\s*"(?:message|details|target|innererror))"'
)
# rows of a vault's diagnostics: JSON, or the header of CSV
_LOG_ROWS = (
    r"\A[^{}\[\]]{0,400}[\[{](?s:.*)(?i:\"(?:AddonAzureBackup\w*|CoreAzureBackup|JobFailureCode(?:_s)?|JobUniqueId(?:_[gs])?|BackupItemUniqueId(?:_s)?|AlertCode(?:_s)?)\")"
    r"|\A(?:[^\n{}]*\n){0,3}[^\n{}]*\b(?:Job(?:FailureCode|UniqueId|Status|Operation)|AlertCode|BackupItemUniqueId)(?:_[sgd])?\"?[,;\t]"
)
_CODE_VALUE = r"[*_`\"'|\s]{0,6}(?:[A-Za-z]*[a-z][A-Z][A-Za-z0-9-]{4,}|[A-Za-z-]{18,}|\d{6})(?![\w.])"  # no HRESULT, no word of a sentence
_PORTAL = (
    # a label of the portal with a code, or a Chinese label, or a label alone on its line
    rf"(?i)^\W{{0,12}}error ?code[*_`\"'\s]{{0,6}}[:：|\t]{_CODE_VALUE.replace('[a-z][A-Z]', '(?-i:[a-z][A-Z])')}"
    rf"|^\W{{0,12}}error ?code\W{{0,6}}\n\s*{_CODE_VALUE.replace('[a-z][A-Z]', '(?-i:[a-z][A-Z])')}\W*$"
    r"|^\W{0,12}(?:错误代码|错误码|错误消息|错误信息|建议的操作|推荐操作)\W{0,6}(?:[:：|\t]|$)|^\W{0,12}DetailedNonLocali[sz]edMessage\W"
    r"|^\W{0,12}error ?message[*_`\"'\s]{0,6}[:：|\t][^\n]+\n+\W{0,12}recommended ?action"
    r"|^\W{0,12}error ?code[*_`\"' ]{0,6}\|"  # a table of markdown: only the portal's text looks so
    # both in one line, in brackets, or quoted
    r"|(?:error ?code|错误代码) ?[:：] ?[a-z][\w-]{3,119}[\s.,;。，；]{1,5}(?:error ?message|错误消息)|\(Code: ?[a-z]\w{3,119}[,)]"
    r"|\A[^<]{0,4000}['\"]code['\"]\s*:\s*['\"][a-z][\w.-]{5,}['\"]\s*,\s*['\"]message['\"]|^\W{0,4}(?:ERROR: ?)?\([A-Z]\w{5,119}\) [^\n]+\n+Code: ?[A-Z]\w{5,}"
    # panes, and errors of a job at a prompt
    r"|\bvm_agent_version['\"]?\s*[=:]|^Provisioning state error code\b|^Status level\W?(?:error|warning|info)|^[ \t]*ErrorCode[ \t]+ErrorMessage\b|^JobId\s+: "
)
_JOB_TABLE = (
    r"(?i)^\W{0,4}(?:workload ?name|item name|backup (?:instance|item)|name|operation)\W{0,6}(?:[\t|,]| {2,})[^\n]*\b(?:operation|item name)\b[^\n]*\bstatus\b"
    r"|^\W{0,4}(?:工作负[荷载]名称|备份实例|备份项|操作)\W{0,6}(?:[\t|,]| {2,})[^\n]*(?:操作|名称)?[^\n]*状态"
)

TABLE: tuple[Row, ...] = (
    # what the platform says and what people copy from it: known by content, before anything else claims a .json or .txt
    Row("job-log", "job.log_export", content=_LOG_ROWS),
    Row("azure-document", "azure_document", content=_AZURE),
    Row("job-table", "job.text", content=_JOB_TABLE),
    Row("portal-text", "job.text", content=_PORTAL, documented=True),
    # the Windows agent and its plugins: before the Linux agent, whose CommandExecution.log and heartbeat.log have the same names
    Row("waappagent-log", "waappagent_log", Form.LOG, (rf"(?:^|/)waappagent(?:[._-][\w.-]*)?\.(?:log|txt){_ROTATED}",)),
    Row("transparent-installer-log", "windows_agent_log", Form.LOG, (rf"(?:^|/)transparentinstaller(?:[._-][\w.-]*)?\.(?:log|txt){_ROTATED}",)),
    # the agent's lines in a file of any name: most likely its main log, but nothing says that the writer wrote regularly
    Row("waappagent-log", "windows_agent_log", Form.LOG, content=_WINDOWS_LINE),
    Row("transparent-installer-log", "windows_agent_log", Form.LOG, content=_HEALTH_REPORT),
    Row("windows-agent-log", "windows_agent_log", Form.LOG, (r"(?:^|/)windowsazure/(?:logs/)?(?:monitoringagent|telemetry|appagentruntime|agentruntime)(?:[._-][\w.-]*)?\.log",)),
    Row("windows-agent-log", "windows_agent_log", Form.LOG, (r"(?:^|/)(?:monitoringagent|telemetry|appagentruntime|agentruntime)(?:[._-][\w.-]*)?\.log",), _WINDOWS_LINE, strict=True),
    Row("iaasbcdr-log", "iaasbcdr_log", Form.LOG, (r"(?:^|/)iaasbcdrextension[^/]*\.(?:log|txt)",)),
    Row("windows-command-log", "windows_command_log", Form.LOG, (rf"{_PLUGIN}(?:commandexecution(?:_[^/]+)?|install|update|heartbeat)\.log",)),
    Row("windows-command-log", "windows_command_log", Form.LOG, (r"(?:^|/|_)commandexecution(?:_[^/]+)?\.log",), _WINDOWS_LINE, strict=True),
    Row("vmassist-log", "vmassist_log", paths=(r"(?:^|/)vmassist[^/]*\.log",), content=r"^\d{4}-\d\d-\d\d [\d:]{8}Z \d\d:\d\d \d\d\.\d\ds(?: |\[)"),
    Row("role-config", "role_config", paths=(r"(?:^|/)windowsazure/config/[^/]*?[0-9a-f-]{32,36}\.[^/]+\.xml",), content=r"<RoleEnvironment\b"),
    Row("package-information", "package_information", paths=(r"(?:^|/)packageinformation\.txt",)),
    Row("seq-number", "seq_number", paths=(rf"{_PLUGIN}seqnumber\.txt", r"(?:^|/)seqnumber\.txt")),
    Row("plugin-config", form=Form.NONE, paths=(rf"{_PLUGIN}config\.txt",), secret=True),
    Row("heartbeat", form=Form.NONE, paths=(rf"{_PLUGIN}status/heartbeat\.json",)),
    # known by content, whatever a collector named it; the channel stands in the records, not in the name
    Row("evtx", "event_log", Form.EVENTS, paths=(r"\.evtx",), content=r"\AElfFile\x00"),
    # the agent
    Row("waagent-log", "waagent_log", Form.LOG, (rf"(?:^|/)(?:truncated_(?:_?var_log_)?)?waagent\.log{_ROTATED}",), _AGENT_LINE),
    Row("command-execution-log", "command_execution_log", Form.LOG, (rf"(?:^|/|_)commandexecution(?:_[^/]+)?\.log{_ROTATED}",)),
    # what an upgrade or an editor kept beside waagent.conf, and the templates of the agent's source (config/<distribution>): none is in force
    Row("waagent-conf-copy", form=Form.NONE, paths=(r"(?:^|/)config/[^/]+/waagent\.conf",)),
    Row("waagent-conf-copy", form=Form.NONE, paths=(r"(?:^|/)waagent\.conf[.~_-][^/]*", r"(?:^|/)waagent\.conf~"), but=r"(?:\A|/)waagent\.conf\.(?:txt|gz|bz2|xz|zst)\b[^/]*\Z"),
    Row("waagent-conf", "waagent_conf", paths=(r"(?:^|/)waagent\.conf",), content=r"(?m)^(?:Provisioning\.Agent|Extensions\.Enabled|ResourceDisk\.Format|OS\.EnableRDMA)\s*="),
    Row("goal-state", "goal_state", paths=(r"(?:^|/)goalstate(?:\.\d+)?\.xml",), content=r"<GoalState\b"),
    Row("extensions-config", "goal_state", paths=(r"(?:^|/)extensionsconfig(?:\.\d+)?\.xml", r"(?:^|/)windowsazure/config/[^/]*extensions?config\.xml"), content=r"<Extensions\b[^>]*version="),
    Row("vm-settings", "vm_settings", paths=(r"(?:^|/)vmsettings(?:\.[\w-]+)?\.json",), content=r'"hostGAPluginVersion"'),
    Row("hosting-environment", "goal_state", paths=(r"(?:^|/)hostingenvironmentconfig\.xml",), content=r"<HostingEnvironmentConfig\b"),
    Row("shared-config", "goal_state", paths=(r"(?:^|/)sharedconfig\.xml",), content=r"<SharedConfig\b"),
    Row("ovf-env", "goal_state", paths=(r"(?:^|/)ovf-env\.xml",), content=r"<(?:\w+:)?Environment\b[\s\S]{0,400}ovf"),
    Row("certificates", form=Form.NONE, paths=(r"(?:^|/)(?:[0-9A-F]{40}\.(?:crt|prv)|transport(?:cert|private)\.pem|certificates\.(?:xml|p7m|pem|pfx|json))",), secret=True),
    Row("manifest", form=Form.NONE, paths=(r"(?:^|/)[^/]+\.manifest\.xml", r"\.agentsmanifest", r"(?:^|/)handlermanifest\.json")),
    Row("disable-agent", "marker", paths=(r"var/lib/waagent/disable_agent", r"(?:^|/)disable_agent")),
    Row("agent-error", "agent_error", paths=(r"(?:^|/)walinuxagent-[\d.]+/error\.json", r"(?:^|/)error\.json"), content=r'^[ \t]*\{[^}]{0,2000}"was_fatal"'),
    Row("agent-status", "agent_status", paths=(r"(?:^|/)waagent_status(?:\.\d+)?\.json", r"(?:^|/)aggregatestatus[^/]*\.json"), content=r'"(?:aggregateStatus|last_successful_status_upload_time)"'),
    # handlers
    Row("handler-state", "handler_state", paths=(rf"(?:^|/){_HANDLER}/config/handlerstate", r"(?:^|/)(?:config/[^/]+\.)?handlerstate")),
    Row("handler-status", "handler_state", paths=(rf"(?:^|/){_HANDLER}/config/handlerstatus", r"(?:^|/)handlerstatus")),
    Row("handler-environment", "handler_environment", paths=(r"(?:^|/)handlerenvironment\.json",), content=r'"handlerEnvironment"\s*:'),
    Row("settings", "settings", paths=(r"(?:^|/)\d+[._]settings", r"(?:^|/)(?:config|runtimesettings)/[^/]+\.\d+\.settings"), content=r'"runtimeSettings"\s*:'),
    Row("status", "status", paths=(r"(?:^|/)\d+[._]status", r"(?:^|/)status/[^/]+\.\d+\.status", r"(?:^|/)tempstatusfile\.status"), content=r'^[ \t]*\[\s*+\{[\s\S]{0,3000}"(?:substatus|snapshotInfo)"'),
    Row("heartbeat", form=Form.NONE, paths=(r"(?:^|/)heartbeat\.log",)),
    # the backup extension
    Row("vmsnapshot-log", "vmsnapshot_log", Form.LOG, (rf"{_SNAPSHOT}/(?:\d[\d.]*/)?extension\.log{_ROTATED}", rf"{_SNAPSHOT}/(?:\d[\d.]*/)?host_based_extension\.log{_ROTATED}"), _SNAPSHOT_LINE),
    Row("vmsnapshot-log", "vmsnapshot_log", Form.LOG, (r"(?:^|/)extension\.log",), _SNAPSHOT_LINE, strict=True),
    Row("vmsnapshot-shell-log", "vmsnapshot_shell_log", Form.LOG, (rf"{_SNAPSHOT}/(?:\d[\d.]*/)?shell\.log{_ROTATED}", r"(?:^|/)(?:shell|[^/]*\.shell)\.log"), r"(?m)^.{10,60}- (?:\d+ returned from handle\.py|python[\d.]* path exists|ConfigSequenceNumber )"),
    Row("extension-events", "extension_events", paths=(r"/events/[^/]+\.json", r"(?:^|/)event-\d+\.json"), content=r'^[ \t]*(?:\[\s*)?\{\s*"Version"[\s\S]{0,400}"TaskName"'),
    Row("vmbackup-conf", "vmbackup_conf", paths=(r"(?:^|/)vmbackup\.conf",), content=r"(?m)^\[SnapshotThread\]"),
    Row("script-config", "script_config", paths=(r"(?:^|/)vmsnapshotscriptpluginconfig\.json", r"(?:^|/)vmsnapshotpluginhost\.conf"), content=r'"preScriptLocation"'),
    Row("extension-log", "text_log", Form.LOG, (r"var/log/azure/[^/]+/(?:[^/]+/)?[^/]+\.log" + _ROTATED,)),
    Row("extension-log", "windows_command_log", Form.LOG, (r"(?:^|/)logs/plugins/[^/]+/(?:[^/]+/){0,4}[^/]+\.log", r"(?:^|/)windowsazure/logs/(?:vfplugin/)?(?:netagent|vfplugin)-[^/]+\.log")),
    # the operating system
    Row("serial-log", "syslog", Form.LOG, (r"(?:^|/)[^/]*serial[^/]*\.(?:log|txt)",)),
    Row("cloud-init-log", "cloud_init_log", Form.LOG, (rf"(?:^|/)(?:truncated_(?:_?var_log_)?)?cloud-init(?:-output)?\.log{_ROTATED}",), r"^\d{4}-\d\d-\d\d [\d:,.]+ - [\w.]+\.py\[\w+\]: "),
    Row("syslog", "syslog", Form.LOG, (rf"(?:^|/)(?:truncated_(?:_?var_log_)?)?(?:syslog|messages|kern(?:\.log)?|dmesg|boot\.log|secure|auth\.log|daemon\.log){_ROTATED}", r"/journal(?:ctl)?[^/]*(?:\.(?:log|txt))?", r"(?:^|/)journal[^/]*\.(?:log|txt)", r"sos_commands/(?:kernel|general|logs)/(?:dmesg|journalctl)[^/]*"), _SYSLOG_LINE),
    Row("audit-log", "audit_log", Form.LOG, (rf"(?:^|/)(?:audit/)?audit\.log{_ROTATED}",), r"^type=\w+ msg=audit\("),
    Row("os-release", "os_release", paths=(r"etc/[a-z]+[-_](?:release|version)", r"(?:^|/)(?:os-release|redhat-release|lsb-release)", r"usr/lib/os-release"), content=r'(?m)^(?:NAME|PRETTY_NAME|ID|VERSION_ID)="?[\w]'),
    Row("timezone", "timezone", paths=(r"etc/timezone", r"(?:^|/)timedatectl[^/]*", r"sos_commands/(?:date|systemd|ntp|chrony|general)/(?:timedatectl|date)[^/]*"), content=r"(?m)^[ \t]*Time zone: "),
    Row("dhcp-lease", "dhcp_lease", paths=(r"(?:^|/)[^/]*(?:dhclient|dhcp)[^/]*\.leases?(?:\.[\w]+)?", r"(?:^|/)lease-[^/]+-dhcp-ipv4\.xml", r"var/lib/(?:dhcp|dhclient|networkmanager|wicked|dhcpcd)/[^/]*lease[^/]*", r"run/systemd/netif/leases/\d+"), content=r"(?m)^lease \{"),
    Row("fstab", form=Form.NONE, paths=(r"etc/fstab",)),
    Row("selinux-config", "key_values", paths=(r"etc/selinux/config", r"etc/sysconfig/selinux")),
    # what the collectors say of themselves
    Row("results", "results", paths=(r"(?:^|/)results\.txt",), content=r"(?m)^(?:Execution start time|\d{4}-\d\d-\d\dT[\d:]+Z INFO (?:Starting log collection at|Using \S+ as \$LIB_DIR))"),
    Row("disk-info", "disk_info", paths=(r"(?:^|/)diskinfo\.txt",), content=r"\[Device: \S+, mountpoint: "),
    # the registry and output of commands of Windows
    Row("registry-value", "registry", paths=(r"(?:^|/)registry\.json", r"\.reg"), content=r"\A\W*(?:Windows Registry Editor Version|REGEDIT4)|\A\s*HKEY_LOCAL_MACHINE\\[^\n]+\r?\n {4}\S[^\n]* {4}REG_"),
    Row("registry-log", form=Form.NONE, paths=(r"(?:^|/)config/(?:software|system)\.log[12]?",)),
    Row("registry-value", "hives", Form.BINARY, (r"(?:^|/)system32/config/(?:software|system)", r"(?:^|/)config/(?:software|system)", r"(?:^|/)(?:software|system)(?:\.(?:hiv|hive|dat))"), r"\Aregf"),
    Row("cmd-vssadmin", "commands.vssadmin", paths=(r"(?:^|/)[^/]*vss[ _-]?(?:admin|(?:list[ _-]?)?writers?)[^/]*\.(?:txt|log|out)",), content=r"^vssadmin 1\.1 |^ {1,6}[^\n:：]{1,40} ?[:：] ?\{[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}\}[ \r]*\n(?:[^\n]*\n){0,2}[^\n:：]{1,40} ?[:：] ?\[\d{1,2}\] " + rf"|{_AT_PROMPT}(?i:vssadmin)"),
    Row("cmd-sc", "commands.sc", paths=(r"(?:^|/)(?:sc|get-service|services?|win32_service|net[_-]?start)(?:[ _-][^/]*)?\.(?:txt|out|csv)",), content=r"^SERVICE_NAME: |^\[SC\] |^ *Status +Name +DisplayName|^[^\w\n]*These Windows services are started|^[ \t]+\w[^\n:：]{0,30}[:：] [1-7] {1,3}(?:RUNNING|STOPPED)" + rf"|{_AT_PROMPT}(?i:sc(?:\.exe)? +q|net +start|get-service|wmic +service)"),
    Row("cmd-ipconfig", "commands.ipconfig", paths=(r"(?:^|/)(?:ipconfig|get-netip(?:interface|configuration))[^/]*",), content=r"^Windows[ -]IP[ -](?:Configuration|Konfiguration|配置|設定|構成|구성)|^ {3}[^\n:：]{0,30}DHCP[^\n:：]{0,30}(?:\. ?){3,}[:：] " + rf"|{_AT_PROMPT}(?i:ipconfig|get-netip)"),
    Row("cmd-tasklist", "commands.tasklist", paths=(r"(?:^|/)(?:tasklist|get-process|win32_process|processes)[^/]*\.(?:txt|csv|out|log)", r"(?:^|/)tasklist"), content=r'^={20,} ={5,} ={5,}|^"Image Name","PID"|^ *Handles +NPM\(K\)' + rf"|{_AT_PROMPT}(?i:tasklist|get-process|wmic +process)"),
    Row("cmd-installed-programs", "commands.installed_programs", paths=(r"(?:^|/)[^/]*(?:installed[ _-]?(?:programs?|software|apps?|applications?|products?)|uninstall[ _-]?list|programs[ _-]?list)[^/]*\.(?:txt|csv|tsv|out|log)",), content=r'^[^\w\n]*DisplayName"?(?:\s+|,"?)DisplayVersion|^IdentifyingNumber ' + rf"|{_AT_PROMPT}(?i:wmic +product|get-package|winget +list)"),
    Row("cmd-systeminfo", "commands.systeminfo", paths=(r"(?:^|/)(?:systeminfo|get-computerinfo|win32_operatingsystem|msinfo(?:32)?)[^/]*",), content=r"^[^\n:：]{4,60}[:：]\s+Microsoft Windows [^\n]+\n[^\n:：]{4,60}[:：]\s+\d+\.\d+\.\d+ " + rf"|{_AT_PROMPT}(?i:systeminfo|get-computerinfo|wmic +os\b|ver\s|reg +query)"),
    # output of commands that someone saved, or sos holds
    Row("cmd-waagent-version", "commands.waagent_version", paths=(r"(?:^|/)waagent[_-]+-*version[^/]*",), content=r"(?m)^WALinuxAgent-[\d.]+ running on |^Goal state agent: "),
    Row("cmd-systemctl", "commands.systemctl_status", paths=(r"(?:^|/)systemctl[_-]status[^/]*",), content=r"(?m)^\W{0,4}[ \t]*[\w@.-]+\.service - .*\n\s+Loaded: "),
    Row("cmd-ps", "commands.ps", paths=(r"(?:^|/)ps(?:[_-][^/]*)?(?:\.(?:txt|log|out))?", r"sos_commands/process/ps_[^/]*"), content=r"(?m)^[ \t]*(?:USER|UID|PID|F S|F )\s.*\b(?:CMD|COMMAND)[ \t\r]*$"),
    Row("cmd-df", "commands.df", paths=(r"(?:^|/)df(?:[_-][^/]*)?(?:\.(?:txt|log|out))?", r"sos_commands/filesys/df_[^/]*"), content=r"(?m)^Filesystem\s+.*(?:Use%|Capacity|IUse%)"),
    Row("cmd-mount", "commands.mount", paths=(r"(?:^|/)(?:mount|findmnt)(?:[_-][^/]*)?(?:\.(?:txt|log|out))?", r"sos_commands/filesys/mount[^/]*", r"proc/(?:self/)?mount(?:s|info)"), content=r"(?m)^\S+ on /\S* type \w+ \("),
    Row("cmd-iptables", "commands.iptables", paths=(r"(?:^|/)(?:iptables|nft)(?:[_-][^/]*)?(?:\.(?:txt|log|out))?", r"sos_commands/(?:firewall_tables|networking)/(?:iptables|nft)[^/]*"), content=r"(?m)^-[AP] (?:INPUT|OUTPUT|FORWARD) |^:OUTPUT (?:ACCEPT|DROP) \[|^Chain (?:INPUT|OUTPUT) \(|^table (?:ip|inet) \S+ \{$"),
    Row("cmd-ip", "commands.ip", paths=(r"(?:^|/)(?:ip|route|ifconfig)[_-][^/]*(?:\.(?:txt|log|out))?", r"sos_commands/networking/(?:ip|route)_[^/]*"), content=r"(?m)^\d+: \w+: <[A-Z_,]+> mtu |^default via "),
    Row("cmd-python-version", "commands.python_version", paths=(r"(?:^|/)python3?[_-]+-*version[^/]*",), content=r"^Python \d+\.\d+"),
)  # fmt: skip


_COMPRESSED = r"(?:\.(?:gz|bz2|xz|zst))?\n?$"


@cache
def _paths() -> tuple[Any, tuple[Row, ...]]:
    """All rows with paths, and one RE2 set over theirs: to compile them one by one takes as long as to read a small log."""
    options = re2.Options()
    options.max_mem, options.log_errors = 64 << 20, False
    rows = tuple(row for row in TABLE if row.paths)
    found = re2.Set.SearchSet(options)
    for row in rows:
        # RE2's \w knows ASCII only, and a copy of a log may have letters of any language behind its name: all beyond ASCII count as such
        # (RE2 takes ten times as long to build a set with the letters of Unicode, \pL)
        found.Add(f"(?:{'|'.join(row.paths)}){_COMPRESSED}".replace(r"\w", r"\w\x{80}-\x{10FFFF}"))
    found.Compile()
    return found, rows


def _named(path: str) -> Iterator[Row]:
    """The rows whose paths fit, in the order of the table."""
    found, rows = _paths()
    for i in sorted(found.Match(path.encode("utf-8", "replace")) or ()):
        if not rows[i].but or not _compiled(rows[i].but).search(path):
            yield rows[i]


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.MULTILINE)


def _fits(row: Row, head: str) -> bool:
    """Whether the row says what content looks like, and this looks so."""
    return bool(row.content) and _compiled(row.content).search(head) is not None


_SOURCE = re.compile(r"\.(?:py|sh|ps1|psm1|bat|cmd|js|cs|c|h|md)$")
UNKNOWN = Row("unknown", form=Form.NONE)
EVENT_LOG = next(row for row in TABLE if row.form is Form.EVENTS)


def identify(path: str, head: str) -> Row:
    """The row of a member with this path whose text begins with `head`; `UNKNOWN` if nothing fits.

    A path match wins if the content does not contradict it. Otherwise the content alone decides, but of no program: the extension's own
    handle.sh has in it the lines that it writes.
    """
    lowered = path.lower().replace("\\", "/")
    for row in _named(lowered):
        if not row.strict or not row.content or _fits(row, head):
            return row
    if head.startswith("#!") or _SOURCE.search(lowered):
        return UNKNOWN
    for row in TABLE:
        if row.form is not Form.BINARY and _fits(row, head):
            return row
        if row.documented and known_errors.begins(head):
            return row
    return UNKNOWN


def identify_binary(head: bytes) -> Row:
    """The row of a member that is no text and begins with `head`: its content alone decides."""
    text = head.decode("latin-1")
    return next((row for row in TABLE if row.form is Form.BINARY and _fits(row, text)), UNKNOWN)


def form_of(kind: str) -> Form:
    """How members of `kind` are read."""
    return next((row.form for row in TABLE if row.kind == kind), Form.NONE)


_WINDOWS_FOLDER = re.compile(r"(?:^|/)(?:windowsazure|packages/plugins|windows/system32)/")
_COLLECTED_BY_AGENT = re.compile(r"(?:^|/)(?:vmagentlogs|collectguestlogs)[^/]*\.zip!/|^vmagentlogs[^/]*/")
_AGENT_LOG = re.compile(r"(?:^|/)(?:waappagent|transparentinstaller)(?:\.[\w.-]+)?\.log$")


def layout_of(paths: list[str]) -> str:
    """Which collector made a bundle with these member paths, as `bundle.layout` names it."""
    lowered = [path.lower() for path in paths]
    if any("device_0/" in path for path in lowered):
        return "inspect-iaas-disk"
    if any("sos_commands/" in path for path in lowered):
        return "sosreport"
    if _is_collect_guest_logs(lowered):
        return "collect-guest-logs"
    if any(path.endswith("results.txt") and "/" not in path.rsplit("!/", 1)[-1] for path in lowered):
        return "waagent-collect-logs"
    if any(path.startswith(("var/", "etc/")) or "/var/log/" in path or _WINDOWS_FOLDER.search(path) for path in lowered):
        return "folder"
    return "file" if len(paths) == 1 else "files"


def _is_collect_guest_logs(paths: list[str]) -> bool:
    """CollectGuestLogs.exe of the Windows agent writes VMAgentLogs.zip: agent logs and event logs together. Its folders are not
    published, so the name of the zip or this pair must tell."""
    if any(_COLLECTED_BY_AGENT.search(path) for path in paths):
        return True
    return any(_AGENT_LOG.search(path) for path in paths) and any(path.endswith(".evtx") for path in paths)
