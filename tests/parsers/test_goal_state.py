"""What the fabric wants of the VM, from the XML documents of a goal state."""

from __future__ import annotations

from datetime import datetime

from analyzer.model import Clock, Stamp
from tests.parsers.members import read

GOAL_STATE = b"""<?xml version="1.0" encoding="utf-8"?>\r
<GoalState xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="goalstate10.xsd">\r
  <Version>2015-04-05</Version>\r
  <Incarnation>14</Incarnation>\r
  <Machine>\r
    <ExpectedState>Started</ExpectedState>\r
    <StopRolesDeadlineHint>300000</StopRolesDeadlineHint>\r
    <LBProbePorts><Port>16001</Port></LBProbePorts>\r
    <ExpectHealthReport>FALSE</ExpectHealthReport>\r
  </Machine>\r
  <Container>\r
    <ContainerId>0f5e2b57-0f2e-4b0a-9d64-0c2a6e5f8f11</ContainerId>\r
    <RoleInstanceList>\r
      <RoleInstance>\r
        <InstanceId>6b0f4d0f-5ab0-4f2a-8d4a-4a2f0a1c2f3e._vm-app01</InstanceId>\r
        <State>Started</State>\r
        <Configuration>\r
          <ExtensionsConfig>http://168.63.129.16:80/machine/x?comp=config&amp;type=extensionsConfig&amp;incarnation=14</ExtensionsConfig>\r
        </Configuration>\r
      </RoleInstance>\r
    </RoleInstanceList>\r
  </Container>\r
</GoalState>\r
"""

EXTENSIONS = b"""<Extensions version="1.0.0.0" goalStateIncarnation="14"><GuestAgentExtension xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
  <GAFamilies><GAFamily><Name>Prod</Name><Version>2.9.1.1</Version><Uris><Uri>https://ga.blob.core.windows.net/m.xml</Uri></Uris></GAFamily></GAFamilies>
</GuestAgentExtension>
<StatusUploadBlob statusBlobType="BlockBlob">https://md-1.blob.core.windows.net/$system/vm.status?sv=2018-03-28&amp;sr=b&amp;sig=SECRETSIGNATURE%3d&amp;sp=w</StatusUploadBlob>
<RequiredFeatures><RequiredFeature><Name>MultipleExtensionsPerHandler</Name></RequiredFeature></RequiredFeatures>
<InVMGoalStateMetaData inSvdSeqNo="3" createdOnTicks="638448840000000000" activityId="A33F6F53-43D6-4625-B322-1A39651A00C9" correlationId="9a47"/>
<Plugins>
  <Plugin name="Microsoft.Azure.RecoveryServices.VMSnapshotLinux" version="1.0.9225.0" location="https://c.blob.core.windows.net/m.xml" state="enabled" autoUpgrade="true" isJson="true" encodedSignature="MIInEAYJKoZIhvcNAQcCoIInATCC" useExactVersion="true" />
  <Plugin name="Microsoft.CPlat.Core.RunCommandHandlerLinux" version="1.3.2" location="https://c.blob.core.windows.net/m.xml" state="enabled" isJson="true" />
  <Plugin name="Microsoft.OSTCExtensions.VMAccessForLinux" version="1.5.11" state="uninstall" isJson="true" />
</Plugins>
<PluginSettings>
  <Plugin name="microsoft.azure.recoveryservices.vmsnapshotlinux" version="1.0.9225.0">
    <RuntimeSettings seqNo="637">{"runtimeSettings":[{"handlerSettings":{"protectedSettings":"MIISECRET","publicSettings":{"taskId":"x"}}}]}</RuntimeSettings>
  </Plugin>
  <Plugin name="Microsoft.CPlat.Core.RunCommandHandlerLinux" version="1.3.2">
    <ExtensionRuntimeSettings seqNo="2" name="first" state="enabled">{"runtimeSettings":[]}</ExtensionRuntimeSettings>
    <ExtensionRuntimeSettings seqNo="1" name="second" state="disabled">{"runtimeSettings":[]}</ExtensionRuntimeSettings>
  </Plugin>
</PluginSettings>
</Extensions>
"""

