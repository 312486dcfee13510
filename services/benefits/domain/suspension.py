"""Suspending the payments still to come of an award: on a ground of the country's law (C102 art. 69), asked for by one
person, confirmed by another, and never forgotten.

What has left is not touched. What has not left of an instalment that covers a day from the first day on waits as a
whole, since its amount belongs to all its days together. While it lasts nothing is lost: the award keeps its amounts,
and payments hear that nothing of them is to be paid yet.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.benefits.domain.award import MOVED, Award, Instalment, Key, PaymentFact
from services.benefits.domain.ids import ClaimId
from shared.period import Period


class SuspensionState(enum.StrEnum):
    """Where a suspension stands. One that is `settling` still holds everything: the days on which the ground held are
    a fact of the claim now, and it ends with the decision that follows."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    RUNS = "runs"
    SETTLING = "settling"
    LIFTED = "lifted"


#: While it is one of these, instalments wait.
HOLDS = frozenset({SuspensionState.RUNS, SuspensionState.SETTLING})


class Ended(enum.StrEnum):
    """What came of it: the ground did not hold, or it did for some days."""

    GROUNDLESS = "groundless"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which the law lets payments be suspended: what it says, which letter of C102 art. 69 it is one of
    (`14` where it only says that no earnings are suspended), and where it stands. `fact` is what the claim would say of
    the days on which it held (`domain.case.HAPPENINGS`); none where the papers say it otherwise."""

    code: str
    text: str
    letter: str
    citation: str
    evidence: str
    fact: str | None = None

    def json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("code", "text", "letter", "citation", "evidence", "fact")}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Ground:
        return cls(**said)


@dataclass(frozen=True, slots=True)
class Suspension:
    """The payments of a claim suspended from `first_day` on, or asked to be. The ground is kept as it stood."""

    id: str
    claim_id: ClaimId
    ground: Ground
    first_day: date
    #: Why, in the officer's words: the letter says it.
    words: str
    look_again_on: date
    state: SuspensionState
    proposed_by: str
    proposed_name: str
    proposed_on: date
    decided_on: date | None = None
    confirmed_by: str | None = None
    confirmed_name: str | None = None
    returned_words: str | None = None
    appeal_until: date | None = None
    ended: Ended | None = None
    #: The days on which the ground held.
    held: Period | None = None
    lifted_on: date | None = None
    lifted_by: str | None = None
    lifted_name: str | None = None
    lifted_words: str | None = None

    @property
    def holds(self) -> bool:
        """Whether payments wait because of it."""
        return self.state in HOLDS

    @property
    def hands(self) -> set[str | None]:
        """Who has decided about it: somebody else decides on an objection to it."""
        return {self.proposed_by, self.confirmed_by}


class SuspensionRefused(ValueError):
    """Payments cannot be suspended so, or the suspension not lifted so; `code` says why, `field` where."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


def held_back(
    award: Award, facts: Iterable[PaymentFact], past: Collection[Key], first_day: date | None, *, back: int = 0
) -> dict[Key, int]:
    """What waits of each instalment that covers a day from the first day on, in minor units: what would leave of it,
    to her or to an employer, and has not left for its days. What is kept back of it would not leave anyway.

    `past` is what payments will look at as one sum when they hear of the award, `back` what came back of money paid
    too much. There an instalment is announced with what has left for its days, under whatever number: then the past
    still lacks what is due for the days before, and nothing else.
    """
    if first_day is None:
        return {}
    target = {part.key: part.amount.minor - award.kept(part) for part in award.schedule}
    gone = [fact for fact in facts if fact.state in MOVED]
    left = _less_gone(award.schedule, target, gone, past, back)
    for part in award.schedule:
        # Of what waits already only as much has left for its days as left under its own number: what left otherwise
        # meanwhile was due for the days before, for payments make up the sum of the past at its end.
        under_it = sum(f.amount.minor for f in gone if (f.key, f.period) == (part.key, part.period))
        waits = min(award.held.get(part.key, 0), target[part.key] - under_it)
        left[part.key] = max(left[part.key], waits)
    late = (part for part in award.schedule if part.period.last >= first_day)
    return {part.key: left[part.key] for part in late if left[part.key] > 0}


def _less_gone(
    schedule: Sequence[Instalment],
    target: Mapping[Key, int],
    gone: Sequence[PaymentFact],
    past: Collection[Key],
    back: int,
) -> dict[Key, int]:
    """What has not left of each instalment: in the past by the days it was paid for, then as one sum from its
    beginning; else by its number, as payments count."""
    left = dict(target)
    early = sorted((part for part in schedule if part.key in past), key=lambda part: (part.period, part.no))
    loose = [fact for fact in gone if fact.key in past or fact.key not in target]
    for fact in gone:
        if fact.key in target and fact.key not in past:
            left[fact.key] -= fact.amount.minor
    # What she paid back has not left any more, the latest first; what is no day's money counts from the beginning.
    rest = 0
    for fact in sorted(loose, key=lambda fact: (fact.period, fact.no), reverse=True):
        taken = min(back, fact.amount.minor)
        back -= taken
        same = [p for p in early if p.component == fact.component and p.period.overlap(fact.period)]
        rest += _take(left, same, fact.amount.minor - taken)
    _take(left, early, rest)
    return left


def _take(left: dict[Key, int], parts: Iterable[Instalment], minor: int) -> int:
    """Count what has left against instalments, one after the other; what no instalment lacks is over."""
    for part in parts:
        taken = min(max(0, left[part.key]), minor)
        left[part.key] -= taken
        minor -= taken
    return minor


#: An officer looks again within half a year at the longest.
LONGEST_DAYS = 183


def check_days(first_day: date | None, look_again_on: date | None, today: date) -> None:
    """Whether the days can be. Raises `SuspensionRefused`."""
    if first_day is None:
        raise SuspensionRefused("required", "first_day")
    if first_day > today + timedelta(days=LONGEST_DAYS):
        raise SuspensionRefused("too_far", "first_day")
    if look_again_on is None:
        raise SuspensionRefused("required", "look_again_on")
    if look_again_on <= today:
        raise SuspensionRefused("in_the_past", "look_again_on")
    if (look_again_on - today).days > LONGEST_DAYS:
        raise SuspensionRefused("too_far", "look_again_on")


def check_held(held: Period | None, found: Suspension) -> Period:
    """The days on which the ground held lie from the first day of the suspension on: earlier ones were not suspended
    and are for a revision of their own. Raises `SuspensionRefused`."""
    if held is None:
        raise SuspensionRefused("required", "held_from")
    if held.first < found.first_day:
        raise SuspensionRefused("before_suspension", "held_from")
    return held


def with_days(happenings: Sequence[Mapping[str, Any]], fact: str, held: Period) -> list[Mapping[str, Any]]:
    """What happened, as the claim's facts say it, with the days on which the ground held."""
    said = held.json() | {"what": fact}
    return [*happenings, *([] if said in happenings else [said])]
