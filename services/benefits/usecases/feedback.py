"""What payments and notifications tell us: what was paid, returned, delivered. Deciding stays here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.award import ACCOUNT_HOLDS, BOUNCED, NO_ACCOUNT, OrderState, PaymentFact
from services.benefits.domain.claim import OPEN, Claim, Letter, Waiting, Whom, waits_for_account
from services.benefits.domain.ids import AwardId, ClaimId, DecisionId, EmployerId, PersonId
from services.benefits.domain.overpayment import Repayment
from services.benefits.usecases import awards, own_changes
from shared import bank_reasons
from shared.act import Act
from shared.events import Event
from shared.messaging import Refused
from shared.money import Money
from shared.period import Period

#: The event's last word to the state of the order, and which member says the day.
STATES = {
    "payments.order.planned": (OrderState.PLANNED, "due_on"),
    "payments.order.cancelled": (OrderState.CANCELLED, ""),
    "payments.order.held": (OrderState.HELD, "since"),
    "payments.order.sent": (OrderState.SENT, "sent_on"),
    "payments.order.rejected": (OrderState.REJECTED, ""),
    "payments.order.unknown": (OrderState.UNKNOWN, "since"),
    "payments.instalment.paid": (OrderState.SETTLED, "paid_on"),
    "payments.instalment.returned": (OrderState.RETURNED, "returned_on"),
}


def _locked(act: Act, claim_id: str) -> Claim:
    claim = store.claims.known(act, claim_id, lock=True)
    if claim is None:
        raise Refused("claim_unknown")
    return claim


def order_moved(act: Act, event: Event) -> None:
    """Keep what payments say of an order, and let the claim wait for whoever must act."""
    state, day = STATES[event.type]
    data = event.data
    claim = _locked(act, data["claim_id"])
    fact = PaymentFact(
        order_id=data["order_id"],
        award_id=AwardId(data["award_id"]),
        claim_id=claim.id,
        person_id=claim.person_id,
        reference=data["reference"],
        component=data["component"],
        no=data["no"],
        period=_days_of(act, claim, data),
        amount=Money(**data["amount"]),
        state=state,
        on_day=date.fromisoformat(data[day]) if day else act.today,
        reason=data.get("reason"),
        employer_id=EmployerId(data["employer_id"]) if data.get("employer_id") else None,
    )
    store.awards.put_payment_fact(act, fact)
    pays = store.annulments.present(act, claim.id) is None  # by an annulled decision nothing goes to any account
    if fact.employer_id is not None:
        _employers_order_moved(act, claim, fact, pays=pays)
    elif state in BOUNCED and claim.is_decided:
        # Only what lies with her account is asked of her; the rest payments look into.
        hers = pays and bank_reasons.is_payees(fact.reason) and not waits_for_account(claim)
        waits = Waiting(Whom.WORKER, "account", act.today) if hers else claim.waits
        store.claims.save(act, claim, replace(claim, waits=waits), f"payment_{state}", fact.reason)
    elif pays and state is OrderState.HELD and fact.reason in ACCOUNT_HOLDS and claim.is_decided and claim.is_free:
        reason = "missing_account" if fact.reason in NO_ACCOUNT else "account"
        store.claims.save(act, claim, replace(claim, waits=Waiting(Whom.WORKER, reason, act.today)), "payment_held")
    elif _account_is_right(claim, state):
        store.claims.save(act, claim, replace(claim, waits=None), f"payment_{state}")
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)


def _employers_order_moved(act: Act, claim: Claim, fact: PaymentFact, *, pays: bool) -> None:
    """What stops an employer's order is asked of her; it is never paid to the worker instead."""
    bounced = fact.state in BOUNCED and bank_reasons.is_payees(fact.reason)
    held = fact.state is OrderState.HELD and fact.reason in ACCOUNT_HOLDS
    waits_for_hers = claim.waits is not None and claim.waits.reason == "employer_account"
    if pays and (bounced or held) and claim.is_decided and claim.is_free:
        waits = Waiting(Whom.EMPLOYER, "employer_account", act.today)
        store.claims.save(act, claim, replace(claim, waits=waits), "employer_payment_stopped", fact.reason)
    elif fact.state in (OrderState.PLANNED, OrderState.SENT, OrderState.SETTLED) and waits_for_hers:
        store.claims.save(act, claim, replace(claim, waits=None), f"payment_{fact.state}")
    elif fact.state in BOUNCED:
        store.claims.save(act, claim, claim, "employer_payment_stopped", fact.reason)


