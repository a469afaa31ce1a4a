"""Which role instance the VM is, by document or by the name of the file."""

from __future__ import annotations

from tests.parsers.members import read

GUID = "f23968ac-9066-43da-863c-2d4ab096c18f"
FOLDER = "device_0/WindowsAzure/config"
DATA = """<?xml version="1.0" encoding="utf-8"?>
<RoleEnvironment>
  <Deployment id="22bad65b018148a687a4aad1c2a62b67" emulated="false" />
  <CurrentInstance id="Core.Web_IN_0" roleName="Core.Web" faultDomain="0" updateDomain="0">
    <ConfigurationSettings>
      <ConfigurationSetting name="Storage" value="DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0" />
    </ConfigurationSettings>
  </CurrentInstance>
</RoleEnvironment>
"""


def test_document_names_the_role() -> None:
    event = read(f"{FOLDER}/22bad65b018148a687a4aad1c2a62b67.22bad65b018148a687a4aad1c2a62b67.Core.Web_IN_0.6.xml", DATA).only
    assert event.fields == {"role": "Core.Web", "deployment": "22bad65b018148a687a4aad1c2a62b67", "instance": "Core.Web_IN_0"}
    assert event.state and event.pointer == "/RoleEnvironment/CurrentInstance"
    assert event.raw == '<CurrentInstance id="Core.Web_IN_0" roleName="Core.Web" faultDomain="0" updateDomain="0">'


def test_settings_of_the_role_never_leave_the_parser() -> None:
    member = read(f"{FOLDER}/{GUID}.{GUID}._vm01.1.xml", DATA)
    assert "AccountKey" not in repr(member.events)


def test_other_document_of_the_folder_is_named_by_its_file() -> None:
    event = read(f"{FOLDER}/{GUID}.{GUID}._nt0_0.1.xml", "<Other><x/></Other>").only
    assert event.fields == {"role": "", "deployment": GUID, "instance": "_nt0_0"}
    assert event.raw == "<Other>"


def test_document_of_another_shape_and_name_is_reported() -> None:
    member = read("x.xml", "<RoleEnvironment/>")
    assert member.only.fields == {"role": "", "deployment": "", "instance": ""}
    assert read(f"{FOLDER}/{GUID}.y.xml", "<Other/>").problems
