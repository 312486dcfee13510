"""Thailand: form SSO 1-10 part 2, the monthly wages of an employer, as text of 135 bytes a line or as a workbook.

No layout of the institution itself was found. Sources: two published programs that write the text (fields, TIS-620,
totals in the header) and two traces of the workbook (sheet named by the branch, six columns, the title compulsory).
Not yet proved by an upload; whoever has a real file sends it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from services.benefits.domain.import_file import FileUnreadable, Row
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead, national, sheets
from shared.reading.days import BUDDHIST_AHEAD

#: Letters of a line. One letter is one byte in TIS-620, of which windows-874 is the superset.
WIDTH = 135
#: Up to here a person's line says something; behind it stand blanks, which some programs cut off.
SAYS_UNTIL = 108
#: Fields as (first, last), counted from 1 as the layout does.
HEADER = {
    "employer_no": (2, 11),
    "branch": (12, 17),
    "paid_on": (18, 23),
    "period": (24, 27),
    "rate": (73, 76),
    "count": (77, 82),
    "wages": (83, 97),
    "contributions": (98, 111),
    "employee": (112, 123),
    "employer": (124, 135),
}
PERSON = {
    "sso_no": (2, 14),
    "title": (15, 17),
    "first_name": (18, 47),
    "last_name": (48, 82),
    "wage": (83, 96),
    "contribution": (97, 108),
}
#: Columns of the workbook, which names none of them the same way twice.
WORKBOOK = ("sso_no", "title", "first_name", "last_name", "wage", "contribution")
#: Years of two digits are of this century of the Buddhist era: 69 is 2569, which is 2026.
CENTURY = 2500


def read(data: bytes, said: Mapping[str, str]) -> list[Row]:
    """One row for each person. `said` has the month and the employer's number, which the workbook leaves out.

    Amounts are declared: before or after the ceiling, as the employer chose. Raises `FileUnreadable`: also where count,
    wages or contributions of the header are not those of the lines, with both; `NotRead` for what is no table.
    """
    return _workbook(data, said) if sheets.is_workbook(data) else _text(data)


# --- text --------------------------------------------------------------------------------------


def _text(data: bytes) -> list[Row]:
    lines = _lines(data)
    if len(lines) > sheets.MOST_ROWS + 1:
        raise FileUnreadable("too_many_rows", most=sheets.MOST_ROWS)
    number, first = lines[0]
    head = {name: first[start - 1 : end] for name, (start, end) in HEADER.items()}
    for name, value in head.items():
        if not re.fullmatch(r"[0-9]+", value):
            raise FileUnreadable("field_unreadable", row=number, place=_place(HEADER[name]))
    month = _month(head["period"], number)
    _day(head["paid_on"], number)
    beside = {"employer_no": head["employer_no"], "branch": head["branch"], "month": str(month)}
    rows = [_person(line, at, beside) for at, line in lines[1:]]
    wages = contributions = 0
    for row, (at, line) in zip(rows, lines[1:], strict=True):
        for name in ("wage", "contribution"):
            start, end = PERSON[name]
            if not re.fullmatch(r"[0-9]+", line[start - 1 : end]):
                raise FileUnreadable("field_unreadable", row=at, place=_place(PERSON[name]))
        wages += _satang(line, "wage").minor
        contributions += _satang(line, "contribution").minor
        row["wage"], row["contribution"] = (_satang(line, n).decimal() for n in ("wage", "contribution"))
    _agree("count_differs", int(head["count"]), len(rows))
    _agree_money("wages_differ", int(head["wages"]), wages)
    _agree_money("contributions_differ", int(head["employee"]), contributions)
    _agree_money("contributions_differ", int(head["contributions"]), int(head["employee"]) + int(head["employer"]))
    return _once_each(rows)


def _lines(data: bytes) -> list[tuple[int, str]]:
    """The lines with their numbers, in the letters in which the first is as long as the layout says."""
    found: tuple[int, int] | None = None
    for letters in ("utf-8-sig", "cp874"):
        try:
            text = data.decode(letters)
        except UnicodeDecodeError:
            continue
        lines = [(n, line) for n, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip(" \x1a")]
        if not lines:
            raise FileUnreadable("empty")
        wrong = _wrong_length(lines)
        if wrong is None:
            return [(number, line.ljust(WIDTH)) for number, line in lines]
        found = wrong
    if found is None:
        raise FileUnreadable("other_letters")
    raise FileUnreadable("line_length", row=found[0], found=found[1], wanted=WIDTH)


def _wrong_length(lines: list[tuple[int, str]]) -> tuple[int, int] | None:
    """The first line that is not of the layout, and its length."""
    for place, (number, line) in enumerate(lines):
        least = WIDTH if place == 0 else SAYS_UNTIL
        if line[:1] != ("1" if place == 0 else "2"):
            raise FileUnreadable("field_unreadable", row=number, place="1")
        if not least <= len(line) <= WIDTH:
            return number, len(line)
    return None


def _person(line: str, number: int, beside: Mapping[str, str]) -> Row:
    cells = {name: line[start - 1 : end].strip() for name, (start, end) in PERSON.items()} | dict(beside)
    places = {name: f"{number}:{_place(span)}" for name, span in PERSON.items()}
    return Row(cells, number, places, _faults(cells["sso_no"]))


def _place(span: tuple[int, int]) -> str:
    return f"{span[0]}-{span[1]}"


def _satang(line: str, name: str) -> Money:
    start, end = PERSON[name]
    return Money(int(line[start - 1 : end]), "THB")


def _month(text: str, row: int) -> Month:
    """mmyy of the Buddhist era."""
    month, year = int(text[:2]), CENTURY + int(text[2:]) - BUDDHIST_AHEAD
    if not 1 <= month <= 12:
        raise FileUnreadable("field_unreadable", row=row, place=_place(HEADER["period"]))
    return Month(year, month)


def _day(text: str, row: int) -> date:
    """ddmmyy of the Buddhist era."""
    try:
        return date(CENTURY + int(text[4:]) - BUDDHIST_AHEAD, int(text[2:4]), int(text[:2]))
    except ValueError:
        raise FileUnreadable("field_unreadable", row=row, place=_place(HEADER["paid_on"])) from None


def _agree(code: str, said: int | str, found: int | str) -> None:
    if said != found:
        raise FileUnreadable(code, said=str(said), found=str(found))


def _agree_money(code: str, said: int, found: int) -> None:
    _agree(code, Money(said, "THB").decimal(), Money(found, "THB").decimal())


# --- workbook ----------------------------------------------------------------------------------


def _workbook(data: bytes, said: Mapping[str, str]) -> list[Row]:
    names = sheets.sheet_names(data)
    if len(names) != 1:
        raise FileUnreadable("several_sheets")
    if not re.fullmatch(r"[0-9]{6}", names[0]):
        raise FileUnreadable("sheet_not_a_branch", sheet=names[0][:40])
    for name in ("month", "employer_no"):
        if not said.get(name):
            raise FileUnreadable("said_beside", what=name)
    heading, *lines = list(sheets.read_lines(data)) or [sheets.Line(1, [])]
    if len(heading.cells) < len(WORKBOOK) or re.search(r"\d{5}", heading.cells[0]):
        raise FileUnreadable("columns", missing=list(WORKBOOK), unknown=[])
    beside = {"branch": names[0], **{name: said[name] for name in ("month", "employer_no")}}
    return _once_each([_sheet_row(line, beside) for line in lines])


def _sheet_row(line: sheets.Line, beside: Mapping[str, str]) -> Row:
    cells = dict(zip(WORKBOOK, line.cells + [""] * len(WORKBOOK), strict=False)) | dict(beside)
    places = {name: f"{letter}{line.number}" for letter, name in zip("ABCDEF", WORKBOOK, strict=True)}
    faults = {WORKBOOK[place]: code for place, (code, _) in line.faults.items() if place < len(WORKBOOK)}
    # A number cell loses the zeros in front. The length is fixed, so they can be put back; the row says so.
    if re.fullmatch(r"[0-9]{9,12}", cells["sso_no"]):
        cells |= {"sso_no": cells["sso_no"].zfill(13), "zeros_added": "yes"}
    if len(line.cells) > len(WORKBOOK):
        faults["row_length"] = "row_length"
    if not cells["title"]:
        faults.setdefault("title", "required")
    return Row(cells, line.number, places, faults or _faults(cells["sso_no"]))


# --- both --------------------------------------------------------------------------------------


def _faults(number: str) -> dict[str, str]:
    try:
        national.check_digit(number)
    except NotRead as wrong:
        return {"sso_no": wrong.code if number else "required"}
    return {}


def _once_each(rows: list[Row]) -> list[Row]:
    """One line for each number; of two, nobody can say which one is meant."""
    told = Counter(row["sso_no"] for row in rows)
    for row in rows:
        if told[row["sso_no"]] > 1:
            row.faults = {"sso_no": "twice_in_file", **row.faults}
    return rows
