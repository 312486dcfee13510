"""A person's name and particulars go; and the claims of long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.award import OrderState
from services.benefits.domain.claim import OPEN, ClaimState
from services.benefits.domain.erasure import HINDRANCES, Erasure, ErasureState
from services.benefits.domain.export import ExportState
from services.benefits.domain.ids import PersonId
from services.benefits.domain.overpayment import OverpaymentState
from services.benefits.store.rows import Shape, kind, of_office
from shared.act import Act

ERASURE = Shape(Erasure, t.person_erasure, state=kind("state", ErasureState))
c = t.person_erasure.c
#: What is about a claim, each after what points at it; the claim itself is last.
OF_CLAIM = (
    t.intake,
    t.paper_scan,
    t.question,
    t.own_change,
    t.own_start,
    t.told_message,
    t.control_sample,
    t.claim_task_change,
    t.claim_task,
    t.suspension,
    t.annulment,
    t.promised_day,
    t.set_off,
    t.recovery_objection,
    t.repayment_back,
    t.repayment,
    t.recovery,
    t.overpayment,
    t.payment_fact,
    t.award,
    t.appeal,
    t.decision,
    t.letter,
    t.statement,
    t.advance,
    t.hospital_paper,
    t.phone_code,
    t.advance_return,
    t.claim_change,
)
#: What says who somebody is, or how she is reached and paid.
PARTICULARS = (
    t.person_identifier,
    t.payee,
    t.person_change,
    t.person_export,
    t.transfer,
    t.hospital_paper,
    t.paper_scan,
    t.own_change,
    t.own_start,
    t.question,
)
#: Money that has not come to rest.
UNDER_WAY = (OrderState.PLANNED, OrderState.HELD, OrderState.SENT, OrderState.UNKNOWN)


def add(act: Act, erasure: Erasure) -> None:
    ERASURE.add(act, erasure)


def save(act: Act, before: Erasure, after: Erasure) -> Erasure:
    ERASURE.save(act, before, after)
    return after


def get(act: Act, id_: str, *, lock: bool = False) -> Erasure:
    """What was asked for, whoever asks. Raises `NotHere`."""
    return ERASURE.one(act, c.id == id_, lock=lock)


def of_person(act: Act, id_: PersonId) -> list[Erasure]:
    """What was asked for a person, the latest first."""
    return ERASURE.all(act, ERASURE.select(c.person_id == id_).order_by(c.asked_at.desc(), c.id.desc()))


def open_ones(act: Act) -> list[Erasure]:
    """What is asked for in the offices that the asker sees, the oldest first."""
    seen = select(t.person.c.id).where(of_office(act, t.person))
    return ERASURE.all(act, ERASURE.select(c.state == ErasureState.ASKED, c.person_id.in_(seen)).order_by(c.asked_at))


def hindrances(act: Act, id_: PersonId) -> list[str]:
    """Why nothing of hers may go now, as codes; none where it may."""
    hers = select(t.claim.c.id).where(t.claim.c.person_id == id_)
    x, d, n = t.person_export.c, t.decision.c, t.annulment.c
    asked = {
        "claim_open": select(t.claim.c.id).where(t.claim.c.person_id == id_, t.claim.c.state.in_(OPEN)),
        "money_under_way": select(t.claim.c.id).where(t.claim.c.person_id == id_, money_under_way()),
        "recovery_running": select(t.claim.c.id).where(t.claim.c.person_id == id_, money_to_come_back()),
        "appeal_open": select(t.appeal.c.id).where(t.appeal.c.claim_id.in_(hers), t.appeal.c.state != "decided"),
        "appeal_time_running": union_all(
            select(d.id).where(d.claim_id.in_(hers), d.appeal_until >= act.today),
            select(n.id).where(n.claim_id.in_(hers), n.appeal_until >= act.today),
        ),
        "copy_under_way": select(x.id).where(x.person_id == id_, x.state == ExportState.UNDER_WAY),
    }
    row = act.connection.execute(select(*(asked[code].exists().label(code) for code in HINDRANCES))).one()
    return [code for code in HINDRANCES if row._mapping[code]]


def money_under_way() -> ColumnElement[bool]:
    """Whether something of a claim's award is still to be paid, or may be on its way."""
    a, f = t.award.c, t.payment_fact.c
    # An annulled decision leaves an award by which nothing is paid, and its claim is never closed as paid.
    pays = (a.state == "running", a.total_minor != 0, t.claim.c.state == ClaimState.DECIDED)
    runs = select(a.id).where(a.claim_id == t.claim.c.id, *pays)
    return or_(runs.exists(), select(f.order_id).where(f.claim_id == t.claim.c.id, f.state.in_(UNDER_WAY)).exists())


