"""Resources as the platform describes them: REST, ARM exports, `az` and PowerShell. One module per resource type.

Each module has `KIND`, `fits(value)` (is this object such a resource?) and `events(thing)`; analyzer/parsers/azure_document.py asks them
in turn. Tools disagree about the case of keys and whether `properties` is flattened, so objects come with keys in lower case, and
`Thing.pick` looks at both places.
"""
