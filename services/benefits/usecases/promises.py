"""What was promised to her is remembered, and corrected by one message where it cannot be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.benefits import store
from services.benefits.domain import promise as domain
from services.benefits.domain.award import Award, PaymentFact
from services.benefits.domain.claim import Claim
from services.benefits.domain.outlook import Outlook
from services.benefits.domain.promise import Correction, Now, Promise, PromiseState
from services.benefits.institution import institution
from services.benefits.usecases.claims import tell
from shared.act import Act

#: What stands in the history of a claim once she was told, with the day that takes the place of the promised one, or
#: until which she was promised to hear more.
MOVED, LATE = "promise_moved", "promise_late"


def keep(act: Act, claim: Claim, award: Award, facts: Sequence[PaymentFact], found: Outlook) -> None:
    """Remember what her outlook promises, and tell her of the earliest day that cannot be kept. `claim` is locked, so
    that two who look at once tell her once."""
    known = store.promises.of_claim(act, claim.id)
    if not award.is_running:
        _end(act, known)
        return
    days, words = institution().pay_days, domain.last_words(facts)
    now = Now(
        claim_id=claim.id,
        decision_id=award.decision_id,
        coming={part.key: part for part in found.coming},
        due={part.key: part.due_on for part in award.schedule},
        facts=words,
        asked=frozenset(key for key, fact in words.items() if domain.asked_for(claim, fact)),
        today=act.today,
        soonest=days.after(act.today),
        bank=days.bank,
        bank_days=institution().practice.bank_days,
    )
    changed, told = domain.review(known, now)
    if told is not None and _gone(act, claim):
        _end(act, known)
        return
    store.promises.put(act, changed)
    if told is not None:
        _tell(act, claim, told)


def _end(act: Act, known: Sequence[Promise]) -> None:
    """Nothing is promised any more."""
    store.promises.put(act, [replace(one, state=PromiseState.OVER) for one in known if one.lasts])


def _gone(act: Act, claim: Claim) -> bool:
    """Whether there is nobody to tell: she died, or asked to be forgotten."""
    person = store.persons.of_claim(act, claim.person_id)
    return bool(person.deceased_on or person.death_reported_on or person.erased_on)


def _tell(act: Act, claim: Claim, told: Correction) -> None:
    about = {"amount": told.amount.json(), "promised_on": told.promised.isoformat()}
    what, type_, name, day = MOVED, "benefits.promised_day.moved", "comes_on", told.on
    if day is None:
        what, type_, name, day = LATE, "benefits.promised_day.missed", "news_by", told.news_by
    if day is None:
        return
    claim = store.claims.save(act, claim, claim, what, day.isoformat())
    tell(act, type_, claim, claim.id, about | {name: day.isoformat()})
