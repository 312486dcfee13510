"""Files that institutions and employers send: read row by row, every row answered, repeatable.

Our own plain columns; readers for formats that exist elsewhere stand beside `COLUMNS` and give the same rows.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy.exc import DataError, IntegrityError

from services.benefits import store
from services.benefits.domain.claim import ImportFile, Origin, RowAnswer, State
from services.benefits.domain.ids import EmployerId, FileId, OfficeId, PersonId
from services.benefits.domain.person import Office
from services.benefits.institution import institution
from services.benefits.usecases import accounts, claims, people
from shared.act import HEAD_OFFICE, Act
from shared.money import Money
from shared.period import Month
from shared.scripts import is_zawgyi

#: The cells of a row by column.
Row = Mapping[str, str]
#: What became of a row, and the id of what it made or found.
Taken = tuple[str, str | None]
MOST_ROWS = 20_000
#: Bytes of a workbook once it is unpacked.
LARGEST_WORKBOOK = 100 * 1024 * 1024


class FileUnreadable(ValueError):
    """The file as a whole cannot be taken; `code` says why, `params` where."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class RowRefused(ValueError):
    """One row cannot be taken; the code says why, the column where."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code, self.column = code, column


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
#: Who may bring which kind of file.
ROLES: dict[str, tuple[str, ...]] = {
    "offices": ("administrator",),
    "employers": ("administrator",),
    "persons": ("administrator",),
    "accounts": ("administrator",),
    "contributions": ("administrator", "officer", "supervisor"),
    "claims": ("administrator",),
    "maternity_notifications": ("employer", "administrator"),
}


def take_file(act: Act, kind: str, name: str, data: bytes) -> ImportFile:
    """Take a file in and answer each row. The same bytes again give the same answer.

    Raises `FileUnreadable`.
    """
    employer = EmployerId(act.actor.employer) if act.actor.employer else None
    digest = hashlib.sha256(f"{kind}\n{employer or ''}\n".encode() + data).hexdigest()
    known = store.places.file_with(act, digest)
    if known is not None:
        return known
    answers = tuple(_answer(act, kind, n, row) for n, row in enumerate(read_rows(kind, data), start=1))
    file = ImportFile(FileId(act.new_id()), digest, kind, name[:200], act.actor.id, act.now, answers, employer)
    store.places.add_file(act, file)
    return file


def is_workbook(data: bytes) -> bool:
    """Whether a file is a spreadsheet (an Office Open XML package is a zip file)."""
    return data[:4] == b"PK\x03\x04"


def read_rows(kind: str, data: bytes) -> list[dict[str, str]]:
    """The rows of a file with a heading row: CSV (UTF-8 with or without a mark, comma or semicolon) or the first sheet of
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


def keep_cells(act: Act, id_: str, kind: str, data: bytes) -> None:
    """Keep what an employer's rows said beside their answers, so that she can have her file back with reasons."""
    file = store.places.file(act, id_, act.actor.employer)
    if any(answer.cells is None for answer in file.answers):
        cells = read_rows(kind, data)
        store.places.save_answers(act, file, [replace(a, cells=cells[a.row - 1]) for a in file.answers])


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


def _answer(act: Act, kind: str, number: int, row: Row) -> RowAnswer:
    savepoint = act.connection.begin_nested()
    try:
        outcome, id_ = _TAKE[kind](act, row)
        savepoint.commit()
        return RowAnswer(number, outcome, id=id_)
    except RowRefused as refused:
        code, column = refused.code, refused.column or None
    except store.NotHere:
        code, column = "unknown_person", None
    except (DataError, IntegrityError):
        code, column = "impossible", None
    except people.PhoneInvalid:
        code, column = "not_a_phone_number", "phone"
    except claims.FactsInvalid as invalid:
        code, column = invalid.errors[0]["code"], invalid.errors[0]["pointer"]
    savepoint.rollback()
    return RowAnswer(number, "refused", code, column)


# --- cells -------------------------------------------------------------------------------------


def _day(row: Row, column: str) -> date | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise RowRefused("not_a_day", column) from None


def _needed_day(row: Row, column: str) -> date:
    day = _day(row, column)
    if day is None:
        raise RowRefused("required", column)
    return day


def _month(row: Row, column: str) -> Month:
    try:
        return Month.parse(row[column])
    except ValueError:
        raise RowRefused("not_a_month", column) from None


