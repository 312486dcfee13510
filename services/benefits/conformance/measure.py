"""What a country's law does, found by running it: days, rates over the earnings range, kinks, qualifying time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, partial
from types import MappingProxyType

from services.benefits.conformance.basis import Basis, Rate, basis_of, rates_of
from services.benefits.conformance.beneficiary import LONG_INSURED, Birth, Sick, birth_case, sick_case
from services.benefits.conformance.curve import Curve, Point, trace
from services.benefits.conformance.law import Law
from services.benefits.conformance.profile import Recipe
from services.benefits.conformance.standards import longest_tested, tested_lengths
from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law.pack import Benefit
from shared.period import ONE_DAY, Period, add_months

LONG_SPELL = 1096

#: Cases begin on every day of a year that has 365 days and is followed by another such: a term in months is then worth
#: its shortest length on one of them. The year is the same for every report: one law has one line through time.
YEAR = 2025
STARTS = tuple(date(YEAR, 1, 1) + timedelta(days=n) for n in range(365))
FIRSTS = tuple(date(YEAR, month, 1) for month in range(1, 13))
#: A few days that show most: the first of each month and one whole week; and each weekday of every month.
FEW = tuple(sorted({*FIRSTS, *STARTS[13:20]}))
WEEKS = tuple(first + timedelta(days=n) for first in FIRSTS for n in range(7))

#: Spells of so many days are tried beside the long one: a law may pay none at all of a short illness.
SHORT = (3, 7, 14, 30)

#: Months without contributions that are tried, and deliveries, the first included.
GAP, MOST_DELIVERIES = 3, 6


# One run --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """A case that was put to the law, and what came of it; the report shows it behind every figure. Its days alone are
    worked out first, the whole assessment when somebody looks at it."""

    case: Case
    law: Law
    earnings: Fraction

    @cached_property
    def timeline(self) -> Timeline:
        return self.law.days(self.case)

    @cached_property
    def assessment(self) -> Assessment:
        return self.law.assess(self.case)

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
    waiting = unpaid_first(tried, basis)
    employer = paid = 0
    ends = False
    for span in tried.timeline:
        if span.status == Status.EXHAUSTED:
            ends = True
            break
        if span.status == Status.EMPLOYER:
            employer += span.days
        elif span.is_paid:
            paid += span.days
    return Days(start, waiting, employer, paid, basis.span(paid), ends, tried)


def unpaid_first(tried: Tried, basis: Basis) -> int:
    """Days at the start for which neither fund nor employer pays, whatever their code. Days of rest are none where the
    benefit is paid for working days only; where nothing is paid at all, every day of the spell counts."""
    period = tried.case.spell.period
    if not tried.timeline.spans:
        return period.length
    unpaid = 0
    for span in tried.timeline:
        if span.is_paid and span.amount != 0:
            break
        rest = span.status in (Status.HOLIDAY, Status.WEEKLY_REST) and basis.kind == "working"
        if span.status != Status.EMPLOYER and not rest:
            unpaid += span.days
    return unpaid


def lowest_start(courses: Sequence[tuple[date, list[Rate]]], days: int) -> date:
    """The start at which the lowest rate of the first days is lowest; of several the one where it comes first."""

    def key(course: tuple[date, list[Rate]]) -> tuple[Fraction, int, date]:
        start, rates = course
        seen = [rate for rate in rates if rate.since < days]
        worst = min(rate.monthly for rate in seen)
        return worst, next(rate.since for rate in seen if rate.monthly == worst), start

    return min(courses, key=key)[0]


def mean(rates: Sequence[Rate]) -> Fraction:
    """The rate of a course on average, weighted by days (C102 art. 50)."""
    days = sum((rate.days for rate in rates), Fraction(0))
    return sum((rate.monthly * rate.days for rate in rates), Fraction(0)) / days if days else Fraction(0)


def lasts(rates: Sequence[Rate], day: int) -> Fraction | None:
    """The rate that holds on a day of the benefit; `None` where the benefit has ended by then."""
    if not rates or day > rates[-1].until:
        return None
    return [rate.monthly for rate in rates if rate.since <= day][-1]


@dataclass
class Branch:
    """Everything measured of one branch (sickness or maternity) of one law. Runs are made when first asked for."""

    law: Law
    name: str
    body: Benefit
    recipe: Recipe
    runs: int = 0
    #: The days of the year on which cases are begun.
    every: tuple[date, ...] = STARTS
    #: Starts of the year at which the level is lowest, as far as they are known; `widen` adds one.
    known: tuple[date, ...] = ()

    # Putting cases ----------------------------------------------------------------------------------

    @cached_property
    def reference(self) -> Fraction:
        """Earnings at which the first looks are taken; any will do."""
        return Fraction(10_000)

    @cached_property
    def usual(self) -> Fraction:
        """Earnings at which days are shown: the highest that the law counts."""
        return self.counted if self.counted is not None and self.counted > 1 else self.reference

    def employer_figure(self) -> int:
        figure = self.law.figure(self.recipe.employer_days or "employer_days", self.name)
        return figure.whole if figure is not None and isinstance(figure.value, Fraction) else 0

    def sick(self, sick: Sick) -> Tried:
        case = sick_case(self.law.country, self.body, self.recipe, sick, self.employer_figure())
        return self._try(case, sick.earnings)

    def birth(self, birth: Birth) -> Tried:
        return self._try(birth_case(self.law.country, self.body, self.recipe, birth), birth.earnings)

    def _try(self, case: Case, earnings: Fraction) -> Tried:
        self.runs += 1
        return Tried(case, self.law, earnings)

    # Sickness ---------------------------------------------------------------------------------------

    @cached_property
    def long_spell(self) -> Tried:
        """A long illness, the wage having stopped."""
        return self.sick(Sick(STARTS[0], LONG_SPELL, self.reference))

    @cached_property
    def basis(self) -> Basis:
        if self.name == "sickness":
            return basis_of(self.long_spell.timeline)
        return self._maternity_basis()

    @cached_property
    def length(self) -> int:
        """Days of a spell that show its whole course, as far as any requirement looks."""
        end = next((s.period.first for s in self.long_spell.timeline if s.status == Status.EXHAUSTED), None)
        most = longest_tested() + 60
        return most if end is None else min(most, (end - STARTS[0]).days + 32)

    def case_days(self, start: date, employer: int = 0) -> Days:
        """How long a case is paid that begins on a day; tried on where its end was not seen and might yet matter."""
        tried = self.begun(start, self.usual)
        if employer:
            tried = self.sick(Sick(start, self.length + employer, self.usual, employer_pays=employer))
        found = days_of(tried, self.basis, start)
        return found if found.ends or found.span >= longest_tested() else self.whole_case(start, employer)

    def whole_case(self, start: date, employer: int = 0) -> Days:
        """The same for an illness of years."""
        return days_of(self.sick(Sick(start, LONG_SPELL, self.usual, employer_pays=employer)), self.basis, start)

    @cached_property
    def cases(self) -> tuple[Days, ...]:
        """The case that begins on each day of the year."""
        return tuple(self.case_days(start) for start in self.every)

    @cached_property
    def shortest(self) -> Days:
        """The case that is paid for the fewest days, by the day on which it begins; strict reading: only benefit, from
        the end of the wage."""
        return self.whole_case(min(self.cases, key=lambda d: (d.span, d.start)).start)

    @cached_property
    def longest_wait(self) -> tuple[int, Tried]:
        """The most unpaid days at the start of an illness, on whatever day it begins. Short illnesses are begun on each
        weekday of every month and, where these are not treated alike, on every day."""
        waits = [(days.waiting, days.tried) for days in self.cases]
        for length in SHORT:
            found = [self._wait(start, length) for start in WEEKS]
            if len({wait for wait, _ in found}) > 1:
                found = [self._wait(start, length) for start in self.every]
            waits += found
        return max(waits, key=lambda pair: pair[0])

    def _wait(self, start: date, length: int) -> tuple[int, Tried]:
        tried = self.sick(Sick(start, length, self.usual))
        return unpaid_first(tried, self.basis), tried

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
        """The case that is worth the fewest days where the employer pays first (income reading): begun on each weekday
        of every month and, where these are not treated alike, on every day."""
        first = self.employer_calendar_days
        if not first:
            return None
        found = [self.case_days(start, first) for start in WEEKS]
        if len({(days.employer, days.span) for days in found}) > 1:
            found = [self.case_days(start, first) for start in self.every]
        return min(found, key=lambda d: (d.employer + d.span, d.start))

    @cached_property
    def after_others(self) -> tuple[Days, Days]:
        """A new illness in autumn: alone, and after two other illnesses that were paid in the same year."""
        start = date(YEAR, 9, 1)
        alone = days_of(self.sick(Sick(start, 200, self.usual)), self.basis, start)
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
        return alone, days_of(self.sick(spell), self.basis, start)

    # Earnings ---------------------------------------------------------------------------------------

    def begun(self, start: date, earnings: Fraction) -> Tried:
        """The standard beneficiary with these monthly earnings, in a case that begins on a day; the ceilings and floors
        of the law having been in force in all reference months."""
        key = (start, earnings)
        if key not in self._tried:
            if self.name == "sickness":
                self._tried[key] = self.sick(Sick(start, self.length, earnings))
            else:
                self._tried[key] = self.birth(Birth(start, earnings))
        return self._tried[key]

    def broken(self, start: date, earnings: Fraction, gap: int) -> Tried:
        """The same where months without contributions lie behind the last contributed one."""
        if self.name == "sickness":
            return self.sick(Sick(start, self.length, earnings, gap=gap))
        return self.birth(Birth(start, earnings, gap=gap))

    @cached_property
    def _tried(self) -> dict[tuple[date, Fraction], Tried]:
        return {}

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """Starts that stand for the year: at each length that is tested the one at which the lowest rate is lowest, and
        comes first. A few days are tried at one level of earnings; `lowest` of the ratios tries all of them where it
        matters, and adds by `widen` whatever it finds."""
        courses = [(s, rates_of(self.begun(s, self.reference).timeline, self.basis)) for s in FEW]
        paid = [(start, rates) for start, rates in courses if rates]
        found = {lowest_start(paid, days) for days in (*tested_lengths(), LONG_SPELL)} if paid else {STARTS[0]}
        if paid and self.name == "maternity":
            found = {min(paid, key=lambda course: (mean(course[1]), course[0]))[0]}
        return tuple(sorted(found | set(self.known)))

    def widen(self, start: date) -> None:
        """Take one more start into every later look at the level."""
        self.known = tuple(sorted({*self.starts, start}))
        for name in ("starts", "changes", "curve", "counted"):
            self.__dict__.pop(name, None)

    def at(self, earnings: Fraction) -> Tried:
        """The case that stands for the year at these earnings."""
        return self.begun(self.starts[0], earnings)

    @cached_property
    def changes(self) -> list[int]:
        """Days of the benefit on which its rate changes, counted from the first paid day; the first is 0."""
        found = {0}
        for earnings in (self.reference, self.reference * 4096):
            for start in self.starts:
                found |= {rate.since for rate in rates_of(self.begun(start, earnings).timeline, self.basis)}
        return sorted(found)

    def phases(self, earnings: Fraction) -> list[tuple[Fraction, Tried]]:
        """A month of benefit on each of the days on which the rate may change, and the case that shows it: the lowest
        of the starts whose benefit goes on so long."""
        courses = [(rates_of(one.timeline, self.basis), one) for s in self.starts for one in (self.begun(s, earnings),)]
        found = []
        for day in self.changes:
            there = [(lasts(rates, day), one) for rates, one in courses]
            known = [(monthly, one) for monthly, one in there if monthly is not None]
            found.append(min(known, key=lambda pair: pair[0]) if known else (Fraction(0), courses[0][1]))
        return found

    def monthly(self, earnings: Fraction) -> Point:
        """A month of benefit on each of the days on which the rate may change."""
        return tuple(monthly for monthly, _ in self.phases(earnings))

    @cached_property
    def curve(self) -> Curve:
        """Benefit over earnings, with every kink."""
        return trace(self.monthly, Fraction(1), Fraction(2**34), Fraction(1, 100), self.suspects())

    def suspects(self) -> set[Fraction]:
        """Earnings near which a piece of the line may lie that is too narrow for probes."""
        from services.benefits.conformance import fine  # arrays are loaded by who measures, not by who asks

        return fine.suspects(self.law, [partial(self._case_at, start) for start in self.starts])

    def _case_at(self, start: date, earnings: Fraction) -> Case:
        """The case that is begun on a day with these earnings, be they of many."""
        if self.name == "sickness":
            sick = Sick(start, self.length, earnings)
            return sick_case(self.law.country, self.body, self.recipe, sick, self.employer_figure())
        return birth_case(self.law.country, self.body, self.recipe, Birth(start, earnings))

    @cached_property
    def counted(self) -> Fraction | None:
        """The highest earnings that are counted: beyond them no rate rises."""
        return self.curve.highest()

    # Qualifying -------------------------------------------------------------------------------------

    def qualifies_with(self, months: int, service: int | None = None) -> bool:
        """Whether so many months of contributions give a right, with as many months of service or with so many."""
        if self.name == "sickness":
            tried = self.sick(Sick(STARTS[0], 60, self.reference, months=months, service=service))
        else:
            tried = self.birth(Birth(STARTS[0], self.reference, months=months, service=service))
        return tried.timeline.paid_days() > 0

    def _fewest(self, service: int | None = None) -> int | None:
        months = range(LONGEST_QUALIFYING + 1)
        found = bisect_left(months, True, key=lambda n: self.qualifies_with(n, service))
        return found if found in months else None

    @cached_property
    def qualifying(self) -> int | None:
        """The fewest months of service and contributions, without a gap before the event, that give a right; `None`
        where not even three years do, 0 where the month of the event itself is enough."""
        return self._fewest()

    @cached_property
    def paid_months(self) -> int | None:
        """The fewest months of contributions that give a right to a person long in service: months of service and
        months of contributions are two conditions."""
        return self._fewest(LONG_INSURED)

    # Maternity --------------------------------------------------------------------------------------

    @cached_property
    def leave(self) -> Tried:
        return self.birth(Birth(STARTS[0], self.usual))

    def _maternity_basis(self) -> Basis:
        """By the months of the leave where these are alike, or where leaves of different length are worth the same."""
        leave = self.begun(STARTS[0], self.reference).timeline
        shown = basis_of(leave)
        if shown.kind != "calendar":
            return shown
        tried = [self.begun(start, self.reference) for start in FIRSTS]
        lengths = {one.timeline.paid_days() for one in tried}
        amounts = {one.exact() for one in tried}
        last, first = leave.last_day(Status.PAID), leave.first_day(Status.PAID)
        if len(lengths) < 2 or len(amounts) != 1 or first is None or last is None:
            return shown
        months = next((n for n in range(1, 25) if add_months(first, n) - ONE_DAY == last), 0)
        return Basis("month", Fraction(leave.paid_days(), months), months=months) if months else shown

    @cached_property
    def fewest_paid(self) -> tuple[int, Tried]:
        """The fewest days paid for a confinement, by the day on which the leave begins."""
        tried = min(
            (self.begun(start, self.usual) for start in self.every),
            key=lambda one: (one.timeline.paid_days(), one.case.spell.first_day),
        )
        return tried.timeline.paid_days(), tried

    @property
    def employer_leave_days(self) -> int:
        """Days of the leave for which the employer pays the full wage beside the benefit, where the scheme names the
        figure."""
        return self.employer_figure() if self.name == "maternity" and self.recipe.employer_days else 0

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

    def late(self, days: int, start: date | None = None) -> Tried:
        """A birth so many days after its presumed day, in the leave that is shortest where no start is given."""
        first = start or self.fewest_paid[1].case.spell.first_day or STARTS[0]
        return self.birth(Birth(first, self.usual, late=days))

    @cached_property
    def twins(self) -> Tried:
        return self.birth(Birth(STARTS[0], self.usual, children=2))


LONGEST_QUALIFYING = 36


def branch(law: Law, name: str) -> Branch:
    """Raises `NoBenefit`."""
    body, recipe = law.benefit(name)
    return Branch(law, name, body, recipe)
