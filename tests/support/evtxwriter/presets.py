"""Events as Windows writes them, for fixtures: preset(id, time, computer, …) -> Event.

Provider GUIDs, levels, keywords, qualifiers and the order of fields follow real records of public logs where there are any; what is only
documented or inferred says so.
"""

from __future__ import annotations

from tests.support.evtxwriter.event import Event
from tests.support.evtxwriter.values import T_ANSI, T_HEX32, V, filetime, guid, hex32, hex64, sid, u8, u16, u32, u64

SCM = {
    "channel": "System",
    "provider": "Service Control Manager",
    "guid": "555908d1-a6d7-4695-8e1e-26931d2012f4",
    "event_source_name": "Service Control Manager",
    "keywords": 0x8080000000000000,
    "pid": 620,
    "tid": 1132,
}
CLASSIC = {"version": None, "opcode": None, "keywords": 0x80000000000000}


def _bin(s):
    return (s + "\0").encode("utf-16-le")


def scm(event_id, time, computer, params, svc=None, level=None, **kw):
    """SCM 70xx. params: list for param1..n; svc: short service name, put in <Binary>."""
    lvl = level or (4 if event_id in (7036, 7040, 7035, 7042) else 2)
    q = 16384 if lvl == 4 else 49152
    b = None
    if svc is not None:
        b = _bin(svc + ("/4" if params[-1] == "running" else "/1" if params[-1] == "stopped" else "")) if event_id == 7036 else _bin(svc)
    return Event(
        event_id=event_id,
        time=time,
        computer=computer,
        level=lvl,
        qualifiers=q,
        data=[(f"param{i + 1}", str(p)) for i, p in enumerate(params)],
        binary=b,
        **{**SCM, **kw},
    )


def scm_7045(time, computer, name, path, service_type="user mode service", start="auto start", account="LocalSystem"):
    return Event(
        event_id=7045,
        time=time,
        computer=computer,
        level=4,
        qualifiers=16384,
        user_sid="S-1-5-18",
        data=[("ServiceName", name), ("ImagePath", path), ("ServiceType", service_type), ("StartType", start), ("AccountName", account)],
        **SCM,
    )


def app_error_1000(
    time,
    computer,
    app="IaaSBcdrExtension.exe",
    ver="1.0.9215.0",
    stamp="5f0c3a11",
    mod="KERNELBASE.dll",
    mver="10.0.17763.1697",
    mstamp="aa5f1d62",
    code="e0434352",
    off="0000000000039319",
    pid="1a2c",
    start="01da6a5c1e0b9d2f",
    path="C:\\Packages\\Plugins\\Microsoft.Azure.RecoveryServices.VMSnapshot\\1.0.68.0\\IaaSBcdrExtension.exe",
    mpath="C:\\Windows\\System32\\KERNELBASE.dll",
    report="1d0c2f4e-6a5b-4d0e-9d4a-2f6f0d3a7c11",
    pkg="",
    pkgapp="",
):
    return Event(
        "Application",
        "Application Error",
        1000,
        time,
        computer,
        level=2,
        task=100,
        qualifiers=0,
        classic=[app, ver, stamp, mod, mver, mstamp, code, off, pid, start, path, mpath, report, pkg, pkgapp],
        **CLASSIC,
    )


def wer_1001(
    time,
    computer,
    app="IaaSBcdrExtension.exe",
    event_name="APPCRASH",
    bucket="",
    sig=(),
    files="",
    store="",
    report="1d0c2f4e-6a5b-4d0e-9d4a-2f6f0d3a7c11",
):
    p = (
        (list(sig) + [""] * 10)[:10]
        if sig
        else [app, "1.0.9215.0", "5f0c3a11", "KERNELBASE.dll", "10.0.17763.1697", "aa5f1d62", "e0434352", "0000000000039319", "", ""]
    )
    return Event(
        "Application",
        "Windows Error Reporting",
        1001,
        time,
        computer,
        level=4,
        qualifiers=0,
        classic=[bucket, "0", event_name, "Not available", "0", *p, files, store, "", "0", report, "268435456", "", "0"],
        **CLASSIC,
    )


