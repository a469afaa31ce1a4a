"""What signatures over Windows artifacts rest on: the silence of WaAppAgent.log, channels of event logs, steps of the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from analyzer.bundle import Bundle
from analyzer.parsers.pattern import Condition
from analyzer.pipeline import analyze_bundle
from analyzer.signatures.conditions import Truth
from analyzer.signatures.examples import judge_example
from analyzer.signatures.loader import Catalogue, load
from tests.parsers.evtx.sample import read
from tests.support.evtxwriter import presets
from tests.support.windows_scenes import WaAppAgentLog, application_events, at, clock_set, evtx, system_events

LOG, SYSTEM = "WindowsAzure/Logs/WaAppAgent.log", "Windows/System32/winevt/Logs/System.evtx"
APPLICATION = "Windows/System32/winevt/Logs/Application.evtx"
START, END = at("2026-03-09 20:00:00"), at("2026-03-10 05:00:00")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def truth(catalogue: Catalogue, signature: str, files: dict[str, Any], window: tuple[str, str]) -> Truth:
    found = next(one for one in catalogue.signatures if one.id == signature)
    return judge_example(found, catalogue, {"window": list(window), "files": files}).truth


def silences(files: dict[str, bytes]) -> list[dict[str, Any]]:
    with Bundle.from_files(files) as bundle:
        gaps: list[dict[str, Any]] = analyze_bundle(bundle).document["gaps"]
        return gaps


def bundle(last_beat: datetime) -> dict[str, bytes]:
    log = WaAppAgentLog().start(START).alive(START, last_beat, every=timedelta(minutes=5))
    return {LOG: log.text().encode(), SYSTEM: evtx(system_events(START, END)), APPLICATION: evtx(application_events(START, END))}


def test_the_end_of_the_agents_log_long_before_the_collection_is_a_silence() -> None:
    found = silences(bundle(END - timedelta(hours=4)))
    assert [gap["reason"] for gap in found] == ["end"]


def test_an_agents_log_that_goes_on_has_no_silence() -> None:
    assert silences(bundle(END)) == []


@pytest.mark.parametrize(("text", "holds"), [("interface Ethernet 2", True), ("interface Npcap Loopback Adapter", False)])
def test_lacks_is_true_where_none_of_the_values_stands(text: str, holds: bool) -> None:
    events = read(evtx([presets.guest_agent_0("2026-03-10T02:00:00Z", "APP01", text)])).events
    assert Condition("param1", "lacks", ("npcap", "loopback")).holds(events[0]) is holds


def test_a_step_of_the_clock_is_given_in_seconds_whichever_way_it_went() -> None:
    events = read(evtx([clock_set(START, 7200), clock_set(END, -0.25)])).events
    assert [event.fields["step_seconds"] for event in events] == [7200.0, 0.25]


def test_a_recovery_is_looked_for_in_the_channel_that_a_signature_names(catalogue: Catalogue) -> None:
    down = {"provider": "Microsoft-Windows-Kernel-General", "id": 13, "time": "2026-03-09T22:00:00Z"}
    boot = {"provider": "Microsoft-Windows-Kernel-General", "id": 12, "time": "2026-03-09T22:02:00Z"}
    signature = next(one for one in catalogue.signatures if one.id == "winagent.vm-was-off")
    window = ["2026-03-10 02:00:00", "2026-03-10 02:20:00"]
    off = judge_example(signature, catalogue, {"window": window, "files": {SYSTEM: [down]}})
    back = judge_example(signature, catalogue, {"window": window, "files": {SYSTEM: [down, boot]}})
    assert off.truth is Truth.TRUE and off.cleared is None
    assert back.cleared is not None


def test_the_system_log_alone_tells_what_did_not_happen_in_it(catalogue: Catalogue) -> None:
    stopped = {"provider": "Service Control Manager", "id": 7036, "time": "2026-03-09T21:10:00Z", "service": "WindowsAzureGuestAgent/1"}
    window = ("2026-03-10 02:00:00", "2026-03-10 02:20:00")
    assert truth(catalogue, "winagent.service-stopped", {SYSTEM: [stopped]}, window) is Truth.TRUE
