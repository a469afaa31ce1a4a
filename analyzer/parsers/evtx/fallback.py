"""python-evtx for single records that the Rust reader refuses: their nodes as the same tree that the Rust reader's JSON gives.

Values are read from the typed nodes, not from python-evtx's XML: that writes arrays as escaped text, binary as base64 and rounds
times through a float.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from Evtx import Nodes
from Evtx.Evtx import ChunkHeader, Record

from analyzer.parsers.evtx.structure import RECORDS, Place, record_at

Tree = Any  # a scalar, a list of scalars, or a tuple of (name, Tree)

_DEPTH = 40  # elements inside elements; real ones have six
_EPOCH = datetime(1601, 1, 1)


def read(chunk: bytes | bytearray, place: Place) -> Tree | None:
    """The record at `place` as a tree `(("Event", …),)`, or None if it cannot be read."""
    if record_at(chunk, place.offset) is None:
        return None
    try:
        holder = _holder(chunk)
        return (_root(Record(holder._buf, place.offset, holder).root(), 0),)
    except Exception:  # whatever damaged bytes make of it: the caller reports the record as lost
        return None


class _Lazy(dict[int, Any]):
    """Names or templates of a chunk by offset, read when first asked for."""

    def __init__(self, load: Callable[[int], Any]) -> None:
        super().__init__()
        self._load = load

    def __missing__(self, offset: int) -> Any:
        self[offset] = found = self._load(offset)
        return found


def _holder(chunk: bytes | bytearray) -> Any:
    """The chunk as python-evtx wants it, without its tables of names and templates: a damaged one would send it round in circles."""
    data = bytes(chunk[:128]) + bytes(RECORDS - 128) + bytes(chunk[RECORDS:])
    holder = ChunkHeader(data, 0)
    holder._strings = _Lazy(lambda offset: Nodes.NameStringNode(data, offset, holder, holder))
    holder._templates = _Lazy(lambda offset: Nodes.TemplateNode(data, offset, holder, holder))
    return holder


def filetime(value: int) -> str:
    """A FILETIME (100 ns since 1601) as ISO UTC, with the digits that the Rust reader gives."""
    try:
        return (_EPOCH + timedelta(microseconds=value // 10)).isoformat(timespec="microseconds") + "Z"
    except OverflowError:
        return ""


def _root(root: Any, depth: int) -> tuple[str, Tree]:
    substitutions = list(root.substitutions())
    for node in root.template().children():
        if isinstance(node, Nodes.OpenStartElementNode):
            return _element(node, substitutions, depth)
    raise ValueError("no element")


def _element(node: Any, substitutions: list[Any], depth: int) -> tuple[str, Tree]:
    """An element as (name, value): a scalar, or its attributes and children."""
    if depth > _DEPTH:
        raise ValueError("nested too deeply")
    attributes: list[tuple[str, Tree]] = []
    elements: list[tuple[str, Tree]] = []
    texts: list[Tree] = []
    for child in node.children():
        if isinstance(child, Nodes.AttributeNode):
            value = _value(child.attribute_value(), substitutions)
            if value is not None:
                attributes.append((child.attribute_name().string(), value))
        elif isinstance(child, Nodes.OpenStartElementNode):
            elements.append(_element(child, substitutions, depth + 1))
        else:
            inner = _inner(child, substitutions)
            if inner is not None:
                elements.append(_root(inner, depth + 1))
            elif (value := _value(child, substitutions)) is not None:
                texts.append(value)
    return node.tag_name(), _shaped(node.tag_name(), attributes, elements, texts)


def _shaped(name: str, attributes: list[tuple[str, Tree]], elements: list[tuple[str, Tree]], texts: list[Tree]) -> Tree:
    text = texts[0] if len(texts) == 1 else "".join(str(part) for part in texts) if texts else None
    if elements:
        return ((("#attributes", tuple(attributes)),) if attributes else ()) + tuple(_data(elements) if name == "EventData" else elements)
    if attributes and text is not None:
        return (("#attributes", tuple(attributes)), ("#text", text))
    return (("#attributes", tuple(attributes)),) if attributes else text


def _data(elements: list[tuple[str, Tree]]) -> Iterator[tuple[str, Tree]]:
    """The children of EventData as the Rust reader names them: by their Name, those without one together under Data."""
    positional: list[Tree] = []
    for name, value in elements:
        if name != "Data":
            yield name, value
            continue
        parts = dict(value) if isinstance(value, tuple) else {"#text": value}
        text = parts.get("#text", "")
        title = dict(parts.get("#attributes", ())).get("Name")
        for item in text if isinstance(text, list) else [text]:
            if title:
                yield str(title), item
            else:
                positional.append(item if item is not None else "")
    if positional:
        yield "Data", (("#text", positional),)


def _inner(node: Any, substitutions: list[Any]) -> Any:
    """The root of the fragment that a substitution stands for, or None."""
    if isinstance(node, Nodes.NormalSubstitutionNode | Nodes.ConditionalSubstitutionNode):
        value = substitutions[node.index()]
        if isinstance(value, Nodes.BXmlTypeNode):
            return value.root()
    return None


def _value(node: Any, substitutions: list[Any]) -> Tree | None:
    """The text of a node, typed; None if it has none."""
    if isinstance(node, Nodes.NormalSubstitutionNode | Nodes.ConditionalSubstitutionNode):
        return _typed(substitutions[node.index()])
    if isinstance(node, Nodes.ValueNode):
        return _typed(node.children()[0])
    if isinstance(node, Nodes.CDataSectionNode):
        return str(node.cdata())
    if isinstance(node, Nodes.EntityReferenceNode | Nodes.CharacterReferenceNode):
        return str(node.entity_reference())
    return None


def _typed(node: Any) -> Tree | None:
    if isinstance(node, Nodes.NullTypeNode):
        return None
    for kind, convert in _TYPES.items():
        if isinstance(node, kind):
            return convert(node)
    return str(node.string())


def _strings(node: Any) -> list[str]:
    text = node.binary().decode("utf-16-le", "replace")
    return list(text.removesuffix("\0").split("\0")) if text else [""]


def _hexadecimal(node: Any) -> str:
    return hex(int.from_bytes(node.hex(), "little"))


def _filetime(node: Any) -> str:
    return filetime(node.unpack_qword(0))


def _systemtime(node: Any) -> str:
    year, month, _, day, hour, minute, second, milli = struct.unpack("<8H", node.unpack_binary(0, 16))
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}000Z"


_TYPES: Mapping[type, Callable[[Any], Tree]] = {
    Nodes.WstringArrayTypeNode: _strings,
    Nodes.SignedByteTypeNode: lambda node: node.byte(),
    Nodes.UnsignedByteTypeNode: lambda node: node.byte(),
    Nodes.SignedWordTypeNode: lambda node: node.word(),
    Nodes.UnsignedWordTypeNode: lambda node: node.word(),
    Nodes.SignedDwordTypeNode: lambda node: node.dword(),
    Nodes.UnsignedDwordTypeNode: lambda node: node.dword(),
    Nodes.SignedQwordTypeNode: lambda node: node.qword(),
    Nodes.UnsignedQwordTypeNode: lambda node: node.qword(),
    Nodes.SizeTypeNode: lambda node: hex(node.num()),
    Nodes.BooleanTypeNode: lambda node: bool(node.int32()) if node.int32() in (0, 1) else node.int32(),
    Nodes.BinaryTypeNode: lambda node: node.binary().hex().upper(),
    Nodes.GuidTypeNode: lambda node: node.guid().upper(),
    Nodes.Hex32TypeNode: _hexadecimal,
    Nodes.Hex64TypeNode: _hexadecimal,
    Nodes.FiletimeTypeNode: _filetime,
    Nodes.SystemtimeTypeNode: _systemtime,
}