def dotnet_1026(
    time,
    computer,
    app="WindowsAzureGuestAgent.exe",
    exc="System.Configuration.ConfigurationErrorsException",
    stack="   at A.B()\n",
    fw="v4.0.30319",
):
    return Event(
        "Application",
        ".NET Runtime",
        1026,
        time,
        computer,
        level=2,
        qualifiers=0,
        classic=[
            f"Application: {app}\nFramework Version: {fw}\n"
            f"Description: The process was terminated due to an unhandled exception.\nException Info: {exc}\n{stack}\n"
        ],
        **CLASSIC,
    )


def user32_1074(
    time,
    computer,
    process="C:\\Windows\\system32\\svchost.exe (VM01)",
    reason="Operating System: Service pack (Planned)",
    code="0x80020010",
    kind="restart",
    comment="",
    user="NT AUTHORITY\\SYSTEM",
):
    return Event(
        "System",
        "User32",
        1074,
        time,
        computer,
        level=4,
        guid="b0aa8734-56f7-41cc-b2f4-de228e98b946",
        event_source_name="User32",
        keywords=0x8080000000000000,
        qualifiers=32768,
        pid=384,
        tid=496,
        user_sid="S-1-5-18",
        data=[
            ("param1", process),
            ("param2", computer.split(".")[0]),
            ("param3", reason),
            ("param4", code),
            ("param5", kind),
            ("param6", comment),
            ("param7", user),
        ],
    )


def kernel_power_41(time, computer, bugcheck=0, version=8):
    d = (
        [("BugcheckCode", u32(bugcheck))]
        + [(f"BugcheckParameter{i}", hex64(0)) for i in (1, 2, 3, 4)]
        + [("SleepInProgress", u32(0)), ("PowerButtonTimestamp", u64(0))]
    )
    return Event(
        "System",
        "Microsoft-Windows-Kernel-Power",
        41,
        time,
        computer,
        level=1,
        version=version,
        task=63,
        guid="331C3B3A-2005-44C2-AC5E-77220C37D6B4",
        keywords=0x8000400000000002,
        pid=4,
        tid=8,
        user_sid="S-1-5-18",
        data=d,
    )


def kernel_general_12(time, computer, start=None, build=17763):
    return Event(
        "System",
        "Microsoft-Windows-Kernel-General",
        12,
        time,
        computer,
        level=4,
        task=1,
        guid="A68CA8B7-004F-D7B6-A698-07E2DE0F1F5D",
        keywords=0x8000000000000080,
        pid=4,
        tid=8,
        user_sid="S-1-5-18",
        data=[
            ("MajorVersion", u32(10)),
            ("MinorVersion", u32(0)),
            ("BuildVersion", u32(build)),
            ("QfeVersion", u32(1)),
            ("ServiceVersion", u32(0)),
            ("BootMode", u32(0)),
            ("StartTime", filetime(start or time)),
        ],
    )


def kernel_general_13(time, computer):
    return Event(
        "System",
        "Microsoft-Windows-Kernel-General",
        13,
        time,
        computer,
        level=4,
        task=2,
        guid="A68CA8B7-004F-D7B6-A698-07E2DE0F1F5D",
        keywords=0x8000000000000080,
        pid=4,
        tid=280,
        data=[("StopTime", filetime(time))],
    )


def eventlog(event_id, time, computer, strings=(), binary=None):
    """6005, 6006, 6008 (strings: time text, date text, '', '', uptime seconds, '', ''), 6009, 6013 ('', '', '', '', uptime, '60', tz)."""
    return Event(
        "System",
        "EventLog",
        event_id,
        time,
        computer,
        level=2 if event_id == 6008 else 4,
        qualifiers=32768,
        classic=list(strings) or [""],
        binary=binary,
        **CLASSIC,
    )


