"""How days of benefit are brought to the month in which the wage is earned, and its rates as it goes on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from shared.period import ONE_DAY, Period, add_months

#: Working days of a month: 52 weeks over 12 months.
WEEKS_OF_MONTH = Fraction(52, 12)


@dataclass(frozen=True)
class Basis:
    """How days of benefit are brought to the month in which the wage is earned.

    `month`: a month of benefit is one amount however many days it has; `calendar`: every day counts, a month has 30;
    `working`: only working days are paid, 52 weeks over 12 months."""

    kind: str
    days: Fraction
    week: int = 7
    months: int = 0  # so many months of unequal length are paid in one sum that is spread over their days

    def span(self, paid: int) -> Fraction:
        """Calendar days that a number of paid days stands for."""
        return Fraction(paid) if self.kind != "working" else Fraction(paid * 7, self.week)

    def month_of(self, timeline: Timeline) -> Fraction:
        """Paid days that make a month in this course of the benefit."""
        return Fraction(timeline.paid_days(), self.months) if self.months else self.days


def windows(timeline: Timeline, count: int) -> list[tuple[Period, Fraction | None]]:
    """Months from the first paid day, each with its amount where all its days are paid."""
    first = timeline.first_day(Status.PAID)
    if first is None:
        return []
    last = timeline.last_day(Status.PAID)
    found: list[tuple[Period, Fraction | None]] = []
    for number in range(count):
        period = Period(add_months(first, number), add_months(first, number + 1) - ONE_DAY)
        if last is None or period.last > last:
            break
        found.append((period, amount_of(timeline, period)))
    return found


def amount_of(timeline: Timeline, period: Period) -> Fraction | None:
    """The amount for a period all of whose days are paid."""
    total = Fraction(0)
    for span in timeline:
        overlap = span.period.overlap(period)
        if overlap is None:
            continue
        if not span.is_paid or span.amount is None:
            return None
        total += span.amount * overlap.length / span.days
    return total


def basis_of(timeline: Timeline) -> Basis:
    """The time basis, found in what is paid."""
    first = timeline.first_day(Status.PAID)
    if first is None:
        return Basis("calendar", Fraction(30))
    four_weeks = Period(first, first + timedelta(days=27))
    rest = timeline.count(Status.WEEKLY_REST, four_weeks)
    if rest:
        week = 7 - rest // 4
        return Basis("working", week * WEEKS_OF_MONTH, week)
    months = [(period, amount) for period, amount in windows(timeline, 14) if amount is not None]
    for (one, first_amount), (two, second_amount) in itertools.pairwise(months):
        if one.length != two.length and first_amount and second_amount:
            if first_amount == second_amount:
                return Basis("month", Fraction(30))
            if first_amount * two.length == second_amount * one.length:
                return Basis("calendar", Fraction(30))
    return Basis("calendar", Fraction(30))


@dataclass(frozen=True)
class Rate:
    """What a month of benefit is worth from one day of the benefit to another (counted from the first paid day)."""

    since: int
    until: int
    monthly: Fraction
    days: Fraction  # paid days, as a weight

    def json(self) -> dict[str, str | int]:
        return {"from_day": self.since, "to_day": self.until, "monthly": str(self.monthly)}


def rates_of(timeline: Timeline, basis: Basis) -> list[Rate]:
    """The benefit as it changes with time, brought to a month."""
    first = timeline.first_day(Status.PAID)
    if first is None:
        return []
    found: list[Rate] = []

    def add(period: Period, monthly: Fraction, days: int) -> None:
        since, until = (period.first - first).days, (period.last - first).days
        if found and found[-1].monthly == monthly:
            found[-1] = Rate(found[-1].since, until, monthly, found[-1].days + days)
        else:
            found.append(Rate(since, until, monthly, Fraction(days)))

    month = basis.month_of(timeline)
    if basis.kind == "month" and not basis.months:
        for period, amount in windows(timeline, 120):
            if amount is not None:
                add(period, amount, period.length)
        if found:
            return found
    for span in timeline:
        if span.is_paid and span.amount is not None:
            add(span.period, span.amount / span.days * month, span.days)
    return found
