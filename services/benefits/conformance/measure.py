"""What a country's law does, found by running it: days, rates over the earnings range, kinks, qualifying time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

from services.benefits.conformance.beneficiary import WEEKS_BEFORE, Birth, Sick, birth_case, sick_case
from services.benefits.conformance.curve import Curve, Point, trace
from services.benefits.conformance.law import Law
from services.benefits.conformance.profile import Recipe
from services.benefits.conformance.standards import longest_tested
from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law.pack import Benefit
from shared.period import ONE_DAY, Period, add_months

LONG_SPELL = 1096

#: Working days of a month: 52 weeks over 12 months.
WEEKS_OF_MONTH = Fraction(52, 12)


# One run --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """A case that was put to the law, and what came of it; the report shows it behind every figure."""

    case: Case
    assessment: Assessment
    earnings: Fraction

    @property
    def timeline(self) -> Timeline:
        return self.assessment.timeline

    def letters(self) -> str:
        """The days in short: W3 P182 X911."""
        found: list[tuple[str, int]] = []
        for span in self.timeline:
            if found and found[-1][0] == span.status:
                found[-1] = (span.status, found[-1][1] + span.days)
            else:
                found.append((span.status, span.days))
        if len(found) <= 8:
            return " ".join(f"{code}{days}" for code, days in found)
        sums: dict[str, int] = {}
        for code, days in found:
            sums[code] = sums.get(code, 0) + days
        return " ".join(f"{code}{days}" for code, days in sums.items())

    def exact(self) -> Fraction:
        """What the paid days are worth, before any rounding."""
        return sum((span.amount for span in self.timeline if span.amount is not None), Fraction(0))

    def payable(self) -> Fraction:
        """What is really paid for these days, lump sums aside."""
        lump = sum((one.amount.units for one in self.assessment.lump_sums), Fraction(0))
        return self.assessment.total.units - lump


# Time basis -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Basis:
    """How days of benefit are brought to the month in which the wage is earned.

    `month`: a month of benefit is one amount however many days it has; `calendar`: every day counts, a month has 30;
    `working`: only working days are paid, 52 weeks over 12 months."""

    kind: str
    days: Fraction
    week: int = 7
    spread: bool = False  # months of unequal length, paid in one sum that is spread over their days

    def span(self, paid: int) -> Fraction:
        """Calendar days that a number of paid days stands for."""
        return Fraction(paid) if self.kind != "working" else Fraction(paid * 7, self.week)


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

    if basis.kind == "month" and not basis.spread:
        for period, amount in windows(timeline, 120):
            if amount is not None:
                add(period, amount, period.length)
        if found:
            return found
    for span in timeline:
        if span.is_paid and span.amount is not None:
            add(span.period, span.amount / span.days * basis.days, span.days)
    return found


# A branch of the law --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Days:
    """How long one case is paid: waiting days first, paid days up to the first exhausted one, employer's days."""

    start: date
    waiting: int
    employer: int
    paid: int
    span: Fraction
    ends: bool
    tried: Tried


def days_of(tried: Tried, basis: Basis, start: date) -> Days:
    """Counted until the limit is reached."""
    waiting = employer = paid = 0
    ends = False
    for span in tried.timeline:
        if span.status == Status.EXHAUSTED:
            ends = True
            break
        if span.status == Status.WAITING and not paid:
            waiting += span.days
        elif span.status == Status.EMPLOYER:
            employer += span.days
        elif span.is_paid:
            paid += span.days
    return Days(start, waiting, employer, paid, basis.span(paid), ends, tried)


