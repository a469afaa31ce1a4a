"""Which build of a package lies on the disk."""

from __future__ import annotations

import pytest

from tests.parsers.members import read

AGENT = "WindowsAzure/Packages/PackageInformation.txt"
PLUGIN = "Packages/Plugins/Microsoft.Azure.RecoveryServices.VMSnapshot/1.0.110.0/PackageInformation.txt"


@pytest.mark.parametrize(
    "line", ["2.7.41491.1102", "Version: 2.7.41491.1102", "WindowsAzureGuestAgent=2.7.41491.1102 (fre)", "\ufeff2.7.41491.1102"]
)
def test_version_is_found_in_whatever_line(line: str) -> None:
    event = read(AGENT, f"Package\r\n{line}\r\n").only
    assert (event.fields["version"], event.line, event.component, event.state) == ("2.7.41491.1102", 2, "", True)


def test_plugin_is_named_by_its_folder() -> None:
    assert read(PLUGIN, "1.0.110.0").only.component == "Microsoft.Azure.RecoveryServices.VMSnapshot"


@pytest.mark.parametrize("text", ["", "\x00\x00", "no version here", "built 2024-02-29", "1.2", "1.2.3.4.5"])
def test_file_without_a_version_is_reported(text: str) -> None:
    member = read(AGENT, text)
    assert not member.events and len(member.problems) == 1
