"""What pages show of the keys of an employer's software: never a key, only its name, its days and who ended it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.employer_key import MOST_KEYS
from services.benefits.domain.ids import AccountId
from services.benefits.views import words
from services.benefits.views.shown import Said
from shared.act import Act
from shared.web.texts import N_

ERRORS = {
    "required": N_("Give the key a name."),
    "too_long": N_("This name is too long: at most 60 letters."),
    "enough_keys": N_("You have five keys. End one that is no longer used first."),
}


@dataclass(frozen=True, slots=True)
class KeyLine:
    id: str
    name: str
    made_on: date
    ends_on: date
    last_used_on: date | None
    lives: bool
    ended_name: str | None


@dataclass(frozen=True, slots=True)
class KeysPage:
    """`secret` is the key just made, seen this once."""

    keys: list[KeyLine]
    may_make: bool
    typed: Said
    errors: Said
    secret: str


def lines(act: Act, account_id: AccountId) -> list[KeyLine]:
    """The keys of an account, the latest first."""
    return [
        KeyLine(
            k.id,
            k.name,
            k.made_on,
            k.ends_on,
            k.last_used_on,
            k.lives(act.today),
            k.ended_name,
        )
        for k in store.employer_keys.of_account(act, account_id)
    ]


def page(act: Act, *, typed: str = "", error: str = "", secret: str = "") -> KeysPage:
    """Her own keys."""
    found = lines(act, AccountId(act.actor.id))
    errors = Said({"name": words.text(ERRORS, error)}) if error else Said()
    may_make = sum(key.lives for key in found) < MOST_KEYS
    return KeysPage(found, may_make, Said({"name": typed}), errors, secret)
