"""Two realistic diagnoses: a confirmed `linux-agent-options` with a second, folded incident, and an undetermined one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

TASK = "767baff0-3f1e-4363-a974-5d801189250d"
SAS = "https://md-hdd-abc.z21.blob.storage.azure.net/c/abcd?sv=2018-03-28&sr=b&sig=Zx9%2BabQSECRETqq7Kd%3D&se=2026-03-15T02%3A00%3A00Z"


def evidence(signature: str, artifact: str, excerpt: str, why: str, **extra: Any) -> dict[str, Any]:
    row = {
        "id": "", "signature": signature, "role": "for", "strength": "decisive", "relation": "window", "artifact": artifact,
        "time": None, "time_basis": "declared", "count": 1, "excerpt": excerpt, "why": why,
    }  # fmt: skip
    return {key: value for key, value in {**row, **extra}.items() if value != ""}


def hypothesis(cause: str, status: str, title: str, reason: str, **extra: Any) -> dict[str, Any]:
    return {
        "cause": cause, "title": title, "status": status, "documented": True, "explained_by": None, "reason": reason, "reason_id": status,
        "evidence": [], "missing": [], "remedy": [], "docs": [], **extra,
    }  # fmt: skip


def stages(*states: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    return [{"stage": stage, "state": state, "at": at, "evidence": None} for stage, state, at in states]


CONF = "waagent-logs.zip!/etc/waagent.conf"
LOG = "waagent-logs.zip!/var/log/waagent.log"


def _causes(options: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        options,
        hypothesis(
            "snapshot-delayed", "likely", "Execution of the snapshot task is delayed",
            "The command was issued at 02:03:11 and never reached the extension.", explained_by="linux-agent-options",
            evidence=[evidence("job-snapshot-timeout", "job.json", '"errorCode": 400239, "errorTitle": "GuestAgentSnapshotTaskStatusError"',
                               "The platform waited for the snapshot status until its limit.", pointer="/properties/extendedInfo/tasksList/0",
                               strength="strong", time="2026-03-14T02:43:20Z")],
        ),
        hypothesis(
            "wire-server-blocked", "ruled_out", "168.63.129.16 (ports 80, 443, 32526) is blocked by a guest firewall or proxy",
            "The agent fetched goal states during the whole window.",
            evidence=[evidence("goal-state-fetched", LOG, "2026-03-14T02:04:02.118274Z INFO ExtHandler Fetched a new incarnation for the "
                               "WireServer goal state [incarnation 43]", "The host answered on port 80 in the window.", line=48211, role="against",
                               time="2026-03-14T02:04:02Z")],
        ),
        hypothesis(
            "linux-agent-not-running", "ruled_out", "The Linux agent process is not running", "Heartbeats stand in the log every 30 minutes.",
            evidence=[evidence("heartbeat", LOG, "2026-03-14T02:11:40.500312Z INFO ExtHandler [HEARTBEAT] Agent WALinuxAgent-2.9.1.1 is running as "
                               "the goal state agent [DEBUG HeartbeatCounter: 311;HeartbeatId: 9E0D]", "The agent lived inside the window.",
                               line=48230, role="against", time="2026-03-14T02:11:40Z", count=3)],
        ),
        hypothesis("linux-agent-outdated", "no_evidence", "The agent installed in the VM is out of date (Linux)", "2.9.1.1 is above the minimum."),
        hypothesis("dhcp-unavailable", "no_evidence", "The VM cannot get the host or fabric address from DHCP (option 245)", "Read, nothing found."),
        hypothesis("extension-failed", "not_assessable", "Another VM extension is in a failed state", "The instance view was not collected.",
                   missing=[{"kind": "instance-view", "command": "az vm get-instance-view -g rg-prod -n web-01 -o json"}]),
        hypothesis("windows-agent-unresponsive", "not_applicable", "The agent is installed in the VM but unresponsive (Windows)", "The VM runs Linux."),
    ]  # fmt: skip


def _options() -> dict[str, Any]:
    return hypothesis(
        "linux-agent-options", "confirmed", "VM-Agent configuration options are not set (Linux)",
        "Extensions.Enabled is n, and the agent says that it skips extensions.",
        evidence=[
            evidence("conf-extensions-disabled", CONF, "Extensions.Enabled=n", "The agent does not run any extension, so the snapshot command is "
                     "never executed.", line=37, relation="state", time="2026-03-12T09:20:05Z", id="e-conf-37",
                     context=[{"line": 35, "text": "# Enable extension handling. Do not disable this unless you do not need password reset,", "match": False},
                              {"line": 36, "text": "# backup, monitoring, or any extension handling whatsoever.", "match": False},
                              {"line": 37, "text": "Extensions.Enabled=n", "match": True},
                              {"line": 38, "text": "", "match": False},
                              {"line": 39, "text": "# How often (in seconds) to poll for new goal states", "match": False}]),
            evidence("agent-extensions-skipped", LOG, "2026-03-14T02:04:02.231007Z INFO ExtHandler ExtHandler Extension handling is disabled. "
                     "Skipping goal state incarnation 43", "The agent itself says so, 51 seconds after the command was issued.", line=48213,
                     time="2026-03-14T02:04:02Z", count=2),
            evidence("extension-log-silent", "waagent-logs.zip!/var/log/azure/VMSnapshotLinux/extension.log",
                     f"2026-03-12 02:05:44.018200 [VMSnapshotLinux-1.0.9225.0] snapshot uri: {SAS}",
                     "The extension wrote its last line two days before; in the window it wrote none.", line=911, until_line=912,
                     strength="strong", time="2026-03-12T02:05:44Z", time_basis="inferred"),
        ],
        remedy=[
            {"id": "r1", "text": "Set the option back to y. The agent reads the file when it starts.",
             "command": "sudo sed -i 's/^Extensions.Enabled=.*/Extensions.Enabled=y/' /etc/waagent.conf"},
            {"id": "r2", "text": "Restart the agent.", "command": "sudo systemctl restart walinuxagent || sudo systemctl restart waagent"},
            {"id": "r3", "text": "Check that it runs, then start a backup.",
             "command": "systemctl status walinuxagent\naz backup protection backup-now -g rg-prod -v vault-prod \\\n  -c web-01 -i web-01 --retain-until 01-04-2026"},
        ],
        docs=["https://learn.microsoft.com/en-us/azure/backup/backup-azure-troubleshoot-vm-backup-fails-snapshot-timeout"],
    )  # fmt: skip


def _incident(number: int, day: int, job: str) -> dict[str, Any]:
    date = f"2026-03-{day:02}"
    return {
        "id": f"job-{job[:8]}", "group": "g1", "source": "job", "job_id": job, "vm": "web-01", "vault": "vault-prod", "operation": "Backup",
        "started": f"{date}T02:00:07Z", "ended": f"{date}T02:43:31Z",
        "window": {"from": f"{date}T02:03:11Z", "to": f"{date}T02:43:20Z", "basis": "take-snapshot-task"},
        "symptom": "GuestAgentSnapshotTaskStatusError",
        "codes": [{"code": "GuestAgentSnapshotTaskStatusError", "as_written": "GuestAgentSnapshotTaskStatusError", "level": "outer",
                   "artifact": "job.json", "pointer": "/properties/errorDetails/0"},
                  {"code": "400239", "as_written": "400239", "level": "numeric", "artifact": "job.json", "pointer": "/properties/errorDetails/0/errorCode"}],
        "message": "Could not communicate with the VM agent for snapshot status.",
        "attempts": [{"id": TASK, "stages": stages(
            ("goal-state", "passed", f"{date}T02:04:02Z"), ("command", "passed", f"{date}T02:03:11Z"), ("enable", "missing", None),
            ("pre-snapshot", "not_reached", None), ("freeze", "not_reached", None), ("snapshot", "not_reached", None), ("thaw", "not_reached", None),
            ("status", "failed", f"{date}T02:43:20Z"))}],
        "verdict": {"cause": "linux-agent-options", "title": "VM-Agent configuration options are not set (Linux)", "status": "confirmed", "also": [],
                    "leading": ["linux-agent-options"],
                    "summary": "Extension handling is switched off in /etc/waagent.conf, so the agent received the snapshot command and never ran it.",
                    "decides": [], "unexplained": []},
        "hypotheses": _causes(_options()),
        "contrast": {"last_good": {"job_id": "11b0c2de-0000-4000-8000-0123456789ab", "ended": "2026-03-12T02:09:12Z"},
                     "changes": [{"what": "Extensions.Enabled", "before": "y", "after": "n"},
                                 {"what": "Last line of extension.log", "before": "2026-03-12 02:05:44 UTC", "after": "none in the window"}]},
    }  # fmt: skip


def _timeline() -> list[dict[str, Any]]:
    rows = []
    for minute in range(44):
        rows.append(
            {
                "time": f"2026-03-14T02:{minute:02}:12Z",
                "basis": "declared",
                "artifact": LOG,
                "line": 48190 + minute,
                "lane": "agent",
                "level": "INFO",
                "component": "ExtHandler",
                "text": f"ProcessGoalState completed [incarnation 43; {minute} ms]",
                "tags": [],
            }
        )
    rows += [
        {"time": "2026-03-14T02:03:11Z", "basis": "declared", "artifact": "job.json", "pointer": "/properties/extendedInfo/tasksList/0", "lane": "platform",
         "level": "INFO", "component": "Take Snapshot", "text": "started", "tags": ["incident-start"]},
        {"time": "2026-03-14T02:43:20Z", "basis": "declared", "artifact": "job.json", "pointer": "/properties/errorDetails/0", "lane": "platform",
         "level": "ERROR", "component": "Take Snapshot", "text": "GuestAgentSnapshotTaskStatusError", "tags": ["evidence"]},
        {"time": "2026-03-14T02:17:30Z", "basis": "inferred", "artifact": "waagent-logs.zip!/var/log/syslog", "line": 9100, "lane": "os", "level": "WARNING",
         "component": "systemd-networkd", "text": "eth0: DHCPv4 lease renewed late", "tags": []},
        {"time": None, "basis": "none", "artifact": CONF, "line": 37, "lane": "agent", "level": "", "component": "", "text": "Extensions.Enabled=n", "tags": ["state"]},
    ]  # fmt: skip
    return sorted(rows, key=lambda row: str(row["time"] or ""))


def synthetic_timeline(count: int) -> list[dict[str, Any]]:
    """As many events of six lanes, ten seconds apart, the last of them when the incident ends; `unix` is their time once more."""
    end, rows = 1773456200, []  # 2026-03-14T02:43:20Z
    lanes = ("platform", "agent", "extension", "other-extensions", "os", "network")
    texts = (
        "[HEARTBEAT] Agent WALinuxAgent-2.11.1.4 is running as the goal state agent [DEBUG HeartbeatCounter: {b};HeartbeatId: 5A7C;UpdateGSErrors: 0]",
        "ProcessExtensionsGoalState completed [incarnation_{a} {b} ms]",
        "Fetched a new incarnation for the WireServer goal state [incarnation {a}]",
        "Event: name=Microsoft.Azure.Monitor.AzureMonitorLinuxAgent, op=Enable, message=Enable succeeded, duration={b}",
        "Started Session {a} of User azureuser.",
        "snapshot of blob {a} done, activity {a:08x}-6f1d-4c55-8e4c-{b:012x}",
        "eth0: DHCPv4 address 10.0.0.4/24, gateway 10.0.0.1 acquired from 168.63.129.16",
        "Reloading ntp.service - Network Time Service in {b} ms",
    )
    for number in range(count):
        unix = end - 10 * (count - number - 1)
        noise = (number * 2654435761) % 1_000_003
        level = "ERROR" if noise % 211 == 0 else "WARNING" if noise % 37 == 0 else "INFO"
        rows.append({
            "time": datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "unix": unix, "basis": "declared", "artifact": LOG, "line": 100 + number,
            "lane": lanes[noise % 6], "level": level, "component": ("ExtHandler", "Daemon", "systemd")[noise % 3],
            "text": texts[noise % 8].format(a=noise % 977, b=noise), "tags": [],
        })  # fmt: skip
    return rows


def confirmed() -> dict[str, Any]:
    """The cause is proven; two nights in a row."""
    artifacts = [
        (CONF, "waagent_conf", 118, 14, None, None, "parsed", ""), (LOG, "waagent_log", 48390, 311, "2026-02-20T06:25:01Z", "2026-03-14T05:58:40Z", "parsed", ""),
        ("waagent-logs.zip!/var/log/azure/VMSnapshotLinux/extension.log", "vmsnapshot_log", 912, 40, "2026-03-01T02:03:00Z", "2026-03-12T02:05:44Z", "parsed", ""),
        ("waagent-logs.zip!/var/log/truncated__var_log_syslog", "syslog", 20114, 3, "2026-03-13T22:00:00Z", "2026-03-14T05:59:59Z", "partly",
         "the collector kept the last 30 MB"),
        ("waagent-logs.zip!/var/log/journal.bin", "unknown", None, 0, None, None, "unparsed", ""), ("job.json", "job", 96, 6, None, None, "parsed", ""),
    ]  # fmt: skip
    return {
        "schema": "diagnosis/1",
        "tool": {"name": "azure-vm-backup-analyzer", "version": "0.1.0", "catalogue": "9f" * 32, "options": {"lang": "en"}},
        "bundle": {
            "name": "case-4711.zip", "sha256": "ab" * 32, "content_sha256": "cd" * 32, "size": 4_812_331, "layout": "waagent-collect-logs",
            "collected": {"time": "2026-03-14T06:00:12Z", "basis": "results.txt"},
            "vm": {"name": "web-01", "os": "linux", "os_version": "Ubuntu 22.04", "agent_version": "2.9.1.1", "extension_version": "1.0.9225.0", "python": "3.10.12"},
            "artifacts": [
                {"path": path, "kind": kind, "size": 1000, "sha256": f"{index:064x}", "encoding": "utf-8", "lines": lines, "events": events,
                 "first": first, "last": last, "status": status, "note": note}
                for index, (path, kind, lines, events, first, last, status, note) in enumerate(artifacts, 1)
            ],
        },
        "clocks": [{"source": "waagent.log", "zone": "UTC", "offset": "+00:00", "basis": "declared"},
                   {"source": "extension.log", "zone": "local", "offset": "+00:00", "basis": "inferred"}],
        "incidents": [_incident(1, 13, "0d1e2f30-1111-4222-8333-444455556666"), _incident(2, 14, "5a2e9c11-7777-4888-9999-aaaabbbbcccc")],
        "checklist": [
            {"row": "S2.5", "step": 2, "step_title": "The guest agent", "title": "The Linux agent's process runs", "state": "passed",
             "reason": "The agent was at work.", "evidence": [{"id": "e-agent-48230", "artifact": LOG, "line": 48230, "excerpt": "HEARTBEAT"}],
             "collect": [], "docs": ["https://learn.microsoft.com/azure/backup/a#step-2"]},
            {"row": "S2.6", "step": 2, "step_title": "The guest agent", "title": "The Linux agent is recent enough", "state": "failed",
             "reason": "Likely: out of date.", "evidence": [{"id": "e-conf-37", "artifact": CONF, "line": 37, "excerpt": "Extensions.Enabled=n"}],
             "collect": [], "docs": ["https://learn.microsoft.com/azure/backup/a#step-2"]},
            {"row": "S3.1", "step": 3, "step_title": "The VM's extensions", "title": "Every extension is provisioned successfully",
             "state": "not_assessable", "reason": "Nothing shows it.", "evidence": [],
             "collect": [{"kind": "status", "title": "status files", "command": "sudo tar czf status.tgz /var/lib/waagent/*/status",
                          "portal_path": "VM > Extensions + applications"},
                         {"kind": None, "title": None, "command": "az vm extension list -g rg-prod -n web-01", "portal_path": None}],
             "docs": ["javascript:alert(1)"]},
        ],
        "context": [{"kind": "noise", "cause": None, "text": "cgroup warnings of the agent are harmless at this version.",
                     "evidence": {"artifact": LOG, "line": 310}},
                    {"kind": "advice", "cause": "linux-agent-outdated", "text": "A newer agent is available (2.15).", "evidence": None}],
        "problems": [{"artifact": "waagent-logs.zip!/var/log/truncated__var_log_syslog", "problem": "cut by the collector to its last 30 MB",
                      "lost": "system messages before 2026-03-13 22:00 UTC"}],
        "timeline": _timeline(),
        "gaps": [{"artifact": "waagent-logs.zip!/var/log/azure/VMSnapshotLinux/extension.log", "from": "2026-03-12T02:05:44Z",
                  "to": "2026-03-14T05:58:40Z", "reason": "the extension wrote nothing", "line": 911, "until_line": 912}],
        "coverage": [
            {"kind": "waagent_log", "title": "Agent log", "status": "covers", "first": "2026-02-20T06:25:01Z", "last": "2026-03-14T05:58:40Z",
             "artifacts": [LOG], "command": None},
            {"kind": "vmsnapshot_log", "title": "Backup extension log", "status": "absent", "first": "2026-03-01T02:03:00Z", "last": "2026-03-12T02:05:44Z",
             "artifacts": ["waagent-logs.zip!/var/log/azure/VMSnapshotLinux/extension.log"], "command": None},
            {"kind": "syslog", "title": "System log", "status": "partly", "first": "2026-03-13T22:00:00Z", "last": "2026-03-14T05:59:59Z",
             "artifacts": ["waagent-logs.zip!/var/log/truncated__var_log_syslog"], "command": None},
            {"kind": "instance-view", "title": "VM instance view", "status": "not_collected", "first": None, "last": None, "artifacts": [],
             "command": "az vm get-instance-view -g rg-prod -n web-01 -o json"},
        ],
    }  # fmt: skip


def undetermined() -> dict[str, Any]:
    """Two causes are possible and the artifact that would decide is missing."""
    found = confirmed()
    incident = found["incidents"][1]
    dhcp = hypothesis(
        "dhcp-unavailable", "possible", "The VM cannot get the host or fabric address from DHCP (option 245)", "One late lease renewal, no failure.",
        evidence=[evidence("dhcp-late", "waagent-logs.zip!/var/log/syslog", "Mar 14 02:17:30 web-01 systemd-networkd[611]: eth0: DHCPv4 lease renewed late",
                           "A late lease alone explains nothing.", line=9100, strength="hint", time="2026-03-14T02:17:30Z", time_basis="inferred")],
        missing=[{"kind": "dhcp-lease", "command": "sudo cat /run/systemd/netif/leases/2"}],
    )  # fmt: skip
    storage = hypothesis(
        "storage-unreachable", "possible", "The VM cannot reach the storage account or extension repository", "One timeout outside the window.",
        evidence=[evidence("storage-timeout", LOG, "2026-03-14T01:40:02.000001Z WARNING ExtHandler HTTP GET timed out", "It was over before the window.",
                           line=48100, strength="hint", time="2026-03-14T01:40:02Z")],
    )  # fmt: skip
    others = [row for row in incident["hypotheses"] if row["cause"] not in ("linux-agent-options", "dhcp-unavailable", "snapshot-delayed")]
    incident.update(
        group=None,
        hypotheses=[dhcp, storage, *others],
        verdict={
            "cause": None, "title": None, "status": "undetermined", "also": [], "leading": ["dhcp-unavailable", "storage-unreachable"],
            "summary": "Two causes are possible; the extension's own log of the night was not collected.",
            "decides": [{"artifact": "extension.log of VMSnapshotLinux", "command": "sudo waagent -collect-logs -full",
                         "portal_path": "VM > Help > Collect guest logs", "separates": ["dhcp-unavailable", "storage-unreachable"]}],
            "unexplained": [evidence("", LOG, "2026-03-14T02:20:00.123456Z ERROR ExtHandler Something nobody knows: code 0x7f", "", line=48222,
                                     role="", strength="", relation="", time="2026-03-14T02:20:00Z", count=4)],
        },
        contrast={"last_good": None, "changes": []},
    )  # fmt: skip
    found["incidents"] = [incident]
    return found


HOSTILE = "</script><img src=x onerror=alert(1)>\"'&<b>\u202e\u2066\x00\x1b[31mred\x07\u200b]]>{{ 7*7 }}\ufffe"


def hostile() -> dict[str, Any]:
    """Every text of the confirmed diagnosis replaced by one that attacks the reader; times and closed vocabularies stay."""
    kept = {"schema", "status", "role", "strength", "relation", "state", "stage", "time", "first", "last", "from", "to", "started", "ended", "at",
            "sha256", "content_sha256", "basis"}  # fmt: skip

    def attack(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: item if key in kept else attack(item) for key, item in value.items()}
        if isinstance(value, list):
            return [attack(item) for item in value]
        return f"{HOSTILE}{value}" if isinstance(value, str) else value

    attacked: dict[str, Any] = attack(confirmed())
    for incident in attacked["incidents"]:
        for row in incident["hypotheses"]:
            row["docs"] = ["javascript:alert(1)", *row["docs"]]
    return attacked
