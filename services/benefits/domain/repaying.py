"""Paying back in agreed parts: on which days how much, what of it has come, and what is late."""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.money import Money

#: More parts than this nobody watches.
MOST_PARTS = 60


class PartsNotPossible(ValueError):
    """Nobody can agree on these parts; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Agreed:
    """A part of a repayment: the day until which it is to come, and how much."""

    due_on: date
    amount: Money

    def json(self) -> dict[str, Any]:
        return {"due_on": self.due_on.isoformat(), "amount": self.amount.json()}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Agreed:
        return cls(date.fromisoformat(said["due_on"]), Money(**said["amount"]))


@dataclass(frozen=True, slots=True)
class Progress:
    """A part and what has come of it."""

    part: Agreed
    come: Money
    late: bool

    @property
    def left(self) -> Money:
        return self.part.amount - self.come


def agreed(parts: Sequence[Agreed], total: Money, today: date) -> tuple[Agreed, ...]:
    """The parts of a plan: they come to the total, one after the other. One part alone that is smaller is repeated
    each month until all is paid, the last one smaller. Raises `PartsNotPossible`."""
    if any(part.amount.currency != total.currency or part.amount.minor <= 0 for part in parts):
        raise PartsNotPossible("parts_unclear")
    if len(parts) == 1 and parts[0].amount.minor < total.minor:
        parts = _monthly(parts[0], total)
    if len(parts) > MOST_PARTS:
        raise PartsNotPossible("parts_too_many")
    if sum(part.amount.minor for part in parts) != total.minor:
        raise PartsNotPossible("parts_do_not_add_up")
    days = [today, *(part.due_on for part in parts)]
    if any(earlier >= later for earlier, later in itertools.pairwise(days)):
        raise PartsNotPossible("parts_not_in_order")
    return tuple(parts)


def _monthly(first: Agreed, total: Money) -> list[Agreed]:
    found: list[Agreed] = []
    left, day = total.minor, first.due_on
    while left > 0 and len(found) <= MOST_PARTS:
        part = min(first.amount.minor, left)
        found.append(Agreed(day, Money(part, total.currency)))
        left -= part
        month = day.replace(day=1) + timedelta(days=32)
        day = month.replace(day=min(first.due_on.day, calendar.monthrange(month.year, month.month)[1]))
    return found


def late_from(part: Agreed, grace: int) -> date:
    """The first day on which a part that has not come is late: the bank tells of a payment the day after, and a person
    reads for which claim it is, so `grace` days pass first."""
    return part.due_on + timedelta(days=grace + 1)


def progress(parts: Sequence[Agreed], come: int, today: date, grace: int) -> list[Progress]:
    """What has come, counted against the earliest parts first; a part is late when its day and the grace are over."""
    found = []
    for part in parts:
        of_it = max(0, min(come, part.amount.minor))
        come -= of_it
        late = of_it < part.amount.minor and today >= late_from(part, grace)
        found.append(Progress(part, Money(of_it, part.amount.currency), late))
    return found
