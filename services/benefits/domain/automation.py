"""Why a person decides a claim, as a list: what is not on it, the rules may decide alone.

Nothing is refused, cut or changed by the rules alone: they only grant what everybody who was asked agrees on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction

from shared.money import Money

#: Reasons that always count.
ALWAYS = (
    "benefit_by_people",
    "cannot_be",
    "questions_open",
    "judgement_open",
    "doubt_open",
    "no_account",
    "death",
    "not_granted",
    "decided_before",
    "second_person",
    "above_limit",
    "waits_for_others",
    "unconfirmed",
    "paper_unseen",
    "account_by_desk",
    "sent_back",
    "case_unconfirmed",
)
#: Reasons that an institution may take out.
SWITCHED = ("doubt_judged", "recent_account", "first_claim", "in_hand")


@dataclass(frozen=True, slots=True)
class Automatic:
    """What the institution lets the rules decide: these benefits, up to an amount, unless one of the `reasons` holds;
    so large a part of what they decide is looked at afterwards, and of what people decide."""

    benefits: Collection[str] = ()
    at_most: Money | None = None
    reasons: Collection[str] = SWITCHED
    looked_at: Fraction = Fraction(1, 10)
    people_looked_at: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if unknown := set(self.reasons) - set(SWITCHED):
            raise TypeError(f"automatic: unknown reasons {sorted(unknown)}")
        if self.benefits and self.at_most is None:
            raise TypeError("automatic: benefits without at_most")
        if not (0 < self.looked_at <= 1 and 0 <= self.people_looked_at <= 1):
            raise TypeError("automatic: a share is a part of one")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is known of a claim that waits: `hindrances` are codes of `domain.decision.hindrances`."""

    benefit: str
    waits_for_officer: bool
    hindrances: Collection[str]
    granted: bool
    total: Money
    decided_before: bool
    second_person: bool
    doubts_judged: bool
    #: The employer, or she herself by phone, has said that what was entered is right, and it has not changed since.
    confirmed: bool
    #: Somebody at a desk wrote the account, and she has not said by phone that it is hers.
    account_by_desk: bool
    #: Somebody has sent it back, or found that a paper cannot be used.
    sent_back: bool
    #: A paper opened it, and she has not said that it is hers.
    case_unconfirmed: bool
    #: Somebody has judged what the law leaves to judgement.
    judged: bool
    recent_account: bool
    first_claim: bool
    in_hand: bool
    #: A paper was sent in that nobody has looked at.
    paper_unseen: bool = False
    #: Whether anything could be worked out at all.
    readable: bool = field(default=True)


def by_hand(weighed: Weighed, practice: Automatic) -> list[str]:
    """Why a person decides this claim, in the order of `ALWAYS` and `SWITCHED`; nothing where the rules may."""
    hindered = set(weighed.hindrances)
    known = {"questions_open", "judgement_open", "no_account", "warning_open", "death_to_confirm"}
    automated = weighed.benefit in practice.benefits
    holds = {
        "benefit_by_people": not automated,
        "cannot_be": not weighed.readable or bool(hindered - known),
        "questions_open": "questions_open" in hindered,
        "judgement_open": weighed.judged or "judgement_open" in hindered,
        "doubt_open": "warning_open" in hindered,
        "no_account": "no_account" in hindered,
        "death": "death_to_confirm" in hindered,
        "not_granted": not weighed.granted,
        "decided_before": weighed.decided_before,
        "second_person": weighed.second_person,
        "above_limit": automated and practice.at_most is not None and weighed.total.minor > practice.at_most.minor,
        "waits_for_others": not weighed.waits_for_officer,
        "doubt_judged": weighed.doubts_judged,
        "unconfirmed": not weighed.confirmed,
        "paper_unseen": weighed.paper_unseen,
        "account_by_desk": weighed.account_by_desk,
        "sent_back": weighed.sent_back,
        "case_unconfirmed": weighed.case_unconfirmed,
        "recent_account": weighed.recent_account,
        "first_claim": weighed.first_claim,
        "in_hand": weighed.in_hand,
    }
    return [code for code in (*ALWAYS, *SWITCHED) if holds[code] and (code in ALWAYS or code in practice.reasons)]


def drawn(share: Fraction, chance: int, of: int) -> bool:
    """Whether a decision is looked at afterwards: `chance` is a number below `of`, each as likely as the other."""
    return chance * share.denominator < share.numerator * of
