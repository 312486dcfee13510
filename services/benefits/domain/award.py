"""What was granted, cut into instalments that each fall due on a pay day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.money import Money
from shared.period import ONE_DAY, Period

#: States of a payment order in which its money has left or may have left.
MOVED = frozenset({"sent", "unknown", "settled"})


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of an award; `due_on` is the pay day on which payments release it."""

    no: int
    component: str
    period: Period
    due_on: date
    amount: Money

    def json(self) -> dict[str, Any]:
        return {
            "no": self.no,
            "component": self.component,
            "period": self.period.json(),
            "due_on": self.due_on.isoformat(),
            "amount": self.amount.json(),
        }


def pay_day(after: date, weekday: int) -> date:
    """The first pay day strictly after a day; `weekday` counts from Monday, 0."""
    return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)


def cut(assessment: Mapping[str, Any], decided_on: date, weekday: int) -> list[Instalment]:
    """The instalments of an assessment with their pay days.

    Days are paid once they have passed: a part falls due on the first pay day after its last day and
    after the decision. A lump sum falls due on the first pay day after the decision and its event.
    """
    found: list[Instalment] = []
    for part in assessment["instalments"]:
        period = Period(date.fromisoformat(part["period"]["from"]), date.fromisoformat(part["period"]["to"]))
        amount = Money(part["amount"]["minor"], part["amount"]["currency"])
        if amount:
            due = pay_day(max(period.last, decided_on), weekday)
            found.append(Instalment(len(found) + 1, part["component"], period, due, amount))
    found.sort(key=lambda i: (i.due_on, i.period, i.component))
    return [Instalment(n, i.component, i.period, i.due_on, i.amount) for n, i in enumerate(found, start=1)]


def moved(facts: Iterable[Mapping[str, Any]]) -> int:
    """Minor units that have left the house for an award and have not come back."""
    return sum(int(f["minor"]) for f in facts if f["state"] in MOVED)


def last_day(schedule: Sequence[Mapping[str, Any]]) -> date | None:
    """The day after which nothing falls due any more."""
    days = [date.fromisoformat(i["due_on"]) for i in schedule]
    return max(days) + ONE_DAY if days else None
