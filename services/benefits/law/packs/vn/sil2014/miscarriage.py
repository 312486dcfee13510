"""Benefit after miscarriage, abortion or death of the fetus: calendar days as the doctor orders."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line
from services.benefits.domain.case import Case, EarlierSpell, FactMissing
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.leave_months import with_leave_months
from services.benefits.law.packs.vn.maternity import DailyLeave, Qualifying
from services.benefits.law.packs.vn.reference import in_time, in_work, insured_person
from services.benefits.law.scales import Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Shared(Qualifying, DailyLeave):
    """The figures of the benefit both laws have."""

    longest_days: Scale
    ectopic_covered: Value
    stillbirth_weeks: Value
    doctor_rule: Provision


class Law(Shared):
    """With the rule of the law of 2014 for a death during leave before the birth."""

    death_in_leave_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "in_work", "scope", "not_a_birth")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of the law; first the leave before the birth, where it had begun."""
    before = leave_before_death(case, law, sheet)
    if before:
        sheet.use(law.death_in_leave_rule)
    carry_out(case, law, sheet, before)


def carry_out(case: Case, law: Shared, sheet: Sheet, before: Period | None = None) -> None:
    """The same steps in both laws."""
    happened = day_of_event(case)
    parts = earlier_orders(case, sheet, happened)
    first = before.last + ONE_DAY if before else counted_from(parts, happened)
    insured_person(case, law, sheet)
    in_work(case, law, sheet, case.spell.period.first)
    scope(case, law, sheet)
    as_a_birth(case, law, sheet, happened)
    sheet.timeline = days_of(case, law, sheet, first, before)
    if sheet.refused_so_far() and any(f.verdict == "not_met" and f.id != "days" for f in sheet.findings):
        maternity.refuse_days(sheet)
        return
    begins = steps.begun(parts, case.spell.period.first)
    in_time(case, law, sheet, case.spell.period.last, maternity=True)
    if not sheet.timeline.paid_days():
        return
    average = maternity.average_salary(law, sheet, maternity.months_of_average(case, law, sheet, begins))
    if before:
        pay_both(law, sheet, average, before)
    else:
        maternity.pay_days(law, sheet, average, parts)
    sheet.granted(
        "days",
        say(
            N_n(
                "You were off work from {first} to {last}. You receive {total} for {days} day.",
                "You were off work from {first} to {last}. You receive {total} for {days} days.",
            ),
            first=t.day(case.spell.period.first),
            last=t.day(sheet.timeline.last_day(Status.PAID) or begins),
            total=sheet.total_param(),
            days=t.count(sheet.timeline.paid_days()),
        ),
    )


def leave_before_death(case: Case, law: Law, sheet: Sheet) -> Period | None:
    """A woman who qualifies for a birth and whose child dies during her leave before the birth: the birth leave is
    paid until the death, and the days of this benefit are counted from it."""
    first, died = case.spell.period.first, day_of_event(case)
    if first >= died:
        return None
    leave = Period(first, died)
    met = maternity.qualified(with_leave_months(case, law, sheet, leave), law, died)[0].met
    return leave if met else None


def day_of_event(case: Case) -> date:
    """The day it happened; the first day of leave where nothing else is said. Raises `FactMissing` where the leave
    ends before it."""
    claimed = case.spell.period
    if not case.has("miscarriage_on") or case.day("miscarriage_on") <= claimed.first:
        return claimed.first
    if case.day("miscarriage_on") >= claimed.last:
        raise FactMissing("#/spell/last_day")
    return case.day("miscarriage_on")


def earlier_orders(case: Case, sheet: Sheet, happened: date) -> list[EarlierSpell]:
    """Leave that a doctor ordered before for the same loss, oldest first: on the day named, or followed at once where
    no day is named. What counts is that of the loss, however many papers order it."""
    named, first = case.has("miscarriage_on"), case.spell.period.first
    parts = steps.parts_of_leave(sheet, case.day("miscarriage_on") if named else happened)
    if named:
        return parts
    for spell in sorted((s for s in case.earlier_spells if s.benefit == case.benefit), key=lambda s: s.period)[::-1]:
        if spell.period.last + ONE_DAY == first:
            parts.insert(0, spell)
            first, sheet.traces.event_on = spell.period.first, spell.event_on
    return parts


