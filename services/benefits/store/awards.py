"""Awards, what payments say has moved, and what was paid too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import tables as t
from services.benefits.domain.award import Award, AwardState, Ceded, Key, OrderState, PaymentFact
from services.benefits.domain.ids import ClaimId, EmployerId, RecoveryId
from services.benefits.domain.overpayment import (
    Objection,
    Overpayment,
    OverpaymentState,
    Recovery,
    RecoveryState,
    Repayment,
    Way,
)
from services.benefits.domain.repaying import Agreed
from services.benefits.domain.set_off import SetOff
from services.benefits.store.decisions import SCHEDULE
from services.benefits.store.rows import Member, Shape, kind, list_of, money
from shared.act import Act
from shared.period import Period


def _days(said: Mapping[str, str]) -> dict[str, date]:
    return {component: date.fromisoformat(day) for component, day in said.items()}


def _iso(days: Mapping[str, date]) -> dict[str, str]:
    return {component: day.isoformat() for component, day in days.items()}


def _advanced(said: Sequence[Sequence[Any]]) -> dict[Key, dict[EmployerId, int]]:
    found: dict[Key, dict[EmployerId, int]] = {}
    for component, no, employer, minor in said:
        found.setdefault(Key(component, no), {})[EmployerId(employer)] = minor
    return found


AWARD = Shape(
    Award,
    t.award,
    state=kind("state", AwardState),
    total=money("total_minor"),
    schedule=SCHEDULE,
    past=kind("past", lambda said: frozenset(Key(*key) for key in said), lambda past: sorted(list(k) for k in past)),
    paid_until=kind("paid_until", _days, _iso),
    withheld=kind(
        "withheld",
        lambda said: {Key(component, no): minor for component, no, minor in said},
        lambda kept: sorted([*key, minor] for key, minor in kept.items()),
    ),
    ceded=kind(
        "ceded",
        lambda said: {Key(component, no): Ceded(minor, RecoveryId(id_)) for component, no, minor, id_ in said},
        lambda ceded: sorted([*key, *kept] for key, kept in ceded.items()),
    ),
    advanced=kind(
        "advanced",
        _advanced,
        lambda advanced: sorted([*key, e, minor] for key, given in advanced.items() for e, minor in given.items()),
    ),
    held=kind(
        "held",
        lambda said: {Key(component, no): minor for component, no, minor in said},
        lambda held: sorted([*key, minor] for key, minor in held.items()),
    ),
)
SET_OFF = Shape(
    SetOff,
    t.set_off,
    period=Member(
        lambda row: Period(row.first_day, row.last_day),
        lambda period: {"first_day": period.first, "last_day": period.last},
    ),
    amount=money("minor"),
)
FACT = Shape(
    PaymentFact,
    t.payment_fact,
    period=Member(
        lambda row: Period(row.first_day, row.last_day),
        lambda period: {"first_day": period.first, "last_day": period.last},
    ),
    amount=money("minor"),
    state=kind("state", OrderState),
)
OVERPAYMENT = Shape(
    Overpayment,
    t.overpayment,
    amount=money("minor"),
    repaid=money("repaid_minor"),
    waived=money("waived_minor"),
    told=money("told_minor"),
    state=kind("state", OverpaymentState),
)
RECOVERY = Shape(
    Recovery,
    t.recovery,
    way=kind("way", Way),
    amount=money("minor"),
    state=kind("state", RecoveryState),
    parts=kind("parts", lambda said: tuple(Agreed.from_json(part) for part in said), list_of),
    reminded=kind(
        "reminded",
        lambda said: tuple(date.fromisoformat(day) for day in said),
        lambda days: [day.isoformat() for day in days],
    ),
)
OBJECTION = Shape(Objection, t.recovery_objection)
REPAYMENT = Shape(Repayment, t.repayment, amount=money("minor"))
r = t.recovery.c


def of_claim(act: Act, id_: ClaimId, *, lock: bool = False) -> Award | None:
    return AWARD.maybe(act, t.award.c.claim_id == id_, lock=lock)


def add(act: Act, award: Award) -> None:
    AWARD.add(act, award)


def save(act: Act, before: Award, after: Award) -> Award:
    AWARD.save(act, before, after)
    return after


def payment_facts(act: Act, id_: ClaimId) -> list[PaymentFact]:
    """What payments say of the orders that go to the person."""
    return [fact for fact in every_payment_fact(act, id_) if fact.employer_id is None]


def every_payment_fact(act: Act, id_: ClaimId) -> list[PaymentFact]:
    """What payments say of all orders of a claim, those to employers who advanced it, too."""
    c = t.payment_fact.c
    return FACT.all(act, FACT.select(c.claim_id == id_).order_by(c.no, c.heard_at))


def put_payment_fact(act: Act, fact: PaymentFact) -> None:
    """The last word of payments on an order takes the place of the one before."""
    values: dict[str, Any] = FACT.columns(fact) | {"heard_at": act.now}
    put = upsert(t.payment_fact).values(**values)
    act.connection.execute(put.on_conflict_do_update(index_elements=["order_id"], set_=values))


# --- paid too much -----------------------------------------------------------------------------


def overpayment(act: Act, id_: ClaimId) -> Overpayment | None:
    return OVERPAYMENT.maybe(act, t.overpayment.c.claim_id == id_)


def the_overpayment(act: Act, id_: ClaimId) -> Overpayment:
    """What was paid too much on a claim. Raises `NotHere`."""
    return OVERPAYMENT.one(act, t.overpayment.c.claim_id == id_)


def put_overpayment(act: Act, before: Overpayment | None, after: Overpayment) -> None:
    if before is None:
        OVERPAYMENT.add(act, after)
    else:
        OVERPAYMENT.save(act, before, after)


def recovery(act: Act, id_: str, *, lock: bool = False) -> Recovery:
    """A recovery. Raises `NotHere`."""
    return RECOVERY.one(act, r.id == id_, lock=lock)


def recoveries(act: Act, id_: ClaimId) -> list[Recovery]:
    return RECOVERY.all(act, RECOVERY.select(r.claim_id == id_).order_by(r.proposed_at))


def open_recovery(act: Act, id_: ClaimId) -> Recovery | None:
    """The proposal on an overpayment that waits for a second person."""
    return RECOVERY.maybe(act, r.claim_id == id_, r.state == RecoveryState.PROPOSED)


def active_recovery(act: Act, id_: ClaimId) -> Recovery | None:
    """The repayment or set-off that runs."""
    final = r.state == RecoveryState.FINAL
    return RECOVERY.maybe(act, r.claim_id == id_, final, r.way != Way.WAIVE, r.ended_on.is_(None))


def add_recovery(act: Act, recovery: Recovery) -> None:
    RECOVERY.add(act, recovery, proposed_at=act.now)


def save_recovery(act: Act, before: Recovery, after: Recovery) -> Recovery:
    RECOVERY.save(act, before, after)
    return after


def drop_proposal(act: Act, id_: ClaimId) -> None:
    """A proposal on an amount that is no longer true goes back by itself."""
    there = update(t.recovery).where(r.claim_id == id_, r.state == RecoveryState.PROPOSED)
    act.connection.execute(there.values(state=RecoveryState.RETURNED, returned_reason="recalculated"))


def waived_minor(act: Act, id_: ClaimId) -> int:
    """Minor units that two people have let go."""
    found = select(func.coalesce(func.sum(r.minor), 0)).where(
        r.claim_id == id_, r.state == RecoveryState.FINAL, r.way == Way.WAIVE
    )
    return int(act.connection.scalar(found) or 0)


def repayments(act: Act, id_: ClaimId) -> list[Repayment]:
    c, back = t.repayment.c, t.repayment_back
    query = select(t.repayment, back.c.taken_back_on).outerjoin(back, back.c.repayment_id == c.id)
    return REPAYMENT.all(act, query.where(c.claim_id == id_).order_by(c.received_on, c.heard_at))


def add_repayment(act: Act, id_: str, repayment: Repayment) -> None:
    said: dict[str, Any] = REPAYMENT.columns(repayment)
    del said["taken_back_on"]
    act.connection.execute(insert(t.repayment).values(id=id_, heard_at=act.now, **said))


def take_back_repayment(act: Act, id_: str, claim_id: ClaimId, on: date) -> None:
    back = upsert(t.repayment_back).values(repayment_id=id_, claim_id=claim_id, taken_back_on=on, heard_at=act.now)
    act.connection.execute(back.on_conflict_do_nothing())


def repaid_minor(act: Act, id_: ClaimId) -> int:
    """Minor units that came back from the person and stand on her claim."""
    stand = (part for part in repayments(act, id_) if part.taken_back_on is None)
    return sum(part.amount.minor for part in stand if part.employer_id is None)


def given_back(act: Act, id_: ClaimId) -> dict[EmployerId, int]:
    """Minor units that employers gave back of what was too much of their advances on a claim."""
    found: dict[EmployerId, int] = {}
    for part in repayments(act, id_):
        if part.employer_id is not None and part.taken_back_on is None:
            found[part.employer_id] = found.get(part.employer_id, 0) + part.amount.minor
    return found


# --- set off against another claim ------------------------------------------------------------


def drawing_on(act: Act, id_: ClaimId) -> list[Recovery]:
    """The recoveries of other claims that draw, or once drew, on the award of this one, the oldest first."""
    return RECOVERY.all(
        act, RECOVERY.select(r.from_claim_id == id_, r.state == RecoveryState.FINAL).order_by(r.proposed_at)
    )


def drawn_on_now(act: Act, id_: ClaimId) -> Recovery | None:
    """The recovery, also a proposed one, that draws on the award of this claim."""
    return RECOVERY.maybe(act, r.from_claim_id == id_, r.state != RecoveryState.RETURNED, r.ended_on.is_(None))


def set_offs(act: Act, *, to: ClaimId | None = None, from_: ClaimId | None = None) -> list[SetOff]:
    """What counts as set off for a claim, or from one."""
    c = t.set_off.c
    where = [column == id_ for column, id_ in ((c.claim_id, to), (c.from_claim_id, from_)) if id_ is not None]
    return SET_OFF.all(act, SET_OFF.select(*where, c.undone_on.is_(None)).order_by(c.counted_at, c.id))


def add_set_off(act: Act, one: SetOff) -> None:
    SET_OFF.add(act, one, counted_at=act.now)


def undo_set_off(act: Act, one: SetOff) -> None:
    SET_OFF.save(act, one, replace(one, undone_on=act.today))


# --- objections to a recovery ------------------------------------------------------------------


def objections(act: Act, id_: ClaimId) -> list[Objection]:
    c = t.recovery_objection.c
    return OBJECTION.all(act, OBJECTION.select(c.claim_id == id_).order_by(c.lodged_on, c.id))


def objection(act: Act, id_: str, *, lock: bool = False) -> Objection:
    """An objection. Raises `NotHere`."""
    return OBJECTION.one(act, t.recovery_objection.c.id == id_, lock=lock)


def open_objection(act: Act, id_: ClaimId) -> Objection | None:
    """The objection to a recovery of this claim that nobody has decided."""
    c = t.recovery_objection.c
    return OBJECTION.maybe(act, c.claim_id == id_, c.outcome.is_(None))


def add_objection(act: Act, objection: Objection) -> None:
    OBJECTION.add(act, objection)


def save_objection(act: Act, before: Objection, after: Objection) -> Objection:
    OBJECTION.save(act, before, after)
    return after
