"""Tables in files: read from CSV or a spreadsheet into rows of text, and written back as either.

Our own plain columns; readers for formats that exist elsewhere stand beside `COLUMNS` and give the same rows.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

#: The cells of a row by column.
Row = Mapping[str, str]
MOST_ROWS = 20_000
#: Bytes of a workbook once it is unpacked.
LARGEST_WORKBOOK = 100 * 1024 * 1024


class FileUnreadable(ValueError):
    """The file as a whole cannot be taken; `code` says why, `params` where."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


#: The columns of each kind of file: required first, then those that may be left out.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "offices": (("office", "name", "name_latin", "address", "phone"), ()),
    "employers": (("employer_no", "name", "office"), ("name_latin", "phone")),
    "persons": (
        ("sso_no", "name", "office"),
        (
            "name_latin",
            "sex",
            "born_on",
            "phone",
            "language",
            "insured_since",
            "insured_as",
            "employer_no",
            "hired_on",
            "pay",
            "pay_by",
            "bank",
            "account",
            "holder",
            "address",
        ),
    ),
    "contributions": (("sso_no", "from", "to", "wage"), ("paid", "kind", "employer_no")),
    "claims": (
        ("sso_no", "benefit", "received_on", "first_day"),
        (
            "last_day",
            "illness",
            "certificate_no",
            "certificate_from",
            "certificate_to",
            "pay",
            "wage_paid_until",
            "wage_stopped_word",
            "employer_days_used",
            "birth_on",
            "children",
            "pregnancy_months",
            "miscarriage_on",
            "submit",
        ),
    ),
    "maternity_notifications": (
        ("sso_no", "expected_on", "leave_from"),
        ("leave_to", "pregnancy_no", "advance_paid", "remarks"),
    ),
    "accounts": (
        ("username", "name", "roles", "password"),
        ("office", "employer_no", "sso_no", "language", "totp_secret"),
    ),
}
#: Columns that a file given back has besides its own; a file that is mended and sent again may still have them.
ADDED = ("answer", "reason")


def is_workbook(data: bytes) -> bool:
    """Whether a file is a spreadsheet (an Office Open XML package is a zip file)."""
    return data[:4] == b"PK\x03\x04"


def read_rows(kind: str, data: bytes) -> list[dict[str, str]]:
    """The rows of a file with a heading row: CSV (UTF-8 with or without a mark, comma or semicolon) or the first
    sheet of
    a workbook. Raises `FileUnreadable`."""
    if kind not in COLUMNS:
        raise FileUnreadable("unknown_kind")
    lines = _workbook_lines(data) if is_workbook(data) else _csv_lines(data)
    required, optional = COLUMNS[kind]
    heading = [column.strip() for column in next(lines, [])]
    missing = [column for column in required if column not in heading]
    unknown = [column for column in heading if column not in required + optional + ADDED]
    if missing or unknown or len(set(heading)) < len(heading):
        raise FileUnreadable("columns", missing=missing, unknown=[u[:40] for u in unknown])
    rows: list[dict[str, str]] = []
    for line in lines:
        if len(line) != len(heading):
            raise FileUnreadable("row_length", row=len(rows) + 1)
        rows.append({c: v.strip() for c, v in zip(heading, line, strict=True) if c not in ADDED})
        if len(rows) > MOST_ROWS:
            raise FileUnreadable("too_many_rows", most=MOST_ROWS)
    return rows


def _csv_lines(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise FileUnreadable("not_utf8", byte=broken.start) from None
    if "\x00" in text:
        raise FileUnreadable("not_text")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    try:
        yield from (line for line in reader if line)
    except csv.Error:
        raise FileUnreadable("not_csv", row=max(reader.line_num - 1, 1)) from None


def _workbook_lines(data: bytes) -> Iterator[list[str]]:
    """Cells as text: days as 2025-07-14, whole numbers without a point; formulas as what they came to. Rows without
    any cell are passed over."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(part.file_size for part in package.infolist()) > LARGEST_WORKBOOK:
                raise FileUnreadable("workbook_too_large")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        width = 0
        for n, row in enumerate(book.worksheets[0].iter_rows(values_only=True)):
            cells = [_cell_text(value) for value in row]
            if n == 0:
                while cells and not cells[-1]:
                    cells.pop()
                width = len(cells)
            elif not any(cells):
                continue
            extra = cells[width:]
            yield cells[:width] + [""] * (width - len(cells)) + ([] if not any(extra) else extra)
    except FileUnreadable:
        raise
    except Exception:  # the library's faults are many, and none of them is ours: the file is not what it says
        raise FileUnreadable("not_a_workbook") from None


def _cell_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def csv_text(heading: Sequence[str], rows: Sequence[Row]) -> str:
    """A CSV file as spreadsheets open it: with a mark for UTF-8, and no cell that could be taken for a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(heading), extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _plain_cell(row.get(name) or "") for name in heading})
    return "\ufeff" + out.getvalue()


def workbook_bytes(heading: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A workbook with one sheet whose cells are all text, so that nothing in them is worked out."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Tideover")
    for line in (heading, *([row.get(name) or "" for name in heading] for row in rows)):
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
            cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain_cell(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "@", "+", "-", "\t", "\r") else value
