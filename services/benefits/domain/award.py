"""What was granted, cut into instalments that each fall due on a pay day, and what payments say has moved of it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.ids import AwardId, ClaimId, DecisionId, EmployerId, PersonId, RecoveryId
from shared.bank_days import BankCalendar
from shared.money import Money
from shared.period import Period


class Key(NamedTuple):
    """What names an instalment inside its award."""

    component: str
    no: int


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of an award; `due_on` is the pay day on which payments release it."""

    no: int
    component: str
    period: Period
    due_on: date
    amount: Money

    @property
    def key(self) -> Key:
        return Key(self.component, self.no)

    def json(self) -> dict[str, Any]:
        return {
            "no": self.no,
            "component": self.component,
            "period": self.period.json(),
            "due_on": self.due_on.isoformat(),
            "amount": self.amount.json(),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Instalment:
        due_on = date.fromisoformat(said["due_on"])
        return cls(said["no"], said["component"], Period.from_json(said["period"]), due_on, Money(**said["amount"]))


class Ceded(NamedTuple):
    """What is kept back from an instalment for what was paid too much on another claim, in minor units."""

    minor: int
    recovery_id: RecoveryId


#: Of each instalment, the minor units that go to employers who advanced them.
Advanced = Mapping[Key, Mapping[EmployerId, int]]


class AwardState(enum.StrEnum):
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Award:
    """The schedule that payments follow, in its latest version. `past` and `paid_until` are what the version found
    when it was made; `withheld` are minor units kept back by a decision, `ceded` those kept back for another claim,
    `advanced` those that go to employers who advanced them. `held` is what of each would leave and waits while the
    payments are suspended; it stays owed."""

    id: AwardId
    claim_id: ClaimId
    person_id: PersonId
    version: int
    decision_id: DecisionId
    state: AwardState
    total: Money
    schedule: tuple[Instalment, ...]
    past: frozenset[Key] = frozenset()
    paid_until: Mapping[str, date] = field(default_factory=dict)
    withheld: Mapping[Key, int] = field(default_factory=dict)
    ceded: Mapping[Key, Ceded] = field(default_factory=dict)
    advanced: Advanced = field(default_factory=dict)
    held: Mapping[Key, int] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        return self.state is AwardState.RUNNING

    def payable(self) -> list[Instalment]:
        """The whole schedule as it is to be paid: less what is withheld and what waits."""
        return [self._now(part) for part in self.schedule]

    @property
    def own(self) -> tuple[Instalment, ...]:
        """The schedule as it is the person's: less what employers advanced."""
        return tuple(_less(part, sum(self.advanced.get(part.key, {}).values())) for part in self.schedule)

    def payable_to_her(self, facts: Iterable[PaymentFact]) -> list[Instalment]:
        """What is to be paid to the person: less what employers advanced, what is withheld and what waits. `facts` are
        the payments of the claim, to employers too."""
        gone = _to_employers(facts)
        return [_less(part, sum(self._theirs(part, gone).values())) for part in self.payable()]

    def owed_to_her(self) -> list[Instalment]:
        """The same, as if nothing waited."""
        return replace(self, held={}).payable_to_her(())

    def _now(self, part: Instalment) -> Instalment:
        """An instalment as it is to be paid now: less what is kept back of it, and what waits."""
        return _less(part, min(part.amount.minor, self.kept(part) + self.held.get(part.key, 0)))

    def _theirs(self, part: Instalment, gone: Mapping[tuple[Key, EmployerId], int]) -> dict[EmployerId, int]:
        """The parts of employers of an instalment as it is to be paid now: of one that waits, what has left to them."""
        found, left = dict(self.advanced.get(part.key, {})), part.amount.minor
        for employer, minor in sorted(found.items()) if part.key in self.held else ():
            found[employer] = min(minor, left, gone.get((part.key, employer), 0))
            left -= found[employer]
        return {employer: minor for employer, minor in sorted(found.items()) if minor}

    @property
    def to_employers(self) -> Money:
        """What goes to employers who advanced it."""
        found = sum(minor for given in self.advanced.values() for minor in given.values())
        return Money(found, self.total.currency)

    def announced(self, facts: Iterable[PaymentFact]) -> list[dict[str, Any]]:
        """The whole schedule as payments hear it, with employers' parts; `facts` are all payments of the claim."""
        gone = _to_employers(facts)
        return [part.json() | self._advanced_json(part, gone) for part in self.payable()]

    def _advanced_json(self, part: Instalment, gone: Mapping[tuple[Key, EmployerId], int]) -> dict[str, Any]:
        told = [
            {"employer_id": employer, "amount": Money(minor, part.amount.currency).json()}
            for employer, minor in self._theirs(part, gone).items()
        ]
        return {"advanced": told} if told else {}

    def kept(self, part: Instalment) -> int:
        """Minor units withheld from an instalment, for this claim and for another."""
        other = self.ceded.get(part.key)
        return self.withheld.get(part.key, 0) + (other.minor if other is not None else 0)


def _to_employers(facts: Iterable[PaymentFact]) -> dict[tuple[Key, EmployerId], int]:
    """What has left to employers, by instalment, in minor units."""
    gone: dict[tuple[Key, EmployerId], int] = {}
    for fact in facts:
        if fact.employer_id is not None and fact.state in MOVED:
            gone[fact.key, fact.employer_id] = gone.get((fact.key, fact.employer_id), 0) + fact.amount.minor
    return gone


def _less(part: Instalment, minor: int) -> Instalment:
    return replace(part, amount=part.amount - Money(minor, part.amount.currency)) if minor else part


class OrderState(enum.StrEnum):
    """What payments last said of an order."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    HELD = "held"
    SENT = "sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    RETURNED = "returned"


#: States of a payment order in which its money has left or may have left.
MOVED = frozenset({OrderState.SENT, OrderState.UNKNOWN, OrderState.SETTLED})
#: The money did not reach her.
BOUNCED = frozenset({OrderState.REJECTED, OrderState.RETURNED})
#: Why payments hold an order until she has another account; `shared.bank_reasons` has the banks' own codes.
NO_ACCOUNT = frozenset({"no_account", "no_channel"})
ACCOUNT_HOLDS = NO_ACCOUNT | {"account_unreadable", "account_refused"}


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """One order as payments told us of it; they know what was paid."""

    order_id: str
    award_id: AwardId
    claim_id: ClaimId
    person_id: PersonId
    reference: str
    component: str
    no: int
    #: The days it was paid for, by the version of the award under which it was ordered.
    period: Period
    amount: Money
    state: OrderState
    on_day: date | None
    reason: str | None
    #: Who was paid because she advanced it; none: the person.
    employer_id: EmployerId | None = None

    @property
    def key(self) -> Key:
        return Key(self.component, self.no)


@dataclass(frozen=True, slots=True)
class PayDays:
    """The days on which instalments leave: one weekday (Monday is 0), moved where banks are closed on it."""

    weekday: int
    bank: BankCalendar

    def after(self, day: date) -> date:
        """The first pay day strictly after a day, as the bank moves it: the day that is promised, and kept."""
        nominal = day - timedelta(days=(day.weekday() - self.weekday) % 7)
        while (promised := self.bank.pays_on(nominal)) <= day:
            nominal += timedelta(days=7)
        return promised


def cut(assessment: Assessment, decided_on: date, days: PayDays) -> list[Instalment]:
    """The instalments of an assessment with their pay days.

    Days are paid once they have passed: a part falls due on the first pay day after its last day and
    after the decision. A lump sum falls due on the first pay day after the decision and its event.
    """
    due = [(days.after(max(i.period.last, decided_on)), i) for i in assessment.instalments if i.amount]
    due.sort(key=lambda part: (part[0], part[1].period, part[1].component))
    return [Instalment(n, i.component, i.period, on, i.amount) for n, (on, i) in enumerate(due, start=1)]


def moved(facts: Iterable[PaymentFact]) -> int:
    """Minor units that have left the house for an award and have not come back."""
    return sum(f.amount.minor for f in facts if f.state in MOVED)
