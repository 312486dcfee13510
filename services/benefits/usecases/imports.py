"""Rows of files that institutions and employers send: each understood and answered, repeatable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError

from services.benefits import store
from services.benefits.domain.account import AccountCannotBe
from services.benefits.domain.claim import Origin
from services.benefits.domain.hospital import HospitalPaper
from services.benefits.domain.ids import OfficeId
from services.benefits.domain.import_file import Row, RowAnswer
from services.benefits.domain.person import Office
from services.benefits.institution import institution
from services.benefits.usecases import (
    cells,
    claims,
    hospital_papers,
    joining_lists,
    leave_lists,
    notices,
    people,
    staff,
    wage_files,
)
from services.benefits.usecases.cells import RowRefused, Taken
from services.benefits.usecases.table_files import COLUMNS
from shared.act import Act
from shared.reading.identifiers import read_identifier

#: Who may bring which kind of file.
ROLES: dict[str, tuple[str, ...]] = {
    "offices": ("administrator",),
    "employers": ("administrator",),
    "persons": ("administrator",),
    "accounts": ("administrator",),
    "contributions": ("administrator", "officer", "supervisor"),
    "claims": ("administrator",),
    "maternity_notifications": ("employer", "administrator"),
    "th_sso_1_10": ("employer", "officer", "supervisor", "administrator"),
    "la_monthly_list": ("employer", "officer", "supervisor", "administrator"),
    "mm_monthly_list": ("employer", "officer", "supervisor", "administrator"),
    # what people are ill with: for who decides, and not for who administers
    "vn_hospital_xml": ("officer", "supervisor"),
    # a birth is told by who decides, not by who administers
    "births": ("officer", "supervisor"),
    "vn_d02_lt": ("employer", "officer", "supervisor", "administrator"),
    "vn_01b_hsb": ("employer", "officer", "supervisor"),
}


def answer_row(act: Act, kind: str, row: Row) -> RowAnswer:
    """Take one row in; what it did is undone where it is refused, and the answer says why and where."""
    savepoint = act.connection.begin_nested()
    column: str | None
    try:
        if wrong := _wrong(act, kind, row):
            savepoint.rollback()
            return _refused(row, wrong)
        taken = _TAKE[kind](act, row)
        savepoint.commit()
        at = row.places.get(taken.column or "")
        return RowAnswer(row.number, taken.outcome, taken.hint, taken.column, id=taken.id, at=at)
    except RowRefused as refused:
        code, column = refused.code, refused.column or None
    except store.NotHere:
        code, column = "unknown_person", None
    except (DataError, IntegrityError):
        code, column = "impossible", None
    except people.DeclaredByAnother:
        code, column = "declared_by_another", None
    except AccountCannotBe as wrong:
        code, column = wrong.code, wrong.field or None
    except people.CannotBe as wrong:
        code, column = wrong.code, _COLUMN_OF.get(wrong.pointer, wrong.pointer)
    except claims.FactsInvalid as invalid:
        code, column = invalid.errors[0]["code"], invalid.errors[0]["pointer"]
        column = _COLUMN_OF.get(column, column)
    savepoint.rollback()
    return RowAnswer(row.number, "refused", code, column, at=row.places.get(column or ""))


def _wrong(act: Act, kind: str, row: Row) -> list[RowRefused]:
    """Everything that is wrong with the cells of a row, as far as its kind tells it before anything is done."""
    unread = [RowRefused(fault, column) for column, fault in row.faults.items()]
    found = _WRONG[kind](act, row) if kind in _WRONG else []
    return unread + [one for one in found if one.column not in row.faults]


def _refused(row: Row, wrong: Sequence[RowRefused]) -> RowAnswer:
    """The answer to a row with one fault or several: the first stands as ever, the others beside it."""
    first, *others = ({"code": w.code, "column": w.column or None, "at": row.places.get(w.column)} for w in wrong)
    return RowAnswer(row.number, "refused", first["code"], first["column"], at=first["at"], more=others)


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


# --- kinds -------------------------------------------------------------------------------------


def _take_office(act: Act, row: Row) -> Taken:
    id_ = OfficeId(cells.needed(row, "office", 64))
    if store.places.known_office(act, id_) is not None:
        return Taken("duplicate", id_)
    address = tuple(part.strip() for part in cells.text(row, "address").split("|") if part.strip())
    names = cells.needed(row, "name"), cells.needed(row, "name_latin")
    store.places.add_office(act, Office(id_, *names, address, cells.text(row, "phone", 40)))
    return Taken("accepted", id_)


def _take_employer(act: Act, row: Row) -> Taken:
    number = cells.needed(row, "employer_no", 40)
    known = store.places.employer_with(act, number)
    if known is not None:
        return Taken("duplicate", known)
    id_ = people.register_employer(
        act,
        office_id=cells.office_id(act, row),
        number=number,
        name=cells.needed(row, "name"),
        name_latin=cells.text(row, "name_latin") or None,
        phone=cells.text(row, "phone", 40) or None,
    )
    return Taken("accepted", id_)


def _take_person(act: Act, row: Row) -> Taken:
    number, employer = cells.needed(row, "sso_no", 60), cells.employer_id(act, row)
    sex = cells.word(row, "sex") or None
    if sex not in (None, "female", "male", "other"):
        raise RowRefused("not_allowed", "sex")
    try:
        id_ = people.register_person(
            act,
            office_id=cells.office_id(act, row),
            name=cells.needed(row, "name"),
            name_latin=cells.text(row, "name_latin") or None,
            sex=sex,
            born_on=cells.day(row, "born_on"),
            phone=cells.text(row, "phone", 40),
            language=cells.word(row, "language") or None,
            identifiers=[
                {"scheme": institution().schemes[kind], "value": value, "verified": True}
                for kind, value in (("insured", number), ("national", cells.text(row, "national_no", 60)))
                if value
            ],
            address=[part.strip() for part in cells.text(row, "address").split("|") if part.strip()],
            insured_as=cells.word(row, "insured_as") or "employee",
            insured_since=cells.day(row, "insured_since"),
        )
    except people.AlreadyKnown as known:
        return Taken("duplicate", known.person_id)
    if employer is not None:
        people.record_employment(
            act, id_, employer, cells.needed_day(row, "hired_on"), pay=cells.text(row, "pay") or None
        )
    pay_by = cells.text(row, "pay_by", 10) or "bank"
    if pay_by not in ("bank", "wallet", "cash"):
        raise RowRefused("not_allowed", "pay_by")
    if cells.text(row, "account", 40) or pay_by == "cash":
        people.change_payee(
            act,
            id_,
            kind=pay_by,
            bank="" if pay_by == "cash" else cells.needed(row, "bank", 20),
            number=cells.text(row, "account", 40),
            holder=cells.text(row, "holder") or cells.text(row, "name_latin") or cells.needed(row, "name"),
        )
    return Taken("accepted", id_)


def _take_contributions(act: Act, row: Row) -> Taken:
    person, employer = cells.person_id(act, row), cells.employer_id(act, row)
    first, last = cells.month(row, "from"), cells.month(row, "to")
    if not 0 <= last.index - first.index < 600:
        raise RowRefused("before_start", "to")
    wage = cells.amount(row, "wage")
    if wage is None:
        raise RowRefused("required", "wage")
    paid = cells.yes(row, "paid") is not False
    outcomes = {
        people.record_contribution(
            act,
            person,
            first.plus(n),
            wage,
            paid=paid,
            kind=cells.word(row, "kind") or "compulsory",
            employer_id=employer,
        )
        for n in range(last.index - first.index + 1)
    }
    return Taken(next((o for o in ("corrected", "accepted") if o in outcomes), "duplicate"), person)


def _take_claim(act: Act, row: Row) -> Taken:
    person = cells.person_id(act, row)
    first, last = cells.needed_day(row, "first_day"), cells.day(row, "last_day")
    facts: dict[str, Any] = {"spell": {"first_day": first.isoformat()}}
    if last:
        facts["spell"]["last_day"] = last.isoformat()
    if cells.text(row, "illness"):
        facts["spell"]["illness"] = cells.text(row, "illness")
    if number := cells.read(row, "certificate_no", read_identifier):
        covers = {
            "from": (cells.day(row, "certificate_from") or first).isoformat(),
            "to": (cells.day(row, "certificate_to") or last or first).isoformat(),
        }
        facts["certificates"] = [{"number": number, **covers}]
    work = {
        name: cells.text(row, name) for name in ("pay", "wage_paid_until", "wage_stopped_word") if cells.text(row, name)
    }
    if work:
        facts["employments"] = [work]
    event: dict[str, Any] = {
        name: cells.number(row, name) for name in ("employer_days_used", "children", "pregnancy_months")
    }
    event |= {name: d.isoformat() if (d := cells.day(row, name)) else None for name in ("birth_on", "miscarriage_on")}
    facts["event"] = {name: value for name, value in event.items() if value is not None}
    received = cells.needed_day(row, "received_on")
    known = store.claims.same(act, person, row["benefit"], received, first)
    if known is not None:
        return Taken("duplicate", known)
    id_ = claims.open_claim(
        act, person, benefit=cells.needed(row, "benefit", 60), received_on=received, facts=facts, origin=Origin.IMPORT
    )
    if cells.yes(row, "submit"):
        claims.submit(act, id_, None)
    return Taken("accepted", id_)


def _take_birth(act: Act, row: Row) -> Taken:
    """The civil registry reports a birth: it lies with the mother's claim, opens one, or waits for one."""
    number, born = cells.needed(row, "sso_no", 60), cells.needed_day(row, "birth_on")
    if born > act.today:
        raise RowRefused("in_future", "birth_on")
    registered = cells.needed(row, "registry_no", 60)
    told = HospitalPaper(
        kind="XML9",
        facility="registry",
        link=registered,
        part=1,
        number=registered,
        numbers=((institution().schemes["insured"], number),),
        name=cells.text(row, "name", 200),
        birth_on=born,
        children=cells.number(row, "children"),
        is_named=True,
    )
    return hospital_papers.take(act, told)


