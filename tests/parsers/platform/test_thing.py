"""ARM ids, instants, and the two places of a property."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.parsers.platform.thing import Resource, Thing, lock_scope, moment, resource, vm_of


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ("/subscriptions/S/resourceGroups/G/providers/N.C/vms/v", ("S", "G", "n.c/vms", "v", "")),
        ("/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/N.C/VMS/v/EXTENSIONS/e", ("S", "G", "n.c/vms/extensions", "e", "v")),
        ("subscriptions/S/resourceGroups/G", ("S", "G", "", "", "")),
        ("/subscriptions/S/providers/N.C/vms/v", ("S", "", "n.c/vms", "v", "")),
        ("/subscriptions/S", ("S", "", "", "", "")),
        ("/subscriptions/S/resourceGroups/G/providers/N.C", ("S", "G", "", "", "")),
        ("/x", ("", "", "", "", "")),
        ("", ("", "", "", "", "")),
        (7, ("", "", "", "", "")),
        (None, ("", "", "", "", "")),
    ],
)
def test_resource(identity: Any, expected: tuple[str, ...]) -> None:
    found = resource(identity)
    assert (found.subscription, found.group, found.type, found.name, found.parent) == expected


def test_resource_keeps_what_it_cannot_read() -> None:
    assert resource("/kv") == Resource("/kv")


@pytest.mark.parametrize(
    ("identity", "vm"),
    [
        ("/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/v", "v"),
        ("/subscriptions/S/resourceGroups/G/providers/microsoft.compute/virtualmachines/v/extensions/e", "v"),
        ("/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/disks/d", ""),
        ("/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachineScaleSets/s/virtualMachines/0", ""),
    ],
)
def test_vm_of(identity: str, vm: str) -> None:
    assert vm_of(identity) == vm


def test_lock_scope_survives_letters_that_grow_in_lower_case() -> None:
    assert lock_scope("/subscriptions/İİİ/providers/microsoft.authorization/locks/x") == "/subscriptions/İİİ"


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00Z", "", None, [], {}, {"value": None}, "soon", 7, "2026-13-01T00:00:00Z"])
def test_no_moment(value: Any) -> None:
    assert moment(value) is None


def test_own_properties_stand_before_nested_ones_and_null_is_none() -> None:
    thing = Thing("a", "/x", {"a": None, "b": 1, "properties": {"a": 2, "b": 3}})
    assert (thing.pick("a"), thing.pick("b"), thing.pick("c")) == ((2, "/x/properties/a"), (1, "/x/b"), (None, "/x"))
    assert [one.pointer for one in Thing("a", "", {"a": [1, {"b": 2}, None]}).each("a")] == ["/a/1"]
