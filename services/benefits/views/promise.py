"""What is said of money that does not come on the promised day: on her page and at the desk, in the words of the
message that she gets of it (`services/notifications/templates/payment_moved`, `payment_late`)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits import store
from services.benefits.domain import promise as domain
from services.benefits.domain.claim import Claim
from services.benefits.domain.promise import Correction
from services.benefits.institution import institution
from services.benefits.law.text import day, money
from services.benefits.usecases import promises
from services.benefits.views.shown import Words
from shared.act import Act
from shared.money import exponent
from shared.web.texts import N_

MOVED = N_("Your payment of {amount}, promised for {date}, comes on {on}.")
LATE = N_("Your payment of {amount}, promised for {date}, is late. You hear more by {by}.")

#: What stands in the history of a claim, with a day.
TOLD = (promises.MOVED, promises.LATE)


def sentences(act: Act, claim: Claim) -> list[Words]:
    """All that she was told of money that has not come, the earliest promised day first."""
    known, patience = store.promises.of_claim(act, claim.id), institution().practice.bank_days
    return [_sentence(one) for one in domain.said(known, act.today, patience)]


def _sentence(told: Correction) -> Words:
    amount = Fraction(told.amount.minor, 10 ** exponent(told.amount.currency))
    said = {"amount": money(amount, told.amount.currency), "date": day(told.promised)}
    if told.on is not None:
        return {"msg": MOVED, "params": said | {"on": day(told.on)}}
    return {"msg": LATE, "params": said | {"by": day(told.news_by or date.max)}}
