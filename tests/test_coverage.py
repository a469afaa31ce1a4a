"""Every row of the documented page is covered by a cause, an error code, a check or a step of a remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from click.testing import CliRunner

from analyzer import resources
from analyzer.cli import main
from analyzer.diagnosis.documented import Cover, checks, cover, covered, remedies, rows
from analyzer.diagnosis.knowledge import knowledge
from analyzer.resources import read_yaml

# rows that nothing but a step of a remedy can cover: `row: <id>` at a step of texts/*.en.yaml
BY_REMEDIES = ("E1.c", "P4", "P2.0", "C2.v")


def lacking(covers: Mapping[str, Cover]) -> list[str]:
    return [row for row, found in covers.items() if not found]


def without(causes: Iterable[str] = (), symptoms: Iterable[str] = (), checked: Iterable[str] = ()) -> Mapping[str, Cover]:
    """What covers the rows if the catalogue did not have these, and if remedies covered what they must."""
    known = knowledge()
    return cover(
        [cause for name, cause in known.causes.items() if name not in set(causes)],
        [symptom for name, symptom in known.symptoms.items() if name not in set(symptoms)],
        [check for check in checks() if check not in set(checked)],
        {row: ["x/y"] for row in BY_REMEDIES},
    )


@pytest.mark.parametrize("row", rows())
def test_every_row_of_the_page_is_covered(row: str) -> None:
    assert covered()[row], f"nothing covers {row}: {rows()[row].titles['en']}"


@pytest.mark.parametrize(
    ("removed", "reported"),
    [
        ({}, []),
        ({"causes": ["application-control"]}, ["C4"]),
        ({"causes": ["snapshot-delayed"]}, ["C5", "C5.ii"]),  # a section of parts is covered by all of them or not at all
        ({"symptoms": ["UserErrorCrpReportedUserError"]}, ["E11"]),
        ({"checked": ["S4.9"]}, ["S4.9"]),
        ({"causes": ["com-plus"], "checked": ["S3.3"]}, ["S3.3"]),
    ],
)
def test_a_row_that_loses_its_cover_is_reported(removed: dict[str, Any], reported: list[str]) -> None:
    assert sorted(lacking(without(**removed))) == reported


@pytest.mark.parametrize("row", BY_REMEDIES)
def test_rows_of_remedies_alone_need_a_step(row: str) -> None:
    known = knowledge()
    assert row in lacking(cover(known.causes.values(), known.symptoms.values(), checks(), {}))


def test_whatever_names_a_row_names_one_of_the_page() -> None:
    known = knowledge()
    named = {row for cause in known.causes.values() for row in cause.seed} | {s.seed for s in known.symptoms.values() if s.seed}
    assert sorted((named | set(checks()) | set(remedies())) - set(rows())) == []
    strange = cover([], [], ["S9.9"], {"P9": ["x/y"]})
    assert list(strange)[-2:] == ["S9.9", "P9"]


def test_the_page_is_there_in_full() -> None:
    sections = [row for row in rows().values() if row.codes]
    assert len(sections) == 12
    assert sum(len(row.codes) for row in sections) == 13
    points = [row for row in rows().values() if row.group == "error" and not row.codes]
    assert len(points) == 14  # 10 of E1, E3, E4; two each of E9 and E10
    assert sum(row.group == "step" for row in rows().values()) == 24
    assert [row for row in rows() if row.startswith("C") and "." not in row] == ["C1", "C2", "C3", "C4", "C5"]
    assert [row for row in rows() if row.startswith("P") and "." not in row] == ["P3", "P4", "P1", "P2"]
    assert Counter(row.group for row in rows().values()) == {"step": 24, "error": 26, "cause": 13, "procedure": 7}
    assert len(read_yaml(resources.catalogue("documented.yaml"))) == len(rows()) == 70


def test_sections_of_codes_are_those_of_the_symptoms() -> None:
    known = knowledge().symptoms.values()
    for row in rows().values():
        (symptom, *more) = [symptom for symptom in known if symptom.seed == row.id] or [None]
        assert not more
        assert set(row.codes) <= ({symptom.code, *symptom.aliases} if symptom else set())
    assert {symptom.seed for symptom in known if symptom.seed} == {row.id for row in rows().values() if row.codes}


def test_rows_have_a_place_on_the_page_and_titles() -> None:
    for row in rows().values():
        assert row.anchor and row.group in ("error", "step", "cause", "procedure"), row.id
        assert set(row.titles) == {"en", "zh-CN"} and all(len(title) < 90 for title in row.titles.values()), row.id
        assert set(row.parts) <= set(rows()), row.id
    assert rows()["S1.2"].url.endswith("#step-1-check-azure-vm-health")


def test_the_command_prints_both_tables() -> None:
    shown = CliRunner().invoke(main, ["signatures", "coverage"]).output
    assert "| S4.5 | " in shown and "cause wire-server-blocked; check S4.5; remedy wire-server-blocked/allow |" in shown
    assert "| E8 | " in shown and "code BackUpOperationFailed |" in shown
    assert shown.index("| P2.b |") < shown.index("| cause | os |") < shown.index("| wire-server-blocked | any |")