def money_to_come_back() -> ColumnElement[bool]:
    """Whether something of a claim was paid too much and is not settled, or is objected to."""
    o, b = t.overpayment.c, t.recovery_objection.c
    ended = (OverpaymentState.SETTLED, OverpaymentState.WAIVED)
    return or_(
        select(o.id).where(o.claim_id == t.claim.c.id, o.state.not_in(ended)).exists(),
        select(b.id).where(b.claim_id == t.claim.c.id, b.outcome.is_(None)).exists(),
    )


def never_decided(act: Act, id_: PersonId) -> list[str]:
    """Her claims that ended without a decision: nobody can contest them, nothing was paid."""
    d = t.decision.c
    query = select(t.claim.c.id).where(
        t.claim.c.person_id == id_,
        t.claim.c.state.not_in(OPEN),
        ~select(d.id).where(d.claim_id == t.claim.c.id).exists(),
    )
    return list(act.connection.scalars(query))


def remove_claims(act: Act, ids: Sequence[str]) -> None:
    """Some claims go with all that is about them; only within `shared.retention.allow`."""
    for table in OF_CLAIM:
        act.connection.execute(delete(table).where(table.c.claim_id.in_(ids)))
    act.connection.execute(delete(t.claim).where(t.claim.c.id.in_(ids)))


def remove_particulars(act: Act, id_: PersonId) -> None:
    """Her numbers, accounts, the corrections of her and copies of it all go; within `shared.retention.allow`."""
    for table in PARTICULARS:
        act.connection.execute(delete(table).where(table.c.person_id == id_))
    # What she said by phone for a claim goes with the claim; a code that asked about her number holds the number.
    code = t.phone_code.c
    act.connection.execute(delete(t.phone_code).where(code.person_id == id_, code.claim_id.is_(None)))


def over_before(until: date) -> tuple[ColumnElement[bool], ColumnElement[date]]:
    """Whether a claim was over before a day with nothing open of it, and its last day."""
    k, d, f, s, n = t.claim.c, t.decision.c, t.payment_fact.c, t.set_off.c, t.annulment.c
    draws = select(t.recovery.c.id).where(t.recovery.c.from_claim_id == k.id)
    brings = select(s.id).where(s.from_claim_id == k.id)
    contested = select(t.appeal.c.id).where(t.appeal.c.claim_id == k.id, t.appeal.c.state != "decided")
    last = func.greatest(
        k.received_on,
        select(func.max(t.claim_change.c.on)).where(t.claim_change.c.claim_id == k.id).scalar_subquery(),
        select(func.max(d.appeal_until)).where(d.claim_id == k.id).scalar_subquery(),
        select(func.max(n.appeal_until)).where(n.claim_id == k.id).scalar_subquery(),
        select(func.max(f.on_day)).where(f.claim_id == k.id).scalar_subquery(),
        select(func.max(s.counted_on)).where(s.claim_id == k.id).scalar_subquery(),
    )
    over = (
        (k.received_on < until)
        & k.state.not_in(OPEN)
        & ~money_under_way()
        & ~money_to_come_back()
        & ~contested.exists()
        # Another claim rests on it: that one goes first.
        & ~draws.exists()
        & ~brings.exists()
        & (last < until)
    )
    return over, last
