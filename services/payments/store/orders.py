"""Orders, their history, and what was paid to a person before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from services.payments import tables as t
from services.payments.domain.check import Past
from services.payments.domain.order import OrderState
from services.payments.store.states import MOVED
from shared.money import Money

o = t.payment_order
r = t.run


def order(connection: Connection, order_id: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(o).where(o.c.id == order_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def order_by_reference(connection: Connection, reference: str) -> Row[Any] | None:
    return connection.execute(select(o).where(o.c.reference == reference)).first()


def order_by_uetr(connection: Connection, uetr: str) -> Row[Any] | None:
    return connection.execute(select(o).where(o.c.uetr == uetr)).first()


def last_channel(connection: Connection, person_id: str) -> str | None:
    """Over which channel this person was last to be paid: a first guess, which the check of the run puts right."""
    query = select(o.c.channel).where(o.c.person_id == person_id).order_by(o.c.id.desc()).limit(1)
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


def held_orders(connection: Connection, reasons_: Sequence[str], person_id: str | None = None) -> Sequence[Row[Any]]:
    query = select(o).where(o.c.state == OrderState.HELD, o.c.reason.in_(reasons_)).order_by(o.c.id)
    if person_id is not None:
        query = query.where(o.c.person_id == person_id)
    return connection.execute(query).all()


def past_of(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Past]:
    """For each (person, component): the last order that was sent, its run, and accounts that failed."""
    if not wanted:
        return {}
    people = sorted({person for person, _ in wanted})
    sent = connection.execute(
        select(o.c.person_id, o.c.component, o.c.amount_minor, o.c.currency, o.c.fingerprint, r.c.number)
        .join(r, r.c.id == o.c.run_id)
        .where(o.c.person_id.in_(people), o.c.state.in_(MOVED))
        .order_by(o.c.sent_on, r.c.sent_at, o.c.id)
    )
    last = {(row.person_id, row.component): row for row in sent}
    failed: dict[str, set[str]] = {}
    refused = (
        select(o.c.person_id, o.c.fingerprint)
        .join(t.reason_code, t.reason_code.c.code == o.c.reason)
        .where(
            o.c.person_id.in_(people),
            o.c.state.in_(("rejected", "returned")),
            o.c.fingerprint.is_not(None),
            t.reason_code.c.holds_successor == "account_refused",
        )
    )
    for row in connection.execute(refused):
        failed.setdefault(row.person_id, set()).add(row.fingerprint)
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
