"""A code on the person's phone: her own word that what an officer entered for her claim is right; or, where it is for
no claim, that the number itself is hers.

It stands in the place of a second person only where the phone itself is nobody's making: whoever asks, decides, wrote
the account or entered the facts has neither registered her nor written her number, and the number is as old as an
account has to be. A code for no claim says only that the number is reached: it never stands in anybody's place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.benefits.domain.ids import ClaimId, PersonId

#: A code is asked so often a day for a claim, or for a number, tried so often, and is good for so long.
MOST_ASKED, MOST_TRIES, GOOD_FOR = 3, 5, timedelta(hours=24)
#: What her own word covers of the combinations that ask for a second person.
COVERED = frozenset({"entered_facts", "set_account", "recent_account"})


class PhoneCodeRefused(ValueError):
    """No code can be asked or answered now: `no_phone`, `phone_of_one_hand`, `phone_too_new`, `asked_too_often`,
    `none_open`, `too_many_tries`, `not_possible`, `confirmed_already`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PhoneCode:
    """One code: for which claim or number, which account it named, who asked for it, and whether she has said it."""

    id: str
    #: None where it asks about the number itself.
    claim_id: ClaimId | None
    person_id: PersonId
    payee_id: str | None
    asked_by: str
    asked_name: str
    asked_at: datetime
    tries: int = 0
    confirmed_by: str | None = None
    confirmed_name: str | None = None
    confirmed_at: datetime | None = None
    #: The number it asks about, where it is for no claim.
    phone: str | None = None

    @property
    def purpose(self) -> str:
        """What its digits are worked out from; they are kept nowhere."""
        return f"phone:{self.id}"

    def is_open(self, now: datetime) -> bool:
        """Whether it may still be answered."""
        return self.confirmed_at is None and now < self.asked_at + GOOD_FOR and self.tries < MOST_TRIES


@dataclass(frozen=True, slots=True)
class Number:
    """A person's number as somebody's word: whether she has one, whose making it is, and whether it is too new."""

    known: bool
    own_hand: bool
    new: bool

    @property
    def says_nothing(self) -> str | None:
        """Why a code on it proves nothing, as a code of `PhoneCodeRefused`; `None` where it does."""
        if not self.known:
            return "no_phone"
        if self.own_hand:
            return "phone_of_one_hand"
        return "phone_too_new" if self.new else None


def answered(code: PhoneCode, *, right: bool, by: str, name: str, now: datetime) -> PhoneCode:
    """The code after somebody typed what she said. Raises `PhoneCodeRefused`."""
    if code.tries >= MOST_TRIES:
        raise PhoneCodeRefused("too_many_tries")
    if not code.is_open(now):
        raise PhoneCodeRefused("none_open")
    if not right:
        return replace(code, tries=code.tries + 1)
    return replace(code, confirmed_by=by, confirmed_name=name, confirmed_at=now)
