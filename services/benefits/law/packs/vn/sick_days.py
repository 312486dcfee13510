"""Days off for sickness: which of them are payable, what they count, and what a day is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line, Text
from services.benefits.domain.case import Absence, Case, EarlierSpell, Employment, FactMissing
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import text as t
from services.benefits.law.figures import Cited, Provision, Value
from services.benefits.law.packs.vn import leave_months
from services.benefits.law.packs.vn.reference import (
    Common,
    job_of,
    salaried_months,
    salary_of_month,
    weekly_rest_known,
)
from services.benefits.law.scales import Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import index_of
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period

OTHER_LEAVE = {
    "annual_leave": N_("Annual leave on this day"),
    "private_leave": N_("Private leave on this day"),
    "unpaid_leave": N_("Unpaid leave on this day"),
    "maternity_leave": N_("Maternity leave on this day"),
    "paid_leave": N_("Other leave with full pay on this day"),
    "convalescence": N_("Convalescence leave on this day"),
}
_LETTER = {Status.HOLIDAY: N_("Public holiday"), Status.WEEKLY_REST: N_("Weekly rest")}


class SickDays(Common):
    """The figures of benefit for own sickness and for the care of a sick child."""

    sick_rate: Value
    day_divisor: Value
    other_leaves: Value
    absence_counts: Scale
    declared_hours_most: Value
    one_base: Value
    hours_rule: Provision
    certificate_rule: Provision
    working_days_rule: Provision
    base_month_rule: Provision
    one_leave_rule: Provision
    no_rerating_rule: Provision


@dataclass(frozen=True)
class Days:
    """Days that follow each other and count alike: `each` is 1, or 1/2 for a short absence."""

    period: Period
    each: Fraction

    @property
    def units(self) -> Fraction:
        return self.each * self.period.length


# One leave ------------------------------------------------------------------------------------------


def earlier_of_leave(case: Case, sheet: Sheet, first: date, kinds: frozenset[str | None]) -> list[EarlierSpell]:
    """Papers that follow each other without a day of work between are one leave: the earlier spells of it, oldest
    first."""
    found: list[EarlierSpell] = []
    for spell in sorted(case.earlier_spells, key=lambda s: s.period.first, reverse=True):
        if spell.benefit != case.benefit or spell.kind not in kinds or spell.period.last >= first:
            continue
        between = (first - spell.period.last).days - 1
        if between and sheet.calendar.working_days(
            Period(spell.period.last + ONE_DAY, first - ONE_DAY), job_of(case, first)
        ):
            break
        found.append(spell)
        first = spell.period.first
    found.reverse()
    return found


# Days -----------------------------------------------------------------------------------------------


def days_off(case: Case, law: SickDays, sheet: Sheet, timeline: Timeline, job: Employment) -> Timeline:
    """Working days, without public holidays and weekly rest; no day that coincides with other leave; a day off
    that the law does not know as a part of a day is not paid."""
    claimed = case.spell.period
    weekly_rest_known(case, sheet, claimed, job)
    sheet.use(law.working_days_rule)
    for period, letter in sheet.calendar.off_days(claimed, job):
        timeline = timeline.put(period, letter, say(_LETTER[letter]))
    timeline = not_other_leave(case, law, sheet, timeline)
    timeline = timeline.put_all(case.happened("worked"), Status.NOT_PAID, say(N_("Worked on this day")))
    for absence in case.absences:
        if absence.on in claimed and not part_of_day(case, law, absence.on):
            sheet.use(law.at(absence.on).absence_counts)
            timeline = timeline.put(Period(absence.on, absence.on), Status.NOT_PAID, whole_days_only(law, absence.on))
    return timeline


def whole_days_only(law: SickDays, on: date) -> Text:
    """Why a part of a day is not paid, with the day from which it is."""
    later = law.changes("absence_counts", on)
    if later:
        return say(N_("Only whole days are paid before {day}"), day=t.day(later[0].since))
    return say(N_("Only whole days are paid"))


def part_of_day(case: Case, law: SickDays, on: date) -> Fraction:
    """Absence of less than half a day is half a day; of half a day to less than a day, one day."""
    for absence in case.absences:
        of = hours_of_day(case, law, absence)
        if absence.on == on and absence.hours < of:
            return law.at(on).absence_counts.row(absence.hours / of).value
    return Fraction(1)


def not_other_leave(case: Case, law: SickDays, sheet: Sheet, timeline: Timeline) -> Timeline:
    """No day that coincides with other leave, by the law of the day: leave that the papers name, and maternity and
    convalescence leave of earlier claims."""
    claimed_before = {
        "maternity_leave": (*leave_months.WHOLE_LEAVE, *leave_months.OTHER_LEAVE),
        "convalescence": leave_months.CONVALESCENCE,
    }
    for what, sentence in OTHER_LEAVE.items():
        earlier = leave_months.taken(case, claimed_before.get(what, ()))
        for period in [*case.happened(what), *(spell.paid_span for spell in earlier)]:
            if not period.overlap(case.spell.period):
                continue
            then = law.at(max(period.first, case.spell.period.first)).other_leaves
            if then.row(what):
                sheet.use(then)
                timeline = timeline.put(period, Status.NOT_PAID, say(sentence))
    return timeline


def hours_of_day(case: Case, law: SickDays, absence: Absence) -> Fraction:
    """The normal working hours of one day; of a self-registered person the hours declared, at most eight."""
    if case.insured.insured_as in ("business_owner", "unpaid_manager"):
        return min(absence.of, law.declared_hours_most.number)
    return absence.of


def payable(case: Case, law: SickDays, sheet: Sheet) -> list[Days]:
    """The payable days in pieces that lie in one year and count alike."""
    partly = [a.on for a in case.absences if a.hours < hours_of_day(case, law, a)]
    if partly:
        sheet.use(law.hours_rule)
    found: list[Days] = []
    for span in sheet.timeline:
        if not span.is_paid:
            continue
        for piece in span.period.by_year():
            first = piece.first
            for on in partly:
                if first <= on <= piece.last:
                    if first < on:
                        found.append(Days(Period(first, on - ONE_DAY), Fraction(1)))
                    found.append(Days(Period(on, on), part_of_day(case, law, on)))
                    sheet.use(law.at(on).absence_counts)
                    first = on + ONE_DAY
            if first <= piece.last:
                found.append(Days(Period(first, piece.last), Fraction(1)))
    return found


def used_before(case: Case, sheet: Sheet, spells: Iterable[EarlierSpell], job: Employment) -> dict[int, Fraction]:
    """Days of earlier spells by calendar year: as paid, else their working days."""
    used: dict[int, Fraction] = {}
    for spell in spells:
        paid = spell.paid_by_year()
        if paid is None:
            paid = {
                piece.first.year: Fraction(sheet.calendar.working_days(piece, job)) for piece in spell.period.by_year()
            }
        for year, days in paid.items():
            used[year] = used.get(year, Fraction(0)) + days
    return used


def within(left: dict[int, Fraction], days: list[Days], *, restart: bool = True) -> tuple[list[Days], list[Days]]:
    """The days within what is left of each year, and the days beyond. A day may lie on both sides by halves. Without
    `restart` a later year opens no new days once those of a year are used up."""
    inside: list[Days] = []
    beyond: list[Days] = []
    exhausted = False
    for piece in days:
        year = piece.period.first.year
        rest = Fraction(0) if exhausted and not restart else left.get(year, Fraction(0))
        number = min(piece.period.length, rest // piece.each)
        first = piece.period.first
        if number:
            inside.append(Days(Period(first, first + (number - 1) * ONE_DAY), piece.each))
            first += number * ONE_DAY
        rest -= number * piece.each
        if first <= piece.period.last and rest:
            inside.append(Days(Period(first, first), rest))
            beyond.append(Days(Period(first, first), piece.each - rest))
            first, rest = first + ONE_DAY, Fraction(0)
        if first <= piece.period.last:
            beyond.append(Days(Period(first, piece.period.last), piece.each))
        left[year] = rest
        exhausted = exhausted or bool(beyond)
    return inside, beyond


def exhaust(timeline: Timeline, beyond: list[Days], inside: list[Days]) -> Timeline:
    """Days beyond the yearly days are not paid; a day paid by half stays."""
    partly = {days.period.first for days in inside if days.period.length == 1}
    for days in beyond:
        if days.period.first not in partly:
            timeline = timeline.put(days.period, Status.EXHAUSTED, f"yearly_cap_{days.period.first.year}")
    return timeline


# Amounts --------------------------------------------------------------------------------------------


def base_of_leave(case: Case, law: SickDays, sheet: Sheet, onset: date) -> Line:
    """The contribution salary of the nearest month before the month of leave; in the first month of insurance, or of
    re-entry after a terminated contract, that month's salary. A leave over several months has one base."""
    this, uses = index_of(onset), list[Cited]()
    if index_of(case.spell.period.last) != this or case.spell.period.first != onset:
        uses.append(law.one_base)
    if law.changes("base_salary", onset, case.spell.period.last):
        uses.append(law.no_rerating_rule)
    before = salaried_months(case, law, sheet, this, 1)
    index = this
    if before and before[0] == this - 1:
        index = before[0]
    elif before:
        job = job_of(case, onset)
        if job.first_day is None:
            raise FactMissing("#/employments/0/from")
        if index_of(job.first_day) != this:
            index = before[0]
    return salary_of_month(law, sheet, index, law.base_month_rule, uses)


