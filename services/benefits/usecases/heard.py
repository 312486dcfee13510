"""What payments and notifications tell us: what was paid, returned, delivered. Deciding stays here."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.claim import State
from services.benefits.usecases import awards, claims
from shared.act import Act
from shared.events import Event
from shared.messaging import Refused

#: The event's last word to the state of the order, and which member says the day.
STATES = {
    "payments.order.planned": ("planned", "due_on"),
    "payments.order.cancelled": ("cancelled", ""),
    "payments.order.held": ("held", "since"),
    "payments.order.sent": ("sent", "sent_on"),
    "payments.order.rejected": ("rejected", ""),
    "payments.order.unknown": ("unknown", "since"),
    "payments.instalment.paid": ("settled", "paid_on"),
    "payments.instalment.returned": ("returned", "returned_on"),
}


def _locked(act: Act, claim_id: str) -> Any:
    row = act.connection.execute(select(t.claim).where(t.claim.c.id == claim_id).with_for_update()).first()
    if row is None:
        raise Refused("claim_unknown")
    return row


def order_moved(act: Act, event: Event) -> None:
    """Keep what payments say of an order, and let the claim wait for whoever must act."""
    state, day = STATES[event.type]
    data = event.data
    row = _locked(act, data["claim_id"])
    values: dict[str, Any] = {
        "award_id": data["award_id"],
        "claim_id": row.id,
        "person_id": row.person_id,
        "reference": data["reference"],
        "component": data["component"],
        "no": data["no"],
        "minor": data["amount"]["minor"],
        "currency": data["amount"]["currency"],
        "state": state,
        "on_day": date.fromisoformat(data[day]) if day else act.today,
        "reason": data.get("reason"),
        "heard_at": act.now,
    }
    put = upsert(t.payment_fact).values(order_id=data["order_id"], **values)
    act.connection.execute(put.on_conflict_do_update(index_elements=["order_id"], set_=values))
    if state in ("rejected", "returned") and row.state in (State.DECIDED, State.CLOSED):
        claims.touch(act, row, f"payment_{state}", data.get("reason"), **claims.waiting("worker", "account", act.today))
    elif state in ("sent", "settled") and row.waits_for == "worker" and row.waits_reason == "account":
        claims.touch(act, row, f"payment_{state}", None, **claims.waiting(None))
    awards.look(act, row.id)
    awards.close_when_paid(act, row.id)


def repayment_received(act: Act, event: Event) -> None:
    """Money that had been paid too much came back to the institution."""
    data = event.data
    row = _locked(act, data["claim_id"])
    store.add(
        act,
        t.repayment,
        id=data["repayment_id"],
        claim_id=row.id,
        minor=data["amount"]["minor"],
        currency=data["amount"]["currency"],
        received_on=date.fromisoformat(data["received_on"]),
        heard_at=act.now,
    )
    claims.touch(act, row, "repayment_received")
    awards.look(act, row.id)
    awards.close_when_paid(act, row.id)


def payee_died(act: Act, event: Event) -> None:
    """The bank says the payee has died: nothing more is sent until an officer has looked."""
    person_id = event.data["person_id"]
    person = act.connection.execute(select(t.person).where(t.person.c.id == person_id)).first()
    known = person is not None and person.deceased_on is not None
    for row in act.connection.execute(select(t.claim).where(t.claim.c.person_id == person_id).with_for_update()).all():
        awards.end(act, row, "payee_reported_deceased")
        if known:
            continue
        if row.state in (State.DECIDED, State.CLOSED) or row.state in claims.OPEN_STATES:
            fresh = act.connection.execute(select(t.claim).where(t.claim.c.id == row.id)).one()
            claims.touch(
                act,
                fresh,
                "payee_reported_deceased",
                None,
                **claims.waiting("registry", "death_to_confirm", act.today),
            )
    if person is not None and not known:
        store.change(act, t.person, person_id, death_reported_on=date.fromisoformat(event.data["reported_on"]))


def letter_ready(act: Act, event: Event) -> None:
    """A letter can be printed at the desk."""
    data = event.data
    values = {
        "claim_id": data["claim_id"],
        "decision_id": data.get("decision_id"),
        "template": data["template"],
        "language": data["language"],
        "state": "ready",
        "on_day": act.today,
    }
    act.connection.execute(upsert(t.letter).values(id=data["letter_id"], **values).on_conflict_do_nothing())


def letter_returned(act: Act, event: Event) -> None:
    """A posted letter came back: the address needs a look."""
    act.connection.execute(t.letter.update().where(t.letter.c.id == event.data["letter_id"]).values(state="returned"))
    row = act.connection.execute(
        select(t.claim).where(t.claim.c.id == event.data["claim_id"]).with_for_update()
    ).first()
    if row is not None:
        store.change(act, t.person, row.person_id, address_doubted_on=act.today)
    if row is not None and row.waits_for is None:
        claims.touch(act, row, "letter_returned", None, **claims.waiting("officer", "address", act.today))


def message_failed(act: Act, event: Event) -> None:
    """A message did not reach her; the history of the claim says so."""
    row = act.connection.execute(
        select(t.claim).where(t.claim.c.id == event.data["claim_id"]).with_for_update()
    ).first()
    if row is not None:
        claims.touch(act, row, "message_failed", event.data["reason"])
