"""The VM Health Report of the Windows agent: what it knows of adapters, services and firewall, as JSON between two marker lines.

It stands in TransparentInstaller.log, WaAppAgent.log and the serial console log (microsoft/azserialconsole
Known_Issues/Windows_Health_Info.md; MicrosoftDocs/SupportArticles-docs issue 782). Agents before 2.7.1198.806 write none, and pasted
reports have line breaks inside the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Value
from analyzer.parsers import values

OPENING = "VM Health Report - Start "
_POLICIES = ("domainPolicy", "localPolicy")  # what the domain sets wins
_PROFILES = ("domainProfile", "publicProfile", "standardProfile")
_NOT_SET = -1


def fields(text: str) -> dict[str, Value]:
    """What a record with a report says: `report`, and if its JSON can be read the rest.

    `dhcp_disabled`: adapters that are up and have an IPv4 address not by DHCP; `stopped_services`, `disabled_services`: names;
    all comma-separated. `firewall_blocks_all`: a profile that is on lets nothing in. `os`: its version as the agent sees it.
    """
    report = _document(text)
    if not report:
        return {"report": True}
    services = [values.mapping(service) for service in values.listing(report.get("services"))]
    system = values.mapping(values.mapping(report.get("systemInfo")).get("windows"))
    return {
        "report": True,
        "dhcp_disabled": _names(
            adapter for adapter in values.listing(report.get("networkAdapters")) if _is_static(values.mapping(adapter))
        ),
        "stopped_services": _names(service for service in services if _is(service, "state", "stopped")),
        "disabled_services": _names(service for service in services if _is(service, "startMode", "disabled")),
        "firewall_blocks_all": _blocks_all(values.mapping(report.get("firewallPolicy"))),
        "os": values.text(system.get("osVersion")),
    }


def _document(text: str) -> dict[str, Any]:
    """The JSON object between the markers; empty if it is cut."""
    opening = text.find("{", max(text.find(OPENING), 0))
    if opening < 0:
        return {}
    body = text[opening:].replace("\r", "").replace("\n", "")  # a paste wraps the one line, inside words too
    try:
        return values.mapping(json.JSONDecoder(strict=False).raw_decode(body)[0])
    except (ValueError, RecursionError):  # the excerpt still shows what stands there
        return {}


def _names(items: Iterator[Any]) -> str:
    return ", ".join(filter(None, (values.text(values.mapping(item).get("name")) for item in items)))


def _is(item: Mapping[str, Any], key: str, word: str) -> bool:
    return values.text(item.get(key)).strip().lower() == word


def _is_static(adapter: Mapping[str, Any]) -> bool:
    addresses = [values.mapping(item) for item in values.listing(adapter.get("ipProperties"))]
    return _is(adapter, "status", "up") and any(
        values.number(item.get("protocolVersion")) == 4
        and values.truth(item.get("isDhcpEnabled")) is False
        and not values.text(item.get("address")).startswith("127.")
        for item in addresses
    )


def _blocks_all(policy: Mapping[str, Any]) -> bool:
    """A setting is 1, 0, or -1 if its policy leaves it open."""
    return any(
        _effective(policy, profile, "enable") == 1 and _effective(policy, profile, "blockAllInboundConnections") == 1
        for profile in _PROFILES
    )


def _effective(policy: Mapping[str, Any], profile: str, key: str) -> int | None:
    for source in _POLICIES:
        value = values.number(values.mapping(values.mapping(policy.get(source)).get(profile)).get(key))
        if value is not None and value != _NOT_SET:
            return value
    return None