def vss(
    event_id,
    time,
    computer,
    strings,
    level=2,
    code="COREEVEN00000001",
    call="COREEVEN00000002",
    pid=4321,
    tid=4322,
    cmd="C:\\Windows\\system32\\vssvc.exe",
    user="Name: NT AUTHORITY\\SYSTEM, SID:S-1-5-18",
):
    """strings: the message inserts, last one the '\\n\\nOperation:..Context:..' text.  Binary is ASCII text."""
    b = f"- Code: {code}- Call: {call}- PID:  {pid:08}- TID:  {tid:08}- CMD:  {cmd}  - User: {user} ".encode()
    return Event("Application", "VSS", event_id, time, computer, level=level, qualifiers=0, classic=list(strings), binary=b, **CLASSIC)


def volsnap(event_id, time, computer, device="\\Device\\HarddiskVolumeShadowCopy1", volume="C:", status="00000000", level=2):
    return Event(
        "System",
        "Volsnap",
        event_id,
        time,
        computer,
        level=level,
        guid="cb017cd2-1f37-4e65-82bc-3e91f6a37559",
        event_source_name="volsnap",
        keywords=0x80000000000000,
        qualifiers=49158 if level == 2 else 16390,
        pid=4,
        tid=10356,
        data=[
            ("DeviceName", device),
            ("VolumeName", volume),
            ("NTSTATUS", status),
            ("SourceTag", "178"),
            ("SourceFileID", "0x0001"),
            ("SourceLine", "6195"),
        ],
        binary=bytes(40),
    )


def disk(event_id, time, computer, strings, level=None, qualifiers=None):
    """strings: %1 device path first.  7, 11, 15, 51: [device]; 153: [device, lba, disk no, PDO name]; 157: [device, disk no]."""
    err = event_id in (7, 11, 15)
    return Event(
        "System",
        "disk",
        event_id,
        time,
        computer,
        level=level or (2 if err else 3),
        qualifiers=qualifiers or (49156 if err else 32772),
        classic=list(strings),
        binary=bytes(40),
        **CLASSIC,
    )


def ntfs_55(
    time, computer, drive="C:", device="\\Device\\HarddiskVolume2", desc="A corruption was found in a file system index structure."
):
    return Event(
        "System",
        "Microsoft-Windows-Ntfs",
        55,
        time,
        computer,
        level=2,
        guid="3FF37A1C-A68D-4D6E-8C9B-F79E8B16C482",
        pid=4,
        tid=108,
        user_sid="S-1-5-18",
        data=[
            ("DriveName", drive),
            ("DeviceName", device),
            ("CorruptionState", hex32(0)),
            ("HeaderFlags", hex32(0x922)),
            ("Severity", "Critical"),
            ("Origin", "File System Driver"),
            ("Verb", "Bad FRS"),
            ("Description", desc),
            ("Signature", hex32(0x504DF163)),
            ("Outcome", "Read Only Volume"),
            ("SampleLength", u32(0)),
            ("SampleData", b""),
            ("SourceFile", hex32(1)),
            ("SourceLine", u32(1250)),
            ("SourceTag", u32(203)),
            ("AdditionalInfo", hex32(0)),
            ("CallStack", "Ntfs+0x11e86"),
        ],
    )


def dcom_10016(time, computer, clsid="{8BC3F05E-D86B-11D0-A075-00C04FB68820}", user="SYSTEM", usid="S-1-5-18"):
    p = [
        "application-specific",
        "Local",
        "Activation",
        clsid,
        clsid,
        "NT AUTHORITY",
        user,
        usid,
        "LocalHost (Using LRPC)",
        "Unavailable",
        "Unavailable",
    ]
    return Event(
        "System",
        "Microsoft-Windows-DistributedCOM",
        10016,
        time,
        computer,
        level=3,
        guid="1B562E86-B7AA-4131-BADC-B6F3A001407E",
        event_source_name="DCOM",
        keywords=0x8080000000000000,
        qualifiers=0,
        pid=864,
        tid=8808,
        user_sid=usid,
        data=[(f"param{i + 1}", x) for i, x in enumerate(p)],
    )


