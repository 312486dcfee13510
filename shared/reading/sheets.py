"""Sheets: CSV files and workbooks as rows of text, with the row number that the person sees.

What a file says of its own size is not believed, and nothing it holds is worked out: cells are what they show.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from shared.reading import NotRead
from shared.reading.letters import SPREADSHEET_ERROR, one_line
from shared.reading.number_formats import is_day, shown
from shared.reading.sheet_parts import Parts, common_form, parts_of

MOST_ROWS, MOST_COLUMNS, MOST_CELL = 20_000, 200, 5_000
#: Bytes of a workbook once it is unpacked.
LARGEST_WORKBOOK = 40 * 1024 * 1024
MOST_PARTS, MOST_CELLS = 1_000, 600_000
#: Rows of a sheet of any spreadsheet; a file that counts further is not one.
MOST_SHEET_ROWS = 1_048_576
#: A spreadsheet keeps fifteen digits of a number; the rest of a longer one are zeros that nobody typed.
EXACT_DIGITS = 15
DELIMITERS = (",", ";", "\t", "|")
#: The code pages in which tables of these countries come, beside UTF-8 and UTF-16 with their marks.
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp874", "cp1258", "cp1252")
#: Rows that may stand above the heading, such as a title over merged cells.
TITLE_ROWS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: its number there, its cells as text, and what is wrong with single cells (place to code and
    address)."""

    number: int
    cells: list[str]
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(self.cells) and not self.faults


def is_workbook(data: bytes) -> bool:
    """Whether a file is a spreadsheet (an Office Open XML package is a zip file)."""
    return data[:4] == b"PK\x03\x04"


