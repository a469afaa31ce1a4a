"""`C:\\WindowsAzure\\Config\\<deployment>.<deployment>.<instance>.<n>.xml`: which role instance this VM is.

The document is the one whose paths "Expose role configuration settings as an environment variable with XPath" (Azure Cloud Services)
lists: `RoleEnvironment/Deployment/@id`, `RoleEnvironment/CurrentInstance/@id` and `@roleName`. Its settings may hold connection strings
and are not touched. The name of the file says the same, and is all there is for other documents of this folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Event, Value
from analyzer.parsers import verbatim
from analyzer.parsers.document import Document
from analyzer.parsers.handlers import file_name
from analyzer.parsers.xml_document import attribute, first, local_name, path_of, root

_ROOT = "RoleEnvironment"
_NAME = re.compile(r"(?P<deployment>[0-9A-Fa-f-]{32,36})\.[0-9A-Fa-f-]{32,36}\.(?P<instance>.+?)\.(?P<number>\d+)\.xml", re.IGNORECASE)
_CLASSIC = re.compile(r"(?P<role>.+)_IN_\d+")


def parse(document: Document) -> Iterator[Event]:
    """One state event: `role`, `deployment`, `instance`."""
    element = root(document)
    name = _NAME.fullmatch(file_name(document.path))
    if element is None:
        return
    instance = deployment = None
    if local_name(element) == _ROOT:
        instance, deployment = first(element, "CurrentInstance"), first(element, "Deployment")
    elif name is None:
        document.problem(f"the root element is {local_name(element)}, not {_ROOT}", "the role of this VM")
        return
    said = attribute(instance, "id") or (name["instance"] if name else "")
    classic = _CLASSIC.fullmatch(said)
    fields: dict[str, Value] = {
        "role": attribute(instance, "roleName") or (classic["role"] if classic else ""),
        "deployment": attribute(deployment, "id") or (name["deployment"] if name else ""),
        "instance": said,
    }
    shown = "CurrentInstance" if instance is not None else "Deployment" if deployment is not None else local_name(element)
    place = instance if instance is not None else deployment if deployment is not None else element
    text = f"instance {said or 'not named'} of deployment {fields['deployment'] or 'not named'}"
    raw = next(iter(verbatim.start_tags(document.text, shown)), text)
    yield Event(document.kind, document.path, text, pointer=path_of(place), fields=fields, raw=raw, state=True)
