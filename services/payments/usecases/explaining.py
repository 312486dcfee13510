"""A person explains a statement line that nothing explained: what it was is written, with her name and why."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import ledger
from services.payments.domain.order import OrderState
from services.payments.domain.statement import STILL_OPEN, UNEXPLAINED, Match
from services.payments.usecases import repayments
from services.payments.usecases.answers import lock_order, settle
from services.payments.usecases.repayments import ResolutionNotPossible
from services.payments.usecases.statements import came_back, confirm, count_anew, leaves_suspense, money_of
from shared.act import Act
from shared.money import Money

#: Money that was paid too much came back, from the person or from an employer who had advanced it.
PAID_BACK = ("repayment", "employer_repayment")


class LineGone(LookupError):
    """There is no such line, or nothing about it is open."""


def resolve_line(
    act: Act, line_id: str, how: str, note: str, claim_number: str | None = None, amount: Money | None = None
) -> Row[Any]:
    """A person explains a line from suspense; the entry is reversed and written as what it was.

    `settled_as_paid`: an order paid with another amount counts as paid, the difference stays in suspense
    as a claim on the bank. `fee`: it was a fee. `refunded`: the bank took its mistake back (the other line
    stands in suspense too, both stay and sum to zero). `repayment`: the person of `claim_number` paid back what was
    too much (`employer_repayment`: the employer who had advanced it); with an `amount` that is a part of the line, the
    rest stays in suspense. `returned_less_charges`: an order came back, the bank kept the rest. `confirmed`: somebody
    else than who handed the statement in releases what it says of an order. `told_twice`: the bank told one movement
    twice. `noted`: seen, stays in suspense.
    Raises `LineGone`, `ResolutionNotPossible`.
    """
    lines = t.statement_line
    seen = act.connection.execute(select(lines).where(lines.c.id == line_id)).first()
    if seen is None:
        raise LineGone(line_id)
    award_id = repayments.award_of(act, claim_number) if how in PAID_BACK else None
    order = lock_order(act, seen.order_id) if seen.order_id else None
    row = act.connection.execute(select(lines).where(lines.c.id == line_id).with_for_update()).one()
    if row.match not in UNEXPLAINED or row.resolution not in (None, *STILL_OPEN):
        raise LineGone(line_id)
    taken = store.taken_of_line(act.connection, line_id)
    if taken and how not in (*PAID_BACK, "refunded", "noted"):
        raise ResolutionNotPossible("partly_paid_back")
    if how == "settled_as_paid":
        _settle_as_paid(act, row, order)
    elif how == "fee":
        leaves_suspense(act, row)
        fee = ledger.bank_fee(Money(row.amount_minor, row.currency), money_of(row.account))
        store.post_entry(act, fee, cause=f"line:{line_id}:fee", on=act.today, line_id=line_id)
    elif how == "confirmed":
        _release_contested(act, row)
    elif how == "returned_less_charges":
        _return_less_charges(act, row, order)
    elif how == "told_twice":
        leaves_suspense(act, row)
    elif award_id is not None:
        part = amount if amount is not None else Money(row.amount_minor - taken, row.currency)
        repayments.take(act, row, award_id, part, from_employer=how == "employer_repayment")
        how = "repayment" if taken + part.minor == row.amount_minor else "split"
    change = (
        update(lines)
        .where(lines.c.id == line_id)
        .values(resolution=how, resolved_by=act.actor.id, resolved_at=act.now, note=note)
        .returning(lines)
    )
    now = act.connection.execute(change).one()
    if how == "confirmed" and now.match in UNEXPLAINED:
        # Released, and still not explained: it stays in suspense for what it is.
        noted = update(lines).where(lines.c.id == line_id).values(resolution="noted").returning(lines)
        now = act.connection.execute(noted).one()
    if how == "told_twice":
        for statement_id in store.statements_of_line(act.connection, line_id):
            count_anew(act, statement_id)
    return now


def _settle_as_paid(act: Act, row: Row[Any], order: Row[Any] | None) -> None:
    if order is None or row.match != Match.AMOUNT_DIFFERS or OrderState(order.state) not in store.IN_FLIGHT:
        raise ResolutionNotPossible("not_an_order_in_flight")
    settle(act, order, OrderState.SETTLED, on=row.booked_on)
    # The order took its own amount out of clearing against the bank; the line had put the paid amount
    # into suspense against the bank: what remains in suspense is exactly the difference.
    amount = Money(order.amount_minor, order.currency)
    back = ledger.entry("explained", money_of(row.account), ledger.Account.SUSPENSE, amount)
    store.post_entry(act, back, cause=f"line:{row.id}:explained", on=act.today, line_id=row.id)


def _release_contested(act: Act, row: Row[Any]) -> None:
    """A second person says that what was handed in is so."""
    if row.match != Match.CONTESTED:
        raise ResolutionNotPossible("not_contested")
    s = t.statement
    handed_in = act.connection.scalar(select(s.c.imported_by).where(s.c.id == row.statement_id))
    if handed_in == act.actor.id:
        raise ResolutionNotPossible("second_person_needed")
    confirm(act, row.id)


def _return_less_charges(act: Act, row: Row[Any], order: Row[Any] | None) -> None:
    """The officer knows that the bank kept more of a return than it usually does."""
    possible = order is not None and (OrderState(order.state) in store.IN_FLIGHT or order.state == OrderState.SETTLED)
    if order is None or not possible or not 0 < row.amount_minor < order.amount_minor:
        raise ResolutionNotPossible("not_a_return")
    if row.match != Match.AMOUNT_DIFFERS or row.currency != order.currency:
        raise ResolutionNotPossible("not_a_return")
    leaves_suspense(act, row)
    came_back(act, row.id, order, Money(row.amount_minor, row.currency), row.reason, row.booked_on)
