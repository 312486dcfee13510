"""Tables in files: read from CSV or a spreadsheet into rows of text, and written back as either.

Our own plain columns; readers of files that exist elsewhere stand in `FORMATS` and give the same rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from services.benefits.domain.import_file import FileUnreadable, Row
from services.benefits.gateways import d02_lt, hospital_xml, hsb_01b, sso_1_10
from services.benefits.usecases import columns
from shared.reading import NotRead, sheets

#: Wages of a month, one row a worker; the month may be said beside the list.
MONTHLY_LIST = (("sso_no", "wage"), ("month", "name", "contribution", "employer_no"))
#: The columns of each kind of file: required first, then those that may be left out.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "offices": (("office", "name", "name_latin", "address", "phone"), ()),
    "employers": (("employer_no", "name", "office"), ("name_latin", "phone")),
    "persons": (
        ("sso_no", "name", "office"),
        (
            "national_no",
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
        ("leave_to", "pregnancy_no", "advance_paid", "remarks", "second_word"),
    ),
    "births": (("sso_no", "birth_on", "registry_no"), ("name", "children")),
    "accounts": (
        ("username", "name", "roles"),
        ("office", "employer_no", "sso_no", "language"),
    ),
    "th_sso_1_10": (
        ("sso_no", "month", "wage"),
        ("employer_no", "branch", "title", "first_name", "last_name", "contribution"),
    ),
    "la_monthly_list": MONTHLY_LIST,
    "mm_monthly_list": MONTHLY_LIST,
    "vn_hospital_xml": (("table", "treatment"), ("number", "from", "to")),
    "vn_d02_lt": (
        ("sso_no", "name", "change", "from", "wage"),
        (
            "to",
            "allowance",
            "supplements",
            "coefficient",
            "born_on",
            "sex",
            "national_no",
            "contract_from",
            "contract_to",
            "employer_no",
        ),
    ),
    # neither the group nor what an employer writes of an illness: whoever looks after files sees none of it
    "vn_01b_hsb": (
        ("sso_no", "name", "from", "to"),
        ("days", "certificate", "account", "holder", "bank", "national_no", "employer_no"),
    ),
}
#: Columns that a file given back has besides its own; a file that is mended and sent again may still have them.
ADDED = ("answer", "reason")


@dataclass(frozen=True, slots=True)
class Format:
    """A file that exists elsewhere: in which country, how it is read into the columns of its kind (as our own tables
    are, where nothing is said), and what its sender says beside it where the file does not (`shared.reading` reads
    that)."""

    country: str
    read: Callable[[bytes, Mapping[str, str]], list[Row]] | None = None
    asks: tuple[str, ...] = ()


FORMATS: dict[str, Format] = {
    "th_sso_1_10": Format("th", sso_1_10.read, ("month", "employer_no")),
    "vn_hospital_xml": Format("vn", hospital_xml.read),
    "vn_d02_lt": Format("vn", d02_lt.read, ("employer_no",)),
    "vn_01b_hsb": Format("vn", hsb_01b.read, ("employer_no",)),
    "la_monthly_list": Format("la", asks=("month", "employer_no")),
    "mm_monthly_list": Format("mm", asks=("month", "employer_no")),
}


def kinds_here(country: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The kinds of files that an institution of a country takes, with their columns."""
    return {kind: cols for kind, cols in COLUMNS.items() if kind not in FORMATS or FORMATS[kind].country == country}