def dcom_10010(time, computer, clsid="{ECABAFBC-7F19-11D2-978E-0000F8757E2A}"):
    return Event(
        "System",
        "Microsoft-Windows-DistributedCOM",
        10010,
        time,
        computer,
        level=2,
        guid="1B562E86-B7AA-4131-BADC-B6F3A001407E",
        event_source_name="DCOM",
        keywords=0x8080000000000000,
        qualifiers=0,
        pid=864,
        tid=8808,
        user_sid="S-1-5-18",
        data=[("param1", clsid)],
    )


def msdtc(
    event_id,
    time,
    computer,
    params,
    level=2,
    provider="Microsoft-Windows-MSDTC 2",
    g="5D9E0020-3761-4f36-90C8-38CE6511BD12",
    src="MSDTC 2",
    task=2,
):
    return Event(
        "Application",
        provider,
        event_id,
        time,
        computer,
        level=level,
        guid=g,
        event_source_name=src,
        keywords=0x80000000000000,
        qualifiers=49152 if level == 2 else 16384,
        task=task,
        pid=0,
        tid=0,
        data=[(f"param{i + 1}", str(p)) for i, p in enumerate(params)],
    )


def com_plus(event_id, time, computer, params, level=2):
    return Event(
        "Application",
        "Microsoft-Windows-Complus",
        event_id,
        time,
        computer,
        level=level,
        guid="0f177893-4a9c-4709-b921-f432d67f43d5",
        event_source_name="COM+",
        keywords=0x80000000000000,
        qualifiers=49152 if level == 2 else 16384,
        pid=0,
        tid=0,
        data=[(f"param{i + 1}", str(p)) for i, p in enumerate(params)],
    )


def event_system(event_id, time, computer, params, level=2):
    return Event(
        "Application",
        "Microsoft-Windows-EventSystem",
        event_id,
        time,
        computer,
        level=level,
        guid="899daace-4868-4295-afcd-9eb8fb497561",
        event_source_name="EventSystem",
        keywords=0x80000000000000,
        qualifiers=49152 if level == 2 else 16384,
        pid=0,
        tid=0,
        data=[(f"param{i + 1}", str(p)) for i, p in enumerate(params)],
    )


def applocker(
    event_id,
    time,
    computer,
    path="%OSDRIVE%\\PACKAGES\\PLUGINS\\MICROSOFT.AZURE.RECOVERYSERVICES.VMSNAPSHOT\\1.0.68.0\\IAASBCDREXTENSION.EXE",
    policy=None,
    rule="-",
    rule_id="00000000-0000-0000-0000-000000000000",
    sddl="-",
    user="S-1-5-18",
    fqbn="-",
    full=None,
    sha256=b"\x11" * 32,
    channel=None,
):
    """8002/8003/8004 (EXE and DLL), 8005/8006/8007 (MSI and Script)."""
    policy = policy or ("EXE" if event_id <= 8004 else "SCRIPT")
    channel = channel or ("Microsoft-Windows-AppLocker/EXE and DLL" if event_id <= 8004 else "Microsoft-Windows-AppLocker/MSI and Script")
    full = full or path.replace("%OSDRIVE%", "C:").title()
    return Event(
        channel,
        "Microsoft-Windows-AppLocker",
        event_id,
        time,
        computer,
        level={0: 4, 1: 3, 2: 2}[(event_id - 8002) % 3],
        guid="cbda4dbf-8d5d-4f69-9578-be14aa540d22",
        keywords=0x8000000000000000 if event_id <= 8004 else 0x4000000000000000,
        pid=1172,
        tid=2600,
        user_sid=user,
        user_data=(
            "RuleAndFileData",
            "http://schemas.microsoft.com/schemas/event/Microsoft.Windows/1.0.0.0",
            [
                ("PolicyNameLength", u16(len(policy))),
                ("PolicyName", policy),
                ("RuleId", guid(rule_id)),
                ("RuleNameLength", u16(len(rule))),
                ("RuleName", rule),
                ("RuleSddlLength", u16(len(sddl))),
                ("RuleSddl", sddl),
                ("TargetUser", sid(user)),
                ("TargetProcessId", u32(2232)),
                ("FilePathLength", u16(len(path))),
                ("FilePath", path),
                ("FileHashLength", u16(len(sha256))),
                ("FileHash", sha256),
                ("FqbnLength", u16(len(fqbn))),
                ("Fqbn", fqbn),
                ("TargetLogonId", hex64(0x3E7)),
                ("FullFilePathLength", u16(len(full))),
                ("FullFilePath", full),
            ],
        ),
    )


