"""Whether a person has said herself that what was entered for her claim is right, or that her number is hers, as the
desk sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.person import Person
from services.benefits.domain.phone_code import COVERED, MOST_ASKED, MOST_TRIES
from services.benefits.institution import institution
from services.benefits.usecases import claims, no_claim
from services.benefits.views import words
from services.benefits.views.person import Head, head
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


@dataclass(frozen=True, slots=True)
class NumberPage:
    """A person's number, whether it is confirmed, and what can be done about it."""

    person: Person
    head: Head
    phone: str | None
    number: ByPhone | None


def number_page(act: Act, person: Person) -> NumberPage:
    return NumberPage(person, head(act, person), person.phone, number(act, person))


def number(act: Act, person: Person) -> ByPhone | None:
    """Where her number stands; nothing where she has none."""
    if not person.phone:
        return None
    latest = store.phone_codes.latest_on_number(act, person.id)
    if (confirmed := store.phone_codes.number_confirmed(act, person.id)) is not None:
        params = {"on": confirmed.on, "by": confirmed.after["asked_by"]}
        return ByPhone(words.text(words.NUMBER, "confirmed", params), "go", False, False)
    if person.deceased_on or person.death_reported_on:
        return ByPhone(words.text(words.NUMBER, "not_possible"), "no", False, False)
    asked = store.phone_codes.asked_on_number_since(act, person.id, act.now - timedelta(days=1))
    may_ask = asked < MOST_ASKED
    if latest is None or latest.phone != person.phone:
        return ByPhone(words.text(words.NUMBER, "may_be_asked" if may_ask else "asked_too_often"), "", may_ask, False)
    if latest.is_open(act.now):
        said = words.text(words.NUMBER, "wrong", {"left": MOST_TRIES - latest.tries}) if latest.tries else None
        return ByPhone(said or words.text(words.NUMBER, "sent"), "no" if said else "wait", may_ask, True)
    if not may_ask:
        return ByPhone(words.text(words.NUMBER, "asked_too_often"), "no", False, False)
    return ByPhone(words.text(words.NUMBER, "used_up" if latest.tries >= MOST_TRIES else "run_out"), "no", True, False)
