"""Reading XML that others wrote: element by element, no entities, no network, no document types."""

from __future__ import annotations

import io
from collections.abc import Iterator

from lxml import etree

#: A statement of half a million lines has some 300 MB; what people upload is bounded by the door.
LARGEST_FILE = 512 * 1024 * 1024


class FileUnreadable(ValueError):
    """The file as a whole cannot be read; the message says why, and quotes nothing of it."""


def elements(file: bytes, *names: str) -> Iterator[tuple[str, etree._Element]]:
    """(local name, element) of the elements named, each freed after use. Raises `FileUnreadable`."""
    if len(file) > LARGEST_FILE:
        raise FileUnreadable("larger than 512 MB")
    file = file.lstrip(b" \t\r\n")
    head = file[:8192].replace(b"\0", b"").upper()  # UTF-16 is read too
    if not head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        raise FileUnreadable("no_statement")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise FileUnreadable("it brings a document type of its own")
    try:
        context = etree.iterparse(
            io.BytesIO(file),
            events=("end",),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for _, element in context:
            name = local(element)
            if name in names:
                yield name, element
                element.clear(keep_tail=False)
                before, parent = element.getprevious(), element.getparent()
                if before is not None and parent is not None and before.tag == element.tag:
                    parent.remove(before)
    except etree.XMLSyntaxError as wrong:
        raise FileUnreadable(f"not well-formed XML, line {wrong.lineno or 0}") from None


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
