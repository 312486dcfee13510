"""What the bank answers, in whatever order, once or often, now or days later."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import run as rules
from services.payments.domain.order import MoveNotAllowed, OrderState, answered, from_bank_status
from services.payments.domain.plan import CANCELLED_BY_BANK
from services.payments.domain.run import RunState
from services.payments.gateways.bank import BankStatus
from services.payments.usecases.awards import replan
from services.payments.usecases.moves import move_order, move_orders
from shared.act import Act
from shared.logs import log

#: Moves after which something may have to be paid anew, or a difference that waited may go.
_REPLAN = (OrderState.SETTLED, OrderState.REJECTED, OrderState.RETURNED, OrderState.CANCELLED)


def lock_order(act: Act, order_id: str) -> Row[Any] | None:
    """An order with its award and run locked before it, as everywhere."""
    seen = store.order(act.connection, order_id)
    if seen is None:
        return None
    store.lock_award(act.connection, seen.award_id)
    if seen.run_id is not None:
        store.lock_runs(act.connection, [seen.run_id])
    return store.order(act.connection, order_id, lock=True)


def run_follows(act: Act, run_id: str | None) -> None:
    """A sent run is part settled or closed as its orders are; the caller holds its lock."""
    row = store.run(act.connection, run_id) if run_id else None
    if row is None:
        return
    current = RunState(row.state)
    wanted = rules.after_answers(current, store.states_in_run(act.connection, row.id))
    if wanted is not current:
        rules.move_run(current, wanted)
        store.update_run(act.connection, row.id, state=wanted, ended_at=act.now if wanted is RunState.CLOSED else None)


def take_status(act: Act, order_id: str, status: BankStatus, final_codes: frozenset[str]) -> bool:
    """One order's status from a receipt or an enquiry. True where it was news.

    A status nobody told us about, or one that contradicts what is final, changes nothing and is logged.
    """
    said = from_bank_status(status.code, final_codes=final_codes)
    if said is None:
        log.warning("bank_status_unknown", code=status.code[:8], order_id=order_id)
        return False
    row = lock_order(act, order_id)
    if row is None:
        return False
    try:
        wanted = answered(OrderState(row.state), said)
    except MoveNotAllowed:
        log.error("bank_contradicts_itself", order_id=order_id, state=row.state, said=said)
        return False
    if wanted is None:
        return False
    reason = None
    if wanted is OrderState.REJECTED:
        # Of several reasons the first that we know decides what follows; all of them are kept with the move.
        known = store.reasons(act.connection)
        reason = next((code for code in status.reasons if code in known), status.reason) or "MS03"
    elif wanted is OrderState.CANCELLED:
        reason = CANCELLED_BY_BANK
    note = ", ".join(status.reasons) if len(status.reasons) > 1 else None
    settle(act, row, wanted, reason=reason, note=note)
    return True


def settle(
    act: Act,
    row: Row[Any],
    to: OrderState,
    *,
    reason: str | None = None,
    on: date | None = None,
    note: str | None = None,
) -> Row[Any]:
    """Move an order that was sent, let its run follow and plan its award anew. The caller holds the locks."""
    now = move_order(act, row, to, reason=reason, on=on, note=note)
    run_follows(act, row.run_id)
    if to in _REPLAN:
        replan(act, row.award_id)
    return now


def take_receipt(act: Act, run_id: str) -> None:
    """The bank answered about the whole run; orders about which it said nothing stay and are asked about."""
    row = store.run(act.connection, run_id, lock=True)
    if row is not None and row.answered_at is None and not store.parts_left(act.connection, run_id):
        store.update_run(act.connection, run_id, answered_at=act.now, work="none")


def no_answer(act: Act, run_id: str) -> int:
    """Nobody recorded an answer to a part that was handed over: its orders still `sent` become unknown. Returns how
    many."""
    row = store.run(act.connection, run_id, lock=True)
    if row is None or row.answered_at is not None:
        return 0
    silent = store.orders_of_parts(act.connection, run_id, (OrderState.SENT,), unanswered=True, lock=True)
    move_orders(act, silent, OrderState.UNKNOWN)
    if not store.parts_left(act.connection, run_id):
        store.update_run(act.connection, run_id, work="none")
    return len(silent)


def asked(act: Act, order_id: str) -> None:
    """The bank was asked about an order and had no news."""
    o = t.payment_order
    act.connection.execute(update(o).where(o.c.id == order_id).values(asked_at=act.now))


def never_received(act: Act, order_id: str) -> None:
    """It is certain that the bank never got it: the order ends, and its instalment is planned anew."""
    row = lock_order(act, order_id)
    if row is not None and row.state == OrderState.UNKNOWN:
        settle(act, row, OrderState.REJECTED, reason="NRCV")