_CI = {
    "channel": "Microsoft-Windows-CodeIntegrity/Operational",
    "provider": "Microsoft-Windows-CodeIntegrity",
    "guid": "4ee76bd8-3cf4-44a0-a0ac-3937643e37a3",
    "pid": 2744,
    "tid": 3012,
    "user_sid": "S-1-5-18",
}
_CIF = "\\Device\\HarddiskVolume2\\Packages\\Plugins\\Microsoft.Azure.RecoveryServices.VMSnapshot\\1.0.68.0\\IaaSBcdrExtension.exe"
_CIP = "\\Device\\HarddiskVolume2\\WindowsAzure\\GuestAgent_2.7.41491.1102\\WindowsAzureGuestAgent.exe"


def code_integrity_3077(time, computer, file=_CIF, process=_CIP, event_id=3077, policy="Contoso WDAC", version=4):
    """3076 (audit, level 3) / 3077 (block, level 2): the 32 fields of manifest version 4."""

    def s(x):
        return u16(len(x))

    h = b"\x22" * 32
    d = [
        ("FileNameLength", s(file)),
        ("File Name", file),
        ("ProcessNameLength", s(process)),
        ("Process Name", process),
        ("Requested Signing Level", u8(2)),
        ("Validated Signing Level", u8(1)),
        ("Status", hex32(0xC0E90002)),
        ("SHA1 Hash Size", u32(20)),
        ("SHA1 Hash", h[:20]),
        ("SHA256 Hash Size", u32(32)),
        ("SHA256 Hash", h),
        ("SHA1 Flat Hash Size", u32(20)),
        ("SHA1 Flat Hash", h[:20]),
        ("SHA256 Flat Hash Size", u32(32)),
        ("SHA256 Flat Hash", h),
        ("USN", hex64(0x1234)),
        ("SI Signing Scenario", u32(1)),
        ("PolicyNameLength", s(policy)),
        ("PolicyName", policy),
        ("PolicyIDLength", u16(6)),
        ("PolicyID", "031017"),
        ("PolicyHashSize", u32(32)),
        ("PolicyHash", h),
        ("OriginalFileNameLength", u16(21)),
        ("OriginalFileName", "IaaSBcdrExtension.exe"),
        ("InternalNameLength", u16(21)),
        ("InternalName", "IaaSBcdrExtension.exe"),
        ("FileDescriptionLength", u16(0)),
        ("FileDescription", ""),
        ("ProductNameLength", u16(0)),
        ("ProductName", ""),
        ("FileVersion", V(T_ANSI, "1.0.68.0")),
    ]
    return Event(
        event_id=event_id,
        time=time,
        computer=computer,
        level=2 if event_id == 3077 else 3,
        version=version,
        task=18,
        opcode=111,
        data=d,
        **_CI,
    )


