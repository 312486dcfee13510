"""Set-off against another claim, as benefits tell it: less was paid on one claim, and so much came back on another.

No money moves: expenditure goes from one claim to the other, and the orders of the claim on which too much was paid
count as paid back by it, so that nobody can pay it back twice and nothing is paid beyond what is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert

from services.payments import store
from services.payments import tables as t
from services.payments.domain import ledger
from services.payments.domain.plan import share_out_at_most
from services.payments.usecases.awards import replan
from shared.act import Act
from shared.logs import log
from shared.messaging import Refused
from shared.money import Money


def count(act: Act, data: Mapping[str, Any]) -> None:
    """benefits.set_off.counted: as much of it as was paid too much and has not come back otherwise; what is beyond that
    benefits find and undo. Told twice it counts once. Raises `Refused`."""
    award_id = store.award_of_claim(act.connection, data["claim_number"])
    award = store.lock_award(act.connection, award_id) if award_id is not None else None
    amount = Money(**data["amount"])
    if award is None or award.currency != amount.currency:
        raise Refused("award_unknown")
    if store.repayment(act.connection, data["set_off_id"]) is not None:
        return
    rows = store.orders_of_award(act.connection, award.award_id, lock=True)
    orders = store.domain_orders(act.connection, award.award_id, rows)
    parts = share_out_at_most(store.schedule(act.connection, award), orders, amount.minor)
    minor = sum(parts.values())
    if minor < amount.minor:
        log.error("set_off_beyond_what_is_owed", set_off_id=data["set_off_id"], minor=amount.minor - minor)
    if not parts:
        return
    made = {"id": data["set_off_id"], "award_id": award.award_id, "minor": minor, "currency": amount.currency}
    made |= {"from_component": data["component"], "received_on": date.fromisoformat(data["counted_on"])}
    made |= {"taken_by": "benefits", "taken_by_name": "", "taken_at": act.now}
    act.connection.execute(insert(t.repayment).values(**made))
    component = {row.id: row.component for row in rows}
    for order_id, part in parts.items():
        put = insert(t.repayment_part).values(repayment_id=data["set_off_id"], order_id=order_id, minor=part)
        act.connection.execute(put)
        entry = ledger.set_off(Money(part, amount.currency), component[order_id], data["component"])
        cause = f"set_off:{data['set_off_id']}:{order_id}"
        store.post_entry(act, entry, cause=cause, on=act.today, order_id=order_id)


def undo(act: Act, data: Mapping[str, Any]) -> None:
    """benefits.set_off.undone: it no longer counts; what is due because of that is planned anew."""
    found = store.repayment(act.connection, data["set_off_id"])
    if found is None:  # nothing of it could be counted
        return
    store.lock_award(act.connection, found.award_id)
    if store.taking_back(act.connection, found.id) is not None:
        return
    back: dict[str, Any] = {"id": act.new_id(), "repayment_id": found.id, "state": "final", "why": ""}
    back |= {"asked_by": "benefits", "asked_name": "", "asked_at": act.now}
    back |= {"decided_by": "payments", "decided_name": "", "decided_at": act.now}
    act.connection.execute(insert(t.repayment_back).values(**back))
    for part in store.repayment_parts(act.connection, found.id):
        whole = ledger.set_off(Money(part.minor, found.currency), part.component, found.from_component)
        cause = f"set_off:{found.id}:back:{part.order_id}"
        store.post_entry(act, ledger.reversal(whole), cause=cause, on=act.today, order_id=part.order_id)
    replan(act, found.award_id)
