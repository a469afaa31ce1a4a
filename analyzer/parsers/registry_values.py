"""What a value of the Windows registry becomes, whichever file it was read from, and which values prove something.

The same value stands in registry.json, in an export and in a hive; a signature asks for it once. So all three write a key the same
way: below the root of its hive, with the control set that the machine uses as `CurrentControlSet`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model import Event, Stamp, Value
from analyzer.parsers import windows_zones

KIND = "registry-value"
KEY = "key"  # the type of an event that only says that a key exists
LONGEST = 2_000  # characters of a value that an event carries

_SECRET_NAME = re.compile(
    r"(?i)passw|pwd|secret|token|credential|private.?key|product.?key|productid4?$|(?:access|shared|account|encryption|storage).{0,9}key"
    r"|connection.?string|customdata|sas(?:url|uri|key)?$|protectedsettings"
)
_SECRET_VALUE = re.compile(r"(?i)[?&;]sig=|AccountKey=|password=|pwd=|SharedAccess(?:Key|Signature)|BEGIN [A-Z ]*PRIVATE KEY")
_ROOTS = {"hklm": "hkey_local_machine", "hkcu": "hkey_current_user", "hkcr": "hkey_classes_root", "hku": "hkey_users"}
_CONTROL_SET = re.compile(r"(?i)ControlSet(\d{3})(?=\\|$)")


@dataclass(frozen=True, slots=True)
class Selected:
    """Values below `key` that prove something: the `names` (none: every value), and whether its existence alone does.

    `below` wants the values of each direct subkey instead.
    """

    hive: str
    key: str
    names: tuple[str, ...] = ()
    flag: bool = False
    below: bool = False


_SERVICES = (
    "RdAgent", "WindowsAzureGuestAgent", "WindowsAzureTelemetryService", "VSS", "swprv", "COMSysApp", "EventSystem", "MSDTC", "Dhcp",
    "RpcSs",
)  # fmt: skip
_OF_SERVICE = ("Start", "DelayedAutostart", "ObjectName", "ImagePath", "DisplayName")
SELECTED = (
    # .NET: Release tells the version (Microsoft Learn, "How to determine which .NET Framework versions are installed")
    Selected("SOFTWARE", r"Microsoft\NET Framework Setup\NDP\v4\Full", ("Install", "Release", "Version")),
    Selected("SOFTWARE", r"Microsoft\NET Framework Setup\NDP\v4\Client", ("Install", "Release", "Version")),
    Selected("SOFTWARE", r"Microsoft\NET Framework Setup\NDP\v3.5", ("Install", "SP", "Version")),
    Selected("SOFTWARE", r"Microsoft\.NETFramework", ("Enable64Bit",)),  # 0: 64-bit .NET is off, and the agent cannot load its parts
    # a restart is due. RebootPending and RebootRequired are volatile: a hive on disk may lack them, so their absence proves nothing
    Selected("SOFTWARE", r"Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending", flag=True),
    Selected("SOFTWARE", r"Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootInProgress", flag=True),
    Selected("SOFTWARE", r"Microsoft\Windows\CurrentVersion\Component Based Servicing\PackagesPending", flag=True),
    Selected("SOFTWARE", r"Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired", flag=True),
    Selected("SYSTEM", r"CurrentControlSet\Control\Session Manager", ("PendingFileRenameOperations", "PendingFileRenameOperations2")),
    # the agent (Azure/azure-support-scripts, vmassist/windows)
    Selected("SOFTWARE", r"Microsoft\GuestAgent", (
        "Incarnation", "HeartbeatLastStatusUpdateTime", "InstallerRestart", "ManifestTimeStamp", "Update-NewGAVersion",
        "Update-PreviousGAVersion", "Update-StartTime", "VmProvisionedAt", "GuestAgentVersion",
    )),
    Selected("SOFTWARE", r"Microsoft\Virtual Machine\Guest", ("GuestAgentVersion", "GuestAgentStartTime", "OsVersion", "OsName")),
    Selected("SOFTWARE", r"Microsoft\Windows Azure\GuestAgentUpdateState", ("Code", "Message", "State"), below=True),
    Selected("SOFTWARE", r"Microsoft\Windows Azure\HandlerState", ("State", "Code", "Message", "Version", "SequenceNumber"), below=True),
    # the system
    Selected("SOFTWARE", r"Microsoft\Windows NT\CurrentVersion", (
        "ProductName", "CurrentBuild", "CurrentBuildNumber", "UBR", "DisplayVersion", "ReleaseId", "EditionID", "InstallationType",
        "CSDVersion", "CurrentVersion", "CurrentMajorVersionNumber", "CurrentMinorVersionNumber", "BuildLabEx",
    )),
    *(Selected("SYSTEM", rf"CurrentControlSet\Services\{name}", _OF_SERVICE) for name in _SERVICES),
    Selected("SYSTEM", r"CurrentControlSet\Services\Tcpip\Parameters\Interfaces", ("EnableDHCP", "DhcpServer"), below=True),
    Selected("SYSTEM", r"CurrentControlSet\Control\ComputerName\ComputerName", ("ComputerName",)),
    Selected("SYSTEM", r"CurrentControlSet\Control\TimeZoneInformation", (
        "TimeZoneKeyName", "ActiveTimeBias", "Bias", "StandardName", "DynamicDaylightTimeDisabled",
    )),
)  # fmt: skip
_FLAGS = frozenset((one.hive, one.key.lower()) for one in SELECTED if one.flag)


@dataclass(frozen=True, slots=True)
class Found:
    """One value as a file has it: `hive` (SOFTWARE, SYSTEM, … or another root as written), `key` below it, `name` ('' for the
    default), `type` (REG_DWORD; '' if the file does not say) and `value` (numbers as numbers, binary data as hex digits)."""

    hive: str
    key: str
    name: str
    type: str
    value: Value


def split(path: str, current: str = "") -> tuple[str, str]:
    r"""Hive and key of a full path: `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control` gives SYSTEM, `CurrentControlSet\Control`
    if `current` is 001. A hive that was loaded for repair (`HKLM\BROKENSYSTEM`, `HKLM\OfflineSoftware`) is known by its end."""
    path = re.sub(r"(?i)^(?:Microsoft\.PowerShell\.Core\\)?Registry::|^Computer\\", "", path.strip().replace("/", "\\").strip("\\"))
    parts = path.split("\\")
    root = parts[0].rstrip(":").lower()
    root = _ROOTS.get(root, root)
    if root in ("software", "system"):  # written without the root above it
        parts, root = ["HKLM", *parts], "hkey_local_machine"
    if root == "hkey_local_machine" and len(parts) > 1:
        mounted = re.fullmatch(r"(?i)(?:[\w-]*?(?:broken|offline|rescue|fix|temp|bad|repair|loaded)[\w-]*?)?(software|system)", parts[1])
        hive = mounted[1].upper() if mounted else parts[1].upper()
        return hive, resolved("\\".join(parts[2:]), current) if hive == "SYSTEM" else "\\".join(parts[2:])
    return parts[0].rstrip(":").upper() if root == parts[0].lower() else root.upper(), "\\".join(parts[1:])


def resolved(key: str, current: str) -> str:
    """A key of the SYSTEM hive with the control set in use (`current`: '001') as `CurrentControlSet`; the case of that word is ours."""
    match = _CONTROL_SET.match(key)
    if match and match[1] == current:
        return "CurrentControlSet" + key[match.end() :]
    return "CurrentControlSet" + key[17:] if key[:18].lower().rstrip("\\") == "currentcontrolset" else key


def is_flag(hive: str, key: str) -> bool:
    """Whether the mere existence of this key says something."""
    return (hive, key.lower()) in _FLAGS


def events(
    found: Found, artifact: str, raw: str, *, line: int | None = None, until_line: int | None = None, pointer: str | None = None,
    stamp: Stamp | None = None,
) -> Iterator[Event]:  # fmt: skip
    """The state event of a value, and a `timezone` event if it names the machine's zone. A value that looks secret is left out of
    text, raw and fields; its name stays."""
    hidden = found.type != KEY and (_SECRET_NAME.search(found.name) or (isinstance(found.value, str) and _SECRET_VALUE.search(found.value)))
    value = "(not shown)" if hidden else found.value[:LONGEST] if isinstance(found.value, str) else _signed(found)
    where = f"{found.key}\\{found.name or '(default)'}" if found.type != KEY else found.key
    text = where if found.type == KEY else f"{where} = {value}"
    fields: dict[str, Value] = {"key": found.key, "name": found.name, "value": value, "type": found.type, "hive": found.hive}
    raw = text if hidden else raw[:LONGEST]
    yield Event(
        KIND, artifact, text, line=line, until_line=until_line, pointer=pointer, stamp=stamp, code=found.name, fields=fields, raw=raw,
        state=True,
    )  # fmt: skip
    if found.name.lower() == "timezonekeyname" and isinstance(value, str) and (zone := windows_zones.iana(value)):
        shown: dict[str, Value] = {"zone": zone, "abbreviation": value.split("\0", 1)[0].strip()}
        yield Event(
            "timezone", artifact, text, line=line, until_line=until_line, pointer=pointer, stamp=stamp, fields=shown, raw=raw, state=True
        )


def _signed(found: Found) -> Value:
    """A number; a bias of a time zone is a signed one (east of UTC is negative)."""
    if isinstance(found.value, int) and found.name.lower().endswith("bias") and found.value >= 1 << 31:
        return found.value - (1 << 32)
    return found.value


def binary(data: bytes) -> str:
    """Binary data as hex digits; of long data only how long it is, for nothing here reads it and keys may stand in it."""
    return data.hex() if len(data) <= 64 else f"({len(data)} bytes)"


def strings(data: str) -> str:
    """The strings of a REG_MULTI_SZ, joined by `; `."""
    return "; ".join(part for part in data.split("\0") if part)