def code_integrity_3033(time, computer, file=_CIF, process=_CIP):
    return Event(
        event_id=3033,
        time=time,
        computer=computer,
        level=2,
        task=1,
        opcode=111,
        data=[
            ("FileNameLength", u16(len(file))),
            ("FileNameBuffer", file),
            ("ProcessNameLength", u16(len(process))),
            ("ProcessNameBuffer", process),
            ("RequestedPolicy", u8(8)),
            ("ValidatedPolicy", u8(1)),
            ("Status", V(T_HEX32, 0xC0000428)),
        ],
        **_CI,
    )


def defender_1116(
    time,
    computer,
    path="file:_C:\\Packages\\Plugins\\Microsoft.Azure.RecoveryServices.VMSnapshot\\1.0.68.0\\IaaSBcdrExtension.exe",
    event_id=1116,
    threat="Trojan:Win32/Wacatac.B!ml",
    action=("9", "%%887"),
):
    d = [
        ("Product Name", "%%827"),
        ("Product Version", "4.18.24010.12"),
        ("Detection ID", "{511224D4-1EB4-47B9-BC4A-37E21F923FED}"),
        ("Detection Time", "2024-02-28T03:12:00.580Z"),
        ("Unused", ""),
        ("Unused2", ""),
        ("Threat ID", "2147735505"),
        ("Threat Name", threat),
        ("Severity ID", "5"),
        ("Severity Name", "Severe"),
        ("Category ID", "8"),
        ("Category Name", "Trojan"),
        ("FWLink", "-"),
        ("Status Code", "1"),
        ("Status Description", ""),
        ("State", "1"),
        ("Source ID", "3"),
        ("Source Name", "%%818"),
        ("Process Name", "C:\\WindowsAzure\\GuestAgent_2.7.41491.1102\\WindowsAzureGuestAgent.exe"),
        ("Detection User", "NT AUTHORITY\\SYSTEM"),
        ("Unused3", ""),
        ("Path", path),
        ("Origin ID", "1"),
        ("Origin Name", "%%845"),
        ("Execution ID", "1"),
        ("Execution Name", "%%813"),
        ("Type ID", "8"),
        ("Type Name", "%%862"),
        ("Pre Execution Status", "0"),
        ("Action ID", action[0]),
        ("Action Name", action[1]),
        ("Unused4", ""),
        ("Error Code", "0x00000000"),
        ("Error Description", "The operation completed successfully. "),
        ("Unused5", ""),
        ("Post Clean Status", "0"),
        ("Additional Actions ID", "0"),
        ("Additional Actions String", "No additional actions required"),
        ("Remediation User", ""),
        ("Unused6", ""),
        ("Security intelligence Version", "AV: 1.405.1.0, AS: 1.405.1.0, NIS: 1.405.1.0"),
        ("Engine Version", "AM: 1.1.24010.10, NIS: 1.1.24010.10"),
    ]
    return Event(
        "Microsoft-Windows-Windows Defender/Operational",
        "Microsoft-Windows-Windows Defender",
        event_id,
        time,
        computer,
        level=3 if event_id == 1116 else 4,
        guid="11CD958A-C507-4EF3-B3F2-5FD9DFBD2C78",
        pid=6024,
        tid=5500,
        user_sid="S-1-5-18",
        data=d,
    )


def defender_5007(
    time, computer, old="", new="HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\C:\\Packages\\Plugins = 0x0"
):
    return Event(
        "Microsoft-Windows-Windows Defender/Operational",
        "Microsoft-Windows-Windows Defender",
        5007,
        time,
        computer,
        level=4,
        guid="11CD958A-C507-4EF3-B3F2-5FD9DFBD2C78",
        pid=2988,
        tid=3524,
        user_sid="S-1-5-18",
        data=[
            ("Product Name", "Microsoft Defender Antivirus"),
            ("Product Version", "4.18.24010.12"),
            ("Old Value", old),
            ("New Value", new),
        ],
    )