HOSTING = b"""<HostingEnvironmentConfig version="1.0.0.0" goalStateIncarnation="14">
  <StoredCertificates><StoredCertificate name="S" certificateId="sha1:C093FA5CD3AAE057CB7C4E04532B2E16E07C26CA" storeName="My"/></StoredCertificates>
  <Deployment name="db00a7755a5e4e8a8fe4b19bc3b330c3" guid="{ce5a036f-5c93-40e7-8adf-2613631008ab}" incarnation="2">
    <Service name="MyVMRoleService" guid="{00000000-0000-0000-0000-000000000000}" />
  </Deployment>
  <Incarnation number="3" instance="vm-app01" guid="{a0faca35-52e5-4ec7-8fd1-63d2bc107d9b}" />
  <Role guid="{73d95f1c-6472-e58e-7a1a-523554e11d46}" name="vm-app01" hostingEnvironmentVersion="1" />
  <ApplicationSettings>
    <Setting name="ConnectionString" value="DefaultEndpointsProtocol=http;AccountName=a;AccountKey=SECRETKEY==" />
  </ApplicationSettings>
</HostingEnvironmentConfig>
"""

OVF = b"""<?xml version="1.0" encoding="utf-8"?>
<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:wa="http://schemas.microsoft.com/windowsazure">
  <wa:ProvisioningSection><wa:Version>1.0</wa:Version>
    <LinuxProvisioningConfigurationSet xmlns="http://schemas.microsoft.com/windowsazure">
      <HostName>vm-app01</HostName><UserName>azureuser</UserName><UserPassword>P@ssw0rd-SECRET</UserPassword>
      <CustomData>U0VDUkVU</CustomData>
    </LinuxProvisioningConfigurationSet>
  </wa:ProvisioningSection>
  <wa:PlatformSettingsSection><wa:PlatformSettings>
    <wa:ProvisionGuestAgent>%s</wa:ProvisionGuestAgent>
  </wa:PlatformSettings></wa:PlatformSettingsSection>
</Environment>
"""


def test_goal_state_tells_incarnation_and_expected_state() -> None:
    member = read("var/lib/waagent/GoalState.14.xml", GOAL_STATE)
    event = member.only
    assert (member.kind, event.code, event.pointer, event.raw) == (
        "goal-state",
        "14",
        "/GoalState/Incarnation",
        "<Incarnation>14</Incarnation>",
    )
    assert event.fields == {
        "incarnation": 14, "expected_state": "Started", "container": "0f5e2b57-0f2e-4b0a-9d64-0c2a6e5f8f11",
        "instance": "6b0f4d0f-5ab0-4f2a-8d4a-4a2f0a1c2f3e._vm-app01",
    }  # fmt: skip
    assert event.stamp is None and not member.problems


def test_history_folder_dates_its_goal_state() -> None:
    for folder, moment in (
        ("2024-03-01T10-21-37__14_6", datetime(2024, 3, 1, 10, 21, 37)),
        ("2021-04-06T08:21:37.142697_incarnation_14", datetime(2021, 4, 6, 8, 21, 37, 142697)),
        ("2018-04-06T08_21_37.142697", datetime(2018, 4, 6, 8, 21, 37, 142697)),
    ):
        for path in (f"var/lib/waagent/history/{folder}/GoalState.xml", f"var/lib/waagent/history/{folder}.zip!/GoalState.xml"):
            assert read(path, GOAL_STATE).only.stamp == Stamp(moment, Clock.UTC), path


def test_placeholder_of_newer_agents_is_no_damage() -> None:
    member = read("var/lib/waagent/GoalState.1.xml", b"<xml>empty placeholder file</xml>")
    assert (member.kind, member.events, member.problems) == ("goal-state", [], [])


def test_each_wanted_extension_is_an_event_with_its_sequence() -> None:
    member = read("var/lib/waagent/ExtensionsConfig.14.xml", EXTENSIONS)
    assert [(event.component, event.text) for event in member.events[1:]] == [
        ("Microsoft.Azure.RecoveryServices.VMSnapshotLinux", "Microsoft.Azure.RecoveryServices.VMSnapshotLinux 1.0.9225.0 enabled"),
        ("Microsoft.CPlat.Core.RunCommandHandlerLinux", "Microsoft.CPlat.Core.RunCommandHandlerLinux 1.3.2 enabled (first)"),
        ("Microsoft.CPlat.Core.RunCommandHandlerLinux", "Microsoft.CPlat.Core.RunCommandHandlerLinux 1.3.2 disabled (second)"),
        ("Microsoft.OSTCExtensions.VMAccessForLinux", "Microsoft.OSTCExtensions.VMAccessForLinux 1.5.11 uninstall"),
    ]
    assert member.column("sequence")[1:] == [637, 2, 1, None]
    assert member.column("incarnation") == [14] * 5
    assert {event.stamp for event in member.events} == {Stamp(datetime(2024, 3, 1, 10, 0), Clock.UTC)}