def counted_from(parts: list[EarlierSpell], happened: date) -> date:
    """The first of the days that are counted: the first day off, or the day of the loss where that came later; the day
    after it where leave before it was paid as for a birth."""
    if not parts:
        return happened
    begun, on = steps.begun(parts, happened), parts[0].event_on
    if on is None or on <= begun:
        return begun
    return on + ONE_DAY if any(part.paid_within(Period(begun, on - ONE_DAY)) for part in parts) else on


def scope(case: Case, law: Shared, sheet: Sheet) -> None:
    """Miscarriage, abortion, stillbirth; until June 2025 an ectopic pregnancy is sickness."""
    what = case.word("what")
    covered = what != "ectopic" or law.ectopic_covered.whole == 1
    sheet.finding(
        "scope",
        say(N_("The pregnancy ended by: {what}"), what=t.term(what)),
        covered,
        law.ectopic_covered if what == "ectopic" else law.longest_days,
        facts={"what": what},
        change=None if covered else say(N_("A claim for sickness benefit")),
        reason=say(N_("An ectopic pregnancy was treated as sickness; please claim sickness benefit.")),
    )


def as_a_birth(case: Case, law: Shared, sheet: Sheet, on: date) -> None:
    """From July 2025: a pregnancy of 22 weeks and more whose fetus dies is treated as a birth where the woman has the
    qualifying months."""
    weeks = law.at(on).stillbirth_weeks
    if weeks.limit is None or case.number("pregnancy_weeks") < weeks.whole:
        return
    found, _ = maternity.qualified(with_leave_months(case, law, sheet), law, on)
    sheet.finding(
        "not_a_birth",
        say(
            N_("After {weeks} weeks, and with the qualifying months, it is treated as a birth"),
            weeks=t.count(weeks.whole),
        )
        if found.met
        else say(
            N_("After {weeks} weeks, but without the qualifying months of a birth"),
            weeks=t.count(weeks.whole),
        ),
        not found.met,
        weeks,
        facts={"months": found.have, "needed": found.needed},
        change=say(N_("A claim for a birth, which has a longer leave")) if found.met else None,
        reason=say(
            N_("After {weeks} weeks of pregnancy this is treated as a birth; please claim the birth benefit."),
            weeks=t.count(weeks.whole),
        ),
    )


def days_of(case: Case, law: Shared, sheet: Sheet, first: date, before: Period | None) -> Timeline:
    """At most so many days as the scale gives by completed weeks of pregnancy; calendar days as the doctor orders."""
    claimed = case.spell.period
    row = law.longest_days.row(case.number("pregnancy_weeks"))
    most = row.whole
    last = first + (most - 1) * ONE_DAY
    ordered = max(0, (claimed.last - first).days + 1)
    enough = claimed.last <= last
    sheet.finding(
        "days",
        say(
            N_n(
                "{days} day ordered after {weeks} weeks of pregnancy; at most {most}",
                "{days} days ordered after {weeks} weeks of pregnancy; at most {most}",
            ),
            days=t.count(ordered),
            weeks=t.count(case.number("pregnancy_weeks")),
            most=t.count(most),
        ),
        enough,
        law.longest_days,
        facts={"days": ordered, "most": most, "from_weeks": int(row.since)},
        reason=say(N_("At most {most} days are paid."), most=t.count(most)),
        uses=[law.doctor_rule],
    )
    timeline = sheet.days(claimed)
    if before is None and first > claimed.first:
        early = Period(claimed.first, first - ONE_DAY)
        timeline = timeline.put(early, Status.NOT_PAID, say(N_("Leave before the death without the qualifying months")))
    if not enough:
        after = Period(max(claimed.first, last + ONE_DAY), claimed.last)
        timeline = timeline.put(after, Status.EXHAUSTED, "days")
    return timeline


def pay_both(law: Shared, sheet: Sheet, average: Line, before: Period) -> None:
    """Birth leave in months and days up to the death, then a thirtieth of the average for each day."""
    full, odd = maternity.months_and_days(
        sheet.timeline.put(Period(before.last + ONE_DAY, date.max), Status.NOT_PAID, ""), before, law
    )
    after = sheet.timeline.paid_days(Period(before.last + ONE_DAY, date.max))
    exact = average.exact * (full + Fraction(odd + after) / law.month_divisor.number)
    maternity.allowance(
        law,
        sheet,
        say(
            N_("{months} and {odd} before the death, {days} after it"),
            months=t.months(full),
            odd=t.days(odd),
            days=t.days(after),
        ),
        exact,
        [average],
        [law.month_divisor],
    )
