"""Whether an adapter uses DHCP is told in every language; the DHCP server's line is not the answer."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

ENGLISH = """
Windows IP Configuration

   Host Name . . . . . . . . . . . . : vm1
   IP Routing Enabled. . . . . . . . : No

Ethernet adapter Ethernet 2:

   Connection-specific DNS Suffix  . : x.internal.cloudapp.net
   Description . . . . . . . . . . . : Microsoft Hyper-V Network Adapter #2
   Physical Address. . . . . . . . . : 00-0D-3A-11-22-33
   DHCP Enabled. . . . . . . . . . . : {answer}
   Link-local IPv6 Address . . . . . : fe80::1%5(Preferred)
   IPv4 Address. . . . . . . . . . . : 10.0.0.4(Preferred)
   Default Gateway . . . . . . . . . : 10.0.0.1
   DHCP Server . . . . . . . . . . . : 168.63.129.16
   DHCPv6 IAID . . . . . . . . . . . : 100666682

Ethernet adapter Npcap Loopback Adapter:

   Media State . . . . . . . . . . . : Media disconnected
   Description . . . . . . . . . . . : Npcap Loopback Adapter
   DHCP Enabled. . . . . . . . . . . : Yes
"""


@pytest.mark.parametrize(("answer", "dhcp"), [("Yes", True), ("No", False)])
def test_every_adapter_is_an_event(answer: str, dhcp: bool) -> None:
    first, second = read("a.txt", ENGLISH.format(answer=answer)).events
    assert first.fields == {
        "adapter": "Ethernet 2",
        "description": "Microsoft Hyper-V Network Adapter #2",
        "dhcp": dhcp,
        "address": "10.0.0.4",
        "connected": True,
    }
    assert (second.component, second.fields["dhcp"], second.fields["connected"], second.line) == ("Npcap Loopback Adapter", True, False, 19)
    assert f"DHCP Enabled. . . . . . . . . . . : {answer}" in first.raw


@pytest.mark.parametrize(
    ("text", "codec", "name", "dhcp"),
    [
        ("Windows-IP-Konfiguration\n\nEthernet-Adapter Ethernet:\n\n   Beschreibung. . . . . . . . . . . : Hyper-V\n   DHCP aktiviert. . . . . . . . . . : Nein\n   IPv4-Adresse  . . . . . . . . . . : 10.0.0.4(Bevorzugt)\n   DHCP-Server . . . . . . . . . . . : 168.63.129.16\n", "cp1252", "Ethernet", False),
        ("Windows IP 配置\n\n以太网适配器 以太网:\n\n   描述. . . . . . . . . . . . . . . : Hyper-V\n   DHCP 已启用 . . . . . . . . . . . : 是\n   IPv4 地址 . . . . . . . . . . . . : 10.0.0.4(首选)\n   DHCP 服务器 . . . . . . . . . . . : 168.63.129.16\n", "gb18030", "以太网", True),
        ("Configuration IP de Windows\n\nCarte Ethernet Ethernet 2 :\n\n   DHCP activé. . . . . . . . . . . . . . : Non\n   Adresse IPv4. . . . . . . . . . . . . .: 10.0.0.4(préféré)\n   Serveur DHCP . . . . . . . . . . . . . : 168.63.129.16\n", "utf-8", "Ethernet 2", False),
        ("Configuración IP de Windows\n\nAdaptador de Ethernet Ethernet 2:\n\n   DHCP habilitado . . . . . . . . . . . . . : sí\n   Dirección IPv4. . . . . . . . . . . . . . : 10.0.0.4(Preferido)\n   Servidor DHCP . . . . . . . . . . . . . . : 168.63.129.16\n", "utf-16", "Ethernet 2", True),
    ],
)  # fmt: skip
def test_translated_output_says_the_same(text: str, codec: str, name: str, dhcp: bool) -> None:
    event = read("ipconfig.txt", text.encode(codec)).only
    assert (event.fields["adapter"], event.fields["dhcp"], event.fields["address"]) == (name, dhcp, "10.0.0.4")


def test_output_without_the_answer_leaves_it_open() -> None:
    event = read(
        "ipconfig.txt", "Windows IP Configuration\n\n\nEthernet adapter Ethernet:\n\n   IPv4 Address. . . . . . . . . . . : 10.0.0.4\n"
    ).only
    assert event.fields["dhcp"] is None


@pytest.mark.parametrize(
    "text",
    [
        'Configuration for interface "Ethernet 2"\n    DHCP enabled:                         No\n    IP Address:                           10.0.0.4\n',
        "\nifIndex InterfaceAlias AddressFamily NlMtu(Bytes) InterfaceMetric Dhcp     ConnectionState PolicyStore\n------- -------------- ------------- ------------ --------------- ----     --------------- -----------\n5       Ethernet 2     IPv4                  1500              10 Disabled Connected       ActiveStore\n",
        "InterfaceAlias  : Ethernet 2\nAddressFamily   : IPv4\nDhcp            : Disabled\nConnectionState : Connected\n",
        "DHCPEnabled      : False\nIPAddress        : {10.0.0.4, fe80::1}\nDescription      : Ethernet 2\n",
    ],
)
def test_other_programs_tell_it_too(text: str) -> None:
    event = read("ipconfig_all.txt", text).only
    assert (event.fields["adapter"], event.fields["dhcp"], event.fields["connected"]) == ("Ethernet 2", False, True)
