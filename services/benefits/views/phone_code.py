"""Whether a person has said herself that what was entered for her claim is right, as the desk sees it."""

from __future__ import annotations

from dataclasses import dataclass

from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.phone_code import COVERED, MOST_TRIES
from services.benefits.institution import institution
from services.benefits.usecases import claims, no_claim
from services.benefits.views import words
from services.benefits.views.shown import Words
from shared.act import Act


@dataclass(frozen=True, slots=True)
class ByPhone:
    """One sentence for where it stands; whether a code may be asked for, and whether one may be typed."""

    said: Words
    kind: str
    may_ask: bool
    may_answer: bool


def by_phone(act: Act, claim: Claim) -> ByPhone | None:
    """Nothing where a code would change nothing for who looks, or was never asked for."""
    if not act.actor.has("officer", "supervisor"):
        return None
    latest, covers = store.phone_codes.latest(act, claim.id), COVERED & set(institution().phone_covers)
    hers = claim.waits is not None and claim.waits.reason == no_claim.CONFIRM
    helps = hers or bool(covers & set(claims.alone(act, claim)))
    if latest is not None and latest.confirmed_at is not None and not helps:
        params = {"by": latest.confirmed_name or "", "on": latest.confirmed_at.date()}
        return ByPhone(words.text(words.BY_PHONE, "confirmed", params), "go", False, False)
    if not helps:
        return None
    refused = store.phone_codes.number(act, claim, institution().account_rest_days).says_nothing
    if refused is not None:
        return ByPhone(words.text(words.BY_PHONE, refused), "", False, False)
    if latest is None or latest.confirmed_at is not None or not latest.is_open(act.now):
        return ByPhone(words.text(words.BY_PHONE, "may_be_asked"), "", True, False)
    if latest.tries:
        params = {"left": MOST_TRIES - latest.tries}
        return ByPhone(words.text(words.BY_PHONE, "wrong", params), "no", True, True)
    return ByPhone(words.text(words.BY_PHONE, "sent"), "wait", True, True)
