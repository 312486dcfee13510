"""The day on which money was promised to her: remembered when it was promised, kept, or corrected by one message.

A promise is made wherever her outlook says a day of its own: with a decision, once payments go on, once her account is
there. It ends without a word where the money left, and where she was told otherwise by a letter or message of its own:
a new decision, a suspension, what is kept back, an account that is asked of her.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.benefits.domain.award import ACCOUNT_HOLDS, BOUNCED, Instalment, Key, OrderState, PaymentFact
from services.benefits.domain.claim import Claim, waits_for_account
from services.benefits.domain.ids import ClaimId, DecisionId
from shared import bank_reasons
from shared.bank_days import BankCalendar
from shared.money import Money


class PromiseState(enum.StrEnum):
    OPEN = "open"
    #: The money has left, and has not arrived yet.
    LEFT = "left"
    #: It arrived, or she was told otherwise.
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Promise:
    """The day promised for an instalment: the first one, and the one that counts now. `before` is the day that the last
    message took back; `news_by` the day until which she was promised to hear more of money that is late."""

    claim_id: ClaimId
    component: str
    no: int
    decision_id: DecisionId
    amount: Money
    first_day: date
    day: date
    promised_on: date
    state: PromiseState = PromiseState.OPEN
    before: date | None = None
    news_by: date | None = None
    left_on: date | None = None

    @property
    def key(self) -> Key:
        return Key(self.component, self.no)

    @property
    def lasts(self) -> bool:
        return self.state is not PromiseState.OVER


@dataclass(frozen=True, slots=True)
class Correction:
    """What she is told, once: what was promised for a day comes on another (`on`), or is late and nobody knows more
    before a day (`news_by`)."""

    amount: Money
    promised: date
    on: date | None
    news_by: date | None


@dataclass(frozen=True, slots=True)
class Now:
    """What is known of a claim's money today. `coming` are the parts still to leave as her outlook says them, `due` the
    days of the schedule, `facts` the last word of payments on each instalment, `asked` those for which her account is
    asked; `soonest` is the next pay day."""

    claim_id: ClaimId
    decision_id: DecisionId
    coming: Mapping[Key, Instalment]
    due: Mapping[Key, date]
    facts: Mapping[Key, PaymentFact]
    asked: frozenset[Key]
    today: date
    soonest: date
    bank: BankCalendar
    #: Days a bank may take after a payment has left (`domain/practice.py`).
    bank_days: int


def stopped(claim: Claim, fact: PaymentFact) -> str:
    """What she is told of money that payments hold or that did not arrive: that it waits for her account, that it is
    delayed, or, once her new account is here, when it comes."""
    if waits_for_account(claim):
        hers = bank_reasons.is_payees(fact.reason) if fact.state in BOUNCED else fact.reason in ACCOUNT_HOLDS
        return "account" if hers else "held"
    changed = claim.waits is not None and claim.waits.reason == "account_changed"
    return "planned" if changed or fact.state in BOUNCED else "held"


def asked_for(claim: Claim, fact: PaymentFact) -> bool:
    """Whether she has a message of its own about an order that stopped: her account is asked of her."""
    if fact.state in BOUNCED and bank_reasons.is_payees(fact.reason):
        return True
    return fact.state is OrderState.HELD and stopped(claim, fact) == "account"


def last_words(facts: Iterable[PaymentFact]) -> dict[Key, PaymentFact]:
    """The order that stands for each instalment, of facts in the order in which they were heard."""
    return {fact.key: fact for fact in facts if fact.state is not OrderState.CANCELLED}


def review(known: Iterable[Promise], now: Now) -> tuple[list[Promise], Correction | None]:
    """The promises that differ from those known, and what she is told of it: at most one thing, of the earliest day
    that cannot be kept."""
    before = {promise.key: promise for promise in known}
    after = {key: _followed(promise, now) for key, promise in before.items()}
    for key, part in now.coming.items():
        old = after.get(key)
        if key not in now.asked and (old is None or not old.lasts or old.decision_id != now.decision_id):
            after[key] = _promised(part, now)
    after, told = _corrected(after, now)
    return [promise for key, promise in after.items() if before.get(key) != promise], told


def _promised(part: Instalment, now: Now) -> Promise:
    day = part.due_on
    return Promise(now.claim_id, part.component, part.no, now.decision_id, part.amount, day, day, now.today)


def _followed(promise: Promise, now: Now) -> Promise:
    """A promise after what payments said of its instalment."""
    part, fact = now.coming.get(promise.key), now.facts.get(promise.key)
    if not promise.lasts:
        return promise
    if part is not None:
        over = promise.key in now.asked
        state = PromiseState.OVER if over else PromiseState.OPEN
        return replace(promise, state=state, amount=part.amount)
    if fact is None or fact.state not in (OrderState.SENT, OrderState.UNKNOWN, OrderState.SETTLED):
        return replace(promise, state=PromiseState.OVER)  # she was told otherwise
    left = promise.left_on if promise.state is PromiseState.LEFT else None
    arrived = fact.state is OrderState.SETTLED
    return replace(
        promise, state=PromiseState.OVER if arrived else PromiseState.LEFT, left_on=left or fact.on_day or now.today
    )


def _foreseen(promise: Promise, now: Now) -> date | None:
    """The day on which the money of a promise now comes; none where nobody knows."""
    fact = now.facts.get(promise.key)
    if promise.state is PromiseState.LEFT:
        left = promise.left_on or promise.day
        silent = fact is not None and fact.state is OrderState.UNKNOWN
        lost = silent and now.today > max(promise.day, left) + timedelta(days=now.bank_days)
        return None if lost else max(promise.day, left)
    if fact is not None and (fact.state is OrderState.HELD or fact.state in BOUNCED):
        day = promise.day
    elif promise.left_on is not None and promise.key in now.coming:  # it had left, came back and goes out again
        return max(promise.day, now.coming[promise.key].due_on)
    else:
        day = now.bank.pays_on(max(promise.day, now.due.get(promise.key, promise.day)))
    return day if day >= now.today else None


def _corrected(promises: Mapping[Key, Promise], now: Now) -> tuple[dict[Key, Promise], Correction | None]:
    """The promises of the earliest day that cannot be kept, with the day that takes its place, and what is told."""
    news = {key: _foreseen(promise, now) for key, promise in promises.items() if promise.lasts}
    off = [promises[key] for key, day in news.items() if _is_news(promises[key], day, now.today)]
    if not off:
        return dict(promises), None
    first = min(off, key=lambda promise: (promise.day, news[promise.key] is None, promise.no))
    on = news[first.key]
    group = {p.key for p in off if (p.day, news[p.key]) == (first.day, on)}
    if first.state is PromiseState.LEFT and on is not None:
        # What was promised for the same day and is not stopped leaves in the same run.
        group |= {p.key for p in promises.values() if p.lasts and p.day == first.day and _goes_along(p, now)}
    news_by = now.soonest if on is None else None
    after = {key: _told(promise, on, news_by) if key in group else promise for key, promise in promises.items()}
    amount = Money(sum(promises[key].amount.minor for key in group), first.amount.currency)
    return after, Correction(amount, first.day, on, news_by)


def _is_news(promise: Promise, foreseen: date | None, today: date) -> bool:
    if foreseen is not None:
        return foreseen > promise.day
    return promise.news_by is None or promise.news_by < today


def _goes_along(promise: Promise, now: Now) -> bool:
    fact = now.facts.get(promise.key)
    return fact is None or not (fact.state is OrderState.HELD or fact.state in BOUNCED)


def _told(promise: Promise, on: date | None, news_by: date | None) -> Promise:
    if on is None:
        return replace(promise, news_by=news_by)
    back = promise.left_on if promise.state is PromiseState.LEFT else None
    return replace(promise, before=promise.day, day=on, news_by=None, left_on=back)


def said(promises: Iterable[Promise], today: date, bank_days: int) -> list[Correction]:
    """What she was told of money that has not arrived, the earliest day first; a day that was promised anew is said
    and the `bank_days` after it are over."""
    groups: dict[tuple[date, date | None, date | None], list[Promise]] = {}
    for one in promises:
        if one.lasts and one.news_by is not None:
            groups.setdefault((one.day, None, one.news_by), []).append(one)
        elif one.lasts and one.before is not None and one.day + timedelta(days=bank_days) >= today:
            groups.setdefault((one.before, one.day, None), []).append(one)
    return [
        Correction(Money(sum(p.amount.minor for p in ones), ones[0].amount.currency), *days)
        for days, ones in sorted(groups.items(), key=lambda found: found[0][0])
    ]
