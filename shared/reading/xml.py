"""XML that others wrote, small enough to be held: no entities, no network, no document types; names without their
namespaces."""

from __future__ import annotations

from lxml import etree

from shared.reading import NotRead


def parse(data: bytes, most: int) -> etree._Element:
    """The root of a document of at most so many bytes. Raises `NotRead`: `too_large` (with `most`), `document_type`,
    `not_xml` (with the line)."""
    if len(data) > most:
        raise NotRead("too_large", most=most)
    data = data.strip()
    # Also where the letters are UTF-16: every other byte is nothing.
    if any(sign in data.replace(b"\0", b"").upper() for sign in (b"<!DOCTYPE", b"<!ENTITY")):
        raise NotRead("document_type")
    try:
        # A comment inside a text would end it: 1<!-- -->00 is one hundred.
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise NotRead("not_xml", row=getattr(wrong, "lineno", 0) or 0) from None


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(element: etree._Element | None, path: str) -> etree._Element | None:
    """The first descendant along a path of local names ("Refs/EndToEndId"), or none."""
    for step in path.split("/"):
        if element is None:
            return None
        element = next((child for child in element if local(child) == step), None)
    return element


def find_all(element: etree._Element | None, path: str) -> list[etree._Element]:
    """All elements at the end of a path of local names."""
    found = [] if element is None else [element]
    for step in path.split("/"):
        found = [child for parent in found for child in parent if local(child) == step]
    return found


def value(element: etree._Element | None, path: str) -> str | None:
    """The trimmed text at the end of a path, or none."""
    at = find(element, path)
    text = (at.text or "").strip() if at is not None else ""
    return text or None
