"""Reading XML that others wrote: element by element, no entities, no network, no document types."""

from __future__ import annotations

import io
from collections.abc import Iterator

from lxml import etree

from shared.reading.xml import find, find_all, local, value

__all__ = ["FileUnreadable", "elements", "find", "find_all", "local", "value"]

#: A statement of half a million lines has some 300 MB; what people upload is bounded by the door.
LARGEST_FILE = 512 * 1024 * 1024


class FileUnreadable(ValueError):
    """The file as a whole cannot be read; the message says why, and quotes nothing of it."""


def elements(file: bytes, *names: str) -> Iterator[tuple[str, etree._Element]]:
    """(local name, element) of the elements named, each freed after use. Raises `FileUnreadable`."""
    if len(file) > LARGEST_FILE:
        raise FileUnreadable("larger than 512 MB")
    # Blanks around a mark in front, and the zeros with which old systems fill their blocks, are no part of it.
    file = file.strip(b" \t\r\n").removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not file.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        file = file.rstrip(b"\0\x1a \t\r\n")
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
            # A comment inside a text would end it: 1<!-- -->00 is one hundred.
            remove_comments=True,
            remove_pis=True,
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