def read_lines(data: bytes, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Iterator[Line]:
    """The rows of a CSV file, or of the first sheet of a workbook (or the one with this name), that are not blank.

    A text is read as UTF-8, or as UTF-16 where it begins so, unless it is known how somebody writes (`ENCODINGS`,
    `DELIMITERS`). Raises `NotRead`: `not_a_table` for other kinds of file, `old_workbook`, `locked_workbook`,
    `not_utf8`, `other_letters`, `not_text`, `not_csv`, `not_a_workbook`, `workbook_too_large`, `too_many_rows`,
    `too_many_columns`, `cell_too_long`.
    """
    taken = 0
    for line in _workbook(data, sheet) if is_workbook(data) else _csv(data, encoding, delimiter):
        if line.is_blank:
            continue
        if len(line.cells) > MOST_COLUMNS:
            raise NotRead("too_many_columns", row=line.number, most=MOST_COLUMNS)
        if any(len(cell) > MOST_CELL for cell in line.cells):
            raise NotRead("cell_too_long", row=line.number, most=MOST_CELL)
        taken += 1
        if taken > MOST_ROWS + TITLE_ROWS:
            raise NotRead("too_many_rows", most=MOST_ROWS)
        yield line


def heading_of(cells: list[str]) -> list[str]:
    """Names of columns, however somebody spaced and wrote them: "SSO No" is sso_no."""
    return [re.sub(r"[\s\-]+", "_", one_line(cell)).casefold() for cell in cells]


# --- CSV ---------------------------------------------------------------------------------------

#: How files begin that are no tables: PDF, pictures, text documents, mails; whatever begins with < is a page or XML,
#: also where its name ends in .xls.
_OTHER_FILES = tuple(b"%pdf \xd0\xcf\x11\xe0 \x89png \xff\xd8\xff gif8 {\\rtf mime-ver <".split(b" "))
#: How old binary files of Excel begin, by themselves or in the container (OLE) that they share with locked workbooks.
_OLD_EXCEL, _CONTAINER = (b"\x09\x08", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00"), b"\xd0\xcf\x11\xe0"
_LOCKED, *_BOOKS = (name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "Book"))


def _text(data: bytes, encoding: str = "") -> str:
    if data.startswith(_CONTAINER) and _LOCKED in data:
        raise NotRead("locked_workbook")
    if data.startswith(_OLD_EXCEL) or (data.startswith(_CONTAINER) and any(name in data for name in _BOOKS)):
        raise NotRead("old_workbook")
    head = data[:64].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if head.lower().startswith(_OTHER_FILES):
        raise NotRead("not_a_table")
    # A mark at the beginning says more surely how a file is written than whoever described it.
    marked = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else ""
    how = marked or encoding or "utf-8"
    try:
        text = data.decode(how)
    except UnicodeDecodeError as broken:
        raise NotRead(
            "not_utf8" if how in ("utf-8", "utf-8-sig", "utf-16") else "other_letters", byte=broken.start
        ) from None
    text = text.rstrip("\x00\x1a")  # how old systems end a file
    if "\x00" in text:
        raise NotRead("not_text")
    return text


def _csv(data: bytes, encoding: str, known: str) -> Iterator[Line]:
    text = _text(data, encoding)
    first, _, rest = text.partition("\n")
    skipped = 0
    if found := re.fullmatch(r"\"?sep=(.)\"?\r?", first.strip(" "), re.I):
        delimiter, text, skipped = found[1], rest, 1
    elif known:
        delimiter = known
    else:
        delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    number = skipped
    try:
        for cells in reader:
            number += 1
            told = [_unguarded(cell.strip()) for cell in cells]
            while told and not told[-1]:
                told.pop()
            yield Line(number, told, _errors(told, number))
    except csv.Error:
        raise NotRead("not_csv", row=number + 1) from None


def _delimiter(text: str) -> str:
    """What parts the cells: the sign that stands equally often in the most of the first lines, outside of quotes."""
    head = re.sub(r'"[^"]*"', "", text[:65_536])
    lines = [line for line in head.splitlines() if line.strip(" ,;\t|")][: 4 * TITLE_ROWS]

    def agreement(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        return max(((lines_, count) for count, lines_ in counts.items()), default=(0, 0))

    return max(DELIMITERS, key=agreement)


def _errors(cells: Sequence[str], number: int) -> dict[int, tuple[str, str]]:
    """The cells in which a spreadsheet said that it lost the value: #N/A, #REF!, Err:502."""
    return {
        place: ("spreadsheet_error", f"{get_column_letter(place + 1)}{number}")
        for place, cell in enumerate(cells)
        if SPREADSHEET_ERROR.fullmatch(cell)
    }


def _unguarded(cell: str) -> str:
    """A cell without what guards it against a spreadsheet: ="0010" keeps zeros, '=1 is not worked out."""
    if found := re.fullmatch(r'="([^"]*)"', cell):
        return found[1].strip()
    return cell[1:] if re.match(r"'[=+\-@\t\r]", cell) else cell


# --- workbooks ---------------------------------------------------------------------------------


def _workbook(data: bytes, name: str) -> Iterator[Line]:
    try:
        _check_size(data)
        data = common_form(data)
        sheet = _sheet(data, name, values=True)
        # What a formula came to is in the file, unless no spreadsheet has ever opened it; that is not an empty cell.
        parts = parts_of(data, str(sheet.title))
        with_formulas = _sheet(data, name, values=False).iter_rows() if parts.has_formulas else None
        places, holding = 0, set[tuple[int, int]]()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            formulas = next(with_formulas) if with_formulas is not None else ()
            places += len(row)
            if places > MOST_CELLS:
                raise NotRead("workbook_too_large")
            if len(row) > MOST_COLUMNS and any(cell.value is not None for cell in row[MOST_COLUMNS:]):
                raise NotRead("too_many_columns", row=number, most=MOST_COLUMNS)
            if number > MOST_SHEET_ROWS:
                raise NotRead("too_many_rows", most=MOST_ROWS)
            yield _line(number, row[:MOST_COLUMNS], formulas, parts, holding)
    except NotRead:
        raise
    except Exception:  # the library's faults are many, and none of them is ours: the file is not what it says
        raise NotRead("not_a_workbook") from None


def sheet_names(data: bytes) -> list[str]:
    """The names of the sheets of a workbook that are seen. Raises `NotRead`: `not_a_workbook`, `workbook_too_large`."""
    try:
        _check_size(data)
        data = common_form(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        return [str(one.title) for one in book.worksheets if one.sheet_state == "visible"]
    except NotRead:
        raise
    except Exception:  # as above
        raise NotRead("not_a_workbook") from None


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_WORKBOOK:
            raise NotRead("workbook_too_large")


def _sheet(data: bytes, name: str, *, values: bool) -> Any:
    """The first sheet that is seen, or the one with a name. Some writers tell a size that is not true; without it every
    cell is read."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)
    sheet = next((s for s in book.worksheets if s.sheet_state == "visible" and name in ("", s.title)), None)
    if sheet is None:
        raise NotRead("not_a_workbook")
    sheet.reset_dimensions()
    return sheet


def _line(number: int, row: Any, formulas: Any, parts: Parts, holding: set[tuple[int, int]]) -> Line:
    """A row of a sheet; `holding` are the cells that hold what the merged cells below them seem to hold."""
    cells: list[str] = []
    faults: dict[int, tuple[str, str]] = {}
    for place, cell in enumerate(row):
        try:
            has_formula = place < len(formulas) and formulas[place].value is not None
            if cell.value is None and has_formula and (number, place + 1) not in parts.blank:
                raise NotRead("formula_not_worked_out")
            cells.append(_shown(cell))
            if cells[-1] and (number, place + 1) in parts.holders:
                holding.add((number, place + 1))
        except NotRead as wrong:
            cells[place:] = [""]
            faults[place] = (wrong.code, f"{get_column_letter(place + 1)}{number}")
    faults |= _errors(cells, number)
    # A row of nothing but merged cells is a blank one, or a place to sign.
    for column, holder in parts.covered.get(number, {}).items() if any(cells) else ():
        if column <= MOST_COLUMNS and holder in holding and not "".join(cells[column - 1 : column]):
            cells += [""] * (column - len(cells))
            faults[column - 1] = ("merged_cells", f"{get_column_letter(column)}{number}")
    while cells and not cells[-1] and len(cells) - 1 not in faults:
        cells.pop()
    if number in parts.hidden:
        # Left out by who hid or filtered it, or forgotten there: only she knows.
        hidden = (place for place, cell in enumerate(cells) if cell and place not in faults)
        faults |= {place: ("hidden_row", f"{get_column_letter(place + 1)}{number}") for place in hidden}
    return Line(number, cells, faults)


def _shown(cell: Any) -> str:
    """A cell as its reader sees it: days as 2025-07-14, numbers with the zeros of their format; an error is none."""
    value = cell.value
    if getattr(cell, "data_type", "") == "e":
        raise NotRead("spreadsheet_error")
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case int() | float():
            if is_day(cell.style_array.numFmtId, cell.number_format or ""):
                day = from_excel(value, cell.parent.parent.epoch)
                return day.date().isoformat() if isinstance(day, datetime) and day.time() == time() else str(day)
            return _number(value, cell.number_format or "")
    # Letters that XML cannot hold are written as their codes: _x000D_ is a line that ended.
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), str(value)).strip()


def _number(value: int | float, shape: str) -> str:
    # Fifteen digits are what a spreadsheet shows: 3.3, although the machine keeps 3.3000000000000003.
    exact = Decimal(format(value, f".{EXACT_DIGITS}g") if isinstance(value, float) else value)
    if abs(exact) >= 10**EXACT_DIGITS:
        raise NotRead("number_too_long")
    if exact != exact.to_integral_value():
        # Three decimals of a number are not thousands, as they could be in a text; a fourth says so.
        text = format(exact.normalize(), "f")
        return text + "0" if len(text.partition(".")[2]) == 3 else text
    whole = int(exact)
    return shown(whole, shape) if whole >= 0 else str(whole)