def test_status_blob_is_told_without_its_address() -> None:
    first = read("var/lib/waagent/ExtensionsConfig.14.xml", EXTENSIONS).events[0]
    assert first.component == ""
    assert (first.fields["has_status_blob"], first.fields["blob_type"]) == (True, "BlockBlob")
    assert first.fields["features"] == "MultipleExtensionsPerHandler"
    without = EXTENSIONS[: EXTENSIONS.index(b"<StatusUploadBlob")] + EXTENSIONS[EXTENSIONS.index(b"<RequiredFeatures") :]
    assert read("ExtensionsConfig.xml", without).events[0].fields["has_status_blob"] is False


def test_excerpts_are_verbatim_and_pointers_differ() -> None:
    for path, data in (("GoalState.1.xml", GOAL_STATE), ("ExtensionsConfig.xml", EXTENSIONS), ("HostingEnvironmentConfig.xml", HOSTING)):
        member = read(path, data)
        assert all(event.raw in member.text for event in member.events)
        assert len({event.pointer for event in member.events}) == len(member.events)


def test_no_secret_leaves_the_documents() -> None:
    for path, data in (("ExtensionsConfig.xml", EXTENSIONS), ("HostingEnvironmentConfig.xml", HOSTING), ("ovf-env.xml", OVF % b"true")):
        said = repr(read(path, data).events)
        for secret in ("SECRET", "MIIn", "U0VDUkVU", "P@ss", "azureuser"):
            assert secret not in said, (path, secret)


def test_hosting_environment_names_the_role() -> None:
    event = read("var/lib/waagent/HostingEnvironmentConfig.xml", HOSTING).only
    assert (event.fields["role"], event.fields["deployment"], event.fields["incarnation"]) == (
        "vm-app01",
        "db00a7755a5e4e8a8fe4b19bc3b330c3",
        3,
    )


def test_newer_hosting_environment_names_the_instance_only() -> None:
    data = b'<HostingEnvironmentConfig version="1.0.0.0"><Incarnation number="1" instance="_vm-app01" guid="{87a8}"/></HostingEnvironmentConfig>'
    event = read("var/lib/waagent/history/2024-03-01T10-21-37__14_6/HostingEnvironmentConfig.xml", data).only
    assert (event.fields["role"], event.fields["instance"], event.text) == ("", "_vm-app01", "instance _vm-app01")
    assert event.raw == '<Incarnation number="1" instance="_vm-app01" guid="{87a8}"/>'


def test_shared_config_tells_the_address_of_the_instance_not_of_an_endpoint() -> None:
    data = b"""<SharedConfig version="1.0.0.0" goalStateIncarnation="14">
  <OutputEndpoints><Endpoint name="x" type="SFS"><Target instance="vm-app01" endpoint="x"/></Endpoint></OutputEndpoints>
  <Instances><Instance id="vm-app01" address="10.0.1.4"><InputEndpoints><Endpoint name="a" address="10.0.1.4:80"/></InputEndpoints></Instance></Instances>
</SharedConfig>"""
    event = read("var/lib/waagent/SharedConfig.xml", data).only
    assert (event.fields["address"], event.raw) == ("10.0.1.4", '<Instance id="vm-app01" address="10.0.1.4">')


def test_unwanted_guest_agent_is_a_state() -> None:
    event = read("var/lib/waagent/ovf-env.xml", OVF % b"false").only
    assert event.state and event.fields == {"host": "vm-app01", "provision_guest_agent": False}
    assert event.raw == "<wa:ProvisionGuestAgent>false</wa:ProvisionGuestAgent>"
    assert read("ovf-env.xml", OVF % b"true").only.fields["provision_guest_agent"] is True


def test_switch_that_is_neither_true_nor_false_is_reported() -> None:
    member = read("ovf-env.xml", OVF % b"perhaps")
    assert member.only.fields["provision_guest_agent"] is None
    assert [problem.lost for problem in member.problems] == ["whether the VM was created without an agent"]


def test_document_of_another_kind_is_reported() -> None:
    member = read("var/lib/waagent/SharedConfig.xml", b"<Other/>")
    assert not member.events and member.problems[0].problem == "the root element is Other, not SharedConfig"


def test_cut_document_gives_what_is_left_and_says_so() -> None:
    member = read("var/lib/waagent/GoalState.14.xml", GOAL_STATE[: GOAL_STATE.index(b"<Container>")])
    assert member.only.fields["expected_state"] == "Started"
    assert member.problems[0].lost == "elements from there on may be missing"


def test_entities_are_neither_expanded_nor_loaded() -> None:
    data = (
        b'<!DOCTYPE GoalState [<!ENTITY secret SYSTEM "file:///etc/passwd"><!ENTITY more "expanded">]>'
        b"<GoalState><Incarnation>7</Incarnation><Machine><ExpectedState>&secret;&more;</ExpectedState></Machine></GoalState>"
    )
    assert read("GoalState.7.xml", data).only.fields["expected_state"] == ""