def _take_account(act: Act, row: Row) -> Taken:
    """An account is asked for; somebody else confirms it, and its owner chooses password and second factor."""
    username = cells.needed(row, "username", 80)
    known = store.accounts.named(act, username)
    if known is not None:
        return Taken("duplicate", known.id)
    waiting = next((c for c in store.accounts.changes(act) if c.username == username), None)
    if waiting is not None:
        return Taken("duplicate", waiting.account_id)
    asked = staff.propose_account(
        act,
        username=username,
        name=cells.needed(row, "name"),
        roles=cells.needed(row, "roles").split("|"),
        office_id=cells.office_id(act, row) if cells.text(row, "office") else None,
        employer_id=cells.employer_id(act, row),
        person_id=cells.person_id(act, row) if cells.text(row, "sso_no") else None,
        language=cells.text(row, "language", 5) or "en",
    )
    return Taken("accepted", asked.account_id)


_TAKE: dict[str, Callable[[Act, Row], Taken]] = {
    "offices": _take_office,
    "employers": _take_employer,
    "persons": _take_person,
    "contributions": _take_contributions,
    "claims": _take_claim,
    "maternity_notifications": notices.take_notice,
    "births": _take_birth,
    "accounts": _take_account,
    "th_sso_1_10": wage_files.take_wage,
    "la_monthly_list": wage_files.take_wage,
    "mm_monthly_list": wage_files.take_wage,
    "vn_hospital_xml": hospital_papers.take_paper,
    "vn_d02_lt": joining_lists.take_change,
    "vn_01b_hsb": leave_lists.take_claim,
}
#: What can be said of all cells of a row at once.
_WRONG: dict[str, Callable[[Act, Row], list[RowRefused]]] = {
    "maternity_notifications": notices.wrong,
    "la_monthly_list": wage_files.wrong,
    "mm_monthly_list": wage_files.wrong,
    "th_sso_1_10": wage_files.wrong,
}
assert set(_TAKE) == set(COLUMNS) == set(ROLES)  # noqa: S101 - a kind has columns, roles and a reader