def _days_of(act: Act, claim: Claim, data: Mapping[str, Any]) -> Period:
    """The days an order pays for: payments of an earlier release leave it to the award's present version."""
    if (told := data.get("period")) is not None:
        return Period.from_json(told)
    award = store.awards.of_claim(act, claim.id)
    parts = award.schedule if award is not None else ()
    named = (part.period for part in parts if part.key == (data["component"], data["no"]))
    return next(named, Period(act.today, act.today))


def _account_is_right(claim: Claim, state: OrderState) -> bool:
    """Whether payments' word on an order ends the wait for an account: money left, or a new account was taken."""
    if claim.waits is not None and claim.waits.reason == "account_changed":
        return state in (OrderState.PLANNED, OrderState.SENT, OrderState.SETTLED)
    return waits_for_account(claim) and state in (OrderState.SENT, OrderState.SETTLED)


def repayment_received(act: Act, event: Event) -> None:
    """Money that had been paid too much came back to the institution."""
    data = event.data
    claim = _locked(act, data["claim_id"])
    employer = EmployerId(data["employer_id"]) if data.get("employer_id") else None
    received = date.fromisoformat(data["received_on"])
    came = Repayment(claim.id, Money(**data["amount"]), received, employer_id=employer)
    store.awards.add_repayment(act, data["repayment_id"], came)
    store.claims.save(act, claim, claim, "repayment_received")
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)


def repayment_taken_back(act: Act, event: Event) -> None:
    """Money that was entered on this claim belongs elsewhere: what was paid too much is open again."""
    data = event.data
    claim = _locked(act, data["claim_id"])
    on = date.fromisoformat(data["taken_back_on"])
    store.awards.take_back_repayment(act, data["repayment_id"], claim.id, on)
    store.claims.save(act, claim, claim, "repayment_taken_back")
    awards.review(act, claim.id)


def payee_died(act: Act, event: Event) -> None:
    """The bank says the payee has died: nothing more is sent until an officer has looked."""
    person_id = PersonId(event.data["person_id"])
    person = store.persons.by_ids(act, [person_id]).get(person_id)
    known = person is not None and person.deceased_on is not None
    for claim in store.claims.every(act, person_id, lock=True):
        awards.end(act, claim, "payee_reported_deceased")
        if not known and (claim.is_decided or claim.state in OPEN):
            waiting = replace(claim, waits=Waiting(Whom.REGISTRY, "death_to_confirm", act.today))
            store.claims.save(act, claim, waiting, "payee_reported_deceased")
    if person is not None and not known:
        store.persons.report_death(act, person_id, date.fromisoformat(event.data["reported_on"]))


def letter_ready(act: Act, event: Event) -> None:
    """A letter can be printed at the desk."""
    data = event.data
    decision = data.get("decision_id")
    letter = Letter(
        id=data["letter_id"],
        claim_id=ClaimId(data["claim_id"]),
        decision_id=DecisionId(decision) if decision else None,
        template=data["template"],
        language=data["language"],
        state="ready",
        on_day=act.today,
    )
    store.claims.add_letter(act, letter)


def letter_returned(act: Act, event: Event) -> None:
    """A posted letter came back: the address needs a look."""
    store.claims.letter_came_back(act, event.data["letter_id"])
    claim = store.claims.known(act, event.data["claim_id"], lock=True)
    if claim is None:
        return
    store.persons.doubt_address(act, claim.person_id)
    if claim.is_free:
        waiting = replace(claim, waits=Waiting(Whom.OFFICER, "address", act.today))
        store.claims.save(act, claim, waiting, "letter_returned")


def message_failed(act: Act, event: Event) -> None:
    """A message did not reach her; the history of the claim says so."""
    claim = store.claims.known(act, event.data["claim_id"], lock=True)
    if claim is not None:
        store.claims.save(act, claim, claim, "message_failed", event.data["reason"])
        if event.data["template"] == own_changes.COMING:
            own_changes.not_told(act, claim.person_id)
