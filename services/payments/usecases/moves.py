"""The one place where an order changes: state, history, ledger and event together.

Whoever calls holds the locks (award, run, order in that order, as far as they are needed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from shared.database import copy_in
from shared.ids import payment_reference, uuid4
from shared.messaging import News
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
        **({"employer_id": row.employer_id} if row.employer_id else {}),
    }


def _news(row: Row[Any], after: OrderState, on: date) -> tuple[str, dict[str, Any]] | None:
    """The event that a move owes to the others, its type and data; accepted, approved and back have none."""
    day = on.isoformat()
    match after:
        case OrderState.PLANNED:
            kind, more = "order.planned", {"due_on": row.due_on.isoformat()}
        case OrderState.HELD:
            kind, more = "order.held", {"reason": row.reason, "since": row.reason_since.isoformat()}
        case OrderState.CANCELLED:
            kind, more = "order.cancelled", {"reason": row.reason or "schedule_changed"}
        case OrderState.SENT:
            kind, more = "order.sent", {"run_id": row.run_id, "sent_on": day, "channel": row.channel}
        case OrderState.UNKNOWN:
            kind, more = "order.unknown", {"since": day}
        case OrderState.REJECTED:
            kind, more = "order.rejected", {"reason": row.reason}
        case OrderState.SETTLED:
            kind, more = "instalment.paid", {"paid_on": day}
        case OrderState.RETURNED:
            kind, more = "instalment.returned", {"returned_on": day, "reason": row.reason}
        case _:
            return None
    return f"payments.{kind}", event_data(row) | more


def _tell(act: Act, row: Row[Any], after: OrderState, on: date) -> None:
    news = _news(row, after, on)
    if news is None:
        return
    kind, data = news
    story = act.about(row.claim_id)
    messaging.post(story, kind, subject=row.id, person=row.person_id, data=data)
    if after in (OrderState.REJECTED, OrderState.RETURNED) and row.reason == "MD07" and not row.employer_id:
        death = {"person_id": row.person_id, "office_id": row.office_id, "reported_on": on.isoformat()}
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
    tells: bool = True,
    **values: Any,
) -> Row[Any]:
    """Move an order and everything that follows from it. Returns the row as it is now.

    Raises `MoveNotAllowed`; the database refuses the same moves by itself. `on` is the day on which it
    became true (the booking day of a statement), today where it is not given. `tells`: false for what others were told
    before a restore.
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
    for n, entry in enumerate(_entries(row, to)):
        store.post_entry(act, entry, cause=f"{row.id}:{now.version}:{n}", on=day, order_id=row.id, run_id=now.run_id)
    if to is OrderState.APPROVED and row.replaces is not None:
        clear_return(act, store.order(act.connection, row.replaces))
    # Back from a release to planned, inside its run: nobody outside had heard of the release.
    if tells and not (before is OrderState.APPROVED and to is OrderState.PLANNED):
        _tell(act, now, to, day)
    return now


#: Moves that many orders may make at once: none of them needs a reason.
_TOGETHER = frozenset(
    {OrderState.PLANNED, OrderState.APPROVED, OrderState.SENT, OrderState.UNKNOWN, OrderState.ACCEPTED}
    | {OrderState.SETTLED}
)
_MOVED = """
UPDATE payment_order o SET state = %(to)s, version = o.version + 1, reason = NULL, reason_since = NULL,
  reason_by = NULL, sent_on = coalesce(%(sent)s, o.sent_on), settled_on = coalesce(%(settled)s, o.settled_on),
  fingerprint = coalesce(told.fingerprint, o.fingerprint)
FROM unnest(%(ids)s::uuid[], %(versions)s::int[], %(befores)s::text[], %(fingerprints)s::text[])
  AS told (id, version, before, fingerprint)
WHERE o.id = told.id AND o.version = told.version AND o.state = told.before"""


def move_orders(
    act: Act,
    rows: Sequence[Row[Any]],
    to: OrderState,
    *,
    on: date | None = None,
    fingerprints: Mapping[str, str | None] | None = None,
) -> None:
    """Move many orders as `move_order` moves each, in a handful of statements; the caller has locked them.

    `fingerprints` are those of the accounts to which they are sent. Raises `MoveNotAllowed`, and `LookupError`
    where one of them is no longer as the caller saw it.
    """
    if to not in _TOGETHER:
        raise ValueError(f"orders become {to} one by one, with their reasons")
    if not rows:
        return
    day, given = on or act.today, fingerprints or {}
    for row in rows:
        move(OrderState(row.state), to)
    told = {
        "to": to,
        "sent": day if to is OrderState.SENT else None,
        "settled": day if to is OrderState.SETTLED else None,
        "ids": [row.id for row in rows],
        "versions": [row.version for row in rows],
        "befores": [row.state for row in rows],
        "fingerprints": [given.get(row.id) for row in rows],
    }
    # While the database works at the rows, what else they owe is put together here.
    with ThreadPoolExecutor(1) as beside:
        changed = beside.submit(act.connection.exec_driver_sql, _MOVED, told)
        history = [(row.id, row.version + 1, row.state, to, act.actor.id, act.now, day) for row in rows]
        entries = [
            (entry, f"{row.id}:{row.version + 1}:{n}", day, row.id, row.run_id)
            for row in rows
            for n, entry in enumerate(_entries(row, to))
        ]
        news: dict[str, list[News]] = {}
        for row in rows:
            # Back from a release to planned, inside its run: nobody outside had heard of the release.
            back = row.state == OrderState.APPROVED and to is OrderState.PLANNED
            event = None if back else _news(row, to, day)
            if event is not None:
                news.setdefault(event[0], []).append(News(row.id, row.person_id, event[1], row.claim_id))
        if changed.result().rowcount != len(rows):
            raise LookupError("an order is no longer as it was seen")
    columns = ("order_id", "version", "before", "after", "by", "at", "on_day")
    copy_in(act.connection, "order_move", columns, history)
    store.post_entries(act, entries)
    for row in rows:
        if to is OrderState.APPROVED and row.replaces is not None:
            clear_return(act, store.order(act.connection, row.replaces))
    for kind, together in news.items():
        messaging.post_many(act, kind, together)


def _entries(row: Row[Any], to: OrderState) -> tuple[ledger.Entry, ...]:
    amount = Money(row.amount_minor, row.currency)
    return ledger.entries_for_move(OrderState(row.state), to, amount, row.component, ledger.money_of(row.channel))


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
    employer_id: str | None,
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
        "employer_id": employer_id,
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
        "channel": store.last_channel(act.connection, employer_id or award.person_id) or institution().channels[0].name,
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
