"""Rows of files that institutions and employers send: each understood and answered, repeatable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError

from services.benefits import store
from services.benefits.domain.account import AccountCannotBe
from services.benefits.domain.claim import ClaimState, Origin
from services.benefits.domain.ids import EmployerId, OfficeId, PersonId
from services.benefits.domain.import_file import RowAnswer
from services.benefits.domain.person import Office
from services.benefits.institution import institution
from services.benefits.usecases import claims, people, staff
from services.benefits.usecases.table_files import COLUMNS, Row
from shared.act import Act, sees
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead, days
from shared.reading.amounts import read_amount
from shared.reading.letters import is_zawgyi, one_line, plain_digits
from shared.reading.words import read_yes

#: What became of a row, and the id of what it made or found.
Taken = tuple[str, str | None]


class RowRefused(ValueError):
    """One row cannot be taken; the code says why, the column where."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code, self.column = code, column


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


def answer_row(act: Act, kind: str, row: Row) -> RowAnswer:
    """Take one row in; what it did is undone where it is refused, and the answer says why and where."""
    savepoint = act.connection.begin_nested()
    column: str | None
    try:
        for column, fault in row.faults.items():
            raise RowRefused(fault, column)
        outcome, id_ = _TAKE[kind](act, row)
        savepoint.commit()
        return RowAnswer(row.number, outcome, id=id_)
    except RowRefused as refused:
        code, column = refused.code, refused.column or None
    except store.NotHere:
        code, column = "unknown_person", None
    except (DataError, IntegrityError):
        code, column = "impossible", None
    except AccountCannotBe as wrong:
        code, column = wrong.code, wrong.field or None
    except people.CannotBe as wrong:
        code, column = wrong.code, _COLUMN_OF.get(wrong.pointer, wrong.pointer)
    except claims.FactsInvalid as invalid:
        code, column = invalid.errors[0]["code"], invalid.errors[0]["pointer"]
        column = _COLUMN_OF.get(column, column)
    savepoint.rollback()
    return RowAnswer(row.number, "refused", code, column, at=row.places.get(column or ""))


# --- cells -------------------------------------------------------------------------------------

#: The column of what a use case refused.
_COLUMN_OF = {
    "#/name": "name",
    "#/name/full": "name",
    "#/name/latin": "name_latin",
    "#/name_latin": "name_latin",
    "#/born_on": "born_on",
    "#/phone": "phone",
    "#/address": "address",
    "#/identifiers/0/value": "sso_no",
    "#/identifiers/1/value": "national_no",
    "#/insured_since": "insured_since",
    "#/bank": "bank",
    "#/number": "account",
    "#/holder": "holder",
    "#/month": "from",
    "#/received_on": "received_on",
    "#/first_day": "hired_on",
}


def _read(row: Row, column: str, read: Callable[[str], Any]) -> Any:
    """What a reader makes of a cell; none where it is empty."""
    text = row.get(column, "")
    if not text:
        return None
    try:
        return read(text)
    except NotRead as wrong:
        raise RowRefused(wrong.code, column) from None


def _day(row: Row, column: str) -> date | None:
    day: date | None = _read(row, column, lambda text: days.read_day(text, buddhist=institution().buddhist_years))
    return day


def _needed_day(row: Row, column: str) -> date:
    day = _day(row, column)
    if day is None:
        raise RowRefused("required", column)
    return day


def _month(row: Row, column: str) -> Month:
    month: Month | None = _read(row, column, lambda text: days.read_month(text, buddhist=institution().buddhist_years))
    if month is None:
        raise RowRefused("required", column)
    return month


def _number(row: Row, column: str) -> int | None:
    text = plain_digits(row.get(column, ""))
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise RowRefused("not_a_number", column)
    return int(text)


def _yes(row: Row, column: str) -> bool | None:
    said: bool | None = _read(row, column, read_yes)
    return said


