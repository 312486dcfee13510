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
from shared.web.texts import N_

BY_PHONE = {
    "confirmed": N_("She said the code on her phone to {by} on {on}: what was entered for her claim is right."),
    "no_phone": N_("No phone is known: her own word by a code is not possible."),
    "phone_of_one_hand": N_("Who wrote her phone also entered what it would confirm: a code on it proves nothing."),
    "phone_too_new": N_("Her phone was changed a short while ago: a code on it proves nothing yet."),
    "may_be_asked": N_("She may say herself, by a code on her phone, that what was entered is right."),
    "sent": N_("A code was sent to her phone. Type what she tells you."),
    "wrong": N_("That was not the code. Tries left: {left}."),
}
#: Whether a person's number is known to reach her (`views/phone_code.py: number`).
NUMBER = {
    "confirmed": N_("Confirmed by a code on {on}; {by} had it sent."),
    "may_be_asked": N_("Not confirmed: nobody has shown yet that this number reaches her."),
    "sent": N_("A code was sent to this number. Type what she tells you."),
    "wrong": N_("That was not the code. Tries left: {left}."),
    "used_up": N_("Not confirmed: five wrong codes were typed."),
    "run_out": N_("Not confirmed: the code was never typed, and a day is over."),
    "asked_too_often": N_("Not confirmed: three codes were sent today. Try again tomorrow."),
    "not_possible": N_("Not confirmed, and no code is sent: a death was reported."),
}


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
        return ByPhone(words.text(BY_PHONE, "confirmed", params), "go", False, False)
    if not helps:
        return None
    refused = store.phone_codes.number(act, claim, institution().account_rest_days).says_nothing
    if refused is not None:
        return ByPhone(words.text(BY_PHONE, refused), "", False, False)
    if latest is None or latest.confirmed_at is not None or not latest.is_open(act.now):
        return ByPhone(words.text(BY_PHONE, "may_be_asked"), "", True, False)
    if latest.tries:
        params = {"left": MOST_TRIES - latest.tries}
        return ByPhone(words.text(BY_PHONE, "wrong", params), "no", True, True)
    return ByPhone(words.text(BY_PHONE, "sent"), "wait", True, True)


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
        return ByPhone(words.text(NUMBER, "confirmed", params), "go", False, False)
    if person.deceased_on or person.death_reported_on:
        return ByPhone(words.text(NUMBER, "not_possible"), "no", False, False)
    asked = store.phone_codes.asked_on_number_since(act, person.id, act.now - timedelta(days=1))
    may_ask = asked < MOST_ASKED
    if latest is None or latest.phone != person.phone:
        return ByPhone(words.text(NUMBER, "may_be_asked" if may_ask else "asked_too_often"), "", may_ask, False)
    if latest.is_open(act.now):
        said = words.text(NUMBER, "wrong", {"left": MOST_TRIES - latest.tries}) if latest.tries else None
        return ByPhone(said or words.text(NUMBER, "sent"), "no" if said else "wait", may_ask, True)
    if not may_ask:
        return ByPhone(words.text(NUMBER, "asked_too_often"), "no", False, False)
    return ByPhone(words.text(NUMBER, "used_up" if latest.tries >= MOST_TRIES else "run_out"), "no", True, False)
