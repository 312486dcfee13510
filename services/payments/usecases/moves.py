"""The one place where an order changes: state, history, ledger and event together.

Whoever calls holds the locks (award, run, order in that order, as far as they are needed).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, insert, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import ledger
from services.payments.domain.order import OrderState, move
from services.payments.institution import institution
from shared import messaging
from shared.act import Act
from shared.ids import payment_reference, uuid4
from shared.money import Money
from shared.period import Period


def event_data(row: Row[Any]) -> dict[str, Any]:
    """What every event about an order carries: ids, days, amounts and codes."""
    return {
        "order_id": row.id,
        "reference": row.reference,
        "award_id": row.award_id,
        "claim_id": row.claim_id,
        "claim_number": row.claim_number,
        "person_id": row.person_id,
        "office_id": row.office_id,
        "component": row.component,
        "no": row.no,
        "period": Period(row.first_day, row.last_day).json(),
        "amount": Money(row.amount_minor, row.currency).json(),
    }


def _tell(act: Act, row: Row[Any], after: OrderState, on: date) -> None:
    """The event that a move owes to the others; accepted, approved and back have none."""
    day = on.isoformat()
    match after:
        case OrderState.PLANNED:
            kind, more = "order.planned", {"due_on": row.due_on.isoformat()}
        case OrderState.HELD:
            kind, more = "order.held", {"reason": row.reason, "since": row.reason_since.isoformat()}
        case OrderState.CANCELLED:
            kind, more = "order.cancelled", {"reason": row.reason or "schedule_changed"}
        case OrderState.SENT:
            kind, more = "order.sent", {"run_id": row.run_id, "sent_on": day}
        case OrderState.UNKNOWN:
            kind, more = "order.unknown", {"since": day}
        case OrderState.REJECTED:
            kind, more = "order.rejected", {"reason": row.reason}
        case OrderState.SETTLED:
            kind, more = "instalment.paid", {"paid_on": day}
        case OrderState.RETURNED:
            kind, more = "instalment.returned", {"returned_on": day, "reason": row.reason}
        case _:
            return
    story = act.about(row.claim_id)
    messaging.post(story, f"payments.{kind}", subject=row.id, person=row.person_id, data=event_data(row) | more)
    if after in (OrderState.REJECTED, OrderState.RETURNED) and row.reason == "MD07":
        death = {"person_id": row.person_id, "office_id": row.office_id, "reported_on": day}
        messaging.post(
            story, "payments.payee.reported_deceased", subject=row.person_id, person=row.person_id, data=death
        )


def move_order(
    act: Act,
    row: Row[Any],
    to: OrderState,
    *,
    reason: str | None = None,
    note: str | None = None,
    on: date | None = None,
    **values: Any,
) -> Row[Any]:
    """Move an order and everything that follows from it. Returns the row as it is now.

    Raises `MoveNotAllowed`; the database refuses the same moves by itself. `on` is the day on which it
    became true (the booking day of a statement), today where it is not given.
    """
    before = OrderState(row.state)
    move(before, to)
    day = on or act.today
    values |= {"state": to, "version": row.version + 1}
    if to in (OrderState.HELD, OrderState.REJECTED, OrderState.RETURNED, OrderState.CANCELLED):
        values |= {"reason": reason, "reason_since": day, "reason_by": act.actor.id}
    else:
        values |= {"reason": None, "reason_since": None, "reason_by": None}
    if to in (OrderState.REJECTED, OrderState.RETURNED, OrderState.CANCELLED):
        values["ended_on"] = day
    if to is OrderState.SETTLED:
        values["settled_on"] = day
    o = t.payment_order
    changed = (
        update(o).where(o.c.id == row.id, o.c.version == row.version, o.c.state == before).values(**values).returning(o)
    )
    now = act.connection.execute(changed).one()
    act.connection.execute(
        insert(t.order_move).values(
            order_id=row.id,
            version=now.version,
            before=before,
            after=to,
            reason=reason,
            by=act.actor.id,
            at=act.now,
            on_day=day,
            note=note,
        )
    )
    amount = Money(row.amount_minor, row.currency)
    entries = ledger.entries_for_move(before, to, amount, row.component, ledger.money_of(row.channel))
    for n, entry in enumerate(entries):
        store.post_entry(act, entry, cause=f"{row.id}:{now.version}:{n}", on=day, order_id=row.id, run_id=now.run_id)
    if to is OrderState.APPROVED and row.replaces is not None:
        clear_return(act, store.order(act.connection, row.replaces))
    # Back from a release to planned, inside its run: nobody outside had heard of the release.
    if not (before is OrderState.APPROVED and to is OrderState.PLANNED):
        _tell(act, now, to, day)
    return now


def clear_return(act: Act, returned: Row[Any] | None) -> None:
    """Money that came back stops waiting: it is paid anew, or not due any more. Once for each order."""
    if returned is not None and returned.state == OrderState.RETURNED:
        entry = ledger.returned_money_taken_back(Money(returned.amount_minor, returned.currency), returned.component)
        store.post_entry(act, entry, cause=f"{returned.id}:return_cleared", on=act.today, order_id=returned.id)


def open_order(
    act: Act,
    award: Row[Any],
    *,
    serial: int,
    component: str,
    no: int,
    amount: Money,
    due_on: date,
    first_day: date,
    last_day: date,
    kind: str,
    replaces: str | None,
    hold: str | None,
) -> Row[Any]:
    """A new order with a reference of its own for ever; it begins planned, or held with a reason."""
    state = OrderState.HELD if hold else OrderState.PLANNED
    values = {
        "id": act.new_id(),
        "serial": serial,
        "award_id": award.award_id,
        "claim_id": award.claim_id,
        "claim_number": award.claim_number,
        "person_id": award.person_id,
        "office_id": award.office_id,
        "component": component,
        "no": no,
        "first_day": first_day,
        "last_day": last_day,
        "kind": kind,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "due_on": due_on,
        "state": state,
        "reason": hold,
        "reason_since": act.today if hold else None,
        "reason_by": act.actor.id if hold else None,
        "reference": payment_reference(act.random),
        "uetr": uuid4(act.random),
        "replaces": replaces,
        "channel": store.last_channel(act.connection, award.person_id) or institution().channels[0].name,
        "made_on": act.today,
        "version": 1,
    }
    row = act.connection.execute(insert(t.payment_order).values(**values).returning(t.payment_order)).one()
    act.connection.execute(
        insert(t.order_move).values(
            order_id=row.id,
            version=1,
            before=None,
            after=state,
            reason=hold,
            by=act.actor.id,
            at=act.now,
            on_day=act.today,
        )
    )
    _tell(act, row, state, act.today)
    return row