def _text(row: Row, column: str, most: int = 200) -> str:
    text = row.get(column, "")
    if len(text) > most:
        raise RowRefused("too_long", column)
    if any(ord(c) < 32 or c == "\ufffd" for c in text):
        raise RowRefused("broken_text", column)
    if is_zawgyi(text):
        raise RowRefused("zawgyi", column)
    return text


def _word(row: Row, column: str) -> str:
    """A word of a list, however it is capitalised."""
    return one_line(_text(row, column, 40)).casefold()


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
    if act.actor.office is not None and not sees(act.actor.office, office.id):
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
    sex = _word(row, "sex") or None
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
            language=_word(row, "language") or None,
            identifiers=[
                {"scheme": institution().schemes[kind], "value": value, "verified": True}
                for kind, value in (("insured", number), ("national", _text(row, "national_no", 60)))
                if value
            ],
            address=[part.strip() for part in _text(row, "address").split("|") if part.strip()],
            insured_as=_word(row, "insured_as") or "employee",
            insured_since=_day(row, "insured_since"),
        )
    except people.AlreadyKnown as known:
        return "duplicate", known.person_id
    if employer is not None:
        people.record_employment(act, id_, employer, _needed_day(row, "hired_on"), pay=_text(row, "pay") or None)
    pay_by = _text(row, "pay_by", 10) or "bank"
    if pay_by not in ("bank", "wallet", "cash"):
        raise RowRefused("not_allowed", "pay_by")
    if _text(row, "account", 40) or pay_by == "cash":
        people.change_payee(
            act,
            id_,
            kind=pay_by,
            bank="" if pay_by == "cash" else _needed(row, "bank", 20),
            number=_text(row, "account", 40),
            holder=_text(row, "holder") or _text(row, "name_latin") or _needed(row, "name"),
        )
    return "accepted", id_


def _take_contributions(act: Act, row: Row) -> Taken:
    person, employer = _person_id(act, row), _employer_id(act, row)
    first, last = _month(row, "from"), _month(row, "to")
    if not 0 <= last.index - first.index < 600:
        raise RowRefused("before_start", "to")
    wage: Money | None = _read(row, "wage", lambda text: read_amount(text, institution().currency))
    if wage is None:
        raise RowRefused("required", "wage")
    paid = _yes(row, "paid") is not False
    outcomes = {
        people.record_contribution(
            act,
            person,
            first.plus(n),
            wage,
            paid=paid,
            kind=_word(row, "kind") or "compulsory",
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
    if _yes(row, "submit"):
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
        advance_paid=_read(row, "advance_paid", lambda text: read_amount(text, institution().currency)),
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
    advance_paid: Money | None = None,
    remarks: str = "",
    pregnancy_no: int | None = None,
) -> tuple[str, str]:
    """Open a draft for a birth that is expected; the same notification again changes nothing. Answers outcome and
    claim id.

    Raises `RowRefused` when the days cannot be, or when the employer who says so did not employ her when the leave
    begins.
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
        if same and known.state is not ClaimState.WITHDRAWN:
            return "duplicate", known.id
    papers = {
        "expected_on": expected_on.isoformat(),
        "leave_to": leave_to.isoformat() if leave_to else None,
        "advance_paid": advance_paid.decimal() if advance_paid else None,
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
    """An account is asked for; somebody else confirms it, and its owner chooses password and second factor."""
    username = _needed(row, "username", 80)
    known = store.accounts.named(act, username)
    if known is not None:
        return "duplicate", known.id
    waiting = next((c for c in store.accounts.changes(act) if c.username == username), None)
    if waiting is not None:
        return "duplicate", waiting.account_id
    asked = staff.propose_account(
        act,
        username=username,
        name=_needed(row, "name"),
        roles=_needed(row, "roles").split("|"),
        office_id=_office_id(act, row) if _text(row, "office") else None,
        employer_id=_employer_id(act, row),
        person_id=_person_id(act, row) if _text(row, "sso_no") else None,
        language=_text(row, "language", 5) or "en",
    )
    return "accepted", asked.account_id


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
