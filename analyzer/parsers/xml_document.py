"""A document as XML, read without trust: no entity is expanded, nothing is loaded, and a damaged document gives what is left of it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from analyzer.parsers.document import Document

_Element = etree._Element  # the class has no public name


def root(document: Document) -> _Element | None:
    """The root element, or None (with a problem) if the text is no XML. Damage that could be passed over is a problem too."""
    text = document.text.replace("\x00", "").strip("\ufeff \t\r\n")
    if not text:
        document.problem("the file is empty", "the whole document")
        return None
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        found = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        document.problem(f"not valid XML (line {error.lineno or 1})", "the whole document")
        return None
    if found is None:
        document.problem("not valid XML (line 1)", "the whole document")
        return None
    if found.getroottree().docinfo.internalDTD is not None:
        document.problem("it declares a document type; what its entities stand for is not looked up", "what they stand for")
    damage = [entry for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR and not entry.type_name.startswith("NS_")]
    if damage:
        document.problem(f"damaged XML at line {damage[0].line}: {damage[0].message}", "elements from there on may be missing")
    return found


def local_name(element: _Element) -> str:
    """The name without namespace or prefix (some writers declare none); '' for what is no element (an entity that was not expanded)."""
    return _local(element.tag) if isinstance(element.tag, str) else ""


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def named(element: _Element, name: str) -> Iterator[_Element]:
    """All descendants `name`, in whatever namespace, in order."""
    return (found for found in element.iter() if local_name(found) == name)


def first(element: _Element, *names: str) -> _Element | None:
    """The first descendant reached by these names, each below the one before."""
    at: _Element | None = element
    for name in names:
        at = next(named(at, name), None) if at is not None else None
    return at


def text_of(element: _Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def attribute(element: _Element | None, name: str) -> str:
    """An attribute by its local name, '' if there is none."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if _local(str(key)) == name), "")


def path_of(element: _Element) -> str:
    """The XPath of an element."""
    return str(element.getroottree().getpath(element))
