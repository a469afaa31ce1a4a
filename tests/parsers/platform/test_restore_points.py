"""Restore point collections, with and without their restore points."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.parsers.platform.documents import COLLECTION, EXAMPLES, VM, flat, read_value, replaced

POINTS = ("properties", "restorePoints")


def test_collection_and_its_points() -> None:
    collection, first, second = read_value(EXAMPLES["restore_points"])[1]
    assert collection.fields == {
        "vm": "app01", "name": "AzureBackup_app01_4711", "group": "AzureBackupRG_westeurope_1",
        "subscription": "11111111-2222-3333-4444-555555555555", "resource": COLLECTION, "listed": 2, "provisioning": "succeeded", "source": VM,
    }  # fmt: skip
    assert first.fields == {
        "vm": "app01", "name": "rp1", "collection": COLLECTION.lower(), "group": "AzureBackupRG_westeurope_1",
        "resource": f"{COLLECTION}/restorePoints/rp1", "provisioning": "succeeded", "consistency": "ApplicationConsistent",
    }  # fmt: skip
    assert first.stamp is not None and first.stamp.value == datetime(2026, 3, 1, 2, 5, 0, 840151)
    assert (second.pointer, second.raw) == ("/properties/restorePoints/1/properties/timeCreated", "2026-03-02T02:05:00Z")


@pytest.mark.parametrize(("points", "listed"), [(None, None), ([], 0), ("x", None), ([7, None], 0)])
def test_points_that_were_not_asked_for_are_not_none(points: Any, listed: int | None) -> None:
    (collection,) = read_value(replaced(EXAMPLES["restore_points"], POINTS, points))[1]
    assert collection.fields["listed"] == listed


def test_az_shows_them_flat() -> None:
    """`az restore-point collection show --restore-points`."""
    events = read_value(flat(EXAMPLES["restore_points"]))[1]
    assert [event.pointer for event in events] == ["/id", "/restorePoints/0/timeCreated", "/restorePoints/1/timeCreated"]


@pytest.mark.parametrize(
    ("name", "vm"), [("AzureBackup_my_vm_123", "my_vm"), ("azurebackup_app01_1", "app01"), ("mine", ""), ("AzureBackup_app01", "")]
)
def test_the_service_names_a_collection_after_its_vm(name: str, vm: str) -> None:
    identity = COLLECTION.replace("AzureBackup_app01_4711", name)
    (collection,) = read_value({"id": identity, "name": name, "type": "Microsoft.Compute/restorePointCollections"})[1]
    assert collection.fields["vm"] == vm
    (point,) = read_value({"id": f"{identity}/restorePoints/rp1", "name": "rp1", "timeCreated": "2026-03-01T02:05:00Z"})[1]
    assert (point.component, point.fields["vm"], point.fields["collection"]) == ("point", vm, identity.lower())


def test_a_point_without_an_id_is_told_apart_by_collection_and_name() -> None:
    value = replaced(EXAMPLES["restore_points"], POINTS, [{"name": "rp1", "properties": {"timeCreated": "2026-03-01T02:05:00Z"}}])
    assert str(read_value(value)[1][1].fields["resource"]).lower() == f"{COLLECTION}/restorePoints/rp1".lower()
