"""Orders that wait for somebody: held, looked at again, released."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.payments import store
from services.payments.domain.check import Payee, Takes, hold_reason
from services.payments.domain.order import MoveNotAllowed, OrderState
from services.payments.gateways.payees import PayeesAway, PayeeUnknown
from services.payments.reasons import TRIED_AGAIN
from services.payments.usecases.answers import lock_order
from services.payments.usecases.moves import move_order
from services.payments.usecases.outside import Outside
from services.payments.usecases.runs import Stale, content_changed
from shared.act import Act
from shared.jobs import JobRun, Later


class OrderGone(LookupError):
    """There is no such order, or it belongs to another office."""


def _locked(act: Act, order_id: str, version: int | None) -> Row[Any]:
    row = lock_order(act, order_id)
    if row is None:
        raise OrderGone(order_id)
    if version is not None and row.version != version:
        raise Stale(order_id)
    return row


def hold_order(act: Act, order_id: str, note: str, version: int | None = None) -> Row[Any]:
    """An officer holds an order that has not been sent; it leaves its run."""
    row = _locked(act, order_id, version)
    if OrderState(row.state) not in (OrderState.PLANNED, OrderState.APPROVED):
        raise MoveNotAllowed(OrderState(row.state), OrderState.HELD)
    run_id = row.run_id
    if run_id is not None:
        store.update_item(act.connection, run_id, row.id, taken_out="held", taken_by=act.actor.id, note=note)
    now = move_order(act, row, OrderState.HELD, reason="by_officer", note=note, run_id=None)
    if run_id is not None:
        run = store.run(act.connection, run_id)
        if run is not None:
            content_changed(act, run)
    return now


def free_order(act: Act, order_id: str, note: str, version: int | None = None) -> Row[Any]:
    """An officer lets a held order go: it is planned again and checked anew with its run."""
    row = _locked(act, order_id, version)
    if row.state != OrderState.HELD:
        raise MoveNotAllowed(OrderState(row.state), OrderState.PLANNED)
    return move_order(act, row, OrderState.PLANNED, note=note)


def look_again(act: Act, order_id: str, payee: Payee, takes: Takes | None) -> bool:
    """A held order is planned again when its reason has gone by what benefits says now."""
    row = lock_order(act, order_id)
    if row is None or row.state != OrderState.HELD:
        return False
    to = (store.payee_of(row), row.component)
    past = store.past_of(act.connection, [to])[to]
    if hold_reason(payee, past, takes, failed_before=row.replaces is not None) is not None:
        return False
    move_order(act, row, OrderState.PLANNED)
    return True


def look_again_at_held(job: JobRun, out: Outside, payee_id: str | None = None) -> Later | None:
    """Orders held for an account, or because benefits was away: ask again, of one payee or of all."""
    with job.begin() as act:
        waiting = store.held_orders(act.connection, TRIED_AGAIN, payee_id)
    payees: dict[str, Payee | None] = {}
    for row in waiting:
        to = store.payee_of(row)
        if to not in payees:
            try:
                payees[to] = out.payees.payee(to)
            except PayeesAway:
                return Later(after=timedelta(seconds=60), reason="benefits_unreachable")
            except PayeeUnknown:
                payees[to] = None
        payee = payees[to]
        if payee is not None:
            with job.begin() as act:
                look_again(act, row.id, payee, out.takes_of(payee))
    return None