def _number(row: Row, column: str) -> int | None:
    text = row.get(column, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise RowRefused("not_a_number", column)
    return int(text)


def _text(row: Row, column: str, most: int = 200) -> str:
    text = row.get(column, "")
    if len(text) > most:
        raise RowRefused("too_long", column)
    if any(ord(c) < 32 or c == "\ufffd" for c in text):
        raise RowRefused("broken_text", column)
    if is_zawgyi(text):
        raise RowRefused("zawgyi", column)
    return text


def _needed(row: Row, column: str, most: int = 200) -> str:
    text = _text(row, column, most)
    if not text:
        raise RowRefused("required", column)
    return text


def _person_id(act: Act, row: Row) -> PersonId:
    """The person with this insured number, if the asker may see her."""
    found = store.persons.with_number(act, _needed(row, "sso_no", 60))
    if found is None:
        raise RowRefused("unknown_person", "sso_no")
    return found


def _employer_id(act: Act, row: Row) -> EmployerId | None:
    number = _text(row, "employer_no", 40)
    found = store.places.employer_with(act, number) if number else None
    if number and found is None:
        raise RowRefused("unknown_employer", "employer_no")
    return found


def _office_id(act: Act, row: Row) -> OfficeId:
    office = store.places.known_office(act, _needed(row, "office", 64))
    if office is None:
        raise RowRefused("unknown_office", "office")
    if act.actor.office not in (None, HEAD_OFFICE, office.id):
        raise RowRefused("other_office", "office")
    return office.id


# --- kinds -------------------------------------------------------------------------------------


def _take_office(act: Act, row: Row) -> Taken:
    id_ = OfficeId(_needed(row, "office", 64))
    if store.places.known_office(act, id_) is not None:
        return "duplicate", id_
    address = tuple(part.strip() for part in _text(row, "address").split("|") if part.strip())
    names = _needed(row, "name"), _needed(row, "name_latin")
    store.places.add_office(act, Office(id_, *names, address, _text(row, "phone", 40)))
    return "accepted", id_


def _take_employer(act: Act, row: Row) -> Taken:
    number = _needed(row, "employer_no", 40)
    known = store.places.employer_with(act, number)
    if known is not None:
        return "duplicate", known
    id_ = people.register_employer(
        act,
        office_id=_office_id(act, row),
        number=number,
        name=_needed(row, "name"),
        name_latin=_text(row, "name_latin") or None,
        phone=_text(row, "phone", 40) or None,
    )
    return "accepted", id_


def _take_person(act: Act, row: Row) -> Taken:
    number, employer = _needed(row, "sso_no", 60), _employer_id(act, row)
    sex = _text(row, "sex") or None
    if sex not in (None, "female", "male", "other"):
        raise RowRefused("not_allowed", "sex")
    try:
        id_ = people.register_person(
            act,
            office_id=_office_id(act, row),
            name=_needed(row, "name"),
            name_latin=_text(row, "name_latin") or None,
            sex=sex,
            born_on=_day(row, "born_on"),
            phone=_text(row, "phone", 40),
            language=_text(row, "language", 5) or "lo",
            identifiers=[{"scheme": f"{institution().country}-sso", "value": number, "verified": True}],
            address=[part.strip() for part in _text(row, "address").split("|") if part.strip()],
            insured_as=_text(row, "insured_as") or "employee",
            insured_since=_day(row, "insured_since"),
            country=institution().country,
        )
    except people.AlreadyKnown as known:
        return "duplicate", known.person_id
    if employer is not None:
        people.record_employment(act, id_, employer, _needed_day(row, "hired_on"), pay=_text(row, "pay") or None)
    if _text(row, "account", 40):
        people.change_payee(
            act,
            id_,
            kind="bank",
            bank=_needed(row, "bank", 20),
            number=_text(row, "account", 40),
            holder=_text(row, "holder") or _text(row, "name_latin") or _needed(row, "name"),
        )
    return "accepted", id_


def _take_contributions(act: Act, row: Row) -> Taken:
    person, employer = _person_id(act, row), _employer_id(act, row)
    first, last = _month(row, "from"), _month(row, "to")
    if not 0 <= last.index - first.index < 600:
        raise RowRefused("before_start", "to")
    try:
        wage = Money.parse(_needed(row, "wage", 24), institution().currency)
    except ValueError:
        raise RowRefused("not_an_amount", "wage") from None
    if wage.minor < 0:
        raise RowRefused("negative", "wage")
    paid = {"": True, "yes": True, "no": False}.get(_text(row, "paid"))
    if paid is None:
        raise RowRefused("not_allowed", "paid")
    outcomes = {
        people.record_contribution(
            act,
            person,
            first.plus(n),
            wage,
            paid=paid,
            kind=_text(row, "kind") or "compulsory",
            employer_id=employer,
        )
        for n in range(last.index - first.index + 1)
    }
    return next((o for o in ("corrected", "accepted") if o in outcomes), "duplicate"), person


def _take_claim(act: Act, row: Row) -> Taken:
    person = _person_id(act, row)
    first, last = _needed_day(row, "first_day"), _day(row, "last_day")
    facts: dict[str, Any] = {"spell": {"first_day": first.isoformat()}}
    if last:
        facts["spell"]["last_day"] = last.isoformat()
    if _text(row, "illness"):
        facts["spell"]["illness"] = _text(row, "illness")
    if _text(row, "certificate_no"):
        covers = {
            "from": (_day(row, "certificate_from") or first).isoformat(),
            "to": (_day(row, "certificate_to") or last or first).isoformat(),
        }
        facts["certificates"] = [{"number": _text(row, "certificate_no"), **covers}]
    work = {name: _text(row, name) for name in ("pay", "wage_paid_until", "wage_stopped_word") if _text(row, name)}
    if work:
        facts["employments"] = [work]
    event: dict[str, Any] = {
        name: _number(row, name) for name in ("employer_days_used", "children", "pregnancy_months")
    }
    event |= {name: d.isoformat() if (d := _day(row, name)) else None for name in ("birth_on", "miscarriage_on")}
    facts["event"] = {name: value for name, value in event.items() if value is not None}
    received = _needed_day(row, "received_on")
    known = store.claims.same(act, person, row["benefit"], received, first)
    if known is not None:
        return "duplicate", known
    id_ = claims.open_claim(
        act, person, benefit=_needed(row, "benefit", 60), received_on=received, facts=facts, origin=Origin.IMPORT
    )
    if _text(row, "submit") == "yes":
        claims.submit(act, id_, None)
    return "accepted", id_


def _take_notification(act: Act, row: Row) -> Taken:
    """An employer says that a worker goes on maternity leave: facts, not results."""
    person = _person_id(act, row)
    expected, leave = _needed_day(row, "expected_on"), _needed_day(row, "leave_from")
    return notify_maternity(
        act,
        person,
        expected_on=expected,
        leave_from=leave,
        leave_to=_day(row, "leave_to"),
        advance_paid=_text(row, "advance_paid", 24),
        remarks=_text(row, "remarks", 500),
        pregnancy_no=_number(row, "pregnancy_no"),
    )


def notify_maternity(
    act: Act,
    person_id: PersonId,
    *,
    expected_on: date,
    leave_from: date,
    leave_to: date | None = None,
    advance_paid: str = "",
    remarks: str = "",
    pregnancy_no: int | None = None,
) -> tuple[str, str]:
    """Open a draft for a birth that is expected; the same notification again changes nothing. Answers outcome and claim id.

    Raises `RowRefused` when the days cannot be, or when the employer who says so did not employ her when the leave begins.
    """
    if not -60 <= (expected_on - leave_from).days <= 300:
        raise RowRefused("leave_far_from_birth", "leave_from")
    if leave_to is not None and leave_to < leave_from:
        raise RowRefused("before_start", "leave_to")
    if act.actor.employer is not None and not any(
        job.employer_id == act.actor.employer and (job.last_day is None or job.last_day >= leave_from)
        for job in store.persons.jobs(act, person_id)
    ):
        raise RowRefused("not_employed_then", "leave_from")
    for known in store.claims.every(act, person_id):
        same = known.benefit == "birth" and known.papers.text("expected_on") == expected_on.isoformat()
        if same and known.state is not State.WITHDRAWN:
            return "duplicate", known.id
    papers = {
        "expected_on": expected_on.isoformat(),
        "leave_to": leave_to.isoformat() if leave_to else None,
        "advance_paid": advance_paid or None,
        "remarks": remarks or None,
        "pregnancy_no": pregnancy_no,
        "notified_on": act.today.isoformat(),
    }
    id_ = claims.open_claim(
        act,
        person_id,
        benefit="birth",
        facts={"spell": {"first_day": leave_from.isoformat()}},
        employer_id=EmployerId(act.actor.employer) if act.actor.employer else None,
        papers={name: value for name, value in papers.items() if value is not None},
        origin=Origin.EMPLOYER,
    )
    return "accepted", id_


def _take_account(act: Act, row: Row) -> Taken:
    username = _needed(row, "username", 80)
    known = store.accounts.named(act, username)
    if known is not None:
        return "duplicate", known.id
    person = _person_id(act, row) if _text(row, "sso_no") else None
    try:
        id_ = accounts.make_account(
            act,
            username=username,
            password=_needed(row, "password"),
            name=_needed(row, "name"),
            roles=_needed(row, "roles").split("|"),
            office_id=_office_id(act, row) if _text(row, "office") else None,
            employer_id=_employer_id(act, row),
            person_id=person,
            language=_text(row, "language", 5) or "en",
            totp_secret=_text(row, "totp_secret", 64) or None,
        )
    except ValueError:
        raise RowRefused("roles_or_second_factor", "roles") from None
    return "accepted", id_


_TAKE: dict[str, Callable[[Act, Row], Taken]] = {
    "offices": _take_office,
    "employers": _take_employer,
    "persons": _take_person,
    "contributions": _take_contributions,
    "claims": _take_claim,
    "maternity_notifications": _take_notification,
    "accounts": _take_account,
}
assert set(_TAKE) == set(COLUMNS) == set(ROLES)  # noqa: S101 - a kind has columns, roles and a reader
