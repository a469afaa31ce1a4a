"""Resources as the platform describes them: REST, ARM exports, `az` and PowerShell. One module per resource type.

Each module has `KIND`, `fits(value)` (is this object such a resource?) and `events(thing)`; analyzer/parsers/azure_document.py asks them
in turn. Tools disagree about the case of keys and whether `properties` is flattened, so objects come with keys in lower case, and
`Thing.pick` looks at both places.
"""

from types import ModuleType

from analyzer.parsers.platform import (
    activity,
    disk,
    extension,
    instance_view,
    key_vault,
    lock,
    principal,
    protected_item,
    restore_points,
    role,
    vm,
)

SHAPES: tuple[ModuleType, ...] = (
    lock, restore_points, extension, vm, instance_view, disk, key_vault, role, principal, protected_item, activity,
)  # fmt: skip
