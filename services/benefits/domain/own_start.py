"""A claim that a person starts herself on her phone, long before she stands at a counter.

Number and day of birth are no secret, so a code goes to the phone that the register knows from before. Whoever asks is
told the same in every case, and strangers learn nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.phone_code import GOOD_FOR, MOST_TRIES


class StartRefused(ValueError):
    """The claim cannot be started now: `wrong_code`, `same_claim` (with the number of the claim that is there), or a
    field and why it cannot be."""

    def __init__(self, code: str, field: str = "", number: str = "") -> None:
        super().__init__(code)
        self.code, self.field, self.number = code, field, number


@dataclass(frozen=True, slots=True)
class OwnStart:
    """One code that was asked for. `person_id` is none where nobody, or no phone that counts, was found; `number` is
    the claim's once the code has left; `claim_id` once it was opened, and then the same as `id`."""

    id: str
    person_id: PersonId | None
    asked_at: datetime
    asked_on: date
    number: str | None = None
    claim_id: ClaimId | None = None
    tries: int = 0
    confirmed_at: datetime | None = None

    @property
    def purpose(self) -> str:
        """What the digits of its code are worked out from; they are kept nowhere."""
        return purpose(self.id)

    def is_open(self, now: datetime) -> bool:
        """Whether its code lets her in: also a second time, since an answer may be lost on a thin line."""
        return self.number is not None and now < self.asked_at + GOOD_FOR and self.tries < MOST_TRIES


def purpose(id_: str) -> str:
    """The same for an id that nobody has asked for, so that looking takes as long."""
    return f"own start:{id_}"


def answered(start: OwnStart, *, right: bool, now: datetime) -> OwnStart:
    """The start after a code was typed: a wrong one is counted. Whether it let her in says `confirmed_at`."""
    if not start.is_open(now):
        return start
    if not right:
        return replace(start, tries=start.tries + 1)
    return replace(start, confirmed_at=start.confirmed_at or now)


@dataclass(frozen=True, slots=True)
class Ending:
    """The days of a start that the office has not completed: told from `tell_on`, over after `last_day`."""

    tell_on: date
    last_day: date


def ending(started_on: date, keep_days: int, notice_days: int) -> Ending:
    """When a start that nobody completes is told of, and its last day."""
    last = started_on + timedelta(days=keep_days)
    return Ending(last - timedelta(days=notice_days), last)
