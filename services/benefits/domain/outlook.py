"""What was paid on an award, what still comes and when, and what was paid too much.

Letter, page, message and desk say it from here, so that none promises money that was paid already. It is counted as
payments will count when they hear of the award (`services/payments/domain/plan.py`): what has left counts as paid
until the bank says otherwise, and the past of an award is one sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.benefits.domain.award import MOVED, Instalment, Key, PaymentFact
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Outlook:
    """`paid` has left the house and not come back; `coming` is still to leave, each part on its pay day; `too_much`
    was paid beyond what is due; `waiting` is owed and leaves only once its suspension is over, none where nothing is
    suspended. All of them are the person's; `to_employers` went or goes to employers who advanced it."""

    paid: Money
    coming: tuple[Instalment, ...]
    too_much: Money
    to_employers: Money | None = None
    waiting: Money | None = None

    @property
    def to_come(self) -> Money:
        """The sum of what is still to leave."""
        return Money(sum(part.amount.minor for part in self.coming), self.paid.currency)

    def json(self) -> dict[str, Any]:
        told = {
            "paid": self.paid.json(),
            "coming": [part.json() for part in self.coming],
            "to_come": self.to_come.json(),
            "too_much": self.too_much.json(),
        }
        told |= {"to_employers": self.to_employers.json()} if self.to_employers else {}
        return told | ({"waiting": self.waiting.json()} if self.waiting else {})

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Outlook:
        coming = tuple(map(Instalment.from_json, said["coming"]))
        known = (Money(**said[name]) if name in said else None for name in ("to_employers", "waiting"))
        return cls(Money(**said["paid"]), coming, Money(**said["too_much"]), *known)


def outlook(
    schedule: Sequence[Instalment],
    facts: Iterable[PaymentFact],
    past: Collection[Key],
    *,
    repaid: int = 0,
    currency: str,
    soonest: date,
) -> Outlook:
    """What is still to come of a schedule, after what has moved.

    `schedule` is what is to be paid (less what is withheld), `past` its instalments that are looked at as one sum,
    `repaid` what came back of money paid too much (minor units), `soonest` the next pay day: nothing that has not left
    comes before it.
    """
    moved: dict[Key, int] = defaultdict(int)
    for fact in facts:
        if fact.state in MOVED:
            moved[fact.key] += fact.amount.minor
    target = {part.key: part.amount.minor for part in schedule}
    # What she paid back has not moved any more: the latest first, as payments enter it.
    for key in sorted(moved, key=lambda k: (k.no, k.component), reverse=True):
        if key in past or key not in target:
            back = min(repaid, moved[key])
            moved[key] -= back
            repaid -= back
    missing = {key: max(0, minor - moved[key]) for key, minor in target.items()}
    in_past = sum(minor for key, minor in moved.items() if key in past or key not in target)
    due = sum(target[key] for key in past if key in target)
    left = max(0, due - in_past)
    # What has moved covers the past from its beginning; what is missing is its end.
    for key in sorted(set(past) & set(target), key=lambda k: (k.no, k.component), reverse=True):
        missing[key] = min(missing[key], left)
        left -= missing[key]
    coming = [
        replace(part, amount=Money(missing[part.key], currency), due_on=max(part.due_on, soonest))
        for part in schedule
        if missing[part.key]
    ]
    coming.sort(key=lambda part: (part.due_on, part.no))
    return Outlook(Money(sum(moved.values()), currency), tuple(coming), Money(max(0, in_past - due), currency))


def while_suspended(owed: Outlook, now: Outlook) -> Outlook:
    """What is said while payments are suspended: `owed` is the outlook as if nothing waited, `now` that of what is to
    be paid meanwhile. What is in the one and not in the other waits."""
    waits = owed.to_come - now.to_come
    return replace(owed, coming=now.coming, waiting=waits if waits.minor > 0 else None)