def read_rows(kind: str, data: bytes, said: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of a file: by its own reader (`FORMATS`), else those under the heading of a CSV file or of the first
    sheet of a workbook (`shared.reading.sheets`); titles may stand above the heading. `said` is what the sender said
    beside the file. Raises `FileUnreadable`."""
    if kind not in COLUMNS:
        raise FileUnreadable("unknown_kind")
    own = FORMATS[kind].read if kind in FORMATS else None
    told = said or {}
    try:
        if own is not None:
            return own(data, told)
        lines = list(sheets.read_lines(data))
    except NotRead as wrong:
        raise FileUnreadable(wrong.code, **wrong.params) from None
    required, optional = COLUMNS[kind]
    at = _heading_at(kind, lines, told)
    heading = columns.named(sheets.heading_of(lines[at].cells), told) if lines else []
    missing = [column for column in required if column not in heading]
    unknown = [c for c in heading if c not in required + optional + ADDED and not columns.is_left_out(c)]
    twice = sorted({c for c in heading if c in required + optional and heading.count(c) > 1})
    if twice and kind not in columns.KINDS:  # of those, a person is asked which column is which
        raise FileUnreadable("heading_twice", headings=twice)
    if missing or unknown or len(set(heading)) < len(heading):
        raise FileUnreadable("columns", missing=missing, unknown=[u[:40] or "–" for u in unknown])
    if len(lines) - at - 1 > sheets.MOST_ROWS:
        raise FileUnreadable("too_many_rows", most=sheets.MOST_ROWS)
    beside = {name: told[name] for name in FORMATS[kind].asks if name in told} if kind in FORMATS else {}
    return [_row(heading, line, beside) for line in lines[at + 1 :]]


def _heading_at(kind: str, lines: Sequence[sheets.Line], said: Mapping[str, str]) -> int:
    """Where the heading of a list stands: the first line that names all that is needed, else the one that names most
    by known words."""
    required, optional = COLUMNS[kind]
    names = [sheets.heading_of(line.cells) for line in lines[: sheets.TITLE_ROWS]]
    for place, heading in enumerate(names):
        if set(required) <= set(columns.named(heading, said)):
            return place
    if kind not in columns.KINDS or not names:
        return 0
    return max(range(len(names)), key=lambda n: (len(columns.guessed(names[n], required + optional)), -n))


def heading_and_rows(kind: str, data: bytes, count: int) -> tuple[list[str], list[list[str]]]:
    """The heading of a list as its sender wrote it, and its first rows. Raises `FileUnreadable`."""
    try:
        lines = list(sheets.read_lines(data))
    except NotRead as wrong:
        raise FileUnreadable(wrong.code, **wrong.params) from None
    if not lines:
        raise FileUnreadable("empty")
    at = _heading_at(kind, lines, {})
    return columns.apart(sheets.heading_of(lines[at].cells)), [line.cells for line in lines[at + 1 : at + 1 + count]]


def _row(heading: Sequence[str], line: sheets.Line, beside: Mapping[str, str]) -> Row:
    """A row by column; what was said beside the list counts where the row says nothing."""
    cells = line.cells + [""] * (len(heading) - len(line.cells))
    faults = {heading[place]: code for place, (code, _) in line.faults.items() if place < len(heading)}
    if len(cells) > len(heading):
        faults["row_length"] = "row_length"
    named = {c: v for c, v in zip(heading, cells, strict=False) if not _is_ours(c)}
    named |= {c: v for c, v in beside.items() if not named.get(c)}
    places = {c: f"{get_column_letter(n)}{line.number}" for n, c in enumerate(heading, start=1)}
    return Row(named, line.number, places, {c: f for c, f in faults.items() if not _is_ours(c)})


def _is_ours(column: str) -> bool:
    """A column that says nothing of a row: what we added to a file that was given back, and what was left out."""
    return column in ADDED or columns.is_left_out(column)


def csv_text(heading: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """A CSV file as spreadsheets open it: with a mark for UTF-8, and no cell that could be taken for a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(heading), extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _plain_cell(row.get(name) or "") for name in heading})
    return "\ufeff" + out.getvalue()


def workbook_bytes(heading: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """A workbook with one sheet: a heading, and the rows below it."""
    return sheet_bytes("Tideover", [heading, *([row.get(name) or "" for name in heading] for row in rows)])


def sheet_bytes(name: str, lines: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet whose cells are all text, so that nothing in them is worked out."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name)
    for line in lines:
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
