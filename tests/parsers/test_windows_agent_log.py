"""The Windows agent's lines in every way it has written the time, and its VM Health Report."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from analyzer.model import Event, Stamp
from analyzer.parsers import waappagent_log, windows_agent_log
from analyzer.parsers.pattern import Pattern, PatternSet
from analyzer.parsers.scan import scan
from tests.parsers.loglines import events, only, utc
from tests.support.windows_scenes import WaAppAgentLog, at, health_report, service

LOG = "windows_agent_log"


@pytest.mark.parametrize(
    ("line", "stamp", "thread", "level", "text"),
    [
        ("[00000006] [11/14/2019 05:52:13.44] [INFO]  WindowsAzureGuestAgent starting. Version 2.7.41491.949", utc(2019, 11, 14, 5, 52, 13, 440000), "00000006", "INFO", "WindowsAzureGuestAgent starting. Version 2.7.41491.949"),
        ("[00000010] 2021-01-12T16:35:45Z [ERROR] InstallPlugins() failed with exception: x", utc(2021, 1, 12, 16, 35, 45), "00000010", "ERROR", "InstallPlugins() failed with exception: x"),
        ("[00000005] 2024-01-17T19:43:53.897Z [WARN]  Waiting for OOBE to Complete ...", utc(2024, 1, 17, 19, 43, 53, 897000), "00000005", "WARNING", "Waiting for OOBE to Complete ..."),
        ("[00000004] 2024-04-17T07:19:26.812Z [TRACE] a job object", utc(2024, 4, 17, 7, 19, 26, 812000), "00000004", "VERBOSE", "a job object"),
        ("[06/20/2016 22:35:48.86] [ERROR] has not exited on time! Killing it...", utc(2016, 6, 20, 22, 35, 48, 860000), "", "ERROR", "has not exited on time! Killing it..."),
        ("[00000007] [07/18/2019 14:46:28.87] [WARN] WindowsAzureGuestAgent stopping.", utc(2019, 7, 18, 14, 46, 28, 870000), "00000007", "WARNING", "WindowsAzureGuestAgent stopping."),
    ],
)  # fmt: skip
def test_every_way_of_writing_the_time_is_read_as_utc(line: str, stamp: Stamp, thread: str, level: str, text: str) -> None:
    event = only(LOG, line + "\r\n")
    assert (event.stamp, event.component, event.level, event.text, event.raw) == (stamp, thread, level, text, line)
    assert not event.fields


def test_heartbeat_is_marked_and_no_error() -> None:
    event = only(LOG, "[00000020] [11/14/2019 06:02:33.43] [HEART] WindowsAzureGuestAgent Heartbeat.\r\n")
    assert (event.level, event.fields, event.text) == ("INFO", {"heart": True}, "WindowsAzureGuestAgent Heartbeat.")


EXCEPTION = (
    "[00000011] [12/11/2018 06:27:55.66] [WARN]  (Ignoring) Exception while fetching supported versions from HostGAPlugin: System.Net.WebException: Unable to connect to the remote server\r\n"
    " ---> System.Net.Sockets.SocketException: An attempt was made to access a socket in a way forbidden by its access permissions 168.63.129.16:32526\r\n"
    "   at System.Net.Sockets.Socket.DoConnect(EndPoint endPointSnapshot, SocketAddress socketAddress)\r\n"
    "   --- End of inner exception stack trace ---\r\n"
    "[00000011] [12/11/2018 06:27:55.67] [INFO]  next\r\n"
)


def test_lines_of_an_exception_belong_to_their_record() -> None:
    first, second = events(LOG, EXCEPTION)
    assert (first.line, first.until_line, second.line, second.text) == (1, 4, 5, "next")
    assert first.text.startswith("(Ignoring) Exception") and "168.63.129.16:32526" in first.text
    assert first.raw in EXCEPTION


def test_two_ways_of_writing_the_time_in_one_log_follow_each_other() -> None:
    old, new = WaAppAgentLog(style="hundredths").beat(at("2022-11-11 06:10:02")), WaAppAgentLog().beat(at("2022-11-11 06:11:02"))
    assert [event.stamp for event in events(LOG, old.text() + new.text())] == [utc(2022, 11, 11, 6, 10, 2), utc(2022, 11, 11, 6, 11, 2)]


def test_quoted_lines_without_a_stamp_keep_their_level() -> None:
    found = events(LOG, "[ERROR] GetVersions() failed with exception: x\n[00000011] [WARN]  Empty DHCP option data returned\nplain\n")
    assert [(event.level, event.component, event.text, event.stamp) for event in found] == [
        ("ERROR", "", "GetVersions() failed with exception: x", None),
        ("WARNING", "00000011", "Empty DHCP option data returned", None),
        ("", "", "plain", None),
    ]


def test_level_in_a_continuation_line_opens_no_record() -> None:
    assert len(events(LOG, "[00000006] 2024-01-17T19:43:53.897Z [INFO]  output:\r\n[ERROR] of a script\r\n[2024-01-17] more\r\n")) == 1


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-8"])
def test_junk_before_a_line_is_passed_over(codec: str) -> None:
    line = "[00000006] 2024-01-17T19:43:53.897Z [INFO]  x"
    assert only(LOG, line.encode(codec)).text == "x"
    assert only(LOG, b"\0" * 512 + line.encode()).text == "x"


def report_of(document: object, *, wrapped: bool = False) -> Event:
    body = json.dumps(document)
    if wrapped:
        body = "\r\n".join(body[i : i + 80] for i in range(0, len(body), 80))
    text = f"======== Microsoft Azure VM Health Report - Start 2018-03-06T02:06:40.6256349Z ========\r\n{body}\r\n======== Microsoft Azure VM Health Report - End 2018-03-06T02:06:40.6256349Z =========\r\n\r\n"
    return only(LOG, text)


def test_health_report_is_one_record_with_its_own_time() -> None:
    log = WaAppAgentLog().beat(at("2022-11-11 06:00:00")).report(at("2022-11-11 06:10:02")).text()
    beat, report, after = events(LOG, log)
    assert (beat.line, report.line, report.until_line, after.line) == (1, 2, 5, 6)
    assert report.stamp == utc(2022, 11, 11, 6, 10, 2)
    assert report.raw.startswith("======== Microsoft Azure VM Health Report - Start 2022-11-11T06:10:02.0000000Z ========\r\n{")
    assert report.level == "INFO" and report.text.startswith("VM Health Report - Start 2022-11-11T06:10:02.0000000Z")
    assert report.fields == {
        "report": True, "dhcp_disabled": "", "stopped_services": "Netlogon", "disabled_services": "", "firewall_blocks_all": False,
        "os": "Microsoft Windows NT 10.0.17763.0",
    }  # fmt: skip


def test_adapter_without_dhcp_is_named_and_the_loopback_is_not() -> None:
    when = at("2022-11-11 06:10:02")
    assert report_of(health_report(when, dhcp={"Ethernet 2": False, "Ethernet 3": True})).fields["dhcp_disabled"] == "Ethernet 2"
    down = health_report(when, dhcp={"Ethernet 2": False})
    down["networkAdapters"][0]["status"] = "Down"
    assert report_of(down).fields["dhcp_disabled"] == ""


def test_stopped_and_disabled_services_are_named() -> None:
    services = [service("RdAgent", "Stopped"), service("WindowsAzureGuestAgent", "Stopped", "Disabled"), service("Dhcp")]
    fields = report_of(health_report(at("2022-11-11 06:10:02"), services=services)).fields
    assert (fields["stopped_services"], fields["disabled_services"]) == ("RdAgent, WindowsAzureGuestAgent", "WindowsAzureGuestAgent")


def test_firewall_of_the_domain_outranks_the_local_one() -> None:
    document = health_report(at("2022-11-11 06:10:02"), block_inbound=True)
    assert report_of(document).fields["firewall_blocks_all"] is True
    off = {"enable": 0, "blockAllInboundConnections": 1}
    document["firewallPolicy"]["domainPolicy"] = {profile: {**off} for profile in ("domainProfile", "publicProfile", "standardProfile")}
    assert report_of(document).fields["firewall_blocks_all"] is False


def test_pasted_report_with_broken_lines_is_still_read() -> None:
    assert report_of(health_report(at("2022-11-11 06:10:02"), dhcp={"Ethernet": False}), wrapped=True).fields["dhcp_disabled"] == "Ethernet"


@pytest.mark.parametrize(
    "document", [[], {}, None, 7, {"networkAdapters": [None, 1], "services": {}, "firewallPolicy": [], "systemInfo": 3}]
)
def test_report_of_another_shape_is_still_a_report(document: object) -> None:
    assert report_of(document).fields["report"] is True


def test_cut_report_claims_nothing() -> None:
    whole = WaAppAgentLog().report(at("2022-11-11 06:10:02")).text()
    assert only(LOG, whole[: len(whole) // 2]).fields == {"report": True}


def test_only_the_log_with_heartbeats_is_expected_to_go_on() -> None:
    assert windows_agent_log.FORMAT.silence is None
    assert waappagent_log.FORMAT.silence == timedelta(minutes=30)


def silences(text: str) -> list[tuple[int, int]]:
    return [
        (one.line, one.until_line)
        for one in scan(
            [text.encode()], "waappagent-log", "WaAppAgent.log", waappagent_log.FORMAT, PatternSet(()).of_kind("waappagent-log", ())
        ).silences
    ]


def test_stretch_without_a_line_is_found() -> None:
    log = WaAppAgentLog().alive(at("2024-02-29 10:00:00"), at("2024-02-29 11:00:00")).stop(at("2024-02-29 11:00:10"))
    assert silences(log.text()) == []
    last = log.text().count("\n")
    log.start(at("2024-02-29 13:00:00"))
    assert silences(log.text()) == [(last, last + 1)]


def test_anchored_pattern_finds_its_record() -> None:
    pattern = Pattern("p", frozenset({"waappagent-log"}), anchors=("forbidden by its access permissions",))
    found = scan([EXCEPTION.encode()], "waappagent-log", "a", waappagent_log.FORMAT, PatternSet((pattern,)).of_kind("waappagent-log", ()))
    assert [hit.event.line for hit in found.hits] == [1]


@pytest.mark.parametrize("style", ["milliseconds", "seconds", "hundredths"])
def test_scene_writes_what_the_parser_reads(style: str) -> None:
    log = WaAppAgentLog(style=style).start(at("2024-02-29 09:00:00")).alive(at("2024-02-29 09:01:00"), at("2024-02-29 09:30:00"))  # type: ignore[arg-type] # a style by its name
    log.goal_state(at("2024-02-29 09:30:30"), 4).enable(at("2024-02-29 09:30:31")).failed(at("2024-02-29 09:31:00"), -2)
    log.enabled(at("2024-02-29 09:32:00")).stop(at("2024-02-29 09:40:00"), cleanly=False).report(at("2024-02-29 09:35:00"))
    found = events(LOG, log.text())
    assert all(event.stamp is not None and event.text for event in found)
    assert len(found) == len(log.lines)
    assert {event.level for event in found} == {"INFO", "WARNING", "ERROR", "VERBOSE"}
    assert sum(bool(event.fields.get("heart")) for event in found) == 31