def daily_amount(law: SickDays, sheet: Sheet, base: Line, rate: Fraction, cite: Cited, id: str = "daily") -> Line:
    """A day: the base times the rate, divided by 24."""
    return sheet.line(
        id,
        say(
            N_("A day: {rate} of the salary, divided by {days}"),
            rate=t.rate(rate),
            days=t.count(law.day_divisor.whole),
        ),
        base.exact * rate / law.day_divisor.number,
        cite,
        inputs=[base],
        uses=[law.day_divisor],
    )


def price(sheet: Sheet, priced: Iterable[tuple[list[Days], Fraction, Fraction]]) -> None:
    """Write on the timeline what days are worth: lists of days, each with the amount of a day and its rate. A day that
    has two rates, half and half, has the sum of both amounts."""
    worth: dict[Period, tuple[Fraction | None, Fraction]] = {}
    for days, daily, rate in priced:
        for piece in days:
            exact = daily * piece.units
            if piece.each != 1:
                sheet.traces.parts[piece.period] = sheet.traces.parts.get(piece.period, Fraction(0)) + piece.each
            if piece.period in worth:
                worth[piece.period] = (None, worth[piece.period][1] + exact)
            else:
                worth[piece.period] = (rate, exact)
    sheet.timeline = sheet.timeline.price_all((period, *worth[period]) for period in sorted(worth))


def units_of(days: Iterable[Days]) -> Fraction:
    return sum((piece.units for piece in days), Fraction(0))
