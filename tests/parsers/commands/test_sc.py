"""A service's state, start type and account, whichever program printed them."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

QUERY = """
SERVICE_NAME: RdAgent
DISPLAY_NAME: RdAgent
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 4  RUNNING
                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)
        SERVICE_EXIT_CODE  : 0  (0x0)

SERVICE_NAME: VSS
DISPLAY_NAME: Volume Shadow Copy
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 1  STOPPED
        WIN32_EXIT_CODE    : 1077  (0x435)
        SERVICE_EXIT_CODE  : 0  (0x0)
"""
CONFIG = """[SC] QueryServiceConfig SUCCESS

SERVICE_NAME: MSDTC
        TYPE               : 10  WIN32_OWN_PROCESS
        START_TYPE         : 4   DISABLED
        ERROR_CONTROL      : 1   NORMAL
        BINARY_PATH_NAME   : C:\\Windows\\System32\\msdtc.exe
        LOAD_ORDER_GROUP   :
        TAG                : 0
        DISPLAY_NAME       : Distributed Transaction Coordinator
        DEPENDENCIES       : RPCSS
                           : SamSS
        SERVICE_START_NAME : NT AUTHORITY\\NetworkService
"""


def test_query_tells_state_and_exit_code() -> None:
    running, stopped = read("a.txt", QUERY).events
    assert (running.component, running.fields["state"], running.fields["exit_code"], running.line) == ("RdAgent", "running", 0, 2)
    assert (stopped.fields["display"], stopped.fields["state"], stopped.fields["exit_code"]) == ("Volume Shadow Copy", "stopped", 1077)


def test_config_tells_start_type_and_account() -> None:
    event = read("sc_qc.txt", CONFIG).only
    assert event.fields == {
        "service": "MSDTC", "display": "Distributed Transaction Coordinator", "state": None, "start_type": "disabled",
        "account": "NT AUTHORITY\\NetworkService", "exit_code": None,
    }  # fmt: skip
    assert event.raw in CONFIG


def test_translated_labels_do_not_matter() -> None:
    german = "[SC] QueryServiceConfig ERFOLG\n\nSERVICE_NAME: MSDTC\n        TYP                : 10  WIN32_OWN_PROCESS\n        STARTTYP           : 2   AUTO_START  (DELAYED)\n        PFAD_DES_PROGRAMMS : C:\\x.exe\n        DIENSTSTARTNAME    : NT AUTHORITY\\NetworkService\n"
    chinese = "\nSERVICE_NAME: MSDTC\n        类型               : 10  WIN32_OWN_PROCESS\n        状态               : 4  RUNNING\n        WIN32_退出代码     : 0  (0x0)\n"
    event = read("sc.txt", german).only
    assert (event.fields["start_type"], event.fields["account"]) == ("auto", "NT AUTHORITY\\NetworkService")
    assert read("sc.txt", chinese.encode("gb18030")).only.fields["state"] == "running"


def test_service_that_is_not_installed_is_missing() -> None:
    text = "C:\\>sc query RdAgent\r\n[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nThe specified service does not exist as an installed service.\r\n"
    event = read("a.txt", text).only
    assert (event.component, event.fields["state"], event.level, event.line) == ("RdAgent", "missing", "ERROR", 2)


TABLE = """
Status   Name               DisplayName
------   ----               -----------
Running  RdAgent            RdAgent
Stopped  VSS                Volume Shadow Copy
Running  WindowsAzureGue... Windows Azure Guest Agent
Stopped  MSSQL$X            SQL Server (X)
"""


def test_table_of_get_service_is_read_and_a_cut_name_is_completed() -> None:
    member = read("services.txt", TABLE)
    assert [(event.component, event.fields["state"], event.line) for event in member.events] == [
        ("RdAgent", "running", 4), ("VSS", "stopped", 5), ("WindowsAzureGuestAgent", "running", 6), ("MSSQL$X", "stopped", 7),
    ]  # fmt: skip


def test_table_of_columns_counts_wide_characters_twice() -> None:
    text = "\nDisplayName            Status  Name\n-----------            ------  ----\n卷影复制               Stopped VSS\nDHCP Client            Running Dhcp\n"
    assert [(event.component, event.fields["state"]) for event in read("services.txt", text).events] == [
        ("VSS", "stopped"),
        ("Dhcp", "running"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\n\nName                : VSS\nDependentServices   : {}\nDisplayName         : Volume Shadow Copy\nStatus              : Stopped\nServicesDependedOn  : {RPCSS}\nStartType           : Disabled\n\n",
        '#TYPE Selected.System.ServiceProcess.ServiceController\n"Name","Status","StartType"\n"VSS","Stopped","Disabled"\n',
        '"Name","Status","StartType"\n"VSS","1","4"\n',
        "Name  StartMode  StartName    State    \nVSS   Disabled   LocalSystem  Stopped  \n",
        "\n\nName=VSS\nStartMode=Disabled\nState=Stopped\n\n",
        "Node,Name,StartMode,State\nVM1,VSS,Disabled,Stopped\n",
        "Name\tStartMode\tState\nVSS\tDisabled\tStopped\n",
    ],
)
def test_properties_of_a_service_are_read_in_every_form(text: str) -> None:
    event = read("get-service.txt", text).only
    assert (event.component, event.fields["state"], event.fields["start_type"]) == ("VSS", "stopped", "disabled")


def test_net_start_tells_what_runs_by_its_display_name() -> None:
    text = "These Windows services are started:\r\n\r\n   DHCP Client\r\n   Volume Shadow Copy\r\n   Contoso Agent\r\n\r\nThe command completed successfully.\r\n"
    assert [event.component for event in read("a.txt", text).events] == ["Dhcp", "VSS", "Contoso Agent"]
