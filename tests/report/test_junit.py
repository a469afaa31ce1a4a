"""JUnit XML is well formed whatever a fixture's name or difference holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from analyzer.report.junit import junit

from .sample import HOSTILE


@dataclass
class Case:
    name: str
    failures: list[str] = field(default_factory=list)
    seconds: float | None = None


def test_counts_names_and_failures() -> None:
    text = junit([Case("good", seconds=0.25), Case("bad", ["expected likely\ngot possible"])])
    root = etree.fromstring(text.encode())
    assert root.attrib == {"name": "azure-vm-backup-analyzer", "tests": "2", "failures": "1"}
    assert [case.attrib for case in root.iter("testcase")] == [
        {"classname": "fixtures", "name": "good", "time": "0.250"},
        {"classname": "fixtures", "name": "bad"},
    ]
    assert root.find(".//failure").text == "expected likely\ngot possible"


def test_hostile_text_stays_well_formed_and_secrets_masked() -> None:
    text = junit([Case(HOSTILE, [HOSTILE + "\ud800 password=S3cr3tV4lue", ""])])
    root = etree.fromstring(text.encode())
    assert root.find(".//testcase").get("name").startswith("</script>")
    assert "S3cr3t" not in text
    assert "\x1b" not in text


def test_no_cases_is_valid() -> None:
    assert etree.fromstring(junit([]).encode()).get("tests") == "0"
