"""What employers say they advanced, and the accounts they are paid back into."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from services.benefits import tables as t
from services.benefits.domain.advance import OPEN, Advance, AdvanceState, EmployerPayee, EmployerPayeeState
from services.benefits.domain.ids import ClaimId, EmployerId, PersonId
from services.benefits.store.rows import Member, Shape, kind, money, of_office
from shared.act import Act
from shared.period import Period

ADVANCE = Shape(
    Advance,
    t.advance,
    amount=money("minor"),
    period=Member(
        lambda row: Period(row.first_day, row.last_day),
        lambda period: {"first_day": period.first, "last_day": period.last},
    ),
    state=kind("state", AdvanceState),
)
PAYEE = Shape(EmployerPayee, t.employer_payee, state=kind("state", EmployerPayeeState))
a, p = t.advance.c, t.employer_payee.c


def of_claim(act: Act, id_: ClaimId) -> list[Advance]:
    """What was advanced on a claim, in the order in which it was said."""
    return ADVANCE.all(act, ADVANCE.select(a.claim_id == id_).order_by(a.stated_at, a.id))


def of_employer(act: Act, id_: EmployerId) -> list[Advance]:
    """What an employer says she advanced, the latest first."""
    return ADVANCE.all(act, ADVANCE.select(a.employer_id == id_).order_by(a.stated_at.desc(), a.id))


def of_person(act: Act, id_: PersonId) -> list[Advance]:
    return ADVANCE.all(act, ADVANCE.select(a.person_id == id_).order_by(a.stated_at, a.id))


def get(act: Act, id_: str, *, lock: bool = False) -> Advance:
    """An advance, whoever asks; the door checks whose claim it is on. Raises `NotHere`."""
    return ADVANCE.one(act, a.id == id_, lock=lock)


def open_here(act: Act, most: int = 200) -> list[Advance]:
    """What waits to be decided in the asker's office, the oldest first."""
    here = select(t.claim.c.id).where(of_office(act, t.claim))
    query = ADVANCE.select(a.state.in_(OPEN), a.claim_id.in_(here))
    return ADVANCE.all(act, query.order_by(a.stated_at, a.id).limit(most))


def add(act: Act, advance: Advance) -> None:
    ADVANCE.add(act, advance, stated_at=act.now)


def save(act: Act, before: Advance, after: Advance) -> Advance:
    ADVANCE.save(act, before, after)
    return after


# --- accounts ----------------------------------------------------------------------------------


def payee(act: Act, id_: EmployerId, state: EmployerPayeeState = EmployerPayeeState.CURRENT) -> EmployerPayee | None:
    """The account of an employer into which she is paid, or the one that waits for a second person."""
    return PAYEE.maybe(act, p.employer_id == id_, p.state == state)


def payees(act: Act, ids: Collection[str]) -> dict[EmployerId, EmployerPayee]:
    """The current accounts of some employers."""
    found = PAYEE.all(act, PAYEE.select(p.employer_id.in_(ids), p.state == EmployerPayeeState.CURRENT))
    return {one.employer_id: one for one in found}


def payee_asked(act: Act, id_: str) -> EmployerPayee:
    """An account of an employer of the asker's office, locked to be decided on. Raises `NotHere`."""
    here = select(t.employer.c.id).where(of_office(act, t.employer))
    return PAYEE.one(act, p.id == id_, p.employer_id.in_(here), lock=True)


def payees_asked(act: Act) -> list[EmployerPayee]:
    """Accounts of employers of the asker's office that wait for a second person."""
    here = select(t.employer.c.id).where(of_office(act, t.employer))
    query = PAYEE.select(p.state == EmployerPayeeState.ASKED, p.employer_id.in_(here))
    return PAYEE.all(act, query.order_by(p.asked_at, p.id))


def add_payee(act: Act, one: EmployerPayee) -> None:
    PAYEE.add(act, one, asked_at=act.now)


def save_payee(act: Act, before: EmployerPayee, after: EmployerPayee) -> EmployerPayee:
    PAYEE.save(act, before, after)
    return after
