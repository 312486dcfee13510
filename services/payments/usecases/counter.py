"""At the counter: a payee comes with her code, two people look, money is handed over once; boxes are counted each day.

Locks: order (with award and run before it), then voucher, then box.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import cash, ledger
from services.payments.domain.cash import MOST_TRIES, PROOFS, CounterRefused, VoucherState
from services.payments.domain.order import OrderState
from services.payments.usecases.answers import lock_order, settle
from services.payments.usecases.cash_desk import tell_issued
from shared.act import Act, sees
from shared.jobs import JobRun
from shared.money import Money


class VoucherGone(LookupError):
    """There is no such voucher, or it is payable elsewhere."""


class BoxGone(LookupError):
    """There is no such box, or it is another office's."""


def code_purpose(voucher: Row[Any]) -> str:
    """What the one-time code of a voucher is derived from; a new code has a new number."""
    return f"voucher:{voucher.order_id}:{voucher.code_no}"


def prove(act: Act, order_id: str, *, right: bool, proof: tuple[str, str]) -> Row[Any] | None:
    """The first look: the one-time code (whether it was `right`) and the payee's proof, its kind and number.

    None for a wrong code, whose try is counted. Raises `CounterRefused`, `VoucherGone`.
    """
    voucher = _locked(act, order_id)
    kind, number = proof
    if kind not in PROOFS or not number.strip():
        raise CounterRefused("proof_missing")
    if voucher.tries >= MOST_TRIES:
        raise CounterRefused("too_many_tries")
    if voucher.state != VoucherState.WAITING:
        cash.move(VoucherState(voucher.state), VoucherState.PROVED)
    if not right:
        store.update_voucher(act.connection, order_id, tries=voucher.tries + 1)
        return None
    return store.update_voucher(
        act.connection,
        order_id,
        state=VoucherState.PROVED,
        proof_kind=kind,
        proof_number=number.strip()[:40],
        proved_by=act.actor.id,
        proved_by_name=act.actor.name or act.actor.id,
        proved_at=act.now,
    )


def hand_over(act: Act, order_id: str) -> Row[Any]:
    """The second look, by somebody else: the person is the one of the proof, and the money is handed over.

    Order, box and ledger move in this one transaction, so it happens once. Raises `CounterRefused`, `VoucherGone`.
    """
    order = lock_order(act, order_id)
    voucher = _locked(act, order_id)
    cash.move(VoucherState(voucher.state), VoucherState.HANDED_OVER)
    if voucher.proved_by == act.actor.id:
        raise CounterRefused("second_person_needed")
    box = store.open_box(act.connection, voucher.office_id, voucher.currency, lock=True)
    if box is None:
        raise CounterRefused("box_not_open")
    if box.day != act.today:
        raise CounterRefused("box_of_another_day")
    if store.in_box(act.connection, box) < voucher.amount_minor:
        raise CounterRefused("box_too_small")
    if order is None or OrderState(order.state) not in store.IN_FLIGHT:
        raise CounterRefused("voucher_ended")
    _move(act, box, "paid", -voucher.amount_minor, order_id=order_id)
    now = store.update_voucher(
        act.connection,
        order_id,
        state=VoucherState.HANDED_OVER,
        handed_by=act.actor.id,
        handed_by_name=act.actor.name or act.actor.id,
        handed_at=act.now,
        box_id=box.id,
        ended_on=act.today,
    )
    settle(act, order, OrderState.SETTLED)
    return now


def step_back(act: Act, order_id: str) -> Row[Any]:
    """The second look does not agree, or the payee has gone: the voucher waits again, under a new code."""
    voucher = _locked(act, order_id)
    cash.move(VoucherState(voucher.state), VoucherState.WAITING)
    return _new_code(act, voucher)


def new_code(act: Act, order_id: str) -> Row[Any]:
    """A new one-time code is sent; the one before opens nothing any more."""
    voucher = _locked(act, order_id)
    if voucher.state not in cash.LIVE:
        raise CounterRefused("voucher_ended")
    return _new_code(act, voucher)


def _new_code(act: Act, voucher: Row[Any]) -> Row[Any]:
    order = store.order(act.connection, voucher.order_id)
    now = store.update_voucher(
        act.connection,
        voucher.order_id,
        state=VoucherState.WAITING,
        code_no=voucher.code_no + 1,
        tries=0,
        proof_kind=None,
        proof_number=None,
        proved_by=None,
        proved_by_name=None,
        proved_at=None,
    )
    tell_issued(act, order, voucher.valid_until)
    return now