def dhcp(
    event_id, time, computer, data, channel="Microsoft-Windows-Dhcp-Client/Admin", level=2, task=3, opcode=75, keywords=0x4000000000000001
):
    """data: ordered (name, value).  1000 Address,HWAddress... ; 1001 HWAddress,StatusCode; 50036 (channel System, [])."""
    return Event(
        channel,
        "Microsoft-Windows-Dhcp-Client",
        event_id,
        time,
        computer,
        level=level,
        task=task,
        opcode=opcode,
        guid="15A7A4F8-0072-4EAB-ABAD-F98A4D666AED",
        keywords=keywords,
        pid=1008,
        tid=1700,
        user_sid="S-1-5-19",
        data=list(data),
    )


def wu(
    event_id,
    time,
    computer,
    title="2024-02 Cumulative Update for Windows Server 2019 (KB5034768)",
    error="0x80070643",
    gid="36A0EA1A-0E82-410C-8921-023F21F69575",
):
    d = [("updateTitle", title), ("updateGuid", guid(gid)), ("updateRevisionNumber", u32(200))]
    if event_id in (19, 20):
        d.append(("serviceGuid", guid("9482F4B4-E343-43B6-B170-9A65BC822C77")))
    if event_id == 20:
        d.insert(0, ("errorCode", hex32(int(error, 16))))
    return Event(
        "System",
        "Microsoft-Windows-WindowsUpdateClient",
        event_id,
        time,
        computer,
        level=2 if event_id == 20 else 4,
        version=1,
        task=1,
        opcode=12 if event_id == 44 else 13,
        guid="945A8954-C147-4ACD-923F-40C45405A658",
        keywords={19: 0x8000000000000018, 20: 0x8000000000000028, 43: 0x8000000000002008, 44: 0x8000000000002004}[event_id],
        pid=2352,
        tid=4908,
        user_sid="S-1-5-18",
        data=d,
    )


def wu_restart_pending(time, computer, updates="\n- Update A (KB1)", event_id=21, minutes="15"):
    d = [("updatelist", updates)] if event_id == 21 else [("restarttime", minutes), ("updatelist", updates)]
    return Event(
        "System",
        "Microsoft-Windows-WindowsUpdateClient",
        event_id,
        time,
        computer,
        level=4,
        task=2,
        opcode=15,
        guid="945A8954-C147-4ACD-923F-40C45405A658",
        keywords=0x8000000000000040,
        pid=900,
        tid=3192,
        user_sid="S-1-5-18",
        data=d,
    )


def msi(event_id, time, computer, strings, product_code="{33C9310C-3454-3E0A-A214-B0903A5070A6}", user="S-1-5-18"):
    """1033/1034: product, version, lang, status, manufacturer, '(NULL)', ''. 11707/11724: message, '(NULL)'x5, ''."""
    return Event(
        "Application",
        "MsiInstaller",
        event_id,
        time,
        computer,
        level=4,
        qualifiers=0,
        user_sid=user,
        classic=list(strings),
        binary=product_code.encode(),
        **CLASSIC,
    )


def guest_agent_0(time, computer, text="Service started successfully."):
    """Application log, source WindowsAzureGuestAgent, id 0 (ServiceBase auto log): documented only."""
    return Event("Application", "WindowsAzureGuestAgent", 0, time, computer, level=4, qualifiers=0, classic=[text], **CLASSIC)


def azure_plugins(
    event_id, time, computer, message, level=4, channel="Microsoft-WindowsAzure-Status/Plugins", provider="Microsoft-WindowsAzure-Status"
):
    """INFERRED layout: channel and provider names are documented, field name/GUID are not."""
    return Event(
        channel, provider, event_id, time, computer, level=level, pid=3100, tid=3164, user_sid="S-1-5-18", data=[("Message", message)]
    )
