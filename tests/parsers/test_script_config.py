"""Configuration of pre- and post-scripts."""

from __future__ import annotations

from tests.parsers.members import read

PLUGIN = """{
    "pluginName" : "ScriptRunner",
    "preScriptLocation" : "/etc/azure/preScript.sh",
    "postScriptLocation" : "/etc/azure/postScript.sh",
    "preScriptParams" : ["--password=SECRET", ""],
    "preScriptNoOfRetries" : 0,
    "timeoutInSeconds" : 30,
    "continueBackupOnFailure" : false,
    "fsFreezeEnabled" : true
}
"""
HOST = "[pre_post]\ntimeoutInSeconds: 1800\nnumberOfPlugins: 1\npluginName0: ScriptRunner\npluginConfigPath0: /etc/azure/VMSnapshotScriptPluginConfig.json\n"


def test_each_value_of_the_plugin_is_a_state() -> None:
    member = read("etc/azure/VMSnapshotScriptPluginConfig.json", PLUGIN)
    said = {event.code: (event.fields["value"], event.pointer, event.raw) for event in member.events}
    assert said["preScriptLocation"] == ("/etc/azure/preScript.sh", "/preScriptLocation", '"preScriptLocation" : "/etc/azure/preScript.sh"')
    assert said["continueBackupOnFailure"][0] == "false" and said["timeoutInSeconds"][0] == "30"
    assert all(event.state and event.kind == "script-config" and event.raw in member.text for event in member.events)


def test_parameters_of_a_script_are_counted_and_not_told() -> None:
    member = read("etc/azure/VMSnapshotScriptPluginConfig.json", PLUGIN)
    assert "SECRET" not in repr(member.events)
    assert next(event for event in member.events if event.code == "preScriptParams").fields["value"] == "1 values"


def test_host_file_is_read_as_ini() -> None:
    member = read("etc/azure/VMSnapshotPluginHost.conf", HOST)
    assert [(event.code, event.fields["value"], event.line) for event in member.events][:2] == [
        ("timeoutInSeconds", "1800", 2),
        ("numberOfPlugins", "1", 3),
    ]


def test_broken_json_is_reported() -> None:
    member = read("etc/azure/VMSnapshotScriptPluginConfig.json", PLUGIN.replace('"ScriptRunner",', '"ScriptRunner"'))
    assert not member.events and member.problems[0].problem.startswith("not valid JSON (line 3")