def expire_vouchers(job: JobRun) -> None:
    """Vouchers that nobody collected in time go back to the fund; their instalments are planned anew, and held."""
    with job.begin() as act:
        overdue = store.overdue_vouchers(act.connection, act.today)
    for order_id in overdue:
        with job.begin() as act:
            order = lock_order(act, order_id)
            voucher = store.voucher(act.connection, order_id, lock=True)
            if order is None or voucher is None or voucher.state not in cash.LIVE:
                continue
            store.update_voucher(act.connection, order_id, state=VoucherState.EXPIRED, ended_on=act.today)
            if OrderState(order.state) in store.IN_FLIGHT:
                settle(act, order, OrderState.REJECTED, reason="voucher_expired")


# --- boxes -------------------------------------------------------------------------------------


def open_box(act: Act, office: str, counted: Money) -> Row[Any]:
    """The box of the day is opened with what was counted: what the last one was closed with."""
    if store.open_box(act.connection, office, counted.currency) is not None:
        raise CounterRefused("box_open_already")
    last = store.last_box(act.connection, office, counted.currency)
    if last is not None and last.day >= act.today:
        raise CounterRefused("box_of_today_closed")
    if counted.minor != (last.counted_minor if last is not None else 0):
        raise CounterRefused("opening_differs")
    put = insert(t.cash_box).values(
        id=act.new_id(),
        office_id=office,
        currency=counted.currency,
        day=act.today,
        state="open",
        opening_minor=counted.minor,
        opened_by=act.actor.id,
        opened_by_name=act.actor.name or act.actor.id,
        opened_at=act.now,
    )
    return act.connection.execute(put.returning(t.cash_box)).one()


def carry(act: Act, box_id: str, office: str | None, amount: Money, note: str) -> Row[Any]:
    """Money is brought to a box (positive) or taken away to the bank. The bank's own line stands in suspense too, and
    both sum to zero."""
    box = _box(act, box_id, office)
    if amount.currency != box.currency or not amount.minor:
        raise CounterRefused("box_not_open")
    if store.in_box(act.connection, box) + amount.minor < 0:
        raise CounterRefused("box_too_small")
    move_id = _move(act, box, "brought" if amount.minor > 0 else "taken_away", amount.minor, note=note)
    entry = ledger.statement_line_unexplained(amount, ledger.Account.CASH)
    store.post_entry(act, entry, cause=f"cash:{move_id}", on=act.today)
    return box


def close_box(act: Act, box_id: str, office: str | None, counted: Money, note: str | None = None) -> Row[Any]:
    """The box is counted and closed; a difference is written into the ledger and needs a word of why."""
    box = _box(act, box_id, office)
    if counted.currency != box.currency or counted.minor < 0:
        raise CounterRefused("box_not_open")
    found = cash.difference(store.in_box(act.connection, box), counted.minor)
    if found and not (note or "").strip():
        raise CounterRefused("difference_without_word")
    if found:
        entry = ledger.statement_line_unexplained(Money(found, box.currency), ledger.Account.CASH)
        store.post_entry(act, entry, cause=f"cash:{box.id}:counted", on=act.today)
    b = t.cash_box
    change = (
        update(b)
        .where(b.c.id == box_id)
        .values(
            state="closed",
            counted_minor=counted.minor,
            difference_minor=found,
            closed_by=act.actor.id,
            closed_by_name=act.actor.name or act.actor.id,
            closed_at=act.now,
            note=(note or "").strip()[:500] or None,
        )
    )
    return act.connection.execute(change.returning(b)).one()


def _locked(act: Act, order_id: str) -> Row[Any]:
    voucher = store.voucher(act.connection, order_id, lock=True)
    if voucher is None:
        raise VoucherGone(order_id)
    return voucher


def _box(act: Act, box_id: str, office: str | None) -> Row[Any]:
    box = store.box(act.connection, box_id, lock=True)
    if box is None or (office is not None and not sees(office, box.office_id)):
        raise BoxGone(box_id)
    if box.state != "open":
        raise CounterRefused("box_closed")
    return box


def _move(
    act: Act, box: Row[Any], kind: str, minor: int, *, order_id: str | None = None, note: str | None = None
) -> str:
    move_id = act.new_id()
    act.connection.execute(
        insert(t.cash_move).values(
            id=move_id,
            box_id=box.id,
            kind=kind,
            minor=minor,
            order_id=order_id,
            by=act.actor.id,
            by_name=act.actor.name or act.actor.id,
            at=act.now,
            note=(note or "").strip()[:500] or None,
        )
    )
    return move_id
