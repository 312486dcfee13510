"""Offices, employers, and money of their advances that came back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select

from services.benefits import tables as t
from services.benefits.domain.claim import AdvanceReturn
from services.benefits.domain.ids import ClaimId, EmployerId, OfficeId, PersonId
from services.benefits.domain.person import Employer, Office
from services.benefits.store.rows import Shape, kind, money
from shared.act import Act

OFFICE = Shape(Office, t.office, address=kind("address", tuple, list))
EMPLOYER = Shape(Employer, t.employer)
RETURN = Shape(AdvanceReturn, t.advance_return, amount=money("minor"))


def office(act: Act, id_: OfficeId) -> Office:
    return OFFICE.one(act, t.office.c.id == id_)


def offices(act: Act) -> list[Office]:
    """All offices, as anybody may know them."""
    return OFFICE.all(act, OFFICE.select().order_by(t.office.c.name_latin))


def known_office(act: Act, id_: str) -> Office | None:
    return OFFICE.maybe(act, t.office.c.id == id_)


def add_office(act: Act, office: Office) -> None:
    OFFICE.add(act, office)


def employer(act: Act, id_: str) -> Employer:
    """An employer. Raises `NotHere`."""
    return EMPLOYER.one(act, t.employer.c.id == id_)


def employers(act: Act, ids: Collection[str]) -> list[Employer]:
    """Employers by their ids."""
    return EMPLOYER.all(act, EMPLOYER.select(t.employer.c.id.in_(ids)))


def employer_with(act: Act, number: str) -> EmployerId | None:
    """The employer with this number."""
    found = EMPLOYER.maybe(act, t.employer.c.number == number)
    return found.id if found is not None else None


def employers_called(act: Act, name: str, most: int) -> list[Employer]:
    """Employers whose name, in either script, holds these words; who is called just so stands alone."""
    c, words = t.employer.c, name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    held = or_(c.name.ilike(f"%{words}%"), c.name_latin.ilike(f"%{words}%"))
    found = EMPLOYER.all(act, EMPLOYER.select(held).order_by(c.number).limit(most))
    just = [one for one in found if name.casefold() in (one.name.casefold(), (one.name_latin or "").casefold())]
    return just or found


def add_employer(act: Act, employer: Employer) -> None:
    EMPLOYER.add(act, employer)


def present_workers(act: Act, id_: EmployerId) -> set[PersonId]:
    """Who works for an employer today."""
    return workers_since(act, id_, act.today)


def workers_since(act: Act, id_: EmployerId, since: date) -> set[PersonId]:
    """Who works for an employer, or did on this day or later."""
    e = t.employment.c
    there = or_(e.last_day.is_(None), e.last_day >= since)
    return {PersonId(p) for p in act.connection.scalars(select(e.person_id).where(e.employer_id == id_, there))}


# --- money that came back ----------------------------------------------------------------------


def returns(act: Act, employer_id: EmployerId, claim_ids: Sequence[ClaimId]) -> list[AdvanceReturn]:
    """What came back of an employer's advances, in the order of days."""
    c = t.advance_return.c
    query = RETURN.select(c.claim_id.in_(claim_ids), c.employer_id == employer_id)
    return RETURN.all(act, query.order_by(c.returned_on, c.at, c.id))


def entry(act: Act, employer_id: EmployerId, id_: str) -> AdvanceReturn:
    """An entry of hers that takes nothing back. Raises `NotHere`."""
    c = t.advance_return.c
    return RETURN.one(act, c.id == id_, c.employer_id == employer_id, c.reverses.is_(None))


def add_return(act: Act, entry: AdvanceReturn) -> None:
    RETURN.add(act, entry)