@dataclass
class Branch:
    """Everything measured of one branch (sickness or maternity) of one law. Runs are made when first asked for."""

    law: Law
    name: str
    first: date
    body: Benefit
    recipe: Recipe
    runs: int = 0

    # Putting cases ----------------------------------------------------------------------------------

    @cached_property
    def reference(self) -> Fraction:
        """Earnings at which the first looks are taken; any will do."""
        return Fraction(10_000)

    @cached_property
    def usual(self) -> Fraction:
        """Earnings at which days are counted and shown: the highest that the law counts."""
        return self.counted if self.counted is not None and self.counted > 1 else self.reference

    def employer_figure(self) -> int:
        figure = self.law.figure(self.recipe.employer_days or "employer_days", self.name)
        return figure.whole if figure is not None and isinstance(figure.value, Fraction) else 0

    def sick(self, sick: Sick, *, frozen: bool = False) -> Tried:
        case = sick_case(self.law.country, self.body, self.recipe, sick, self.employer_figure())
        return self._try(case, sick.earnings, frozen)

    def birth(self, birth: Birth, *, frozen: bool = False) -> Tried:
        return self._try(birth_case(self.law.country, self.body, self.recipe, birth), birth.earnings, frozen)

    def _try(self, case: Case, earnings: Fraction, frozen: bool) -> Tried:
        self.runs += 1
        law = self.law.frozen if frozen and self.law.genuine else self.law
        return Tried(case, law.assess(case), earnings)

    # Sickness ---------------------------------------------------------------------------------------

    @cached_property
    def long_spell(self) -> Tried:
        """A long illness, the wage having stopped."""
        return self.sick(Sick(self.first, LONG_SPELL, self.reference))

    @cached_property
    def basis(self) -> Basis:
        if self.name == "sickness":
            return basis_of(self.long_spell.timeline)
        return self._maternity_basis()

    def case_days(self, start: date, length: int = LONG_SPELL, employer: int = 0) -> Days:
        spell = Sick(start, length, self.usual, employer_pays=employer)
        tried = self.sick(spell, frozen=start != self.first)
        return days_of(tried, self.basis, start)

    @cached_property
    def starts(self) -> list[date]:
        """The day itself and the first of each month of its year: a term in months is worth its shortest length."""
        year = self.first.year
        return [self.first, *(d for m in range(1, 13) if (d := date(year, m, 1)) != self.first)]

    @cached_property
    def shortest(self) -> Days:
        """The case that is paid for the fewest days, by the day on which it begins; strict reading: only benefit, from
        the end of the wage."""
        return min((self.case_days(start) for start in self.starts), key=lambda d: (d.span, d.start))

    @cached_property
    def employer_calendar_days(self) -> int:
        """Calendar days for which the employer pays before the fund."""
        days = self.employer_figure() if self.name == "sickness" else 0
        if days and self.recipe.employer_days_are == "working":
            rest = len(self.recipe.weekly_rest) or 1
            return -(-days * 7 // (7 - rest))
        return days

    @cached_property
    def with_employer(self) -> Days | None:
        """The same case where the employer pays first (income reading)."""
        if not self.employer_calendar_days:
            return None
        return self.case_days(self.shortest.start, employer=self.employer_calendar_days)

    @cached_property
    def after_others(self) -> tuple[Days, Days]:
        """A new illness in autumn: alone, and after two other illnesses that were paid in the same year."""
        start = date(self.first.year, 9, 1)
        alone = self.case_days(start, 200)
        longest = max(1, min(90, self.shortest.paid))
        first = date(start.year, 1, 2)
        second = first + timedelta(days=100)
        earlier = tuple(
            EarlierSpell(
                self.body.code,
                Period(begin, begin + timedelta(days=longest - 1)),
                illness=name,
                same_illness=False,
                employer_days=0,
                first_payable_day=begin,
                paid_days=MappingProxyType({start.year: Fraction(longest)}),
            )
            for begin, name in ((first, "A09"), (second, "M54"))
        )
        spell = Sick(start, 200, self.usual, earlier=earlier)
        return alone, days_of(self.sick(spell, frozen=True), self.basis, start)

    # Earnings ---------------------------------------------------------------------------------------

    @cached_property
    def level_days(self) -> int:
        """How long a spell must be tried to see every rate that is tested."""
        if self.name == "maternity":
            return 0
        last = self.long_spell.timeline.last_day(Status.PAID)
        paid = 0 if last is None else (last - self.first).days + 1
        return max(1, min(paid, longest_tested() + 40))

    def at(self, earnings: Fraction) -> Tried:
        """The standard beneficiary with these monthly earnings, ceilings and floors of the day having been in force
        in all
        reference months; what is left of older ones is a matter of months, not of the law."""
        if earnings not in self._tried:
            if self.name == "sickness":
                self._tried[earnings] = self.sick(Sick(self.first, self.level_days, earnings), frozen=True)
            else:
                self._tried[earnings] = self.birth(Birth(self.first, earnings), frozen=True)
        return self._tried[earnings]

    @cached_property
    def _tried(self) -> dict[Fraction, Tried]:
        return {}

    @cached_property
    def changes(self) -> list[int]:
        """Days of the benefit on which its rate changes, counted from the first paid day; the first is 0."""
        found = {0}
        for earnings in (self.reference, self.reference * 4096):
            tried = self.long_spell if self.name == "sickness" and earnings == self.reference else self.at(earnings)
            found |= {rate.since for rate in rates_of(tried.timeline, self.basis)}
        return sorted(found)

    def monthly(self, earnings: Fraction) -> Point:
        """A month of benefit at each of the days on which the rate may change."""
        tried = self.at(earnings)
        rates = rates_of(tried.timeline, self.basis)
        return tuple(next((r.monthly for r in rates if r.since <= day <= r.until), Fraction(0)) for day in self.changes)

    @cached_property
    def curve(self) -> Curve:
        """Benefit over earnings, with every kink."""
        return trace(self.monthly, Fraction(1), Fraction(2**34), Fraction(1, 100))

    @cached_property
    def counted(self) -> Fraction | None:
        """The highest earnings that are counted: beyond them no rate rises."""
        return self.curve.highest()

    # Qualifying -------------------------------------------------------------------------------------

    def qualifies_with(self, months: int) -> bool:
        if self.name == "sickness":
            tried = self.sick(Sick(self.first, 60, self.reference, months=months))
        else:
            tried = self.birth(Birth(self.first, self.reference, months=months))
        return tried.timeline.paid_days() > 0

    @cached_property
    def qualifying(self) -> int | None:
        """The fewest months of contributions, without a gap before the event, that give a right; `None` where not even
        three years do, 0 where the month of the event itself is enough."""
        if self.qualifies_with(0):
            return 0
        if self.qualifies_with(1):
            return 1
        low, high = 1, LONGEST_QUALIFYING
        if not self.qualifies_with(high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self.qualifies_with(middle):
                high = middle
            else:
                low = middle
        return high

    # Maternity --------------------------------------------------------------------------------------

    @cached_property
    def leave(self) -> Tried:
        return self.birth(Birth(self.first, self.usual))

    def _maternity_basis(self) -> Basis:
        """By the months of the leave where these are alike, or where leaves of different length are worth the same."""
        leave = self.birth(Birth(self.first, self.reference)).timeline
        shown = basis_of(leave)
        if shown.kind != "calendar":
            return shown
        tried = [self.birth(Birth(start, self.reference), frozen=True) for start in self.starts[:6]]
        lengths = {one.timeline.paid_days() for one in tried}
        amounts = {one.exact() for one in tried}
        last, first = leave.last_day(Status.PAID), leave.first_day(Status.PAID)
        if len(lengths) < 2 or len(amounts) != 1 or first is None or last is None:
            return shown
        months = next((n for n in range(1, 25) if add_months(first, n) - ONE_DAY == last), 0)
        return Basis("month", Fraction(leave.paid_days(), months), spread=True) if months else shown

    @cached_property
    def fewest_paid(self) -> tuple[int, Tried]:
        """The fewest days paid for a confinement, by the day on which the leave begins."""
        found = [(self.birth(Birth(s, self.usual), frozen=s != self.first), s) for s in self.starts]
        tried = min(found, key=lambda pair: (pair[0].timeline.paid_days(), pair[1]))[0]
        return tried.timeline.paid_days(), tried

    def leave_length(self) -> int | None:
        """Days of leave: the pack's own figure of it where the scheme names one, else the days of the leave it pays."""
        name = self.recipe.leave_days
        if name:
            figure = self.law.figure(name, self.name)
            if figure is not None and isinstance(figure.value, Fraction):
                return figure.whole
        tried = self.fewest_paid[1]
        length = tried.timeline.length
        return length or None

    def late(self, days: int) -> Tried:
        return self.birth(Birth(self.first, self.usual, late=days))

    @cached_property
    def twins(self) -> Tried:
        return self.birth(Birth(self.first, self.usual, children=2))


LONGEST_QUALIFYING = 36


def branch(law: Law, name: str) -> Branch:
    """Raises `NoBenefit`."""
    body, recipe = law.benefit(name)
    first = law.on
    if name == "maternity" and body.chosen_by.fact.split("|")[0].strip() == "birth_on":
        first = law.on - timedelta(weeks=WEEKS_BEFORE)
    return Branch(law, name, first, body, recipe)
