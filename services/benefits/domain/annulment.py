"""Annulling a decision that should never have been made: asked for by one person, confirmed by another.

A revision decides anew from other facts and leaves a decision in its place. An annulment leaves none: the decision, and
those whose place it took, count no more, as if nobody had ever claimed. They are kept and open as they were.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from services.benefits.domain.claim import Waiting
from services.benefits.domain.ids import ClaimId, DecisionId
from shared.money import Money


class AnnulmentState(enum.StrEnum):
    """Where an annulment stands. One that is `lifted` was contested and did not hold: the decision counts again."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    RUNS = "runs"
    LIFTED = "lifted"


class AnnulmentGround(enum.StrEnum):
    """Why a decision should never have been made."""

    WRONG_PERSON = "wrong_person"
    REGISTERED_TWICE = "registered_twice"
    FALSE_PAPERS = "false_papers"
    OUR_MISTAKE = "our_mistake"

    @property
    def is_ours(self) -> bool:
        """Whether the mistake was the institution's: what was paid by it is asked back only where she could know."""
        return self in (AnnulmentGround.WRONG_PERSON, AnnulmentGround.OUR_MISTAKE)


@dataclass(frozen=True, slots=True)
class Annulment:
    """The decision that stood on a claim annulled, or asked to be. `up_to` is its number: with it go those before it.
    `basis` is the provision it rests on, `words` why, as the letter says it; `paid` what had left by then."""

    id: str
    claim_id: ClaimId
    decision_id: DecisionId
    up_to: int
    ground: AnnulmentGround
    basis: str
    words: str
    granted: Money
    paid: Money
    state: AnnulmentState
    proposed_by: str
    proposed_name: str
    proposed_on: date
    #: What the claim waited for when it was asked for, and waits for again where it is given back.
    waited: Waiting | None = None
    decided_on: date | None = None
    confirmed_by: str | None = None
    confirmed_name: str | None = None
    returned_words: str | None = None
    appeal_until: date | None = None
    #: What was decided on an objection to it.
    outcome: str | None = None
    reasons: str | None = None
    outcome_on: date | None = None
    outcome_by: str | None = None
    outcome_name: str | None = None

    @property
    def hands(self) -> set[str | None]:
        """Who has decided about it: somebody else decides on an objection to it."""
        return {self.proposed_by, self.confirmed_by}


class AnnulmentRefused(ValueError):
    """A decision cannot be annulled so; `code` says why, `field` where."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


#: How an objection to an annulment is decided: the decision counts again, or it stays annulled.
OUTCOMES = ("upheld", "rejected")
