"""What a workbook says of a sheet beside its cells: formulas, cells that are merged, rows that are hidden, and whether
its rows are in order.

Source: ECMA-376, part 1, 18.3.1 (worksheets).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath

from lxml import etree
from openpyxl.utils import coordinate_to_tuple, range_boundaries

from shared.reading import NotRead

#: Cells below the first of a merged range; a sheet with more of them is not for a list.
MOST_COVERED = 200_000
_PLACE = re.compile(rb"<(?:\w+:)?(?:row|c)\b[^>]*?\sr=[\"']([A-Za-z]*)(\d+)[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER, _HIDDEN = re.compile(rb"\sr=[\"'](\d+)"), re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
#: A formula that came to a text without letters, which a reader that asks for values cannot tell from none at all.
_CAME_TO_NOTHING = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>)"
)
_AT, _TEXT = re.compile(rb"\sr=[\"']([A-Za-z]+\d+)"), re.compile(rb"\st=[\"']str[\"']")
#: A text that stands in its cell and not in the part of it that is for texts: our reader would pass it over.
_BARE_TEXT = re.compile(rb"<(?:\w+:)?c\b[^>]*\st=[\"']inlineStr[\"'][^>]*>\s*<(?:\w+:)?t\b")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\sref=[\"']([A-Za-z0-9:]+)[\"']")


@dataclass(frozen=True, slots=True)
class Parts:
    """What is known of one sheet; `covered` are, by row and column, the cells below the first row of a merged range,
    with the cell (row, column) that holds what they seem to hold; `blank` the cells (row, column) whose formula came to
    a text without letters."""

    has_formulas: bool
    blank: frozenset[tuple[int, int]]
    hidden: frozenset[int]
    covered: Mapping[int, Mapping[int, tuple[int, int]]]
    holders: frozenset[tuple[int, int]]


#: Names of the strict form of workbooks ("Strict Open XML Spreadsheet" in Excel) and those of the common one.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


#: A fill of nothing, as OnlyOffice and others write it; spreadsheets show it as none, and our reader stops at it.
_NO_FILL = re.compile(rb"<((?:\w+:)?)fill\s*(?:/>|>\s*</(?:\w+:)?fill>)")


def common_form(data: bytes) -> bytes:
    """A workbook of the strict form as one of the common form, which differs in names alone, and one whose styles hold
    a fill of nothing with a fill that is none; others as they are."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        strict = "xl/workbook.xml" in names and _STRICT[0][0] in package.read("xl/workbook.xml")
        unfilled = "xl/styles.xml" in names and _NO_FILL.search(package.read("xl/styles.xml")) is not None
        if not strict and not unfilled:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as rewritten:
            for name in names:
                part = package.read(name)
                for from_, to in _STRICT if strict and name.endswith((".xml", ".rels")) else ():
                    part = part.replace(from_, to)
                if name == "xl/styles.xml":
                    part = _NO_FILL.sub(rb"<\1fill><\1patternFill/></\1fill>", part)
                rewritten.writestr(name, part)
        return out.getvalue()


def parts_of(data: bytes, title: str) -> Parts:
    """The parts of the sheet with a title. Raises `NotRead` with `not_a_workbook` where its rows or cells are not in
    order, or texts not where they belong, for a reader that goes down the sheet would lose them."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read(_file_of(package, title))
    _check_order(xml)
    if _BARE_TEXT.search(xml):
        raise NotRead("not_a_workbook")
    covered = _covered(xml)
    holders = frozenset(holder for row in covered.values() for holder in row.values())
    has_formulas = re.search(rb"<(?:\w+:)?f[ >/]", xml) is not None
    return Parts(has_formulas, _blank(xml) if has_formulas else frozenset(), _hidden(xml), covered, holders)


def _blank(xml: bytes) -> frozenset[tuple[int, int]]:
    found = set()
    for told in _CAME_TO_NOTHING.findall(xml):
        if (at := _AT.search(told)) and _TEXT.search(told):
            found.add(coordinate_to_tuple(at[1].decode()))
    return frozenset(found)


def _hidden(xml: bytes) -> frozenset[int]:
    number, found = 0, set()
    for told in _ROW.findall(xml):
        number = int(at[1]) if (at := _NUMBER.search(told)) else number + 1
        if _HIDDEN.search(told):
            found.add(number)
    return frozenset(found)


def _file_of(package: zipfile.ZipFile, title: str) -> str:
    book = etree.fromstring(package.read("xl/workbook.xml"))
    links = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    for sheet in book.iter("{*}sheet"):
        if sheet.get("name") == title:
            (link,) = [value for name, value in sheet.attrib.items() if str(name).endswith("}id")]
            for relation in links.iter("{*}Relationship"):
                if relation.get("Id") == link:
                    target = str(relation.get("Target"))
                    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
    raise NotRead("not_a_workbook")


def _check_order(xml: bytes) -> None:
    row, column = 0, 0
    for letters, number in _PLACE.findall(xml):
        if not letters:
            if int(number) <= row:
                raise NotRead("not_a_workbook")
            row, column = int(number), 0
            continue
        place = 0
        for letter in letters.upper():
            place = place * 26 + letter - 64
        if place <= column:
            raise NotRead("not_a_workbook")
        column = place


def _covered(xml: bytes) -> Mapping[int, Mapping[int, tuple[int, int]]]:
    found: dict[int, dict[int, tuple[int, int]]] = {}
    count = 0
    for ref in _MERGED.findall(xml):
        left, top, right, bottom = range_boundaries(ref.decode())
        if left is None or top is None or right is None or bottom is None:
            continue
        count += (bottom - top) * (right - left + 1)
        if count > MOST_COVERED:
            raise NotRead("workbook_too_large")
        for row in range(top + 1, bottom + 1):
            found.setdefault(row, {}).update(dict.fromkeys(range(left, right + 1), (top, left)))
    return found
