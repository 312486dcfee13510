"""Orders, their history, and what was paid to a person before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Text, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.payments import tables as t
from services.payments.domain.check import Past
from services.payments.domain.order import OrderState
from services.payments.store.states import LIVE, MOVED
from shared.money import Money

o = t.payment_order
r = t.run
#: To whom an order goes: the employer who advanced it, or the person whose benefit it is.
payee = func.coalesce(o.c.employer_id, o.c.person_id)


def due(up_to: date) -> tuple[Any, ...]:
    """What holds of planned orders that are due by a day and in no run."""
    return (o.c.standing == LIVE, o.c.state == OrderState.PLANNED, o.c.run_id.is_(None), o.c.due_on <= up_to)


def payee_of(row: Row[Any]) -> str:
    """The id of the employer or the person to whom an order goes."""
    return str(row.employer_id or row.person_id)


def order(connection: Connection, order_id: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(o).where(o.c.id == order_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def order_by_reference(connection: Connection, reference: str) -> Row[Any] | None:
    return connection.execute(select(o).where(o.c.reference == reference)).first()


def order_by_uetr(connection: Connection, uetr: str) -> Row[Any] | None:
    return connection.execute(select(o).where(o.c.uetr == uetr)).first()


def array_of(ids: Collection[str], type_: Any = None) -> Any:
    """Ids as one parameter, however many they are."""
    return bindparam(None, list(ids), type_=ARRAY(type_ or UUID(as_uuid=False)))


def orders_named(connection: Connection, references: Collection[str], uetrs: Collection[str]) -> dict[str, str]:
    """The ids of the orders with these references, and with these UETRs, by either name."""
    found: dict[str, str] = {}
    for column, names, type_ in ((o.c.reference, references, Text()), (o.c.uetr, uetrs, UUID(as_uuid=False))):
        if names:
            rows = connection.execute(select(column, o.c.id).where(column == any_(array_of(names, type_))))
            found |= {row[0]: row.id for row in rows}
    return found


def lock_orders(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Orders by id, locked with their awards and runs: all awards first, then runs, then orders, each by their ids."""
    if not ids:
        return {}
    seen = connection.execute(select(o.c.award_id, o.c.run_id).where(o.c.id == any_(array_of(ids)))).all()
    for table, column, wanted in (
        (t.award_schedule, t.award_schedule.c.award_id, {row.award_id for row in seen}),
        (r, r.c.id, {row.run_id for row in seen if row.run_id}),
    ):
        lock = select(column).where(column == any_(array_of(sorted(wanted)))).order_by(column)
        connection.execute(lock.with_for_update(of=table))
    rows = connection.execute(select(o).where(o.c.id == any_(array_of(ids))).order_by(o.c.id).with_for_update())
    return {row.id: row for row in rows}


def awards_to_plan(connection: Connection, settled: Collection[str]) -> list[str]:
    """The awards of settled orders of which something is still to be paid, or was paid back: only they can need
    another order now. Where an instalment is paid in full, planning its award anew changes nothing."""
    if not settled:
        return []
    n, part, moved = t.award_instalment, t.repayment_part, o.alias()
    own = (n.c.award_id == o.c.award_id, n.c.component == o.c.component, n.c.no == o.c.no)
    same = (moved.c.award_id == o.c.award_id, moved.c.component == o.c.component, moved.c.no == o.c.no)
    paid = select(func.sum(moved.c.amount_minor)).where(*same, moved.c.state.in_(MOVED)).scalar_subquery()
    back = select(part.c.order_id).join(moved, moved.c.id == part.c.order_id).where(*same).exists()
    query = select(o.c.award_id).join(n, and_(*own)).where(o.c.id == any_(array_of(settled)))
    shared = n.c.advanced != {}  # one part may be paid beyond, and another still be missing
    query = query.where(or_(n.c.amount_minor > paid, back, shared))
    return list(connection.scalars(query.distinct().order_by(o.c.award_id)))


def goes_to(payee_id: str) -> Any:
    """The orders that go to a person or an employer, found by the index of either."""
    return or_(o.c.employer_id == payee_id, and_(o.c.person_id == payee_id, o.c.employer_id.is_(None)))


def last_channel(connection: Connection, payee_id: str) -> str | None:
    """Over which channel this payee was last to be paid: a first guess, which the check of the run puts right."""
    query = select(o.c.channel).where(goes_to(payee_id)).order_by(o.c.id.desc()).limit(1)
    return connection.scalar(query)


def moves_of(connection: Connection, order_id: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(t.order_move).where(t.order_move.c.order_id == order_id).order_by(t.order_move.c.version)
    ).all()


def reasons(connection: Connection) -> dict[str, Row[Any]]:
    """All reason codes by code."""
    return {row.code: row for row in connection.execute(select(t.reason_code))}


#: Ends of an order that are told in words of our own.
_OUR_ENDS = ("NRCV", "cancelled_by_bank", "voucher_expired")


def successor_holds(connection: Connection) -> dict[str, str | None]:
    """For each reason of a failure, the hold its successor begins with (none: it may go)."""
    codes = select(t.reason_code.c.code, t.reason_code.c.holds_successor)
    return {
        row.code: row.holds_successor
        for row in connection.execute(
            codes.where(
                or_(
                    t.reason_code.c.source == "iso",
                    t.reason_code.c.code.in_(("NRCV", "cancelled_by_bank", "voucher_expired")),
                )
            )
        )
    }


def held_orders(connection: Connection, reasons_: Sequence[str], payee_id: str | None = None) -> Sequence[Row[Any]]:
    held = (o.c.standing == LIVE, o.c.state == OrderState.HELD, o.c.reason.in_(reasons_))
    query = select(o).where(*held).order_by(o.c.id)
    if payee_id is not None:
        query = query.where(goes_to(payee_id))
    return connection.execute(query).all()


def go_to_any(payees: Collection[str]) -> Any:
    """The orders that go to some persons or employers, found by the indexes of both."""
    some = any_(array_of(payees))
    return or_(o.c.employer_id == some, and_(o.c.person_id == some, o.c.employer_id.is_(None)))


def past_of(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Past]:
    """For each (payee, component): the last order that was sent, its run, and accounts that failed."""
    if not wanted:
        return {}
    people = sorted({person for person, _ in wanted})
    sent = connection.execute(
        select(payee.label("payee"), o.c.component, o.c.amount_minor, o.c.currency, o.c.fingerprint, r.c.number)
        .join(r, r.c.id == o.c.run_id)
        .where(go_to_any(people), o.c.state.in_(MOVED))
        .order_by(o.c.sent_on, r.c.sent_at, o.c.id)
    )
    last = {(row.payee, row.component): row for row in sent}
    failed: dict[str, set[str]] = {}
    refused = (
        select(payee.label("payee"), o.c.fingerprint)
        .join(t.reason_code, t.reason_code.c.code == o.c.reason)
        .where(
            go_to_any(people),
            o.c.state.in_(("rejected", "returned")),
            o.c.fingerprint.is_not(None),
            t.reason_code.c.holds_successor == "account_refused",
        )
    )
    for row in connection.execute(refused):
        failed.setdefault(row.payee, set()).add(row.fingerprint)
    found = {}
    for person, component in wanted:
        before = last.get((person, component))
        found[person, component] = Past(
            last_amount=Money(before.amount_minor, before.currency) if before else None,
            last_run=before.number if before else None,
            last_fingerprint=before.fingerprint if before else None,
            failed_fingerprints=frozenset(failed.get(person, ())),
        )
    return found
